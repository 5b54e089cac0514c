"""Every door that changes something: for whom it is, what it is about, and what it writes into the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from broadcaster.accounts.service import Role
from tests.broadcaster.accounts.two_districts import SHA256, TwoDistricts

EDITOR, APPROVER, OPERATOR = Role.EDITOR, Role.APPROVER, Role.OPERATOR
ANYBODY = tuple(role for role in Role if role is not Role.ADMINISTRATOR)

Body = dict[str, Any] | Callable[[TwoDistricts, str], dict[str, Any]]


class For(Enum):
    """Whose door it is."""

    STRANGERS = auto()  # open to all, or part of signing in
    STATIONS = auto()  # a station signs what it sends
    ONESELF = auto()  # everybody's own account, sessions, uploads: nobody else's can be named
    ADMINISTRATORS = auto()
    PROVINCE = auto()  # a role that holds everywhere
    PLACE = auto()  # a role that holds where the thing is
    MANY = auto()  # likewise, for each of the things named in the body


@dataclass(frozen=True)
class Door:
    """One method of one address.

    `about` is the argument that names the thing; a door with none names places or things in its body. `state`
    is what a recording or jingle must be in. `body` is a form, or JSON below `/api/`. `writes` is the line of
    the trail that one success leaves; without it `because` says why there is none, or who tests it. `also` is
    a second thing its address names, which is not there in these tests.
    """

    whose: For
    roles: tuple[Role, ...] = ()
    about: str = ""
    body: Body = field(default_factory=dict)
    state: str = "draft"
    writes: str = ""
    because: str = ""
    also: str = ""


def strangers(because: str = "open, or part of signing in") -> Door:
    return Door(For.STRANGERS, because=because)


def oneself(because: str) -> Door:
    return Door(For.ONESELF, because=because)


def administrators(because: str = "tests of the accounts") -> Door:
    return Door(For.ADMINISTRATORS, because=because)


def announcement(roles: tuple[Role, ...], body: Body, writes: str = "", **more: Any) -> Door:
    return Door(For.PLACE, roles, "announcement_id", body, writes=writes, **more)


def recording(roles: tuple[Role, ...], state: str, body: Body, writes: str = "", **more: Any) -> Door:
    return Door(For.PLACE, roles, "recording_id", body, state, writes, **more)


def jingle(roles: tuple[Role, ...], state: str, body: Body, writes: str) -> Door:
    return Door(For.PROVINCE, roles, "jingle_id", body, state, writes)


def slot(writes: str, state: str = "") -> Door:
    return Door(For.PLACE, (EDITOR,), "slot_id", {}, state, writes)


REASON = {"reason": "A name is wrong."}
HASH = {"sha256": SHA256}
STATION_SETTINGS = {
    "zones-0-name": "Loudspeaker",
    "zones-0-channel": "2",
    "warm_up_ms": "900",
    "tail_ms": "500",
    "max_on_s": "3600",
    "volume_percent": "80",
    "quiet": "21:00-05:00",
}


def slot_form(world: TwoDistricts, place: str) -> dict[str, Any]:
    return {
        "first": str(world.ready(place)),
        "frequency": "daily",
        "times": "10:00",
        "start": "2026-03-04",
        "places": [place],
        "message_class": "ordinary",
        "missed": "skip",
        "languages": "every",
        "keep": "y",
    }


def slot_json(world: TwoDistricts, place: str) -> dict[str, Any]:
    return {"announcements": [world.ready(place)], "times": ["10:00"], "places": [place]}


def campaign_form(world: TwoDistricts, place: str) -> dict[str, Any]:
    return {
        "title": "Everybody hears it",
        "announcements": [str(world.ready(place))],
        "places": [place],
        "from_day": "2026-03-04",
        "until_day": "2026-03-20",
        "goal": "played",
    }


def new_announcement_json(_world: TwoDistricts, place: str) -> dict[str, Any]:
    return {"title": "New", "kind": "other", "place": place}


def many(world: TwoDistricts, place: str) -> dict[str, Any]:
    return {"chosen": [str(world.recording(place, "draft").id)], "tags": "law"}


def several(world: TwoDistricts, place: str) -> dict[str, Any]:
    return {"chosen": [str(world.recording(place, "draft").announcement_id)], "kind": "health"}


def owner(_world: TwoDistricts, place: str) -> dict[str, Any]:
    return {"place": "V1" if place == "LA1504" else place}


FORMS = "its form is filled in by the tests of its own page; here only who is let in"
JOB = "the job that prepares the sound writes the line"
ASKS = "it changes nothing"

DOORS: dict[str, Door] = {
    # Signing in, and oneself
    "account_links.welcome POST": strangers(),
    "security.login POST": strangers(),
    "security.two_factor_token_validation POST": strangers(),
    "security.mf_recovery POST": strangers(),
    "security.two_factor_rescue POST": strangers("closed: Flask-Security's own"),
    "security.tf_select POST": strangers("closed: Flask-Security's own"),
    "web.change_language POST": strangers("a preference"),
    "web.change_theme POST": strangers("a preference"),
    "security.logout POST": oneself("tests of signing out"),
    "security.verify POST": oneself("tests of the fresh sign-in"),
    "security.mf_recovery_codes POST": oneself("tests of the spare codes"),
    "security.two_factor_setup POST": oneself("tests of the second factor"),
    "security.two_factor_setup_validate POST": oneself("tests of the second factor"),
    "account_sign_in.end POST": oneself("tests of the sessions"),
    "account_sign_in.end_others POST": oneself("tests of the sessions"),
    "account_sign_in.new_spare_codes POST": oneself("tests of the spare codes"),
    "account_sign_in.remove_own POST": oneself("tests of the second factor"),
    "account_sign_in.set_up_second_factor POST": oneself("tests of the second factor"),
    "accounts.password POST": oneself("tests of the settings pages"),
    "inbox.wishes POST": oneself("a preference"),
    "in_view.choose POST": oneself("a preference"),
    # People
    "account_links.make POST": administrators(),
    "account_links.withdraw POST": administrators(),
    "account_sign_in.end_all POST": administrators(),
    "account_sign_in.lift POST": administrators(),
    "account_sign_in.remove POST": administrators(),
    "accounts.everybody POST": administrators(),
    "accounts.lock POST": administrators(),
    "accounts.one POST": administrators(),
    "accounts.unlock POST": administrators(),
    "role_places.change POST": administrators("tests of roles per place"),
    "letters.retry POST": administrators("tests of the mail"),
    "letters.send_test POST": administrators("tests of the mail"),
    "face.try_out POST": administrators(ASKS),
    # Stations
    "station_api.enrol POST": Door(For.STATIONS, because="tests of enrolment"),
    "report_api.take_report POST": Door(For.STATIONS, because="reports are kept whole themselves"),
    "fleet.new_station POST": administrators("tests of the fleet"),
    "fleet.renew_code POST": administrators("tests of the fleet"),
    "fleet.retire POST": administrators("tests of the fleet"),
    "fleet.station_settings POST": Door(
        For.PLACE, (OPERATOR,), "station_id", STATION_SETTINGS, writes="station.change"
    ),
    # Announcements
    "newsroom.new_announcement POST": Door(For.PLACE, (EDITOR,), body=new_announcement_json, because=FORMS),
    "newsroom_api.create_announcement POST": Door(
        For.PLACE, (EDITOR,), body=new_announcement_json, writes="announcement.created"
    ),
    "newsroom.rename POST": announcement((EDITOR,), {"title": "Another"}, "announcement.renamed"),
    "newsroom.remove POST": announcement((EDITOR,), {}, "announcement.removed"),
    "belonging.give POST": announcement((EDITOR,), owner, "announcement.given"),
    "newsroom.add_recording POST": announcement((EDITOR,), {}, because=JOB),
    "newsroom_api.upload_recording POST": announcement((EDITOR,), {}, because=JOB),
    "attachments.add POST": announcement((EDITOR, APPROVER), {}, because=FORMS),
    "attachments.remove POST": announcement((EDITOR, APPROVER), {}, because=FORMS, also="attachment_id"),
    "attachments.restore POST": announcement((EDITOR, APPROVER), {}, because=FORMS, also="attachment_id"),
    "newsroom_texts_api.attach POST": announcement((EDITOR, APPROVER), {}, because=FORMS),
    "newsroom_texts_api.detach DELETE": announcement(
        (EDITOR, APPROVER), {}, because=FORMS, also="attachment_id"
    ),
    "newsroom_texts_api.change_announcement PATCH": announcement((EDITOR, APPROVER), {}, because=FORMS),
    "revisions.edit_announcement POST": announcement((EDITOR, APPROVER), {}, because=FORMS),
    # Recordings
    "newsroom_texts_api.change_texts PATCH": recording((EDITOR, APPROVER), "draft", {}, because=FORMS),
    "revisions.edit_texts POST": recording((EDITOR, APPROVER), "draft", {}, because=FORMS),
    "recordings.submit POST": recording((EDITOR, APPROVER), "draft", {}, "recording.submit"),
    "recordings.take_back POST": recording((EDITOR,), "submitted", {}, "recording.take_back"),
    "recordings.check POST": recording(ANYBODY, "submitted", {}, because=FORMS),
    "recordings.approve POST": recording((APPROVER,), "submitted", HASH, "recording.approve"),
    "recordings.give_back POST": recording(ANYBODY, "submitted", REASON, because=FORMS),
    "recordings.withdraw POST": recording((APPROVER,), "approved", REASON, "recording.withdraw"),
    "recordings.remove POST": recording((EDITOR,), "failed", {}, "recording.removed"),
    "steps_api.submit POST": recording((EDITOR, APPROVER), "draft", {}, "recording.submit"),
    "steps_api.take_back POST": recording((EDITOR,), "submitted", {}, "recording.take_back"),
    "steps_api.check POST": recording(ANYBODY, "submitted", {}, because=FORMS),
    "steps_api.approve POST": recording((APPROVER,), "submitted", HASH, "recording.approve"),
    "steps_api.give_back POST": recording(ANYBODY, "submitted", REASON, because=FORMS),
    "steps_api.withdraw POST": recording((APPROVER,), "approved", REASON, "recording.withdraw"),
    "twins.give_way POST": recording((EDITOR,), "draft", {}, because=FORMS, also="twin"),
    "twins.keep POST": recording((EDITOR,), "draft", {}, because=FORMS),
    "waveform.edit POST": recording((EDITOR,), "draft", {}, because=FORMS),
    "waveform.once_more POST": recording((EDITOR,), "failed", {}, because=FORMS),
    # Uploads: each is its sender's; whose announcement they are for is asked in their service
    "tus.create POST": oneself("tests of the uploads"),
    "tus.one POST": oneself("tests of the uploads"),
    "tus.one PATCH": oneself("tests of the uploads"),
    "tus.one DELETE": oneself("tests of the uploads"),
    "uploads.answer_same POST": oneself("tests of the uploads"),
    "uploads.end POST": oneself("tests of the uploads"),
    "uploads.send POST": oneself("tests of the uploads"),
    # The library: views are their maker's; acts on many ask for each whether it is theirs
    "library.default POST": oneself("tests of saved views"),
    "library.remove POST": oneself("tests of saved views"),
    "library.rename POST": oneself("tests of saved views"),
    "library.restore POST": oneself("tests of saved views"),
    "library.save POST": oneself("tests of saved views"),
    "library.share POST": oneself("tests of saved views"),
    "list_wishes.keep POST": oneself("tests of what a list shows"),
    "bulk_edit.change POST": Door(For.MANY, (EDITOR,), body=several, because="tests of bulk edit"),
    "bulk_edit.undo POST": Door(For.MANY, (EDITOR,), body=several, because="tests of bulk edit"),
    "library.submit POST": Door(For.MANY, (EDITOR,), body=many, because="tests of the library"),
    "library.restore_removed POST": Door(For.MANY, (EDITOR,), body=many, because="tests of removals"),
    "library.remove_chosen POST": Door(For.MANY, (EDITOR,), body=many, because="tests of the library"),
    "library.tag POST": Door(For.MANY, (EDITOR,), body=many, because="tests of the library"),
    # Jingles
    "jingles.add POST": Door(For.PROVINCE, (EDITOR,), because=JOB),
    "jingles.chime POST": Door(For.PROVINCE, (EDITOR,), because="tests of the jingles, which make its sound"),
    "jingles.submit POST": jingle((EDITOR, APPROVER), "draft", {}, "jingle.submit"),
    "jingles.approve POST": jingle((APPROVER,), "submitted", HASH, "jingle.approve"),
    "jingles.withdraw POST": jingle((APPROVER,), "approved", REASON, "jingle.withdraw"),
    # Programmes and goals
    "programming.check_slot POST": Door(For.PLACE, (EDITOR,), body=slot_form, because=ASKS),
    "programming.new_slot POST": Door(For.PLACE, (EDITOR,), body=slot_form, because=FORMS),
    "programming.remove_slot POST": slot("slot.removed"),
    "programming.restore_slot POST": slot("slot.restored", "removed"),
    "programming_api.create_slot POST": Door(For.PLACE, (EDITOR,), body=slot_json, writes="slot.created"),
    "programming_api.remove_slot DELETE": slot("slot.removed"),
    "programming_api.restore_slot POST": slot("slot.restored", "removed"),
    "campaigns.new_campaign POST": Door(For.PLACE, (EDITOR,), body=campaign_form, writes="campaign.add"),
}
