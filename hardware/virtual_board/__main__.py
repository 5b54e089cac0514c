"""`python -m hardware.virtual_board`: a board as a process, for the demo and for trying things out."""

import argparse
import signal
import sys
from pathlib import Path

from hardware.virtual_board.board import Fault, VirtualBoard
from hardware.virtual_board.lcus import ReadBackForm


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. Prints one line when the port can be opened."""
    parser = argparse.ArgumentParser(prog="python -m hardware.virtual_board", description=__doc__)
    parser.add_argument("--board", choices=["lcus"], default="lcus")
    parser.add_argument("--channels", type=int, choices=range(1, 9), default=4)
    parser.add_argument("--link", type=Path, required=True, help="the port's path")
    parser.add_argument("--log", type=Path, help="one JSON line a relay change")
    parser.add_argument(
        "--readback", type=ReadBackForm, choices=list(ReadBackForm), default=ReadBackForm.TEXT
    )
    parser.add_argument("--fault", type=Fault, choices=list(Fault))
    chosen = parser.parse_args(arguments)
    ending = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    board = VirtualBoard(
        chosen.link, channels=chosen.channels, form=chosen.readback, fault=chosen.fault, log=chosen.log
    )
    with board:
        sys.stdout.write(f"{chosen.board} with {chosen.channels} relays on {chosen.link}\n")
        sys.stdout.flush()
        signal.sigwait(ending)
    return 0


if __name__ == "__main__":
    sys.exit(main())
