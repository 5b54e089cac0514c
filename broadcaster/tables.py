"""Imports every module that defines tables, so that migrations and tests know the whole schema."""

from __future__ import annotations

from broadcaster import jobs

__all__ = ["jobs"]
