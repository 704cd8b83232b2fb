"""The addresses of operations: what people see, and the back office's pages."""

from typing import TYPE_CHECKING, Any

from django.urls import resolve
from django.utils import timezone

from accounts.models import Role
from operations.links import Purpose
from operations.public.sent import address_of
from tests.isolation.partners import partaking
from tests.isolation.whom import MANAGER, OWNER, For, Page, link, member

if TYPE_CHECKING:
    from tests.isolation.conftest import Side


def operation(side: "Side") -> dict[str, Any]:
    return {"operation": side.played.operation.public_id}


def module(side: "Side") -> dict[str, Any]:
    return {**operation(side), "module": side.played.module.public_id}


def received(side: "Side") -> dict[str, Any]:
    return {"operation": side.played.received.public_id}


def received_person(side: "Side") -> dict[str, Any]:
    return {"person": side.played.received_person.public_id}


def test(side: "Side") -> dict[str, Any]:
    return {"token": side.played.test_pass, "participation": side.played.test.public_id}


def slug(side: "Side") -> dict[str, Any]:
    return {"slug": side.played.operation.slug}


def draw_module(side: "Side") -> dict[str, Any]:
    """A module whose draw took place."""
    module = side.played.draw.module
    return {"operation": module.operation.public_id, "module": module.public_id}


def draw_place(side: "Side") -> dict[str, Any]:
    return {**draw_module(side), "place": side.played.winner.public_id}


def win(side: "Side") -> dict[str, Any]:
    return {"win": side.played.win.public_id}


def coupon_module(side: "Side") -> dict[str, Any]:
    module = side.played.coupon
    return {"operation": module.operation.public_id, "module": module.public_id}


def draw(side: "Side") -> dict[str, Any]:
    return {"draw": side.played.draw.public_id}


def instant_module(side: "Side") -> dict[str, Any]:
    module = side.played.instants.module
    return {"operation": module.operation.public_id, "module": module.public_id}


def plan(side: "Side") -> dict[str, Any]:
    return {"plan": side.played.instants.public_id}


def sent(side: "Side") -> dict[str, Any]:
    module, now = side.played.coupon, timezone.now()
    path = address_of(module=module, told={"kind": "mailed"}, drawn_at=now)
    return dict(resolve(path, urlconf="config.urls_tenant").kwargs)


OPERATIONS: dict[str, Page] = {
    "operations:confirm": link(lambda s: {"token": s.played.token(Purpose.CONFIRM)}),
    "operations:thanks": link(lambda s: {"token": s.played.token(Purpose.THANKS)}),
    "operations:choices": link(lambda s: {"token": s.played.token(Purpose.CHOICES)}),
    "operations:page": link(slug),
    "operations:onward": link(slug),
    "operations:asked": link(slug),
    "operations:sent": link(sent),
    "operations:rules": link(slug),
    "operations:data": link(slug),
    "operations:image": Page(For.ANYBODY, names=lambda _: {"digest": "0" * 16}),
    "operations:operations": member(),
    "operations:partner_operations": member(),
    "operations:calendar": member(),
    "operations:add": member(**MANAGER),
    "operations:undo_archive": member(),
    "operations:operation": member(operation),
    "operations:rename": member(operation),
    "operations:dates": member(operation, **MANAGER),
    "operations:go_live": member(operation),
    "operations:stop": member(operation),
    "operations:duplicate": member(operation),
    "operations:archive": member(operation),
    "operations:words": member(operation, **MANAGER),
    "operations:follow_rules": member(operation),
    "operations:look": member(operation, **MANAGER),
    "operations:preview": member(operation),
    "operations:participants": member(operation),
    "operations:winners": member(operation),
    "operations:all_winners": member(),
    "operations:hand_win": member(win),
    "operations:hand_winners": member(operation),
    "operations:hand_all_winners": member(),
    "operations:undo_hand_win": member(),
    "operations:take_back_win": member(win),
    "operations:rehearsal": link(lambda s: {"token": s.played.test_pass}),
    "operations:rehearsal_wipe": link(lambda s: {"token": s.played.test_pass}),
    "operations:rehearsal_trace": link(test),
    "operations:rehearsal_confirm": link(test),
    "operations:tests": member(operation),
    "operations:begin_test": member(operation),
    "operations:wipe_tests": member(operation),
    "operations:results": member(operation),
    "operations:qr": member(operation),
    "operations:received": member(),
    "operations:exports": member(),
    "operations:received_one": member(received),
    "operations:received_data": member(received),
    "operations:received_people": member(),
    "operations:received_person": member(received_person),
    "operations:correct_received_person": member(received_person, **MANAGER),
    "operations:received_person_file": member(received_person, **OWNER),
    "operations:erase_received_person": member(received_person, **OWNER),
    "operations:partners": member(operation),
    "operations:partner": member(partaking, **MANAGER),
    "operations:take_out_partner": member(partaking),
    "operations:confirm_partner": member(partaking),
    "operations:modules": member(operation),
    "operations:add_module": member(operation),
    "operations:undo_remove": member(operation),
    "operations:module": member(module, **MANAGER),
    "operations:acquisition": member(module, **MANAGER),
    "operations:move": member(module),
    "operations:remove": member(module),
    "operations:draw_proof": Page(For.ANYBODY, names=draw),
    "operations:draw_proof_file": Page(For.ANYBODY, names=draw),
    "operations:draw": member(draw_module),
    "operations:draw_record": member(draw_module),
    "operations:draw_participants": member(draw_module, role=Role.MANAGER),
    "operations:draw_pass_on": member(draw_place, **MANAGER),
    "operations:moments_proof": Page(For.ANYBODY, names=plan),
    "operations:moments_proof_file": Page(For.ANYBODY, names=plan),
    "operations:moments": member(instant_module),
    "operations:coupon_codes": member(coupon_module),
    "operations:add_coupon_codes": member(coupon_module, **MANAGER),
}
