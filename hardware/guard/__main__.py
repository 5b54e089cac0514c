"""`python -m hardware.guard`: started by the station agent; speaks JSON lines over its standard pipes.

Ends with 0 when every relay was commanded open, 1 when a board could not be reached for that, 2 when the
guard itself failed (every relay was commanded open all the same, if the board could be reached).
"""

import argparse
import os
import signal
import sys
import traceback

from hardware.errors import HardwareError
from hardware.guard.duty import Duty, read_duty
from hardware.guard.process import Guard
from hardware.pipes import LineReader, LineWriter
from hardware.system_clock import SystemClock


def main(arguments: list[str] | None = None) -> int:
    """Guard until the owner has gone."""
    duty = _duty(arguments)
    end = _end_on_signals()
    owner, told = LineReader(sys.stdin.fileno()), LineWriter(sys.stdout.fileno())
    guard = Guard(duty, owner, told, end, SystemClock())
    try:
        return 0 if guard.run() else 1
    except Exception:  # noqa: BLE001 - whatever went wrong here, the relays must open before this process ends
        _complain()
        guard.leave()
        return 2


def _duty(arguments: list[str] | None) -> Duty:
    parser = argparse.ArgumentParser(prog="python -m hardware.guard", description=__doc__)
    parser.add_argument("--duty", required=True, metavar="JSON", help="boards and limits")
    parser.add_argument("--owner", metavar="PID:BEGAN", help="should it be left over")
    try:
        return read_duty(parser.parse_args(arguments).duty)
    except (HardwareError, ValueError, KeyError, TypeError) as problem:
        parser.error(f"--duty: {problem}")


def _end_on_signals() -> int:
    """A file descriptor that becomes readable when the guard is told to end."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # the wake-up is the message
    return reading


def _complain() -> None:
    try:
        traceback.print_exc()
    except OSError:
        return  # nobody reads the log any more; opening the relays matters more


if __name__ == "__main__":
    sys.exit(main())
