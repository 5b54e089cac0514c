"""The newsroom's words on a page, in the reader's language: kinds, states, steps, verdicts, mishaps."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from broadcaster import clock
from broadcaster.newsroom.mishap_words import MISHAPS
from broadcaster.newsroom.models import AnnouncementKind, Jingle, Recording
from broadcaster.newsroom.sound import IngestState
from broadcaster.web.wording import decimal

KINDS: dict[AnnouncementKind, LazyString] = {
    AnnouncementKind.ASSEMBLY_RESULT: lazy_gettext("Assembly result"),
    AnnouncementKind.LAW_ORIENTATION: lazy_gettext("Law orientation"),
    AnnouncementKind.SEKONG_TODAY: lazy_gettext("Sekong Today"),
    AnnouncementKind.HEALTH: lazy_gettext("Health"),
    AnnouncementKind.EMERGENCY: lazy_gettext("Emergency"),
    AnnouncementKind.SCHOOL: lazy_gettext("School"),
    AnnouncementKind.MARKET: lazy_gettext("Market"),
    AnnouncementKind.WEATHER: lazy_gettext("Weather"),
    AnnouncementKind.OTHER: lazy_gettext("Other"),
}

# State → its word and the tone it is shown in.
STATES: dict[str, tuple[LazyString, str]] = {
    "draft": (lazy_gettext("draft"), "quiet"),
    "submitted": (lazy_gettext("awaits approval"), "wait"),
    "language_checked": (lazy_gettext("language checked"), "wait"),
    "approved": (lazy_gettext("approved"), "done"),
    "returned": (lazy_gettext("returned"), "wait"),
    "withdrawn": (lazy_gettext("withdrawn"), "fail"),
    "expired": (lazy_gettext("replaced or expired"), "quiet"),
    "missing": (lazy_gettext("missing"), "fail"),
}
_WORKING = (lazy_gettext("being prepared"), "wait")
_OVER = (lazy_gettext("its last day has passed"), "quiet")
_FAILED = (lazy_gettext("could not be used"), "fail")

STEPS: dict[str, LazyString] = {
    "probe": lazy_gettext("Looking at the file"),
    "decode": lazy_gettext("Reading and measuring the sound"),
    "encode": lazy_gettext("Setting the level and packing"),
    "verify": lazy_gettext("Listening to the result"),
    "store": lazy_gettext("Putting it into the store"),
}

VERDICTS: dict[str, LazyString] = {
    "good": lazy_gettext("good"),
    "damaged": lazy_gettext("damaged: some pieces could not be read; listen to it before it is approved"),
    "clipped": lazy_gettext(
        "clipped: the recording was too loud and sounds harsh; record again with the level turned down"
    ),
    "too_quiet": lazy_gettext(
        "too quiet: %(added)s dB were added and the hiss with it; record closer to the microphone"
    ),
    "noisy": lazy_gettext(
        "noisy: the voice is only %(above_noise)s dB above the noise; record in a quieter place"
    ),
    "narrow_band": lazy_gettext(
        "sounds like a telephone: nothing above %(bandwidth)s kHz; record it directly if you can"
    ),
    "too_loud": lazy_gettext("too loud: %(added)s dB were taken off; record with less compression"),
    "peaky": lazy_gettext("short peaks keep it softer than the rest; remove clicks and knocks"),
    "much_silence": lazy_gettext("much silence: %(silence)s s at the beginning and the end; cut them off"),
    "one_channel": lazy_gettext("left and right cancel each other out; only one of them is used"),
    "short": lazy_gettext("very short: its loudness was measured as if it went on"),
}

ACTIONS: dict[str, LazyString] = {
    "added": lazy_gettext("added"),
    "created": lazy_gettext("created"),
    "submit": lazy_gettext("submitted"),
    "approve": lazy_gettext("approved"),
    "return": lazy_gettext("returned"),
    "withdraw": lazy_gettext("withdrawn"),
    "take_back": lazy_gettext("taken back"),
    "confirm_language": lazy_gettext("language checked"),
    "replace": lazy_gettext("replaced by a newer one"),
    "expire": lazy_gettext("ended: its last day has passed"),
    "removed": lazy_gettext("removed"),
    "trimmed": lazy_gettext("trimmed and levelled"),
    "tried_again": lazy_gettext("tried once more"),
    "renamed": lazy_gettext("renamed"),
    "edited": lazy_gettext("changed"),
    "texts": lazy_gettext("what is said was changed"),
    "attached": lazy_gettext("attached"),
    "detached": lazy_gettext("taken off"),
    "twin_kept": lazy_gettext("kept beside the same audio elsewhere"),
    "gave_way": lazy_gettext("taken away: the same audio was there already"),
}


def kind_label(kind: AnnouncementKind) -> str:
    """The kind as a reader calls it."""
    return str(KINDS[kind])


def state_badge(sound: Recording | Jingle) -> tuple[str, str]:
    """A word and a tone for where it stands, its preparation included."""
    if sound.ingest == IngestState.FAILED:
        words = _FAILED
    elif sound.ingest != IngestState.DONE:
        words = _WORKING
    elif _is_over(sound):
        words = _OVER
    else:
        words = STATES[sound.state]
    return str(words[0]), words[1]


def _is_over(sound: Recording | Jingle) -> bool:
    """Whether it is approved still, though its announcement's last day has passed."""
    until = sound.announcement.valid_until if isinstance(sound, Recording) else None
    return sound.state == "approved" and until is not None and until < clock.now()


def step_label(sound: Recording | Jingle) -> str:
    """What is being done with it now."""
    return str(STEPS[sound.step]) if sound.step in STEPS else _("Waiting for its turn")


def verdict_sentence(sound: Recording | Jingle) -> str:
    """How it will sound, in one sentence."""
    figures = sound.verdict_figures or {}
    words = VERDICTS.get(sound.verdict or "")
    if words is None:
        return sound.verdict or ""
    silence_s = float(figures.get("silence_ms", 0)) / 1000
    added_db = abs(float(figures.get("added_db", 0)))
    return str(words) % {
        "added": decimal(added_db, 0),
        "silence": decimal(silence_s),
        "above_noise": decimal(max(0.0, float(figures.get("above_noise_db", 0))), 0),
        "bandwidth": decimal(float(figures.get("bandwidth_hz", 0)) / 1000),
    }


def mishap_sentence(sound: Recording | Jingle) -> str:
    """Why the upload could not be used and what to do; the English sentence where no other is known."""
    words = MISHAPS.get(sound.error_code or "")
    return str(words) % (sound.error_figures or {}) if words is not None else (sound.error or "")


def action_label(action: str) -> str:
    """A line of the history: what was done."""
    verb = action.rpartition(".")[2]
    return str(ACTIONS.get(verb, verb))
