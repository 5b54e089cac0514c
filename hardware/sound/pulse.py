"""The way out through PulseAudio, or PipeWire in its place.

The server is asked for raw measures: the library's own interpolation swings for seconds after a busy moment.
A stream that starves goes on counting in silence, so the time of what is written later is known exactly.
What the server holds of a stream and has not rendered yet can be written over.
"""

from hardware.errors import AudioUnavailable
from hardware.sound import libpulse
from hardware.sound.device_clock import DeviceClock
from hardware.sound.pulse_stream import PulseStream
from hardware.sound.steady_clock import TOGETHER_US, monotonic_us, wall_ahead_us
from hardware.sound.voice import RATE_HZ, WIDTH_BYTES
from hardware.sound.way_out import AtRest, WayOutBroken
from hardware.system_clock import SystemClock

AT_REST = AtRest(RATE_HZ * 2200 // 1000, 1.0)
"""Longer than this process was ever seen to be kept from feeding it."""
MEASURE_EVERY_US = 60_000
SILENT_US = 2_000_000


class PulseWayOut:
    """One stream on the sound server's sink `device` (None: the server's default).

    Raises `AudioUnavailable` where there is no server.
    """

    def __init__(self, device: str | None = None) -> None:
        self._written_frames = self._back_frames = 0
        self._asked_us, self._answered = 0, True
        self._stamp = (0, 0)
        self._stream = PulseStream("loudspeaker line", device)
        self._library = self._stream.library
        self._clock = DeviceClock(by_blocks=self._stream.is_pipewire)
        try:
            self._stream.wait(self._is_measured, True)
        except AudioUnavailable:
            self.close()
            raise

    @property
    def at_rest(self) -> AtRest:
        """The server's buffer takes more than is asked for."""
        return AT_REST

    def write(self, samples: bytes) -> None:
        """Hand over samples; never waits."""
        seek_bytes, self._back_frames = -self._back_frames * WIDTH_BYTES, 0
        with self._stream.locked():
            sent = self._library.pa_stream_write(
                self._stream.pointer, samples, len(samples), None, seek_bytes, libpulse.SEEK_RELATIVE
            )
            if sent < 0:
                raise WayOutBroken(f"the sound server takes nothing any more ({self._stream.words()})")
        self._written_frames += len(samples) // WIDTH_BYTES

    def take_back(self, frames: int) -> int:
        """The next write goes so much further back. Until then what is there stays."""
        self._back_frames += frames
        self._written_frames -= frames
        return frames

    def delay_frames(self) -> int | None:
        """What lies in the server and the card; below 0 when it starved, by how much."""
        with self._stream.locked():
            self._take_measure()
            if self._answered and monotonic_us() - self._asked_us >= MEASURE_EVERY_US:
                self._ask()
        if not self._answered and monotonic_us() - self._asked_us > SILENT_US:
            raise WayOutBroken(f"{self._stream.where} does not answer any more")
        return self._written_frames - self._clock.heard_at(monotonic_us())

    def close(self) -> None:
        """Let the stream go."""
        self._stream.close()

    # -- measures -------------------------------------------------------------------------------------------

    def _is_measured(self) -> bool:
        self._take_measure()
        if self._answered and not self._clock.is_known:
            self._ask()
        return self._clock.is_known

    def _ask(self) -> None:
        operation = self._library.pa_stream_update_timing_info(self._stream.pointer, None, None)
        if not operation:
            raise WayOutBroken(f"the sound server does not answer ({self._stream.words()})")
        self._library.pa_operation_unref(operation)
        self._asked_us, self._answered = monotonic_us(), False

    def _take_measure(self) -> None:
        """What the server told since it was asked, if it has."""
        pointer = self._library.pa_stream_get_timing_info(self._stream.pointer)
        if not pointer:
            return
        told = pointer.contents
        stamp = (told.timestamp_s, told.timestamp_us)
        if self._answered or stamp == self._stamp:
            return
        self._answered, self._stamp = True, stamp
        told_us = told.timestamp_s * 1_000_000 + told.timestamp_us - wall_ahead_us(SystemClock().now)
        asked_us, now_us = self._asked_us - TOGETHER_US, monotonic_us() + TOGETHER_US
        if asked_us <= told_us <= now_us:  # else the machine's clock was set meanwhile
            heard = told.read_index // WIDTH_BYTES - told.sink_usec * RATE_HZ // 1_000_000
            self._clock.measured(told_us, heard)
