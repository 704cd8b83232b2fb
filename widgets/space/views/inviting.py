"""Inviting friends by email, one or several at once: one bad address loses nobody else's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.throttles import ThrottledError, hit
from kernel.errors import InvalidInputError, RicochetError
from tenants.features import Feature
from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.profiles.names import UnsafeNameError
from tenants.programme.services import invite_friend
from tenants.referrals.selectors import has_invited
from tenants.referrals.services import NotInvitableError, TooManyInvitationsError
from widgets.space.invite_form import Friend, InviteForm
from widgets.space.pages import customer_page, of_module, own_session, to_space
from widgets.space.views.space import show_space

_DAY = timedelta(days=1)
INVITATION_TRIES = 25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one friend; `words` are empty where the invitation left."""

    friend: Friend
    words: str = ""
    status: int = 0
    about_name: bool = False


@require_POST
@customer_page
@of_module(Feature.REFERRAL)
def invite(request: HttpRequest) -> HttpResponse:
    """Write to each friend, once, in this customer's name (D7, R42)."""
    session = own_session(request)
    form = InviteForm(request.POST)
    form.is_valid()
    outcomes = _invite_all(session.profile, form.friends(), timezone.now())
    sent = [outcome.friend for outcome in outcomes if not outcome.words]
    failed = [outcome for outcome in outcomes if outcome.words]
    if sent and not failed and not form.errors:
        return to_space(done="invitation" if len(sent) == 1 else "invitations", at="inviter")
    left = form.without({emails.key(friend.email) for friend in sent})
    left.is_valid()
    for outcome in failed:
        _say(left, outcome)
    statuses = {outcome.status for outcome in failed} | ({422} if form.errors else set())
    status = statuses.pop() if len(statuses) == 1 else 422
    return show_space(request, session, left, sent=_sent(sent), status=status)


def _invite_all(referrer: Profile, friends: list[Friend], now: datetime) -> list[Outcome]:
    outcomes: list[Outcome] = []
    over: Outcome | None = None
    for friend in friends:
        # The day's limit holds for all that follow: no need to try each.
        outcome = (
            Outcome(friend, over.words, over.status) if over else _invite(referrer, friend, now)
        )
        over = outcome if outcome.status == TooManyInvitationsError.status else over
        outcomes.append(outcome)
    return outcomes


def _invite(referrer: Profile, friend: Friend, now: datetime) -> Outcome:
    try:
        # Refusals count as well: whoever tries addresses out learns little from them (R33).
        hit(
            action="space-invite",
            subject=str(referrer.id),
            limit=INVITATION_TRIES,
            window=_DAY,
            now=now,
        )
        invite_friend(referrer=referrer, email=friend.email, first_name=friend.first_name, now=now)
    except RicochetError as error:
        words, about_name = _words(error, referrer, friend)
        status = 422 if isinstance(error, InvalidInputError) else error.status
        return Outcome(friend, words, status, about_name)
    return Outcome(friend)


def _words(error: RicochetError, referrer: Profile, friend: Friend) -> tuple[str, bool]:
    """Why one was not invited, and whether it is their name that is wrong."""
    if isinstance(error, ThrottledError):
        return str(TooManyInvitationsError.words), False
    if isinstance(error, UnsafeNameError):
        return _("Indiquez un prénom, sans adresse ni lien."), True
    if isinstance(error, InvalidInputError):
        return _("Indiquez une adresse complète, par exemple thomas@exemple.fr."), False
    # What they did themselves is no news to them; whatever else it is, nobody tells (R33).
    known = isinstance(error, NotInvitableError)
    if known and has_invited(referrer=referrer, email=friend.email):
        return _("Vous avez déjà invité cette adresse."), False
    return error.message, False


def _say(form: InviteForm, outcome: Outcome) -> None:
    """Put an outcome beside its address; among pasted ones, with it."""
    place = form.field_of(outcome.friend)
    if outcome.status == TooManyInvitationsError.status:
        if outcome.words not in form.non_field_errors():
            form.add_error(None, outcome.words)
    elif place == "pasted":
        words = _("%(address)s : %(reason)s")
        form.add_error(place, words % {"address": outcome.friend.email, "reason": outcome.words})
    elif outcome.about_name:
        form.add_error(place.replace("email", "first_name"), outcome.words)
    elif place not in form.errors:
        form.add_error(place, outcome.words)


def _sent(friends: list[Friend]) -> str:
    """The sentence on those whose invitation left, where others' did not."""
    if not friends:
        return ""
    names = ", ".join(friend.first_name or friend.email for friend in friends)
    return ngettext(
        "Une invitation est partie, à votre nom : %(names)s.",
        "%(n)s invitations sont parties, à votre nom : %(names)s.",
        len(friends),
    ) % {"n": len(friends), "names": names}
