"""Writing what is shown on the shop."""

from datetime import datetime

from kernel.db import atomic_with_retry
from widgets.models import ShopWidget, WidgetKind
from widgets.shown.selectors import Words


@atomic_with_retry
def save_launcher(*, active: bool, words: Words, now: datetime) -> ShopWidget:
    """Switch the launcher on or off, and keep the merchant's own words; "" follows the rules."""
    typed = {name: getattr(words, name) for name in Words.__dataclass_fields__}
    row, _made = ShopWidget.objects.update_or_create(
        kind=WidgetKind.LAUNCHER,
        defaults={"active": active, "words": typed, "changed_at": now},
    )
    return row
