"""How soon the unit's last command, `station-agent relay off`, has opened six boards, and ended.

One virtual board of each kind, each with a relay that somebody left closed; one core kept busy meanwhile.
Run it from the repository's root: `python -m benchmarks.relay_off [--runs N] [--json]`.
Exits 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.onair.busy import busy_cores
from hardware.virtual_board import KINDS, VirtualBoard, VirtualLine, virtual_board

ENDED_LIMIT_S = 2.0
OPEN_LIMIT_S = 1.5
HOUSE = Path(__file__).parents[1]

Boards = dict[str, VirtualBoard | VirtualLine]


def settings_of(boards: Boards) -> str:
    """A `station.toml` with all of them, as large as their kind usually is."""
    lines = ["[server]", 'url = "http://127.0.0.1:9"']
    for kind, board in boards.items():
        lines += ["[[boards]]", f'name = "{kind}"', f'kind = "{kind}"', f'port = "{board.path}"']
        lines.append(f"channels = {len(board.on)}")
    return "\n".join(lines)


def one_run(boards: Boards, data: Path) -> tuple[float, float]:
    """Seconds from the command's start until the last relay is open, and until the command has ended."""
    for board in boards.values():
        if not isinstance(board, VirtualLine):  # that one fell when its port was let go
            board.relays.switch(1, True)
    began, began_s = datetime.now(UTC), time.monotonic()
    command = [sys.executable, "-m", "station_agent.cli", "--data", str(data), "relay", "off"]
    subprocess.run(command, cwd=HOUSE, stdout=subprocess.DEVNULL, timeout=60, check=True)
    ended_s = time.monotonic() - began_s
    opened = [board.changes[-1].at for board in boards.values() if board.changes]
    return (max(opened) - began).total_seconds(), ended_s


def measure(runs: int) -> dict[str, float]:
    """Medians and worst figures, after one run to warm up."""
    with tempfile.TemporaryDirectory(prefix="relay-off-") as name, ExitStack() as stack:
        folder = Path(name)
        boards: Boards = {}
        for kind in KINDS:
            channels = {"line": 1, "lcus": 4, "numato": 4}.get(kind, 8)
            board = virtual_board(kind, folder / kind, channels=channels)
            stack.enter_context(board)
            boards[kind] = board
        (folder / "station.toml").write_text(settings_of(boards))
        found = [one_run(boards, folder) for _ in range(runs + 1)][1:]
    opened, ended = zip(*found, strict=True)
    return {
        "open_s": round(statistics.median(opened), 2),
        "open_worst_s": round(max(opened), 2),
        "ended_s": round(statistics.median(ended), 2),
        "ended_worst_s": round(max(ended), 2),
    }


def main() -> int:
    """Print the figures against the limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=9, help="runs measured after one to warm up (9)")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    with busy_cores(1):
        figures = measure(options.runs)
    rows = (("every relay open", "open", OPEN_LIMIT_S), ("the command has ended", "ended", ENDED_LIMIT_S))
    good = all(figures[f"{key}_s"] <= limit for _, key, limit in rows)
    if options.json:
        print(json.dumps({**figures, "good": good}))
        return 0 if good else 1
    for name, key, limit in rows:
        print(
            f"{name:24} {figures[f'{key}_s']:5.2f} s in the middle, {figures[f'{key}_worst_s']:5.2f} s at "
            f"worst, limit {limit:g} s in the middle"
        )
    print("within the limits" if good else "OVER THE LIMIT")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
