"""A broken promise."""

from __future__ import annotations


class Violation(BaseException):
    """A promise was broken. Not an `Exception`: the agent must not survive it as one of its own."""
