"""What a station says of its sound: as it is, from the start on, and not only when something is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.system_clock import SystemClock
from hardware.vlc_output import VlcOutput
from station_agent.config import OutputSettings
from station_agent.output_wiring import OutputHealth, open_output
from tests.hardware.sound_server import sound_server
from tests.station_agent.province_simulator import Province
from tests.station_agent.real_station import Board, enrolled, running
from tests.station_agent.waiting import wait_for


class Books:
    """The incidents that were told, and how often a report was asked for."""

    def __init__(self) -> None:
        self.incidents: list[tuple[str, str, str]] = []
        self.reports = 0
        self.health = OutputHealth(self._tell, self._report)

    def _tell(self, code: str, subject: str, message: str) -> None:
        self.incidents.append((code, subject, message))

    def _report(self) -> None:
        self.reports += 1


@pytest.fixture
def books() -> Books:
    return Books()


def test_a_fault_is_told_once_and_that_it_is_over_brings_a_report(books: Books) -> None:
    """Of a fault that is told in other words next time nobody needs to hear."""
    assert books.health.ok is None
    books.health.line(None)
    assert (books.health.ok, books.reports) == (True, 0)
    books.health.line("no card")
    books.health.line("still no card")
    wait_for(lambda: books.incidents == [("output_failed", "output", "no card")])
    assert (books.health.ok, books.reports) == (False, 0)
    books.health.line(None)
    books.health.line(None)
    assert (books.health.ok, books.reports) == (True, 1)
    assert len(books.incidents) == 1


@pytest.fixture
def no_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a server nor a card is found, whatever this machine has."""
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'server' / 'socket'}")


@pytest.fixture
def opened(books: Books) -> Iterator[Callable[[str], VlcOutput]]:
    """The station's output by its settings, warmed up."""
    made: list[VlcOutput] = []

    def make(kind: str) -> VlcOutput:
        settings = OutputSettings.model_validate({"kind": kind})
        output = open_output(settings, lambda _: None, lambda *_: None, SystemClock(), books.health)
        made.append(output)
        output.warm_up()
        return output

    yield make
    for output in made:
        output.close()


@pytest.mark.parametrize(("kind", "is_heard"), [("auto", False), ("pulse", False), ("capture", True)])
def test_a_station_without_any_sound_says_so_from_its_start(
    no_sound: None, books: Books, opened: Callable[[str], VlcOutput], kind: str, is_heard: bool
) -> None:
    """Nothing has to be played for that. A capture is as it should be."""
    opened(kind)
    assert books.health.ok is is_heard
    if is_heard:
        assert books.incidents == []
    else:
        wait_for(lambda: [one[0] for one in books.incidents] == ["output_failed"])
        assert "the sound server cannot be opened" in books.incidents[0][2]


def test_a_server_that_ends_is_told_and_so_is_one_that_comes(
    no_sound: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    books: Books,
    opened: Callable[[str], VlcOutput],
) -> None:
    """While nothing airs."""
    with sound_server(tmp_path / "server", monkeypatch.setenv):
        opened("pulse")
        assert books.health.ok is True
    wait_for(lambda: books.health.ok is False)
    wait_for(lambda: len(books.incidents) == 1)
    with sound_server(tmp_path / "server", monkeypatch.setenv):
        wait_for(lambda: books.health.ok is True)
    assert books.reports == 1


def test_the_province_reads_of_a_real_station_that_it_cannot_be_heard_and_then_that_it_can(
    no_sound: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, province: Province, board: Board
) -> None:
    """In its reports; with the incident, which says why."""
    data = enrolled(tmp_path, province, board.port)
    settings = data / "station.toml"
    settings.write_text(settings.read_text().replace('"capture"', '"pulse"'))
    with running(data):
        wait_for(lambda: [one.health.output_ok for one in province.reports[-1:]] == [False])
        wait_for(lambda: "output_failed" in province.incidents)
        with sound_server(tmp_path / "server", monkeypatch.setenv):
            wait_for(lambda: province.reports[-1].health.output_ok)
            assert province.incidents.count("output_failed") == 1
