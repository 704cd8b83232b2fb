"""What the customer's space keeps of them (D6)."""

from tenants.profiles.personal import Personal
from widgets.models import SpaceLink, SpaceSession

PERSONAL = (
    Personal(SpaceLink, "profile_id", "liens-de-connexion", forget=True, contact=""),
    Personal(
        SpaceSession,
        "profile_id",
        "connexions",
        technical=frozenset({"token_hash"}),
        forget=True,
        withheld=frozenset({"token_hash"}),
        contact="created_at",
    ),
)
