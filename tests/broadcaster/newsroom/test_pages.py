"""The newsroom's pages, from the upload to the approval."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from broadcaster.newsroom.models import Recording
from tests.broadcaster.newsroom.conftest import make_places

SignIn = Callable[..., FlaskClient]


def upload(
    browser: FlaskClient, data: bytes, name: str = "talk.wav", title: str = "Land law", language: str = "tdf"
) -> TestResponse:
    """Send the form for a new announcement."""
    return browser.post(
        "/announcements/new",
        data={
            "title": title,
            "kind": "law_orientation",
            "language": language,
            "file": (io.BytesIO(data), name),
        },
        content_type="multipart/form-data",
    )


def test_an_announcement_goes_from_upload_to_approval(
    signed_in: SignIn,
    session: Session,
    sounds: Callable[..., Path],
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
) -> None:
    """An editor uploads and submits, an approver approves what was shown; the upload itself is gone then."""
    make_places(session)
    editor = signed_in("editor")
    answer = upload(editor, sounds(440).read_bytes())
    assert answer.status_code == 302
    page = editor.get(answer.location).text
    assert "being prepared" in page
    assert 'hx-get="/recordings/1/progress"' in page
    do_jobs()
    assert editor.get("/recordings/1/progress").headers["HX-Refresh"] == "true"
    page = editor.get(answer.location).text
    assert "<audio" in page
    assert "waveform" in page
    assert "Katu (Western)" in page
    assert "1 village" in page
    assert editor.post("/recordings/1/submit", follow_redirects=True).status_code == 200
    approver = signed_in("approver")
    page = approver.get(answer.location).text
    shown = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert shown is not None
    page = approver.post("/recordings/1/approve", data={"sha256": shown[1]}, follow_redirects=True).text
    assert "It can be scheduled now" in page
    recording = session.get_one(Recording, 1)
    assert recording.is_on_air_ready
    assert recording.approved_sha256 == shown[1]
    assert stored() == [shown[1]]


@pytest.mark.parametrize("path", ["/announcements/9999", "/announcements/9999/edit"])
def test_what_is_not_there_is_told_in_the_readers_language(signed_in: SignIn, path: str) -> None:
    """With its number and where to look it up."""
    english = signed_in("editor").get(path)
    assert english.status_code == 404
    assert "There is no announcement 9999. Look it up in the list of announcements." in english.text
    lao = signed_in("editor", language="lo").get(path)
    assert lao.status_code == 404
    assert "ບໍ່ມີປະກາດ 9999." in lao.text
    assert "announcement 9999" not in lao.text
