"""Villages come in from a table, all of them or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.service import trail
from broadcaster.errors import BadInput
from broadcaster.jobs import Job
from broadcaster.places.service import PlaceKind, import_villages, make_districts, path, place, villages

HEADER = "code,name,district_code,kumban,latitude,longitude,languages,households,population\n"
GOOD = (
    HEADER
    + "1504001,Thateng Neua,LA1504,Thateng,15.43,106.38,lo;tth,210,1180\n"
    + "1503061,Dakcheung,LA1503,Dakcheung,15.48,107.26,tdf;lo,188,1060\n"
)


@pytest.fixture
def ready(session: Session) -> Session:
    make_districts(session)
    return session


def written(tmp_path: Path, content: str | bytes) -> Path:
    file = tmp_path / "villages.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_villages_come_with_their_kumban_languages_and_people(ready: Session, clock, tmp_path: Path) -> None:
    """A village hangs below its kumban, that below its district, that below the province."""
    result = import_villages(ready, written(tmp_path, GOOD), clock.now, False)
    assert (result.added, result.changed, result.unchanged) == (("1504001", "1503061"), (), 0)
    dakcheung = place(ready, "1503061")
    assert dakcheung.languages == ["tdf", "lo"]
    assert dakcheung.population == 1060
    assert path(ready, dakcheung) == ("1503061", "LA1503-dakcheung", "LA1503", "LA15")
    assert place(ready, "LA1503-dakcheung").kind is PlaceKind.KUMBAN


def test_the_same_file_twice_changes_nothing(ready: Session, clock, tmp_path: Path) -> None:
    """An import is known by the villages' codes; a second run finds them as they are."""
    import_villages(ready, written(tmp_path, GOOD), clock.now, False)
    again = import_villages(ready, written(tmp_path, GOOD), clock.now, False)
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)
    assert len([entry for entry in trail(ready) if entry.action == "place.import"]) == 1


def test_a_changed_line_updates_its_village_only(ready: Session, clock, tmp_path: Path) -> None:
    """New figures replace the old ones."""
    import_villages(ready, written(tmp_path, GOOD), clock.now, False)
    result = import_villages(ready, written(tmp_path, GOOD.replace("1060", "1075")), clock.now, False)
    assert result.changed == ("1503061",)
    assert place(ready, "1503061").population == 1075


def test_a_dry_run_tells_and_touches_nothing(ready: Session, clock, tmp_path: Path) -> None:
    """What would happen is known before it does."""
    result = import_villages(ready, written(tmp_path, GOOD), clock.now, True)
    assert result.added == ("1504001", "1503061")
    assert villages(ready) == []


def test_new_villages_ask_for_new_plans(ready: Session, clock, tmp_path: Path) -> None:
    """Who lives where, and in which languages, decides what airs."""
    import_villages(ready, written(tmp_path, GOOD), clock.now, False)
    assert "publish_plans" in ready.scalars(select(Job.kind)).all()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "column 'code' is missing"),
        (HEADER, "no villages"),
        (GOOD.replace("tdf;lo", "kuy"), "line 3: unknown language 'kuy'"),
        (GOOD.replace("LA1503", "LA1599"), "line 3: there is no district 'LA1599'"),
        (GOOD.replace("1503061", "1504001"), "line 3: code 1504001 stands already in line 2"),
        (GOOD.replace("15.48", "north"), "line 3: latitude 'north' is not a number"),
        (GOOD.replace("15.48", "95"), "line 3: latitude 95 lies outside"),
        (GOOD.replace("1060", "-1"), "line 3: population -1 lies outside"),
        (GOOD.replace("1060", "1,060"), "line 3: more values than columns"),
        (GOOD.replace("1503061", "../etc"), "is not a code"),
        (GOOD.replace("1503061", "LA1503"), "line 3: code LA1503 is the district Dakcheung"),
        (GOOD.replace("kumban", "cluster"), "column 'cluster' is unknown"),
        (GOOD.encode("utf-16"), "not UTF-8 text"),
        (GOOD.replace("tdf;lo", ""), "line 3: no language"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_comes_in(
    ready: Session, clock, tmp_path: Path, content: str | bytes, complaint: str
) -> None:
    """All or nothing: the good lines of a bad file wait with it."""
    with pytest.raises(BadInput, match=complaint) as caught:
        import_villages(ready, written(tmp_path, content), clock.now, False)
    assert caught.value.field == "file"
    assert "\n" not in str(caught.value)
    assert villages(ready) == []


def test_every_wrong_line_is_told_at_once(ready: Session, clock, tmp_path: Path) -> None:
    """Nobody corrects a file one complaint at a time."""
    content = GOOD.replace("15.43", "x").replace("15.48", "y")
    with pytest.raises(BadInput, match=r"line 2: .*; line 3: "):
        import_villages(ready, written(tmp_path, content), clock.now, False)


def test_a_file_that_is_not_there_is_named(ready: Session, clock, tmp_path: Path) -> None:
    """The message says which file and why."""
    with pytest.raises(BadInput, match=r"nowhere\.csv: cannot be read"):
        import_villages(ready, tmp_path / "nowhere.csv", clock.now, False)


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e", "\u2066", "\n"])
def test_a_name_with_hidden_characters_is_refused_with_its_line(
    ready: Session, clock, tmp_path: Path, hidden: str
) -> None:
    """One village must not look like another, and a terminal must not obey a table."""
    content = GOOD.replace("Dakcheung,LA", f'"Dak{hidden}cheung",LA')
    with pytest.raises(BadInput, match=r"line 3: name holds a character that cannot be seen"):
        import_villages(ready, written(tmp_path, content), clock.now, False)
    assert villages(ready) == []


def test_what_is_no_table_at_all_is_told_in_one_line(ready: Session, clock, tmp_path: Path) -> None:
    """A value of half the file, a device that never ends, a pipe nobody writes into."""
    endless = written(tmp_path, GOOD + "1504009," + "x" * 140_000 + ",LA1504,,,,lo,,\n")
    with pytest.raises(BadInput, match="not a CSV table"):
        import_villages(ready, endless, clock.now, False)
    os.mkfifo(tmp_path / "pipe")
    for file in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(BadInput, match="not a file"):
            import_villages(ready, file, clock.now, False)
