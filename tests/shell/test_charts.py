"""Charts say in words what they draw, and draw what they say."""

import re

import pytest

from shell import charts
from shell.charts import Point, Series

STEPS = [Point("invitations", 1284), Point("clics", 612), Point("comptes", 238)]


def test_the_funnel_has_an_arc_for_each_rate_and_a_list_for_a_phone() -> None:
    html = charts.funnel(label="Entonnoir", steps=STEPS, verbs=["ont cliqué", "ont créé un compte"])
    assert html.count('class="funnel-arc"') == 2
    assert html.count("47,7\u202f%") == 3  # the label, the drawing, the list
    assert "47,7\u202f% ont cliqué" in html
    assert 'aria-label="Entonnoir. 1\u202f284 invitations. 612 clics (47,7\u202f%).' in html


def test_an_arc_of_one_hundred_percent_is_155_pixels_high() -> None:
    html = charts.funnel(label="x", steps=[Point("a", 10), Point("b", 10)])
    control = re.search(r"M250\.0 (\d+)C350\.0 (-?[\d.]+) ", html)
    assert control is not None
    base, lift = float(control[1]), float(control[2])
    # The top of this curve lies at three quarters of its control points' height.
    assert (base - lift) * 0.75 == pytest.approx(155, abs=0.1)


@pytest.mark.parametrize("values", [[0, 0, 0], [5], [], [1, 10**7]])
def test_no_data_breaks_a_chart(values: list[int]) -> None:
    points = [Point(str(i), v) for i, v in enumerate(values)]
    assert charts.bars(label="x", points=points)
    assert charts.line(label="x", now=Series("n", points), before=Series("b", points))
    assert charts.shares(label="x", points=points)
    assert charts.funnel(label="x", steps=points)
    assert charts.sparkline(values, label="x") or len(values) < 2


def test_bars_all_have_one_colour_and_a_zero_baseline() -> None:
    html = charts.bars(label="Visites", points=[Point("sam.", 150), Point("lun.", 300)])
    assert html.count('class="column"') == 2
    assert 'aria-label="Visites"' in html
    heights = [float(h) for h in re.findall(r'class="column".*?height="([\d.]+)"', html)]
    assert heights[1] == pytest.approx(2 * heights[0], abs=6)
    assert "<caption" in html


def test_a_line_has_a_table_with_both_periods() -> None:
    html = charts.line(
        label="Clients",
        now=Series("Cette période", [Point("a", 3), Point("b", 6)]),
        before=Series("Avant", [Point("a", 1), Point("b", 2)]),
    )
    assert '<td class="number">6</td><td class="number">2</td>' in html


def test_a_name_in_a_chart_is_text() -> None:
    """R34."""
    html = charts.chain(
        label="x", referrer="<script>", person='"><b>', referees=2, caption="2 filleuls"
    )
    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize("top", [0, 1, 2, 3, 4, 5, 7, 10, 12, 15, 45, 100, 1000])
@pytest.mark.parametrize("kind", ["bars", "line"])
def test_the_axis_counts_in_whole_steps_and_says_none_twice(kind: str, top: int) -> None:
    points = [Point("a", 0), Point("b", top)]
    if kind == "bars":
        html = charts.bars(label="x", points=points)
    else:
        html = charts.line(label="x", now=Series("n", points))
    axis = html.partition('class="chart-y"')[2].partition("</svg>")[0]
    found = re.findall(r'y="([\d.]+)" dy="4">([^<]+)<', axis)
    lines = {int(re.sub(r"\D", "", text)): float(y) for y, text in found}
    assert len(lines) == 4
    assert max(lines) >= top
    # What a line says is where it lies: the value's own line meets the top of its bar.
    whole = max(lines)
    assert all(y == pytest.approx(178 * (1 - n / whole), abs=0.1) for n, y in lines.items())


@pytest.mark.parametrize(("top", "nice"), [(0, 3), (1, 1.5), (26, 30), (203, 300), (1000, 1500)])
def test_the_scale_ends_on_a_round_number_that_three_lines_divide(top: float, nice: float) -> None:
    assert charts._nice(top) >= top
    assert charts._nice(top) <= max(nice, 3)
