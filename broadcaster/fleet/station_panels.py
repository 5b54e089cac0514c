"""Panels that higher rooms put on a station's page: this room leaves the place and does not know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app
from markupsafe import Markup

from broadcaster.fleet.models import Station

Panel = Callable[[Station, datetime], Markup]


def add_panel(app: Flask, panel: Panel) -> None:
    """Show this on every station's page, below what this room shows."""
    app.extensions.setdefault("station_panels", []).append(panel)


def panels(station: Station, now: datetime) -> list[Markup]:
    """What higher rooms have to say of this station."""
    found: list[Panel] = current_app.extensions.get("station_panels", [])
    return [panel(station, now) for panel in found]
