"""Nobody approves speech they brought or edited, whoever cut it since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.errors import NotAllowed
from broadcaster.newsroom import editing, inbox, originals, service, step_rules
from broadcaster.newsroom.models import Recording
from content_library import Edit
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.test_originals import bring, work_on
from tests.broadcaster.newsroom.workflow_people import person

Role = accounts.Role


@pytest.fixture
def chief(session: Session, clock: FixedClock) -> Person:
    """Somebody who brings sound and may approve."""
    return person(session, clock.now, "chief", Role.EDITOR, Role.APPROVER, languages=["lo"])


@pytest.fixture
def colleague(session: Session, clock: FixedClock) -> Person:
    """Another one who may do the same."""
    return person(session, clock.now, "colleague", Role.EDITOR, Role.APPROVER, languages=["lo"])


@pytest.fixture
def other(session: Session, clock: FixedClock) -> Person:
    """An approver who had nothing to do with it."""
    return person(session, clock.now, "other", Role.APPROVER)


@pytest.fixture
def brought(
    session: Session, settings: Settings, clock: FixedClock, sounds: Callable[..., Path], chief: Person
) -> Recording:
    """Four seconds that the chief brought."""
    found = bring(session, settings, sounds(440, 4.0).read_bytes(), clock)
    work_on(session, clock)
    found.created_by = chief
    session.commit()
    return found


def trimmed(
    session: Session, clock: FixedClock, of: Recording, by: Person, start_ms: int, *, submit: bool = True
) -> Recording:
    """A version cut by somebody, submitted."""
    made = editing.edited_version(session, of, Edit(start_ms=start_ms), by, clock.now)
    session.commit()
    work_on(session, clock)
    if submit:
        service.submit_recording(session, made, by, clock.now)
        session.commit()
    return made


def refused(session: Session, clock: FixedClock, recording: Recording, approver: Person) -> bool:
    """Whether approving it is refused for being their own; the page, the inbox and the check say the same."""
    with pytest.raises(NotAllowed) as why:
        service.approve_recording(session, recording, approver, recording.sha256 or "", clock.now)
    return why.value.code == "author_is_approver"


def waiting(session: Session, clock: FixedClock, settings: Settings, approver: Person) -> list[str]:
    """What the inbox has for them to approve."""
    items = inbox.waiting_for(session, approver, settings, clock.now)
    return [one.subject for one in items if one.waits == inbox.Waits.APPROVE]


def test_who_brought_it_does_not_approve_what_a_colleague_trimmed(
    session: Session, clock: FixedClock, settings: Settings, brought: Recording, chief: Person,
    colleague: Person, other: Person,
) -> None:  # fmt: skip
    """Neither the one nor the other, in the step, on the page and in the inbox; a third one does."""
    version = trimmed(session, clock, brought, colleague, 1000)
    assert refused(session, clock, version, chief)
    assert refused(session, clock, version, colleague)
    assert [step_rules.is_own(version, one) for one in (chief, colleague, other)] == [True, True, False]
    assert waiting(session, clock, settings, chief) == waiting(session, clock, settings, colleague) == []
    assert waiting(session, clock, settings, other) == [version.subject]
    service.approve_recording(session, version, other, version.sha256 or "", clock.now)
    assert version.is_on_air_ready


def test_who_cut_an_earlier_version_does_not_approve_a_later_one(
    session: Session, clock: FixedClock, settings: Settings, brought: Recording, colleague: Person,
) -> None:  # fmt: skip
    """A cut of a cut starts from the whole recording, and still is the work of both."""
    editor = person(session, clock.now, "editor", Role.EDITOR)
    first = trimmed(session, clock, brought, colleague, 1000, submit=False)
    second = trimmed(session, clock, first, editor, 1500)
    assert second.made_from is brought
    assert refused(session, clock, second, colleague)


def test_who_cut_a_later_version_may_approve_an_earlier_one(
    session: Session, clock: FixedClock, settings: Settings, brought: Recording, colleague: Person,
) -> None:  # fmt: skip
    """What was done afterwards is no part of it."""
    service.submit_recording(session, brought, None, clock.now)
    trimmed(session, clock, brought, colleague, 1000, submit=False)
    service.approve_recording(session, brought, colleague, brought.sha256 or "", clock.now)
    assert brought.is_on_air_ready


def test_who_brought_the_very_same_file_elsewhere_does_not_approve_it(
    session: Session, clock: FixedClock, settings: Settings, brought: Recording, sounds: Callable[..., Path],
    chief: Person, colleague: Person,
) -> None:  # fmt: skip
    """A colleague who uploads it once more does not make it somebody else's speech."""
    again = bring(session, settings, sounds(440, 4.0).read_bytes(), clock)
    work_on(session, clock)
    again.created_by = colleague
    service.submit_recording(session, again, colleague, clock.now)
    assert again.source_sha256 == brought.source_sha256
    assert again.announcement_id != brought.announcement_id
    assert refused(session, clock, again, chief)


def test_who_brought_it_does_not_check_the_language_of_what_a_colleague_trimmed(
    session: Session, clock: FixedClock, brought: Recording, chief: Person, colleague: Person
) -> None:
    """The check is a second pair of ears."""
    version = trimmed(session, clock, brought, colleague, 1000)
    with pytest.raises(NotAllowed) as why:
        service.confirm_language(session, version, chief, version.sha256 or "", clock.now)
    assert why.value.code == "author_is_checker"
    assert not step_rules.may_check(version, chief)


def test_a_line_whose_file_is_gone_is_still_the_work_of_all(
    session: Session, clock: FixedClock, brought: Recording, chief: Person, colleague: Person
) -> None:
    """What was brought before originals were kept is followed by its versions alone."""
    originals.forget_original(session, brought, clock.now)
    version = trimmed(session, clock, brought, colleague, 1000)
    assert version.source_sha256 is None
    assert refused(session, clock, version, chief)
