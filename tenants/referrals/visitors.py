"""The cookie `ricochet_ref`, as every door reads it."""

import re
import uuid
from dataclasses import dataclass

_CODE = re.compile(r"\w[\w-]{1,31}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the cookie holds: the click that brought this browser, or a code without a click."""

    click_id: uuid.UUID | None = None
    code: str = ""


def parse_visitor(value: str) -> Visitor:
    """The cookie `ricochet_ref`: `<click id>.<code>`, `<click id>`, or `.<code>`.

    It lies in the visitor's browser: what cannot be read is no visitor, and the order stands.
    The code counts only where no click came with it: the click knows its code, and its age.
    """
    click, _dot, code = value.partition(".")
    try:
        return Visitor(click_id=uuid.UUID(click))
    except ValueError:
        return Visitor(code=code if not click and _CODE.match(code) else "")
