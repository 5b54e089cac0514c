"""The approval table and what an approval covers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_library import Approval, ApprovalAction, ApprovalState, Role, errors
from content_library.approval import TRANSITIONS, actions, allowed, next_state

SHA256 = "ab" * 32
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
State, Action = ApprovalState, ApprovalAction


def test_the_full_way_and_the_short_way_both_end_approved() -> None:
    """Draft, submitted, language checked, approved; the language check may be left out."""
    assert walk(Action.SUBMIT, Action.CONFIRM_LANGUAGE, Action.APPROVE) is State.APPROVED
    assert walk(Action.SUBMIT, Action.APPROVE) is State.APPROVED


def test_a_returned_recording_can_be_submitted_again() -> None:
    """The editor brings a new version."""
    assert walk(Action.SUBMIT, Action.RETURN, Action.SUBMIT, Action.APPROVE) is State.APPROVED


def walk(*steps: Action) -> State:
    state = State.DRAFT
    for step in steps:
        state = next_state(state, step)
    return state


def test_withdrawn_is_final() -> None:
    """What was taken off the air comes back only as a new recording."""
    assert not any(allowed(State.WITHDRAWN, action) for action in Action)


def test_what_expired_goes_the_whole_way_again() -> None:
    """An approval that ended stays ended: there is no step back to approved, only a new submission."""
    assert [action for action in Action if allowed(State.EXPIRED, action)] == [Action.SUBMIT]
    assert next_state(State.EXPIRED, Action.SUBMIT) is State.SUBMITTED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.LANGUAGE_CHECKED])
def test_a_submission_can_be_taken_back_until_it_is_decided(state: State) -> None:
    """By those who write, not by those who decide."""
    assert next_state(state, Action.TAKE_BACK, Role.EDITOR) is State.DRAFT
    assert not allowed(state, Action.TAKE_BACK, Role.APPROVER)
    assert not allowed(State.APPROVED, Action.TAKE_BACK)


def test_who_understands_the_language_confirms_it_or_returns_the_recording() -> None:
    """And decides nothing else."""
    assert actions(State.SUBMITTED, Role.SPEAKER) == (Action.CONFIRM_LANGUAGE, Action.RETURN)
    assert {state for state in State for _ in actions(state, Role.SPEAKER)} == {State.SUBMITTED}


@given(st.sampled_from(State), st.sampled_from(Action), st.sampled_from([None, *Role]))
def test_what_is_not_in_the_table_is_refused(state: State, action: Action, role: Role | None) -> None:
    """`allowed`, `next_state` and `actions` agree on every combination."""
    if allowed(state, action, role):
        assert next_state(state, action, role) is TRANSITIONS[state, action][0]
        assert role is None or action in actions(state, role)
    else:
        assert role is None or action not in actions(state, role)
        with pytest.raises(errors.NotAllowed, match=";"):
            next_state(state, action, role)


@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Role)), max_size=12))
def test_nothing_becomes_approved_without_an_approver(steps: list[tuple[Action, Role]]) -> None:
    """Along any row of attempts a recording is approved only after it was submitted, by somebody who may."""
    state, submitted, decided_by = State.DRAFT, False, None
    for action, role in steps:
        if not allowed(state, action, role):
            continue
        state = next_state(state, action, role)
        submitted |= action is Action.SUBMIT
        decided_by = role if action is Action.APPROVE else decided_by
    if state is State.APPROVED:
        assert submitted
        assert decided_by in {Role.APPROVER, Role.ADMINISTRATOR}


def test_an_editor_cannot_approve_and_a_person_cannot_play_calendar() -> None:
    """Roles are told apart; the buttons of a page follow."""
    assert actions(State.SUBMITTED, Role.EDITOR) == (Action.TAKE_BACK,)
    assert actions(State.APPROVED, Role.ADMINISTRATOR) == (Action.WITHDRAW, Action.REPLACE)
    assert actions(State.APPROVED, Role.CALENDAR) == (Action.EXPIRE,)


def test_an_approval_covers_its_own_bytes_and_time_only() -> None:
    """Other bytes, or a later day, need another approval."""
    approval = Approval(SHA256, "approver", NOON, valid_until=NOON + timedelta(days=30))
    assert approval.covers(SHA256)
    assert approval.covers(SHA256, NOON + timedelta(days=29))
    assert not approval.covers(SHA256, NOON + timedelta(days=30))
    assert not approval.covers("cd" * 32)


def test_an_approval_of_something_that_is_no_hash_cannot_be_made() -> None:
    """A name or a path is not what is approved."""
    with pytest.raises(errors.BadHash):
        Approval("news.mp3", "approver", NOON)
