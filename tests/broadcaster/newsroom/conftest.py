"""Sounds to bring to the newsroom, made once; and the store they go to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from broadcaster import cli, jobs, work
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.places.models import Place, PlaceKind
from content_library import AudioStore
from tests.broadcaster.conftest import FixedClock


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], Path]:
    """A WAV of one tone by its frequency in hertz: quick to make, and another frequency is another sound."""
    folder = tmp_path_factory.mktemp("sounds")

    def tone(frequency_hz: float = 440, seconds: float = 1.0) -> Path:
        file = folder / f"{frequency_hz}-{seconds}.wav"
        source = f"sine=frequency={frequency_hz}:duration={seconds}"
        if not file.exists():
            subprocess.run(
                ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", source, str(file)],
                check=True,
                timeout=120,
            )
        return file

    return tone


@pytest.fixture
def store(app: APIFlask) -> AudioStore:
    """The application's audio store."""
    found: AudioStore = app.extensions["audio_store"]
    return found


@pytest.fixture
def stored(settings: Settings) -> Callable[[], list[str]]:
    """The names of everything in the audio folder, and of everything in the upload folder."""

    def names() -> list[str]:
        folders = (Path(settings.audio_store), settings.data / "uploads")
        return sorted(file.name for folder in folders for file in folder.rglob("*") if file.is_file())

    return names


@pytest.fixture
def do_jobs(app: APIFlask, clock: FixedClock) -> Callable[[], None]:
    """Do the background work that waits, as the server's worker would."""

    def do() -> None:
        with app.app_context():
            jobs.run_pending(db.session, work.HANDLERS, clock.now)

    return do


class Ended(Exception):
    """A command that failed: its exit status and what it said on standard error."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@pytest.fixture
def run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """Run a command with `--json`: what it answered, or `Ended`."""

    def command(*arguments: object) -> Any:
        line = ["broadcaster", "--data", str(settings.data), *map(str, arguments), "--json"]
        monkeypatch.setattr("sys.argv", line)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        if ended.value.code:
            assert said.out == ""
            raise Ended(int(ended.value.code), said.err)
        return json.loads(said.out)

    return command


def make_places(session: Session) -> None:
    """One district with two villages that speak Talieng first, and one that speaks Western Katu."""
    session.add(Place(code="LA15", kind=PlaceKind.PROVINCE, name="Sekong"))
    session.flush()
    session.add(Place(code="LA1503", kind=PlaceKind.DISTRICT, name="Dakcheung", parent_code="LA15"))
    session.flush()
    for code, name, languages, people in (
        ("V1", "Ban Dakcheung", ["tdf", "lo"], 500),
        ("V2", "Ban Xieng", ["tdf"], 300),
        ("V3", "Ban Katu", ["kuf", "lo"], 200),
    ):
        session.add(
            Place(
                code=code,
                kind=PlaceKind.VILLAGE,
                name=name,
                parent_code="LA1503",
                languages=languages,
                population=people,
            )
        )
    session.commit()
