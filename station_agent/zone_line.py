"""How a zone is wired here, as playout needs to know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """What hangs on a zone's relay. `power`: the relay of its amplifier's power. `warm_up_ms`: of both."""

    power: int | None = None
    warm_up_ms: int = 0
    max_on_s: int | None = None
    min_off_ms: int = 0
