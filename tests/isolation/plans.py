"""Which part of a plan each address belongs to, where no module of that name gates it already.

`modules.PAGES` has the pages of modules. An address of both asks the plan first.
"""

from billing.plans import Allowed
from tests.isolation.modules import PAGES

BEYOND: dict[Allowed, frozenset[str]] = {
    Allowed.REFERRAL: frozenset(
        {
            "programme:setup",
            "programme:setup_step",
            "programme:setup_publish",
            "programme:estimate",
            "programme:simulate_draft",
            "widgets:space_preview",
        }
    ),
    Allowed.WALLET: frozenset(
        {
            "programme:prizes",
            "programme:add_prize",
            "programme:edit_prize",
            "programme:archive_prize",
            "programme:move_prize",
            "programme:undo_archive",
            "programme:codes",
            "programme:add_codes",
            "programme:code_list",
            "widgets:space_prize",
        }
    ),
    Allowed.SCENARIOS: frozenset(
        {"programme:reminders", "programme:reminder", "programme:switch_reminder"}
    ),
    Allowed.MAJOR: frozenset(
        {
            "partnerships:add",
            "partnerships:resend",
            "partnerships:correct",
            "operations:partner",
        }
    ),
}
# What settles what customers or partners were given: frozen, it goes on working.
OWED: dict[Allowed, frozenset[str]] = {
    Allowed.WALLET: frozenset(
        {
            "programme:claims",
            "programme:hand_claim",
            "programme:send_claim",
            "programme:cancel_claim",
            "programme:undo_hand",
            "programme:undo_send",
            "programme:labels",
            "programme:bulk_claims",
            "programme:awards",
            "programme:hand_award",
            "programme:undo_hand_award",
            "programme:cancel_award",
        }
    ),
    Allowed.MAJOR: frozenset({"partnerships:withdraw"}),
    Allowed.CAMPAIGNS: frozenset({"programme:pause_campaign", "programme:cancel_campaign"}),
}
# Each place under which nothing but this part's own pages lies.
PLACES: dict[str, Allowed] = {
    "/mise-en-route": Allowed.REFERRAL,
    "/recompenses": Allowed.WALLET,
    "/relances": Allowed.SCENARIOS,
    "/partenariats/ajouter": Allowed.MAJOR,
}


def asked_by(name: str) -> Allowed | None:
    """What has to be held so that this address opens; None where every plan opens it."""
    for table in (BEYOND, OWED):
        for allowed, names in table.items():
            if name in names:
                return allowed
    for feature, names in PAGES.items():
        if name in names:
            return Allowed(feature.value)
    return None


def is_owed(name: str) -> bool:
    return any(name in names for names in OWED.values())
