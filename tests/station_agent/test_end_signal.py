"""How the agent hears that it is to end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]
ASIDE = """
import signal, sys, threading, time
from station_agent.end_signal import EndSignal
end = EndSignal()
def strike():
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        time.sleep(0.01)  # it would end everything
    time.sleep(0.3)
    if sys.argv[1] == "told":
        end.tell()
    else:
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    time.sleep(60)
threading.Thread(target=strike, daemon=True).start()
end.wait()
assert end.told.is_set()
"""


@pytest.mark.parametrize("how", ["struck", "told"])
def test_a_signal_that_another_thread_got_ends_the_wait(how: str) -> None:
    """So it comes after SIGSTOP: the first thread to go on takes it, and it is rarely the main one."""
    done = subprocess.run([sys.executable, "-c", ASIDE, how], cwd=ROOT, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0
