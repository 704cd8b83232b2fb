"""Charts as SVG made on the server: lines, bars, shares, the funnel and the referral chain.

Each function returns HTML that is ready for a template, with a text equivalent: a label for the
drawing and a table of the values. Shapes stretch with the page; text never does.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10, sqrt
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shell import formats

Text = str | Promise
_HEIGHT = 178  # px of the plot of a line or bar chart
_FUNNEL = 155  # px that stand for a rate of 100 %


@dataclass(frozen=True)
class Point:
    """One value: what stands on the axis, the value, and how the tooltip says it.

    In a funnel, `href` leads to the lines that the value counts, and `note` compares it.
    """

    label: Text
    value: float
    shown: str = ""
    full: Text = ""
    axis: bool = True
    href: str = ""
    note: Text = ""

    @property
    def text(self) -> str:
        return self.shown or formats.number(self.value)

    @property
    def title(self) -> Text:
        return self.full or self.label


@dataclass(frozen=True)
class Series:
    """One line: its name in the legend and its points, all series with as many."""

    name: Text
    points: Sequence[Point]


def _nice(top: float) -> float:
    """The first round number at or above `top` that three lines divide into whole numbers.

    What is counted comes whole: below three the lines say 1, 2 and 3, never a part of one.
    """
    if top <= 3:
        return 3
    unit = float(10 ** (ceil(log10(top)) - 1))
    for step in (1, 1.5, 2, 3, 4.5, 6, 7.5, 9, 10):
        if top <= step * unit and (step * unit) % 3 == 0:
            return step * unit
    return ceil(top / (3 * unit)) * 3 * unit


def _scale(top: float) -> list[tuple[float, str]]:
    """(y in px, label) of the four horizontal lines, the baseline last."""
    return [(_HEIGHT * (1 - part / 3), formats.number(top * part / 3)) for part in (3, 2, 1, 0)]


def _path(values: Sequence[float], top: float) -> str:
    """A path in a box of 1000 by the plot's height."""
    step = 1000 / max(1, len(values) - 1)
    spots = (f"{i * step:.1f} {_HEIGHT * (1 - v / top):.1f}" for i, v in enumerate(values))
    return "M" + "L".join(spots)


def line(*, label: Text, now: Series, before: Series | None = None) -> SafeString:
    """A line with an 8 % fill; the period before is dashed. Points are evenly spread."""
    values = [point.value for point in now.points]
    former = [point.value for point in before.points] if before else []
    top = _nice(max([*values, *former], default=0))
    path = _path(values, top)
    last = max(1, len(values) - 1)
    named = [i for i, point in enumerate(now.points) if point.axis]
    middle = min(named, key=lambda i: abs(i - last / 2), default=0)
    slots = [
        {
            "x": i / last * 100,
            "left": max(0.0, (i - 0.5) / last * 100),
            "width": 100 / last,
            "y": _HEIGHT * (1 - point.value / top),
            "point": point,
            # A phone has room for three labels: the first, the last and one between.
            "wide": i not in (0, last, middle),
        }
        for i, point in enumerate(now.points)
    ]
    context = {
        "label": label,
        "now": now,
        "before": before,
        "path": path,
        "area": f"{path}L1000 {_HEIGHT}L0 {_HEIGHT}Z",
        "before_path": _path(former, top) if former else "",
        "lines": _scale(top),
        "height": _HEIGHT,
        "slots": slots,
        "table": list(zip(now.points, before.points if before else now.points, strict=False)),
    }
    return render_to_string("shell/charts/line.html", context)


def bars(*, label: Text, points: Sequence[Point], unit: Text = "") -> SafeString:
    """Columns from a zero baseline, all in one colour, whatever the day of the week."""
    top = _nice(max((point.value for point in points), default=0))
    width = 100 / max(1, len(points))
    slots = [
        {
            "left": i * width,
            "x": (i + 0.5) * width,
            "y": _HEIGHT * (1 - point.value / top),
            "height": _HEIGHT * point.value / top,
            "point": point,
            # A phone has room for every third label of many.
            "wide": len(points) > 7 and i % 3,
        }
        for i, point in enumerate(points)
    ]
    context = {
        "label": label,
        "unit": unit,
        "slots": slots,
        "width": width,
        "lines": _scale(top),
        "height": _HEIGHT,
        "points": points,
    }
    return render_to_string("shell/charts/bars.html", context)


def shares(*, label: Text, points: Sequence[Point]) -> SafeString:
    """Names with count, percent of the whole, and a bar scaled to the largest."""
    whole = sum(point.value for point in points)
    largest = max((point.value for point in points), default=0)
    rows = [(p, formats.percent(p.value / whole if whole else 0, decimals=0)) for p in points]
    context = {"label": label, "rows": rows, "largest": largest}
    return render_to_string("shell/charts/shares.html", context)


def funnel(*, label: Text, steps: Sequence[Point], verbs: Sequence[Text] = ()) -> SafeString:
    """The ricochets: contact points on a line, arcs as high as the rate, rings as wide as √count.

    Below each point, a bar as long as its count says the volume, which arcs do not. `verbs` say
    each rate on a phone: "ont cliqué", "ont créé un compte"… Where a step counts more than the one
    before it did not come from there alone: its arc is dashed, and no rate is said.
    """
    base = _FUNNEL + 22
    rates = [b.value / a.value if a.value else None for a, b in itertools.pairwise(steps)]
    said = ["" if rate is None or rate > 1 else formats.percent(rate) for rate in rates]
    rows = [
        {
            "step": step,
            "rate": said[i - 1] if i else "",
            "verb": verbs[i - 1] if 0 < i <= len(verbs) else "",
        }
        for i, step in enumerate(steps)
    ]
    context = {
        "label": label,
        "arcs": _arcs(rates, said, width=1000 / max(1, len(steps)), base=base),
        "rings": _rings(steps),
        "rows": rows,
        "base": base,
        "total": base + 18,
        "largest": max((step.value for step in steps), default=0),
    }
    return render_to_string("shell/charts/funnel.html", context)


def _arcs(
    rates: Sequence[float | None], said: Sequence[str], *, width: float, base: float
) -> list[dict[str, Any]]:
    """From each step to the next, as high as its rate; none where nothing starts."""
    arcs = []
    for i, rate in enumerate(rates):
        if not rate:
            continue
        x, height = (i + 0.5) * width, _FUNNEL * min(1.0, rate)
        lift = base - 4 / 3 * height
        arcs.append(
            {
                "path": f"M{x:.1f} {base}C{x + width * 0.2:.1f} {lift:.1f} "
                f"{x + width * 0.8:.1f} {lift:.1f} {x + width:.1f} {base}",
                "x": (x + width / 2) / 10,
                "y": base - height - 10,
                "rate": said[i],
                "open": rate > 1,
            }
        )
    return arcs


def _rings(steps: Sequence[Point]) -> list[dict[str, float]]:
    largest = sqrt(max((step.value for step in steps), default=0)) or 1
    width = 100 / max(1, len(steps))
    return [
        {
            "x": (i + 0.5) * width,
            "outer": 12 + 40 * sqrt(step.value) / largest,
            "inner": 7 + 24 * sqrt(step.value) / largest,
            "flat": (12 + 40 * sqrt(step.value) / largest) * 0.27,
            "flat_inner": (7 + 24 * sqrt(step.value) / largest) * 0.27,
        }
        for i, step in enumerate(steps)
    ]


def chain(*, label: Text, referrer: str, person: str, referees: int, caption: Text) -> SafeString:
    """Who brought this person, and whom they brought: the stone is the person we are on."""
    count = min(referees, 6)
    # Around one middle, far enough from the person for both names to be read.
    ends = [round(740 + 70 * (i - (count - 1) / 2)) for i in range(count)]
    heights = [46, 58, 66, 72, 76, 78]
    onward = [
        f"M420 80C{430 + 8 * i} {80 - heights[i]} {end - 12} {80 - heights[i]} {end} 80"
        for i, end in enumerate(ends)
    ]
    context = {
        "label": label,
        "referrer": referrer,
        "person": person,
        "onward": onward,
        "ends": [end / 10 for end in ends],
        "middle": (ends[0] + ends[-1]) / 20 if ends else 0,
        "caption": caption,
    }
    return render_to_string("shell/charts/chain.html", context)


def sparkline(values: Sequence[float], *, label: Text) -> SafeString:
    """A trend of 64 by 26 px, for a key figure."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    spots = [
        (2 + i * 58 / (len(values) - 1), 23 - (value - low) / span * 20)
        for i, value in enumerate(values)
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    return format_html(
        '<svg class="spark" viewBox="0 0 64 26" role="img" aria-label="{}">'
        '<path d="{}"/><circle cx="{}" cy="{}" r="2.2"/></svg>',
        label,
        path,
        f"{spots[-1][0]:.1f}",
        f"{spots[-1][1]:.1f}",
    )
