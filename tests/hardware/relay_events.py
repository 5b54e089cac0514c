"""What relays tell, by what one waits for; and limits for where no promised time is looked at."""

from collections.abc import Callable

from hardware import BoardReady, FaultCode, Limits, RelayCause, RelayFault, RelayState

Matches = Callable[[object], bool]
PATIENT = Limits(deadline_ms=10_000)
"""For tests that are not about a silent owner: on a busy machine they may be served late themselves."""


def ready(event: object) -> bool:
    """A board takes commands."""
    return isinstance(event, BoardReady)


def fault(code: FaultCode | None = None) -> Matches:
    """This fault, or any."""
    return lambda event: isinstance(event, RelayFault) and code in (None, event.code)


def state(
    channel: int, on: bool, cause: RelayCause | None = None, *, confirmed: bool | None = None
) -> Matches:
    """This state of a relay; cause, and whether it was read back, where they are named."""
    return lambda event: (
        isinstance(event, RelayState)
        and (event.channel, event.on) == (channel, on)
        and cause in (None, event.cause)
        and confirmed in (None, event.confirmed)
    )
