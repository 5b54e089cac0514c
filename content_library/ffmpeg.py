"""ffmpeg and ffprobe as child processes: bounded in time and memory, without a shell, without a network.

Every run reads local files only. What a tool says is handed on line by line and only the last lines are kept,
so that a hostile file can fill neither memory nor disk with complaints.
"""

import contextlib
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from content_library.errors import StepTimedOut, StoreFull, ToolFailed, ToolMissing

COMMON = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", "repeat+level+info", "-y")

# Demuxers that read one local sound file. Playlists (concat, hls, dash, sdp) are not among them: they would
# let an upload make this server read other files or call other hosts.
ACCEPTED_DEMUXERS = (
    "wav",
    "w64",
    "flac",
    "mp3",
    "aac",
    "mov",
    "ogg",
    "matroska",
    "amr",
    "asf",
    "aiff",
    "caf",
)

SAFE_INPUT = ("-protocol_whitelist", "file,pipe", "-format_whitelist", ",".join(ACCEPTED_DEMUXERS))

# Identical sound gives identical bytes: no dates, encoder versions, random ids, nor tags from the source.
BIT_EXACT = (
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
    "-bitexact",
    "-fflags",
    "+bitexact",
    "-flags:a",
    "+bitexact",
)

_KEPT_LINES = 60
_LONGEST_LINE = 4096
_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class ToolRun:
    """How a run ended: exit status and the last lines of what it said on standard error."""

    exit_status: int
    last_lines: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.exit_status == 0

    def first_complaint(self) -> str:
        """The first kept line that is an error, without ffmpeg's prefixes, or an empty text."""
        for line in self.last_lines:
            for mark in ("[fatal] ", "[error] "):
                if mark in line:
                    return line.split(mark, 1)[1].strip()
        return ""


def run(
    arguments: Sequence[str],
    *,
    step: str,
    timeout_s: float,
    on_line: Callable[[str], None] | None = None,
    on_output: Callable[[bytes], None] | None = None,
) -> ToolRun:
    """Run a tool to its end; its exit status is the caller's to judge.

    `on_output` gets standard output in chunks, `on_line` standard error in lines (from a second thread).
    Raises ToolMissing, StepTimedOut (the process is killed) and StoreFull (the disk filled up).
    """
    last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
    too_late = threading.Event()
    with _started(arguments) as process:
        assert process.stdout is not None  # noqa: S101 -- both are pipes, see _started; tells mypy so
        assert process.stderr is not None  # noqa: S101

        def out_of_time() -> None:
            too_late.set()
            process.kill()

        alarm = threading.Timer(timeout_s, out_of_time)
        listener = threading.Thread(target=_listen, args=(process.stderr, last_lines, on_line), daemon=True)
        listener.start()
        alarm.start()
        try:
            while chunk := process.stdout.read(_CHUNK_BYTES):
                if on_output is not None:
                    on_output(chunk)
            exit_status = process.wait()
        finally:
            alarm.cancel()
        listener.join()
    if too_late.is_set():
        raise StepTimedOut(
            f"step '{step}' was stopped after {timeout_s:.0f} s; try a shorter recording or a faster machine",
            step=step,
            seconds=timeout_s,
        )
    if exit_status != 0 and any("No space left on device" in line for line in last_lines):
        raise StoreFull(
            f"the disk filled up during step '{step}'; free some space and upload again", step=step
        )
    return ToolRun(exit_status, tuple(last_lines))


def converting(
    source: Path, filters: Sequence[str], output: Sequence[str], *, reading: Sequence[str] = SAFE_INPUT
) -> list[str]:
    """The command that sends the sound of one local file through filters into an output."""
    chain = ("-map", "0:a:0", "-af", ",".join(filters))
    return ["ffmpeg", *COMMON, *reading, "-i", f"file:{source}", *chain, *output]


def progress_reader(total_ms: int, report: Callable[[float], None]) -> Callable[[bytes], None]:
    """Turn ffmpeg's `-progress pipe:1` output into fractions 0…1 of `total_ms`."""
    rest = b""

    def read(chunk: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"out_time_us=") and line[12:].strip().isdigit():
                report(min(1.0, int(line[12:]) / 1000 / max(1, total_ms)))

    return read


def failed(step: str, ended: ToolRun) -> ToolFailed:
    """The error for a run over our own, known good work files that failed all the same."""
    return ToolFailed(
        f"step '{step}' failed: {ended.first_complaint() or f'exit status {ended.exit_status}'}; "
        "check the ffmpeg installation and the free disk space",
        step=step,
    )


def _ending_with_us(arguments: Sequence[str]) -> list[str]:
    """The command, killed by the kernel when this process dies, where util-linux's `setpriv` is installed.

    Code run between fork and exec would be the other way; with several threads it can hang.
    """
    setpriv, tool = shutil.which("setpriv"), shutil.which(arguments[0])
    if setpriv is None or tool is None:
        return list(arguments)
    return [setpriv, "--pdeathsig", "KILL", "--", tool, *arguments[1:]]


@contextlib.contextmanager
def _started(arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(
            _ending_with_us(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise ToolMissing(
            f"{arguments[0]} is not installed; install it with: apt-get install ffmpeg", tool=arguments[0]
        ) from error
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _listen(stream: IO[bytes], last_lines: deque[str], on_line: Callable[[str], None] | None) -> None:
    while raw := stream.readline(_LONGEST_LINE):
        line = raw.decode("utf-8", errors="replace").rstrip()
        last_lines.append(line)
        if on_line is not None:
            on_line(line)
