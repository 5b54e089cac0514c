"""The real journal on real files, cut at every write: what it had told is there, whatever else arrived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from schedules.wire.report import Outcome
from station_agent import journal_store
from station_agent.journal import Journal
from station_agent.journal_disk import JournalFolder
from station_agent.journal_mark import JournalMark
from tests.station_agent.documents import NOON
from tests.station_agent.recorded_disk import Recording, recorded
from tests.station_agent.test_journal import airing

SHARES = (0.0, 0.5, 1.0)
"""Of what was not synced: lost, torn, and all of it."""


class MarkRecorded(JournalFolder):
    """The mark is replaced by a rename: it is the old one or the new one, and the new one on return."""

    def __init__(self, folder: Path, recording: Recording) -> None:
        super().__init__(folder)
        self._recording = recording

    def write_mark(self, mark: JournalMark) -> None:
        super().write_mark(mark)
        self._recording.told(f"mark {mark.number} {mark.acknowledged}")


def days_work(journal: Journal, recording: Recording) -> None:
    """What an evening leaves: intents, marks, outcomes, incidents, an acknowledgement."""
    for position in range(3):
        journal.intent(airing(position, Outcome.MISSED))
        recording.told(f"intent news/{position + 1}")
        for aired_ms in (1000, 2000):
            journal.progress(airing(position, Outcome.CUT, aired_ms))
        if position < 2:
            journal.outcome(airing(position))
            recording.told(f"outcome news/{position + 1}")
        journal.incident("relay_lost", "relay board", "it went away", NOON)
        if position == 0:
            journal.acknowledge(1)


def left_after(folder: Path, recording: Recording, steps: int, share: float) -> tuple[Journal, set[str]]:
    """The journal opened on what a cut left, and what had been told by then."""
    told = {one.name for one in recording.steps[:steps] if one.what == "told"}
    for name, content in recording.after(steps, Random(steps), share).items():  # noqa: S311 - a seeded cut
        (folder / name).write_bytes(content)
    marks = [
        name.split() for name in (one.name for one in recording.steps[:steps]) if name.startswith("mark ")
    ]
    if marks:
        JournalFolder(folder).write_mark(JournalMark(int(marks[-1][1]), int(marks[-1][2])))
    return Journal(folder, NOON + timedelta(hours=1)), told


def record(folder: Path) -> Recording:
    folder.mkdir()
    with recorded() as recording:
        journal = Journal(MarkRecorded(folder, recording), NOON)
        recording.told("open")
        days_work(journal, recording)
        journal.close()
    return recording


def broken_promises(tmp_path: Path, recording: Recording) -> Iterator[str]:
    """Every cut, in each way, that lost something that had been told."""
    for steps in range(len(recording.steps) + 1):
        for share in SHARES:
            folder = tmp_path / f"{steps}-{share}"
            folder.mkdir()
            journal, told = left_after(folder, recording, steps, share)
            here = f"cut after step {steps}, {share:.0%} of the rest"
            entries = journal.unacknowledged(1000)
            known = journal.final_items(NOON)
            kept = {f"{kind} {item}" for item in known for kind in ("intent", "outcome")}
            lost = {one for one in told if one.split()[0] in ("intent", "outcome")} - kept
            if lost:
                yield f"{here}: {sorted(lost)} is lost"
            first = journal.acknowledged + 1
            if [one.number for one in entries] != list(range(first, first + len(entries))):
                yield f"{here}: numbers have gaps"
            if "open" in told and journal.lost_at is not None:
                yield f"{here}: the journal was set aside"
            journal.close()


def test_whatever_was_told_is_there_after_a_cut_at_any_write(tmp_path: Path) -> None:
    """Between any two writes and syncs of SQLite, with what was not synced lost, torn or there."""
    recording = record(tmp_path / "lived")
    assert sum(one.what == "sync" for one in recording.steps) > 10
    assert list(broken_promises(tmp_path, recording)) == []


def test_a_journal_that_does_not_sync_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same cuts on a journal with `synchronous=OFF`: what it told is lost, and that is seen."""
    real = journal_store.make_ready

    def careless(connection: object, name: str) -> None:
        real(connection, name)  # type: ignore[arg-type]  # passed on as it came
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]  # a connection

    monkeypatch.setattr(journal_store, "make_ready", careless)
    recording = record(tmp_path / "lived")
    monkeypatch.undo()
    assert any("is lost" in one for one in broken_promises(tmp_path, recording))
