"""`broadcaster doctor`: what this server needs, looked at one by one, with what to do about it."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from broadcaster import schema, secret
from broadcaster.config import Settings, load_settings
from broadcaster.errors import BroadcasterError, ConfigurationError
from broadcaster.software import software
from broadcaster.web import assets, language

LEAST_FREE_BYTES = 2 * 10**9


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `advice` is empty when all is well."""

    check: str
    ok: bool
    message: str
    advice: str = ""

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def examine(data: Path) -> list[Finding]:
    """Every check, in the order in which things are needed; nothing is changed."""
    program = Finding("software", True, software())
    try:
        settings = load_settings(data)
    except ConfigurationError as error:
        wrong = (Finding("configuration", False, line, "correct the file") for line in error.mistakes)
        return [program, *wrong]
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _configuration,
        _secret,
        _keys,
        _data_folder,
        _database,
        _audio_store,
        _disk,
        _ffmpeg,
        _front_end,
        _languages,
    )
    return [program, *(check(settings) for check in checks)]


def _configuration(settings: Settings) -> Finding:
    return Finding("configuration", True, f"{settings.data}: no mistakes")


def _secret(settings: Settings) -> Finding:
    file = settings.data / secret.FILE_NAME
    try:
        secret.read_secret(settings.data)
    except ConfigurationError as error:
        return Finding("secret", False, str(error), "run 'broadcaster init'")
    return _private("secret", [file])


def _keys(settings: Settings) -> Finding:
    files = sorted((settings.data / "keys").glob("*.key"))
    if not files:
        return Finding("signing keys", True, "none yet; made with the first station or plan")
    return _private("signing keys", files)


def _data_folder(settings: Settings) -> Finding:
    folder, file = settings.data, settings.data / "broadcaster.db"
    if not folder.is_dir():
        return Finding(
            "data folder",
            False,
            f"{folder}: there is none",
            "name another with --data, or run 'broadcaster init'",
        )
    others = [
        (path, mode)
        for path, mode in ((folder, "700"), (file, "600"))
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if others and stat.S_IMODE(folder.stat().st_mode) & 0o011:
        names = ", ".join(str(path) for path, _mode in others)
        advice = " && ".join(f"chmod {mode} {path}" for path, mode in others)
        return Finding("data folder", False, f"others of this machine can look into {names}", advice)
    return Finding("data folder", True, "only its owner looks into it")


def _private(check: str, files: list[Path]) -> Finding:
    open_files = [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]
    if open_files:
        names = ", ".join(str(file) for file in open_files)
        return Finding(check, False, f"others can read {names}", f"chmod 600 {names}")
    return Finding(check, True, ", ".join(f"{file.name}: only its owner reads it" for file in files))


def _database(settings: Settings) -> Finding:
    if not settings.database.url and not (settings.data / "broadcaster.db").exists():
        return Finding("database", False, "there is none yet", "run 'broadcaster init'")
    engine = create_engine(settings.database_url)
    try:
        schema.refuse_newer(engine)
        if schema.is_current(engine):
            return Finding("database", True, f"{engine.dialect.name}, newest schema")
        return Finding(
            "database", False, "not at the newest schema", "stop the server and run 'broadcaster init'"
        )
    except BroadcasterError as error:
        return Finding("database", False, str(error), "do not run init: it cannot go back")
    except SQLAlchemyError as error:
        return Finding("database", False, schema.reason(error), "start it, or correct [database] url")
    finally:
        engine.dispose()


def _audio_store(settings: Settings) -> Finding:
    store = settings.audio_store
    if "://" in store:
        return Finding("audio store", True, f"{store}: remote, looked at when audio is stored")
    folder = Path(store)
    if settings.data in folder.parents and not settings.data.is_dir():
        return Finding(
            "audio store", False, f"{folder}: there is no data folder for it", "run 'broadcaster init'"
        )
    probe = folder / f".probe-{secrets.token_hex(6)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"probe")
    except OSError as error:
        return Finding(
            "audio store", False, f"{folder}: {error.strerror}", "give the server's user the folder"
        )
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
    return Finding("audio store", True, f"{folder}: can be written")


def _disk(settings: Settings) -> Finding:
    there = next(one for one in (settings.data, *settings.data.parents) if one.exists())
    free = shutil.disk_usage(there).free
    words = f"{free / 10**9:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", False, words, "free some space: uploads need room")
    return Finding("disk", True, words)


def _ffmpeg(_settings: Settings) -> Finding:
    missing = [tool for tool in ("ffmpeg", "ffprobe") if shutil.which(tool) is None]
    if missing:
        return Finding("ffmpeg", False, f"{' and '.join(missing)} not found", "apt-get install ffmpeg")
    return Finding("ffmpeg", True, str(shutil.which("ffmpeg")))


def _front_end(_settings: Settings) -> Finding:
    if not assets.manifest():
        return Finding("front end", False, "not built", "run 'npm ci && node build.mjs' in web/frontend")
    return Finding("front end", True, "built")


def _languages(_settings: Settings) -> Finding:
    missing = [
        tag
        for tag in language.LANGUAGES
        if tag != "en" and not (language.TRANSLATIONS / tag / "LC_MESSAGES" / "messages.mo").exists()
    ]
    if missing:
        advice = f"pybabel compile -d {language.TRANSLATIONS}"
        return Finding("languages", False, f"not compiled: {', '.join(missing)}", advice)
    return Finding("languages", True, ", ".join(language.LANGUAGES))
