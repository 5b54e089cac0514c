"""The player's patience: whatever a decoder does, every request is answered and the next one plays."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hardware.errors import AudioUnavailable
from hardware.ports import Failed, Finished, PlayRequest, Started
from hardware.sound.player import Player


class ScriptedDeck:
    """A sound that behaves as its file's name says: whole, mute, frozen, refused or broken."""

    def __init__(self, manner: str, clock: Any) -> None:
        self._manner, self._clock = manner, clock
        self._begun_at: datetime | None = None
        self.discarded = 0
        self.progress = 0
        self.failure = None
        self.played_ms = self.length_ms = 0
        self.starves = False

    def start(self, at: datetime | None) -> bool:
        self._begun_at = self._clock.now()
        return self._manner != "refused"

    def poll(self) -> None:
        if self._manner == "broken":
            raise RuntimeError("the decoder fell over")

    @property
    def first_sample_at(self) -> datetime | None:
        return None if self._manner == "mute" else self._begun_at

    @property
    def last_sample_at(self) -> datetime | None:
        return self._begun_at if self._manner == "whole" else None

    @property
    def expected_end_at(self) -> datetime | None:
        return self.last_sample_at

    def cut(self, fade_ms: int, at: datetime | None = None) -> datetime:
        self.played_ms = fade_ms
        now: datetime = self._clock.now()
        return now

    def set_volume(self, percent: int) -> None:
        self.volume_percent = percent

    def discard(self) -> None:
        self.discarded += 1


class ScriptedLine:
    """Opens scripted decks."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self.decks: list[ScriptedDeck] = []

    def open(self, request: PlayRequest) -> ScriptedDeck:
        if request.path.stem == "unopened":
            raise AudioUnavailable("the sound card is gone")
        self.decks.append(ScriptedDeck(request.path.stem, self._clock))
        return self.decks[-1]

    def wake(self) -> None:
        """Nothing rests here."""

    def attend(self) -> float | None:
        return 0.01

    def close(self) -> None:
        for deck in self.decks:
            assert deck.discarded == 1


@pytest.fixture
def line(clock: Any) -> ScriptedLine:
    return ScriptedLine(clock)


@pytest.fixture
def player(line: ScriptedLine, inbox: Any, clock: Any) -> Iterator[Player]:
    playing = Player(lambda: line, inbox.put, clock)
    yield playing
    playing.close()
    assert [deck.discarded for deck in line.decks] == [1] * len(line.decks)


@pytest.fixture
def request_for(tmp_path: Path) -> Callable[[str], PlayRequest]:
    def make(manner: str) -> PlayRequest:
        path = tmp_path / f"{manner}.webm"
        path.touch()
        return PlayRequest(manner, path)

    return make


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("mute", "did not begin within 5 s"),
        ("frozen", "stood still for 5 s"),
        ("refused", "refused to start"),
        ("broken", "the decoder fell over"),
        ("unopened", "the sound card is gone"),
    ],
)
def test_a_sound_that_goes_wrong_fails_once_and_the_next_one_plays(
    player: Player, inbox: Any, clock: Any, request_for: Callable[[str], PlayRequest], manner: str, why: str
) -> None:
    """Nothing is waited for without a limit, and one bad item does not silence the rest."""
    player.play(request_for(manner))
    failed = inbox.wait_for(lambda event: isinstance(event, Failed), meanwhile=lambda: clock.advance(0.5))
    assert failed.key == manner
    assert why in failed.message
    player.play(request_for("whole"))
    finished = inbox.wait_for(lambda event: isinstance(event, Finished))
    assert finished.key == "whole"
    assert sum(isinstance(event, Failed) for event in inbox.drain()) == 1


def test_a_prepared_sound_is_opened_only_once(
    player: Player, line: ScriptedLine, inbox: Any, request_for: Callable[[str], PlayRequest]
) -> None:
    """And what was prepared but never played is let go as well."""
    player.prepare(request_for("whole"))
    player.prepare(request_for("whole"))
    player.prepare(request_for("frozen"))
    player.prepare(request_for("unopened"))
    player.play(request_for("whole"))
    inbox.wait_for(lambda event: isinstance(event, Started))
    inbox.wait_for(lambda event: isinstance(event, Finished))
    assert len(line.decks) == 2


def test_what_the_line_refuses_is_told_in_words(player: Player, inbox: Any) -> None:
    """To the caller that asked for it; the thread goes on."""

    def refuse(_line: object) -> None:
        raise AudioUnavailable("the disk is full")

    player.on_line(refuse, inbox.put)
    assert str(inbox.wait_for(lambda _: True)) == "the disk is full"
