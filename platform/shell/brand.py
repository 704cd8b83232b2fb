"""A merchant's one colour, made safe: look section 11.

`compute("#E5A83B")` gives every token a page needs, as `#rrggbb`, and codes for what was
adjusted, which `remarks` puts into words.
Distances are measured as WCAG 2 contrast; colours are darkened and lightened in OKLCH so that
their hue stays.
"""

import math
import re
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HEX = re.compile(r"^#[0-9a-fA-F]{6}\Z")
SURFACE_LIGHT, SURFACE_DARK = "#ffffff", "#141d1e"
TRACK_LIGHT, TRACK_DARK = "#eceeea", "#223031"
_STEP = 0.02
# The near-black ink: 15 % of a display's lightness is 0.2 of OKLCH's, and hardly any chroma.
_INK_LIGHTNESS, _INK_CHROMA = 0.2, 0.04


@dataclass
class BrandTokens:
    """What is stored on a tenant. Field names are the custom properties' names, `_` for `-`."""

    brand: str
    brand_ink: str
    text_light: str
    text_dark: str
    bar_light: str
    bar_dark: str
    tint_light: str
    tint_dark: str
    adjusted: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, str | list[dict[str, str]]]:
        return asdict(self)


def _rgb(color: str) -> tuple[float, float, float]:
    return tuple(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(min(1.0, max(0.0, c)) * 255):02x}" for c in rgb)


def _linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def _gamma(c: float) -> float:
    return 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055


def luminance(color: str) -> float:
    r, g, b = (_linear(c) for c in _rgb(color))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, from 1 to 21."""
    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def to_oklch(color: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, hue in radians (Björn Ottosson's OKLab)."""
    r, g, b = (_linear(c) for c in _rgb(color))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    bb = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, bb), math.atan2(bb, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """The nearest colour a screen shows: chroma shrinks until every channel fits."""
    lightness = min(1.0, max(0.0, lightness))
    for _attempt in range(64):
        linear = _from_oklch(lightness, chroma, hue)
        if all(-1e-4 <= c <= 1 + 1e-4 for c in linear):
            break
        chroma *= 0.92
    red, green, blue = (_gamma(min(1.0, max(0.0, c))) for c in linear)
    return _hex((red, green, blue))


def _until(color: str, *, grounds: tuple[str, ...], ratio: float, step: float) -> str:
    """Darken (negative step) or lighten `color` until it stands out from every ground."""
    lightness, chroma, hue = to_oklch(color)
    while any(contrast(color, ground) < ratio for ground in grounds):
        lightness += step
        if not 0 <= lightness <= 1:
            return "#000000" if step < 0 else "#ffffff"
        color = oklch(lightness, chroma, hue)
    return color


def _mix(color: str, ground: str, share: float) -> str:
    pairs = zip(_rgb(color), _rgb(ground), strict=True)
    red, green, blue = (a * share + b * (1 - share) for a, b in pairs)
    return _hex((red, green, blue))


def _near_black(color: str) -> str:
    """A near-black of the same hue: readable, and with as little colour as ink has."""
    _lightness, chroma, hue = to_oklch(color)
    return oklch(_INK_LIGHTNESS, min(chroma, _INK_CHROMA), hue)


def _ink(color: str) -> tuple[str, str]:
    """The colour, darkened if it must be, and the text that can be read on it."""
    dark = _near_black(color)
    ink = max(("#ffffff", dark), key=lambda candidate: contrast(color, candidate))
    if contrast(color, ink) >= 4.5:
        return color, ink
    return _until(color, grounds=("#ffffff",), ratio=4.5, step=-_STEP), "#ffffff"


def compute(color: str) -> BrandTokens:
    """Every token of one brand colour; raises ValueError for anything but `#rrggbb`."""
    if not HEX.match(color):
        raise ValueError("a brand colour is written #rrggbb")
    color = color.lower()
    brand, ink = _ink(color)
    tokens = BrandTokens(
        brand=brand,
        brand_ink=ink,
        text_light=_until(color, grounds=(SURFACE_LIGHT,), ratio=4.5, step=-_STEP),
        text_dark=_until(color, grounds=(SURFACE_DARK,), ratio=4.5, step=_STEP),
        bar_light=_until(color, grounds=(SURFACE_LIGHT, TRACK_LIGHT), ratio=3, step=-_STEP),
        bar_dark=_until(color, grounds=(SURFACE_DARK, TRACK_DARK), ratio=3, step=_STEP),
        tint_light=_mix(color, SURFACE_LIGHT, 0.16),
        tint_dark=_mix(color, SURFACE_DARK, 0.16),
    )
    # Links and icons also stand on the tint, so they must be readable there.
    tokens.text_light = _until(
        tokens.text_light, grounds=(SURFACE_LIGHT, tokens.tint_light), ratio=4.5, step=-_STEP
    )
    tokens.text_dark = _until(
        tokens.text_dark, grounds=(SURFACE_DARK, tokens.tint_dark), ratio=4.5, step=_STEP
    )
    tokens.adjusted = _adjusted(color, tokens)
    return tokens


# What was changed, by its code, said to the merchant in their own language.
_REMARKS = {
    "buttons_darkened": gettext_lazy(
        "Aucun texte ne se lit sur votre %(color)s : nous l’avons foncé pour les boutons."
    ),
    "links_darkened": gettext_lazy(
        "Votre %(color)s est trop clair pour du texte : nous l’avons foncé pour les liens."
    ),
    "night_lightened": gettext_lazy(
        "Votre %(color)s est trop sombre la nuit : nous l’avons éclairci sur fond noir."
    ),
}
_HUES = (
    (15, gettext_lazy("rose")),
    (42, gettext_lazy("rouge")),
    (72, gettext_lazy("orange")),
    (115, gettext_lazy("jaune")),
    (175, gettext_lazy("vert")),
    (215, gettext_lazy("turquoise")),
    (278, gettext_lazy("bleu")),
    (322, gettext_lazy("violet")),
    (360, gettext_lazy("rose")),
)


def remarks(adjusted: object) -> list[str]:
    """The sentences for what `BrandTokens.adjusted` holds, in the reader's language.

    What has no words of ours is left out: it is read from storage, and may be older than they.
    """
    rows = adjusted if isinstance(adjusted, list) else []
    return [
        str(_REMARKS[row["code"]]) % {"color": _name(row["color"])}
        for row in rows
        if isinstance(row, dict) and row.get("code") in _REMARKS
    ]


def _name(color: str) -> str:
    """What people call the colour; all these nouns are masculine in French."""
    lightness, chroma, hue = to_oklch(color)
    if chroma < 0.03:
        return _("blanc") if lightness > 0.93 else _("noir") if lightness < 0.25 else _("gris")
    degrees = math.degrees(hue) % 360
    return str(next(name for limit, name in _HUES if degrees <= limit))


def _adjusted(color: str, tokens: BrandTokens) -> list[dict[str, str]]:
    """Which of the merchant's wishes could not be kept: codes, and the colour they are about."""
    changed = {
        "buttons_darkened": tokens.brand,
        "links_darkened": tokens.text_light,
        "night_lightened": tokens.text_dark,
    }
    return [{"code": code, "color": color} for code, now in changed.items() if now != color]
