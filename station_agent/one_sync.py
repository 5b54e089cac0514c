"""`station-agent sync`: one pass without a running agent."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from hardware.ports import Clock
from schedules.wire.report import StationHealth
from station_agent.audio_store import AudioStore
from station_agent.config import load_settings
from station_agent.folder_lock import hold_folder
from station_agent.identity import load_identity, load_keyring
from station_agent.journal import Journal
from station_agent.plan_cache import PlanCache
from station_agent.plan_swap import keep_what_is_owed
from station_agent.reporting import Reporter, free_bytes
from station_agent.server_link import ServerLink
from station_agent.sync import Sync, SyncResult


def sync_once(data: Path, clock: Clock) -> SyncResult:
    """Fetch what is new and report what was not acknowledged. Raises `StationError`s."""
    settings = load_settings(data)
    identity = load_identity(data)
    with ExitStack() as stack:
        stack.enter_context(hold_folder(data))
        keyring = load_keyring(data)
        now = clock.now()
        journal = Journal(data, now)
        stack.callback(journal.close)
        plans = PlanCache(data / "plans", keyring, identity.station, now, clock_trusted=True)
        for line in plans.refused:
            journal.incident("plan_refused", "plan on disk", f"{line}; it is fetched again", now)
        link = ServerLink(settings.server.url, clock, identity)
        stack.callback(link.close)
        audio = AudioStore(data / "audio")
        sync = Sync(
            data,
            link,
            keyring,
            plans,
            audio,
            clock,
            on_swap=lambda _plan: None,
            on_audio=lambda _sha256: None,
            tell=lambda code, subject, message: _note(journal, clock, code, subject, message),
            before_swap=partial(keep_what_is_owed, journal),
        )
        sync.check_disk()
        result = sync.once()
        if journal.unacknowledged(1):
            health = StationHealth(disk_free_bytes=free_bytes(data), audio_missing=result.audio_missing)
            serial = plans.current.serial if plans.current is not None else 0
            Reporter(identity, link, journal, clock, lambda: health, lambda: serial, 60).report_all()
        return result


def _note(journal: Journal, clock: Clock, code: str, subject: str, message: str) -> None:
    journal.incident(code, subject, message, clock.now())
