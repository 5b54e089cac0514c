"""The as-run journal: nothing lost, nothing twice, whatever the power does."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.wire.report import Incident, Outcome
from station_agent.boot import note_end, note_start
from station_agent.errors import JournalUnavailable
from station_agent.journal import Journal
from station_agent.kept_desk import keep_desk, kept_desk
from station_agent.operator_acts import Desk
from tests.station_agent.documents import NOON
from tests.station_agent.journal_entries import NEWS, airing
from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path, NOON)


def test_entries_are_numbered_from_one_and_stay_until_acknowledged(journal: Journal) -> None:
    """The province answers with the number through which it has everything."""
    journal.outcome(airing(0))
    journal.incident("relay_lost", "relay board", "it went away", NOON)
    journal.outcome(airing(1))
    assert [entry.number for entry in journal.unacknowledged()] == [1, 2, 3]
    journal.acknowledge(2)
    assert [entry.number for entry in journal.unacknowledged()] == [3]
    journal.acknowledge(1)
    assert journal.acknowledged == 2


def test_an_item_has_one_outcome(journal: Journal) -> None:
    """Rule 1: the second one is refused."""
    assert journal.outcome(airing(0)) is not None
    assert journal.outcome(airing(0, Outcome.CUT, 100)) is None
    assert len(journal.unacknowledged()) == 1


def test_entries_can_be_neither_changed_nor_removed(journal: Journal, tmp_path: Path) -> None:
    """Append-only is kept by the database itself."""
    journal.outcome(airing(0))
    with sqlite3.connect(tmp_path / "journal.db") as other:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute("UPDATE entries SET json = '{}'")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute("DELETE FROM entries")


def test_an_open_intent_becomes_what_its_last_draft_says(journal: Journal, tmp_path: Path) -> None:
    """Killed before the first sample: missed. Killed on the air: cut, with what was heard."""
    journal.intent(airing(0, Outcome.MISSED))
    journal.intent(airing(1, Outcome.MISSED))
    journal.progress(airing(1, Outcome.CUT, 1000))
    journal.progress(airing(1, Outcome.CUT, 2000))
    journal.close()
    again = Journal(tmp_path, NOON)
    assert again.final_items(NOON) == {"news/1", "news/2"}
    closed = again.close_open_intents()
    assert [(one.outcome, one.reason, one.aired_ms) for one in closed] == [
        (Outcome.MISSED, "power_lost", 0),
        (Outcome.CUT, "power_lost", 2000),
    ]
    assert again.close_open_intents() == ()
    assert again.begun_broadcasts(NOON) == {"news"}


def test_what_aired_is_known_after_an_alert_on_a_clock_far_ahead(journal: Journal) -> None:
    """Items are remembered back from the last certain instant, not from the alert's."""
    journal.alive(NOON)
    journal.outcome(airing(0))
    ahead = NOON + timedelta(days=330)
    journal.outcome(airing(1).model_copy(update={"planned_start": ahead}))
    assert airing(0).item in journal.final_items(ahead)


def test_a_folder_restored_from_an_old_copy_does_not_reuse_numbers(journal: Journal) -> None:
    """The province has more of this station than the station has: what is new goes behind that."""
    journal.outcome(airing(0))
    journal.acknowledge(40)
    assert [(one.number, one.entry) for one in journal.unacknowledged()] == [(41, "airing")]
    journal.acknowledge(41)
    journal.outcome(airing(1))
    assert [one.number for one in journal.unacknowledged()] == [42]


def test_what_older_plans_owe_survives_a_restart(journal: Journal, tmp_path: Path) -> None:
    """A broadcast whose time has come is not forgotten because the plan no longer lists it."""
    journal.keep_owed((NEWS,))
    journal.close()
    assert Journal(tmp_path, NOON).owed() == (NEWS,)


def test_what_aired_is_known_on_a_clock_that_is_far_ahead(journal: Journal) -> None:
    """Else it would be forgotten at a start by such a clock, and air again once the clock is right."""
    journal.outcome(airing(0))
    assert "news/1" in journal.final_items(NOON + timedelta(days=400))
    assert "news" in journal.begun_broadcasts(NOON + timedelta(days=400))


def test_what_is_owed_from_a_wrong_clock_is_known_by_name(journal: Journal) -> None:
    """A microphone taken in the year 2000 has its outcome, though its instant is long past."""
    journal.outcome(airing(0))
    long_ago = airing(1).model_copy(update={"planned_start": NOON - timedelta(days=9000)})
    journal.outcome(long_ago)
    assert "news/2" not in journal.final_items(NOON)
    journal.keep_owed((NEWS,))
    assert "news/2" in journal.final_items(NOON)


def test_a_start_knows_whether_the_power_or_the_process_failed(journal: Journal) -> None:
    """Same boot: the process died. Another boot: the machine went down under it. In order: neither."""
    assert note_start(journal, NOON, "boot-1").down_reason == "not_running"
    assert note_start(journal, NOON, "boot-1").down_reason == "not_running"
    went_down = note_start(journal, NOON, "boot-2")
    assert (went_down.down_reason, went_down.power_cuts) == ("power_lost", 1)
    note_end(journal)
    assert note_start(journal, NOON, "boot-3").power_cuts == 1
    codes = [one.code for one in journal.unacknowledged() if isinstance(one, Incident)]
    assert codes == ["process_died", "power_lost"]


WRITER = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {root!r})
    from tests.station_agent.test_journal import NOON, Outcome, airing
    from station_agent.journal import Journal
    journal = Journal(Path(sys.argv[1]), NOON)
    journal.outcome(airing(0))
    journal.intent(airing(1, Outcome.MISSED))
    for number in range(100_000):
        journal.progress(airing(1, Outcome.CUT, 1 + number % 4999))
        journal.incident("tick", "test", str(number), NOON)
        print(number, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.0, 0.06, 0.13])
def test_a_killed_writer_leaves_a_whole_journal(tmp_path: Path, after_s: float) -> None:
    """A real process, SIGKILLed while it writes: all that was confirmed is there, numbered without gaps."""
    script = textwrap.dedent(WRITER).format(root=str(ROOT))
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    time.sleep(after_s)
    writer.kill()
    told = [0, *(int(line) for line in writer.stdout.read().split() if line.isdigit())]
    writer.wait(PATIENCE_S)
    journal = Journal(tmp_path, NOON)
    entries = journal.unacknowledged(100_000)
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert len(entries) - 2 >= max(told)
    (cut,) = journal.close_open_intents()
    assert cut.outcome is Outcome.CUT
    assert cut.aired_ms >= 1
    assert journal.lost_at is None


def test_an_entry_and_an_acknowledgement_at_once_do_not_meet_in_the_mark(tmp_path: Path) -> None:
    """Playout journals while the reporter acknowledges: both are written, neither fails."""
    journal = Journal(tmp_path, NOON)
    failures: list[BaseException] = []

    def acknowledge() -> None:
        try:
            for _ in range(150):
                journal.acknowledge(journal.number)
        except OSError as error:
            failures.append(error)

    thread = threading.Thread(target=acknowledge)
    thread.start()
    for count in range(150):
        journal.incident("test", "journal", str(count), NOON)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert failures == []
    assert journal.number == 150
    journal.close()


@pytest.mark.parametrize(
    "spoil",
    [
        "CREATE TABLE facts (a, b, c)",
        "CREATE TABLE intents (x)",
        "CREATE TABLE owed (x)",
        "CREATE TABLE entries (x)",
        "CREATE TABLE facts (name, value); INSERT INTO facts VALUES ('acknowledged', 'abc')",
        "CREATE TABLE facts (name, value); INSERT INTO facts VALUES ('lost_at', 'never')",
        """CREATE TABLE entries (number, item, broadcast, heard, planned_start, json);
        INSERT INTO entries VALUES (9223372036854775807, NULL, NULL, 0, NULL, '{}')""",
    ],
)
def test_a_database_that_is_no_journal_is_set_aside(tmp_path: Path, spoil: str) -> None:
    """Sound for SQLite is not enough: these are not our tables, or not our numbers."""
    with_an_entry(tmp_path)
    (tmp_path / "journal.db").unlink()
    foreign = sqlite3.connect(tmp_path / "journal.db")
    foreign.executescript(spoil)
    foreign.close()
    assert [entry.number for entry in begun_anew(tmp_path).unacknowledged()] == [1, 2]


def test_a_folder_or_a_pipe_in_the_journals_place_is_set_aside(tmp_path: Path) -> None:
    """Neither can be opened, and neither will ever be a journal."""
    with_an_entry(tmp_path)
    (tmp_path / "journal.db").unlink()
    (tmp_path / "journal.db").mkdir()
    begun_anew(tmp_path).close()
    (tmp_path / "journal.db").unlink()
    os.mkfifo(tmp_path / "journal.db")
    begun_anew(tmp_path, hours=2)


def test_a_journal_on_a_full_disk_is_not_damaged(tmp_path: Path) -> None:
    """Nothing can be written, not even the files beside it; it stays in its place for when there is room."""
    with_an_entry(tmp_path)
    script = """if True:
        import resource, sys
        from pathlib import Path
        from station_agent.errors import JournalUnavailable
        from station_agent.journal_store import open_store
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        try:
            open_store(Path(sys.argv[1]))
        except JournalUnavailable:
            sys.exit(7)
        """
    command = [sys.executable, "-c", script, str(tmp_path / "journal.db")]
    done = subprocess.run(command, cwd=ROOT, timeout=PATIENCE_S, check=False)
    assert done.returncode == 7
    assert Journal(tmp_path, NOON).lost_at is None


def test_a_journal_that_another_program_holds_is_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays where it is, and is opened once it is free: a copy of it is being made, for example."""
    with_an_entry(tmp_path)
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **more: real(path, **{**more, "timeout": 0.1}))
    holder = real(tmp_path / "journal.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(JournalUnavailable, match="another program"):
        Journal(tmp_path, NOON)
    holder.close()
    again = Journal(tmp_path, NOON)
    assert again.lost_at is None
    assert [entry.number for entry in again.unacknowledged()] == [1]


@pytest.mark.parametrize("mark", ['{"number": 1e999, "acknowledged": 0}', "[" * 100_000])
def test_a_mark_of_any_garbage_counts_as_none(tmp_path: Path, mark: str) -> None:
    """The database has its own numbers."""
    with_an_entry(tmp_path)
    (tmp_path / "journal.mark").write_text(mark)
    assert [entry.number for entry in Journal(tmp_path, NOON).unacknowledged()] == [1]


def test_a_count_that_cannot_be_read_costs_itself_only(tmp_path: Path) -> None:
    """The agent starts all the same."""
    journal = Journal(tmp_path, NOON)
    journal.remember("power_cuts", "garbage")
    assert note_start(journal, NOON, "boot").power_cuts == 0


def with_an_entry(folder: Path) -> None:
    journal = Journal(folder, NOON)
    journal.outcome(airing(0))
    journal.close()


def begun_anew(folder: Path, hours: int = 1) -> Journal:
    """The journal in place of one that is set aside."""
    again = Journal(folder, NOON + timedelta(hours=hours))
    assert again.lost_at == NOON + timedelta(hours=hours)
    assert list(folder.glob("journal.damaged-*.db"))
    return again


def test_what_the_operator_set_outlives_the_process(journal: Journal, tmp_path: Path) -> None:
    """And what cannot be read counts as untouched."""
    desk = Desk(held_until=NOON, volumes={"horns": 40}, order=("a", "b"))
    keep_desk(journal, desk)
    journal.close()
    again = Journal(tmp_path, NOON)
    assert kept_desk(again) == desk
    again.remember("operator_desk", '{"held_until": 7e99}')
    assert kept_desk(again) == Desk()
