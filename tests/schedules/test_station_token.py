"""A station shows that it holds its key, for five minutes at a time."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.envelope import sign
from schedules.errors import (
    BadDocument,
    BadEnvelope,
    BadSignature,
    DocumentTooLarge,
    Expired,
    InvalidInput,
    UntrustedDocument,
    WrongStation,
)
from schedules.station_token import claimed_station, issue_token, verify_token
from schedules.wire.station_access import StationToken
from tests.schedules.villages import NOW, STATION_KEY, STRANGER

NONCE = "0123456789abcdef" * 2
TOKEN = issue_token("dakcheung", STATION_KEY, NOW, NONCE)


def spelled(envelope: bytes) -> str:
    """A token's text, by hand: payload and signature of an envelope."""
    plain = json.loads(envelope)
    parts = (plain["payload"], plain["signatures"][0]["sig"])
    return ".".join(part.translate(str.maketrans("+/", "-_")).rstrip("=") for part in parts)


def test_a_token_is_short() -> None:
    """It goes with every request: what both sides know is not sent."""
    assert len(TOKEN) < 400
    assert TOKEN.count(".") == 1


def test_a_token_is_verified_by_the_stations_own_key() -> None:
    """Text that fits a header, and back."""
    assert TOKEN.isascii()
    assert not set(TOKEN) & set("=+/ \n")
    assert claimed_station(TOKEN) == "dakcheung"
    token = verify_token(TOKEN, STATION_KEY.public, "dakcheung", NOW)
    assert (token.station, token.nonce, token.issued_at) == ("dakcheung", NONCE, NOW)
    assert verify_token(TOKEN, STATION_KEY.public.public, None, NOW) == token


def test_another_key_and_another_station_are_refused() -> None:
    """The key must be the station's, and the token must be about the station."""
    with pytest.raises(BadSignature):
        verify_token(TOKEN, STRANGER.public, "dakcheung", NOW)
    with pytest.raises(WrongStation):
        verify_token(TOKEN, STATION_KEY.public, "thateng", NOW)


@pytest.mark.parametrize(
    ("minutes", "accepted"), [(-6, False), (-5, True), (0, True), (10, True), (11, False)]
)
def test_a_clock_may_be_five_minutes_off_either_way(minutes: int, accepted: bool) -> None:
    """Five minutes of life, five of leeway on both sides."""
    now = NOW + timedelta(minutes=minutes)
    if accepted:
        assert verify_token(TOKEN, STATION_KEY.public, "dakcheung", now).station == "dakcheung"
    else:
        with pytest.raises(Expired):
            verify_token(TOKEN, STATION_KEY.public, "dakcheung", now)


def test_a_token_that_gives_itself_a_long_life_is_refused() -> None:
    """A station can't sign itself in for a year, nor backwards."""
    for life in (
        timedelta(days=365),
        timedelta(minutes=5, milliseconds=1),
        timedelta(0),
        -timedelta(minutes=1),
    ):
        long = StationToken(station="dakcheung", issued_at=NOW, expires_at=NOW + life, nonce=NONCE)
        text = spelled(sign(long, [STATION_KEY]))
        with pytest.raises(BadDocument, match="five minutes"):
            verify_token(text, STATION_KEY.public, "dakcheung", NOW)


def test_a_key_that_is_no_key_is_the_callers_mistake() -> None:
    """What the server keeps is 64 hexadecimal digits."""
    for key in ("", "zz" * 32, "ab"):
        with pytest.raises(InvalidInput):
            verify_token(TOKEN, key, "dakcheung", NOW)


@pytest.mark.parametrize(("station", "nonce"), [("dakcheung", "short"), ("Not An Id", NONCE)])
def test_a_token_the_wire_can_not_carry_is_the_callers_mistake(station: str, nonce: str) -> None:
    """Refused where it is made, not where it arrives."""
    with pytest.raises(InvalidInput, match="token"):
        issue_token(station, STATION_KEY, NOW, nonce)


def test_a_long_text_is_not_read() -> None:
    """The header of a stranger costs nothing."""
    with pytest.raises(DocumentTooLarge):
        claimed_station("A" * 10_000)
    with pytest.raises(BadEnvelope):
        claimed_station("ບໍ່")


@given(
    st.one_of(
        st.text(max_size=200), st.binary(max_size=200).map(lambda b: base64.urlsafe_b64encode(b).decode())
    )
)
def test_any_text_is_refused_in_one_way(text: str) -> None:
    """Whatever stands in the header, the server gets an `UntrustedDocument`."""
    with pytest.raises(UntrustedDocument):
        claimed_station(text)
    with pytest.raises(UntrustedDocument):
        verify_token(text, STATION_KEY.public, None, NOW)


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="ascii"))
def test_an_altered_character_is_refused_or_changes_nothing(position: int, other: str) -> None:
    """There is one spelling of a token, to the last bit."""
    altered = TOKEN[:position] + other + TOKEN[position + 1 :]
    try:
        token = verify_token(altered, STATION_KEY.public, "dakcheung", NOW)
    except UntrustedDocument:
        return
    assert token == verify_token(TOKEN, STATION_KEY.public, "dakcheung", NOW)
    assert other == TOKEN[position]
