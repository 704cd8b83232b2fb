"""How allauth's authenticators are stored, and whose name a phone's app shows."""

import base64
import hashlib
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted in the database: a copy of it opens nobody's second factor."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.email)

    def get_totp_issuer(self) -> str:
        return "Ricochet"


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"accounts.mfa:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
