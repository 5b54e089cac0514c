"""Every door is closed unless it says why it is open; no form is taken that our page did not send."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from broadcaster.accounts.access import OPEN_ENDPOINTS
from broadcaster.accounts.roles import Role
from broadcaster.web.preferences import this_page

OPEN = {
    "account_links.welcome",
    "assets.built",
    "security.login",
    "security.mf_recovery",
    "security.two_factor_token_validation",
    "web.change_language",
    "web.change_theme",
}


def addresses(app: APIFlask) -> Iterator[tuple[Rule, str, str]]:
    """Every rule with each of its methods and an address that fits it."""
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, address


def test_strangers_are_sent_to_the_sign_in_page_from_every_door(app: APIFlask, client: FlaskClient) -> None:
    """A page forgotten by its author is closed, not open; programs are told 401."""
    tried = 0
    for rule, method, address in addresses(app):
        view = app.view_functions[rule.endpoint]
        if rule.endpoint in OPEN or getattr(view, "station_door", False):
            continue
        answer = client.open(address, method=method)
        if address.startswith(("/api/", "/uploads/")) and address != "/api/docs":
            assert answer.status_code == 401, (rule.endpoint, method)
            assert answer.json == {"message": "Sign in first."}
        else:
            assert answer.status_code == 302, (rule.endpoint, method)
            assert answer.location.startswith("/sign-in")
        tried += 1
    assert tried > 10


def test_only_known_doors_are_open_to_strangers(app: APIFlask) -> None:
    """Opening another one takes a change of this list."""
    opened = {name for name, view in app.view_functions.items() if getattr(view, "open_to_all", False)}
    assert opened | set(OPEN_ENDPOINTS) == OPEN


def test_station_doors_stand_below_the_api_only(app: APIFlask) -> None:
    """A door without session and CSRF check is for programs that sign what they send."""
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "station_door", False):
            assert rule.rule.startswith("/api/v1/"), rule.endpoint


@pytest.mark.parametrize("address", ["/settings/people", "/settings/trail"])
def test_a_page_of_another_role_is_refused_in_words(
    signed_in: Callable[..., FlaskClient], address: str
) -> None:
    """The page says what it is about, not that something broke."""
    answer = signed_in(Role.EDITOR).get(address)
    assert answer.status_code == 403
    assert b"This is not yours to do" in answer.data
    assert b'<nav class="words"' in answer.data
    assert b"403" not in answer.data
    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 200


def test_a_form_without_its_token_is_refused(
    strict_app: APIFlask, signed_in: Callable[..., FlaskClient]
) -> None:
    """Another site cannot act through somebody's browser."""
    session_cookie = signed_in(Role.ADMINISTRATOR).get_cookie("sekong_session")
    assert session_cookie is not None
    browser = strict_app.test_client()
    browser.set_cookie("sekong_session", session_cookie.value)
    for rule, method, address in addresses(strict_app):
        door = getattr(strict_app.view_functions[rule.endpoint], "station_door", False)
        if method == "GET" or door:
            continue
        assert browser.open(address, method=method).status_code == 400, (rule.endpoint, method)
    page = browser.get("/settings").get_data(as_text=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    answer = browser.post("/appearance", data={"theme": "dark", "csrf_token": found.group(1)})
    assert answer.status_code == 303


def test_a_program_with_a_token_needs_no_form_token(
    strict_app: APIFlask, signed_in: Callable[..., FlaskClient]
) -> None:
    """A token is not sent by a browser on its own, so nobody can borrow it; a wrong one opens nothing."""
    person = signed_in(Role.ADMINISTRATOR).person  # type: ignore[attr-defined]  # set by the fixture
    with strict_app.app_context():
        token = person.get_auth_token()
    program = strict_app.test_client()
    assert program.get("/settings", headers={"Authentication-Token": token}).status_code == 200
    changed = program.post("/appearance", data={"theme": "dark"}, headers={"Authentication-Token": token})
    assert changed.status_code == 303
    assert program.get("/settings", headers={"Authentication-Token": token[:-4] + "AAAA"}).status_code == 302


def test_a_locked_out_person_is_out_at_once(app: APIFlask, signed_in: Callable[..., FlaskClient]) -> None:
    """The session in their browser ends with the account."""
    editor, administrator = signed_in(Role.EDITOR), signed_in(Role.ADMINISTRATOR)
    assert editor.get("/settings").status_code == 200
    number = editor.person.id  # type: ignore[attr-defined]  # set by the fixture
    administrator.post(f"/settings/people/{number}/lock")
    assert editor.get("/settings").status_code == 302


@pytest.mark.parametrize(
    "evil",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/\t\\elsewhere.example",
        "/\r\n/elsewhere.example",
        "/settings\r\nSet-Cookie: theme=dark",
        "/settings\x00",
        "/settings\x7f",
        "/settings\x85",
        "//[",
        "//elsewhere\u2100example",
        "javascript:alert(1)",
    ],
)
def test_the_way_back_leads_nowhere_else(client: FlaskClient, evil: str) -> None:
    """A link that changes the language cannot send the reader to a stranger's page, nor break the answer."""
    answer = client.post("/language", data={"language": "lo", "next": evil})
    assert answer.status_code == 303
    assert answer.location == "/settings"


def test_the_way_back_leads_to_every_page_of_ours(client: FlaskClient) -> None:
    """With its question, in any script: Lao has signs without width between its words."""
    wanted = "/announcements?q=\u0e99\u0ec9\u0eb3\u200b\u0e97\u0ec9\u0ea7\u0ea1&page=2"
    answer = client.post("/language", data={"language": "lo", "next": wanted})
    assert answer.status_code == 303
    assert unquote(answer.location) == wanted


@pytest.mark.parametrize("wanted", ["//[", "/today\r\nX: y"])
def test_a_place_is_looked_at_whatever_the_way_back(
    signed_in: Callable[..., FlaskClient], wanted: str
) -> None:
    """The same rule for every form of the top line."""
    answer = signed_in(Role.EDITOR).post("/place", data={"place": "", "next": wanted})
    assert answer.status_code == 303
    assert answer.location == "/"


def test_a_page_that_refuses_a_form_needs_no_true_referrer(app: APIFlask) -> None:
    """What is no address names no page."""
    with app.test_request_context("/language", method="POST", headers={"Referer": "http://["}):
        assert this_page() == ""
