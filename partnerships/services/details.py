"""What a major says of a partner who is no merchant here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Details:
    """A partner as the major describes it. The language is that of what it will receive."""

    name: str
    email: str
    first_name: str = ""
    last_name: str = ""
    site_url: str = ""
    language: str = "fr"
