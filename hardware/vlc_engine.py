"""libVLC, made small: open a file, start it, stop it. The only module that knows python-vlc.

libVLC is not re-entrant: its callbacks here only append to a list, and every call comes from the thread of
the line that owns the engine. Only `stop` and `release`, which can take 0.8 s, are done on a thread beside.
"""

import ctypes
import queue
import threading
from collections import deque
from pathlib import Path
from typing import Any

from hardware.errors import AudioUnavailable

RATE_HZ = 48_000
BYTES_PER_SAMPLE = 2
_OPTIONS = (
    *("--intf=dummy", "--quiet", "--no-video", "--no-lua", "--no-spu", "--no-osd", "--no-stats"),
    *("--no-metadata-network-access", "--no-sub-autodetect-file", "--no-auto-preparse", "--no-volume-save"),
    "--aout=adummy",  # nothing is heard through VLC: left to itself it asks a sound server, which may hang
)
_MISSING = "libVLC cannot be loaded; run: sudo apt-get install libvlc5 vlc-plugin-base"


class VlcEngine:
    """One libVLC instance. Raises `AudioUnavailable` where VLC or its plug-ins are missing."""

    def __init__(self) -> None:
        try:
            import vlc  # here, because it loads the library: machines without it must still start
        except (ImportError, OSError, NotImplementedError) as problem:
            raise AudioUnavailable(_MISSING) from problem
        self._vlc: Any = vlc
        self._instance: Any = vlc.Instance(*_OPTIONS)
        if self._instance is None:
            raise AudioUnavailable(_MISSING)
        self._gone: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._burier = threading.Thread(target=self._bury, name="vlc-release", daemon=True)
        self._burier.start()

    def open(self, path: Path, start_ms: int) -> "VlcDeck":
        """A file ready to start. Its decoded blocks are collected instead of played aloud."""
        media = self._instance.media_new_path(str(path))
        if start_ms:
            media.add_option(f":start-time={start_ms / 1000:.3f}")
        player = self._instance.media_player_new()
        player.set_media(media)
        media.release()
        return VlcDeck(self._vlc, player, self._gone)

    def decode(self, path: Path, into: int) -> "VlcDecoding":
        """A file ready to be decoded into a pipe as a WAV, as fast as the pipe takes it. Nobody hears it."""
        media = self._instance.media_new_path(str(path))
        media.add_option(f":sout=#transcode{{acodec=s16l}}:std{{access=fd,mux=wav,dst={into}}}")
        player = self._instance.media_player_new()
        player.set_media(media)
        media.release()
        return VlcDecoding(self._vlc, player)

    def close(self) -> None:
        """Let libVLC go, waiting at most 3 s for players that are still stopping."""
        self._gone.put(None)
        self._burier.join(timeout=3)
        if not self._burier.is_alive():
            self._instance.release()

    def _bury(self) -> None:
        while (deck := self._gone.get()) is not None:
            deck.bury()


class VlcDecoding:
    """One file on its way into a pipe."""

    def __init__(self, vlc: Any, player: Any) -> None:
        self._vlc, self._player = vlc, player

    def start(self) -> bool:
        """Begin. False: VLC refused at once."""
        return bool(self._player.play() == 0)

    def stop(self) -> None:
        """End it; may take a while. The descriptor stays the caller's."""
        self._player.stop()

    @property
    def ended(self) -> bool:
        """VLC has come to the end of the file."""
        return bool(self._player.get_state() == self._vlc.State.Ended)

    @property
    def failed(self) -> bool:
        """VLC cannot open or decode the file."""
        return bool(self._player.get_state() == self._vlc.State.Error)

    @property
    def length_ms(self) -> int:
        """How long the file says it is; 0 or less while unknown."""
        return int(self._player.get_length())


class VlcDeck:
    """One file in one player."""

    def __init__(self, vlc: Any, player: Any, gone: "queue.SimpleQueue[Any]") -> None:
        self._vlc, self._player, self._gone = vlc, player, gone
        self._blocks: deque[tuple[int, bytes]] = deque()
        self._drained = threading.Event()
        self._callbacks: tuple[Any, ...] = ()
        self._tap()

    def start(self) -> bool:
        """Begin. False: VLC refused at once."""
        return bool(self._player.play() == 0)

    def discard(self) -> None:
        """End and forget it, on another thread because that can take a while. Call it once."""
        self._gone.put(self)

    def bury(self) -> None:
        """Stop and free the player. Only for the engine's own thread."""
        self._player.stop()
        self._player.release()

    def take_blocks(self) -> list[tuple[int, bytes]]:
        """Decoded blocks since the last call: when they are heard (µs), and 48 kHz mono 16-bit samples."""
        return [self._blocks.popleft() for _ in range(len(self._blocks))]

    @property
    def ended(self) -> bool:
        """VLC has decoded everything (its last blocks may still lie ahead of the clock)."""
        return self._drained.is_set() or self._player.get_state() == self._vlc.State.Ended

    @property
    def failed(self) -> bool:
        """VLC cannot open or decode the file."""
        return bool(self._player.get_state() == self._vlc.State.Error)

    @property
    def time_ms(self) -> int:
        """How far into the file VLC is; -1 while it has not begun."""
        return int(self._player.get_time())

    @property
    def length_ms(self) -> int:
        """How long the file says it is; 0 or less while unknown."""
        return int(self._player.get_length())

    def _tap(self) -> None:
        def on_play(_: Any, samples: Any, count: int, pts_us: int) -> None:
            self._blocks.append((pts_us, ctypes.string_at(samples, count * BYTES_PER_SAMPLE)))

        def on_drain(_: Any) -> None:
            self._drained.set()

        kinds = self._vlc.CallbackDecorators
        play, drain = kinds.AudioPlayCb(on_play), kinds.AudioDrainCb(on_drain)
        pause = kinds.AudioPauseCb(_ignore)
        resume = kinds.AudioResumeCb(_ignore)
        flush = kinds.AudioFlushCb(_ignore)
        self._callbacks = (play, pause, resume, flush, drain)  # VLC holds no reference that Python sees
        self._player.audio_set_callbacks(play, pause, resume, flush, drain, None)
        self._player.audio_set_format("s16l", RATE_HZ, 1)


def _ignore(*_: Any) -> None:
    """Nothing of ours pauses, and what a stop flushes is cut on the timeline."""
