"""Addresses that are made to be thrown away."""

from functools import cache


def is_disposable(email: str) -> bool:
    """Whether the address's domain, or one that it stands below, is known for that."""
    labels = email.strip().lower().rpartition("@")[2].rstrip(".").split(".")
    return any(".".join(labels[start:]) in _domains() for start in range(len(labels) - 1))


@cache
def _domains() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)
