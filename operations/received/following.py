"""What somebody of a guest brand does next: one thing at a time, until the results are there.

Each step is ticked by a fact (the agreement has our word, a widget exists, a page of ours asked for
it), never by having been seen.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from operations.models import ReceivedOperation
from partnerships.agreement import reading_minutes
from partnerships.models import Partnership, State
from partnerships.selectors import partnerships_of
from shell import formats
from tenants.models import Tenant

_OVER = ("ended", "archived")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a brand's own widgets for one operation are: `address` of the latest one's page, ""
    where there is none; `seen` once a page of its site asked for one.
    """

    address: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next, what it is for, and where it is done."""

    title: str
    text: str
    act: str
    url: str


def first_path(*, now: datetime) -> str:
    """Where a guest's back office opens: the one operation that runs or will, else the list."""
    rows = list(ReceivedOperation.objects.filter(is_archived=False))
    running = [row for row in rows if row.shown_state(now) not in _OVER]
    ahead = running or rows
    if len(ahead) == 1:
        return reverse("operations:received_one", args=[ahead[0].public_id])
    return reverse("operations:received")


def next_step(
    *, operation: ReceivedOperation, tenant: Tenant, owns: bool, manages: bool, now: datetime
) -> Step | None:
    """The one thing that this member may do next for an operation, or None."""
    if operation.shown_state(now) in _OVER or not operation.modules:
        return None
    row = partnerships_of(tenant_id=tenant.id).filter(id=operation.partnership_id).first()
    if row is None or row.state == State.ENDED:
        return None
    if not row.i_accepted:
        return _agree(row, operation) if owns else None
    return _show(operation, tenant) if manages else None


def _agree(row: Partnership, operation: ReceivedOperation) -> Step:
    words = _(
        "%(minutes)s minutes de lecture. Avant, aucune donnée de %(brand)s ne vous parvient."
    ) % {"minutes": reading_minutes(row.agreement), "brand": operation.major_name}
    return Step(
        _("Lisez et acceptez l’accord"),
        formats.elided(words, operation.major_name),
        _("Lire et accepter l’accord"),
        reverse("partnerships:agreement", args=[row.public_id]),
    )


def _show(operation: ReceivedOperation, tenant: Tenant) -> Step | None:
    """The widget on their own site, as far as there are such pages in this back office."""
    site, add = _page("site:site"), _page("display:add")
    if not add:
        return None
    if site and not tenant.site_url:
        return Step(
            _("Indiquez l’adresse de votre site"),
            _("Un widget ne s’affiche que sur les sites que vous nommez."),
            _("Indiquer mon site"),
            site,
        )
    standing: Standing = import_string(settings.WIDGETS_STANDING)(received_id=operation.id)
    if not standing.address:
        return Step(
            _("Montrez l’opération sur votre site"),
            _("Un widget y mène vos visiteurs, et les personnes venues par vous sont comptées."),
            _("Créer un widget"),
            f"{add}?operation={operation.public_id}",
        )
    if not standing.seen:
        return Step(
            _("Posez le code d’affichage"),
            _("Votre widget est prêt : il attend sa ligne de code sur votre site."),
            _("Voir le code"),
            standing.address,
        )
    return None


def _page(name: str) -> str:
    """The address of a page that stands on a higher floor, or "" where there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
