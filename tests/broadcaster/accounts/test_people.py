"""Who can sign in and what they may do."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from broadcaster.accounts.service import (
    Role,
    add_person,
    change_roles,
    people,
    person_by_email,
    set_active,
    set_password,
    trail,
)
from broadcaster.errors import BadInput, NotPossible, NotThere

PASSWORD = "a long enough pass phrase"


def test_an_administrator_may_do_everything_others_what_their_roles_say(session: Session, clock) -> None:
    """Roles add up."""
    ann = add_person(session, "ann@example.org", PASSWORD, [Role.ADMINISTRATOR], "Ann", clock.now)
    bo = add_person(session, "bo@example.org", PASSWORD, [Role.EDITOR, Role.OFFICER], "Bo", clock.now)
    assert all(ann.may(role) for role in Role)
    assert [role for role in Role if bo.may(role)] == [Role.EDITOR, Role.OFFICER]
    assert not bo.may()


def test_the_password_is_never_kept(session: Session, clock) -> None:
    """Only its argon2 hash is."""
    person = add_person(session, "ann@example.org", PASSWORD, [Role.EDITOR], "Ann", clock.now)
    assert person.password is not None
    assert person.password.startswith("$argon2")
    assert PASSWORD not in person.password
    assert PASSWORD not in str([entry.after for entry in trail(session)])


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        ("ann", PASSWORD, "bad_email"),
        ("", PASSWORD, "bad_email"),
        ("ann@example.org", "short", "short_password"),
        ("ann@example.org", "x" * 300, "long_password"),
        ("TAKEN@example.org", PASSWORD, "email_in_use"),
    ],
)
def test_somebody_who_could_not_sign_in_is_not_added(
    session: Session, clock, email: str, password: str, code: str
) -> None:
    """The message names what is wrong."""
    add_person(session, "taken@example.org", PASSWORD, [Role.EDITOR], "Taken", clock.now)
    with pytest.raises(BadInput) as caught:
        add_person(session, email, password, [Role.EDITOR], "Ann", clock.now)
    assert caught.value.code == code
    assert len(people(session)) == 1


def test_the_last_administrator_stays(session: Session, clock) -> None:
    """Neither by role nor by lock can a province lose its last one."""
    ann = add_person(session, "ann@example.org", PASSWORD, [Role.ADMINISTRATOR], "Ann", clock.now)
    with pytest.raises(NotPossible):
        change_roles(session, ann, [Role.EDITOR], clock.now)
    with pytest.raises(NotPossible):
        set_active(session, ann, False, clock.now)
    bo = add_person(session, "bo@example.org", PASSWORD, [Role.ADMINISTRATOR], "Bo", clock.now)
    change_roles(session, ann, [Role.EDITOR], clock.now, actor=bo)
    assert ann.role_set == {Role.EDITOR}


def test_a_new_password_and_a_lock_end_every_session(session: Session, clock) -> None:
    """What a session remembers of a person changes with them."""
    add_person(session, "ann@example.org", PASSWORD, [Role.ADMINISTRATOR], "Ann", clock.now)
    bo = add_person(session, "bo@example.org", PASSWORD, [Role.EDITOR], "Bo", clock.now)
    remembered = {bo.fs_uniquifier}
    set_password(session, bo, "another long pass phrase", clock.now)
    remembered.add(bo.fs_uniquifier)
    set_active(session, bo, False, clock.now)
    remembered.add(bo.fs_uniquifier)
    assert len(remembered) == 3


def test_every_change_of_a_person_is_in_the_trail(session: Session, clock) -> None:
    """With what was before and after."""
    ann = add_person(session, "ann@example.org", PASSWORD, [Role.ADMINISTRATOR], "Ann", clock.now)
    bo = add_person(session, "bo@example.org", PASSWORD, [Role.EDITOR], "Bo", clock.now, actor=ann)
    change_roles(session, bo, [Role.APPROVER], clock.now, actor=ann)
    newest, added = trail(session, f"person:{bo.id}")
    assert (newest.action, newest.before, newest.after) == (
        "person.roles",
        {"roles": ["editor"]},
        {"roles": ["approver"]},
    )
    assert added.actor == "Ann"


def test_an_unknown_address_is_said_to_be_unknown(session: Session) -> None:
    """The message names it."""
    with pytest.raises(NotThere, match=r"nobody@example\.org"):
        person_by_email(session, "nobody@example.org")
