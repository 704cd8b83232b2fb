"""The pages of the subscription: for owners, about their own merchant and nothing else."""

from accounts.models import Role
from tests.isolation.whom import OWNER, For, Page, member

BILLING: dict[str, Page] = {
    "billing:subscription": member(**OWNER),
    "billing:plans": member(**OWNER),
    "billing:choose": Page(
        For.MEMBER,
        names=lambda _: {"plan": "starter", "interval": "mensuel"},
        role=Role.OWNER,
        acts=Role.OWNER,
        everybodys=True,
    ),
    "billing:done": member(**OWNER),
    "billing:portal": member(**OWNER),
    "billing:returned": member(**OWNER),
    "billing:cancel": member(**OWNER),
    "billing:come_back": member(**OWNER),
    "billing:invoices": member(**OWNER),
}
