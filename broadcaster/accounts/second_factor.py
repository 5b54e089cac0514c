"""The second factor: codes of an authenticator app, and spare codes for the day the phone is lost.

Rule 1: a code is good once. The step of the last one is kept, and only a later one is taken.
Rule 2: a spare code is good once, and is shown once: the database keeps only its keyed hash.
Rule 3: who must have one is said by a setting; they can do nothing else until they do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from datetime import datetime
from typing import Any, cast

import qrcode
from flask import current_app
from flask_security import Totp
from flask_security.recovery_codes import MfRecoveryCodesUtil
from passlib.exc import TokenError  # type: ignore[import-untyped]  # libpass publishes no types
from qrcode.image.svg import SvgPathFillImage
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from broadcaster import clock
from broadcaster.accounts.audit import record
from broadcaster.accounts.models import Person
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sign_in_models import RecoveryCode
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, NotPossible

METHOD = "authenticator"
ISSUER = "Sekong Broadcaster"
SPARE_CODES = 10
WINDOW_S = 60
"""Phones in villages are off by this much and more; each step of it makes guessing a little easier."""
MUST_HAVE_ONE = (Role.ADMINISTRATOR, Role.APPROVER)


def must_set_up(person: Person) -> bool:
    """Whether the setting demands a second factor of this person, and they have none."""
    settings: Settings = current_app.config["SETTINGS"]
    demanded = settings.accounts.second_factor == "required" and person.may(*MUST_HAVE_ONE)
    return demanded and not person.has_second_factor


class Codes(Totp):
    """Flask-Security's codes in our clock's time, each good once."""

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Whether the code is right and later than the last one that was used; then it is used."""
        try:
            match = self._totp.verify(
                str(token), totp_secret, time=clock.now(), window=window, last_counter=user.totp_counter
            )
        except (TokenError, ValueError, TypeError, KeyError):  # the latter: encrypted with a key that is gone
            return False
        used = (
            update(Person)
            .where(
                Person.id == user.id, or_(Person.totp_counter.is_(None), Person.totp_counter < match.counter)
            )
            .values(totp_counter=match.counter)
        )
        return bool(db.session.execute(used).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The picture to scan, black on white in dark pages too, as the source of an image."""
        image = qrcode.make(self.get_totp_uri(username, totp), image_factory=SvgPathFillImage)
        with io.BytesIO() as file:
            image.save(file)
            return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


class SpareCodes(MfRecoveryCodesUtil):
    """Flask-Security's recovery codes as rows of hashes; looking at one uses it."""

    def create_recovery_codes(self, user: Any) -> list[str]:
        """New ones instead of all earlier; the only time they can be read."""
        made = _codes().generate_recovery_codes(SPARE_CODES)
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == user.id))
        db.session.add_all(RecoveryCode(person_id=user.id, code_hash=_keyed(user.id, code)) for code in made)
        return list(made)

    def get_recovery_codes(self, user: Any) -> list[str]:  # noqa: ARG002 - the signature is Flask-Security's
        """None: they are shown once."""
        return []

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Whether it is one that was not used; from now on it is."""
        used = (
            update(RecoveryCode)
            .where(
                RecoveryCode.person_id == user.id,
                RecoveryCode.code_hash == _keyed(user.id, code),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
        )
        return bool(db.session.execute(used).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it

    def delete_recovery_code(self, user: Any, code: str) -> bool:  # noqa: ARG002 - as above
        """Nothing is left to do."""
        return True


def new_secret() -> str:
    """The secret of an app to set up, encrypted."""
    return str(_codes().generate_totp_secret())


def to_scan(person: Person, secret: str) -> dict[str, str]:
    """What the app needs: `image` to scan, and `key` to type."""
    return cast("dict[str, str]", _codes().fetch_setup_values(secret, cast("Any", person)))


def is_right(person: Person, code: str) -> bool:
    """Whether it is the app's present code, not used before; then it is used."""
    if not person.has_second_factor:
        return False
    return bool(_codes().verify_totp(code, person.tf_totp_secret, person, WINDOW_S))


def set_up(session: Session, person: Person, secret: str, code: str, now: datetime) -> list[str]:
    """The app whose code proves that it holds the secret; the spare codes, to be shown this once."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.accounts.second_factor == "off":
        raise NotPossible("second factors are switched off on this server", code="second_factor_off")
    before = {"second_factor": person.has_second_factor}
    if not _codes().verify_totp(code, secret, person, WINDOW_S):
        raise BadInput(
            "the code is not right; type the one the app shows now", field="code", code="wrong_code"
        )
    person.tf_primary_method, person.tf_totp_secret, person.second_factor_at = METHOD, secret, now
    spare: list[str] = _spare().create_recovery_codes(person)
    record(
        session,
        action="person.second_factor",
        subject=f"person:{person.id}",
        before=before,
        after={"second_factor": True},
        actor=person,
        now=now,
    )
    return spare


def new_spare_codes(session: Session, person: Person, now: datetime) -> list[str]:
    """Other spare codes; the earlier ones open nothing any more."""
    if not person.has_second_factor:
        raise NotPossible("there is no authenticator app yet; set one up first", code="no_second_factor")
    spare: list[str] = _spare().create_recovery_codes(person)
    record(session, action="person.spare_codes", subject=f"person:{person.id}", actor=person, now=now)
    return spare


def remove(session: Session, person: Person, now: datetime, actor: Person | str | None = None) -> None:
    """The phone is lost: from now on the password alone opens, until an app is set up again."""
    if not person.has_second_factor:
        raise NotPossible("there is no second factor to remove", code="no_second_factor")
    person.tf_primary_method = person.tf_totp_secret = person.second_factor_at = None
    person.totp_counter = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    record(
        session,
        action="person.second_factor",
        subject=f"person:{person.id}",
        before={"second_factor": True},
        after={"second_factor": False},
        actor=actor,
        now=now,
    )


def spare_codes_left(session: Session, person: Person) -> int:
    """How many were not used."""
    unused = select(func.count()).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def _codes() -> Any:
    return current_app.extensions["security"].totp_factory


def _spare() -> Any:
    return current_app.extensions["security"].mf_recovery_codes_util


def _keyed(person_id: int, code: str) -> str:
    """48 random bits are few for a plain hash, so it is keyed; typed with or without dashes."""
    key: str = next(iter(current_app.config["SECURITY_TOTP_SECRETS"].values()))
    typed = "".join(sign for sign in code.casefold() if sign.isalnum())
    return hmac.new(key.encode(), f"{person_id}:{typed}".encode(), hashlib.sha256).hexdigest()
