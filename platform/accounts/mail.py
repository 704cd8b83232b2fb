"""Writes the emails to people who log in: text and HTML of one template each, in their language."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from shell import letters


def send_mail(
    *,
    template: str,
    to: str,
    language: str,
    message_id: str,
    context: dict[str, Any],
    room: str = "accounts",
) -> None:
    """Render `<room>/email/<template>.txt` and `.html`, and hand both to the mail server.

    The text's first line is the subject. `message_id` is the event's id: an email that is handed
    over twice after a crash is one email to servers that compare ids.
    """
    with translation.override(language):
        context = {**context, "language": language}
        subject, _, text = render_to_string(f"{room}/email/{template}.txt", context).partition("\n")
        content = render_to_string(f"{room}/email/{template}.html", context)
        # R41: a name that holds a line break stays on one line.
        subject = " ".join(subject.split())
        html = letters.write(
            letters.Letter(language=language, title=subject, content=content),
            letters.Look(name="Ricochet"),
        )
    message = EmailMultiAlternatives(
        subject=subject,
        body=text.lstrip("\n"),
        to=[to],
        headers={
            "Message-ID": f"<{message_id}@{room}.ricochet>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    message.send()
