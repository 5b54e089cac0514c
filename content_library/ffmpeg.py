"""ffmpeg and ffprobe as child processes: bounded in time and memory, without a shell, without a network.

Every run reads local files only. What a tool says is handed on line by line and only the last lines are kept,
so that a hostile file can fill neither memory nor disk with complaints.
"""

import contextlib
import resource
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

# A hostile header or picture asks for gigabytes; what a sound of any length needs is a small part of this.
MOST_MEMORY_BYTES = 128 * 1024**2
_KEPT_LINES = 60
_LONGEST_LINE = 4096
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class ToolRun:
    """How a run ended: exit status and the last lines of what it said on standard error."""

    exit_status: int
    last_lines: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.exit_status == 0 and not any("] Slave muxer" in line for line in self.last_lines)

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
    return run_chain((arguments,), step=step, timeout_s=timeout_s, on_line=on_line, on_output=on_output)[0]


def run_chain(
    commands: Sequence[Sequence[str]],
    *,
    step: str,
    timeout_s: float,
    folder: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    on_output: Callable[[bytes], None] | None = None,
) -> tuple[ToolRun, ...]:
    """Run tools at once, in `folder`, each reading on its standard input what the one before it writes.

    `on_output` and `on_line` hear the last of them. Otherwise as `run`.
    """
    heard = [deque[str](maxlen=_KEPT_LINES) for _ in commands]
    too_late = threading.Event()
    with contextlib.ExitStack() as running:
        processes: list[subprocess.Popen[bytes]] = []
        for command in commands:
            feed = processes[-1].stdout if processes else None
            processes.append(running.enter_context(_started(command, feed, folder)))
            if feed is not None:
                # Else the one before would not notice that the one after it has ended.
                feed.close()

        def out_of_time() -> None:
            too_late.set()
            for process in processes:
                process.kill()

        alarm = threading.Timer(timeout_s, out_of_time)
        listeners = [
            threading.Thread(
                target=_listen,
                args=(process.stderr, lines, on_line if process is processes[-1] else None),
                daemon=True,
            )
            for process, lines in zip(processes, heard, strict=True)
        ]
        for listener in listeners:
            listener.start()
        alarm.start()
        try:
            _read_out(processes[-1], on_output)
            statuses = [process.wait() for process in processes]
        finally:
            alarm.cancel()
        for listener in listeners:
            listener.join()
    runs = tuple(ToolRun(status, tuple(lines)) for status, lines in zip(statuses, heard, strict=True))
    _refuse_unfinished(runs, too_late.is_set(), step, timeout_s)
    return runs


def _read_out(process: subprocess.Popen[bytes], on_output: Callable[[bytes], None] | None) -> None:
    assert process.stdout is not None  # noqa: S101 -- a pipe, see _started; tells mypy so
    while chunk := process.stdout.read(CHUNK_BYTES):
        if on_output is not None:
            on_output(chunk)


def _refuse_unfinished(runs: Sequence[ToolRun], too_late: bool, step: str, timeout_s: float) -> None:
    if too_late:
        raise StepTimedOut(
            f"step '{step}' was stopped after {timeout_s:.0f} s; try a shorter recording or a faster machine",
            step=step,
            seconds=timeout_s,
        )
    # `tee` goes on with its other outputs and ends well when one of them fails.
    if any(
        "No space left on device" in line and (not run.ok or "Slave muxer" in line)
        for run in runs
        for line in run.last_lines
    ):
        raise StoreFull(
            f"the disk filled up during step '{step}'; free some space and upload again", step=step
        )


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
def _started(
    arguments: Sequence[str], feed: IO[bytes] | None, folder: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(
            _ending_with_us(arguments),
            stdin=subprocess.DEVNULL if feed is None else feed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
        )
    except FileNotFoundError as error:
        raise ToolMissing(
            f"{arguments[0]} is not installed; install it with: apt-get install ffmpeg", tool=arguments[0]
        ) from error
    with process:
        try:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
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
