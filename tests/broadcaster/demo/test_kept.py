"""What a demonstration leaves to go on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.demo import kept
from broadcaster.errors import NotPossible

STAGE = kept.KeptStage(8080, 1, 2, (kept.KeptStation("thateng-neua", "1504001", "capture"),), slot="s1")


def test_what_is_kept_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Once whole; nothing else is left beside it."""
    kept.write(tmp_path, STAGE)
    assert kept.read(tmp_path) == STAGE
    assert [one.name for one in tmp_path.iterdir()] == [kept.FILE]


def test_a_folder_without_it_has_nothing_to_go_on_with(tmp_path: Path) -> None:
    """A demonstration that ended before its villages had enrolled wrote none."""
    assert kept.read(tmp_path) is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"stations": [{"station": "a"}]}', '{"stations": [], "more": 1}']
)
def test_a_file_of_something_else_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    """One clear line, whatever stands in it."""
    (tmp_path / kept.FILE).write_text(content)
    with pytest.raises(NotPossible, match="start anew without --keep"):
        kept.read(tmp_path)
