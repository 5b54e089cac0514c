"""PulseAudio, or PipeWire in its place, through `libpulse-simple`, which VLC's own package brings along.

Protocol and types: the headers `pulse/simple.h`, `pulse/sample.h`, `pulse/def.h` of libpulse 16.
"""

import ctypes
from typing import Any

from hardware.errors import AudioUnavailable
from hardware.sound.voice import RATE_HZ, WIDTH_BYTES
from hardware.sound.way_out import APPLICATION, WayOutBroken

LIBRARY = "libpulse-simple.so.0"
TARGET_MS, START_AT_MS, ASK_MS = 140, 0, 10
"""The server holds this much at most, begins with so little, and asks for more in such pieces.

It never waits for more before it goes on: PulseAudio 16 may wait for ever after a stream has starved.
"""
_PLAYBACK, _S16LE, _WHATEVER = 1, 3, 0xFFFFFFFF


class _SampleSpec(ctypes.Structure):
    _fields_ = [("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8)]


class _BufferAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")]


class PulseWayOut:
    """One stream on the sound server's sink `device` (None: the server's default).

    Raises `AudioUnavailable` where there is no server.
    """

    def __init__(self, device: str | None = None) -> None:
        self._library = _library()
        spec = _SampleSpec(_S16LE, RATE_HZ, 1)
        attributes = _BufferAttr(_WHATEVER, _bytes(TARGET_MS), _bytes(START_AT_MS), _bytes(ASK_MS), _WHATEVER)
        error = ctypes.c_int(0)
        self._stream: int | None = self._library.pa_simple_new(
            None,
            APPLICATION.encode(),
            _PLAYBACK,
            None if device is None else device.encode(),
            b"loudspeaker line",
            ctypes.byref(spec),
            None,
            ctypes.byref(attributes),
            ctypes.byref(error),
        )
        if not self._stream:
            where = "the sound server" if device is None else f"the sound server's sink {device!r}"
            raise AudioUnavailable(
                f"{where} cannot be opened ({self._words(error)}); "
                "start PulseAudio or PipeWire for this user, or set [output] kind to alsa"
            )

    def write(self, samples: bytes) -> None:
        """Hand over samples."""
        error = ctypes.c_int(0)
        if self._library.pa_simple_write(self._stream, samples, len(samples), ctypes.byref(error)) < 0:
            raise WayOutBroken(f"the sound server takes nothing any more ({self._words(error)})")

    def delay_frames(self) -> int | None:
        """What lies in the server and the card."""
        error = ctypes.c_int(0)
        delay_us = int(self._library.pa_simple_get_latency(self._stream, ctypes.byref(error)))
        if error.value:
            raise WayOutBroken(f"the sound server does not answer ({self._words(error)})")
        return delay_us * RATE_HZ // 1_000_000

    def close(self) -> None:
        """Let the stream go."""
        if self._stream:
            self._library.pa_simple_free(self._stream)
            self._stream = None

    def _words(self, error: ctypes.c_int) -> str:
        text: bytes = self._library.pa_strerror(error)
        return text.decode(errors="replace")


def _bytes(milliseconds: int) -> int:
    return milliseconds * RATE_HZ // 1000 * WIDTH_BYTES


def _library() -> Any:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as problem:
        raise AudioUnavailable(f"{LIBRARY} is missing; run: sudo apt-get install libpulse0") from problem
    library.pa_simple_new.restype = ctypes.c_void_p
    library.pa_simple_write.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_void_p,
    ]
    library.pa_simple_get_latency.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.pa_simple_get_latency.restype = ctypes.c_uint64
    library.pa_simple_free.argtypes = [ctypes.c_void_p]
    library.pa_strerror.restype = ctypes.c_char_p
    return library
