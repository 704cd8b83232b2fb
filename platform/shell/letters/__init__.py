"""The one layout of every email, in MJML: a look, the letter's parts, and the HTML they make.

MJML gives what mail programs of every age need (Outlook's tables and conditional comments among
them). It is compiled once for each look and shape; what a letter says is filled in afterwards, in
one pass, so that no value is ever read as a slot or as MJML.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.template.loader import get_template
from django.utils.html import escape
from mjml import mjml2html

from shell import brand, formats

HOUSE_COLOR = "#0f6170"
# Gmail cuts what is longer.
LARGEST = 102 * 1024
_SLOT = re.compile(r"@@(\w+)@@")
_LOGO_WIDTH, _LOGO_HEIGHT = 220, 64


@dataclass(frozen=True, slots=True)
class Look:
    """Whose letter it is. `color` is `#rrggbb`; `footer` and `address` are plain text.

    `logo_size` is the picture's width and height in pixels.
    """

    name: str
    color: str = HOUSE_COLOR
    tokens: Mapping[str, str] = field(default_factory=dict)
    logo_url: str = ""
    logo_size: tuple[int, int] = (0, 0)
    footer: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. `content` and `foot` are HTML that is safe; all else is plain text."""

    language: str
    title: str
    content: str
    preheader: str = ""
    button: str = ""
    button_url: str = ""
    foot: str = ""
    test: str = ""


def write(letter: Letter, look: Look) -> str:
    """The HTML of one letter."""
    tokens = _tokens(look)
    width = _logo_width(look)
    compiled = _compiled(
        letter.language,
        tuple(sorted(tokens.items())),
        width,
        bool(letter.button and letter.button_url),
        bool(letter.test),
    )
    slots = {
        "title": escape(letter.title),
        "preheader": escape(letter.preheader),
        "name": escape(look.name),
        "initials": escape(formats.initials(look.name)),
        "logo": escape(look.logo_url),
        "content": letter.content,
        "button": escape(letter.button),
        "button_url": escape(letter.button_url),
        "test": escape(letter.test),
        "foot": "<br>".join(part for part in (letter.foot, *_lines(look)) if part),
    }
    return _SLOT.sub(lambda found: slots.get(found[1], found[0]), compiled)


def plain_foot(look: Look) -> str:
    """The merchant's own lines at the foot of the text part."""
    return "\n".join(part for part in (look.footer, look.address) if part)


def link_color(look: Look) -> str:
    """The colour of links in the light: they are styled where they stand."""
    return _tokens(look)["text_light"]


def _lines(look: Look) -> list[str]:
    return [str(escape(part)).replace("\n", "<br>") for part in (look.footer, look.address) if part]


def _tokens(look: Look) -> dict[str, str]:
    # R34: only what is a colour reaches a style.
    kept = {k: v for k, v in look.tokens.items() if isinstance(v, str) and brand.HEX.match(v)}
    if {"brand", "brand_ink", "text_light", "text_dark"} <= set(kept):
        return kept
    return _computed(look.color if brand.HEX.match(look.color) else HOUSE_COLOR)


@functools.lru_cache(maxsize=512)
def _computed(color: str) -> dict[str, str]:
    return {k: v for k, v in brand.compute(color).as_dict().items() if isinstance(v, str)}


def _logo_width(look: Look) -> int:
    """How wide the logo is shown: within a box, never larger than it is."""
    width, height = look.logo_size
    if not (look.logo_url and width and height):
        return 0
    scale = min(_LOGO_WIDTH / width, _LOGO_HEIGHT / height, 1)
    return max(1, round(width * scale))


@functools.lru_cache(maxsize=512)
def _compiled(
    language: str,
    tokens: tuple[tuple[str, str], ...],
    logo_width: int,
    has_button: bool,
    is_test: bool,
) -> str:
    """The layout as HTML with its slots. It holds colours and sizes, nothing of a merchant's."""
    context = {
        "language": language,
        "tokens": dict(tokens),
        "logo_width": logo_width,
        "has_button": has_button,
        "is_test": is_test,
    }
    # No fonts from elsewhere: a letter loads nothing.
    return str(mjml2html(get_template("shell/letter.mjml").render(context), fonts={}))
