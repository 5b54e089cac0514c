"""Imports every module that defines tables, so that migrations and tests know the whole schema."""

from __future__ import annotations

from broadcaster import jobs, mail_models
from broadcaster.accounts import models as accounts
from broadcaster.accounts import place_models as account_places
from broadcaster.accounts import sign_in_models as sign_in
from broadcaster.airings import models as airings
from broadcaster.campaigns import models as campaigns
from broadcaster.fleet import models as fleet
from broadcaster.newsroom import incoming_models, library_models, notice_models, removal_models
from broadcaster.newsroom import models as newsroom
from broadcaster.places import models as places
from broadcaster.programming import models as programming

__all__ = [
    "account_places",
    "accounts",
    "airings",
    "campaigns",
    "fleet",
    "incoming_models",
    "jobs",
    "library_models",
    "mail_models",
    "newsroom",
    "notice_models",
    "places",
    "programming",
    "removal_models",
    "sign_in",
]
