"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.campaigns.campaigns import (
    as_json,
    campaign,
    campaigns,
    coverage,
    coverage_of_announcement,
    create_campaign,
    name_campaigns,
    owner_of_campaign,
)
from broadcaster.campaigns.coverage import Cell, Coverage, Reach, VillageCoverage
from broadcaster.campaigns.models import Campaign

__all__ = [
    "Campaign",
    "Cell",
    "Coverage",
    "Reach",
    "VillageCoverage",
    "as_json",
    "campaign",
    "campaigns",
    "coverage",
    "coverage_of_announcement",
    "create_campaign",
    "name_campaigns",
    "owner_of_campaign",
]
