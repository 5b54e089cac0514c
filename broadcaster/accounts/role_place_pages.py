"""Pages: where a person's role holds; and the place one's own pages are narrowed to."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import people, role_places
from broadcaster.accounts.access import current_person, requires
from broadcaster.accounts.forms import ROLE_NAMES
from broadcaster.accounts.freshness import fresh
from broadcaster.accounts.known_places import known_places
from broadcaster.accounts.models import Person
from broadcaster.accounts.roles import Role
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.web.mishaps import say

blueprint = APIBlueprint("role_places", __name__, template_folder="templates", enable_openapi=False)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the pages of people call."""
    return {"places_by_role": places_in_words, "role_words": lambda role: ROLE_NAMES[Role(role)]}


@blueprint.route("/settings/people/<int:person_id>/places/<role>", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
@fresh
def change(person_id: int, role: str) -> str | Response | tuple[str, int]:
    """In which places one role of a person holds; none ticked is the whole province."""
    person = people.person(db.session, person_id)
    if role not in set(Role) or Role(role) not in person.role_set or Role(role) is Role.ADMINISTRATOR:
        abort(404)
    chosen = role_places.places_by_role(db.session, person)[Role(role)]
    mistake = ""
    if request.method == "POST":
        chosen = tuple(request.form.getlist("places"))
        try:
            role_places.set_places(
                db.session, person, Role(role), chosen, clock.now(), actor=current_person()
            )
        except BroadcasterError as error:
            db.session.rollback()
            mistake = say(error)
        else:
            db.session.commit()
            flash(_("Saved. It holds from now on."), "done")
            return redirect(url_for("accounts.one", person_id=person_id), 303)
    page = render_template(
        "accounts/role_places.html", person=person, role=Role(role), chosen=chosen, mistake=mistake
    )
    return (page, 422) if mistake else page


def places_in_words(person: Person) -> list[tuple[Role, str]]:
    """Each role of a person with the names of its places; empty where it holds in the whole province."""
    known = known_places(db.session)
    locale = get_locale()
    language = str(locale.language) if locale else "en"
    return [
        (role, ", ".join(known[code].name_in(language) if code in known else code for code in codes))
        for role, codes in role_places.places_by_role(db.session, person).items()
    ]
