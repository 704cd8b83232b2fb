"""What facts tell of a customer (D6)."""

from tenants.activity.models import Invoice, Order, Payment, Refund, Session
from tenants.profiles.personal import Personal

_NUMBER = frozenset({"external_id", "currency"})
_FRAUD = "Compare where fraud is judged, as a keyed hash; as long as the order."

PERSONAL = (
    Personal(
        Order,
        "profile_id",
        "commandes",
        purposes={"device_hash": _FRAUD, "address_hash": _FRAUD},
        technical=_NUMBER,
        blank={"device_hash": "", "address_hash": ""},
        withheld=frozenset({"device_hash", "address_hash"}),
    ),
    Personal(Refund, "order__profile_id", "remboursements", technical=frozenset({"external_id"})),
    Personal(
        Invoice,
        "profile_id",
        "factures",
        purposes={"label": "Tell invoices apart on the record; as long as the invoice."},
        technical=_NUMBER,
        blank={"label": ""},
    ),
    Personal(Payment, "invoice__profile_id", "reglements", technical=frozenset({"external_id"})),
    Personal(
        Session,
        "profile_id",
        "seances",
        purposes={"referral_code": "Find who sent the customer; as long as the session."},
        technical=_NUMBER,
        blank={"referral_code": ""},
    ),
)
