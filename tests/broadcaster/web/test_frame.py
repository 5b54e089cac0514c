"""What every page brings along: headers, languages, error pages, assets that weigh little."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from broadcaster.database import db
from broadcaster.places.models import Place, PlaceKind
from broadcaster.places.service import make_districts
from broadcaster.web import assets

FRONTEND = Path(assets.__file__).parent / "frontend"
FIRST_VIEW_BYTES = 250_000
LATER_VIEW_BYTES = 40_000
PAGES = [
    "/",
    "/aired",
    "/announcements",
    "/announcements/new",
    "/campaigns",
    "/nowhere",
    "/places",
    "/schedule",
    "/schedule/new",
    "/settings",
    "/sign-in",
    "/stations",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_runs_nothing_inline_and_loads_nothing_from_elsewhere(
    signed_in: Callable[..., FlaskClient], address: str
) -> None:
    """The policy forbids it, and no page needs it."""
    answer = signed_in().get(address)
    policy = answer.headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = answer.get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_no_two_answers_share_a_nonce(client: FlaskClient) -> None:
    """A guessed word would let a foreign script run."""
    seen = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(seen) == 3


def test_the_first_view_weighs_at_most_250_kb(app: APIFlask, client: FlaskClient) -> None:
    """The page, its style, its script and both weights of the Lao letters, as they cross the wire."""
    page = client.get("/sign-in")
    weight = len(gzip.compress(page.data))
    names = assets.manifest()
    assert names, "the front end is not built: npm ci && node build.mjs in broadcaster/web/frontend"
    for name in ("app.css", "app.js", "emblem.svg"):
        answer = client.get(f"/assets/{names[name]}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        weight += len(answer.data)
    weight += sum(font.stat().st_size for font in assets.BUILD.glob("*.woff2"))
    assert weight <= FIRST_VIEW_BYTES


@pytest.mark.parametrize(
    "address",
    ["/", "/announcements", "/schedule", "/stations", "/aired", "/campaigns", "/places", "/settings"],
)
def test_a_later_view_weighs_at_most_40_kb(
    app: APIFlask, signed_in: Callable[..., FlaskClient], address: str
) -> None:
    """A page of a province with 270 villages, as it crosses the wire."""
    with app.app_context():
        make_districts(db.session)
        db.session.add_all(
            Place(
                code=f"V{number}",
                kind=PlaceKind.VILLAGE,
                name=f"Village {number}",
                parent_code=f"LA150{number % 4 + 1}",
                languages=["tdf", "lo"],
                population=400 + number,
                latitude=15.3 + number % 17 / 40,
                longitude=106.4 + number % 31 / 40,
            )
            for number in range(270)
        )
        db.session.commit()
    answer = signed_in().get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(answer.data) <= LATER_VIEW_BYTES
    assert signed_in().get(address).get_data(as_text=True).startswith("<!doctype html>")


def test_an_asset_is_served_plain_to_those_who_cannot_unpack(client: FlaskClient) -> None:
    """The same content either way."""
    name = assets.manifest()["app.css"]
    plain = client.get(f"/assets/{name}", headers={"Accept-Encoding": "identity"})
    packed = client.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip"})
    assert plain.mimetype == packed.mimetype == "text/css"
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize(
    "name", ["manifest.json", "../frontend/package.json", "%2e%2e/__init__.py", "nothing.js"]
)
def test_only_built_files_are_served(client: FlaskClient, name: str) -> None:
    """Nothing beside them can be fetched."""
    assert client.get(f"/assets/{name}").status_code == 404


def test_the_lock_pins_exactly_and_names_no_download_address() -> None:
    """Whoever builds fetches from the registry they chose."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    wanted = json.loads((FRONTEND / "package.json").read_text())
    for version in {**wanted["dependencies"], **wanted["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


@pytest.mark.parametrize(("language", "word"), [("en", "Settings"), ("lo", "ຕັ້ງຄ່າ")])
def test_pages_speak_the_persons_language(
    signed_in: Callable[..., FlaskClient], language: str, word: str
) -> None:
    """The choice is kept with the person, on every device."""
    page = signed_in(language=language).get("/settings").get_data(as_text=True)
    assert f'<html lang="{language}"' in page
    assert f"<h1>{word}</h1>" in page


def test_strangers_are_greeted_in_their_browsers_language(client: FlaskClient) -> None:
    """And the switch on the sign-in page is remembered."""
    page = client.get("/sign-in", headers={"Accept-Language": "lo-LA,lo;q=0.9,en;q=0.5"})
    assert '<html lang="lo"' in page.get_data(as_text=True)
    client.post("/language", data={"language": "en", "next": "/sign-in"})
    again = client.get("/sign-in", headers={"Accept-Language": "lo"})
    assert '<html lang="en"' in again.get_data(as_text=True)


def test_switching_the_language_stays_on_the_page(signed_in: Callable[..., FlaskClient]) -> None:
    """And the next page speaks it too."""
    browser = signed_in()
    answer = browser.post("/language", data={"language": "lo", "next": "/places?search=dak"})
    assert answer.location == "/places?search=dak"
    assert '<html lang="lo"' in browser.get("/places").get_data(as_text=True)


def test_the_chosen_appearance_is_on_every_page(client: FlaskClient) -> None:
    """Dark stays dark, also where the device is light."""
    client.post("/appearance", data={"theme": "dark", "next": "/sign-in"})
    assert 'data-theme="dark"' in client.get("/sign-in").get_data(as_text=True)
    client.post("/appearance", data={"theme": "<script>", "next": "/sign-in"})
    assert 'data-theme="dark"' in client.get("/sign-in").get_data(as_text=True)


def test_a_missing_page_is_told_in_the_readers_language(signed_in: Callable[..., FlaskClient]) -> None:
    """With a way back; programs get JSON."""
    browser = signed_in(language="lo")
    assert 'lang="lo"' in browser.get("/nowhere").get_data(as_text=True)
    answer = browser.get("/api/v1/nowhere")
    assert (answer.status_code, list(answer.json)) == (404, ["message"])


def test_a_crash_shows_no_inside(strict_app: APIFlask) -> None:
    """Readers see what to do; the trace is in the log."""

    def broken() -> str:
        raise RuntimeError("secret inside")

    broken.open_to_all = True  # type: ignore[attr-defined]  # as the decorator does
    strict_app.add_url_rule("/broken", "broken", broken)
    answer = strict_app.test_client().get("/broken")
    assert answer.status_code == 500
    assert b"secret inside" not in answer.data
    assert b"The server made a mistake" in answer.data


def test_the_api_is_described_for_people_without_other_hosts(signed_in: Callable[..., FlaskClient]) -> None:
    """Every door of the description stands on a page of our own, with what goes in and comes out."""
    browser = signed_in()
    page = browser.get("/api/docs").get_data(as_text=True)
    assert "<code>/api/v1/slots/{slot_id}/restore</code>" in page
    assert 'href="#shape-NewSlot"' in page
    assert 'id="shape-NewSlot"' in page
    described = browser.get("/api/openapi.json").json
    assert described["openapi"].startswith("3.")
    assert "/api/v1/station/plan" in described["paths"]


@pytest.mark.parametrize(
    "address", ["/settings", "/settings/languages", "/settings/mail", "/settings/people"]
)
def test_every_page_of_the_settings_lights_up_settings(
    signed_in: Callable[..., FlaskClient], address: str
) -> None:
    """Whichever room the page is from; and no other word."""
    page = signed_in("administrator").get(address)
    assert page.status_code == 200
    lit = set(re.findall(r'<a href="([^"]*)" aria-current="page"', page.text))
    assert lit == {"/settings"}
