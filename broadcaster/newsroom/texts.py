"""What people write about announcements and recordings, as frozen values to compare and to merge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self

from broadcaster.errors import BadInput
from broadcaster.newsroom.announcements import clean_title, known_kind, refuse_reversed
from broadcaster.newsroom.kinds import DetailValue, clean_details, fitting
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.plain_text import one_line, passage
from broadcaster.newsroom.tags import clean_tags

LONGEST_TRANSCRIPT = 100_000
MOST_SPEAKERS = 20
LONGEST_SPEAKER = 120
_DETAIL = "detail_"


@dataclass(frozen=True)
class AnnouncementTexts:
    """Everything of an announcement that can be changed by writing."""

    title: str
    kind: AnnouncementKind
    details: Mapping[str, DetailValue] = field(default_factory=dict)
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, announcement: Announcement) -> Self:
        """As they are now."""
        return cls(
            title=announcement.title,
            kind=announcement.kind,
            details=fitting(announcement.kind, announcement.detail_values),
            valid_from=announcement.valid_from,
            valid_until=announcement.valid_until,
            tags=tuple(sorted(announcement.tags)),
        )

    def checked(self) -> Self:
        """The same, cleaned; `BadInput` for the first field that is wrong."""
        kind = known_kind(self.kind)
        refuse_reversed(self.valid_from, self.valid_until)
        return type(self)(
            title=clean_title(self.title),
            kind=kind,
            details=clean_details(kind, self.details),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            tags=tuple(sorted(clean_tags(self.tags))),
        )

    def changed(self, given: Mapping[str, Any]) -> Self:
        """With the given fields changed: details one by one, a None among them taken away."""
        kind = known_kind(given["kind"]) if given.get("kind") else self.kind
        kept = dict(self.details) if kind == self.kind else {}
        return replace(
            self,
            title=self.title if given.get("title") is None else given["title"],
            kind=kind,
            details=kept | (given.get("details") or {}),
            valid_from=given.get("valid_from", self.valid_from),
            valid_until=given.get("valid_until", self.valid_until),
            tags=self.tags if given.get("tags") is None else tuple(given["tags"]),
        )

    def as_fields(self) -> dict[str, Any]:
        """One plain value a field, details as `detail_…`: for forms, merging and the trail."""
        plain: dict[str, Any] = {
            "title": self.title,
            "kind": self.kind.value,
            "valid_from": _instant(self.valid_from),
            "valid_until": _instant(self.valid_until),
            "tags": sorted(self.tags),
        }
        return plain | {_DETAIL + name: value for name, value in self.details.items()}

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> Self:
        """The reverse of `as_fields`, without details that the kind does not have. `BadInput` if damaged."""
        try:
            kind = known_kind(values.get("kind", ""))
            details = {
                name.removeprefix(_DETAIL): one
                for name, one in values.items()
                if name.startswith(_DETAIL) and isinstance(one, str | int)
            }
            return cls(
                title=str(values.get("title", "")),
                kind=kind,
                details=fitting(kind, details),
                valid_from=_read_instant(values.get("valid_from")),
                valid_until=_read_instant(values.get("valid_until")),
                tags=tuple(str(tag) for tag in values.get("tags") or ()),
            )
        except (TypeError, ValueError) as error:
            raise BadInput("the form is damaged; load the page again", code="form_damaged") from error


@dataclass(frozen=True)
class RecordingTexts:
    """What is said in a recording, in its own language and in Lao, and who says it."""

    transcript: str = ""
    transcript_lo: str = ""
    speakers: tuple[str, ...] = ()

    @classmethod
    def of(cls, recording: Recording) -> Self:
        """As they are now."""
        return cls(recording.transcript or "", recording.transcript_lo or "", tuple(recording.speakers or ()))

    def checked(self) -> Self:
        """The same, cleaned; `BadInput` for the first field that is wrong."""
        return type(self)(
            transcript=_transcript(self.transcript, "transcript"),
            transcript_lo=_transcript(self.transcript_lo, "transcript_lo"),
            speakers=_speakers(self.speakers),
        )

    def as_fields(self) -> dict[str, Any]:
        """One plain value a field."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"speakers": list(self.speakers)}

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> Self:
        """The reverse of `as_fields`."""
        return cls(
            str(values.get("transcript") or ""),
            str(values.get("transcript_lo") or ""),
            tuple(str(name) for name in values.get("speakers") or ()),
        )


def _transcript(text: str, name: str) -> str:
    words = passage(text)
    if len(words) > LONGEST_TRANSCRIPT:
        raise BadInput(
            f"the {name} has {len(words)} characters; {LONGEST_TRANSCRIPT} are possible",
            field=name,
            code="transcript_too_long",
            longest=LONGEST_TRANSCRIPT,
        )
    return words


def _speakers(written: Iterable[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for one in written if (name := one_line(one))))
    if len(names) > MOST_SPEAKERS or any(len(name) > LONGEST_SPEAKER for name in names):
        raise BadInput(
            f"at most {MOST_SPEAKERS} speakers with {LONGEST_SPEAKER} characters each are possible",
            field="speakers",
            code="too_many_speakers",
            most=MOST_SPEAKERS,
        )
    return names


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _read_instant(value: Any) -> datetime | None:
    if not value:
        return None
    instant = datetime.fromisoformat(str(value))
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant
