"""Where a form leads back to: one judge of every address that is carried along and followed afterwards."""

from __future__ import annotations

from enum import Enum, auto
from unicodedata import category
from urllib.parse import urlsplit, urlunsplit


class Leads(Enum):
    """Where an address leads: to a page of ours, to somebody else's, or nowhere, since it is none."""

    TO_US = auto()
    ELSEWHERE = auto()
    NOWHERE = auto()


def judged(wanted: str) -> Leads:
    """Where the address leads. Ours begin with their path: none that names a host, even this one, is taken.

    What has a control character is no address: browsers leave them out, and `/<tab>/elsewhere` would lead
    away.
    """
    if any(category(sign) == "Cc" for sign in wanted):
        return Leads.NOWHERE
    try:
        host = urlsplit(wanted).netloc
    except ValueError:  # as of `//[`
        return Leads.NOWHERE
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not host
    return Leads.TO_US if ours else Leads.ELSEWHERE


def way_back(wanted: str, otherwise: str) -> str:
    """The address wanted, if it is one of ours: a form must not send its reader to a stranger's page."""
    return wanted if judged(wanted) is Leads.TO_US else otherwise


def without_host(address: str, host: str) -> str:
    """Path and question of a whole address on this host, as a browser names the page it shows; else empty."""
    try:
        parts = urlsplit(address)
    except ValueError:  # no address: a browser never sends it
        return ""
    return urlunsplit(("", "", parts.path, parts.query, "")) if parts.netloc == host else ""
