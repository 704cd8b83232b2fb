"""What an operation says of itself, as its rules need it: names, ages, prizes, ways to win.

What only the merchant knows is a passage in brackets, and a `Lack`: where it is settled for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from operations import parties, selectors
from operations.mechanics.prizes import told
from operations.models import Operation, OperationModule
from operations.partaking import policies_of, title_of
from operations.words import pick
from partnerships.selectors import agreed
from shell import formats
from tenants.addresses import absolute_url
from tenants.context import current_tenant
from tenants.messaging.looks import stored_look
from tenants.models import Tenant

_ADULT = 18


class Lack(NamedTuple):
    """What the sample would fill in, and does not know; `step` and `field` name the page and the
    place in it where it is said.
    """

    text: str
    step: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Game:
    """One module as the rules speak of it."""

    kind: str
    name: str
    rule: str
    times: int
    age: int | None
    double_optin: bool
    wins: int
    threshold: int
    total: int
    per_entry: bool
    substitutes: int
    description: str
    valid_days: int | None
    # How the prize reaches who won it, in the merchant's words.
    won: str


def lacking(operation: Operation) -> list[Lack]:
    """What is missing in the settings and would stay in brackets, in the order of the rules."""
    tenant, modules = current_tenant(), selectors.modules_of(operation)
    found = []
    if not tenant.legal_notice:
        found.append(Lack(_("vos mentions légales"), "site", "legal_notice"))
    if not tenant.public_email:
        found.append(Lack(_("votre e-mail public"), "site", "public_email"))
    if operation.starts_at is None or operation.ends_at is None:
        found.append(Lack(_("les dates"), "dates"))
    if not tenant.policy_url:
        found.append(Lack(_("votre politique de confidentialité"), "site", "policy_url"))
    if any(row.kind in ("draw", "instant_win") and not told(row, "fr") for row in modules):
        found.append(Lack(_("les lots"), "modules"))
    elif _unnamed(operation, modules):
        found.append(Lack(_("les lots"), "words", "prizes_fr"))
    return found


def _unnamed(operation: Operation, modules: Sequence[OperationModule]) -> bool:
    """Whether prizes are counted by hand, and nowhere named."""
    there = any(told(row, "fr") for row in modules) or pick(operation.prizes, "fr")
    return bool(operation.prize_count) and not there


def facts(operation: Operation, language: str) -> dict[str, Any]:
    """The context of the sample, in one language, which is the active one."""
    tenant, modules = current_tenant(), selectors.modules_of(operation)
    games = [_game(module, language) for module in modules]
    names = _partners(operation)
    theirs = policies_of(operation)
    policies = [(tenant.name, tenant.policy_url), *((one, theirs.get(one, "")) for one in names)]
    ages = {game.age for game in games}
    page = f"/o/{operation.slug}"
    return {
        "title": pick(operation.title, language) or operation.name,
        "organiser": tenant.name,
        "identity": _identity(tenant),
        "contact": tenant.public_email or open_place(_("une adresse e-mail")),
        "site": tenant.site_url,
        "partners": formats.join(names, language=language),
        "starts": _moment(operation.starts_at, _("le début")),
        "ends": _moment(operation.ends_at, _("la fin")),
        "zone": tenant.timezone.rpartition("/")[2].replace("_", " "),
        "games": games,
        "age": ages.pop() if len(ages) == 1 else None,
        "minors": any((game.age or 0) < _ADULT for game in games),
        "policies": [(name, address) for name, address in policies if address],
        "page": absolute_url(tenant, page),
        "rules_page": absolute_url(tenant, f"{page}/reglement"),
        "data_page": absolute_url(tenant, f"{page}/donnees"),
        **_winnable(operation, modules, games, language),
    }


def _partners(operation: Operation) -> list[str]:
    """Who runs it with the merchant: who has agreed to it, whose partnership is not over, and who
    does not stand unconfirmed in the place of the one that was chosen.
    """
    there = parties.in_operation(operation)
    ready = agreed(partnership_ids=[row.partnership_id for row in there]) if there else set()
    named = [
        parties.name_of(row, minor)
        for row, minor in there.items()
        if minor is not None and row.partnership_id in ready and not parties.is_another(row, minor)
    ]
    return list(dict.fromkeys(named))


def open_place(what: str) -> str:
    """A passage that waits for its words."""
    return _("[à compléter : %(what)s]") % {"what": what}


def _identity(tenant: Tenant) -> str:
    if tenant.legal_notice:
        return tenant.legal_notice
    look = stored_look()
    lines = look.address.splitlines() if look is not None else []
    seat = ", ".join(line.strip() for line in lines if line.strip())
    seat = seat.removeprefix(tenant.name).lstrip(", ")
    if seat:
        return f"{open_place(_('forme et numéro d’immatriculation'))}, {seat}"
    return open_place(_("forme, siège et numéro d’immatriculation"))


def _moment(value: Any, what: str) -> str:
    return formats.moment(value) if value is not None else open_place(what)


def _game(module: OperationModule, language: str) -> Game:
    settings = module.settings
    questions = settings.get("questions") or ()
    return Game(
        kind=module.kind,
        name=title_of(module, language=language),
        rule=str(module.rule),
        times=module.times if module.rule == "times" else 1,
        age=module.minimum_age,
        double_optin=module.double_optin,
        wins=int(settings.get("wins") or 1),
        threshold=int(settings.get("threshold") or len(questions)),
        total=len(questions),
        per_entry=settings.get("chances") == "each" and module.rule != "once",
        substitutes=int(settings.get("substitutes") or 0),
        description=pick(settings.get("description"), language).rstrip("."),
        valid_days=settings.get("valid_days"),
        won=pick(settings.get("won"), language).rstrip("."),
    )


def _winnable(
    operation: Operation, modules: Sequence[OperationModule], games: list[Game], language: str
) -> dict[str, Any]:
    currency = current_tenant().currency
    rows = [row for module in modules for row in told(module, language)]
    kinds = {game.kind for game in games}
    with_winners = bool(kinds & {"draw", "instant_win"})
    words = pick(operation.prizes, language)
    if (with_winners and not rows) or _unnamed(operation, modules):
        words = open_place(_("les lots, leur nombre et leur valeur"))
    pieces = sum(row["stock"] for row in rows)
    values = [row["value"] for row in rows]
    whole = sum(row["stock"] * row["value"] for row in rows) if rows and all(values) else 0
    return {
        "prizes": [_prize(row, currency) for row in rows],
        "pieces": formats.number(pieces),
        "many_pieces": pieces > 1,
        "total": formats.money(whole, currency) if whole and pieces > 1 else "",
        "prize_words": "" if rows else words,
        "nothing": not rows and not words and not kinds & {"coupon", "referral"},
        "told": list(dict.fromkeys(game.won for game in games if game.won)),
        "codes": "coupon" in kinds,
        "ways": bool(kinds & {"draw", "instant_win", "quiz"}),
        "several_ways": len([g for g in games if g.kind in ("draw", "instant_win", "quiz")]) > 1,
        "with_winners": with_winners,
        "how_open": open_place(_("par qui, quand et comment")),
    }


def _prize(row: dict[str, Any], currency: str) -> dict[str, Any]:
    value = row["value"]
    return {
        "name": row["name"],
        "stock": row["stock"],
        "number": formats.number(row["stock"]),
        "value": formats.money(value, currency) if value else "",
    }
