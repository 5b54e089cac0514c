"""Which places campaigns want to hear announcements, told to the newsroom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.campaigns.models import Campaign, campaign_announcement


def places_of_campaigns(session: Session, announcements: Collection[int]) -> dict[int, set[str]]:
    """Codes by announcement, of every campaign that carries it."""
    link = campaign_announcement.c
    rows = session.execute(
        select(link.announcement_id, Campaign.places)
        .join(Campaign, Campaign.id == link.campaign_id)
        .where(link.announcement_id.in_(announcements))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for announcement, codes in rows:
        found[announcement].update(codes)
    return found
