"""The demonstration's stage: everything set up, the processes started in order and ended in reverse."""

from __future__ import annotations

import contextlib
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from apiflask import APIFlask

from broadcaster import clock, terminal
from broadcaster.app import create_app
from broadcaster.config import Settings, load_settings
from broadcaster.database import db
from broadcaster.demo import kept, province
from broadcaster.demo.kept import KeptStage, KeptStation
from broadcaster.demo.processes import Processes, Started, own_command
from broadcaster.demo.samples import SourceAudio, speak
from broadcaster.demo.station import SERVER_WAVE, DemoStation
from broadcaster.demo.villages import DemoVillage, all_villages, choose_villages
from broadcaster.errors import NotPossible
from broadcaster.initialise import initialise

MARK = ".made-by-the-demonstration"
ZONE = ZoneInfo("Asia/Vientiane")
SERVER_LIMIT_S = 120.0
AGENT_LIMIT_S = 180.0
AT_ONCE = 4


@dataclass(frozen=True)
class StageWish:
    """What to put on: where, how many villages, whose recordings (none: sample speech), once or again.

    `keep`: go on with what the last demonstration left in the folder, if it left one.
    """

    folder: Path
    stations: int = 3
    sounds: tuple[SourceAudio, ...] = ()
    port: int = 0
    once: bool = False
    output: str = "capture"  # the first village's; the others would sound at the same time, and are captured
    keep: bool = False


@dataclass
class Stage:
    """A province and its villages, running. Made by `on_stage`."""

    folder: Path
    address: str
    sign_in: province.SignIn
    settings: Settings
    app: APIFlask
    kept: KeptStage
    stations: tuple[DemoStation, ...]
    processes: Processes
    once: bool
    server: Started | None = None
    agents: dict[str, Started] = field(default_factory=dict)

    @property
    def announcement(self) -> int:
        """The announcement that airs."""
        return self.kept.announcement

    def province(self) -> AbstractContextManager[object]:
        """The province's application, for a look into its database beside the running server."""
        return self.app.app_context()

    def start_server(self) -> None:
        """The province server as a process; returns when it answers."""
        command = [*own_command("broadcaster"), "--data", str(self.settings.data), "serve"]
        self.server = self.processes.start("province", command, SERVER_WAVE)
        self.processes.wait_until("the province server's start", self._answers, SERVER_LIMIT_S)

    def start_agent(self, station: DemoStation) -> Started:
        """One village's agent as a process."""
        self.agents[station.station] = station.start_agent(self.processes)
        return self.agents[station.station]

    def wait_for_agents(self) -> None:
        """Until every agent says that it is ready."""
        self.processes.wait_until(
            "the start of the station agents",
            lambda: all(station.is_ready() for station in self.stations),
            AGENT_LIMIT_S,
        )

    def schedule(self, lead_s: float) -> str:
        """Put the announcement on the air in `lead_s` seconds, up to a whole second; the slot's key.

        The slot of a demonstration that this one goes on with ends.
        """
        with self.province():
            now = clock.now()
            first = (now + timedelta(seconds=lead_s + 1)).replace(microsecond=0)
            codes = [station.village.code for station in self.stations]
            if self.kept.slot is not None:
                province.end_slot(db.session, self.kept.slot, now)
            key = province.add_slot(
                db.session, self.announcement, self.kept.chime, codes, first, ZONE, now, once=self.once
            )
            terminal.commit_and_work(now)
        self.kept = replace(self.kept, slot=key)
        kept.write(self.folder, self.kept)
        return key

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api/v1/keyring", timeout=2) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


@contextlib.contextmanager
def on_stage(wish: StageWish, before_stopping: Callable[[], None] = lambda: None) -> Iterator[Stage]:
    """Everything prepared and running; whatever happens in the block, every process started is ended."""
    processes = Processes(wish.folder / "logs")
    try:
        left = kept.read(wish.folder) if wish.keep else None
        stage, seats = _prepare(wish, processes) if left is None else (_go_on(wish, processes, left), ())
        for station in stage.stations:
            station.start_board(processes)
        stage.start_server()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(
                pool.map(
                    lambda pair: pair[0].enrol(stage.address, pair[1].code),
                    zip(stage.stations, seats, strict=False),  # those that are kept are enrolled
                )
            )
        kept.write(stage.folder, stage.kept)
        for station in stage.stations:
            if trouble := station.sound_trouble():
                raise NotPossible(f"{station.village.name} would not be heard: {trouble}")
        for station in stage.stations:
            stage.start_agent(station)
        stage.wait_for_agents()
        yield stage
    finally:
        try:
            before_stopping()
        finally:
            processes.stop_all()


def clear(folder: Path) -> None:
    """Throw a former demonstration away; `NotPossible` for a folder that is something else."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / MARK).exists():
        raise NotPossible(f"{folder} is not a demonstration's folder; name another with --data")
    shutil.rmtree(folder)


def _prepare(wish: StageWish, processes: Processes) -> tuple[Stage, Sequence[province.Seat]]:
    wish.folder.mkdir(parents=True, exist_ok=True)
    (wish.folder / MARK).touch()
    data = wish.folder / "province"
    port = _free_port(wish.port)
    province.write_configuration(data, port, ZONE, datetime.now(UTC))
    settings = load_settings(data)
    initialise(data, datetime.now(UTC))
    villages = choose_villages(wish.stations, frozenset(sound.language for sound in wish.sounds))
    sounds = wish.sounds or _samples(villages, wish.folder / "samples")
    app = create_app(settings)
    with app.app_context():
        now = clock.now()
        sign_in = province.add_people(db.session, now)
        province.add_villages(db.session, now)
        title = province.OWN_TITLE if wish.sounds else province.TITLE
        announcement = province.add_announcement(db.session, sounds, now, title=title)
        chime = province.add_chime(db.session, now)
        province.add_campaign(db.session, announcement, villages, now.astimezone(ZONE).date(), now)
        if not wish.once:
            waiting = speak(province.NEXT_TITLE, "lo", wish.folder / "samples" / "waiting")
            province.add_announcement(db.session, [waiting], now, title=province.NEXT_TITLE, approve=False)
        seats = [province.add_station(db.session, village, settings, now) for village in villages]
        terminal.commit_and_work(now)
    outputs = [wish.output] + ["capture"] * (len(seats) - 1)
    made = KeptStage(
        port,
        announcement.id,
        chime,
        tuple(
            KeptStation(seat.station, seat.village.code, output)
            for seat, output in zip(seats, outputs, strict=True)
        ),
    )
    return _stage(wish, processes, settings, app, sign_in, made), seats


def _go_on(wish: StageWish, processes: Processes, left: KeptStage) -> Stage:
    """With the data that are there: a new password for all, and quiet hours are half a day away again."""
    data = wish.folder / "province"
    if _free_port(left.port) != left.port:
        raise NotPossible(
            f"the villages know the province by port {left.port}, and another program listens there; "
            "end it, or start anew without --keep"
        )
    province.write_configuration(data, left.port, ZONE, datetime.now(UTC))
    settings = load_settings(data)
    initialise(data, datetime.now(UTC))
    app = create_app(settings)
    with app.app_context():
        now = clock.now()
        sign_in = province.renew_people(db.session, now)
        for one in left.stations:
            province.renew_quiet_hours(db.session, one.station, settings, now)
        terminal.commit_and_work(now)
    return _stage(wish, processes, settings, app, sign_in, left)


def _stage(
    wish: StageWish,
    processes: Processes,
    settings: Settings,
    app: APIFlask,
    sign_in: province.SignIn,
    made: KeptStage,
) -> Stage:
    villages = {village.code: village for village in all_villages()}
    return Stage(
        folder=wish.folder,
        address=f"http://127.0.0.1:{made.port}",
        sign_in=sign_in,
        settings=settings,
        app=app,
        kept=made,
        stations=tuple(
            DemoStation(
                one.station, villages[one.village], wish.folder / "stations" / one.station, one.output
            )
            for one in made.stations
        ),
        processes=processes,
        once=wish.once,
    )


def _samples(villages: Sequence[DemoVillage], folder: Path) -> tuple[SourceAudio, ...]:
    tags = dict.fromkeys(tag for village in villages for tag in village.languages)
    return tuple(speak(province.TITLE, tag, folder) for tag in tags)


def _free_port(wanted: int) -> int:
    """The wanted port of the loopback interface if it is free, otherwise any that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise NotPossible("no free port on the loopback interface")
