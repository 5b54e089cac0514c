"""Slots for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.newsroom import service as newsroom
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.conftest import make_places

SignIn = Callable[..., FlaskClient]
NEW = {"announcements": [1], "times": ["05:30"], "places": ["V2"]}


@pytest.fixture
def announcement(session: Session, clock: FixedClock) -> newsroom.Announcement:
    """One in Talieng, approved."""
    make_places(session)
    about = newsroom.create_announcement(session, "Land law", "law_orientation", None, clock.now)
    take = newsroom.attach_recording(session, about, "tdf", ready_audio("a"), "a.wav", None, clock.now)
    newsroom.submit_recording(session, take, None, clock.now)
    newsroom.approve_recording(session, take, None, take.sha256 or "", clock.now)
    session.commit()
    return about


def test_a_program_makes_a_slot_and_takes_it_away(
    signed_in: SignIn, announcement: newsroom.Announcement
) -> None:
    """201 with the coming instants; 204 on removal; it can be restored."""
    editor = signed_in("editor")
    made = editor.post("/api/v1/slots", json=NEW)
    assert made.status_code == 201
    assert made.json["next"][0].startswith("2026-03-03T22:30:00")
    assert made.json["conflicts"] == []
    assert [one["slot"] for one in editor.get("/api/v1/slots").json["slots"]] == [1]
    assert editor.delete("/api/v1/slots/1").status_code == 204
    assert editor.get("/api/v1/slots").json["slots"] == []
    assert editor.post("/api/v1/slots/1/restore").json["removed_at"] is None


def test_a_program_is_told_what_is_wrong(signed_in: SignIn, announcement: newsroom.Announcement) -> None:
    """409 for conflicts when it asked to be strict; 422 for what is no slot; 403 for who may not."""
    editor = signed_in("editor")
    katu = {**NEW, "places": ["V3"]}
    refused = editor.post("/api/v1/slots", json={**katu, "strict": True})
    assert refused.status_code == 409
    assert "no approved recording" in refused.json["message"]
    kept = editor.post("/api/v1/slots", json=katu)
    assert [one["code"] for one in kept.json["conflicts"]] == ["no_recording"]
    for change in ({"times": ["late"]}, {"places": []}, {"frequency": "hourly"}, {"unknown": 1}):
        assert editor.post("/api/v1/slots", json={**NEW, **change}).status_code == 422
    assert editor.post("/api/v1/slots", json={**NEW, "announcements": [9]}).status_code == 404
    assert signed_in("officer").post("/api/v1/slots", json=NEW).status_code == 403
