"""A stage with one village, for what must hold when things are cut, killed or forged."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.demo.stage import Stage, StageWish, on_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """One village, real processes; all ended afterwards."""
    with on_stage(StageWish(tmp_path / "stage", stations=1, once=True)) as running:
        yield running
