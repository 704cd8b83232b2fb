"""What prizes and awards tell of a customer (D6)."""

from tenants.profiles.personal import Personal
from tenants.rewards.models import Award, Claim

PERSONAL = (
    Personal(
        Claim,
        "profile_id",
        "lots",
        purposes={"address": "Post a prize; some time after it was handed over."},
        technical=frozenset({"prize_name", "unit", "code", "key"}),
        blank={"address": {}},
        withheld=frozenset({"key"}),
    ),
    Personal(
        Award,
        "profile_id",
        "recompenses",
        technical=frozenset({"source", "key", "name", "description", "currency", "code"}),
        withheld=frozenset({"key"}),
    ),
)
