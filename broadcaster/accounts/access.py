"""Who may enter: every door needs sign-in, unless its view says otherwise; roles narrow it further."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, request
from flask_security import current_user

from broadcaster.accounts.models import Person
from broadcaster.accounts.roles import Role

View = TypeVar("View", bound=Callable[..., Any])

OPEN_ENDPOINTS = frozenset({"security.login", "security.two_factor_token_validation", "security.mf_recovery"})
"""Flask-Security's own doors that must be open; ours say so themselves with `open_to_all`."""


def current_person() -> Person:
    """Who is asking. 401 when nobody is signed in."""
    if not current_user.is_authenticated:
        abort(401)
    return cast("Person", current_user._get_current_object())  # noqa: SLF001 - Flask's proxies have no other way


def signed_in() -> bool:
    """Whether somebody is."""
    return bool(current_user.is_authenticated)


def requires(*roles: Role, province: bool = False, reads: bool = False) -> Callable[[View], View]:
    """Only people with one of these roles; administrators always. Others are told 403.

    The role must hold where the thing in the address belongs (`gate`), or, with `province`, for the whole
    province. With `reads` the door changes nothing, and seeing the thing is enough.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_person().may(*roles):
                abort(403)
            return view(*args, **kwargs)

        guarded.required_roles = roles  # type: ignore[attr-defined]  # read by the gate of places
        guarded.of_the_province = province  # type: ignore[attr-defined]  # as above
        guarded.reads_only = reads  # type: ignore[attr-defined]  # as above
        return cast("View", guarded)

    return decorate


def open_to_all(view: View) -> View:
    """A page anybody may see without signing in. Forms on it still need their CSRF token."""
    view.open_to_all = True  # type: ignore[attr-defined]  # read by `needs_sign_in`
    return view


def before_second_factor(view: View) -> View:
    """A page for people who must set up a second factor before they may do anything else."""
    view.before_second_factor = True  # type: ignore[attr-defined]  # read by the gate
    return view


def station_door(view: View) -> View:
    """A door that checks every request itself, by the station's signature: no session, no CSRF token."""
    view.station_door = True  # type: ignore[attr-defined]  # read by `needs_sign_in`
    return view


def is_station_door() -> bool:
    """Whether the asked-for view authenticates stations itself."""
    return bool(getattr(asked_view(), "station_door", False))


def speaks_json() -> bool:
    """Whether a program asks, which reads answers and errors as JSON."""
    return request.path.startswith(("/api/", "/uploads/")) and request.path != "/api/docs"


def needs_sign_in() -> bool:
    """Whether the asked-for view is closed to strangers: all that say nothing are."""
    view = asked_view()
    if view is None or request.endpoint in OPEN_ENDPOINTS:
        return False
    return not (getattr(view, "open_to_all", False) or getattr(view, "station_door", False))


def asked_view() -> Callable[..., Any] | None:
    """The function that will answer this request; None where there is none."""
    return current_app.view_functions.get(request.endpoint) if request.endpoint else None
