"""Settings: one's own account, and for administrators everybody's."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import (
    freshness,
    links,
    pauses,
    people,
    role_places,
    second_factor,
    sessions,
    signing_in,
)
from broadcaster.accounts.access import current_person, requires
from broadcaster.accounts.audit import trail
from broadcaster.accounts.forms import ROLE_NAMES, PasswordForm, PersonForm, RolesForm
from broadcaster.accounts.freshness import fresh, present_session
from broadcaster.accounts.link_pages import show_link
from broadcaster.accounts.roles import Role
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError, NotPossible
from broadcaster.web.mishaps import say

blueprint = APIBlueprint("accounts", __name__, template_folder="templates", enable_openapi=False)


@blueprint.get("/settings")
def settings() -> str:
    """What can be set, for the person who asks."""
    person = current_person()
    return render_template(
        "accounts/settings.html",
        person=person,
        role_names=ROLE_NAMES,
        sessions=sessions.live(db.session, person, clock.now()),
        present=present_session(),
        spare_codes=second_factor.spare_codes_left(db.session, person),
    )


@blueprint.route("/settings/password", methods=["GET", "POST"])
def password() -> str | Response | tuple[str, int]:
    """A new password; this browser stays signed in, every other one is signed out."""
    form = PasswordForm()
    person = current_person()
    if form.validate_on_submit():
        try:
            freshness.confirm_password(person, form.present.data, clock.now())
            people.set_password(db.session, person, form.new.data, clock.now(), actor=person)
        except (BadInput, NotPossible) as error:
            named = form.new if getattr(error, "field", None) == "password" else form.present
            named.errors = [say(error)]
        else:
            db.session.commit()
            signing_in.enter(person)
            flash(_("Your password was changed. Other devices were signed out."), "done")
            return redirect(url_for("accounts.settings"), 303)
    page = render_template("accounts/password.html", form=form)
    return (page, 422) if form.errors else page


@blueprint.route("/settings/people", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
@fresh
def everybody() -> str | Response | tuple[str, int]:
    """Everybody who can sign in, and a form to invite somebody."""
    form = PersonForm()
    now = clock.now()
    chosen, place_mistakes = request.form.getlist("places"), list[str]()
    if form.validate_on_submit():
        try:
            invited, word = links.invite(
                db.session,
                form.email.data,
                [Role(role) for role in form.roles.data],
                form.name.data,
                now,
                language=form.language.data,
                actor=current_person(),
            )
            role_places.set_places_of_all(db.session, invited, chosen, now, actor=current_person())
        except BadInput as error:
            db.session.rollback()
            if error.field == "places":
                place_mistakes = [say(error)]
            else:
                form.email.errors = [say(error)]
        else:
            return show_link(invited, word)
    page = render_template(
        "accounts/people.html",
        people=people.people(db.session),
        form=form,
        role_names=ROLE_NAMES,
        chosen=chosen,
        place_mistakes=place_mistakes,
        open_links={link.person_id: link for link in links.open_links(db.session, now)},
        pauses=pauses.pauses(db.session, now),
    )
    return (page, 422) if form.errors or place_mistakes else page


@blueprint.route("/settings/people/<int:person_id>", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
@fresh
def one(person_id: int) -> str | Response | tuple[str, int]:
    """What one person may do."""
    person = people.person(db.session, person_id)
    form = RolesForm(roles=[role.value for role in person.role_set])
    if form.validate_on_submit():
        try:
            wanted = [Role(role) for role in form.roles.data]
            people.change_roles(db.session, person, wanted, clock.now(), actor=current_person())
        except BroadcasterError as error:
            form.roles.errors = [say(error)]
        else:
            db.session.commit()
            flash(_("The roles of %(name)s were changed.", name=person.name), "done")
            return redirect(url_for("accounts.everybody"), 303)
    entries = trail(db.session, f"person:{person.id}", most=30)
    now = clock.now()
    page = render_template(
        "accounts/person.html",
        person=person,
        form=form,
        entries=entries,
        me=current_person(),
        open_link=next(iter(links.open_links(db.session, now, person)), None),
        sessions=sessions.live(db.session, person, now),
        present=present_session(),
    )
    return (page, 422) if form.errors else page


@blueprint.post("/settings/people/<int:person_id>/lock")
@requires(Role.ADMINISTRATOR)
@fresh
def lock(person_id: int) -> Response:
    """Nobody signs in with this account until it is unlocked; sessions end at once."""
    person = people.person(db.session, person_id)
    if person.id == current_person().id:
        abort(409)
    try:
        people.set_active(db.session, person, False, clock.now(), actor=current_person())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        db.session.commit()
        flash(_("%(name)s can no longer sign in.", name=person.name), "done")
    return redirect(url_for("accounts.one", person_id=person_id), 303)


@blueprint.post("/settings/people/<int:person_id>/unlock")
@requires(Role.ADMINISTRATOR)
@fresh
def unlock(person_id: int) -> Response:
    """The account may be used again."""
    person = people.person(db.session, person_id)
    people.set_active(db.session, person, True, clock.now(), actor=current_person())
    db.session.commit()
    flash(_("%(name)s can sign in again.", name=person.name), "done")
    return redirect(url_for("accounts.one", person_id=person_id), 303)
