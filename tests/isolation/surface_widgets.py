"""The addresses of widgets in the back office."""

from typing import TYPE_CHECKING, Any

from tests.isolation.whom import MANAGER, Page, member

if TYPE_CHECKING:
    from tests.isolation.conftest import Side


def widget(side: "Side") -> dict[str, Any]:
    return {"widget": side.played.widget.public_id}


WIDGETS: dict[str, Page] = {
    "display:list": member(),
    "display:add": member(**MANAGER),
    "display:preview": member(),
    "display:widget": member(widget),
    "display:edit": member(widget, **MANAGER),
    "display:switch": member(widget),
    "display:duplicate": member(widget),
    "display:delete": member(widget),
}
