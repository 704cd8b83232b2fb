"""The record of a draw: every point checked from the document alone, by a page or a command."""

import copy
import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from operations.mechanics.draw import checking, drawing
from tests.fixtures.mechanics import draw_of, holding, make_live


@pytest.fixture
def module(lumen):
    return make_live("draw")


def test_every_point_of_the_record_holds_and_it_names_nobody(module):
    row = draw_of(module)
    document = json.loads(json.dumps(drawing.document(row)))
    assert set(holding(document).values()) == {True}
    assert "@" not in json.dumps(document)
    assert document["record"]["list"] == {
        "sha256": hashlib.sha256(row.entries.encode()).hexdigest(),
        "chances": 8,
        "people": 8,
    }


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda d: d["record"]["winners"].reverse(), {"signature", "winners"}),
        (lambda d: d["record"].update(seed="00" * 32), {"commitment", "winners", "signature"}),
        (lambda d: d["record"].update(drawn_at="2026-01-01"), {"before", "signature"}),
        (lambda d: d["record"]["list"].update(people=9), {"count", "signature"}),
        (lambda d: d["record"].update(substitutes=[]), {"substitutes", "signature"}),
        (lambda d: d.update(entries=d["entries"][:-1]), {"list"}),
        (lambda d: d.update(entries=d["entries"].replace("prc_", "prd_", 1)), {"list"}),
        (lambda d: d["signature"].update(value="00" * 64), {"signature"}),
        (lambda d: d["signature"].update(public_key="00" * 32), {"signature", "key"}),
    ],
)
def test_a_record_that_was_touched_does_not_hold(module, change, broken):
    document = copy.deepcopy(drawing.document(draw_of(module)))
    change(document)
    points = holding(document)
    assert broken <= {code for code, holds in points.items() if not holds}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"record": {}, "signature": {}, "entries": ""},
        {"record": 1, "signature": 2, "entries": 3},
    ],
)
def test_what_is_no_record_is_said_to_be_none(document):
    with pytest.raises(checking.UnreadableRecordError):
        checking.check(document)


def test_the_command_makes_the_draw_again_from_the_file(module, tmp_path: Path):
    row = draw_of(module)
    file = tmp_path / "record.json"
    file.write_text(json.dumps(drawing.document(row)))
    told = StringIO()
    call_command("draws", "verify", str(file), stdout=told)
    assert told.getvalue().count("ok  ") == 8
    file.write_text(file.read_text().replace('"rank": 1', '"rank": 7', 1))
    with pytest.raises(CommandError, match="does not hold"):
        call_command("draws", "verify", str(file), stdout=StringIO())


def test_the_command_reads_a_merchants_own_record_too(module, lumen):
    row = draw_of(module)
    told = StringIO()
    call_command("draws", "verify", tenant=lumen.slug, draw=row.public_id, stdout=told)
    assert "FAIL" not in told.getvalue()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"record": {}}', "\x00"])
def test_the_command_says_of_another_file_that_it_is_no_record(tmp_path: Path, text: str):
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(CommandError):
        call_command("draws", "verify", str(file))


def test_the_command_asks_for_a_file_or_a_draw(lumen):
    with pytest.raises(CommandError, match="Name a file"):
        call_command("draws", "verify")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("draws", "verify", "nowhere.json")
