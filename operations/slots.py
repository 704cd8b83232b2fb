"""How often: the value that a module's rule makes unique for one person.

One person is one address without its aliases: camille+1@… plays as camille@…. Profiles are kept
apart all the same, each with the address as it was typed.
"""

from datetime import date, datetime

from django.db.models import Q

from kernel.db import insert_if_absent
from operations.models import OperationModule, Participation, ParticipationState, Rule
from tenants.profiles import emails
from tenants.profiles.models import Profile

_PURPOSE = "operations.person"


def person_key(email: str) -> str:
    """What the addresses of one person have in common, hashed for this merchant."""
    return emails.hashed(emails.folded(email), purpose=_PURPOSE) if email else ""


def of_person(profile: Profile, *, by: str = "profile") -> Q:
    """What is this person's, under whichever of their addresses; `by` leads to the profile."""
    known = Q(id=profile.id)
    if profile.email_folded:
        known |= Q(email_folded=profile.email_folded)
    # Their records first, which are few: the module's rows are then found by its own index.
    return Q(**{f"{by}__in": Profile.everyone.filter(known).values("id")})


def put(participation: Participation, *, now: datetime) -> bool:
    """Insert it; False where its form was taken before, or the rule has no room for its person.

    Asked with the person's row locked. A rehearsal is nobody's, and has room.
    """
    profile = participation.profile
    if profile is None:
        return bool(insert_if_absent([participation]))
    while _find(participation, profile, now):
        if insert_if_absent([participation]):
            return True
        # Another of their addresses, or the same form, was quicker: this slot is taken by now.
        if _is_taken(participation):
            return False
    return False


def _find(participation: Participation, profile: Profile, now: datetime) -> bool:
    """Whether the rule has room for it; an entry that nobody confirmed makes room."""
    module, day = participation.module, participation.day
    participation.person_key = person_key(profile.email)
    slot = free_slot(module=module, profile=profile, day=day)
    if slot is None and not _is_taken(participation):
        before = give_way(module=module, profile=profile, day=day, now=now)
        if before is not None:
            slot = before.slot
            # Who is new because of a form that gave way is new by this one, once it is confirmed.
            waits = participation.state == ParticipationState.PENDING
            participation.was_new = participation.was_new or (waits and before.was_new)
    participation.slot = slot or ""
    return slot is not None


def _is_taken(participation: Participation) -> bool:
    return Participation.objects.filter(key=participation.key).exists()


def free_slot(*, module: OperationModule, profile: Profile, day: date) -> str | None:
    """The slot of the next participation, or None where the rule allows no more.

    Asked with the person's row locked; the constraints of the table decide all the same. `day` is
    the merchant's.
    """
    rows = Participation.objects.filter(module=module, is_test=False)
    slots = rows.exclude(state=ParticipationState.VOID).values_list("slot", flat=True)
    # By their key, too: the address of whoever played may have been changed since.
    of_address = slots.filter(person_key=person_key(profile.email)).exclude(person_key="")
    taken = set(slots.filter(of_person(profile)).union(of_address))
    if module.rule == Rule.DAILY:
        slot = day.isoformat()
        return None if slot in taken else slot
    if module.rule == Rule.TIMES:
        numbers = (str(number) for number in range(1, module.times + 1))
        return next((number for number in numbers if number not in taken), None)
    return None if taken else ""


def give_way(
    *, module: OperationModule, profile: Profile, day: date, now: datetime
) -> Participation | None:
    """The entry that waits for its confirmation and ends here, for a newer form takes its slot.

    Whoever typed the address may have been anybody: what nobody confirmed keeps nobody out, and is
    never confirmed in place of what was sent since. Asked with the person's row locked.
    """
    rows = Participation.objects.select_for_update().filter(
        of_person(profile), module=module, is_test=False, state=ParticipationState.PENDING
    )
    if module.rule == Rule.DAILY:
        rows = rows.filter(slot=day.isoformat())
    waiting = rows.order_by("created_at", "id").first()
    if waiting is not None:
        waiting.state, waiting.voided_at = ParticipationState.VOID, now
        # Its form, sent again, is answered as ever: that it gave way is told to nobody (R33).
        waiting.fields, waiting.answers = {}, {}
        waiting.save(update_fields=["state", "voided_at", "fields", "answers"])
    return waiting


def holder(participation: Participation) -> Participation | None:
    """The entry that stands in the place of this one: itself, or the one that it gave way to."""
    if participation.state != ParticipationState.VOID:
        return participation
    if participation.profile_id is None:
        return None
    rows = Participation.objects.select_related("operation", "module", "profile").filter(
        module_id=participation.module_id,
        profile_id=participation.profile_id,
        slot=participation.slot,
        is_test=False,
    )
    return rows.exclude(state=ParticipationState.VOID).first()
