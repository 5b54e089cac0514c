"""A microphone's word reaches the airing's evidence: a simulated one's, and a sound server's source's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import CapturingOutput, Finished, PlayRequest, Started, SystemClock, VlcOutput
from hardware.microphone import RecordedMicrophone
from hardware.ports import Microphone
from hardware.simulated_microphone import SimulatedMicrophone
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind
from schedules.wire.report import Airing, EvidenceGrade, Outcome
from station_agent import heard_check
from station_agent.capture import Capture
from station_agent.heard_check import HeardCheck
from tests.hardware.conftest import Inbox
from tests.hardware.sound_server import SINK, sound_server
from tests.station_agent.real_station import encoded
from tests.station_agent.waiting import PATIENCE_S, wait_for

SPEECH = "flite=text='The assembly meets at seven in the school. Please come on time.':voice=slt"


class Village:
    """An output, its capture and its microphone, and what came of an airing."""

    def __init__(self, output: VlcOutput, inbox: Inbox, folder: Path, microphone: Microphone) -> None:
        self.output, self.inbox = output, inbox
        self.told: list[tuple[str, str, str]] = []
        self.settled: list[Airing] = []
        tell = lambda *incident: self.told.append(incident)  # noqa: E731 - three words to a list
        self.heard = HeardCheck(microphone, folder / "listening", SystemClock(), tell)
        self.capture = Capture(output, folder / "heard", heard=self.heard, keeps=False)

    def airs(self, sound: Path) -> Airing:
        """One broadcast of one item; the airing as it is settled."""
        self.capture.begin("b1")
        self.output.play(PlayRequest("i1", sound))
        started = self.inbox.wait_for(lambda event: isinstance(event, Started), within_s=PATIENCE_S)
        finished = self.inbox.wait_for(lambda event: isinstance(event, Finished), within_s=PATIENCE_S)
        airing = _airing(started.first_sample_at, finished.last_sample_at, finished.played_ms)
        assert self.capture.listens_to(airing)
        self.capture.weigh(airing, self.settled.append)
        wait_for(lambda: self.settled)
        self.capture.end("b1")
        return self.settled[0]


def _airing(started: datetime, ended: datetime, played_ms: int) -> Airing:
    return Airing(
        number=1,
        item="i1",
        broadcast="b1",
        plan_serial=1,
        kind=ItemKind.ANNOUNCEMENT,
        message_class=MessageClass.ORDINARY,
        title="Assembly",
        language="lo",
        sha256="0" * 64,
        zones=("horns",),
        planned_start=started,
        planned_ms=played_ms,
        started_at=started,
        ended_at=ended,
        aired_ms=played_ms,
        outcome=Outcome.AIRED,
        evidence=EvidenceGrade.RELAY_CONFIRMED,
    )


@pytest.fixture(autouse=True)
def _as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded may come late on a busy machine."""
    monkeypatch.setattr(heard_check, "WAIT_S", PATIENCE_S)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("speech") / "speech.webm"
    encoded(SPEECH, path)
    return path


@pytest.fixture
def captured() -> Iterator[tuple[CapturingOutput, Inbox]]:
    inbox = Inbox()
    output = CapturingOutput(inbox.put)
    output.warm_up()
    yield output, inbox
    output.close()


def _captured_line(folder: Path) -> Callable[[], Path | None]:
    return lambda: next(iter((folder / "heard").glob("*.wav")), None)


def test_what_comes_back_through_the_microphone_counts_as_heard(
    captured: tuple[CapturingOutput, Inbox], tmp_path: Path, speech: Path
) -> None:
    """Softer by 30 dB, later, in noise. The files are gone afterwards."""
    microphone = SimulatedMicrophone(_captured_line(tmp_path), gain=0.03, noise=20, delay_ms=90)
    village = Village(*captured, tmp_path, microphone)
    airing = village.airs(speech)
    village.capture.close()
    assert airing.evidence is EvidenceGrade.HEARD
    assert village.told == []
    (word,) = village.capture.heard_words or ()
    assert (word.item, word.grade) == ("i1", "heard")
    assert -70 < word.found.level_db < -35
    assert not list(tmp_path.rglob("*.wav"))


def test_a_loudspeaker_without_a_cable_is_told_with_its_level(
    captured: tuple[CapturingOutput, Inbox], tmp_path: Path, speech: Path
) -> None:
    """The relay's word stays what it is; the incident says what the microphone got."""
    village = Village(*captured, tmp_path, SimulatedMicrophone(_captured_line(tmp_path), gain=0.0))
    airing = village.airs(speech)
    village.capture.close()
    assert airing.evidence is EvidenceGrade.RELAY_CONFIRMED
    (code, subject, message) = village.told[0]
    assert (code, subject) == ("not_heard", "i1")
    assert "dB" in message
    (word,) = village.capture.heard_words or ()
    assert word.grade == "not_heard"
    assert f"level {word.found.level_db} dB" in message


def test_a_microphone_that_fails_costs_only_its_own_word(
    captured: tuple[CapturingOutput, Inbox], tmp_path: Path, speech: Path
) -> None:
    """The broadcast goes on, and its airing is settled as without one."""
    village = Village(*captured, tmp_path, SimulatedMicrophone(lambda: None))
    village.capture.begin("b1")
    now = datetime.now(UTC)
    assert not village.capture.listens_to(_airing(now, now, 2000))
    village.capture.end("b1")
    village.capture.close()
    assert village.told[0][0] == "microphone_failed"


def test_an_agent_that_ends_settles_what_waits(
    captured: tuple[CapturingOutput, Inbox], tmp_path: Path
) -> None:
    """At once and without the microphone's word."""
    village = Village(*captured, tmp_path, SimulatedMicrophone(_captured_line(tmp_path)))
    village.capture.begin("b1")
    now = datetime.now(UTC)
    village.capture.weigh(_airing(now, now, 60_000), village.settled.append)
    village.capture.close()
    assert village.settled[0].evidence is EvidenceGrade.RELAY_CONFIRMED


def test_a_sound_servers_source_hears_what_left_the_machine(
    tmp_path: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Played through PulseAudio, recorded by parec from the sink's monitor."""
    inbox: Any = Inbox()
    with ExitStack() as stack:
        stack.enter_context(sound_server(tmp_path / "server", monkeypatch.setenv))
        output = VlcOutput(inbox.put, way="pulse")
        stack.callback(output.close)
        output.warm_up()
        village = Village(output, inbox, tmp_path, RecordedMicrophone("pulse", f"{SINK}.monitor"))
        airing = village.airs(speech)
        village.capture.close()
    assert village.told == []
    assert airing.evidence is EvidenceGrade.HEARD
