"""Pages of links: an administrator makes and withdraws one; whoever opens it chooses a password."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import links, people, signing_in
from broadcaster.accounts.access import current_person, open_to_all, requires
from broadcaster.accounts.forms import ROLE_WORDS, WelcomeForm
from broadcaster.accounts.freshness import fresh
from broadcaster.accounts.models import Person
from broadcaster.accounts.roles import Role
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.web import language
from broadcaster.web.mishaps import say

blueprint = APIBlueprint("account_links", __name__, template_folder="templates", enable_openapi=False)


def show_link(person: Person, word: str) -> str:
    """Commit, have the link sent where mail is configured, and show it this once."""
    now = clock.now()
    link = links.address(word)
    sent = links.send(db.session, person, link, now)
    db.session.commit()
    days = links.GOOD_FOR[links.kind_for(person)].days
    return render_template("accounts/link.html", person=person, link=link, sent=sent, days=days)


@blueprint.post("/settings/people/<int:person_id>/link")
@requires(Role.ADMINISTRATOR)
@fresh
def make(person_id: int) -> str | Response:
    """A new link: the invitation once more, or a way to a new password. Earlier ones end."""
    person = people.person(db.session, person_id)
    try:
        word = links.make(db.session, person, clock.now(), current_person())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
        return redirect(url_for("accounts.one", person_id=person_id), 303)
    return show_link(person, word)


@blueprint.post("/settings/people/<int:person_id>/link/withdraw")
@requires(Role.ADMINISTRATOR)
def withdraw(person_id: int) -> Response:
    """What was handed out opens nothing any more."""
    person = people.person(db.session, person_id)
    try:
        links.withdraw(db.session, person, clock.now(), current_person())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        db.session.commit()
        flash(_("The link of %(name)s was withdrawn.", name=person.name), "done")
    return redirect(url_for("accounts.one", person_id=person_id), 303)


@blueprint.route("/welcome/<word>", methods=["GET", "POST"])
@open_to_all
def welcome(word: str) -> str | Response | tuple[str, int]:
    """Whoever holds the link reads what they may do, and chooses a password. Looking does not use it up."""
    try:
        link = links.find(db.session, word, clock.now())
    except BroadcasterError as error:
        return render_template("accounts/link_over.html", words=say(error)), error.http_status
    person = link.person
    form = WelcomeForm(language=person.language)
    if form.validate_on_submit():
        try:
            links.use(db.session, link, form.password.data, form.language.data, clock.now())
        except BadInput as error:
            form.password.errors = [say(error)]
        else:
            db.session.commit()
            signing_in.forget_language_wish()
            return _come_in(person)
    with force_locale(_reads(person)):
        page = render_template(
            "accounts/welcome.html",
            person=person,
            link=link,
            form=form,
            roles=[words for role, words in ROLE_WORDS.items() if role in person.role_set],
        )
    return (page, 422) if form.errors else page


def _reads(person: Person) -> str:
    """Their own language, until another one is chosen in this browser."""
    return person.language if language.COOKIE not in request.cookies else language.chosen()


def _come_in(person: Person) -> Response:
    """Straight in; with a second factor by the sign-in page, which asks for it."""
    with force_locale(person.language):
        if person.has_second_factor:
            flash(_("Your new password is set. Sign in with it."), "done")
            return redirect(url_for("security.login"), 303)
        flash(_("Welcome, %(name)s. Your password is set.", name=person.name), "done")
    signing_in.enter(person)
    return redirect("/", 303)
