"""What sign-ups keep of a person: each field with what it is for and for how long (D6)."""

from collections.abc import Mapping

from django.db import models

from signup.models import Signup, TermsAcceptance

_ASKED = "Open the back office that was asked for; thirty days after it was asked."
_PROOF = "Prove which terms were accepted, by whom and when; five years after the contract."

PURPOSES: Mapping[type[models.Model], Mapping[str, str]] = {
    Signup: {
        **dict.fromkeys(("email", "shop_name", "slug"), _ASKED),
        "password": "Make the owner's log-in; from its choice until the owner is made.",
    },
    TermsAcceptance: {"user_id": _PROOF},
}
TECHNICAL: Mapping[type[models.Model], frozenset[str]] = {
    Signup: frozenset(
        {"plan", "interval", "language", "terms_version", "terms_hash", "token_hash", "state"}
    ),
    TermsAcceptance: frozenset({"version", "language", "text_hash"}),
}
