"""What a participation sets off once it counts: the play, the partners' shares, the emails."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils import translation

from kernel.db import atomic_with_retry, insert, insert_if_absent, update_fields
from kernel.errors import NotFoundError
from kernel.outbox.services import Draft, emit_all
from operations import fields, notices, optins
from operations.errors import OperationOverError
from operations.mechanics import mechanic_of
from operations.mechanics.shape import Mechanic
from operations.models import ModulePartner, Participation, ParticipationState, Share, ShareState
from operations.words import pick
from tenants.messaging import unsubscribing
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile

SHARE_EVENT = "operations.share"


class UnknownParticipationError(NotFoundError):
    """There is no such participation here."""

    code = "unknown_participation"


def begin(*, participation: Participation, given: list[Consent], now: datetime) -> None:
    """Of a participation that was just inserted: count it, or ask for its confirmation.

    `given` are the consents that came with it.
    """
    if participation.state == ParticipationState.PENDING:
        notices.ask_confirmation(participation=participation, given=given, now=now)
        return
    _count(participation, given, now)


@atomic_with_retry
def confirm(
    *, participation_id: uuid.UUID, agreed: Collection[uuid.UUID], now: datetime
) -> Participation:
    """The person pressed the button of the emailed link (double opt-in); again changes nothing.

    `agreed` are the consents whose words stood above the button: what somebody else ticked in their
    name, and they did not read, counts for nothing (D1, D2).
    OperationOverError where the operation has ended meanwhile: the email said until when.
    """
    found = Participation.objects.filter(id=participation_id).first()
    if found is None or found.state == ParticipationState.VOID:
        raise UnknownParticipationError
    if found.profile_id is not None:  # the person's row comes before all others
        person = Profile.everyone.select_for_update(no_key=True).get(id=found.profile_id)
        if person.erased_at is not None:
            raise UnknownParticipationError
    participation = (
        Participation.objects.select_for_update(of=("self",))
        .select_related("module", "operation", "profile")
        .get(id=participation_id)
    )
    if participation.state != ParticipationState.PENDING:
        return participation
    if not participation.is_test and not participation.operation.is_open(now):
        raise OperationOverError
    participation.state, participation.confirmed_at = ParticipationState.COUNTED, now
    participation.save(update_fields=["state", "confirmed_at"])
    given = [row for row in awaiting(participation) if row.id in agreed]
    consents.confirm(consents=given, how="link", now=now)
    _count(participation, given, now)
    return participation


def given_with(participation: Participation) -> list[Consent]:
    """The consents that came with a participation, in the order of its boxes."""
    if participation.profile_id is None:
        return []
    # Where two records of one person became one, consents went to the one that stays.
    heir = Profile.everyone.filter(id=participation.profile_id).values("merged_into_id")
    rows = Consent.objects.filter(
        Q(profile_id=participation.profile_id) | Q(profile_id__in=heir),
        source_kind="operation",
        source__participation=participation.public_id,
    )
    return list(rows.order_by("granted_at", "id"))


def agreed_with(participation: Participation) -> list[Consent]:
    """Those of them that count, or did until they were taken back."""
    given = given_with(participation)
    valid = consents.valid().filter(id__in=[row.id for row in given])
    counts = set(valid.values_list("id", flat=True))
    return [row for row in given if row.id in counts]


def awaiting(participation: Participation) -> list[Consent]:
    """What came with it and was not taken back before it was confirmed (D4)."""
    given = given_with(participation)
    kept = consents.not_withdrawn().filter(id__in=[row.id for row in given])
    held = set(kept.values_list("id", flat=True))
    return [row for row in given if row.id in held]


def _count(participation: Participation, given: list[Consent], now: datetime) -> None:
    mechanic = mechanic_of(participation.module)
    outcome = mechanic.play(
        module=participation.module,
        participation=participation,
        answers=participation.answers,
        now=now,
    )
    participation.outcome = outcome.stored()
    if participation.is_test:
        participation.save(update_fields=["outcome"])
        return  # a rehearsal writes to nobody: its trace tells what would have left
    _rank(participation, given)
    update_fields(
        participation, "outcome", "is_first", "is_first_in_module", "own_consent", "is_first_optin"
    )
    _welcome(participation, given, now)
    _share(participation, given, now)
    of_new = made_now(participation)
    game = _game(participation, mechanic)
    notices.receipt(participation=participation, given=given, game=game, now=now, of_new=of_new)
    email = mechanic.result_email(module=participation.module, participation=participation)
    if email is not None:
        notices.result(participation=participation, email=email, now=now, of_new=of_new)


def _game(participation: Participation, mechanic: Mechanic) -> notices.Game:
    module, language = participation.module, participation.language
    with translation.override(language):
        return notices.Game(
            played=pick(module.title, language) or str(mechanic.label),
            came_to=mechanic.in_words(
                module=module, participation=participation, language=language
            ),
        )


def _welcome(participation: Participation, given: list[Consent], now: datetime) -> None:
    """A yes to the merchant's own news opens mailings.

    Only a confirmed address ends an unsubscription of before: anybody can type another's address.
    """
    profile = participation.profile
    if profile is None or all(row.controller_tenant_id is not None for row in given):
        return
    if participation.confirmed_at is not None:
        unsubscribing.choose(profile=profile, wanted=True, now=now)
    elif not unsubscribing.is_unsubscribed(address=profile.email, profile=profile):
        consents.note_on(profile=profile, at=now)


def made_now(participation: Participation) -> bool:
    """Whether what counts now was inserted in this transaction: nothing can hang on it yet."""
    return participation.confirmed_at is None


def _first_of_all(participation: Participation) -> bool:
    """Whether its person was made with it this very moment: nothing can have been before."""
    return participation.was_new and made_now(participation)


def _rank(participation: Participation, given: list[Consent]) -> None:
    """Whether it is the person's first that counts, in the operation and in the module; and their
    first yes to the merchant. Their row is locked, so that two at once are ranked in turn.
    """
    if participation.profile_id is None:
        return
    before = (
        {}
        if _first_of_all(participation)
        else dict(
            Participation.objects.filter(
                operation_id=participation.operation_id,
                profile_id=participation.profile_id,
                state=ParticipationState.COUNTED,
                is_test=False,
            )
            .exclude(id=participation.id)
            .values_list("id", "module_id")
        )
    )
    participation.is_first = not before
    participation.is_first_in_module = participation.module_id not in before.values()
    own = next((row for row in given if row.controller_tenant_id is None), None)
    participation.own_consent = own
    participation.is_first_optin = own is not None and not (
        before
        and Participation.objects.filter(
            id__in=list(before), own_consent__in=consents.not_withdrawn()
        ).exists()
    )


def _share(participation: Participation, given: list[Consent], now: datetime) -> None:
    """One row for each partner: with their own opt-in the named fields, without it a count."""
    by_partner = {row.controller_tenant_id: row for row in given if row.controller_tenant_id}
    before = _shared_before(participation)
    shares = []
    for partner in participation.module.partners.all():
        office = optins.back_office(participation.module, partner)
        consent = by_partner.get(office)
        opted_in = before.get(office)
        shares.append(
            Share(
                participation=participation,
                partnership_id=partner.partnership_id,
                partner_tenant_id=office,
                fields=_going(participation, partner) if consent is not None else [],
                consent=consent,
                is_first=opted_in is None,
                is_first_optin=consent is not None and not opted_in,
                state=ShareState.PENDING,
                created_at=now,
            )
        )
    of_new = made_now(participation)
    if of_new:
        insert(shares)
    written = {share.id for share in shares} if of_new else insert_if_absent(shares)
    emit_all(
        drafts=[share_event(share=share) for share in shares if share.id in written],
        now=now,
        of_new=of_new,
    )


def _going(participation: Participation, partner: ModulePartner) -> list[str]:
    """What the form that was sent said would go there, whatever was changed since (D1, D3)."""
    if participation.going is not None:
        return [str(name) for name in participation.going.get(str(partner.partnership_id), ())]
    # Sent before this was kept: as the form is today if it reads the same, else the address alone.
    asked = fields.going_to(participation.module, partner.partnership_id)
    same = participation.form_version == optins.form_version(participation.module)
    return asked if same else [name for name in asked if name == "email"]


def share_event(*, share: Share, why: str = "") -> Draft:
    """The event that delivers a share, or takes it back: one for each partner, so that none of
    them ever waits for another.
    """
    return Draft(
        kind=SHARE_EVENT,
        payload={
            "participation": str(share.participation_id),
            "partnership": str(share.partnership_id),
        },
        key=":".join(part for part in (SHARE_EVENT, why, str(share.id)) if part),
    )


def _shared_before(participation: Participation) -> dict[uuid.UUID, bool]:
    """The partners who have this person already, each with whether by an opt-in that holds.

    A partner is its back office: a second partnership of the same brands counts nobody twice.
    """
    if participation.is_first or participation.profile_id is None:
        return {}
    rows = Share.objects.filter(
        participation__operation_id=participation.operation_id,
        participation__profile_id=participation.profile_id,
    ).exclude(state=ShareState.REFUSED)
    held: dict[uuid.UUID, bool] = {}
    for office, consent_id, state in rows.values_list("partner_tenant_id", "consent_id", "state"):
        holds = consent_id is not None and state in (ShareState.PENDING, ShareState.DELIVERED)
        held[office] = held.get(office, False) or holds
    return held
