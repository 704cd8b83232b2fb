"""How often: the value that a module's rule makes unique for one person.

One person is one address without its aliases: camille+1@… plays as camille@…. Profiles are kept
apart all the same, each with the address as it was typed.
"""

from datetime import date, datetime

from django.db.models import Q

from kernel.db import insert_if_absent, insert_unless, prepared_cursor
from operations.models import OperationModule, Participation, ParticipationState, Rule
from tenants.profiles import emails
from tenants.profiles.models import Profile

_PURPOSE = "operations.person"
_OTHER_RECORDS = "SELECT FROM profiles_profile WHERE email_folded = %s AND id <> %s"
# The records first, and once: before the table was ever analysed, a planner would look them up
# anew for each participation of the module.
_TAKEN = """
    SELECT slot FROM operations_participation
    WHERE module_id = %s AND person_key = %s AND person_key <> ''
      AND NOT is_test AND state <> 'void'
    UNION
    SELECT slot FROM operations_participation
    WHERE module_id = %s AND NOT is_test AND state <> 'void' AND profile_id = ANY (ARRAY(
        SELECT id FROM profiles_profile WHERE id = %s
        UNION SELECT id FROM profiles_profile WHERE email_folded = %s AND email_folded <> ''
    ))
"""


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
    participation.person_key = person_key(profile.email)
    if _fits_at_once(participation, profile):
        return True
    while _find(participation, profile, now):
        if insert_if_absent([participation]):
            return True
        # Another of their addresses, or the same form, was quicker: this slot is taken by now.
        if _is_taken(participation):
            return False
    return False


def _fits_at_once(participation: Participation, profile: Profile) -> bool:
    """Inserted without a look at what is there: nearly everybody comes once, under one address.

    The table's own constraints are asked, which cost the same however many have taken part; no
    rule changes once somebody did. They do not know of somebody's other records, nor how many
    times are allowed.
    """
    slot = _only_slot(participation.module, participation.day)
    if slot is None:
        return False
    participation.slot = slot
    if not profile.email_folded:
        return bool(insert_if_absent([participation]))
    return insert_unless(participation, _OTHER_RECORDS, [profile.email_folded, profile.id])


def _only_slot(module: OperationModule, day: date) -> str | None:
    """The one that a rule leaves, or None where it leaves several."""
    if module.rule == Rule.TIMES:
        return None
    return day.isoformat() if module.rule == Rule.DAILY else ""


def _find(participation: Participation, profile: Profile, now: datetime) -> bool:
    """Whether the rule has room for it; an entry that nobody confirmed makes room."""
    module, day = participation.module, participation.day
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
    taken = _taken(module, profile)
    if module.rule == Rule.TIMES:
        numbers = (str(number) for number in range(1, module.times + 1))
        return next((number for number in numbers if number not in taken), None)
    slot = _only_slot(module, day)
    if module.rule == Rule.ONCE:
        return None if taken else slot
    return None if slot in taken else slot


def _taken(module: OperationModule, profile: Profile) -> set[str]:
    """The slots of this person's records, and those under the key of their address: the address of
    whoever played may have been changed since.
    """
    key = person_key(profile.email)
    values = [module.id, key, module.id, profile.id, profile.email_folded]
    with prepared_cursor() as cursor:
        cursor.execute(_TAKEN, values)
        return {slot for (slot,) in cursor.fetchall()}


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
