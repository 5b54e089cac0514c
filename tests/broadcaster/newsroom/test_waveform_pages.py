"""The waveform page: times as people write them, mistakes beside their fields, a new version when saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.errors import BadInput
from broadcaster.newsroom.editing_form import read_gain, read_time, shown_time
from broadcaster.newsroom.models import Recording
from tests.broadcaster.newsroom.test_pages import upload

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def editor(signed_in: SignIn, sounds: Callable[..., Path], do_jobs: Callable[[], None]) -> FlaskClient:
    """An editor with a recording of four seconds."""
    browser = signed_in("editor")
    upload(browser, sounds(440, 4.0).read_bytes())
    do_jobs()
    return browser


def test_the_page_shows_what_is_kept_and_the_peaks_of_the_whole(editor: FlaskClient) -> None:
    """From the beginning to the end, until somebody cuts."""
    page = editor.get("/recordings/1/sound").text
    assert 'value="0:00"' in page
    assert 'value="0:04"' in page
    assert "/recordings/1/waveform.json" in page
    peaks = editor.get("/recordings/1/waveform.json")
    assert peaks.json["duration_ms"] == 4000
    assert len(peaks.json["low"]) == len(peaks.json["high"]) == 80
    assert max(peaks.json["high"]) > 10 > -10 > min(peaks.json["low"])
    again = editor.get("/recordings/1/waveform.json", headers={"If-None-Match": peaks.headers["ETag"]})
    assert again.status_code == 304


def test_saving_makes_a_version_with_what_was_asked(
    editor: FlaskClient, session: Session, do_jobs: Callable[[], None]
) -> None:
    """Seconds, a comma, a fade and a part made softer."""
    answer = editor.post(
        "/recordings/1/sound",
        data={
            "start": "0:00.5",
            "end": "3,5",
            "fade_in": "0.2",
            "fade_out": "",
            "sections-0-start": "1",
            "sections-0-end": "2",
            "sections-0-gain": "−6",
            "sections-1-start": "",
            "sections-1-end": "",
            "sections-1-gain": "",
        },
    )
    assert answer.status_code == 303
    do_jobs()
    version = session.get(Recording, 2)
    assert version is not None
    assert (version.version, version.duration_ms) == (2, 3000)
    assert version.edit is not None
    assert version.edit["sections"] == [{"start_ms": 1000, "end_ms": 2000, "gain_db": -6.0}]
    shown = editor.get("/recordings/2/sound").text
    assert 'value="0:00.5"' in shown
    assert 'value="-6"' in shown


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"start": "soon"}, "This is not a time"),
        ({"start": "3", "end": "2"}, "It must end after it begins"),
        ({"start": "9", "end": "12"}, "after the end of the recording"),
        ({"end": "4", "start": "0"}, "Nothing was changed"),
        ({"sections-0-start": "1", "sections-0-end": "2", "sections-0-gain": "60"}, "From -24 to +24"),
        (
            {
                "sections-0-start": "1",
                "sections-0-end": "3",
                "sections-0-gain": "3",
                "sections-1-start": "2",
                "sections-1-end": "4",
                "sections-1-gain": "3",
            },
            "Parts must not overlap",
        ),
    ],
)
def test_what_makes_no_sense_is_told_and_kept_on_the_page(
    editor: FlaskClient, session: Session, changed: dict[str, str], words: str
) -> None:
    """Nothing typed is lost, no version is made."""
    answer = editor.post("/recordings/1/sound", data={"start": "0", "end": "4", **changed})
    assert answer.status_code == 422
    assert words in answer.text
    for value in changed.values():
        assert f'value="{value}"' in answer.text
    assert session.query(Recording).count() == 1


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [("", 0), ("7", 7000), ("1:23.25", 83_250), ("83,5", 83_500), ("1:02:03", 3_723_000), (" 0:05 ", 5000)],
)
def test_times_are_read_as_people_write_them(text: str, time_ms: int) -> None:
    """With or without minutes, with a point or a comma."""
    assert read_time(text, "start") == time_ms
    assert read_time(shown_time(time_ms), "start") == time_ms


@pytest.mark.parametrize("text", ["-1", "1:2:3:4", "1e3", "１２", "nan", "1.2345"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """By the field's name."""
    with pytest.raises(BadInput):
        read_time(text, "start")
    assert read_gain("+3.5", "gain") == 3.5
    assert read_gain("−2", "gain") == -2
    with pytest.raises(BadInput):
        read_gain("loud", "gain")


def test_audio_that_cannot_be_read_is_told_to_the_page(editor: FlaskClient, session: Session) -> None:
    """The fields work without the waveform; nobody meets an error of ours."""
    recording = session.get_one(Recording, 1)
    recording.sha256 = "ab" * 32
    session.commit()
    assert editor.get("/recordings/1/waveform.json").status_code == 409
    assert editor.get("/recordings/1/sound").status_code == 200
