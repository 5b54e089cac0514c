"""What the agent answers to somebody at the station."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from schedules.trust import TrustedKeyring
from schedules.wire.plan import ItemKind, PlanItem
from station_agent import operator_audio
from station_agent.alert_book import AlertBook
from station_agent.audio_store import AudioStore
from station_agent.errors import NotNow
from station_agent.operator_acts import OperatorHold, OperatorOrder
from station_agent.operator_service import OperatorService
from station_agent.operator_words import HoldRequest, OrderRequest, PlayRequest
from station_agent.phases import Phase
from station_agent.playout_values import Event
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, plan_of
from tests.station_agent.hand_clock import HandClock
from tests.station_agent.province_simulator import STATION, Province
from tests.station_agent.village_simulator import Village


class Counter:
    """The service of a village with these broadcasts ahead, and what it told playout."""

    def __init__(self, folder: Path, *keys: str) -> None:
        self.told: list[Event] = []
        village, clock, audio = Village(), HandClock(), AudioStore(folder / "audio")
        self.village = village
        if keys:
            ahead = (broadcast(key, IN_A_MINUTE + timedelta(hours=hour)) for hour, key in enumerate(keys))
            village.swap(plan_of(*ahead))
        keyring = TrustedKeyring.restore(Province().keyrings[0])
        book = AlertBook(folder / "alerts", keyring, STATION, clock, lambda *_: None)
        self.service = OperatorService(
            folder, clock, lambda: village.state, self.told.append, audio, book, lambda: None
        )


def test_broadcasts_ahead_are_ordered(tmp_path: Path) -> None:
    """Each of them is known here."""
    counter = Counter(tmp_path, "news", "songs", "market")
    answer = counter.service.do(OrderRequest(act="order", broadcasts=("songs", "news")))
    assert (answer.ok, answer.message[:26]) == (True, "2 broadcasts go first in t")
    assert counter.told == [OperatorOrder(("songs", "news"))]


def test_an_order_is_taken_back(tmp_path: Path) -> None:
    """With nothing ahead too."""
    for counter in (Counter(tmp_path, "news"), Counter(tmp_path)):
        answer = counter.service.do(OrderRequest(act="order", broadcasts=()))
        assert (answer.ok, answer.message[:27]) == (True, "there is no order any more:")
        assert counter.told == [OperatorOrder(())]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("news", "songs"), "'sings' is no broadcast that is still to air here; next are: news, songs"),
        ((), "'sings' is no broadcast that is still to air here; nothing is"),
        (tuple(f"b{hour}" for hour in range(13)), "b8, b9, and 3 later ones"),
    ],
)
def test_an_unknown_broadcast_is_refused_and_those_that_are_known_are_named(
    tmp_path: Path, keys: tuple[str, ...], words: str
) -> None:
    """An order with a key written wrongly would have no effect, and nobody would know."""
    counter = Counter(tmp_path, *keys)
    with pytest.raises(NotNow) as refused:
        counter.service.do(OrderRequest(act="order", broadcasts=(*keys[:1], "sings")))
    assert words in str(refused.value)
    assert counter.told == []


def test_an_end_is_told_in_the_villages_time(tmp_path: Path) -> None:
    """While there is no plan, in UTC, and it says so."""
    hold = HoldRequest(act="hold", minutes=30)
    for keys, end in ((("news",), "2026-11-24 12:30 +07"), ((), "2026-11-24 05:30 UTC")):
        counter = Counter(tmp_path, *keys)
        assert counter.service.do(hold).message == (
            f"nothing new of the plan starts for 30 min, until {end}; "
            "alerts, emergencies and what is played by hand do"
        )
        assert counter.told == [OperatorHold(NOON + timedelta(minutes=30))]


def test_what_is_on_the_air_is_not_ahead_any_more(tmp_path: Path) -> None:
    """No order could have an effect on it; what is only armed may still give way."""
    counter = Counter(tmp_path, "news", "songs")
    counter.village.run_until(IN_A_MINUTE - timedelta(seconds=3))
    assert counter.village.state.phase is Phase.ARMING
    answer = counter.service.do(OrderRequest(act="order", broadcasts=("news",)))
    assert answer.message == "it goes first where others are due together with it"
    counter.village.run_until(IN_A_MINUTE + timedelta(milliseconds=500))
    assert counter.village.state.phase is Phase.ITEM
    with pytest.raises(NotNow, match="'news' is no broadcast that is still to air here; next are: songs"):
        counter.service.do(OrderRequest(act="order", broadcasts=("news",)))


def test_a_file_is_not_looked_at_while_another_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes as much of the machine as it gets; what may not be played is not looked at at all."""
    counter = Counter(tmp_path, "news")
    song, again = PlayRequest(act="play", file="song.mp3"), PlayRequest(act="play", file="again.mp3")
    refusals: list[str] = []

    def look(_folder: Path, name: str, _audio: AudioStore) -> PlanItem:
        with pytest.raises(NotNow) as refused:
            counter.service.do(again)
        refusals.append(str(refused.value))
        return item(name, 8000, ItemKind.JINGLE)

    monkeypatch.setattr(operator_audio, "file_named", look)
    assert counter.service.do(song).message == "song.mp3 is played"
    assert counter.service.do(song).message == "song.mp3 is played"
    assert refusals == ["another file is being looked at; try again in some seconds"] * 2
    counter.village.run_until(IN_A_MINUTE + timedelta(milliseconds=500))
    with pytest.raises(NotNow, match="is on the air; stop it first"):
        counter.service.do(song)
    assert len(refusals) == 2
