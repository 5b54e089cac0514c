"""What may be attached to an announcement, told by its content and not by its name."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from broadcaster.errors import BadInput

LONGEST_HEAD = 1024
MOST_ENTRIES = 5000


@dataclass(frozen=True)
class AttachmentType:
    """A kind of file: how it is called on the wire, and how its name ends."""

    media_type: str
    suffixes: tuple[str, ...]

    def download_name(self, name: str) -> str:
        """The name with an ending that fits what is inside."""
        return name if name.lower().endswith(self.suffixes) else name + self.suffixes[0]


PDF = AttachmentType("application/pdf", (".pdf",))
PNG = AttachmentType("image/png", (".png",))
JPEG = AttachmentType("image/jpeg", (".jpg", ".jpeg"))
WEBP = AttachmentType("image/webp", (".webp",))
GIF = AttachmentType("image/gif", (".gif",))
TEXT = AttachmentType("text/plain", (".txt", ".md", ".csv"))
DOCX = AttachmentType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
TYPES = {one.media_type: one for one in (PDF, PNG, JPEG, WEBP, GIF, TEXT, DOCX)}

_BEGINNINGS = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
)


def type_of(file: Path) -> AttachmentType:
    """What is in the file; `BadInput` for anything that is not in `TYPES`, and for documents with macros."""
    with file.open("rb") as opened:
        head = opened.read(LONGEST_HEAD)
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04") and _is_document(file):
        return DOCX
    if head and _is_text(file):
        return TEXT
    raise BadInput(
        "this is no PDF, picture, text or DOCX; save it as one of these",
        field="file",
        code="attachment_type",
    )


def _is_document(file: Path) -> bool:
    """Whether a ZIP is a DOCX without macros; nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    inside = set(names)
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in inside)
    return (
        len(names) <= MOST_ENTRIES
        and {"[Content_Types].xml", "word/document.xml"} <= inside
        and not has_macros
    )


def _is_text(file: Path) -> bool:
    """Whether all of it is UTF-8 without control characters; files are bounded before they come here."""
    try:
        words = file.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(sign < " " and sign not in "\t\n\r\f" for sign in words)
