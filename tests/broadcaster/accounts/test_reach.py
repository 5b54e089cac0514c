"""How far roles reach: the rules by themselves, the places given and taken, and the place looked at."""

from __future__ import annotations

import json

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from broadcaster import terminal
from broadcaster.accounts.place_in_view import look_at
from broadcaster.accounts.reach import EVERYWHERE, NOWHERE, reach_of
from broadcaster.accounts.service import (
    Person,
    Role,
    add_person,
    change_roles,
    in_view,
    person_by_email,
    places_by_role,
    reach,
    refuse_beyond,
    set_places,
    set_places_of_all,
    trail,
)
from broadcaster.cli import app as command_line
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, NotAllowed, NotPossible
from tests.broadcaster.accounts.two_districts import ELSEWHERE, HERE, PROVINCE, TwoDistricts
from tests.broadcaster.conftest import FixedClock

PARENTS = {PROVINCE: None, HERE: PROVINCE, ELSEWHERE: PROVINCE, "V1": HERE, "V2": ELSEWHERE}
EDITOR, APPROVER = Role.EDITOR, Role.APPROVER


def test_a_reach_holds_its_places_and_all_below_and_sees_what_is_above() -> None:
    """What is of no place is the province's: seen by all, touched from everywhere only."""
    thateng = reach_of([HERE], PARENTS)
    assert [thateng.holds(code) for code in (HERE, "V1", PROVINCE, "V2")] == [True, True, False, False]
    assert thateng.covers(("V1", HERE, PROVINCE))
    assert not thateng.covers(("V2", ELSEWHERE, PROVINCE))
    assert thateng.touches(["V1", HERE])
    assert not thateng.touches(["V1", "V2"])
    assert not thateng.touches([])
    assert [thateng.sees([code]) for code in (HERE, "V1", PROVINCE, "V2")] == [True, True, True, False]
    assert thateng.sees(["V1", "V2"])
    assert thateng.sees([])


def test_everywhere_and_nowhere_are_the_ends() -> None:
    """A code nobody knows reaches nothing, and does not let in everywhere."""
    assert EVERYWHERE.touches([])
    assert EVERYWHERE.sees(["unknown"])
    assert not NOWHERE.sees([])
    assert not NOWHERE.touches([])
    lost = reach_of(["gone"], PARENTS)
    assert not any(lost.holds(code) for code in PARENTS)
    assert not lost.touches([HERE])


def test_a_circle_of_places_ends() -> None:
    """A mistake in the table of villages must not hang every page."""
    circle = reach_of(["a"], {"a": "b", "b": "a"})
    assert circle.holds("b")


def test_a_view_is_narrowed_within_the_reach_only() -> None:
    """Looking at another district shows what one reaches, not that district."""
    thateng = reach_of([HERE], PARENTS)
    assert not thateng.narrowed("V1", PARENTS).holds(HERE)
    assert thateng.narrowed(ELSEWHERE, PARENTS) == thateng
    assert EVERYWHERE.narrowed(HERE, PARENTS) == thateng


@pytest.fixture
def editor(session: Session, clock: FixedClock) -> Person:
    """An editor and approver of the whole province, in a province of two districts."""
    TwoDistricts(session, clock.now).places()
    return add_person(
        session, "ann@example.org", "a long enough pass phrase", [EDITOR, APPROVER], "Ann", clock.now
    )


def test_each_role_holds_at_its_own_places(session: Session, clock: FixedClock, editor: Person) -> None:
    """All together reach as far as the widest."""
    assert reach(editor) == EVERYWHERE
    set_places(session, editor, EDITOR, [HERE], clock.now)
    assert reach(editor, EDITOR).holds("V1")
    assert not reach(editor, EDITOR).holds("V2")
    assert reach(editor, APPROVER) == EVERYWHERE
    assert reach(editor) == EVERYWHERE
    set_places(session, editor, APPROVER, ["V2"], clock.now)
    both = reach(editor)
    assert both.holds("V1")
    assert both.holds("V2")
    assert not both.holds(ELSEWHERE)
    assert reach(editor, Role.OPERATOR) == NOWHERE
    assert reach(None) == EVERYWHERE
    set_places(session, editor, EDITOR, [], clock.now)
    assert reach(editor, EDITOR) == EVERYWHERE


def test_what_lies_beyond_is_refused_with_whose_it_is(
    session: Session, clock: FixedClock, editor: Person
) -> None:
    """The message names the place."""
    set_places_of_all(session, editor, [HERE], clock.now)
    refuse_beyond(session, editor, (EDITOR,), ["V1"])
    with pytest.raises(NotAllowed, match=r"Lamam \(LA1501\)"):
        refuse_beyond(session, editor, (EDITOR,), [HERE, ELSEWHERE])
    with pytest.raises(NotAllowed, match="whole province"):
        refuse_beyond(session, editor, (EDITOR,), [])


def test_places_of_a_role_are_checked_and_written_into_the_trail(
    session: Session, clock: FixedClock, editor: Person
) -> None:
    """Before and after; the same again is no line."""
    set_places(session, editor, EDITOR, [HERE], clock.now)
    set_places(session, editor, EDITOR, [HERE, HERE], clock.now)
    with pytest.raises(BadInput):
        set_places(session, editor, EDITOR, ["nowhere"], clock.now)
    with pytest.raises(NotPossible):
        set_places(session, editor, Role.OPERATOR, [HERE], clock.now)
    (line,) = [one for one in trail(session) if one.action == "person.places"]
    assert (line.before, line.after) == (
        {"role": "editor", "places": []},
        {"role": "editor", "places": [HERE]},
    )


def test_administrators_are_never_narrowed(session: Session, clock: FixedClock, editor: Person) -> None:
    """Also not by the places of their other roles."""
    boss = add_person(
        session, "b@example.org", "a long enough pass phrase", [Role.ADMINISTRATOR], "B", clock.now
    )
    with pytest.raises(BadInput):
        set_places(session, boss, Role.ADMINISTRATOR, [HERE], clock.now)
    with pytest.raises(BadInput):
        set_places_of_all(session, boss, [HERE], clock.now)
    change_roles(session, boss, [Role.ADMINISTRATOR, EDITOR], clock.now)
    set_places(session, boss, EDITOR, [HERE], clock.now)
    assert reach(boss, EDITOR) == EVERYWHERE


def test_a_role_taken_away_and_given_anew_is_not_still_narrowed(
    session: Session, clock: FixedClock, editor: Person
) -> None:
    """What is kept stays where it held."""
    set_places_of_all(session, editor, [HERE], clock.now)
    change_roles(session, editor, [APPROVER], clock.now)
    change_roles(session, editor, [APPROVER, EDITOR], clock.now)
    assert places_by_role(session, editor) == {EDITOR: (), APPROVER: (HERE,)}


def test_the_place_looked_at_is_remembered_and_stays_within_reach(
    session: Session, clock: FixedClock, editor: Person
) -> None:
    """Once the role no longer holds there, the list shows what is left."""
    look_at(session, editor, HERE)
    session.flush()
    assert in_view(editor).inside == {HERE, "V1"}
    look_at(session, editor, "")
    session.flush()
    assert in_view(editor) == EVERYWHERE
    look_at(session, editor, HERE)
    session.flush()
    set_places_of_all(session, editor, ["V2"], clock.now)
    assert in_view(editor).inside == {"V2"}


def test_the_command_line_gives_roles_for_places(
    app: APIFlask, settings: Settings, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """All roles at once, or one by itself."""
    with app.app_context():
        TwoDistricts(db.session, clock.now).places()
        add_person(db.session, "ann@example.org", "a long enough pass phrase", [EDITOR], "Ann", clock.now)
        db.session.commit()

    def run(*words: str) -> dict:
        folder = terminal.DataFolder(settings.data, lambda _settings: app)
        full = ["--data", str(settings.data), "user", *words, "--json"]
        command_line(full, standalone_mode=False, obj=folder)
        return json.loads(capsys.readouterr().out)

    both = ["--role", "editor", "--role", "approver", "--place", HERE]
    assert run("roles", "ann@example.org", *both)["places"] == {"editor": [HERE], "approver": [HERE]}
    answer = run("places", "ann@example.org", "--role", "editor", "--place", "V2", "--place", HERE)
    assert answer["places"] == {"editor": [HERE, "V2"], "approver": [HERE]}
    assert run("places", "ann@example.org", "--role", "editor")["places"]["editor"] == []
    with pytest.raises(BadInput):
        run("places", "ann@example.org", "--role", "editor", "--place", "nowhere")
    with app.app_context():
        assert places_by_role(db.session, person_by_email(db.session, "ann@example.org"))[EDITOR] == ()
