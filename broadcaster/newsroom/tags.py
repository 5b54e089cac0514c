"""Tags of an announcement: a person's own words for what belongs together."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.errors import BadInput
from broadcaster.newsroom.models import Announcement, AnnouncementTag
from broadcaster.newsroom.plain_text import folded, one_line

LONGEST_TAG = 60
MOST_TAGS = 20


def clean_tags(written: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, as it was first written. `BadInput` for one too long, or for too many."""
    found: dict[str, str] = {}
    for tag in written:
        name = one_line(tag)
        if not name:
            continue
        if len(name) > LONGEST_TAG:
            raise BadInput(
                f"the tag {name[:20]!r}… has {len(name)} characters; {LONGEST_TAG} are possible",
                field="tags",
                code="tag_too_long",
                longest=LONGEST_TAG,
            )
        found.setdefault(folded(name), name)
    if len(found) > MOST_TAGS:
        raise BadInput(
            f"there are {len(found)} tags; {MOST_TAGS} are possible",
            field="tags",
            code="too_many_tags",
            most=MOST_TAGS,
        )
    return tuple(found.values())


def split_tags(written: str) -> tuple[str, ...]:
    """Tags from one line of them, parted by commas of any script."""
    for comma in ("،", "、", ",", ";"):
        written = written.replace(comma, ",")
    return clean_tags(written.split(","))


def put_tags(announcement: Announcement, tags: Iterable[str]) -> None:
    """Let the announcement have exactly these checked tags."""
    wanted = {folded(tag): tag for tag in tags}
    for row in list(announcement.tag_rows):
        if row.folded in wanted:
            row.name = wanted.pop(row.folded)
        else:
            announcement.tag_rows.remove(row)
    announcement.tag_rows += [AnnouncementTag(folded=key, name=name) for key, name in wanted.items()]
    announcement.tag_rows.sort(key=lambda row: row.folded)


def known_tags(session: Session, begin: str = "", most: int = 200) -> list[str]:
    """Tags in use that begin so, those used most first."""
    wanted = (
        select(func.min(AnnouncementTag.name))
        .group_by(AnnouncementTag.folded)
        .order_by(func.count().desc(), AnnouncementTag.folded)
        .limit(most)
    )
    start = folded(begin)
    if start:
        wanted = wanted.where(AnnouncementTag.folded.startswith(start, autoescape=True))
    return list(session.scalars(wanted))
