"""What every virtual board is besides its protocol: relays behind a link, with a plug that can be pulled."""

import os
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.virtual_board.contacts import Contacts, RelayChange


class Plugged(ABC):
    """A board behind the link `path`. Use it in a `with` statement.

    `unplug` takes the port and the power away; `plug_in` brings the board back on a new port.
    """

    def __init__(self, path: Path, relays: Contacts) -> None:
        self.path, self.relays = path, relays
        self._wake: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    @property
    def on(self) -> tuple[bool, ...]:
        """Which relays are energised now; index 0 is channel 1."""
        return self.relays.on

    @property
    def changes(self) -> tuple[RelayChange, ...]:
        """Every change so far, oldest first."""
        return self.relays.changes

    def plug_in(self) -> None:
        """Give the board power and a port. All its relays are open, as at every power-on."""
        port, self._wake = self._open_port(), os.pipe()
        waiting = self.path.with_name(self.path.name + ".new")
        waiting.unlink(missing_ok=True)
        waiting.symlink_to(port)
        waiting.replace(self.path)
        self._thread = threading.Thread(target=self._serve, args=(self._wake[0],), daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Take port and power away: the host's line breaks and every relay falls. Twice is harmless."""
        if self._thread is None or self._wake is None:
            return
        os.write(self._wake[1], b"x")
        self._thread.join(timeout=5)
        self.path.unlink(missing_ok=True)
        self._close_port()
        for end in self._wake:
            os.close(end)
        self._thread = self._wake = None
        self.relays.lose_power()

    @abstractmethod
    def _open_port(self) -> str:
        """Make a port; what the link is to hold."""

    @abstractmethod
    def _serve(self, wake: int) -> None:
        """Speak to the host, on a thread of its own, until `wake` can be read."""

    @abstractmethod
    def _close_port(self) -> None:
        """Take the port away. Nobody serves it any more."""

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
