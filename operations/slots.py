"""How often: the value that a module's rule makes unique for one person."""

import uuid
from datetime import date, datetime

from operations.models import OperationModule, Participation, ParticipationState, Rule


def free_slot(*, module: OperationModule, profile_id: uuid.UUID | None, day: date) -> str | None:
    """The slot of the next participation, or None where the rule allows no more.

    Asked with the person's row locked; the constraint of the table decides all the same. `day` is
    the merchant's; without `profile_id`, for somebody who was made this moment.
    """
    taken = (
        set()
        if profile_id is None
        else set(
            Participation.objects.filter(module=module, profile_id=profile_id, is_test=False)
            .exclude(state=ParticipationState.VOID)
            .values_list("slot", flat=True)
        )
    )
    if module.rule == Rule.DAILY:
        slot = day.isoformat()
        return None if slot in taken else slot
    if module.rule == Rule.TIMES:
        numbers = (str(number) for number in range(1, module.times + 1))
        return next((number for number in numbers if number not in taken), None)
    return None if taken else ""


def give_way(
    *, module: OperationModule, profile_id: uuid.UUID, day: date, now: datetime
) -> Participation | None:
    """The entry that waits for its confirmation and ends here, for a newer form takes its slot.

    Whoever typed the address may have been anybody: what nobody confirmed keeps nobody out, and is
    never confirmed in place of what was sent since. Asked with the person's row locked.
    """
    rows = Participation.objects.select_for_update().filter(
        module=module, profile_id=profile_id, is_test=False, state=ParticipationState.PENDING
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
