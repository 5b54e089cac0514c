"""`python -m hardware.sound`: started by the station agent; speaks JSON lines over its standard pipes.

Ends with 0 when the agent has closed its end, 3 when sound cannot be played here, 4 when it wants to be
replaced.
"""

import argparse
import os
import signal
import sys

from hardware.pipes import LineReader, LineWriter
from hardware.sound.ways import WAYS, way_named
from hardware.sound.worker import Worker


def main(arguments: list[str] | None = None) -> int:
    """Play until the agent has gone."""
    parser = argparse.ArgumentParser(prog="python -m hardware.sound", description=__doc__)
    parser.add_argument("--way", required=True, choices=WAYS)
    parser.add_argument("--device")
    chosen = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the agent decides when this ends, by closing the pipe
    told = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not reach the agent
    code = Worker(LineReader(sys.stdin.fileno()), LineWriter(told)).run(way_named(chosen.way, chosen.device))
    sys.stderr.flush()
    os._exit(code)  # libVLC's threads may still be stopping a file, which can take a while


if __name__ == "__main__":
    main()
