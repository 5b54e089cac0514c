"""The five roles of the province server."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person may do. Administrators may do everything."""

    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    APPROVER = "approver"
    OPERATOR = "operator"
    OFFICER = "officer"
