"""Pages of signing in: the authenticator app, where one is signed in, and what administrators may end."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import abort, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import pauses, people, second_factor, sessions
from broadcaster.accounts.access import before_second_factor, current_person, requires
from broadcaster.accounts.audit import record
from broadcaster.accounts.browsers import browser_words
from broadcaster.accounts.forms import CodeOfAppForm
from broadcaster.accounts.freshness import fresh, present_session
from broadcaster.accounts.models import Person
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sign_in_models import SignInPause, SignInSession
from broadcaster.database import db
from broadcaster.errors import BadInput, NotPossible
from broadcaster.web.mishaps import say

SECRET = "second_factor_secret"  # noqa: S105 - a name in the session; what stands there is encrypted

blueprint = APIBlueprint("account_sign_in", __name__, template_folder="templates", enable_openapi=False)


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """What the lists of sign-ins call."""
    return {"browser_words": browser_words}


@blueprint.route("/settings/second-factor", methods=["GET", "POST"])
@before_second_factor
@fresh
def set_up_second_factor() -> str | tuple[str, int]:
    """Scan, type the code, keep the spare codes. A reload shows the same key."""
    person = current_person()
    form = CodeOfAppForm()
    secret = session.get(SECRET) or second_factor.new_secret()
    session[SECRET] = secret
    if form.validate_on_submit():
        try:
            spare = second_factor.set_up(db.session, person, secret, form.code.data, clock.now())
        except BadInput as error:
            form.code.errors = [say(error)]
        else:
            session.pop(SECRET)
            sessions.end_all(db.session, person, clock.now(), keep=present_session())
            db.session.commit()
            return render_template("accounts/spare_codes.html", codes=spare)
    page = render_template(
        "accounts/second_factor.html",
        form=form,
        scan=second_factor.to_scan(person, secret),
        person=person,
        needed=second_factor.must_set_up(person),
    )
    return (page, 422) if form.errors else page


@blueprint.post("/settings/second-factor/spare-codes")
@fresh
def new_spare_codes() -> str:
    """Others instead of those that were used or lost."""
    spare = second_factor.new_spare_codes(db.session, current_person(), clock.now())
    db.session.commit()
    return render_template("accounts/spare_codes.html", codes=spare)


@blueprint.post("/settings/second-factor/remove")
@fresh
def remove_own() -> Response:
    """The password alone is enough again. Whoever must have one is led to set up another at once."""
    second_factor.remove(db.session, current_person(), clock.now(), current_person())
    db.session.commit()
    flash(_("Codes are no longer asked for."), "done")
    return redirect(url_for("accounts.settings"), 303)


@blueprint.post("/settings/people/<int:person_id>/second-factor/remove")
@requires(Role.ADMINISTRATOR)
@fresh
def remove(person_id: int) -> Response:
    """Somebody's phone is lost."""
    person = people.person(db.session, person_id)
    try:
        second_factor.remove(db.session, person, clock.now(), current_person())
    except NotPossible as error:
        flash(say(error), "fail")
    else:
        sessions.end_all(db.session, person, clock.now(), keep=present_session())
        db.session.commit()
        flash(_("%(name)s is no longer asked for a code.", name=person.name), "done")
    return redirect(url_for("accounts.one", person_id=person_id), 303)


@blueprint.post("/settings/sessions/<int:session_id>/end")
def end(session_id: int) -> Response:
    """Sign one browser out: one's own, or, for administrators, anybody's; others' are not there (404)."""
    row = db.session.get(SignInSession, session_id)
    me = current_person()
    if row is None or (row.person_id != me.id and not me.may()):
        abort(404)
    sessions.end(row, clock.now())
    _tell_ended(people.person(db.session, row.person_id), 1)
    if row.person_id == me.id:
        return redirect(url_for("accounts.settings"), 303)
    return redirect(url_for("accounts.one", person_id=row.person_id), 303)


@blueprint.post("/settings/sessions/end-others")
def end_others() -> Response:
    """Sign every other browser of one's own out."""
    me = current_person()
    _tell_ended(me, sessions.end_all(db.session, me, clock.now(), keep=present_session()))
    return redirect(url_for("accounts.settings"), 303)


@blueprint.post("/settings/people/<int:person_id>/sessions/end")
@requires(Role.ADMINISTRATOR)
def end_all(person_id: int) -> Response:
    """Sign somebody out everywhere; they can sign in again."""
    person = people.person(db.session, person_id)
    _tell_ended(person, sessions.end_all(db.session, person, clock.now(), keep=present_session()))
    return redirect(url_for("accounts.one", person_id=person_id), 303)


@blueprint.post("/settings/pauses/<int:pause_id>/lift")
@requires(Role.ADMINISTRATOR)
@fresh
def lift(pause_id: int) -> Response:
    """Somebody forgot their password, wrote it down, and need not wait any longer."""
    pause = db.session.get(SignInPause, pause_id)
    if pause is not None:
        pauses.lift(db.session, pause, clock.now(), current_person())
        db.session.commit()
    flash(_("Attempts are looked at again."), "done")
    return redirect(url_for("accounts.everybody"), 303)


def _tell_ended(person: Person, ended: int) -> None:
    record(
        db.session,
        action="person.sessions_ended",
        subject=f"person:{person.id}",
        after={"ended": ended},
        actor=current_person(),
        now=clock.now(),
    )
    db.session.commit()
    told = ngettext("%(num)d device was signed out.", "%(num)d devices were signed out.", ended)
    flash(told, "done")
