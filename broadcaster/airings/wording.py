"""As-run in words: outcomes, reasons, evidence, incidents, in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from schedules.airing_origin import Origin
from schedules.reconciliation import ItemState
from schedules.wire.report import EvidenceGrade

# State → its word and the tone it is shown in.
STATES: dict[ItemState, tuple[LazyString, str]] = {
    ItemState.AIRED: (lazy_gettext("aired"), "done"),
    ItemState.LATE: (lazy_gettext("aired late"), "done"),
    ItemState.JOINED: (lazy_gettext("joined inside"), "wait"),
    ItemState.CUT: (lazy_gettext("cut short"), "wait"),
    ItemState.SKIPPED: (lazy_gettext("skipped"), "wait"),
    ItemState.MISSED: (lazy_gettext("missed"), "fail"),
    ItemState.UPCOMING: (lazy_gettext("upcoming"), "quiet"),
    ItemState.AWAITING_REPORT: (lazy_gettext("awaiting report"), "quiet"),
    ItemState.UNPLANNED: (lazy_gettext("not planned"), "quiet"),
}

EVIDENCE: dict[EvidenceGrade, LazyString] = {
    EvidenceGrade.ORDERED: lazy_gettext("ordered"),
    EvidenceGrade.DELIVERED: lazy_gettext("delivered to the station"),
    EvidenceGrade.PLAYED: lazy_gettext("played"),
    EvidenceGrade.RELAY_COMMANDED: lazy_gettext("loudspeaker switched on"),
    EvidenceGrade.RELAY_CONFIRMED: lazy_gettext("loudspeaker confirmed on"),
    EvidenceGrade.HEARD: lazy_gettext("heard by a microphone"),
}

ORIGINS: dict[Origin, LazyString] = {
    Origin.ALERT: lazy_gettext("alert"),
    Origin.TEST: lazy_gettext("test of an alert"),
    Origin.LOCAL: lazy_gettext("played at the station"),
    Origin.MICROPHONE: lazy_gettext("microphone at the station"),
}
"""Who wanted what no plan held."""

REASONS: dict[str, LazyString] = {
    "power_lost": lazy_gettext("the power was off"),
    "not_running": lazy_gettext("the station's program was not running"),
    "quiet_hours": lazy_gettext("it fell into quiet hours"),
    "audio_missing": lazy_gettext("its audio had not arrived"),
    "withdrawn": lazy_gettext("the recording was withdrawn"),
    "expired": lazy_gettext("it was no longer valid"),
    "output_failed": lazy_gettext("the sound output failed"),
    "relay_failed": lazy_gettext("the relay board did not answer"),
    "relay_resting": lazy_gettext("the loudspeaker's relay had to rest before it could close again"),
    "relay_refused": lazy_gettext("another loudspeaker line was on that may not be on at the same time"),
    "clock_untrusted": lazy_gettext("the station's clock could not be trusted"),
    "pre_empted": lazy_gettext("something more urgent came"),
    "stopped": lazy_gettext("the station was stopped"),
    "operator_stop": lazy_gettext("the operator stopped it"),
    "operator_hold": lazy_gettext("the operator held it back"),
    "cancelled": lazy_gettext("the alert was cancelled"),
    "replaced": lazy_gettext("a newer alert took its place"),
    "no_such_zone": lazy_gettext("the station has no loudspeaker line for it"),
    "not_needed": lazy_gettext("the live stream was heard"),
    "time_over": lazy_gettext("the live stream it stood in for would have ended"),
    "busy": lazy_gettext("something else was still on the air"),
    "max_on_time": lazy_gettext("the loudspeaker may not be on any longer"),
    "plan_late": lazy_gettext("the plan arrived too late"),
    "slow_start": lazy_gettext("the station was too slow to start it"),
    "clock_step": lazy_gettext("the station's clock was set past its time"),
    "nothing_to_air": lazy_gettext("nothing that could be heard was left of the broadcast"),
    "journal_lost": lazy_gettext("the station's journal was lost; it may have been heard"),
}

INCIDENTS: dict[str, tuple[LazyString, LazyString]] = {
    "plan_refused": (
        lazy_gettext("A plan was refused"),
        lazy_gettext("It was not signed by the province, or altered on the way. The last good plan goes on."),
    ),
    "audio_refused": (
        lazy_gettext("Audio was refused"),
        lazy_gettext("What arrived is not what was approved. The station fetches it again."),
    ),
    "board_silent": (
        lazy_gettext("The relay board does not answer"),
        lazy_gettext("Look whether its cable is plugged in, then run station-agent doctor there."),
    ),
    "relay_failed": (
        lazy_gettext("The relay board failed"),
        lazy_gettext("Look whether its cable is plugged in, then run station-agent doctor there."),
    ),
    "relay_refused": (
        lazy_gettext("A loudspeaker line was not switched on"),
        lazy_gettext(
            "Another line was on, and the station may not have both on. Plan them one after the other."
        ),
    ),
    "relay_lost": (
        lazy_gettext("The relay board is gone"),
        lazy_gettext("Look whether its cable is plugged in, then run station-agent doctor there."),
    ),
    "relay_back": (
        lazy_gettext("The relay board is back"),
        lazy_gettext("Nothing is to be done. If it happens often, change its cable or its plug."),
    ),
    "relay_mended": (
        lazy_gettext("A loudspeaker line is switched on again"),
        lazy_gettext("Nothing is to be done. If it happens often, change its cable or its plug."),
    ),
    "relay_unseen": (
        lazy_gettext("The relay board stopped answering"),
        lazy_gettext("Its relays are still switched, unseen. Look at the board and its power."),
    ),
    "output_failed": (
        lazy_gettext("The sound output failed"),
        lazy_gettext("Check the cable to the amplifier and the sound settings of the village PC."),
    ),
    "output_restarted": (
        lazy_gettext("The sound was interrupted and went on"),
        lazy_gettext(
            "Its process was replaced."
            " If it happens often, send the station's log to who looks after the software."
        ),
    ),
    "not_heard": (
        lazy_gettext("The microphone did not hear the broadcast"),
        lazy_gettext("Look at the loudspeaker, its line and the amplifier, then at the microphone itself."),
    ),
    "microphone_failed": (
        lazy_gettext("The microphone could not be recorded"),
        lazy_gettext(
            "Broadcasts go on, but nobody hears whether they come out. Look at its cable and setting."
        ),
    ),
    "clock_trusted": (
        lazy_gettext("The clock is right again"),
        lazy_gettext("Nothing is to be done."),
    ),
    "clock_untrusted": (
        lazy_gettext("The clock cannot be right"),
        lazy_gettext(
            "Nothing airs by time until it is set. Set the time at the village PC; look at its clock battery."
        ),
    ),
    "clock_stepped": (
        lazy_gettext("The clock was set"),
        lazy_gettext("The plan was followed by the new time from then on."),
    ),
    "power_lost": (
        lazy_gettext("The power was off"),
        lazy_gettext("What was on the air then counts as cut short."),
    ),
    "process_died": (
        lazy_gettext("The station's program died and was started again"),
        lazy_gettext("If it happens often, send the station's log to who looks after the software."),
    ),
    "broadcast_interrupted": (
        lazy_gettext("A broadcast was interrupted"),
        lazy_gettext("The power or the program ended while it was on the air. It counts as cut short."),
    ),
    "audio_unavailable": (
        lazy_gettext("Audio could not be fetched"),
        lazy_gettext("The station tries again. If it stays, carry it there by stick."),
    ),
    "disk_full": (
        lazy_gettext("The disk is full"),
        lazy_gettext("Remove what does not belong on the village PC."),
    ),
    "journal_lost": (
        lazy_gettext("The station's journal was lost"),
        lazy_gettext("A new one was begun. What aired before its last report is not known."),
    ),
    "journal_damaged": (
        lazy_gettext("The station's journal was damaged"),
        lazy_gettext("A new one was begun; the old one is kept at the village PC."),
    ),
    "report_contradiction": (
        lazy_gettext("The station contradicts itself"),
        lazy_gettext("Two reports say different things under one number. The first stays."),
    ),
    "implausible_airing": (
        lazy_gettext("The station reports what cannot have happened"),
        lazy_gettext("It is not counted as heard. Check the station's clock, and who has access to it."),
    ),
    "alert_taken": (
        lazy_gettext("An alert has reached the station"),
        lazy_gettext("It plays at once and repeats until it expires. Its airings say what was heard."),
    ),
    "alert_cancelled": (
        lazy_gettext("A cancelled alert has reached the station"),
        lazy_gettext("What was playing of it has stopped."),
    ),
    "alert_refused": (
        lazy_gettext("An alert was refused"),
        lazy_gettext("It was not signed by the province, altered, out of date, or a test that sounds real."),
    ),
    "no_such_zone": (
        lazy_gettext("The station lacks a loudspeaker line of its plan"),
        lazy_gettext("Correct the zone's relay on the station's page, or in the station's settings there."),
    ),
    "unknown_plan": (
        lazy_gettext("The station follows a plan that was never published here"),
        lazy_gettext("Ask who else signs plans with the province's key."),
    ),
}


GOOD_NEWS = frozenset({"relay_back", "relay_mended", "clock_trusted"})
"""Incidents that say that something is over."""

NO_FAILURE = frozenset({"alert_taken", "alert_cancelled", "clock_stepped"})
"""Incidents that somebody wanted: worth knowing, and nothing is wrong."""


def state_words(state: ItemState) -> tuple[str, str]:
    """A word and a tone."""
    words, tone = STATES[state]
    return str(words), tone


def evidence_words(grade: EvidenceGrade | None) -> str:
    """How sure we are."""
    return "" if grade is None else str(EVIDENCE[grade])


def origin_words(origin: Origin) -> str:
    """Who wanted it; empty for the plan's own."""
    return str(ORIGINS.get(origin, ""))


def title_words(origin: Origin, title: str) -> str:
    """What was aired: a person's own title, or the word for what a station's program gave one in English."""
    return str(_("Microphone")) if origin is Origin.MICROPHONE else title


def reason_words(reason: str | None) -> str:
    """Why; the station's own word where nobody translated it."""
    if not reason:
        return ""
    known = REASONS.get(reason)
    return str(known) if known is not None else reason.replace("_", " ")


def incident_words(code: str, message: str) -> tuple[str, str]:
    """What happened, and what to do or to know; the station's own message for a code without words."""
    known = INCIDENTS.get(code)
    if known is None:
        return code.replace("_", " "), message
    return str(known[0]), str(known[1])


def incident_tone(code: str) -> str:
    """The tone it is shown in."""
    if code in GOOD_NEWS:
        return "done"
    return "quiet" if code in NO_FAILURE else "fail"
