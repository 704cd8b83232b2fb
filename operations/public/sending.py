"""A form that comes in: its seal first, then how often, then the engine; each refusal is told."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.throttles import ThrottledError, Try, counted_address, hit, hit_all
from kernel.errors import InvalidInputError, RicochetError
from operations import errors, optins, selectors
from operations.fields import FieldsError
from operations.mechanics import mechanic_of
from operations.models import Operation, OperationModule, Participation
from operations.notices import told_already
from operations.participating import Submission, body_hash, participate
from operations.public import seal
from operations.public.drawing import draw_page, if_shown, say, shown_or_404, spoken
from operations.public.parts import part_of
from operations.public.sent import address_of
from operations.public.steps import in_steps
from tenants.profiles import emails

_HOUR = timedelta(hours=1)
# A shop's Wi-Fi, or a carrier's whole town, is one address: many honest people send one good form
# each. Tries that are refused are what tells a machine, and they alone are few.
FROM_ADDRESS, REFUSED, OF_PERSON = 1_000, 200, 20
_REFUSED = "operation-refused"
_NOT_OURS = (errors.StaleFormError, errors.ForgedFormError)
# What a form holds beside the fields that were asked; the mechanic's inputs begin with `m-`.
_OURS = frozenset({"csrfmiddlewaretoken", "form", "website", "box", "rules", "age"})


@dataclass(frozen=True, slots=True)
class _Sent:
    """One form that came in, read as far as its seal."""

    request: HttpRequest
    operation: Operation
    module: OperationModule
    sealed: seal.Seal
    now: datetime
    # The pass of a test: see `operations.rehearsing`.
    test: str = ""


def send(
    request: HttpRequest, operation: Operation, now: datetime, *, test: str = ""
) -> HttpResponse:
    """Take part by the form that was sent; on to the thanks, or why not.

    With the pass of a test it counts for nothing, and leads to its trace.
    """
    try:
        sealed = seal.read(request.POST.get("form", ""), now=now)
        module = selectors.module_sent(module_id=sealed.module_id, operation=operation)
        if module is None:
            raise errors.ForgedFormError
    except _NOT_OURS as error:
        return _unreadable(request, operation, error, now)
    return _read(request, operation, module, sealed, now, test=test)


def send_at(request: HttpRequest, slug: str, now: datetime) -> HttpResponse:
    """The same by the address that it was sent to, which is 404 where nobody may see anything.

    The operation and its module are asked for together: hundreds of forms come in a second.
    """
    try:
        sealed = seal.read(request.POST.get("form", ""), now=now)
    except _NOT_OURS as error:
        return _unreadable(request, shown_or_404(slug, now), error, now)
    found, module = selectors.sent_at(slug=slug, module_id=sealed.module_id)
    operation = if_shown(found, now)
    if module is None:
        return _unreadable(request, operation, errors.ForgedFormError(), now)
    return _read(request, operation, module, sealed, now)


def _unreadable(
    request: HttpRequest, operation: Operation, error: RicochetError, now: datetime
) -> HttpResponse:
    _note_refusal(request, now)
    return say(request, operation, error)


def _read(
    request: HttpRequest,
    operation: Operation,
    module: OperationModule,
    sealed: seal.Seal,
    now: datetime,
    *,
    test: str = "",
) -> HttpResponse:
    """A form whose seal is good."""
    if test:
        optins.as_if_agreed(module)
    sent = _Sent(request, operation, module, sealed, now, test)
    quick = now - sealed.drawn_at < seal.QUICKEST
    if quick or request.POST.get("website"):
        # Whoever fills in what is hidden, or answers before reading, is asked once more.
        _note_refusal(request, now)
        why = _("Le formulaire a été envoyé très vite. Relisez-le, puis envoyez à nouveau.")
        other = _("Un champ caché a été rempli, par votre navigateur peut-être. Envoyez à nouveau.")
        return _again(sent, why if quick else other, 422)
    return _taken(sent)


def _taken(sent: _Sent) -> HttpResponse:
    """The engine's answer: on to what comes next, or why not."""
    module, now = sent.module, sent.now
    submission = _submission(sent.request, sent.sealed)
    try:
        _slow_down(sent.request, now)
        _check_used(sent, submission)
        taken = participate(
            module=module,
            submission=submission,
            source=sent.sealed.source,
            now=now,
            test=bool(sent.test),
        )
    except errors.AlreadyTookPartError:
        return _had_taken_part(sent, submission)
    except ThrottledError as error:
        return _refused(sent, error)
    except RicochetError as error:
        _note_refusal(sent.request, now)
        return _refused(sent, error)
    if sent.test:
        trace = [sent.test, taken.participation.public_id]
        return HttpResponseRedirect(reverse("operations:rehearsal_trace", args=trace))
    participation = taken.participation
    return HttpResponseRedirect(_onward(sent, participation, participation.answers))


def _check_used(sent: _Sent, submission: Submission) -> None:
    """A form is used up by an address that took part before, as by a new one: sent again with
    another address it is refused in either case (R33). Of new ones the participation knows.
    """
    used = cache.get(_used(sent))
    if used is not None and used != body_hash(sent.module, submission):
        raise errors.KeyReusedError


def _used(sent: _Sent) -> str:
    return f"operation-form:{sent.sealed.key}"


def _had_taken_part(sent: _Sent, submission: Submission) -> HttpResponse:
    """Nothing is known of who typed the address: its owner reads it, and only there (R33)."""
    module, address = sent.module, sent.request.POST.get("email", "")
    try:
        answers = mechanic_of(module).clean(
            module=module, data=_mechanics_own(sent.request), language=spoken()
        )
    except RicochetError as error:  # the last code has gone this very moment
        return _refused(sent, error)
    cache.set(_used(sent), body_hash(module, submission), seal.HOLDS.total_seconds())
    told_already(
        module=module,
        address=address,
        now=sent.now,
        decided=mechanic_of(module).is_decided(module=module),
    )
    return HttpResponseRedirect(_onward(sent, None, answers))


def _onward(sent: _Sent, participation: Participation | None, answers: Mapping[str, Any]) -> str:
    """What to do next, or what came of it; the same for an address that took part before."""
    module = sent.module
    if module.double_optin:
        return reverse("operations:asked", args=[module.operation.slug])
    outcome = participation.outcome if participation is not None else None
    told = mechanic_of(module).at_once(module=module, answers=answers, outcome=outcome)
    return address_of(
        module=module,
        told=told,
        drawn_at=sent.sealed.drawn_at,
        source=sent.sealed.source,
        ticked="box" in sent.request.POST,
    )


def _refused(sent: _Sent, error: RicochetError) -> HttpResponse:
    """The form again where it can be mended, else the reason alone."""
    if isinstance(error, FieldsError):
        return _again(sent, "", 422, wrong=error.errors)
    if isinstance(error, errors.RulesNotAcceptedError | errors.TooYoungError) and error.param:
        return _again(sent, "", 422, wrong={error.param: error.said})
    if isinstance(error, ThrottledError):
        response = _again(sent, _("Trop d’envois d’ici. Réessayez dans une heure."), 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, InvalidInputError | errors.StaleFormError):
        return _again(sent, error.said, error.status)
    return say(sent.request, sent.operation, error)


def _again(
    sent: _Sent, said: str, status: int, *, wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    """The form once more, with every value; the other modules are a reload away."""
    fresh = seal.draw(module=sent.module, source=sent.sealed.source, now=sent.sealed.drawn_at)
    part = part_of(
        sent.module,
        language=spoken(),
        seal=fresh,
        sent=sent.request.POST,
        errors=wrong,
        said=said,
    )
    parts = in_steps(
        [part],
        modules=selectors.modules_of(sent.operation),
        opened=sent.module.public_id,
    )
    return draw_page(
        sent.request, sent.operation, parts=parts, now=sent.now, status=status, test=sent.test
    )


def _submission(request: HttpRequest, sealed: seal.Seal) -> Submission:
    sent = request.POST
    return Submission(
        key=sealed.key,
        version=sealed.version,
        fields={
            name: str(sent[name])
            for name in sent
            if name not in _OURS and not name.startswith("m-")
        },
        boxes=frozenset(sent.getlist("box")),
        data=_mechanics_own(request),
        language=spoken(),
        accepts_rules=bool(sent.get("rules")),
        old_enough=bool(sent.get("age")),
    )


def _mechanics_own(request: HttpRequest) -> QueryDict:
    """The answers to the mechanic's own questions."""
    data = QueryDict(mutable=True)
    for name in request.POST:
        if name.startswith("m-"):
            data.setlist(name, request.POST.getlist(name))
    return data


def _slow_down(request: HttpRequest, now: datetime) -> None:
    """Outside of any transaction, so that a refused try is counted, too."""
    address = counted_address(request)
    tries = [Try("operation-from", address, FROM_ADDRESS)]
    given = request.POST.get("email", "")
    if emails.key(given):
        tries.append(Try("operation-person", emails.folded(given), OF_PERSON))
    hit_all(tries=tries, window=_HOUR, now=now, unless=Try(_REFUSED, address, REFUSED))


def _note_refusal(request: HttpRequest, now: datetime) -> None:
    """Each is answered by its own reason; the limit stops what comes after."""
    with suppress(ThrottledError):
        hit(
            action=_REFUSED,
            subject=counted_address(request),
            limit=REFUSED,
            window=_HOUR,
            now=now,
        )
