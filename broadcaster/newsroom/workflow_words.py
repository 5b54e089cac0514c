"""The way to approval in words: who acts next, what waits for whom, how far a withdrawal came."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.step_rules import language_check, waits_for_check
from broadcaster.newsroom.steps import LanguageCheck
from broadcaster.newsroom.withdrawal import Obstacle, StationWithdrawal
from broadcaster.web.wording import language_name, when

MISHAPS: dict[str, LazyString] = {
    "decided_before": lazy_gettext(
        "%(name)s decided before you. Nothing was changed; look at where it stands now."
    ),
    "language_check_off": lazy_gettext("No language check is asked for here."),
    "language_unknown": lazy_gettext(
        "Only somebody who understands the language can check it. Say in the settings which you understand."
    ),
    "author_is_checker": lazy_gettext("Nobody checks their own recording. Ask another speaker."),
    "language_not_checked": lazy_gettext("Somebody who understands the language must listen to it first."),
    "not_yours_to_return": lazy_gettext("Only an approver, or who checks its language, returns it."),
    "validity_over": lazy_gettext(
        "Its last day has passed. Give the announcement another last day first, then submit it again."
    ),
    "mail_refused": lazy_gettext("The mail server did not take the letter."),
    "mail_not_configured": lazy_gettext("No mail server is configured."),
    "letter_not_failed": lazy_gettext("Only a letter that was set aside can be tried again."),
    "no_letter": lazy_gettext("This letter is no longer there."),
}

OBSTACLES: dict[Obstacle, LazyString] = {
    Obstacle.PLAN: lazy_gettext("its new plan is being made"),
    Obstacle.WAITING: lazy_gettext("has not fetched its new plan yet"),
    Obstacle.SILENT: lazy_gettext("no network since %(when)s"),
    Obstacle.NEVER_SEEN: lazy_gettext("was never heard of"),
}


def next_words(recording: Recording) -> str:
    """Who must act next on a recording that was submitted."""
    name = language_name(recording.language)
    if waits_for_check(recording):
        return str(_("Next: somebody who understands %(language)s listens to it.", language=name))
    if recording.state == "submitted" and language_check() is LanguageCheck.OFFERED:
        return str(
            _("Next: an approver decides; a speaker of %(language)s may check it before.", language=name)
        )
    return str(_("Next: an approver decides."))


def withdrawal_words(one: StationWithdrawal) -> str:
    """Why a station has not confirmed."""
    if one.obstacle is None:
        return ""
    return str(OBSTACLES[one.obstacle]) % {"when": when(one.last_seen_at)}
