"""Room that is kept for the journal: given up step by step on a full disk, kept anew once there is room."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from station_agent.journal import Journal
from station_agent.journal_disk import JournalFolder
from station_agent.journal_mark import JournalMark, write_mark
from station_agent.planned import Planned
from station_agent.reserve import LEAST_FREE_BYTES, ROOM_AGAIN_BYTES, SIZE_BYTES, Reserve
from tests.station_agent.documents import NOON, broadcast
from tests.station_agent.journal_entries import airing

MIB = 2**20


class SmallDisk:
    """A folder as if it were a disk of its own; `others_bytes` is what does not belong to the station."""

    def __init__(self, folder: Path, size_bytes: int = 40 * MIB) -> None:
        self.folder, self._size_bytes, self.others_bytes = folder, size_bytes, 0

    def free_bytes(self) -> int:
        held = sum(4096 * -(-one.stat().st_size // 4096) for one in self.folder.iterdir())
        return self._size_bytes - self.others_bytes - held

    def fill(self) -> None:
        """Somebody copies films until nothing is left."""
        self.others_bytes += max(0, self.free_bytes())

    def reserve(self) -> Reserve:
        return Reserve(self.folder / "journal.reserve", free_bytes=self.free_bytes)

    def kept_bytes(self) -> int:
        path = self.folder / "journal.reserve"
        return path.stat().st_size if path.exists() else 0


def test_the_journal_goes_on_for_weeks_on_a_full_disk(tmp_path: Path) -> None:
    """Each write finds room that was there before it began, also after a new start; nothing of it is lost."""
    disk = SmallDisk(tmp_path)
    journal = Journal(JournalFolder(tmp_path, disk.reserve()), NOON)
    assert disk.kept_bytes() == SIZE_BYTES
    disk.fill()
    for number in range(1200):
        one = airing().model_copy(update={"item": f"news/{number}"})
        journal.intent(one)
        journal.outcome(one)
        assert disk.free_bytes() >= 0, f"no room was left at item {number}"
        if number == 600:
            journal.close()
            journal = Journal(JournalFolder(tmp_path, disk.reserve()), NOON)
    assert 0 < disk.kept_bytes() < SIZE_BYTES
    journal.close()
    assert Journal(JournalFolder(tmp_path), NOON).number == 1200


def test_what_is_written_at_once_finds_room_for_all_of_it(tmp_path: Path) -> None:
    """Ten thousand items are owed from an older plan: 2 MB in one transaction, time and again."""
    broadcasts = [broadcast(f"b{one}", NOON + one * timedelta(hours=1), (1000,) * 500) for one in range(20)]
    owed = tuple(Planned(one, 1) for one in broadcasts)
    disk = SmallDisk(tmp_path)
    journal = Journal(JournalFolder(tmp_path, disk.reserve()), NOON)
    for _ in range(4):
        disk.fill()
        journal.keep_owed(owed)
        assert disk.free_bytes() >= 0, "more was written than there was room for"
    assert disk.kept_bytes() < SIZE_BYTES - 2 * MIB
    journal.outcome(airing())
    journal.close()
    assert Journal(JournalFolder(tmp_path), NOON).owed() == owed


def test_room_made_for_much_at_once_is_not_taken_again_before_it_is_written(tmp_path: Path) -> None:
    """There is room for what is written or for the whole reserve, not for both: the writing comes first."""
    broadcasts = [broadcast(f"b{one}", NOON + one * timedelta(hours=1), (1000,) * 500) for one in range(20)]
    disk = SmallDisk(tmp_path)
    journal = Journal(JournalFolder(tmp_path, disk.reserve()), NOON)
    disk.fill()
    journal.outcome(airing())
    kept_bytes = disk.kept_bytes()
    assert kept_bytes == SIZE_BYTES - MIB
    disk.others_bytes -= MIB + ROOM_AGAIN_BYTES - disk.free_bytes()
    journal.keep_owed(tuple(Planned(one, 1) for one in broadcasts))
    assert disk.kept_bytes() == kept_bytes


def test_a_journal_begun_anew_finds_room_for_all_that_it_has_to_tell_as_lost(tmp_path: Path) -> None:
    """Weeks without a network, then a damaged journal, and the disk is full: an incident for each entry."""
    disk = SmallDisk(tmp_path)
    disk.reserve().settle()
    write_mark(tmp_path / "journal.mark", JournalMark(number=12_000))
    disk.fill()
    journal = Journal(JournalFolder(tmp_path, disk.reserve()), NOON)
    assert disk.free_bytes() >= 0, "more was written than there was room for"
    assert journal.number == 12_001


def test_it_is_kept_anew_once_there_is_room_and_each_time_is_told(tmp_path: Path) -> None:
    """Told once a time, with what is left and what to do."""
    disk = SmallDisk(tmp_path)
    reserve = disk.reserve()
    reserve.settle()
    assert (disk.kept_bytes(), reserve.news()) == (SIZE_BYTES, None)
    for _ in range(2):
        disk.fill()
        reserve.settle()
        assert disk.free_bytes() >= LEAST_FREE_BYTES
        told = reserve.news()
        assert told is not None
        assert "7 of 8 MB are left; make room" in told
        assert reserve.news() is None
        disk.others_bytes = 0
        reserve.settle()
        assert (disk.kept_bytes(), reserve.is_touched, reserve.news()) == (SIZE_BYTES, False, None)


def test_where_there_is_hardly_room_none_is_taken_away(tmp_path: Path) -> None:
    """A reserve that filled the disk itself would do what it is there against."""
    disk = SmallDisk(tmp_path, SIZE_BYTES + ROOM_AGAIN_BYTES - 1)
    disk.reserve().settle()
    assert disk.kept_bytes() == 0


def test_a_reserve_that_cannot_be_kept_stops_nothing(tmp_path: Path) -> None:
    """A folder stands in its place: the journal is written all the same."""
    (tmp_path / "journal.reserve").mkdir()
    journal = Journal(JournalFolder(tmp_path, Reserve(tmp_path / "journal.reserve")), NOON)
    assert journal.outcome(airing()) is not None


def test_a_new_start_on_a_touched_reserve_tells_it_again(tmp_path: Path) -> None:
    """The disk is still full: whoever restarted the agent should hear of it."""
    disk = SmallDisk(tmp_path)
    disk.reserve().settle()
    disk.fill()
    disk.reserve().settle()
    assert disk.reserve().is_touched
    assert disk.reserve().news() is not None
