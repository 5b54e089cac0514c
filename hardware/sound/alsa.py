"""A sound card by ALSA's own library, which VLC's package brings along. `default` is what the machine calls
so.

Functions and types: `alsa/pcm.h` of alsa-lib 1.2.
"""

import ctypes
import errno
import warnings
from typing import Any

from hardware.errors import AudioUnavailable
from hardware.sound.device_clock import DeviceClock
from hardware.sound.steady_clock import monotonic_us
from hardware.sound.voice import RATE_HZ, WIDTH_BYTES
from hardware.sound.way_out import AtRest, WayOutBroken

with warnings.catch_warnings():  # deprecated in 3.11 and 3.12; from 3.13 on audioop-lts provides it
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

LIBRARY = "libasound.so.2"
BUFFER_US = 160_000
AT_REST = AtRest(RATE_HZ * 140 // 1000, 0.1)
_PLAYBACK, _S16LE, _INTERLEAVED, _PREPARED = 0, 2, 3, 2
_WAITING, _NOT_WAITING = 0, 1
_HELD = (-errno.EBUSY, -errno.EAGAIN)
TRIES = 3
_KEPT_QUIET = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)(lambda *_: None)
"""Takes ALSA's own account of why something does not open, some twenty lines each time; ours is one."""
MEASURE_EVERY_US = 60_000


class AlsaWayOut:
    """One device, e.g. `default`, `plughw:1,0`. Raises `AudioUnavailable` where it cannot be opened.

    A device that takes everything at once (`null`, `file` over `null`) keeps no time: its delay is None.
    """

    def __init__(self, device: str | None = None) -> None:
        self._library = _library()
        self._device = device or "default"
        self._pcm: Any = ctypes.c_void_p()
        self._open()
        self._channels = next((count for count in (1, 2) if self._set_up(count)), 0)
        if not self._channels:
            self.close()
            raise AudioUnavailable(
                f"ALSA device {self._device!r} does not take 48 kHz 16 bit; name its plughw: form instead"
            )
        self._keeps_time: bool | None = None
        self._clock = DeviceClock()
        self._written_frames = self._measured_us = 0

    @property
    def at_rest(self) -> AtRest:
        """As much as the device's buffer has room for, without waiting."""
        return AT_REST

    def write(self, samples: bytes) -> None:
        """Hand over samples; after a gap the device begins again."""
        data = samples if self._channels == 1 else audioop.tostereo(samples, WIDTH_BYTES, 1, 1)
        width = WIDTH_BYTES * self._channels
        for _ in range(TRIES):
            written = self._library.snd_pcm_writei(self._pcm, data, len(data) // width)
            if written == len(data) // width:
                break
            if written > 0:
                data = data[written * width :]
            elif self._library.snd_pcm_recover(self._pcm, written, 1) < 0:
                raise WayOutBroken(f"ALSA device {self._device!r} broke off ({self._words(written)})")
        else:
            raise WayOutBroken(f"ALSA device {self._device!r} takes nothing any more")
        if self._library.snd_pcm_state(self._pcm) == _PREPARED:
            self._library.snd_pcm_start(self._pcm)
        if self._keeps_time is None:
            self._keeps_time = self._delay() >= len(samples) // WIDTH_BYTES // 4
        self._written_frames += len(samples) // WIDTH_BYTES

    def take_back(self, _frames: int) -> int:
        """Nothing: what the device holds is little."""
        return 0

    def delay_frames(self) -> int | None:
        """What lies in the device; 0 when it has starved."""
        if not self._keeps_time:
            return None
        delay, now_us = self._delay(), monotonic_us()
        if delay == 0:
            self._clock.forget()  # it stands still until it is written to
            return 0
        if not self._clock.is_known or now_us - self._measured_us >= MEASURE_EVERY_US:
            self._measured_us = now_us
            self._clock.measured(now_us, self._written_frames - delay)
        return self._written_frames - self._clock.heard_at(now_us)

    def close(self) -> None:
        """Let the device go."""
        if self._pcm:
            self._library.snd_pcm_close(self._pcm)
            self._pcm = None

    def _open(self) -> None:
        """Without waiting for who holds it, which may be for hours; only writing waits, for room."""
        pcm, name = ctypes.byref(self._pcm), self._device.encode()
        code = self._library.snd_pcm_open(pcm, name, _PLAYBACK, _NOT_WAITING)
        if code in _HELD:
            self._pcm = None
            raise AudioUnavailable(
                f"ALSA device {self._device!r} is held by another program; end that one "
                "(fuser -v /dev/snd/* names it), or name a device that several may use, as default"
            )
        if code < 0:
            self._pcm = None
            raise AudioUnavailable(
                f"ALSA device {self._device!r} cannot be opened ({self._words(code)}); "
                "aplay -L lists what there is"
            )
        if (code := self._library.snd_pcm_nonblock(self._pcm, _WAITING)) < 0:
            self.close()
            raise AudioUnavailable(
                f"ALSA device {self._device!r} cannot be waited for ({self._words(code)}); name another one"
            )

    def _set_up(self, channels: int) -> bool:
        code = self._library.snd_pcm_set_params(
            self._pcm, _S16LE, _INTERLEAVED, channels, RATE_HZ, 1, BUFFER_US
        )
        return bool(code >= 0)

    def _delay(self) -> int:
        delay = ctypes.c_long(0)
        if self._library.snd_pcm_delay(self._pcm, ctypes.byref(delay)) < 0:
            return 0  # after a gap; the next write recovers
        return max(0, delay.value)

    def _words(self, code: int) -> str:
        text: bytes = self._library.snd_strerror(code)
        return text.decode(errors="replace")


def _library() -> Any:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as problem:
        raise AudioUnavailable(f"{LIBRARY} is missing; run: sudo apt-get install libasound2") from problem
    library.snd_pcm_writei.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ulong]
    library.snd_pcm_writei.restype = ctypes.c_long
    library.snd_strerror.restype = ctypes.c_char_p
    library.snd_lib_error_set_handler(_KEPT_QUIET)
    return library
