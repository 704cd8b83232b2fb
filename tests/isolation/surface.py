"""Every address of the product, whom it is for, and what its parameters name.

A new address without a line here makes the matrix fail: whoever adds a page says who may open it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Role

if TYPE_CHECKING:
    from tests.isolation.conftest import Side

Kwargs = Callable[["Side"], dict[str, Any]]


class For(Enum):
    """Whom an address is for."""

    ANYBODY = "whoever comes: nothing of a merchant's is behind it"
    LINK = "whoever holds this link, which its address carries"
    MEMBER = "members of the merchant's team, from a role on"
    CUSTOMER = "a customer in their own space"
    SITE = "a script on one of the merchant's sites, with a public key"
    PROGRAM = "a program with a secret key"


@dataclass(frozen=True)
class Page:
    """`role` may look, `acts` may post; `names` gives the address's parameters on one side.

    `everybodys` says that these parameters name something of the product, the same for everyone.
    """

    whom: For
    role: Role = Role.VIEWER
    acts: Role = Role.MANAGER
    names: Kwargs | None = None
    data: dict[str, str] = field(default_factory=dict)
    everybodys: bool = False


def member(
    names: Kwargs | None = None, *, role: Role = Role.VIEWER, acts: Role = Role.MANAGER
) -> Page:
    return Page(For.MEMBER, role=role, acts=acts, names=names)


def link(names: Kwargs) -> Page:
    return Page(For.LINK, names=names)


def _customer(side: "Side") -> dict[str, Any]:
    return {"customer": side.profile.public_id}


def _referral(side: "Side") -> dict[str, Any]:
    return {"referral": side.referral.public_id}


def _order(side: "Side") -> dict[str, Any]:
    return {"order": side.order.public_id}


def _prize(side: "Side") -> dict[str, Any]:
    return {"prize": side.prize.public_id}


def _claim(side: "Side") -> dict[str, Any]:
    return {"claim": side.claim.public_id}


def _import(side: "Side") -> dict[str, Any]:
    return {"customer_import": side.customer_import.public_id}


def _job(side: "Side") -> dict[str, Any]:
    return {"job": side.job.public_id}


def _session(side: "Side") -> dict[str, Any]:
    return {"session": side.session.public_id}


def _session_type(side: "Side") -> dict[str, Any]:
    return {"kind": side.session.type.public_id}


def _invoice(side: "Side") -> dict[str, Any]:
    return {"invoice": side.invoice.public_id}


def _tier(side: "Side") -> dict[str, Any]:
    return {"tier": side.treats.tier.public_id}


def _gift(side: "Side") -> dict[str, Any]:
    return {"gift": side.treats.gift.public_id}


def _award(side: "Side") -> dict[str, Any]:
    return {"award": side.treats.award.public_id}


def _side(side: "Side") -> dict[str, Any]:
    return {**_customer(side), "side": "parrain"}


def _email(side: "Side") -> dict[str, Any]:
    return {"email": side.email.public_id}


def _text(kind: str = "reward_posted", **more: Any) -> Page:
    """A page about words of the product, which every merchant has: the names are nobody's."""
    return Page(For.MEMBER, names=lambda _: {"kind": kind, **more}, everybodys=True)


def _campaign(side: "Side") -> dict[str, Any]:
    return {"campaign": side.campaign.public_id}


def _scenario() -> Page:
    return Page(For.MEMBER, names=lambda _: {"scenario": "share"}, everybodys=True)


def _key(side: "Side") -> dict[str, Any]:
    return {"key": side.key.public_id}


def _invitation(side: "Side") -> dict[str, Any]:
    return {"invitation": side.invitation_id}


def _member(side: "Side") -> dict[str, Any]:
    return {"member": side.member_id}


def _run(side: "Side") -> dict[str, Any]:
    return {"run": side.recalculation.public_id}


_OWN = member(acts=Role.VIEWER)
_OWNER = {"role": Role.OWNER, "acts": Role.OWNER}
_MANAGER = {"role": Role.MANAGER}
_ANYBODY = Page(For.ANYBODY)

TENANT: dict[str, Page] = {
    "healthz": _ANYBODY,
    # accounts
    "account_login": _ANYBODY,
    "account_second_factor": _ANYBODY,
    "account_logout": _ANYBODY,
    "account_reset_password": _ANYBODY,
    "account_reset_password_from_key": link(lambda s: {"token": s.reset_token}),
    "accounts:invitation": link(lambda s: {"token": s.invitation_token}),
    "accounts:arrive": link(lambda s: {"token": s.arrival_token}),
    "accounts:profile": _OWN,
    "accounts:password": _OWN,
    "accounts:end_other_sessions": _OWN,
    "accounts:two_factor_on": _OWN,
    "accounts:two_factor_off": _OWN,
    "accounts:new_codes": _OWN,
    "accounts:switch": _OWN,
    "accounts:team": member(),
    "accounts:invite": member(**_OWNER),
    "accounts:resend": member(_invitation, **_OWNER),
    "accounts:withdraw": member(_invitation, **_OWNER),
    "accounts:set_role": member(_member, **_OWNER),
    "accounts:remove": member(_member, **_OWNER),
    # shell
    "shell:theme": _ANYBODY,
    "shell:language": _ANYBODY,
    "shell:search": _ANYBODY,  # answers members only: a test of its own
    "shell:components": _ANYBODY,
    "shell:components-list": _ANYBODY,
    "shell:components-undo": _ANYBODY,
    "shell:components-act": _ANYBODY,
    "shell:components-error": Page(For.ANYBODY, names=lambda _: {"status": 404}),
    # keys
    "keys:list": member(),
    "keys:create": member(**_OWNER),
    "keys:rotate": member(_key, **_OWNER),
    "keys:revoke": member(_key, **_OWNER),
    # API
    "api:openapi": _ANYBODY,
    "api:orders": Page(For.PROGRAM),
    "api:refunds": Page(For.PROGRAM, names=lambda s: {"reference": s.order.external_id}),
    "api:order": Page(For.PROGRAM, names=lambda s: {"reference": s.order.public_id}),
    "api:quotes": Page(For.PROGRAM),
    "api:holds": Page(For.PROGRAM),
    "api:hold": Page(For.PROGRAM, names=lambda _: {"reference": "hld_00000000000000000000000000"}),
    "api:loyalty_members": Page(For.PROGRAM),
    "api:customer": Page(For.PROGRAM, names=lambda s: {"reference": s.profile.public_id}),
    "api:accounts": Page(For.PROGRAM),
    "api:session_types": Page(For.PROGRAM),
    "api:sessions": Page(For.PROGRAM),
    "api:session": Page(For.PROGRAM, names=lambda s: {"reference": s.session.public_id}),
    "api:validate_session": Page(For.PROGRAM, names=lambda s: {"reference": s.session.external_id}),
    "api:cancel_session": Page(For.PROGRAM, names=lambda s: {"reference": s.session.external_id}),
    "api:invoices": Page(For.PROGRAM),
    "api:invoice": Page(For.PROGRAM, names=lambda s: {"reference": s.invoice.public_id}),
    "api:payments": Page(For.PROGRAM, names=lambda s: {"reference": s.invoice.external_id}),
    "api:cancel_invoice": Page(For.PROGRAM, names=lambda s: {"reference": s.invoice.external_id}),
    "api:email_events": Page(For.PROGRAM),
    "api:docs": _ANYBODY,
    "api:errors": _ANYBODY,
    "api:": _ANYBODY,  # all that is not there
    # script and tracker
    "widgets:latest": _ANYBODY,
    "widgets:pinned": Page(For.ANYBODY, names=lambda _: {"digest": "0" * 16}),
    "widgets:manifest": _ANYBODY,
    "widgets:orders": Page(For.SITE),
    "widgets:accounts": Page(For.SITE),
    "widgets:seen": Page(For.SITE),
    # links and the customer's space
    "widgets:link": link(lambda s: {"code": s.code}),
    "widgets:link_go": link(lambda s: {"code": s.code}),
    "widgets:programme": _ANYBODY,
    "widgets:space_loyalty": Page(For.CUSTOMER),
    "widgets:space_orders": Page(For.CUSTOMER),
    "widgets:link_coupon": link(lambda s: {"code": s.code}),
    "widgets:space": _ANYBODY,
    "widgets:space_ask": _ANYBODY,
    "widgets:space_code": link(lambda s: {"asked": s.asked.id.hex}),
    "widgets:space_enter": link(lambda s: {"token": s.space_token}),
    "widgets:unsubscribe": link(lambda s: {"token": s.unsubscribe_token}),
    "widgets:space_leave": Page(For.CUSTOMER),
    "widgets:space_invite": Page(For.CUSTOMER),
    "widgets:space_prize": Page(For.CUSTOMER, names=_prize),
    "widgets:space_tier": Page(For.CUSTOMER, names=_tier),
    "widgets:space_qr": Page(For.CUSTOMER),
    "widgets:space_qr_file": Page(For.CUSTOMER),
    "widgets:space_card": Page(For.CUSTOMER),
    "widgets:space_card_file": Page(For.CUSTOMER, names=lambda _: {"kind": "svg"}),
    "widgets:card": member(_customer, **_MANAGER),
    "widgets:card_file": member(lambda s: {**_customer(s), "kind": "svg"}, **_MANAGER),
    "widgets:space_rules": _ANYBODY,
    "widgets:space_preview": member(**_MANAGER),
    "widgets:space_data": Page(For.CUSTOMER),
    "widgets:space_erase": Page(For.CUSTOMER),
    "widgets:space_choices": Page(For.CUSTOMER),
    # emails
    "messaging:logo": Page(For.ANYBODY, names=lambda _: {"digest": "0" * 16}),
    "messaging:click": link(lambda s: {"token": s.click_token}),
    "messaging:kinds": member(),
    "messaging:look": member(),
    "messaging:sent": member(),
    "messaging:email": member(_email),
    "messaging:copy": member(_email),
    "messaging:lift": member(_customer),
    "messaging:undo_lift": member(),
    "messaging:undo_text": member(),
    "messaging:switch": _text(kind="cagnotte_opened"),
    "messaging:text": _text(language="fr"),
    "messaging:preview": _text(language="fr"),
    "messaging:words": _text(language="fr"),
    "messaging:send_test": _text(language="fr"),
    "messaging:original": _text(language="fr"),
    "messaging:restore": _text(language="fr", version=0),
    # the shop and the brand
    "site:site": member(),
    # the programme
    "programme:reminders": member(),
    "programme:reminder": _scenario(),
    "programme:switch_reminder": _scenario(),
    "programme:campaigns": member(),
    "programme:add_campaign": member(),
    "programme:campaign": member(_campaign),
    "programme:edit_campaign": member(_campaign, **_MANAGER),
    "programme:count_segment": member(_campaign),
    "programme:send_campaign": member(_campaign),
    "programme:schedule_campaign": member(_campaign),
    "programme:unschedule_campaign": member(_campaign),
    "programme:pause_campaign": member(_campaign),
    "programme:cancel_campaign": member(_campaign),
    "programme:copy_campaign": member(_campaign),
    "programme:delete_campaign": member(_campaign),
    "programme:home": member(),
    "programme:todo": member(),
    "programme:setup": member(**_MANAGER),
    "programme:estimate": member(),
    "programme:setup_publish": member(**_MANAGER),
    "programme:setup_step": member(lambda _: {"step": "cagnotte"}, **_MANAGER),
    "programme:owed": member(),
    "programme:owed_file": member(**_MANAGER),
    "programme:modules": member(),
    "programme:switch_module": member(lambda _: {"module": "loyalty"}, acts=Role.OWNER),
    "programme:retry": member(),
    "programme:customers": member(),
    "programme:add_customer": member(**_MANAGER),
    "programme:undo_code": member(),
    "programme:customer": member(_customer),
    "programme:edit_customer": member(_customer, **_MANAGER),
    "programme:history": member(_customer),
    "programme:adjust": member(_customer, **_MANAGER),
    "programme:code": member(_customer, **_MANAGER),
    "programme:add_order": member(_customer, **_MANAGER),
    "programme:attach": member(_side, **_MANAGER),
    "programme:refer": member(_side, **_MANAGER),
    "programme:remove_referral": member(
        lambda s: {**_customer(s), "referral": s.referral.public_id}, **_MANAGER
    ),
    "programme:referral": member(_referral),
    "programme:close_referral": member(_referral, **_MANAGER),
    "programme:reopen_referral": member(_referral, **_MANAGER),
    "programme:undo_close": member(),
    "programme:orders": member(),
    "programme:refused": member(),
    "programme:order": member(_order),
    "programme:confirm_order": member(_order, **_MANAGER),
    "programme:refund": member(_order, **_MANAGER),
    "programme:add_session": member(_customer, **_MANAGER),
    "programme:add_invoice": member(_customer, **_MANAGER),
    "programme:sessions": member(),
    "programme:session": member(_session),
    "programme:validate_session": member(_session, **_MANAGER),
    "programme:cancel_session": member(_session, **_MANAGER),
    "programme:invoices": member(),
    "programme:invoice": member(_invoice),
    "programme:add_payment": member(_invoice, **_MANAGER),
    "programme:cancel_invoice": member(_invoice, **_MANAGER),
    "programme:loyalty": member(),
    "programme:session_types": member(),
    "programme:undo_session_type": member(),
    "programme:edit_session_type": member(_session_type, **_MANAGER),
    "programme:offer_session_type": member(_session_type),
    "programme:referrals": member(),
    "programme:ambassadors": member(),
    "programme:add_ambassador": member(**_MANAGER),
    "programme:verifications": member(),
    "programme:suspicion_rules": member(**_MANAGER),
    "programme:verify_many": member(),
    "programme:undo_verification": member(),
    "programme:verify": member(lambda s: {**_referral(s), "answer": "accepter"}, **_MANAGER),
    "programme:prizes": member(),
    "programme:add_prize": member(**_MANAGER),
    "programme:undo_archive": member(),
    "programme:claims": member(),
    "programme:undo_hand": member(),
    "programme:hand_claim": member(_claim, **_MANAGER),
    "programme:cancel_claim": member(_claim, **_MANAGER),
    "programme:undo_send": member(),
    "programme:send_claim": member(_claim),
    "programme:bulk_claims": Page(For.MEMBER, names=lambda _: {"act": "envoyer"}, everybodys=True),
    "programme:labels": member(**_MANAGER),
    "programme:tiers": member(),
    "programme:add_tier": member(**_MANAGER),
    "programme:undo_archive_tier": member(),
    "programme:edit_tier": member(_tier, **_MANAGER),
    "programme:archive_tier": member(_tier),
    "programme:tell_tier": member(_tier, **_MANAGER),
    "programme:gifts": member(),
    "programme:add_gift": member(**_MANAGER),
    "programme:edit_gift": member(_gift, **_MANAGER),
    "programme:move_gift": member(_gift),
    "programme:archive_gift": member(_gift),
    "programme:give": member(_customer, **_MANAGER),
    "programme:awards": member(),
    "programme:undo_hand_award": member(),
    "programme:hand_award": member(_award),
    "programme:cancel_award": member(_award, **_MANAGER),
    "programme:codes": member(),
    "programme:add_codes": member(**_MANAGER),
    "programme:code_list": member(lambda s: {"codes": s.treats.codes.public_id}, **_MANAGER),
    "programme:edit_prize": member(_prize, **_MANAGER),
    "programme:archive_prize": member(_prize, **_MANAGER),
    "programme:move_prize": member(_prize),
    "programme:duplicates": member(),
    "programme:merge": member(_customer, **_MANAGER),
    "programme:distinct": member(_customer),
    "programme:activity": member(_customer),
    "programme:person_file": member(_customer, **_OWNER),
    "programme:erase": member(_customer, **_OWNER),
    "programme:imports": member(**_MANAGER),
    "programme:import": member(_import, **_MANAGER),
    "programme:read_import_as": member(_import),
    "programme:take_in": member(_import),
    "programme:undo_import": member(_import, **_MANAGER),
    "programme:discard_import": member(_import),
    "programme:rejected_lines": member(_import, **_MANAGER),
    "programme:job": member(_job),
    "programme:job_part": member(_job),
    "programme:cancel_job": member(_job),
    "programme:retry_job": member(_job),
    "programme:bulk": member(lambda s: {"selection": s.selection.public_id}),
    "programme:members": member(),
    "programme:join_many": member(),
    "programme:leave_many": member(),
    "programme:undo_member": member(),
    "programme:set_member": member(_customer),
    "programme:ranking": member(),
    "programme:movements": member(),
    "programme:recalculate": member(),
    "programme:recalculation": member(_run),
    "programme:recalculation_part": member(_run),
    "programme:confirm_recalculation": member(_run),
    "programme:drop_recalculation": member(_run),
    "programme:settings": member(),
    "programme:checkout": member(),
    "programme:rules": member(),
    "programme:rules_preview": member(**_MANAGER),
    "programme:incoming": member(),
}
PUBLIC: dict[str, Page] = {"healthz": _ANYBODY, "account_login": _ANYBODY, "home": _ANYBODY}


def names_in(urlconf: str) -> list[str]:
    """The name of every address: `app:name`, or only `app:` where it has none."""
    return sorted(set(_walk(get_resolver(urlconf).url_patterns, "")))


def _walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            below = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, below)
        else:
            yield f"{space}{pattern.name or ''}"


def address(name: str, side: "Side", *, urlconf: str | None = None) -> str:
    """The path of an address, with this side's own things in it."""
    table = PUBLIC if urlconf == settings.PUBLIC_SCHEMA_URLCONF else TENANT
    page = table[name]
    if name == "api:":
        return "/api/nothing-of-the-kind"
    return reverse(
        name,
        urlconf=urlconf or settings.ROOT_URLCONF,
        kwargs=page.names(side) if page.names else None,
    )


def for_whom(*whom: For) -> list[tuple[str, Page]]:
    """The tenant's addresses that are for these."""
    return [(name, page) for name, page in TENANT.items() if page.whom in whom]
