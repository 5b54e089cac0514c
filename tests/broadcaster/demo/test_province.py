"""The demonstration's own province server, as it is made."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broadcaster.demo.province import write_configuration
from broadcaster.doctor import examine
from broadcaster.initialise import initialise

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("stood_open", [False, True])
def test_its_data_folder_is_its_owners_also_where_it_stood_open(tmp_path: Path, stood_open: bool) -> None:
    """The doctor has nothing to say of its rights, as with a folder that `init` makes."""
    data = tmp_path / "demo" / "province"
    if stood_open:
        data.mkdir(parents=True)
        data.chmod(0o755)
    write_configuration(data, 8080, ZoneInfo("Asia/Vientiane"), NOW)
    initialise(data, NOW)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert next(finding.ok for finding in examine(data) if finding.check == "data folder")
