"""ALSA devices that are held, and that have no room: by ALSA's own library and plug-ins, without a card.

A device of type `shm` asks for its card through a socket, and says whether it would wait for it: here
somebody answers as the kernel does for a card that is held. What keeps time and fills up is a sound server
behind ALSA.
"""

import errno
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.conftest import PATIENCE_S
from tests.hardware.sound_server import sound_server

ROOT = Path(__file__).parents[2]
MODE_AT, NOT_WAITING = 3, 1
HELD = """
server.card {{ host "localhost" socket "{socket}" }}
pcm.held {{ type shm server "card" pcm "hw:0" }}
"""
BEHIND_A_SERVER = "pcm.server { type pulse }\n"


def opened(device: str, then: str = "") -> str:
    """What a process of its own says of the device, as its settings are read once: `ok`, or why not."""
    lines = (
        "from hardware.errors import AudioUnavailable",
        "from hardware.sound.alsa import AlsaWayOut",
        f"try: way_out = AlsaWayOut({device!r})",
        "except AudioUnavailable as problem: raise SystemExit(str(problem))",
        then,
        "way_out.close()",
        "raise SystemExit('ok')",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.stderr.strip()


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A card that somebody holds: who does not want to wait is told so, who does waits."""
    path, waiting = tmp_path / "card", list[socket.socket]()
    (tmp_path / "asound.conf").write_text(HELD.format(socket=path))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))

    def answer(door: socket.socket) -> None:
        while True:
            try:
                asking, _ = door.accept()
            except OSError:
                return  # closed
            waiting.append(asking)
            request = asking.recv(256)
            if request and request[MODE_AT] == NOT_WAITING:
                asking.sendall(struct.pack("@li0l", -errno.EBUSY, 0))

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()
        answering = threading.Thread(target=answer, args=(door,))
        answering.start()
        yield
        door.shutdown(socket.SHUT_RDWR)
        answering.join()
    for one in waiting:
        one.close()


def test_a_card_that_another_program_holds_is_told_as_held_and_not_waited_for(held: None) -> None:
    """Who holds it may go on for hours."""
    assert opened("held") == (
        "ALSA device 'held' is held by another program; end that one (fuser -v /dev/snd/* names it), "
        "or name a device that several may use, as default"
    )


def test_a_device_that_is_not_there_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ALSA's own account of it has twenty."""
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    assert opened("hw:9") == (
        "ALSA device 'hw:9' cannot be opened (No such file or directory); aplay -L lists what there is"
    )


def test_a_device_that_is_full_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though it was opened without waiting: two seconds go into a buffer of 160 ms."""
    (tmp_path / "asound.conf").write_text(BEHIND_A_SERVER)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    with sound_server(tmp_path / "server", monkeypatch.setenv):
        assert opened("server", "way_out.write(bytes(2 * 2 * 48_000))") == "ok"
