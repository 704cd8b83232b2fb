"""Partners of an operation to whom nothing may go yet, in words for whoever puts it online (D5)."""

import uuid
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import translation

from operations import fields, selectors
from operations.models import Operation, ParticipationState, Share, ShareState
from partnerships.models import OPEN_STATES
from partnerships.selectors import agreed, partnerships_of
from tenants.context import current_tenant
from tenants.profiles import consents


@dataclass(slots=True)
class Unshared:
    """One partner: what would go there, and whose word is missing.

    `partnership` is None where the partnership is over; nothing will ever go there again.
    """

    name: str
    partnership: str = ""
    i_accepted: bool = True
    they_accepted: bool = False
    labels: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return not self.partnership


def unshared(*, operation: Operation) -> list[Unshared]:
    """Those of its partners with whom the agreement is not accepted by both, by name."""
    names: dict[uuid.UUID, Unshared] = {}
    language = translation.get_language() or "fr"
    for module in selectors.modules_of(operation):
        labels = {
            asked.name: fields.within(asked) for asked in fields.asked(module, language=language)
        }
        for partner in module.partners.all():
            row = names.setdefault(partner.partnership_id, Unshared(partner.name))
            going = (labels[name] for name in fields.going_to(module, partner.partnership_id))
            row.labels += [label for label in going if label not in row.labels]
    waiting = set(names) - agreed(partnership_ids=names)
    for found in partnerships_of(tenant_id=current_tenant().id).filter(
        id__in=waiting, state__in=OPEN_STATES
    ):
        row = names[found.id]
        row.name = found.partner  # as it is called now
        row.partnership = found.public_id
        row.i_accepted, row.they_accepted = found.i_accepted, found.they_accepted
    return sorted((names[number] for number in waiting), key=lambda row: row.name.casefold())


@dataclass(frozen=True, slots=True)
class Refused:
    """How many people agreed that something goes to a partner, and it never will."""

    name: str
    people: int


def refused(*, operation: Operation) -> list[Refused]:
    """By partner, the yeses that name another back office than the one that is the partner now.

    Of a partnership that is over, `unshared` says all there is to say.
    """
    rows = Share.objects.filter(
        participation__operation=operation,
        participation__state=ParticipationState.COUNTED,
        state=ShareState.REFUSED,
        consent__in=consents.not_withdrawn(),
    )
    people = dict(
        rows.values("partnership_id")
        .annotate(people=Count("participation__profile", distinct=True))
        .values_list("partnership_id", "people")
    )
    if not people:
        return []
    there = partnerships_of(tenant_id=current_tenant().id).filter(
        id__in=people, state__in=OPEN_STATES
    )
    return [Refused(row.partner, people[row.id]) for row in there.order_by("partner", "id")]
