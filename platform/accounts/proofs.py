"""Asking for the password again, before what a borrowed screen must not do."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.throttles import forget, hit

_TRIES = 5
_WINDOW = timedelta(minutes=15)


def password_proved(form: forms.Form, *, user: User) -> bool:
    """Whether `form.current` is this user's password; if not, the form says so.

    Raises ThrottledError after five tries in a quarter of an hour.
    """
    hit(action="prove", subject=str(user.pk), limit=_TRIES, window=_WINDOW, now=timezone.now())
    if user.check_password(form.cleaned_data["current"]):
        forget(action="prove", subject=str(user.pk))
        return True
    form.add_error("current", _("Ce n’est pas votre mot de passe actuel. Saisissez-le à nouveau."))
    return False
