"""What `init` makes is its owner's; what stood before keeps the rights it had, and doctor says so."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.doctor import examine
from broadcaster.initialise import initialise

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def data_folder_ok(data: Path) -> bool:
    return next(finding.ok for finding in examine(data) if finding.check == "data folder")


def test_a_new_data_folder_and_its_database_are_their_owners(tmp_path: Path) -> None:
    """The database holds password hashes."""
    data = tmp_path / "new" / "data"
    initialise(data, NOW)
    assert (rights(data), rights(data / "broadcaster.db")) == (0o700, 0o600)
    assert data_folder_ok(data)


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    """Nothing is changed by looking, and nothing is said of the rights of a folder that does not exist."""
    data = tmp_path / "mistyped" / "data"
    found = {finding.check: finding for finding in examine(data)}
    assert not (tmp_path / "mistyped").exists()
    assert "there is none" in found["data folder"].message
    assert {check for check, finding in found.items() if not finding.ok} >= {
        "data folder",
        "secret",
        "database",
        "audio store",
    }
    assert all(finding.advice for finding in found.values() if not finding.ok)


def test_a_folder_that_stood_open_is_left_and_told(tmp_path: Path) -> None:
    """Somebody gave it these rights; the database is closed all the same."""
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)
    initialise(data, NOW)
    assert (rights(data), rights(data / "broadcaster.db")) == (0o755, 0o600)
    assert not data_folder_ok(data)
