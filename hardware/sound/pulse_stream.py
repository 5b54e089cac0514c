"""One playback stream on PulseAudio, or on PipeWire in its place: connected, looked at, let go.

The client library comes with VLC's own package.
"""

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hardware.errors import AudioUnavailable
from hardware.sound import libpulse
from hardware.sound.voice import RATE_HZ, WIDTH_BYTES
from hardware.sound.way_out import APPLICATION

OPEN_WITHIN_S, LOOK_EVERY_S = 3.0, 0.005
"""All of it together, from the first word to the server on; one that works takes a tenth of a second."""
SERVER_MS, START_AT_MS = 60, 0
"""The server's own share of the delay. It never waits for more before it goes on: PulseAudio 16 may wait for
ever after a stream has starved."""
ASK_MS, PIPEWIRE_ASKS_MS = 1000, 40
"""After so much the server asks for more, which nobody here waits for: each time it only wakes this process.
PipeWire may take it for the least that it can play."""
PIPEWIRE = "PipeWire"
"""Stands in the name of a server that is PipeWire."""


class PulseStream:
    """48 kHz mono 16 bit, to the sink `device` (None: the server's default). `flags`: `libpulse`'s.

    `pointer` is for the library's functions, inside `locked`; `is_pipewire`: PipeWire stands in for the
    server. Raises `AudioUnavailable` where there is no server or no such sink, or after `OPEN_WITHIN_S` one
    that does not answer.
    """

    def __init__(
        self, name: str, device: str | None, flags: int = 0, *, may_start_server: bool = True
    ) -> None:
        self.library = libpulse.load()
        self.where = "the sound server" if device is None else f"the sound server's sink {device!r}"
        self._until_s = time.monotonic() + OPEN_WITHIN_S
        self._context: int | None = None
        self.pointer: int | None = None
        self._loop: int | None = self.library.pa_threaded_mainloop_new()
        try:
            self._connect(0 if may_start_server else libpulse.NO_AUTOSPAWN)
            self.is_pipewire = PIPEWIRE in self._server_name()
            self._open(name, device, flags | libpulse.ADJUST_LATENCY)
        except AudioUnavailable:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether the server still has it."""
        if self._loop is None:
            return False
        with self.locked():
            return bool(self.library.pa_stream_get_state(self.pointer) == libpulse.STREAM_READY)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the library's own thread out."""
        self.library.pa_threaded_mainloop_lock(self._loop)
        try:
            yield
        finally:
            self.library.pa_threaded_mainloop_unlock(self._loop)

    def wait(self, state: Callable[[], int], ready: int) -> None:
        """Until it is as wanted. Raises `AudioUnavailable` when it is beyond that, or not in time."""
        while True:
            with self.locked():
                now = state()
                if now == ready:
                    return
                if now > ready:
                    raise self._unavailable()
            if time.monotonic() > self._until_s:
                raise AudioUnavailable(
                    f"{self.where} at {self._server()} did not answer within {OPEN_WITHIN_S:g} s; restart it"
                )
            time.sleep(LOOK_EVERY_S)

    def words(self) -> str:
        """What the server said last."""
        text: bytes = self.library.pa_strerror(self.library.pa_context_errno(self._context))
        return text.decode(errors="replace")

    def _server(self) -> str:
        """Where it is, as the library found it."""
        with self.locked():
            address: bytes | None = self.library.pa_context_get_server(self._context)
        return "its usual address" if address is None else address.decode(errors="replace")

    def close(self) -> None:
        """Let it go; what was not heard yet is dropped. Twice is harmless."""
        if self._loop is None:
            return
        with self.locked():
            if self.pointer is not None:
                self.library.pa_stream_disconnect(self.pointer)
                self.library.pa_stream_unref(self.pointer)
            if self._context is not None:
                self.library.pa_context_disconnect(self._context)
                self.library.pa_context_unref(self._context)
        self.library.pa_threaded_mainloop_stop(self._loop)
        self.library.pa_threaded_mainloop_free(self._loop)
        self._loop = self.pointer = self._context = None

    def _connect(self, flags: int) -> None:
        library = self.library
        api = library.pa_threaded_mainloop_get_api(self._loop)
        self._context = library.pa_context_new(api, APPLICATION.encode())
        if library.pa_context_connect(self._context, None, flags, None) < 0:
            raise self._unavailable()
        if library.pa_threaded_mainloop_start(self._loop) < 0:
            raise self._unavailable()
        self.wait(lambda: library.pa_context_get_state(self._context), libpulse.CONTEXT_READY)

    def _server_name(self) -> str:
        names: list[bytes] = []

        def told(_context: int, info: Any, _data: int) -> None:
            names.append((info.contents.server_name if info else None) or b"")

        callback = libpulse.ON_SERVER_INFO(told)  # until it was called
        with self.locked():
            operation = self.library.pa_context_get_server_info(self._context, callback, None)
            if not operation:
                raise self._unavailable()
        try:
            self.wait(lambda: bool(names), True)
        finally:
            with self.locked():
                self.library.pa_operation_cancel(operation)
                self.library.pa_operation_unref(operation)
        return names[0].decode(errors="replace")

    def _open(self, name: str, device: str | None, flags: int) -> None:
        library = self.library
        spec = libpulse.SampleSpec(libpulse.S16LE, RATE_HZ, 1)
        ask_ms = PIPEWIRE_ASKS_MS if self.is_pipewire else ASK_MS
        target_ms = 2 * (ask_ms + SERVER_MS)  # how the server reckons its share from both
        whatever = libpulse.WHATEVER
        attributes = libpulse.BufferAttr(
            whatever, _bytes(target_ms), _bytes(START_AT_MS), _bytes(ask_ms), whatever
        )
        sink = None if device is None else device.encode()
        with self.locked():
            self.pointer = library.pa_stream_new(self._context, name.encode(), ctypes.byref(spec), None)
            if not self.pointer:
                raise self._unavailable()
            code = library.pa_stream_connect_playback(
                self.pointer, sink, ctypes.byref(attributes), flags, None, None
            )
            if code < 0:
                raise self._unavailable()
        self.wait(lambda: library.pa_stream_get_state(self.pointer), libpulse.STREAM_READY)

    def _unavailable(self) -> AudioUnavailable:
        return AudioUnavailable(
            f"{self.where} cannot be opened ({self.words()}); "
            "start PulseAudio or PipeWire for this user, or set [output] kind to alsa"
        )


def _bytes(milliseconds: int) -> int:
    return milliseconds * RATE_HZ // 1000 * WIDTH_BYTES
