"""How long a relay that does not stay closed, or never closes, is left alone before it is tried again. Pure.

A board that loses its relays by every amplifier it switches on would click for as long as a broadcast lasts.
"""

WAITS_S = (0.2, 2.0, 4.0, 8.0, 15.0)
"""Before the first try, the second, and so on; the last holds for all after it. The first is shorter than an
amplifier keeps its power without a line."""
POWER_WAITS_S = 0.5
"""At least, for an amplifier's power: while its board is being read, its line's board would be first."""
REMEMBERED_S = 90.0
"""A relay that was well for so long is tried at once again."""


def wait_s(tries_before: int) -> float:
    """How long to wait after that many tries of late: no more than seven fit in a minute, later four."""
    return WAITS_S[min(tries_before, len(WAITS_S) - 1)]


def of_late(tried_s: tuple[float, ...], now_s: float) -> tuple[float, ...]:
    """Those of these instants that still count."""
    return tuple(at_s for at_s in tried_s if at_s > now_s - REMEMBERED_S)
