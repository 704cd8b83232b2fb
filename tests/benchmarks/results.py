"""The table that a run ends with: printed, and kept as Markdown."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

KEPT = Path(__file__).with_name("results.md")
_COLUMNS = ("What", "Ricochet", "Reference", "Ratio", "Aim", "Reached")
_MARKS = {True: "yes", False: "**no**", None: ""}


@dataclass(frozen=True)
class Row:
    """One measured thing; `reached` is None where nothing is aimed at."""

    what: str
    ours: str
    reference: str = ""
    ratio: str = ""
    aim: str = ""
    reached: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        mark = _MARKS[self.reached]
        return (self.what, self.ours, self.reference, self.ratio, self.aim, mark)


def machine(postgres: str) -> str:
    """What was measured on: ratios travel to other machines, seconds do not."""
    cores = os.cpu_count() or 1
    today = datetime.now(UTC).date().isoformat()
    return (
        f"{today}, {cores} cores ({platform.machine()}), PostgreSQL {postgres} on the same cores, "
        f"Python {platform.python_version()}"
    )


def show(rows: list[Row], *, conditions: str) -> None:
    """Print the table for a person at a terminal."""
    table = Table(title="Ricochet, measured", caption=conditions)
    for column in _COLUMNS:
        table.add_column(column)
    for row in rows:
        table.add_row(*(cell.replace("**", "") for cell in row.cells))
    console = Console()
    if not console.is_terminal:
        console.width = 160  # a log is read wide
    console.print(table)


def keep(rows: list[Row], *, conditions: str, file: Path = KEPT) -> None:
    """Write the table as Markdown."""
    lines = [
        "# Measured",
        "",
        f"By `make bench`: {conditions}.",
        "",
        _line(_COLUMNS),
        _line(("---",) * len(_COLUMNS)),
        *(_line(row.cells) for row in rows),
        "",
        "Each ratio is taken within one run, so that it holds on a slower machine as well.",
        "The load generator, pgbench and PostgreSQL share the cores with what they measure.",
        "",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
