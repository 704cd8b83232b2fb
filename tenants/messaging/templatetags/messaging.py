"""How an email's state is shown in a list."""

from django import template

from tenants.messaging.models import Email
from tenants.messaging.selectors import Look, look_of

register = template.Library()


@register.filter
def email_look(email: Email) -> Look:
    """Colour, shape and word of an email's state."""
    return look_of(email)
