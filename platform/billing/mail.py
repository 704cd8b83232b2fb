"""Writes the emails of billing: text and HTML of one template each, in the reader's language."""

from typing import Any

from accounts.mail import send_mail as send


def send_mail(
    *, template: str, to: str, language: str, message_id: str, context: dict[str, Any]
) -> None:
    """As `accounts.mail.send_mail`, with the templates of this room."""
    send(
        template=template,
        to=to,
        language=language,
        message_id=message_id,
        context=context,
        room="billing",
    )
