"""What could keep this station from being heard, checked one by one, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hardware.boards import AttachedBoard
from hardware.detect import serial_ports
from hardware.errors import BoardSilent, HardwareError, OutputNotReady
from hardware.ports import Clock
from hardware.relay_commands import read_relays
from hardware.vlc_output import VlcOutput
from schedules.errors import UntrustedDocument
from schedules.trust import TrustedPlan
from schedules.wire.plan import Plan
from station_agent.audio_store import AudioStore
from station_agent.card_holders import holds_a_card
from station_agent.clock import judge
from station_agent.config import FILE_NAME, OutputSettings, Settings, how_to_make, load_settings
from station_agent.errors import (
    JournalDamaged,
    JournalUnavailable,
    SettingsError,
    SettingsMissing,
    StationError,
)
from station_agent.identity import Identity, load_identity, load_keyring
from station_agent.journal_store import open_store
from station_agent.live_state import read_live
from station_agent.plan_cache import CURRENT, NEXT
from station_agent.reporting import free_bytes
from station_agent.server_link import NoPlanYet, ServerLink
from station_agent.software import software
from station_agent.sync import NO_PLAN_YET, PLAN_COMES
from station_agent.village_time import told, zone_of

ANY_SERIAL = 2**53
"""Above every plan: the answer shows that the station may ask, and is dropped."""
LEAST_FREE_BYTES = 500 * 2**20
WAITS = "end the program that holds the sound device, or restart the sound server"
MAKE_HEARD = {
    "auto": "connect a sound card, sudo adduser USER audio; or start a sound server for this user",
    "alsa": "see aplay -L, correct [output] device; sudo adduser USER audio; end who holds the card",
    "pulse": "start the sound server for this user, or correct [output] kind and device",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `advice` is empty where nothing has to be done."""

    check: str
    ok: bool
    message: str
    advice: str = ""


def examine(data: Path, clock: Clock) -> tuple[Check, ...]:
    """All checks, in the order in which a helper would go through them. Changes nothing on disk."""
    checks = [Check("software", True, software())]
    settings, more = _settings(data)
    checks += more
    identity, more = _identity(data)
    checks += more
    link = ServerLink(settings.server.url, clock, identity) if settings is not None else None
    province_has_none = False
    if link is not None:
        more, province_has_none = _server(link, identity)
        checks += more
    plan, more = _plan(data, identity, clock, province_has_none=province_has_none)
    checks += more
    checks += [*_audio(data, plan), _journal(data)]
    live = read_live(data, clock.now()) or {}
    running = bool(live.get("running"))
    checks += _board(settings, data, clock, running=running)
    output = None if settings is None else settings.output
    agent = int(live["pid"]) if running and "pid" in live else None
    checks += [_output(output, agent), _clock(plan, link, clock), _disk(data)]
    if link is not None:
        link.close()
    return tuple(checks)


def _settings(data: Path) -> tuple[Settings | None, list[Check]]:
    try:
        return load_settings(data), [Check("settings", True, f"{data / FILE_NAME} is in order")]
    except SettingsMissing:
        return None, [Check("settings", False, f"{data / FILE_NAME} is not there", how_to_make(data))]
    except SettingsError as error:
        return None, [Check("settings", False, line, "correct the file") for line in error.mistakes]


def _identity(data: Path) -> tuple[Identity | None, list[Check]]:
    try:
        identity = load_identity(data)
    except StationError as error:
        return None, [Check("identity", False, str(error), "enrol this station")]
    mode = (data / "station.key").stat().st_mode & 0o777
    if mode & 0o077:
        advice = f"chmod 600 {data / 'station.key'}"
        return identity, [Check("identity", False, f"the key file is readable by others ({mode:o})", advice)]
    return identity, [Check("identity", True, f"station {identity.station}, {identity.village}")]


def _server(link: ServerLink, identity: Identity | None) -> tuple[list[Check], bool]:
    """Also whether the province answered that it has no plan for this station."""
    checks, has_none = [], False
    try:
        link.keyring()
        checks.append(Check("server", True, f"{link.url} answers"))
        if identity is not None:
            has_none = isinstance(link.plan(ANY_SERIAL), NoPlanYet)
            checks.append(Check("access", True, "this station is known there"))
    except StationError as error:
        advice = "broadcasts go on; check the network and the address"
        checks.append(Check("server", False, str(error), advice))
    return checks, has_none


def _plan(
    data: Path, identity: Identity | None, clock: Clock, *, province_has_none: bool
) -> tuple[Plan | None, list[Check]]:
    if identity is None:
        return None, []
    try:
        keyring = load_keyring(data)
    except StationError as error:
        return None, [Check("keyring", False, str(error), "enrol this station anew")]
    checks = [Check("keyring", True, f"version {keyring.version}")]
    path = next((one for one in (data / "plans" / NEXT, data / "plans" / CURRENT) if one.exists()), None)
    if path is None and province_has_none:
        return None, [*checks, Check("plan", False, NO_PLAN_YET, PLAN_COMES)]
    if path is None:
        return None, [*checks, Check("plan", False, "no plan here yet", _sync(data))]
    trusted = TrustedPlan.start(keyring, identity.station)
    try:
        plan = trusted.restore(path.read_bytes(), clock.now(), clock_trusted=False)
    except (OSError, UntrustedDocument) as error:
        return None, [*checks, Check("plan", False, f"{path}: {error}", _sync(data))]
    stale = trusted.is_stale(clock.now())
    items = sum(len(broadcast.items) for broadcast in plan.broadcasts)
    said = f"plan {plan.serial}, {items} items, fresh until {plan.fresh_until:%Y-%m-%d}"
    return plan, [*checks, Check("plan", not stale, said, "bring a newer plan" if stale else "")]


def _audio(data: Path, plan: Plan | None) -> list[Check]:
    if plan is None:
        return []
    store = AudioStore(data / "audio")
    missing = [audio for audio in plan.audio if not store.has(audio.sha256, audio.size_bytes)]
    said = f"{len(plan.audio) - len(missing)} of {len(plan.audio)} files are here"
    return [Check("audio", not missing, said, _sync(data) if missing else "")]


def _sync(data: Path) -> str:
    return f"a running agent fetches it; else run: station-agent --data {data} sync"


def _journal(data: Path) -> Check:
    path = data / "journal.db"
    if not path.exists():
        return Check("journal", True, "nothing has aired yet")
    try:
        database = open_store(path)
    except JournalDamaged as error:
        return Check("journal", False, str(error), "it is set aside at the next start; nothing to do")
    except JournalUnavailable as error:
        return Check("journal", False, str(error), f"look at who holds {path} and at its rights")
    (count,) = database.execute("SELECT COUNT(*) FROM entries").fetchone()
    database.close()
    return Check("journal", True, f"{count} entries")


def _board(settings: Settings | None, data: Path, clock: Clock, *, running: bool) -> Iterator[Check]:
    if settings is None:
        return
    boards = settings.wiring.boards
    if not boards:
        yield Check("relay", True, "no board is set: no relay is switched")
        return
    if running:
        relay = (read_live(data, clock.now()) or {}).get("relay") or {}
        said = relay.get("message") or f"the running agent holds {', '.join(one.port for one in boards)}"
        yield Check("relay", bool(relay.get("ok")), said, "" if relay.get("ok") else _which_ports())
        return
    yield from (_ask_board(one) for one in boards)


def _ask_board(board: AttachedBoard) -> Check:
    if board.codec().raised_at_rest:
        why = f"with active = low the relay on {board.port} closes whenever no program holds the port"
        return Check("relay", False, why, "wire it so that a raised output closes it")
    try:
        reading = read_relays(board)
    except BoardSilent as error:
        if error.must_answer:
            return Check("relay", False, str(error), "see the table of boards in hardware.md")
        return Check("relay", True, f"{board.port} opens; the board does not answer, as many do not")
    except HardwareError as error:
        return Check("relay", False, str(error), _which_ports())
    closed = [str(index + 1) for index, on in enumerate(reading.on) if on]
    if closed:
        return Check(
            "relay", False, f"relay {', '.join(closed)} is closed with nothing on the air", "relay off"
        )
    return Check("relay", True, f"the board on {board.port} answers; all relays are open")


def _which_ports() -> str:
    found = [port.stable_path for port in serial_ports()]
    return f"ports found: {', '.join(found)}" if found else "no USB serial port is plugged in"


def _output(settings: OutputSettings | None, agent: int | None) -> Check:
    """Opens the way out as the agent does, and lets silence through it. `agent`: the running one's process.

    Without settings only VLC is looked at. Takes a few seconds where a server hangs, 10 where a device does.
    """
    way = "none" if settings is None or settings.kind == "capture" else settings.kind
    if agent is not None and way in ("auto", "alsa") and holds_a_card(agent):
        return Check("sound", True, "the running agent holds the sound card, and plays through it")
    output = VlcOutput(lambda _event: None, way=way, device=settings.device if settings is not None else None)
    try:
        output.warm_up()
        fault = output.line_fault
    except OutputNotReady as error:
        return Check("sound", False, str(error), WAITS)
    except HardwareError as error:
        return Check("sound", False, str(error), "sudo apt install libvlc5 vlc-plugin-base")
    finally:
        output.close()
    if fault is not None:
        return Check("sound", False, fault, MAKE_HEARD[way])
    if settings is None:
        return Check("sound", True, "VLC is here; which way out is meant is not known without the settings")
    if settings.kind == "capture":
        return Check("sound", True, "VLC is here; what airs is kept and nothing is heard ([output] capture)")
    return Check("sound", True, f"VLC is here, and the way out opens ([output] {settings.kind})")


def _clock(plan: Plan | None, link: ServerLink | None, clock: Clock) -> Check:
    issued: datetime | None = plan.issued_at if plan is not None else None
    offset = link.offset if link is not None else None
    now, zone = clock.now(), zone_of(plan)
    verdict = judge(now, plan_issued_at=issued, last_known=None, server_offset=offset, zone=zone)
    known = "agrees with the province" if offset is not None else "the province was not asked"
    said = verdict.why or f"{told(now, zone)}, {known}"
    return Check("clock", verdict.trusted, said, "" if verdict.trusted else "set the time: timedatectl")


def _disk(data: Path) -> Check:
    free = free_bytes(data)
    if free is None:
        return Check("disk", False, f"{data} cannot be read", "check the folder and its rights")
    return Check(
        "disk",
        free >= LEAST_FREE_BYTES,
        f"{free // 10**6} MB free",
        "" if free >= LEAST_FREE_BYTES else "make room",
    )
