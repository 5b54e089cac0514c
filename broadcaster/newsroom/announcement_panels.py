"""Panels that higher rooms put on an announcement's page: this room leaves them the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from markupsafe import Markup

from broadcaster.newsroom.models import Announcement


@dataclass(frozen=True)
class AnnouncementPanel:
    """One part of the page: its anchor, the head of its tab with a count if it has one, and what is in it."""

    anchor: str
    heading: str
    body: Markup
    count: int | None = None


Panel = Callable[[Announcement, datetime], AnnouncementPanel]


def add_panel(app: Flask, panel: Panel) -> None:
    """Show this on every announcement's page, after what this room shows."""
    app.extensions.setdefault("announcement_panels", []).append(panel)


def panels(announcement: Announcement, now: datetime) -> list[AnnouncementPanel]:
    """What higher rooms have to say of this announcement, in the order of the rooms."""
    found: list[Panel] = current_app.extensions.get("announcement_panels", [])
    return [panel(announcement, now) for panel in found]
