"""The campaigns' words on a page, in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

from broadcaster.campaigns.coverage import Reach
from schedules.wire.report import EvidenceGrade

# Reach → its word and the tone it is shown in.
REACHES: dict[Reach, tuple[LazyString, str]] = {
    Reach.REACHED: (lazy_gettext("heard"), "done"),
    Reach.PARTLY: (lazy_gettext("partly"), "wait"),
    Reach.NOT_YET: (lazy_gettext("not yet"), "quiet"),
}

GOALS: dict[EvidenceGrade, LazyString] = {
    EvidenceGrade.PLAYED: lazy_gettext("it was played"),
    EvidenceGrade.RELAY_COMMANDED: lazy_gettext("the loudspeaker was switched on"),
    EvidenceGrade.RELAY_CONFIRMED: lazy_gettext("the loudspeaker was confirmed on"),
    EvidenceGrade.HEARD: lazy_gettext("a microphone heard it"),
}

MISHAPS: dict[str, LazyString] = {
    "no_campaign": lazy_gettext("There is no campaign %(campaign)s."),
    "campaign_title": lazy_gettext("Give it a title of at most 300 characters."),
    "campaign_announcements": lazy_gettext("Choose at least one announcement."),
    "campaign_places": lazy_gettext("Choose at least one place."),
    "campaign_days": lazy_gettext("The last day lies before the first."),
}


def reach_words(reach: Reach) -> tuple[str, str]:
    """A word and a tone."""
    words, tone = REACHES[reach]
    return str(words), tone


def goal_words(goal: EvidenceGrade) -> str:
    """What counts as heard."""
    words = GOALS.get(goal)
    return str(words) if words is not None else goal.value
