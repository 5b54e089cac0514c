"""What commands answer to programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broadcaster import terminal


def test_instants_are_written_as_on_the_wire(capsys: pytest.CaptureFixture[str]) -> None:
    """In UTC, to the millisecond, with a Z: whoever reads one command's answer can read them all."""
    at = datetime(2026, 3, 3, 9, 0, 7, 250_900, tzinfo=ZoneInfo("Asia/Vientiane"))
    terminal.answer_json({"at": at, "also": [at.astimezone(UTC)], "file": Path("a/b")})
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"at": "2026-03-03T02:00:07.250Z", "also": ["2026-03-03T02:00:07.250Z"], "file": "a/b"}


def test_a_text_in_square_brackets_stands_in_tables_and_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    """What people wrote is printed as they wrote it: it neither ends a command nor loses a word."""
    title = "Rice [today] prices [/b] :bell: x"
    terminal.answer_table(("title", "[output]"), [(title, None)], empty="none")
    terminal.answer_table((), [], empty=title)
    terminal.out.print(title)
    terminal.messages.print(title)
    said = capsys.readouterr()
    assert said.out.count(title) == 3
    assert "[output]" in said.out
    assert title in said.err


def test_a_table_for_another_program_has_a_row_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """However long a text is: no row is broken or cut where no screen is its edge."""
    title = "what was said in the assembly " * 20 + "end"
    terminal.answer_table(("number", "title", "also"), [(1, title, title), (2, "short", None)], empty="none")
    lines = capsys.readouterr().out.splitlines()
    assert [line.count(title) for line in lines if "end" in line] == [2]
