"""Who runs the demo's platform: an operator whose second factor is printed in the README."""

from allauth.mfa.totp.internal.auth import TOTP

from accounts.models import User

EMAIL = "odile@ricochet.localhost"
# Typed into an authenticator's app; a demo's only.
SECRET = "RICOCHETDEMORICOCHETDEMORICOCHET"  # noqa: S105


def appear(*, password: str) -> None:
    """Make the operator, unless there is one."""
    if User.objects.by_email(EMAIL).exists():
        return
    operator = User.objects.create_user(
        email=EMAIL, password=password, first_name="Odile", last_name="Renard", is_staff=True
    )
    TOTP.activate(operator, SECRET)
