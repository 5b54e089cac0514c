"""Sync against a province on loopback that breaks off, alters, replays and disappears."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.system_clock import SystemClock
from schedules.envelope import SigningKey, sign
from schedules.wire.plan import ItemKind, Plan, PlannedAudio
from station_agent.audio_store import AudioStore
from station_agent.back_off import BackOff
from station_agent.enrolment import enrol
from station_agent.errors import AlreadyEnrolled, LinkError, Refused, TooLarge
from station_agent.identity import load_identity, load_keyring
from station_agent.network import NetworkLoop
from station_agent.plan_cache import PlanCache
from station_agent.server_link import ServerLink
from station_agent.sync import Sync
from tests.station_agent.documents import broadcast, item, plan_of
from tests.station_agent.province_simulator import CODE, Province
from tests.station_agent.waiting import wait_for

CLOCK = SystemClock()


class Station:
    """A data folder with everything sync needs, opened anew as after a restart."""

    def __init__(self, data: Path, province: Province) -> None:
        self.data = data
        if not (data / "station.json").exists():
            enrol(data, province.url, CODE, CLOCK)
        self.identity = load_identity(data)
        self.keyring = load_keyring(data)
        self.swapped: list[int] = []
        self.came: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.in_use: frozenset[str] = frozenset()
        now = CLOCK.now()
        station = self.identity.station
        self.cache = PlanCache(data / "plans", self.keyring, station, now, clock_trusted=True)
        self.audio = AudioStore(data / "audio")
        self.link = ServerLink(province.url, CLOCK, self.identity)
        self.sync = Sync(
            data,
            self.link,
            self.keyring,
            self.cache,
            self.audio,
            CLOCK,
            on_swap=lambda plan: self.swapped.append(plan.serial),
            on_audio=self.came.append,
            tell=lambda code, subject, _message: self.told.append((code, subject)),
            in_use=lambda: self.in_use,
        )


@pytest.fixture
def station(tmp_path: Path, province: Province) -> Station:
    return Station(tmp_path / "station", province)


def a_plan(*contents: bytes, serial: int = 1, hours: float = 1, withdrawn: tuple[str, ...] = ()) -> Plan:
    now = datetime.now(UTC)
    items = tuple(
        item(f"n{index}/1", 1000, ItemKind.JINGLE, sha256=hashlib.sha256(content).hexdigest())
        for index, content in enumerate(contents)
    )
    audio = tuple(
        PlannedAudio(
            sha256=one.sha256 or "", size_bytes=len(content), duration_ms=1000, media_type="audio/webm"
        )
        for one, content in zip(items, contents, strict=True)
    )
    ahead = [
        broadcast(f"n{index}", now + timedelta(hours=hours + index), items=(one,))
        for index, one in enumerate(items)
    ]
    return plan_of(*ahead, serial=serial, issued=now, audio=audio, withdrawn=withdrawn)


ONE, TWO = b"one" * 40_000, b"two" * 50_000


def publish(province: Province, *contents: bytes, **more: object) -> None:
    for content in contents:
        province.add_audio(content)
    province.publish(a_plan(*contents, **more))  # type: ignore[arg-type]


def test_the_first_pass_brings_plan_and_audio_and_the_second_is_one_request(
    province: Province, station: Station
) -> None:
    """Nothing new costs one request, answered 304, without a body."""
    publish(province, ONE, TWO)
    first = station.sync.once()
    assert (first.plan_serial, first.audio_fetched, first.audio_missing) == (1, 2, 0)
    assert station.swapped == [1]
    assert station.came == [hashlib.sha256(content).hexdigest() for content in (ONE, TWO)]
    asked, sent = len(province.asked), province.sent_bytes
    again = Station(station.data, province)
    second = again.sync.once()
    assert (second.requests, second.received_bytes, second.new_plan) == (1, 0, False)
    assert province.asked[asked:] == [("GET", "/api/v1/station/plan", "")]
    assert province.sent_bytes - sent < 1000


def test_without_a_plan_there_is_nothing_to_do(station: Station) -> None:
    """404 is an answer, not a fault."""
    result = station.sync.once()
    assert (result.plan_serial, result.message) == (0, "")


@given(cut=st.integers(0, len(ONE) - 1))
@settings(max_examples=12)
def test_a_download_cut_anywhere_goes_on_where_it_stopped(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Range and If-Range: what has come is not asked for again."""
    with Province() as province:
        data = tmp_path_factory.mktemp("cut") / "station"
        publish(province, ONE)
        province.cut_after_bytes = cut
        with pytest.raises(LinkError):
            Station(data, province).sync.once()
        province.cut_after_bytes = None
        station = Station(data, province)
        arrived = station.audio.arrived_bytes(hashlib.sha256(ONE).hexdigest())
        assert arrived <= cut
        assert station.sync.once().audio_missing == 0
        assert province.asked[-1][2] == (f"bytes={arrived}-" if arrived else "")
        assert station.audio.is_whole(hashlib.sha256(ONE).hexdigest())


def test_altered_audio_is_refused_and_told_once(province: Province, station: Station) -> None:
    """Bytes that do not have the hash never get the hash's name."""
    publish(province, ONE)
    province.tamper = lambda path, body: body[::-1] if "/audio/" in path else body
    for _ in range(2):
        result = station.sync.once()
        assert result.audio_missing == 1
        assert "refused" in result.message
    sha256 = hashlib.sha256(ONE).hexdigest()
    assert station.told == [("audio_refused", sha256)]
    province.tamper = lambda _path, body: body
    assert station.sync.once().audio_missing == 0


def test_audio_longer_than_planned_is_dropped_while_it_streams(province: Province, station: Station) -> None:
    """Sizes come from the plan, plus nothing."""
    publish(province, ONE)
    province.tamper = lambda path, body: body + b"more" * 100_000 if "/audio/" in path else body
    assert station.sync.once().audio_missing == 1
    assert not list((station.data / "audio").glob("*.part"))
    assert station.told[0][0] == "audio_refused"


@pytest.mark.parametrize("trouble", ["altered", "another key", "another station", "replayed", "too large"])
def test_a_plan_that_cannot_be_trusted_changes_nothing(
    province: Province, station: Station, trouble: str
) -> None:
    """The last good plan stays, and the refusal is told."""
    publish(province, ONE, serial=5)
    station.sync.once()
    stranger = SigningKey.generate()
    bad = {
        "altered": lambda: sign(a_plan(TWO, serial=6), [province.planner]).replace(b"payload", b"Payload", 1),
        "another key": lambda: sign(a_plan(TWO, serial=6), [stranger]),
        "another station": lambda: sign(
            a_plan(TWO, serial=6).model_copy(update={"station": "st-other"}), [province.planner]
        ),
        "replayed": lambda: sign(a_plan(TWO, serial=4), [province.planner]),
        "too large": lambda: b" " * (Plan.MAX_SIZE_BYTES + 1),
    }[trouble]()
    province.plan, province.serial = bad, 6
    if trouble == "too large":
        with pytest.raises(TooLarge):
            station.sync.once()
    else:
        assert "the last good plan stays" in station.sync.once().message
        assert [code for code, _ in station.told] == ["plan_refused"]
    assert station.cache.current is not None
    assert station.cache.current.serial == 5
    assert Station(station.data, province).cache.current == station.cache.current


def test_altered_files_on_the_stations_own_disk_are_refused_and_fetched_again(
    province: Province, station: Station
) -> None:
    """A disk can be written to: plan and audio are judged anew at each start."""
    publish(province, ONE)
    station.sync.once()
    plan_file = station.data / "plans" / "current.dsse"
    plan_file.write_bytes(plan_file.read_bytes().replace(b"payload", b"paiload", 1))
    sha256 = hashlib.sha256(ONE).hexdigest()
    station.audio.path(sha256).write_bytes(ONE[::-1])
    again = Station(station.data, province)
    assert again.cache.current is None
    assert str(plan_file) in again.cache.refused[0]
    again.sync.once()
    assert again.sync.check_disk() == (sha256,)
    assert again.sync.once().audio_fetched == 1
    assert again.cache.current is not None
    assert again.audio.is_whole(sha256)


def test_a_serial_once_seen_is_remembered_when_the_plan_is_lost(province: Province, station: Station) -> None:
    """A replayed plan does not get in through a broken disk."""
    publish(province, ONE, serial=9)
    station.sync.once()
    (station.data / "plans" / "current.dsse").unlink()
    publish(province, ONE, serial=8)
    again = Station(station.data, province)
    assert "refused" in again.sync.once().message
    publish(province, ONE, serial=9)
    assert again.sync.once().plan_serial == 9


def test_the_next_plan_waits_for_its_audio_while_the_current_one_has_something_to_air(
    province: Province, station: Station
) -> None:
    """It becomes current when the audio of the next 24 hours is here."""
    publish(province, ONE)
    station.sync.once()
    province.publish(a_plan(TWO, serial=2))
    station.sync.once()
    assert station.swapped == [1]
    province.add_audio(TWO)
    station.sync.once()
    assert station.swapped == [1, 2]
    assert not station.audio.has(hashlib.sha256(ONE).hexdigest())


def test_a_withdrawal_waits_for_nothing(province: Province, station: Station) -> None:
    """The plan that withdraws a recording is current at once."""
    publish(province, ONE)
    station.sync.once()
    province.publish(a_plan(TWO, serial=2, withdrawn=(hashlib.sha256(ONE).hexdigest(),)))
    station.sync.once()
    assert station.swapped == [1, 2]


def test_new_keys_are_followed_along_the_chain(province: Province, station: Station) -> None:
    """A plan signed with a rotated key is taken after the keyring that names it."""
    publish(province, ONE)
    station.sync.once()
    fresh = SigningKey.generate()
    province.keyrings.append(province.signed_keyring(2, fresh))
    province.planner = fresh
    publish(province, ONE, serial=2)
    assert station.sync.once().new_plan
    assert load_keyring(station.data).version == 2


def test_a_station_with_a_wrong_clock_can_still_ask(province: Province, station: Station) -> None:
    """The answer tells the province's time; the token is made anew by it."""
    publish(province, ONE)
    province.time_offset = timedelta(days=3)
    station.sync.once()
    assert station.link.offset is not None
    assert abs(station.link.offset - timedelta(days=3)) < timedelta(minutes=1)


def test_a_province_that_is_gone_costs_nothing_but_time(province: Province, station: Station) -> None:
    """What was here stays here."""
    publish(province, ONE)
    station.sync.once()
    province.stop()
    with pytest.raises(LinkError, match="cannot be reached"):
        station.sync.once()
    assert station.cache.current is not None


def test_a_running_agent_says_that_it_tries_again(province: Province, station: Station) -> None:
    """It does, as long as it runs; whoever asks once says something else."""
    province.stop()
    stopping = threading.Event()
    back_off = BackOff(station.data / "back-off.json", CLOCK, stopping)
    network = NetworkLoop(station.sync, station.link, back_off, CLOCK, every_s=60)
    network.start(stopping)
    try:
        wait_for(lambda: network.message != "not asked yet")
        assert network.message.startswith(f"{province.url} cannot be reached (")
        assert network.message.endswith("; it is tried again")
        assert not network.ok
    finally:
        stopping.set()
        network.join()


def test_a_code_is_refused_in_the_provinces_words(tmp_path: Path, province: Province) -> None:
    """And nothing is kept but the key, for the next try."""
    with pytest.raises(Refused, match="unknown, used or expired"):
        enrol(tmp_path / "s", province.url, "WRONG-CODE", CLOCK)
    key = (tmp_path / "s" / "station.key").read_bytes()
    enrol(tmp_path / "s", province.url, CODE, CLOCK)
    assert (tmp_path / "s" / "station.key").read_bytes() == key
    with pytest.raises(AlreadyEnrolled):
        enrol(tmp_path / "s", province.url, CODE, CLOCK)


def test_a_new_plan_takes_nothing_that_is_about_to_be_heard(province: Province, station: Station) -> None:
    """A song of the operator's is in no plan: it waits for its amplifier while one is swapped."""
    for content in (ONE, TWO):
        province.add_audio(content)
    song, old = station.audio.path("5" * 64), station.audio.path("6" * 64)
    song.write_bytes(b"song")
    old.write_bytes(b"song of last week")
    station.in_use = frozenset({song.name})
    province.publish(a_plan(ONE))
    station.sync.once()
    assert station.swapped == [1]
    assert song.exists()
    assert not old.exists()
