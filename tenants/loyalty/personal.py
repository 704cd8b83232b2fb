"""What loyalty tells of a customer (D6)."""

from tenants.loyalty.models import CheckoutHold, Earning, Membership
from tenants.loyalty.recalculation.models import Line
from tenants.profiles.personal import Personal

PERSONAL = (
    Personal(
        Membership,
        "profile_id",
        "fidelite",
        technical=frozenset({"source"}),
        forget=True,
        contact="joined_at",
    ),
    Personal(Earning, "profile_id", "gains", technical=frozenset({"unit"})),
    Personal(CheckoutHold, "profile_id", "paniers", technical=frozenset({"external_id"})),
    Personal(Line, "profile_id", "recalculs", contact=""),
)
