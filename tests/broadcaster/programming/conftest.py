"""The newsroom's sounds and places are this room's too."""

from __future__ import annotations

from tests.broadcaster.newsroom.conftest import do_jobs, run, sounds, store, stored

__all__ = ["do_jobs", "run", "sounds", "store", "stored"]
