"""Every page of the province server, and where it is looked at. A new page adds its line here.

A key is the view's endpoint; `{…}` names something of `sample_province.Sample`. Give several addresses where
a page has several faces: with something on it and empty, as one kind and as another.
"""

from __future__ import annotations

PAGES: dict[str, tuple[str, ...]] = {
    "account_sign_in.set_up_second_factor": ("/settings/second-factor",),
    "accounts.everybody": ("/settings/people",),
    "accounts.one": ("/settings/people/{person}",),
    "accounts.password": ("/settings/password",),
    "accounts.settings": ("/settings",),
    "airings.incidents": ("/incidents",),
    "airings.what_aired": ("/aired", "/aired?day=2020-01-01"),
    "api_docs.docs": ("/api/docs",),
    "bulk_edit.ask": ("/announcements/change?chosen={announcement}&chosen={draft}",),
    "campaigns.campaigns": ("/campaigns",),
    "campaigns.new_campaign": ("/campaigns/new",),
    "campaigns.show_campaign": ("/campaigns/{campaign}",),
    "face.show": ("/settings/face",),
    "fleet.new_station": ("/stations/new",),
    "fleet.show_station": ("/stations/{station}", "/stations/{waiting_station}"),
    "fleet.station_settings": ("/stations/{station}/settings",),
    "fleet.stations": ("/stations",),
    "inbox.inbox": ("/inbox",),
    "inbox.wishes": ("/settings/languages",),
    "jingles.jingles": ("/jingles",),
    "letters.letters": ("/settings/mail",),
    "library.recordings": ("/recordings", "/recordings?search=zzzz"),
    "matrix.languages": ("/announcements/languages",),
    "newsroom.announcements": ("/announcements", "/announcements?search=zzzz"),
    "newsroom.new_announcement": ("/announcements/new",),
    "newsroom.show_announcement": ("/announcements/{announcement}", "/announcements/{draft}"),
    "places.one": ("/places/{village}", "/places/LA1504"),
    "places.places": ("/places", "/places?search=zzzz"),
    "programming.new_slot": ("/schedule/new",),
    "programming.schedule": ("/schedule",),
    "revisions.edit_announcement": ("/announcements/{draft}/edit",),
    "revisions.edit_texts": ("/recordings/{recording}/texts",),
    "role_places.change": ("/settings/people/{person}/places/editor",),
    "search.everywhere": ("/search", "/search?q=Law", "/search?q=zzzz"),
    "security.verify": ("/confirm",),
    "today.show": ("/",),
    "trail.show": ("/settings/trail", "/settings/trail?words=zzzz"),
    "uploads.bring": ("/recordings/upload",),
    "waveform.edit": ("/recordings/{recording}/sound",),
}

FOR_STRANGERS: dict[str, tuple[str, ...]] = {
    "account_links.welcome": ("/welcome/{welcome}",),
    "security.login": ("/sign-in",),
}
"""Pages one sees before signing in."""

MISHAPS = ("/nowhere", "/announcements/999999", "/welcome/of-long-ago")
"""Addresses that answer with a page of their own although there is nothing."""

NOT_PAGES: dict[str, str] = {
    "airings.aired_csv": "a table to download",
    "attachments.fetch": "a file to download",
    "assets.built": "style, script, letters",
    "campaigns.campaign_csv": "a table to download",
    "inbox.count": "a part of every page",
    "jingles.audio": "sound",
    "jingles.progress": "a part of a page, asked for by htmx",
    "library.announcements_csv": "a table to download",
    "library.recordings_csv": "a table to download",
    "openapi.spec": "for programs",
    "recordings.audio": "sound",
    "recordings.original": "a file to download",
    "recordings.progress": "a part of a page, asked for by htmx",
    "recordings.withdrawal": "a part of a page, asked for by htmx",
    "revisions.kind_fields": "a part of a page, asked for by htmx",
    "security.mf_recovery": "asked for after the password; looked at in a test of its own",
    "security.mf_recovery_codes": "Flask-Security's own, closed",
    "security.tf_select": "Flask-Security's own, closed",
    "security.two_factor_rescue": "Flask-Security's own, closed",
    "security.two_factor_setup": "Flask-Security's own, closed",
    "security.two_factor_token_validation": "asked for after the password; looked at in a test of its own",
    "trail.as_csv": "a table to download",
    "trail.as_json_lines": "for programs",
    "uploads.row": "a part of a page, asked for by htmx",
    "waveform.peaks": "for the waveform",
}
"""Addresses one can GET that are no pages, and what they are. Everything below /api/v1/ is for programs."""
