"""The ways out by name, and what a station may choose."""

from collections.abc import Callable
from functools import partial

from hardware.errors import AudioUnavailable, CallerError
from hardware.sound.alsa import AlsaWayOut
from hardware.sound.pulse import PulseWayOut
from hardware.sound.way_out import WayOut

WAYS = ("auto", "pulse", "alsa", "none")


class UnknownWay(CallerError):
    """No way out goes by that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no way out is called {name!r}; known: {', '.join(WAYS)}")


def way_named(name: str, device: str | None) -> Callable[[], WayOut] | None:
    """How to open a way out. `none`: nothing is heard. `auto`: the sound server, else ALSA's default
    device."""
    ways: dict[str, Callable[[], WayOut] | None] = {
        "pulse": partial(PulseWayOut, device),
        "alsa": partial(AlsaWayOut, device),
        "auto": partial(_first_that_opens, device),
        "none": None,
    }
    if name not in ways:
        raise UnknownWay(name)
    return ways[name]


def _first_that_opens(device: str | None) -> WayOut:
    try:
        return PulseWayOut(device)
    except AudioUnavailable as no_server:
        try:
            return AlsaWayOut(device)
        except AudioUnavailable as no_card:
            raise AudioUnavailable(f"{no_server}; {no_card}") from no_card
