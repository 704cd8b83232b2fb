"""Every address of the product, whom it is for, and what its parameters name.

A new address without a line here makes the matrix fail: whoever adds a page says who may open it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.isolation.surface_billing import BILLING
from tests.isolation.surface_desk import DESK
from tests.isolation.surface_operations import OPERATIONS
from tests.isolation.surface_partners import LIMITED, PARTNERS
from tests.isolation.surface_widgets import WIDGETS
from tests.isolation.whom import (
    ANYBODY,
    MANAGER,
    OWN,
    OWNER,
    For,
    Page,
    colleague,
    customer,
    email,
    invitation,
    key,
    link,
    member,
    prize,
    shop_key,
    text,
    tier,
)

if TYPE_CHECKING:
    from tests.isolation.conftest import Side

TENANT: dict[str, Page] = {
    "healthz": ANYBODY,
    # accounts
    "account_login": ANYBODY,
    "account_second_factor": ANYBODY,
    "account_logout": ANYBODY,
    "account_reset_password": ANYBODY,
    "account_reset_password_from_key": link(lambda s: {"token": s.reset_token}),
    "accounts:invitation": link(lambda s: {"token": s.invitation_token}),
    "accounts:arrive": link(lambda s: {"token": s.arrival_token}),
    "accounts:profile": OWN,
    "accounts:password": OWN,
    "accounts:end_other_sessions": OWN,
    "accounts:two_factor_on": OWN,
    "accounts:two_factor_off": OWN,
    "accounts:new_codes": OWN,
    "accounts:switch": OWN,
    "accounts:team": member(),
    "accounts:invite": member(**OWNER),
    "accounts:resend": member(invitation, **OWNER),
    "accounts:withdraw": member(invitation, **OWNER),
    "accounts:set_role": member(colleague, **OWNER),
    "accounts:remove": member(colleague, **OWNER),
    # an operator's visit
    "visits:arrive": link(lambda s: {"token": s.visit_token}),
    "visits:end": ANYBODY,
    "visits:log": member(),
    # shell
    "shell:theme": ANYBODY,
    "shell:language": ANYBODY,
    "shell:search": ANYBODY,  # answers members only: a test of its own
    "shell:components": ANYBODY,
    "shell:components-list": ANYBODY,
    "shell:components-undo": ANYBODY,
    "shell:components-act": ANYBODY,
    "shell:components-error": Page(For.ANYBODY, names=lambda _: {"status": 404}),
    # keys
    "keys:list": member(),
    "keys:create": member(**OWNER),
    "keys:rotate": member(key, **OWNER),
    "keys:revoke": member(key, **OWNER),
    **BILLING,
    # API
    "api:openapi": ANYBODY,
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
    "api:docs": ANYBODY,
    "api:errors": ANYBODY,
    "api:": ANYBODY,  # all that is not there
    # script and tracker
    "widgets:latest": ANYBODY,
    "widgets:pinned": Page(For.ANYBODY, names=lambda _: {"digest": "0" * 16}),
    "widgets:manifest": ANYBODY,
    "widgets:shown": ANYBODY,
    "widgets:shown_script": Page(
        For.ANYBODY, names=lambda _: {"kind": "launcher", "digest": "0" * 16}
    ),
    "widgets:display_script": Page(For.ANYBODY, names=lambda _: {"digest": "0" * 16}),
    "widgets:display_told": Page(For.SITE),
    "widgets:orders": Page(For.SITE),
    "widgets:accounts": Page(For.SITE),
    "widgets:seen": Page(For.SITE),
    # links and the customer's space
    "widgets:link": link(lambda s: {"code": s.code}),
    "widgets:link_go": link(lambda s: {"code": s.code}),
    "widgets:programme": ANYBODY,
    "widgets:space_loyalty": Page(For.CUSTOMER),
    "widgets:space_orders": Page(For.CUSTOMER),
    "widgets:link_coupon": link(lambda s: {"code": s.code}),
    "widgets:space": ANYBODY,
    "widgets:space_ask": ANYBODY,
    "widgets:space_code": link(lambda s: {"asked": s.asked.id.hex}),
    "widgets:space_enter": link(lambda s: {"token": s.space_token}),
    "widgets:unsubscribe": link(lambda s: {"token": s.unsubscribe_token}),
    "widgets:space_shop": ANYBODY,  # its link is in the query: tests/widgets/test_shop_login.py
    "widgets:shop_keys": member(),
    "widgets:create_shop_key": member(**OWNER),
    "widgets:rotate_shop_key": member(shop_key, **OWNER),
    "widgets:revoke_shop_key": member(shop_key, **OWNER),
    "widgets:space_leave": Page(For.CUSTOMER),
    "widgets:space_invite": Page(For.CUSTOMER),
    "widgets:space_prize": Page(For.CUSTOMER, names=prize),
    "widgets:space_tier": Page(For.CUSTOMER, names=tier),
    "widgets:space_qr": Page(For.CUSTOMER),
    "widgets:space_qr_file": Page(For.CUSTOMER),
    "widgets:space_card": Page(For.CUSTOMER),
    "widgets:space_card_file": Page(For.CUSTOMER, names=lambda _: {"kind": "svg"}),
    "widgets:card": member(customer, **MANAGER),
    "widgets:card_file": member(lambda s: {**customer(s), "kind": "svg"}, **MANAGER),
    "widgets:space_rules": ANYBODY,
    "widgets:space_preview": member(**MANAGER),
    "widgets:space_data": Page(For.CUSTOMER),
    "widgets:space_erase": Page(For.CUSTOMER),
    "widgets:space_choices": Page(For.CUSTOMER),
    # emails
    "messaging:logo": Page(For.ANYBODY, names=lambda _: {"digest": "0" * 16}),
    "messaging:click": link(lambda s: {"token": s.click_token}),
    # A point, whatever the token: nothing is told by it.
    "messaging:opened": Page(For.ANYBODY, names=lambda s: {"token": s.unsubscribe_token}),
    "messaging:kinds": member(),
    "messaging:look": member(),
    "messaging:sent": member(),
    "messaging:email": member(email),
    "messaging:copy": member(email),
    "messaging:lift": member(customer),
    "messaging:undo_lift": member(),
    "messaging:undo_text": member(),
    "messaging:switch": text(kind="cagnotte_opened"),
    "messaging:text": text(language="fr"),
    "messaging:preview": text(language="fr"),
    "messaging:words": text(language="fr"),
    "messaging:send_test": text(language="fr"),
    "messaging:original": text(language="fr"),
    "messaging:restore": text(language="fr", version=0),
    # the shop and the brand
    "site:site": member(),
    "site:add_address": member(),
    "site:remove_address": member(lambda s: {"site": s.site.public_id}),
    "site:launcher": member(),
    **DESK,
    **OPERATIONS,
    **PARTNERS,
    **WIDGETS,
}
PUBLIC: dict[str, Page] = {
    "healthz": ANYBODY,
    "account_login": ANYBODY,
    "robots": ANYBODY,
    "sitemap": ANYBODY,
    "home": ANYBODY,
    "signup:features": ANYBODY,
    "signup:pricing": ANYBODY,
    "signup:start": ANYBODY,
    "signup:address": ANYBODY,
    # The token is the right: tests/signup/test_confirming.py.
    "signup:confirm": Page(For.ANYBODY, names=lambda _: {"token": "nobodys"}),
    "signup:notice": ANYBODY,
    "signup:terms": ANYBODY,
    "signup:terms_version": Page(For.ANYBODY, names=lambda _: {"version": "2026-11"}),
    "signup:privacy": ANYBODY,
    "signup:processing": ANYBODY,
    # the sample: a made-up merchant's pages, which know nothing of real ones
    "widgets:space": ANYBODY,
    "widgets:space_prize": Page(
        For.ANYBODY, names=lambda _: {"prize": "prz_00000000000000000000000001"}
    ),
    "widgets:space_rules": ANYBODY,
    "widgets:space_qr": ANYBODY,
    "widgets:space_qr_file": ANYBODY,
    "widgets:space_card": ANYBODY,
    "widgets:space_invite": ANYBODY,
    "widgets:space_choices": ANYBODY,
    "widgets:space_data": ANYBODY,
    "widgets:space_erase": ANYBODY,
    "widgets:space_leave": ANYBODY,
    "widgets:sample_shop": ANYBODY,
    "widgets:shown_script": Page(
        For.ANYBODY, names=lambda _: {"kind": "launcher", "digest": "0" * 16}
    ),
    "stripe_webhook": Page(For.PROGRAM),  # whoever has not signed is refused: tests of its own
}


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
    table = PUBLIC if urlconf == settings.PUBLIC_SCHEMA_URLCONF else {**TENANT, **LIMITED}
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
