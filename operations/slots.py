"""How often: the value that a module's rule makes unique for one person."""

import uuid
from datetime import date

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
