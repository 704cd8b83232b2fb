"""The addresses of operations: what people see, and the back office's pages."""

from operations.links import Purpose
from tests.isolation.whom import Page, link

OPERATIONS: dict[str, Page] = {
    "operations:confirm": link(lambda s: {"token": s.played.token(Purpose.CONFIRM)}),
    "operations:thanks": link(lambda s: {"token": s.played.token(Purpose.THANKS)}),
    "operations:choices": link(lambda s: {"token": s.played.token(Purpose.CHOICES)}),
}
