"""Flask-Security's forms of signing in, each behind the pause that wrong attempts bring."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, after_this_request, request, session
from flask_babel import gettext as _
from flask_security import LoginForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.recovery_codes import MfRecoveryForm
from wtforms import Field, Form

from broadcaster import clock
from broadcaster.accounts import freshness, pauses, second_factor
from broadcaster.accounts.audit import record
from broadcaster.accounts.models import Person
from broadcaster.database import db
from broadcaster.errors import BadInput, NotPossible
from broadcaster.ways_back import way_back
from broadcaster.web.mishaps import say
from broadcaster.web.wording import when

PASSWORD_RIGHT_AT = "password_right_at"  # noqa: S105 - a name in the session
STRANGER = "stranger"


class _Guarded:
    """A form that is not looked at while a pause lasts. `paused` says until when, in words."""

    paused: str | None = None

    def open_for(self, account: str) -> bool:
        """Count this attempt; False, with a 429 on its way, while nobody is listened to."""
        self.counted = pauses.counted_for(db.session, account, request.remote_addr or "")
        until = pauses.attempt(db.session, self.counted, clock.now())
        if until is None:
            return True
        self.paused = pause_words(until)
        wait_s = max(1, round((until - clock.now()).total_seconds()))
        after_this_request(lambda answer: _too_many(answer, wait_s))
        return False

    def settle(self, right: bool, person: Person | None, action: str) -> bool:
        """Take a right attempt back, or write a wrong one on the trail without what was typed."""
        if right:
            pauses.take_back(db.session, self.counted)
        else:
            failed(person, action)
        db.session.commit()
        return right


class _LeadsBack:
    """A form with a way back. One that leads elsewhere is forgotten, not complained about."""

    def validate_next(self, field: Field) -> None:
        """Only to our own pages."""
        field.data = way_back(field.data or "", "")


class SignInForm(_LeadsBack, LoginForm, _Guarded):
    """Address and password."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the account opens; the answer is the same for a wrong address and a wrong password."""
        if not self.open_for(self.email.data or ""):
            self.form_errors.append(self.paused)
            return False
        right = super().validate(**kwargs)
        if right:
            session[PASSWORD_RIGHT_AT] = clock.now().timestamp()
        return self.settle(right, self.user, "person.sign_in_failed")  # type: ignore[arg-type]  # a Person


class CodeForm(TwoFactorVerifyCodeForm, _Guarded):
    """The code of the authenticator app, after the password."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is right and was not used before."""
        person: Any = self.user
        if not self.open_for(person.email):
            self.form_errors.append(self.paused)
            return False
        right = Form.validate(self, **kwargs) and second_factor.is_right(person, self.code.data or "")
        if not right:
            self.code.errors = [_("The code is not right. Type the one the app shows now.")]
        return self.settle(right, person, "person.code_failed")


class SpareCodeForm(MfRecoveryForm, _Guarded):
    """A spare code instead of the app's."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is one of theirs and was not used before."""
        person: Any = self.user
        if not self.open_for(person.email):
            self.form_errors.append(self.paused)
            return False
        right = super().validate(**kwargs)
        if right:
            after = {"left": second_factor.spare_codes_left(db.session, person)}
            subject = f"person:{person.id}"
            record(
                db.session,
                action="person.spare_code_used",
                subject=subject,
                after=after,
                actor=person,
                now=clock.now(),
            )
        elif self.code.data:
            self.code.errors = [_("This is no spare code of yours, or it was used before.")]
        return self.settle(right, person, "person.code_failed")


class ConfirmForm(_LeadsBack, VerifyForm):
    """Who is signed in proves it once more."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the password, or the app's code, is right."""
        if not Form.validate(self, **kwargs):
            return False
        try:
            freshness.confirm(self.user, self.password.data or "", clock.now())  # type: ignore[arg-type]  # a Person
        except (BadInput, NotPossible) as error:
            self.password.errors = [say(error)]
            return False
        return True


def failed(person: Person | None, action: str) -> None:
    """Write that somebody tried, never what was typed: people type passwords into the wrong field."""
    record(
        db.session,
        action=action,
        subject=f"person:{person.id}" if person else "person:unknown",
        actor=STRANGER,
        now=clock.now(),
    )


def pause_words(until: datetime) -> str:
    """Until when nobody is listened to: the first whole minute after it."""
    shown = until + timedelta(seconds=59)
    return str(_("Too many wrong attempts. Try again from %(time)s on.", time=when(shown)))


def _too_many(answer: Response, wait_s: int) -> Response:
    answer.status_code = 429
    answer.headers["Retry-After"] = str(wait_s)
    return answer
