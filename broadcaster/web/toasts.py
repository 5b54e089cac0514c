"""What was done, told in passing: above the next page, or at once beside a page that htmx changes.

The words stay until they are read when something went wrong, and for long enough otherwise; an act that can
be undone brings its button along.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask
from flask import Response, flash, g, request

TONES = frozenset({"done", "wait", "fail", "quiet"})


def set_up(app: APIFlask) -> None:
    """Send what was told with the answer it belongs to."""
    app.after_request(_send)


def tell(
    words: str,
    tone: str = "done",
    *,
    undo: str | None = None,
    undo_label: str | None = None,
    hidden: Mapping[str, str | int] | None = None,
) -> None:
    """Tell the reader `words`. `tone` is done, wait, fail or quiet.

    `undo` is an address that takes it back, by POST with the values of `hidden`; its button says `undo_label`
    ("Undo" when None).
    """
    if tone not in TONES:
        raise ValueError(f"a toast has one of the tones {sorted(TONES)}, not {tone!r}")
    told: dict[str, Any] = {"words": str(words), "tone": tone}
    if undo:
        told.update(undo=undo, label=str(undo_label or ""), hidden=dict(hidden or {}))
    if "HX-Request" in request.headers:
        g.setdefault("told", []).append(told)
    else:
        _keep(told)


def _keep(told: dict[str, Any]) -> None:
    message: Any = told if "undo" in told else told["words"]
    flash(message, told["tone"])  # a dict is kept in the session as it is; the macro reads both


def _send(response: Response) -> Response:
    """By the header when htmx stays on its page; above the next page when it leaves."""
    waiting: list[dict[str, Any]] = g.pop("told", [])
    if not waiting:
        return response
    leaves = {"HX-Redirect", "HX-Refresh", "HX-Location"} & set(response.headers.keys())
    if leaves or 300 <= response.status_code < 400:
        for told in waiting:
            _keep(told)
        return response
    response.headers["HX-Trigger"] = json.dumps(
        {**_triggers(response.headers.get("HX-Trigger", "")), "toast": waiting}
    )
    return response


def _triggers(header: str) -> dict[str, Any]:
    """What a view asked for itself: names with commas between, or JSON."""
    if header.startswith("{"):
        given: dict[str, Any] = json.loads(header)
        return given
    return {name.strip(): None for name in header.split(",") if name.strip()}
