"""PulseAudio's client library by its C interface, as far as one playback stream needs it.

Types, constants and functions: the headers `pulse/def.h`, `pulse/sample.h`, `pulse/context.h`,
`pulse/stream.h`, `pulse/thread-mainloop.h` of libpulse 16.
"""

import ctypes
from typing import Any

from hardware.errors import AudioUnavailable

LIBRARY = "libpulse.so.0"
S16LE, WHATEVER = 3, 0xFFFFFFFF
START_CORKED, ADJUST_LATENCY = 0x0001, 0x2000
NO_AUTOSPAWN = 0x0001
SEEK_RELATIVE = 0
CONTEXT_READY, STREAM_READY = 4, 2
"""Higher states are ends."""


class SampleSpec(ctypes.Structure):
    """`pa_sample_spec`."""

    _fields_ = [("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8)]


class BufferAttr(ctypes.Structure):
    """`pa_buffer_attr`."""

    _fields_ = [(name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")]


class TimingInfo(ctypes.Structure):
    """`pa_timing_info`."""

    _fields_ = [
        ("timestamp_s", ctypes.c_long),
        ("timestamp_us", ctypes.c_long),
        ("synchronized_clocks", ctypes.c_int),
        *((name, ctypes.c_uint64) for name in ("sink_usec", "source_usec", "transport_usec")),
        ("playing", ctypes.c_int),
        ("write_index_corrupt", ctypes.c_int),
        ("write_index", ctypes.c_int64),
        ("read_index_corrupt", ctypes.c_int),
        ("read_index", ctypes.c_int64),
    ]


class ServerInfo(ctypes.Structure):
    """`pa_server_info`, as far as it is read."""

    _fields_ = [
        (name, ctypes.c_char_p) for name in ("user_name", "host_name", "server_version", "server_name")
    ]


ON_SERVER_INFO = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ServerInfo), ctypes.c_void_p)
"""`pa_server_info_cb_t`."""

_POINTER_OF = ("pa_threaded_mainloop_new", "pa_threaded_mainloop_get_api", "pa_context_new", "pa_stream_new")
_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "pa_threaded_mainloop_get_api": (ctypes.c_void_p,),
    "pa_threaded_mainloop_start": (ctypes.c_void_p,),
    "pa_threaded_mainloop_stop": (ctypes.c_void_p,),
    "pa_threaded_mainloop_free": (ctypes.c_void_p,),
    "pa_threaded_mainloop_lock": (ctypes.c_void_p,),
    "pa_threaded_mainloop_unlock": (ctypes.c_void_p,),
    "pa_context_new": (ctypes.c_void_p, ctypes.c_char_p),
    "pa_context_connect": (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p),
    "pa_context_get_state": (ctypes.c_void_p,),
    "pa_context_errno": (ctypes.c_void_p,),
    "pa_context_get_server": (ctypes.c_void_p,),
    "pa_context_get_server_info": (ctypes.c_void_p, ON_SERVER_INFO, ctypes.c_void_p),
    "pa_context_disconnect": (ctypes.c_void_p,),
    "pa_context_unref": (ctypes.c_void_p,),
    "pa_stream_new": (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p),
    "pa_stream_connect_playback": (
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p),
        *(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p),
    ),
    "pa_stream_get_state": (ctypes.c_void_p,),
    "pa_stream_write": (
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
        *(ctypes.c_void_p, ctypes.c_int64, ctypes.c_int),
    ),
    "pa_stream_update_timing_info": (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
    "pa_stream_get_timing_info": (ctypes.c_void_p,),
    "pa_stream_disconnect": (ctypes.c_void_p,),
    "pa_stream_unref": (ctypes.c_void_p,),
    "pa_operation_cancel": (ctypes.c_void_p,),
    "pa_operation_unref": (ctypes.c_void_p,),
    "pa_strerror": (ctypes.c_int,),
}


def load() -> Any:
    """The library, its functions declared. Raises `AudioUnavailable`."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as problem:
        raise AudioUnavailable(f"{LIBRARY} is missing; run: sudo apt-get install libpulse0") from problem
    for name, arguments in _ARGUMENTS.items():
        getattr(library, name).argtypes = arguments
    for name in (*_POINTER_OF, "pa_stream_update_timing_info", "pa_context_get_server_info"):
        getattr(library, name).restype = ctypes.c_void_p
    library.pa_stream_get_timing_info.restype = ctypes.POINTER(TimingInfo)
    library.pa_strerror.restype = library.pa_context_get_server.restype = ctypes.c_char_p
    return library
