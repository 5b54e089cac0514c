"""What the journal and the machine say about the time before this start: power cut, or only the process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from station_agent.journal import Journal
from station_agent.kept_desk import kept_desk
from station_agent.playout import first_state
from station_agent.playout_state import PlayoutState
from station_agent.wiring import Wiring

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Start:
    """How this start came about. `down_reason` goes into the airings of what passed meanwhile."""

    down_reason: str
    last_known: datetime | None
    power_cuts: int


def boot_id() -> str:
    """Changes with every boot of the machine; empty where the system has none."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def note_start(journal: Journal, now: datetime, boot: str) -> Start:
    """Close what was open, count a power cut, and remember that the agent runs.

    The last run ended in order, or its process died (same boot), or the machine went down under it.
    """
    last_boot = journal.fact("boot_id")
    ended_in_order = journal.fact("ended_in_order") != "no"
    cuts = _count(journal.fact("power_cuts"))
    went_down = last_boot is not None and last_boot != boot
    closed = journal.close_open_intents()
    if last_boot is not None and not ended_in_order:
        if went_down:
            cuts += 1
            journal.incident("power_lost", "station", "the machine went down while the agent ran", now)
        else:
            journal.incident("process_died", "station", "the agent died and was started again", now)
    for airing in closed:
        if airing.started_at is not None:
            message = f"on the air when the agent ended; {airing.aired_ms} ms were heard by then"
            journal.incident("broadcast_interrupted", airing.item, message, now)
    journal.remember("boot_id", boot)
    journal.remember("power_cuts", str(cuts))
    journal.remember("ended_in_order", "no")
    return Start(
        down_reason="power_lost" if went_down and not ended_in_order else "not_running",
        last_known=journal.alive_at,
        power_cuts=cuts,
    )


def recall(
    journal: Journal,
    start: Start,
    now: datetime,
    wiring: Wiring,
    *,
    has_board: bool,
    clock_trusted: bool,
) -> PlayoutState:
    """What playout knows before it has a plan: the journal's word. Its clock is not settled yet."""
    return first_state(
        running_since=now,
        down_reason=start.down_reason,
        has_board=has_board,
        zone_channels=dict(wiring.zones),
        board_channels=frozenset(range(1, wiring.relays + 1)),
        lines=wiring.lines,
        final=journal.final_items(now),
        begun=journal.begun_broadcasts(now),
        owed=journal.owed(),
        lost_at=journal.lost_at,
        clock_trusted=clock_trusted,
        clock_settled=False,
        desk=kept_desk(journal),
    )


def note_alive(journal: Journal, now: datetime) -> None:
    """Remember an instant of a trusted clock."""
    journal.alive(now)


def note_end(journal: Journal) -> None:
    """The agent ends in order."""
    journal.remember("ended_in_order", "yes")


def _count(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
