"""What is wired to what in a simulated village: boards, amplifiers, interlocks, limits of a channel.

Drawn apart from everything else, so that a seed's programme and faults are the same whatever is drawn here.
"""

from __future__ import annotations

from random import Random
from zlib import crc32

from schedules.wire.plan import Zone
from station_agent.board_settings import (
    AmplifierSettings,
    BoardSettings,
    InterlockSettings,
    NamedBoard,
    ZoneSettings,
)
from station_agent.wiring import Wiring, WiringTables, wire

PORT = "/simulated/board"
PLAIN_RELAYS = 2
LACKING = Zone(key="market", name="Market", channel=9)
"""A zone of the plan whose relay no board here has."""


def what_it_lacks(seed: int) -> str:
    """In one village of four the plan names a zone that is not there: then what its use is drawn from."""
    return str(seed) if _random(seed, "lacks").random() < 0.25 else ""


def with_what_it_lacks(zones: tuple[str, ...], broadcast: str, lacks: str) -> tuple[str, ...]:
    """A broadcast's zones: now and then also, or only, the one that is not there."""
    chance = crc32(f"{lacks}{broadcast}".encode()) % 8 if lacks else 7
    if chance == 0:
        return (LACKING.key,)
    return (*zones, LACKING.key) if chance == 1 else zones


def some_wiring(seed: int, *, answers: bool) -> Wiring:
    """Two villages of five have a board of two relays and nothing else; what the others have is drawn."""
    random = _random(seed, "wiring")
    if random.random() < 0.4:
        only = BoardSettings(port=PORT, channels=PLAIN_RELAYS, read_back=answers)
        return _wired(WiringTables(only, (), {}, {}, ()))
    sizes = random.choice(((2, 2), (2, 2), (4,), (2, 1), (1, 4)))
    boards = tuple(
        NamedBoard(name=f"board {number}", port=f"{PORT}{number}", channels=size, read_back=answers)
        for number, size in enumerate(sizes, start=1)
    )
    relays = list(range(1, sum(sizes) + 1))
    random.shuffle(relays)
    names = ("house", "mast")[: min(random.choice((0, 1, 1, 2)), len(relays) - 2)]
    amplifiers = {name: _an_amplifier(random, relay) for name, relay in zip(names, relays[2:], strict=False)}
    has_both = random.random() < 0.6
    zones = {
        "horns": _a_zone(random, relays[0], names[0] if names else None),
        "yard": _a_zone(random, relays[1], names[-1] if names and has_both else None),
    }
    apart = (InterlockSettings(zones=("horns", "yard")),) if random.random() < 0.35 else ()
    return _wired(WiringTables(None, boards, zones, amplifiers, apart))


def _random(seed: int, what: str) -> Random:
    return Random(f"{seed}:{what}")  # noqa: S311 - a seeded village, not a secret


def _an_amplifier(random: Random, channel: int) -> AmplifierSettings:
    return AmplifierSettings(
        channel=channel,
        warm_up_ms=random.choice((500, 2000, 8000)),
        min_off_s=random.choice((0, 0, 4, 20)),
    )


def _a_zone(random: Random, channel: int, amplifier: str | None) -> ZoneSettings:
    return ZoneSettings(
        channel=channel,
        amplifier=amplifier,
        warm_up_ms=random.choice((0, 0, 0, 3000)),
        max_on_s=random.choice((None, None, None, 150)),
        min_off_s=random.choice((0, 0, 3, 10)),
    )


def _wired(tables: WiringTables) -> Wiring:
    wiring, mistakes = wire(tables)
    assert not mistakes, mistakes  # noqa: S101 - settings of this file only
    return wiring
