"""Programs and scripts write announcements too: the same rules by JSON and on the command line."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import service
from broadcaster.newsroom.models import Attachment
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.conftest import Ended

SignIn = Callable[..., FlaskClient]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def test_a_program_that_read_an_old_edition_gets_both_sides(signed_in: SignIn) -> None:
    """409 with what it sent and what is saved; nothing of it is saved. Without an edition it is refused."""
    editor = signed_in("editor")
    made = editor.post(
        "/api/v1/announcements",
        json={"title": "Land", "kind": "law_orientation", "details": {"year": 2015}, "tags": ["law"]},
    ).json
    assert (made["details"], made["tags"], made["edition"]) == ({"year": 2015}, ["law"], 1)
    address = "/api/v1/announcements/1"
    first = editor.patch(address, json={"title": "Land law"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.json["title"], first.json["edition"]) == (200, "Land law", 2)
    late = editor.patch(address, json={"title": "Rice", "tags": ["rice"]}, headers={"If-Match": '"1"'})
    assert late.status_code == 409
    assert late.json["code"] == "edited_meanwhile"
    assert late.json["yours"] == {"title": "Rice", "tags": ["rice"]}
    assert (late.json["theirs"]["title"], late.json["theirs"]["edition"]) == ("Land law", 2)
    assert editor.get(address).json["tags"] == ["law"]
    assert editor.patch(address, json={"title": "Rice"}).status_code == 422
    changed = editor.patch(address, json={"details": {"year": None, "law": "Land law"}, "edition": 2})
    assert changed.json["details"] == {"law": "Land law"}
    assert editor.patch(address, json={"details": {"edition": 3}, "edition": 3}).status_code == 422
    assert signed_in("officer").patch(address, json={"edition": 3}).status_code == 403


def test_a_program_writes_what_is_said(signed_in: SignIn, session: Session, clock: FixedClock) -> None:
    """Transcripts and speakers by their own edition; the approval stays."""
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    service.attach_recording(session, about, "tdf", ready_audio("a"), "a.wav", None, clock.now)
    session.commit()
    editor, address = signed_in("editor"), "/api/v1/recordings/1/texts"
    wrote = editor.patch(
        address, json={"transcript": "hello", "transcript_lo": "ສະບາຍດີ", "speakers": ["s 1"], "edition": 1}
    )
    assert wrote.status_code == 200
    assert editor.get(address).json == {
        "recording": 1,
        "language": "tdf",
        "edition": 2,
        "transcript": "hello",
        "transcript_lo": "ສະບາຍດີ",
        "speakers": ["s 1"],
    }
    late = editor.patch(address, json={"transcript": "bye", "edition": 1})
    assert late.status_code == 409
    assert late.json["theirs"]["transcript"] == "hello"
    assert late.json["yours"]["transcript"] == "bye"


def test_a_program_attaches_and_takes_off(signed_in: SignIn) -> None:
    """201, the same bytes back, 204; a file that is none of ours 422."""
    editor = signed_in("editor")
    editor.post("/api/v1/announcements", json={"title": "Land"})
    address = "/api/v1/announcements/1/attachments"
    sent = editor.post(address, data={"file": (io.BytesIO(PDF), "law.pdf")})
    assert (sent.status_code, sent.json["media_type"]) == (201, "application/pdf")
    assert editor.get(f"{address}/1").data == PDF
    assert [one["name"] for one in editor.get("/api/v1/announcements/1").json["attachments"]] == ["law.pdf"]
    refused = editor.post(address, data={"file": (io.BytesIO(b"\x00MZ"), "law.pdf")})
    assert (refused.status_code, refused.json["code"]) == (422, "attachment_type")
    assert editor.delete(f"{address}/1").status_code == 204
    assert editor.get("/api/v1/announcements/1").json["attachments"] == []


def test_attachments_are_bound_by_the_quota_too(
    app: APIFlask, signed_in: SignIn, settings: Settings, session: Session
) -> None:
    """What does not fit leaves nothing behind; what is here already takes no more room."""
    audio = settings.audio.model_copy(update={"quota_bytes": 10})
    app.config["SETTINGS"] = settings.model_copy(update={"audio": audio})
    editor = signed_in("editor")
    editor.post("/api/v1/announcements", json={"title": "Land law"})
    address = "/api/v1/announcements/1/attachments"

    def send(data: bytes) -> int:
        return editor.post(address, data={"file": (io.BytesIO(data), "law.txt")}).status_code

    assert [send(b"12345678"), send(b"abc"), send(b"12345678")] == [201, 507, 201]
    assert len(list((settings.data / "attachments").iterdir())) == 1
    assert session.query(Attachment).count() == 1


def test_the_kinds_are_published_with_their_fields(signed_in: SignIn) -> None:
    """A program can ask what a kind wants; the new doors are in the OpenAPI document."""
    editor = signed_in("editor")
    kinds = {one["kind"]: one["fields"] for one in editor.get("/api/v1/announcement-kinds").json["kinds"]}
    assert [field["name"] for field in kinds["assembly_result"]] == [
        "legislature",
        "session_number",
        "session_day",
    ]
    paths = editor.get("/api/openapi.json").json["paths"]
    assert "patch" in paths["/api/v1/announcements/{announcement_id}"]
    assert "patch" in paths["/api/v1/recordings/{recording_id}/texts"]


def test_the_command_line_makes_changes_lists_and_attaches(run: Callable[..., Any], tmp_path: Path) -> None:
    """Each answers with the whole announcement as JSON."""
    made = run(
        "announcement", "new", "--title", "Session", "--kind", "assembly_result",
        "--detail", "legislature=9", "--tag", "assembly", "--valid-until", "2026-03-31",
    )  # fmt: skip
    assert made["details"] == {"legislature": 9}
    assert made["valid_until"] == "2026-03-31T16:59:59.999Z"
    changed = run("announcement", "edit", 1, "--detail", "session_number=6", "--valid-until", "")
    assert changed["details"] == {"legislature": 9, "session_number": 6}
    assert (changed["valid_until"], changed["edition"], changed["tags"]) == (None, 2, ["assembly"])
    paper = tmp_path / "ໃບແຈ້ງ.pdf"
    paper.write_bytes(PDF)
    assert run("announcement", "attach", 1, paper)["name"] == "ໃບແຈ້ງ.pdf"
    assert [one["name"] for one in run("announcement", "show", 1)["attachments"]] == ["ໃບແຈ້ງ.pdf"]
    assert [one["announcement"] for one in run("announcement", "list", "--kind", "assembly_result")] == [1]
    assert run("announcement", "list", "--kind", "health") == []


@pytest.mark.parametrize(
    ("arguments", "words", "status"),
    [
        (("edit", 7, "--title", "x"), "no announcement 7", 1),
        (("edit", 1, "--title", "x", "--edition", 9), "somebody else", 1),
        (("edit", 1, "--detail", "year"), "NAME=VALUE", 2),
        (("edit", 1, "--detail", "year=MMXV"), "from 1900 to 2199", 1),
        (("edit", 1, "--detail", "gossip=1"), "no field 'gossip'", 1),
        (("edit", 1, "--valid-from", "tomorrow"), "2026-03-03", 1),
        (("attach", 1, "nowhere.pdf"), "no such file", 1),
    ],
)
def test_a_mistake_on_the_command_line_is_told_and_changes_nothing(
    run: Callable[..., Any], arguments: tuple[object, ...], words: str, status: int
) -> None:
    """One clear line, exit status 1; wrong usage 2."""
    run("announcement", "new", "--title", "Land", "--kind", "law_orientation")
    with pytest.raises(Ended) as ended:
        run("announcement", *arguments)
    assert ended.value.status == status
    assert words in " ".join(ended.value.words.split())
    assert run("announcement", "show", 1)["edition"] == 1


def test_what_is_said_comes_from_text_files(
    run: Callable[..., Any], sounds: Callable[..., Path], tmp_path: Path
) -> None:
    """A transcript a file, speakers by name; shown again without a change."""
    run("recording", "add", sounds(440), "--title", "Land law", "--language", "tdf")
    words = tmp_path / "words.txt"
    words.write_text("\ufeffone\r\n\r\n\r\n\r\ntwo \u200b three", "utf-8")
    run("announcement", "texts", 1, "--transcript", words, "--speaker", "speaker 1")
    facts = run("announcement", "texts", 1)
    assert (facts["transcript"], facts["speakers"]) == ("one\n\ntwo three", ["speaker 1"])
    assert facts["edition"] == 2
