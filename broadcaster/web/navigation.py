"""The words on the left. A room that has not arrived shows no word."""

from __future__ import annotations

from dataclasses import dataclass

from apiflask import APIFlask
from flask import current_app, request, url_for
from flask_babel import LazyString, lazy_gettext


@dataclass(frozen=True)
class NavigationItem:
    """One word with its icon. Every page of its room lights it up."""

    endpoint: str
    label: LazyString
    icon: str
    room: str

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def here(self) -> bool:
        """Whether the page being shown belongs to it: by its address under Settings, else by its room."""
        if request.path.startswith("/settings/"):
            return self.url == "/settings"
        blueprint = current_app.blueprints.get(request.blueprint or "")
        return blueprint is not None and blueprint.import_name.startswith(f"broadcaster.{self.room}.")


ITEMS = (
    NavigationItem("today.show", lazy_gettext("Today"), "today", "today"),
    NavigationItem("newsroom.announcements", lazy_gettext("Announcements"), "announcement", "newsroom"),
    NavigationItem("programming.schedule", lazy_gettext("Schedule"), "schedule", "programming"),
    NavigationItem("fleet.stations", lazy_gettext("Stations"), "station", "fleet"),
    NavigationItem("airings.what_aired", lazy_gettext("What aired"), "aired", "airings"),
    NavigationItem("campaigns.campaigns", lazy_gettext("Campaigns"), "campaign", "campaigns"),
    NavigationItem("places.places", lazy_gettext("Places"), "place", "places"),
    NavigationItem("accounts.settings", lazy_gettext("Settings"), "settings", "accounts"),
)
ON_THE_PHONE = 4
"""So many stand in the bottom bar; the rest under More."""


def set_up(app: APIFlask) -> None:
    """Offer the items to the layout."""
    app.extensions["top_line"] = ["web/search_box.html"]
    app.jinja_env.globals.update(
        navigation=navigation,
        navigation_on_the_phone=ON_THE_PHONE,
        room_url=room_url,
        search_address=search_address,
        top_line=top_line,
    )


def add_to_top_line(app: APIFlask, template: str) -> None:
    """Show `template` (a filter, a count of what waits) in the top line of whoever is signed in."""
    app.extensions["top_line"].append(template)


def top_line() -> list[str]:
    """The templates of the top line, in the order in which their rooms came."""
    pieces: list[str] = current_app.extensions["top_line"]
    return pieces


def navigation() -> list[NavigationItem]:
    """The items whose rooms are there."""
    return [item for item in ITEMS if item.endpoint in current_app.view_functions]


def search_address() -> str | None:
    """Where the search of the top line leads; None while no room searches."""
    found = [rule for rule in current_app.url_map.iter_rules() if rule.rule == "/search"]
    return url_for(found[0].endpoint) if found else None


def room_url(endpoint: str, **values: object) -> str | None:
    """The page's URL, or None while its room is not there."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None  # type: ignore[arg-type]  # values go into the path
