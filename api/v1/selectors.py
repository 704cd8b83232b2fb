"""What version 1 reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _

from api.problems import ParameterError
from api.v1 import present
from kernel.ids import parse_public_id
from kernel.ledger import selectors as ledger
from tenants.activity.models import Order
from tenants.activity.services import UnknownOrderError
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.loyalty.models import Membership
from tenants.profiles.models import Profile
from tenants.profiles.selectors import by_id
from tenants.profiles.services import UnknownProfileError
from tenants.programme import versions
from tenants.referrals.models import Referral, ReferralCode, ReferralState

_DEFAULT, _MOST = 20, 100
Row = TypeVar("Row", bound=Model)


def order_by_reference(reference: str, *, of_test: bool = False, write: bool = False) -> Order:
    """The order of this `ord_…` id, or of this number in the shop; UnknownOrderError."""
    rows = Order.objects.prefetch_related(*present.ORDER_PARTS)
    found = named(rows, "ord", reference, of_test=of_test, write=write)
    if found is None:
        raise UnknownOrderError
    return found


def named(
    rows: QuerySet[Row], prefix: str, reference: str, *, of_test: bool, write: bool
) -> Row | None:
    """The row of this prefixed id, or of this number in the merchant's own system.

    Where a test and a real one have one number, each kind of key reads its own. What a live key
    writes never goes to a test by its number: the real one may still be on its way, and the
    shop, told that there is none, sends again (R4).
    """
    number = parse_public_id(prefix, reference)
    found = rows.filter(pk=number).first() if number else None
    if found is not None or "\0" in reference:
        return found
    rows = rows.filter(external_id=reference)
    if write and not of_test:
        rows = rows.filter(is_test=False)
    return rows.order_by("-is_test" if of_test else "is_test").first()


def page_of_orders(parameters: Mapping[str, str]) -> tuple[list[Order], bool]:
    """`limit` orders, the last received first, after `starting_after`; and whether more follow.

    New orders come before the first page, so that pages already read stay as they were (D4).
    """
    limit = limit_in(parameters.get("limit"))
    rows = Order.objects.order_by("-received_at", "-id").prefetch_related(*present.ORDER_PARTS)
    after = parameters.get("starting_after", "")
    if "starting_after" in parameters:
        number = parse_public_id("ord", after)
        place = (
            Order.objects.filter(id=number).values("received_at", "id").first() if number else None
        )
        if place is None:
            raise ParameterError(
                _("Indiquez l’identifiant « ord_… » de la dernière commande reçue."),
                param="starting_after",
            )
        at = place["received_at"]
        # The first condition alone lets the index be used from its place on.
        rows = rows.filter(received_at__lte=at).filter(
            Q(received_at__lt=at) | Q(id__lt=place["id"])
        )
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit


def customer(reference: str, *, now: datetime) -> dict[str, Any]:
    """Balance, code and counts of one customer (`shapes.CUSTOMER_OUT`); UnknownProfileError."""
    number = parse_public_id("cus", reference)
    profile = by_id(profile_id=number) if number else None
    if profile is None:
        raise UnknownProfileError
    tenant = current_tenant()
    version = versions.in_force(now=now)
    balance = ledger.balance(owner_id=profile.id, unit=version.unit if version else tenant.currency)
    return {
        "id": profile.public_id,
        "external_id": profile.external_id,
        "referral_code": _code(profile),
        "balance": {
            "unit": balance.unit,
            "available": balance.available,
            "pending": balance.pending,
            "held": balance.held,
            "debt": balance.debt,
        },
        "loyalty": _loyalty(profile),
        "orders": {
            "count": profile.order_count,
            "total": profile.order_total,
            "currency": tenant.currency,
        },
        "referrals": _referrals(profile),
    }


def _code(profile: Profile) -> str | None:
    if not is_on(Feature.REFERRAL):
        return None
    return ReferralCode.objects.filter(profile=profile).values_list("code", flat=True).first()


def _referrals(profile: Profile) -> dict[str, Any] | None:
    if not is_on(Feature.REFERRAL):
        return None
    return Referral.objects.filter(referrer=profile).aggregate(
        pending=Count("id", filter=Q(state=ReferralState.PENDING)),
        validated=Count("id", filter=Q(state=ReferralState.VALIDATED)),
    )


def _loyalty(profile: Profile) -> dict[str, Any] | None:
    if not is_on(Feature.LOYALTY):
        return None
    found = Membership.objects.filter(profile=profile, left_at=None).first()
    return {
        "member": found is not None,
        "joined_at": present.time(found.joined_at) if found else None,
    }


def limit_in(text: str | None) -> int:
    """How many rows a list was asked for; ParameterError beyond 1 to 100."""
    if text is None:
        return _DEFAULT
    # Looked at before it is read: a long text of digits is no number worth computing.
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    if not 1 <= number <= _MOST:
        raise ParameterError(
            _("Indiquez un nombre entre 1 et %(most)s.") % {"most": _MOST}, param="limit"
        )
    return number
