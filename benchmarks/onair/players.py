"""The players that are compared: each is told to play one file at every full minute, as its users do it.

liquidsoap switches by its own time predicates. mpd and cvlc are started by cron, the way of stations without
a scheduler. Each has a sink of its own on the private sound server.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.onair.sound_server import SoundServer

END_WITHIN_S = 10.0


@dataclass
class Peers:
    """Starts the peers that are installed, all playing `sound`. `left_out` says why one is not there."""

    server: SoundServer
    folder: Path
    sound: Path
    left_out: dict[str, str] = field(default_factory=dict)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> tuple[str, ...]:
        """Start every one; the names of those that run."""
        running: list[str] = []
        jobs: list[tuple[str, str]] = []  # who runs it, and what
        if self._has("liquidsoap", "liquidsoap"):
            self._start_liquidsoap()
            running.append("liquidsoap")
        if self._has("mpd + cron", "mpd", "mpc", "cron"):
            jobs.append(("root", self._start_mpd()))
            running.append("mpd + cron")
        if self._has("cvlc + cron", "cvlc", "cron"):
            jobs.append(("nobody", self._cvlc()))  # VLC refuses to run as root
            running.append("cvlc + cron")
        if jobs:
            self._start_cron(jobs)
        return tuple(running)

    def stop(self) -> None:
        """End all that was started, last first."""
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _has(self, name: str, *programs: str) -> bool:
        missing = [program for program in programs if shutil.which(program) is None]
        if missing:
            self.left_out[name] = f"not installed: {', '.join(missing)}"
        return not missing

    def _run(self, command: list[str], sink: str) -> None:
        log = (self.folder / f"{sink}.log").open("ab")
        self._processes.append(
            subprocess.Popen(command, env=self.server.environment(sink), stdout=log, stderr=log)
        )

    def _start_liquidsoap(self) -> None:
        script = self.folder / "station.liq"
        script.write_text(
            textwrap.dedent(f"""\
                settings.init.allow_root.set(true)
                minute = switch(track_sensitive=true, [({{0s}}, single("{self.sound}"))])
                output.pulseaudio(fallback(track_sensitive=false, [minute, blank()]))
                """),
            encoding="utf-8",
        )
        self._run(["liquidsoap", str(script)], "liquidsoap")

    def _start_mpd(self) -> str:
        home, socket = self.folder / "mpd", self.folder / "mpd.socket"
        home.mkdir()
        shutil.copy(self.sound, home / "sound.wav")
        settings = self.folder / "mpd.conf"
        settings.write_text(
            textwrap.dedent(f"""\
                music_directory "{home}"
                db_file "{self.folder}/mpd.db"
                bind_to_address "{socket}"
                audio_output {{
                  type "pulse"
                  name "line"
                  server "unix:{self.folder}/native"
                  sink "mpd"
                }}
                """),
            encoding="utf-8",
        )
        self._run(["mpd", "--no-daemon", "--stderr", str(settings)], "mpd")
        for command in (("update", "--wait"), ("add", "sound.wav"), ("single", "on")):
            _until_it_works(["mpc", f"--host={socket}", *command])
        return f"mpc --quiet --host={shlex.quote(str(socket))} play 1"

    def _cvlc(self) -> str:
        found = self.server.environment("cvlc")
        names = ("PULSE_SERVER", "PULSE_SINK")
        known = " ".join(f"{name}={shlex.quote(found[name])}" for name in names)
        return f"env {known} cvlc --quiet --play-and-exit --aout=pulse {shlex.quote(str(self.sound))}"

    def _start_cron(self, jobs: list[tuple[str, str]]) -> None:
        """cron with a table of its own: the machine's tables lie under empty folders in its view."""
        table = self.folder / "crontab"
        lines = ["SHELL=/bin/sh", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        lines += [f"* * * * * {user} {job} >>{self.folder}/cron-{user}.log 2>&1" for user, job in jobs]
        for user, _ in jobs:
            (self.folder / f"cron-{user}.log").touch()
            (self.folder / f"cron-{user}.log").chmod(0o666)
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        hide = "for f in /etc/cron.d /var/spool/cron /run; do mount -t tmpfs none $f; done"
        keep = f"mount --bind {shlex.quote(str(table))} /etc/crontab"
        self._run(["unshare", "--mount", "sh", "-c", f"{hide}; {keep}; exec cron -f"], "cron")


def _until_it_works(command: list[str], within_s: float = 15.0) -> None:
    until = time.monotonic() + within_s
    while subprocess.run(command, capture_output=True, check=False).returncode != 0:
        if time.monotonic() > until:
            raise RuntimeError(f"{shlex.join(command)} does not work")
        time.sleep(0.2)
