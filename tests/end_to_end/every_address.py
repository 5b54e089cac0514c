"""Every page of the province server, and where it is looked at. A new page adds its line here.

A key is the view's endpoint; `{…}` names something of `sample_province.Sample`. Give several addresses where
a page has several faces: with something on it and empty, as one kind and as another.
"""

from __future__ import annotations

PAGES: dict[str, tuple[str, ...]] = {
    "accounts.audit": ("/settings/trail",),
    "accounts.everybody": ("/settings/people",),
    "accounts.one": ("/settings/people/{person}",),
    "accounts.password": ("/settings/password",),
    "accounts.settings": ("/settings",),
    "airings.incidents": ("/incidents",),
    "airings.what_aired": ("/aired", "/aired?day=2020-01-01"),
    "api_docs.docs": ("/api/docs",),
    "campaigns.campaigns": ("/campaigns",),
    "campaigns.new_campaign": ("/campaigns/new",),
    "campaigns.show_campaign": ("/campaigns/{campaign}",),
    "face.show": ("/settings/face",),
    "fleet.new_station": ("/stations/new",),
    "fleet.show_station": ("/stations/{station}", "/stations/{waiting_station}"),
    "fleet.station_settings": ("/stations/{station}/settings",),
    "fleet.stations": ("/stations",),
    "jingles.jingles": ("/jingles",),
    "newsroom.announcements": ("/announcements", "/announcements?search=zzzz"),
    "newsroom.new_announcement": ("/announcements/new",),
    "newsroom.show_announcement": ("/announcements/{announcement}", "/announcements/{draft}"),
    "places.one": ("/places/{village}", "/places/LA1504"),
    "places.places": ("/places", "/places?search=zzzz"),
    "programming.new_slot": ("/schedule/new",),
    "programming.schedule": ("/schedule",),
    "today.show": ("/",),
}

FOR_STRANGERS: dict[str, tuple[str, ...]] = {
    "security.login": ("/sign-in",),
}
"""Pages one sees before signing in."""

MISHAPS = ("/nowhere", "/announcements/999999")
"""Addresses that answer with a page of their own although there is nothing."""

NOT_PAGES: dict[str, str] = {
    "airings.aired_csv": "a table to download",
    "assets.built": "style, script, letters",
    "campaigns.campaign_csv": "a table to download",
    "jingles.audio": "sound",
    "jingles.progress": "a part of a page, asked for by htmx",
    "openapi.spec": "for programs",
    "recordings.audio": "sound",
    "recordings.progress": "a part of a page, asked for by htmx",
    "security.verify": "asked for before dangerous acts, which their own tests do",
}
"""Addresses one can GET that are no pages, and what they are. Everything below /api/v1/ is for programs."""
