"""How the output, its worker and the audio on the disk fail a simulated village, and how that passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from station_agent.playout_values import AudioArrived
from station_agent.simulation.clock import SECOND_US
from station_agent.simulation.faults import Fault, FaultKind

if TYPE_CHECKING:
    from station_agent.simulation.village import Village

MOST_LOSSES = 4
TOLD_EVERY_US = 200_000
"""A worker tells how far it is at least so often."""
HANG_COSTS_S = 1.0
"""Until a worker that hangs is noticed and another one is ready."""


def _output_fault(village: Village, fault: Fault, *, name: str) -> None:
    """Not while its worker is being replaced: who replaces it watches it, and would replace it again."""
    loudspeaker = village.machine.loudspeaker
    if loudspeaker is not None and not loudspeaker.has_worker:
        return
    _set_output(village, name, True)
    village.later(fault.amount, lambda village: _set_output(village, name, False))


def _set_output(village: Village, name: str, value: bool) -> None:
    setattr(village.machine, f"output_{name}", value)
    if village.machine.loudspeaker is not None:
        setattr(village.machine.loudspeaker, name, value)


def _output_dies(village: Village, _fault: Fault) -> None:
    if village.machine.loudspeaker is not None:
        village.machine.loudspeaker.break_off()


def _lose_worker(village: Village, fault: Fault, *, hung: bool, losses: int = 1) -> None:
    """One time in four it happens again to the next one, up to three times."""
    loudspeaker = village.machine.loudspeaker
    if loudspeaker is None or village.still_since_us is not None:
        return
    village.machine.promises.something_happens()
    back_s = max(fault.amount, HANG_COSTS_S) if hung else fault.amount
    loudspeaker.lose_worker(
        hung=hung,
        told_before_us=fault.choice % TOLD_EVERY_US,
        back_after_us=int(back_s * SECOND_US),
    )
    if fault.choice % 4 == 0 and losses < MOST_LOSSES:
        again = partial(_lose_worker, fault=fault, hung=hung, losses=losses + 1)
        village.later(back_s + 0.3, again)


def _spoil_audio(village: Village, fault: Fault, *, name: str) -> None:
    recordings = village.community.recordings
    _spoil(village, fault, name, recordings[fault.choice % len(recordings)].sha256)


def _spoil_what_comes(village: Village, fault: Fault) -> None:
    """Audio of the broadcast that is armed or on the air, where there is one."""
    run = village.agent.state.run if village.agent is not None else None
    needed = [cue.item.sha256 for cue in run.cues if cue.item.sha256] if run is not None else []
    name = "absent" if fault.choice % 2 else "altered"
    if needed:
        _spoil(village, fault, name, needed[fault.choice // 2 % len(needed)])
        if fault.choice % 5 == 0:  # what plays it is replaced before anybody has missed the file
            loss = replace(fault, amount=0.6)
            village.later(0.2, partial(_lose_worker, fault=loss, hung=False))
    else:
        _spoil_audio(village, fault, name=name)


def _spoil(village: Village, fault: Fault, name: str, sha256: str) -> None:
    getattr(village.machine.audio, name).add(sha256)

    def arrive(village: Village) -> None:
        village.machine.audio.arrive(sha256)
        if village.agent is not None:
            village.agent.arrivals.put(AudioArrived(sha256))

    village.later(fault.amount, arrive)


DO: dict[FaultKind, Callable[[Village, Fault], None]] = {
    FaultKind.OUTPUT_HANGS: partial(_output_fault, name="hangs"),
    FaultKind.OUTPUT_REFUSES: partial(_output_fault, name="refuses"),
    FaultKind.OUTPUT_DIES: _output_dies,
    FaultKind.AUDIO_ABSENT: partial(_spoil_audio, name="absent"),
    FaultKind.AUDIO_ALTERED: partial(_spoil_audio, name="altered"),
    FaultKind.WORKER_DIES: partial(_lose_worker, hung=False),
    FaultKind.WORKER_HANGS: partial(_lose_worker, hung=True),
    FaultKind.AUDIO_GOES: _spoil_what_comes,
}
