"""Campaigns as kinds of email, and what is done to one: write, plan, pause, cancel, copy.

Who gets one, and the work that sends it, is `tenants.programme.campaigns`' to say.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from liquid.exceptions import LiquidError

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from tenants.context import current_tenant
from tenants.messaging import editing, services
from tenants.messaging.kinds import Kind, Topic
from tenants.messaging.models import Campaign, CampaignState, Email, EmailState
from tenants.messaging.writing import liquid
from tenants.messaging.writing.filling import fill_values
from tenants.messaging.writing.texts import FIELDS, Text
from tenants.models import Tenant

CANCELLED = "cancelled"
HELD = "paused"
TARGETS = ("referral_url", "space_url", "shop_url")
_SAMPLE = {
    "first_name": "Camille",
    "code": "CAMILLE-7Q3X",
    "balance": 2400,
    "amount": 800,
    "unit": "EUR",
}


class UnknownCampaignError(NotFoundError):
    """There is no such campaign."""

    code = "unknown_campaign"
    words = gettext_lazy("Cette campagne n’existe pas.")


class CampaignStateError(ConflictError):
    """A campaign cannot be changed like this any more: it left, or was cancelled."""

    code = "campaign_state"
    words = gettext_lazy("Cette campagne a changé d’état. Regardez où elle en est.")


class CampaignKinds:
    """Gives each campaign's kind and words: see `kinds.Provider`."""

    def kind(self, name: str) -> Kind | None:
        """The kind of a campaign that exists."""
        row = _named(name)
        return None if row is None else kind_of_campaign(row)

    def text(self, name: str, language: str) -> Text | None:
        """Its words in a language, else those that everybody reads."""
        row = _named(name)
        return None if row is None else text_of_campaign(row, language)


PROVIDER = CampaignKinds()


def kind_of_campaign(row: Campaign) -> Kind:
    """What its emails are: refusable, counted, and only to whom they may go."""
    return Kind(
        row.kind,
        label=row.name,
        when=gettext_lazy("Avec la campagne."),
        values=("balance", "amount", "code", "referral_url", "space_url"),
        sample=_SAMPLE,
        target=row.target,
        marketing=True,
        topic=Topic.CAMPAIGNS,
        tracked=True,
        mailing=True,
        editable=False,
        held=row.state == CampaignState.PAUSED,
    )


def subject_of(row: Campaign) -> str:
    """The subject as a reader would see it, for a list; as it was typed where it cannot be."""
    kind, tenant = kind_of_campaign(row), current_tenant()
    email = Email(kind=kind.name, language="fr", context=dict(kind.sample))
    try:
        values = fill_values(email=email, kind=kind, tenant=tenant)
        return liquid.unmark(liquid.fill(row.subject, values))
    except (LiquidError, InvalidInputError):
        return row.subject


def text_of_campaign(row: Campaign, language: str = "") -> Text:
    """The words as they are now, in a language where it has its own."""
    own = row.words.get(language)
    return Text(**(own or {name: getattr(row, name) for name in FIELDS}))


def check(*, row: Campaign, tenant: Tenant) -> None:
    """TextError where the words of one language cannot be used."""
    kind = kind_of_campaign(row)
    for language in ("", *row.words):
        text = text_of_campaign(row, language)
        editing.check(kind=kind, text=text, tenant=tenant, language=language or tenant.language)


def get(*, campaign_id: uuid.UUID, lock: bool = False) -> Campaign:
    """The campaign; UnknownCampaignError where there is none."""
    rows = Campaign.objects.select_for_update() if lock else Campaign.objects.all()
    row = rows.filter(id=campaign_id).first()
    if row is None:
        raise UnknownCampaignError
    return row


@atomic_with_retry
def create(*, name: str, text: Text, author_id: uuid.UUID | None, now: datetime) -> Campaign:
    """A draft with these words."""
    words = {field: getattr(text, field) for field in FIELDS}
    return Campaign.objects.create(
        name=name, author_id=author_id, created_at=now, changed_at=now, **words
    )


@atomic_with_retry
def save(
    *,
    campaign_id: uuid.UUID,
    name: str,
    text: Text,
    target: str,
    segment: dict[str, Any],
    tenant: Tenant,
    now: datetime,
    language: str = "",
) -> Campaign:
    """Change a draft. TextError where the words cannot be used; CampaignStateError once it left.

    With a `language`, the words are those of its readers; without, everybody else's.
    """
    row = get(campaign_id=campaign_id, lock=True)
    if row.state != CampaignState.DRAFT:
        raise CampaignStateError
    if target not in TARGETS:
        raise InvalidInputError(_("Choisissez une des destinations proposées."), param="target")
    row.name, row.target, row.segment, row.changed_at = name, target, segment, now
    words = {field: getattr(text, field).strip() for field in FIELDS}
    if language:
        row.words = {**row.words, language: words}
    else:
        for field, value in words.items():
            setattr(row, field, value)
    shown = text_of_campaign(row, language)
    kind = kind_of_campaign(row)
    editing.check(kind=kind, text=shown, tenant=tenant, language=language or tenant.language)
    row.save()
    return row


@atomic_with_retry
def drop_words(*, campaign_id: uuid.UUID, language: str, now: datetime) -> Campaign:
    """Have readers of this language read what everybody reads; once more changes nothing."""
    row = get(campaign_id=campaign_id, lock=True)
    if row.state != CampaignState.DRAFT:
        raise CampaignStateError
    row.words = {other: words for other, words in row.words.items() if other != language}
    row.changed_at = now
    row.save(update_fields=["words", "changed_at"])
    return row


@atomic_with_retry
def copy(*, campaign_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Campaign:
    """A new draft with the same words and the same segment."""
    row = get(campaign_id=campaign_id)
    return Campaign.objects.create(
        name=(_("%(name)s (copie)") % {"name": row.name})[:80],
        segment=row.segment,
        target=row.target,
        words=row.words,
        author_id=author_id,
        created_at=now,
        changed_at=now,
        **{field: getattr(row, field) for field in FIELDS},
    )


@atomic_with_retry
def schedule(*, campaign_id: uuid.UUID, at: datetime, tenant: Tenant, now: datetime) -> Campaign:
    """Plan a draft for a moment to come; the words are checked now."""
    row = get(campaign_id=campaign_id, lock=True)
    if row.state not in (CampaignState.DRAFT, CampaignState.SCHEDULED):
        raise CampaignStateError
    if at <= now:
        raise InvalidInputError(_("Choisissez un moment à venir."), param="at")
    check(row=row, tenant=tenant)
    row.state, row.scheduled_at, row.changed_at = CampaignState.SCHEDULED, at, now
    row.save(update_fields=["state", "scheduled_at", "changed_at"])
    return row


@atomic_with_retry
def unschedule(*, campaign_id: uuid.UUID, now: datetime) -> Campaign:
    """Make a planned campaign a draft again."""
    return _move(campaign_id, (CampaignState.SCHEDULED,), CampaignState.DRAFT, now)


@atomic_with_retry
def pause(*, campaign_id: uuid.UUID, now: datetime) -> Campaign:
    """Write to nobody else for now: what waits in the queue is set aside when its turn comes."""
    return _move(campaign_id, _under_way(campaign_id), CampaignState.PAUSED, now)


def is_paused(*, kind: str) -> bool:
    """Whether the campaign of this kind is paused; it stays so until the transaction ends."""
    row = _named(kind, lock=True)
    return row is not None and row.state == CampaignState.PAUSED


def release(*, row: Campaign, now: datetime) -> None:
    """Send what a pause set aside. `row` is locked: nothing is set aside meanwhile."""
    held = Email.objects.filter(kind=row.kind, state=EmailState.SKIPPED, skipped_because=HELD)
    ids = list(held.values_list("id", flat=True))
    held.filter(id__in=ids).update(state=EmailState.QUEUED, skipped_because="")
    services.ask_for(email_ids=ids, now=now)


@atomic_with_retry
def cancel(*, campaign_id: uuid.UUID, now: datetime) -> Campaign:
    """Give up what is left, also what waits in the queue; what was sent stays sent."""
    left = (*_under_way(campaign_id), CampaignState.PAUSED)
    row = _move(campaign_id, left, CampaignState.CANCELLED, now)
    waiting = Q(state=EmailState.QUEUED) | Q(state=EmailState.SKIPPED, skipped_because=HELD)
    Email.objects.filter(waiting, kind=row.kind, is_test=False).update(
        state=EmailState.SKIPPED, skipped_because=CANCELLED
    )
    return row


@atomic_with_retry
def delete(*, campaign_id: uuid.UUID) -> None:
    """Remove a draft."""
    row = get(campaign_id=campaign_id, lock=True)
    if row.state != CampaignState.DRAFT:
        raise CampaignStateError
    row.delete()


def _move(
    campaign_id: uuid.UUID, states: tuple[CampaignState, ...], to: CampaignState, now: datetime
) -> Campaign:
    row = get(campaign_id=campaign_id, lock=True)
    if row.state == to:
        return row
    if row.state not in states:
        raise CampaignStateError
    row.state, row.changed_at = to, now
    if to == CampaignState.CANCELLED:
        row.finished_at = now
    if to == CampaignState.DRAFT:
        row.scheduled_at = None
    row.save(update_fields=["state", "changed_at", "finished_at", "scheduled_at"])
    return row


def _under_way(campaign_id: uuid.UUID) -> tuple[CampaignState, ...]:
    """The states in which emails still leave: also once all are planned and some wait."""
    row = get(campaign_id=campaign_id, lock=True)
    waiting = Email.objects.filter(kind=row.kind, state=EmailState.QUEUED, is_test=False)
    if row.state == CampaignState.SENT and waiting.exists():
        return (CampaignState.SENDING, CampaignState.SENT)
    return (CampaignState.SENDING,)


def _named(name: str, *, lock: bool = False) -> Campaign | None:
    _prefix, _colon, rest = name.partition(":")
    try:
        number = uuid.UUID(rest)
    except ValueError:
        return None
    rows = Campaign.objects.select_for_update() if lock else Campaign.objects.all()
    return rows.filter(id=number).first()
