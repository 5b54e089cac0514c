"""What the tests with real processes stand on: a province on loopback, and a board on a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.virtual_board import VirtualBoard, lcus_board
from tests.station_agent.province_simulator import Province
from tests.station_agent.real_station import Board
from tests.station_agent.waiting import PATIENCE_S


@pytest.fixture
def province() -> Iterator[Province]:
    """It answers, and has nothing yet."""
    with Province() as one:
        yield one


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """An LCUS board of four relays, in a process of its own."""
    one = Board(tmp_path)
    yield one
    one.process.terminate()
    one.process.wait(PATIENCE_S)


@pytest.fixture
def lcus(tmp_path: Path) -> Iterator[VirtualBoard]:
    """An LCUS board in this process."""
    with lcus_board(tmp_path / "board") as plugged:
        yield plugged
