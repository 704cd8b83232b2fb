"""Reading orders."""

import uuid

from django.db.models import QuerySet

from tenants.activity.models import Order, Refusal


def orders() -> QuerySet[Order]:
    """Every order, the last received first."""
    return Order.objects.select_related("profile").order_by("-received_at", "-id")


def orders_of(*, profile_id: uuid.UUID) -> QuerySet[Order]:
    """One customer's orders, the latest first."""
    return Order.objects.filter(profile_id=profile_id).order_by("-ordered_at", "-id")


def refusals() -> QuerySet[Refusal]:
    """What was refused at the door, the latest first."""
    return Refusal.objects.order_by("-received_at", "-id")
