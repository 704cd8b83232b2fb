"""Of whom a merchant knows operations and nothing else: whoever is more than that is not forgotten
with them.
"""

from django.db.models import Exists, OuterRef, QuerySet

from kernel.ledger.models import Account, AccountKind
from tenants.profiles.models import Consent, Profile
from tenants.profiles.references import keys_to_profiles
from tenants.referrals.models import ReferralCode

# What operations write, emails and where they lead, and the code that a mailing gave somebody. A
# row of any other table, of one that is yet to come too, says that there is more between both.
_ROOMS = frozenset({"operations", "messaging", "widgets"})
_TABLES = (Consent, ReferralCode)


def known_by_operations_alone(people: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those of `people` who never ordered, booked, paid, joined, referred or gathered anything."""
    found = people.filter(
        external_id=None, order_count=0, account_created_at=None, bought_before=None
    )
    for model, key in keys_to_profiles():
        if model._meta.app_label in _ROOMS or model in _TABLES:
            continue
        rows = model._base_manager.filter(**{key.attname: OuterRef("id")})
        found = found.filter(~Exists(rows))
    wallets = Account.objects.filter(kind=AccountKind.WALLET, owner_id=OuterRef("id"))
    return found.filter(~Exists(wallets))
