"""What members may still do while nothing is paid: leave, pay, and settle what people are owed.

A partner of somebody goes on with what partners have for nothing, as if it had never tried a
plan. All else that members do waits; what customers and their shops send is never on any list,
because it goes on. A test walks every address of the back office against these tables.
"""

from partnerships.selectors import majors_of
from tenants.models import Tenant

_OWN = {
    "accounts:profile",
    "accounts:password",
    "accounts:end_other_sessions",
    "accounts:two_factor_on",
    "accounts:two_factor_off",
    "accounts:new_codes",
    "accounts:switch",
}
_PAYING = {
    "billing:choose",
    "billing:portal",
    "billing:cancel",
    "billing:come_back",
}
_CLOSING = {
    # Somebody who left must not keep a key to the house.
    "accounts:team",
    "accounts:withdraw",
    "accounts:set_role",
    "accounts:remove",
    "keys:list",
    "keys:revoke",
    "widgets:shop_keys",
    "widgets:revoke_shop_key",
    "partnerships:renew",
    "partnerships:partner",
    "partnerships:withdraw",
    "partnerships:end",
    "operations:stop",
    "programme:pause_campaign",
    "programme:cancel_campaign",
    "programme:cancel_job",
}
# A minor partner is never asked for anything (PA-06): to become one, and to be one.
_JOINING = {
    "partnerships:offer",
    "partnerships:agreement",
}
FREE_AS_PARTNER = frozenset(
    {
        "accounts:invite",
        "accounts:resend",
        "operations:correct_received_person",
        "operations:erase_received_person",
        "site:site",
        "site:add_address",
        "site:remove_address",
        "display:add",
        "display:preview",
        "display:edit",
        "display:switch",
        "display:duplicate",
        "display:delete",
    }
)
_OWED = {
    "operations:hand_win",
    "operations:hand_winners",
    "operations:hand_all_winners",
    "operations:undo_hand_win",
    "operations:take_back_win",
    "programme:todo",
    "programme:retry",
    "programme:claims",
    "programme:hand_claim",
    "programme:send_claim",
    "programme:cancel_claim",
    "programme:undo_hand",
    "programme:undo_send",
    "programme:bulk_claims",
    "programme:labels",
    "programme:awards",
    "programme:hand_award",
    "programme:cancel_award",
    "programme:undo_hand_award",
    "programme:order",
    "programme:confirm_order",
    "programme:refund",
    "programme:verifications",
    "programme:verify",
    "programme:undo_verification",
    "programme:verify_many",
    "programme:erase",
    "programme:person_file",
}
WORKS = frozenset(_OWN | _PAYING | _CLOSING | _JOINING | _OWED)


def works(name: str, tenant: Tenant) -> bool:
    """Whether the address of this name goes on working for a merchant that is frozen."""
    return name in WORKS or (name in FREE_AS_PARTNER and bool(majors_of(tenant_id=tenant.id)))
