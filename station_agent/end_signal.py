"""When the agent is told to end: by SIGTERM, by Ctrl-C, or by playout.

The system may hand a signal to any thread, as it does when a process that was stopped (SIGSTOP) goes on. A
main thread that waits for a lock would never hear of it, so this one waits for a byte in a pipe, which the
interpreter writes whichever thread was struck.
"""

from __future__ import annotations

import os
import select
import signal
import threading


class EndSignal:
    """Waits in the main thread. `told` is set from then on; `tell` may be called from any thread."""

    def __init__(self) -> None:
        self.told = threading.Event()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def tell(self) -> None:
        """It is time to end."""
        self.told.set()
        try:
            os.write(self._writing, b"\0")
        except BlockingIOError:
            return  # it was told often enough

    def wait(self) -> None:
        """Return when a signal has come, or `tell` was called."""
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)  # the wake-up is the message
        while not self.told.is_set():
            if select.select([self._reading], [], [])[0] and os.read(self._reading, 64):
                self.told.set()
