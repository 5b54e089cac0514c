"""PulseAudio, or PipeWire in its place, through the client library that VLC's own package brings along.

The server is asked for raw measures: the library's own interpolation swings for seconds after a busy moment.
A stream that starves goes on counting in silence, so the time of what is written later is known exactly.
"""

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hardware.errors import AudioUnavailable
from hardware.sound import libpulse
from hardware.sound.device_clock import DeviceClock
from hardware.sound.steady_clock import monotonic_us
from hardware.sound.voice import RATE_HZ, WIDTH_BYTES
from hardware.sound.way_out import APPLICATION, WayOutBroken

TARGET_MS, START_AT_MS, ASK_MS = 200, 0, 40
"""The server's own share of the delay follows from these: 60 ms. It never waits for more before it goes on:
PulseAudio 16 may wait for ever after a stream has starved."""
AHEAD_AT_REST = RATE_HZ * 280 // 1000
MEASURE_EVERY_US = 60_000
SILENT_US = 2_000_000
OPEN_WITHIN_S, LOOK_EVERY_S = 5.0, 0.005


class PulseWayOut:
    """One stream on the sound server's sink `device` (None: the server's default).

    Raises `AudioUnavailable` where there is no server.
    """

    def __init__(self, device: str | None = None) -> None:
        self._library = libpulse.load()
        self._where = "the sound server" if device is None else f"the sound server's sink {device!r}"
        self._clock = DeviceClock()
        self._written_frames = 0
        self._asked_us, self._answered = 0, True
        self._stamp = (0, 0)
        self._context: int | None = None
        self._stream: int | None = None
        self._loop: int | None = self._library.pa_threaded_mainloop_new()
        try:
            self._connect()
            self._open(device)
            self._wait(self._is_measured, True)
        except AudioUnavailable:
            self.close()
            raise

    @property
    def ahead_at_rest(self) -> int:
        """The server's buffer takes more than is asked for."""
        return AHEAD_AT_REST

    def write(self, samples: bytes) -> None:
        """Hand over samples; never waits."""
        with self._locked():
            sent = self._library.pa_stream_write(
                self._stream, samples, len(samples), None, 0, libpulse.SEEK_RELATIVE
            )
            if sent < 0:
                raise WayOutBroken(f"the sound server takes nothing any more ({self._words()})")
        self._written_frames += len(samples) // WIDTH_BYTES

    def delay_frames(self) -> int | None:
        """What lies in the server and the card; below 0 when it starved, by how much."""
        with self._locked():
            self._take_measure()
            if self._answered and monotonic_us() - self._asked_us >= MEASURE_EVERY_US:
                self._ask()
        if not self._answered and monotonic_us() - self._asked_us > SILENT_US:
            raise WayOutBroken(f"{self._where} does not answer any more")
        return self._written_frames - self._clock.heard_at(monotonic_us())

    def close(self) -> None:
        """Let the stream go."""
        if self._loop is None:
            return
        with self._locked():
            if self._stream is not None:
                self._library.pa_stream_disconnect(self._stream)
                self._library.pa_stream_unref(self._stream)
            if self._context is not None:
                self._library.pa_context_disconnect(self._context)
                self._library.pa_context_unref(self._context)
        self._library.pa_threaded_mainloop_stop(self._loop)
        self._library.pa_threaded_mainloop_free(self._loop)
        self._loop = self._stream = self._context = None

    # -- measures -------------------------------------------------------------------------------------------

    def _is_measured(self) -> bool:
        self._take_measure()
        if self._answered and not self._clock.is_known:
            self._ask()
        return self._clock.is_known

    def _ask(self) -> None:
        operation = self._library.pa_stream_update_timing_info(self._stream, None, None)
        if not operation:
            raise WayOutBroken(f"the sound server does not answer ({self._words()})")
        self._library.pa_operation_unref(operation)
        self._asked_us, self._answered = monotonic_us(), False

    def _take_measure(self) -> None:
        """What the server told since it was asked, if it has."""
        pointer = self._library.pa_stream_get_timing_info(self._stream)
        if not pointer:
            return
        told, now_us = pointer.contents, monotonic_us()
        stamp = (told.timestamp_s, told.timestamp_us)
        if self._answered or stamp == self._stamp:
            return
        self._answered, self._stamp = True, stamp
        age_us = time.time_ns() // 1000 - (told.timestamp_s * 1_000_000 + told.timestamp_us)
        if 0 <= age_us <= now_us - self._asked_us:  # else the machine's clock was set meanwhile
            heard = told.read_index // WIDTH_BYTES - told.sink_usec * RATE_HZ // 1_000_000
            self._clock.measured(now_us - age_us, heard)

    # -- the connection -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        library = self._library
        api = library.pa_threaded_mainloop_get_api(self._loop)
        self._context = library.pa_context_new(api, APPLICATION.encode())
        if library.pa_context_connect(self._context, None, 0, None) < 0:
            raise self._unavailable()
        if library.pa_threaded_mainloop_start(self._loop) < 0:
            raise self._unavailable()
        self._wait(lambda: library.pa_context_get_state(self._context), libpulse.CONTEXT_READY)

    def _open(self, device: str | None) -> None:
        library = self._library
        spec = libpulse.SampleSpec(libpulse.S16LE, RATE_HZ, 1)
        whatever = libpulse.WHATEVER
        attributes = libpulse.BufferAttr(
            whatever, _bytes(TARGET_MS), _bytes(START_AT_MS), _bytes(ASK_MS), whatever
        )
        sink = None if device is None else device.encode()
        with self._locked():
            self._stream = library.pa_stream_new(self._context, b"loudspeaker line", ctypes.byref(spec), None)
            if not self._stream:
                raise self._unavailable()
            code = library.pa_stream_connect_playback(
                self._stream, sink, ctypes.byref(attributes), libpulse.ADJUST_LATENCY, None, None
            )
            if code < 0:
                raise self._unavailable()
        self._wait(lambda: library.pa_stream_get_state(self._stream), libpulse.STREAM_READY)

    def _wait(self, state: Callable[[], int], ready: int) -> None:
        until_s = time.monotonic() + OPEN_WITHIN_S
        while True:
            with self._locked():
                now = state()
                if now == ready:
                    return
                if now > ready:
                    raise self._unavailable()
            if time.monotonic() > until_s:
                raise AudioUnavailable(f"{self._where} did not answer within {OPEN_WITHIN_S:g} s; restart it")
            time.sleep(LOOK_EVERY_S)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._library.pa_threaded_mainloop_lock(self._loop)
        try:
            yield
        finally:
            self._library.pa_threaded_mainloop_unlock(self._loop)

    def _unavailable(self) -> AudioUnavailable:
        return AudioUnavailable(
            f"{self._where} cannot be opened ({self._words()}); "
            "start PulseAudio or PipeWire for this user, or set [output] kind to alsa"
        )

    def _words(self) -> str:
        text: bytes = self._library.pa_strerror(self._library.pa_context_errno(self._context))
        return text.decode(errors="replace")


def _bytes(milliseconds: int) -> int:
    return milliseconds * RATE_HZ // 1000 * WIDTH_BYTES
