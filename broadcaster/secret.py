"""The server's own secret: made once by `init`, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from broadcaster.errors import ConfigurationError

FILE_NAME = "secret.key"
SHORTEST = 32
"""Characters; `make_secret` writes 64."""


@dataclass(frozen=True, repr=False)
class Secrets:
    """What signs sessions, peppers passwords and encrypts second factors. Never printed."""

    session_key: str
    password_salt: str
    second_factor_key: str


def make_secret(data: Path) -> bool:
    """Write `secret.key` (0600) unless there is one; True when it was made."""
    file = data / FILE_NAME
    names = ("session_key", "password_salt", "second_factor_key")
    content = json.dumps({name: secrets.token_hex(32) for name in names})
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return True


def read_secret(data: Path) -> Secrets:
    """The secrets of a data folder; `ConfigurationError` says what to do when they are missing or damaged."""
    file = data / FILE_NAME
    try:
        if file.exists() and not file.is_file():
            raise ValueError("not a file")
        values = json.loads(file.read_text(encoding="utf-8"))
        session_key, password_salt = _long(values["session_key"]), _long(values["password_salt"])
        key = values.get("second_factor_key")
        return Secrets(
            session_key=session_key,
            password_salt=password_salt,
            second_factor_key=_derived(session_key) if key is None else _long(key),
        )
    except FileNotFoundError as error:
        message = f"{data}: not initialised; run 'broadcaster --data {data} init' first"
        raise ConfigurationError([message]) from error
    except OSError as error:
        raise ConfigurationError([f"{file}: cannot be read: {error.strerror}"]) from error
    except (ValueError, KeyError, TypeError) as error:
        message = (
            f"{file}: damaged; restore it from a backup, or remove it and run init; "
            "then every password and second factor must be made anew"
        )
        raise ConfigurationError([message]) from error


def _derived(session_key: str) -> str:
    """The second factors' key of a file from before there was one: always the same for the same file."""
    return hmac.new(session_key.encode(), b"second factor", hashlib.sha256).hexdigest()


def _long(value: object) -> str:
    if not isinstance(value, str) or len(value) < SHORTEST:
        raise ValueError("not a secret")
    return value
