"""The province's signing keys: 32 raw bytes each in the data folder, made once, never in a database or log.

Stations trust the keyring they got at enrolment, so keys are never replaced silently: where a keyring was
published and its keys are gone, publishing stops with a clear line until they are restored.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.fleet.errors import KeysMissing
from broadcaster.fleet.models import PublishedKeyring
from schedules.envelope import SigningKey, sign
from schedules.errors import ScheduleError
from schedules.trust import TrustedKeyring
from schedules.wire.keyring import Keyring

KEYRING_LIFETIME = timedelta(days=10 * 365)


@dataclass(frozen=True, repr=False)
class ProvinceKeys:
    """`root` signs keyrings, `plan` signs plans and alerts."""

    root: SigningKey
    plan: SigningKey


def key_folder(settings: Settings) -> Path:
    """Where the keys lie: back it up, and show it to nobody."""
    return settings.data / "keys"


def province_keys(session: Session, settings: Settings, now: datetime) -> ProvinceKeys:
    """The keys, made on first need with keyring 1. `KeysMissing` says what to do when they don't fit."""
    folder = key_folder(settings)
    published = _newest_keyring(session)
    if published is not None and not all((folder / name).exists() for name in ("root.key", "plan.key")):
        raise KeysMissing(
            f"{folder}: the signing keys are missing; restore root.key and plan.key from the backup"
        )
    keys = ProvinceKeys(_key(folder / "root.key"), _key(folder / "plan.key"))
    if published is None:
        _publish_first_keyring(session, keys, now)
    elif keys.plan.public not in TrustedKeyring.restore(published.envelope).keyring.plan_keys:
        raise KeysMissing(
            f"{folder}: plan.key is not the key stations trust; restore root.key and plan.key from the backup"
        )
    return keys


def keyring_envelope(session: Session, settings: Settings, now: datetime) -> bytes:
    """The newest keyring's exact signed bytes."""
    published = _newest_keyring(session)
    if published is None:
        province_keys(session, settings, now)
        published = _newest_keyring(session)
    if published is None:
        raise KeysMissing("no keyring could be made; look at the server's log")
    return published.envelope


def _newest_keyring(session: Session) -> PublishedKeyring | None:
    return session.scalar(select(PublishedKeyring).order_by(PublishedKeyring.version.desc()).limit(1))


def _publish_first_keyring(session: Session, keys: ProvinceKeys, now: datetime) -> None:
    keyring = Keyring(
        version=1,
        issued_at=now,
        not_after=now + KEYRING_LIFETIME,
        root_threshold=1,
        root_keys=(keys.root.public,),
        plan_keys=(keys.plan.public,),
    )
    session.add(PublishedKeyring(version=1, envelope=sign(keyring, [keys.root]), issued_at=now))
    session.flush()


def _key(path: Path) -> SigningKey:
    if not path.exists():
        _write_once(path, SigningKey.generate().raw())
    try:
        return SigningKey.from_raw(path.read_bytes())
    except (OSError, ScheduleError) as error:
        raise KeysMissing(f"{path}: not a signing key of 32 bytes; restore it from the backup") from error


def _write_once(path: Path, raw: bytes) -> None:
    """Durable, readable by the owner only; of two processes that write at once the first one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(staged)
    finally:
        staged.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
