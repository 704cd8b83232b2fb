"""What two spellings of one email address have in common."""

# Providers that ignore dots in the local part.
_DOTLESS = {"gmail.com", "googlemail.com"}


def key(email: str) -> str:
    """What two spellings of one address have in common: case does not count."""
    return email.strip().casefold()


def folded(email: str) -> str:
    """The address without what aliases add: plus-addresses, and dots where they mean nothing."""
    local, _, domain = key(email).rpartition("@")
    local = local.split("+", 1)[0]
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
