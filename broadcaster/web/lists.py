"""Heads of columns that sort: the address of the same list, ordered the other way."""

from __future__ import annotations

from collections.abc import Mapping

from apiflask import APIFlask
from flask import request, url_for

PLACE_IN_THE_LIST = ("after", "before", "page")
"""Parameters that say where in the list one stands; another order begins at its start."""


def set_up(app: APIFlask) -> None:
    """Offer `sorting` and `with_query` to templates."""
    app.jinja_env.globals.update(sorting=sorting, with_query=with_query)


def sorting(key: str, label: str, sort: str | None, kind: str = "") -> Mapping[str, str | None]:
    """A head for `ui.table`: `sort` is the order in force, `title` upwards or `-title` downwards.

    `kind` is the column's class ("figure" for numbers). The link carries `?sort=` and everything else the
    address has, save the place in the list.
    """
    here = (sort or "").lstrip("-") == key
    downwards = here and (sort or "").startswith("-")
    wanted = f"-{key}" if here and not downwards else key
    return {
        "label": label,
        "kind": kind,
        "url": with_query(sort=wanted),
        "sorted": ("descending" if downwards else "ascending") if here else None,
    }


def with_query(**changes: str | None) -> str:
    """This page's address with other query parameters, from the start of the list; None takes one away."""
    query = {
        name: values
        for name, values in request.args.lists()
        if name not in changes and name not in PLACE_IN_THE_LIST
    }
    query.update({name: [value] for name, value in changes.items() if value is not None})
    return url_for(str(request.endpoint), **(request.view_args or {}), **query)  # type: ignore[arg-type]  # lists become repeated parameters
