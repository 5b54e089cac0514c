"""LCUS: bytes in, bytes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Reading
from hardware.relay_codec.lcus import Lcus
from hardware.virtual_board.contacts import Contacts
from hardware.virtual_board.lcus import LcusFirmware, ReadBackForm

RELAYS = st.lists(st.booleans(), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("channel", "on", "frame"),
    [(1, True, "a00101a2"), (1, False, "a00100a1"), (8, True, "a00801a9")],
)
def test_a_switch_command_is_the_one_written_on_the_board(channel: int, on: bool, frame: str) -> None:
    """The frames published for these boards, sums included."""
    assert Lcus(8).encode_set(channel, on).hex() == frame


@pytest.mark.parametrize("channel", [0, -1, 5, 256])
def test_a_channel_the_board_lacks_is_refused(channel: int) -> None:
    """No frame is made for it; the message tells which channels there are."""
    with pytest.raises(NoSuchChannel, match="channels 1 to 4"):
        Lcus(4).encode_set(channel, True)


@pytest.mark.parametrize("channels", [0, 9])
def test_a_size_that_is_not_made_is_refused(channels: int) -> None:
    """These boards have one to eight relays."""
    with pytest.raises(BadSetting):
        Lcus(channels)


@given(relays=RELAYS, form=st.sampled_from([ReadBackForm.TEXT, ReadBackForm.RAW]), data=st.data())
def test_an_answer_is_read_in_any_form_and_any_pieces(
    relays: list[bool], form: ReadBackForm, data: st.DataObject
) -> None:
    """Serial bytes come as they like; the last piece completes the reading, and only that."""
    contacts = Contacts(len(relays))
    for channel, on in enumerate(relays, 1):
        contacts.switch(channel, on)
    answer = LcusFirmware(form).take(b"\xff", contacts)
    reader = Lcus(len(relays)).read_back()
    given_back = []
    while answer:
        size = data.draw(st.integers(1, len(answer)))
        given_back.append(reader.feed(answer[:size]))
        answer = answer[size:]
    assert [result for result in given_back if result is not None] == [Reading(tuple(relays))]
    assert reader.end() is None


@given(channels=st.integers(1, 8), pieces=st.lists(st.binary(max_size=40), max_size=12))
def test_any_garbage_gives_a_reading_or_exactly_one_error(channels: int, pieces: list[bytes]) -> None:
    """Whatever arrives, in the end there is one result; none only for silence."""
    reader = Lcus(channels).read_back()
    results = [*(reader.feed(piece) for piece in pieces), reader.end(), reader.end()]
    told = [result for result in results if result is not None]
    said_something = any(piece.strip(b"\r\n") for piece in pieces)
    assert len(told) == (1 if said_something else 0)


@given(channels=st.integers(1, 8), garbage=st.binary(min_size=1, max_size=80))
def test_bytes_of_no_form_are_never_taken_for_a_reading(channels: int, garbage: bytes) -> None:
    """A first byte that opens neither form is an error at once."""
    reader = Lcus(channels).read_back()
    if garbage[0] not in b"C\x00\x01\r\n":
        assert isinstance(reader.feed(garbage), Garbled)


def test_a_silent_board_is_no_error() -> None:
    """Many boards of this name never answer."""
    assert Lcus(4).read_back().end() is None


def test_half_an_answer_is_an_error_at_its_end() -> None:
    """The decoder waits for the rest, and says so when it does not come."""
    reader = Lcus(4).read_back()
    assert reader.feed(b"CH1: ON\r\nCH2: O") is None
    assert isinstance(reader.end(), Garbled)


def test_an_answer_of_another_size_of_board_is_an_error() -> None:
    """A channel beyond the board's own, or one told twice, is not quietly dropped."""
    assert isinstance(Lcus(2).read_back().feed(b"CH3: ON\r\n"), Garbled)
    assert isinstance(Lcus(2).read_back().feed(b"CH1: ON\r\nCH1: ON\r\n"), Garbled)


@given(channels=st.integers(1, 8), data=st.data())
def test_the_board_understands_every_frame_of_the_codec(channels: int, data: st.DataObject) -> None:
    """Codec and firmware were written apart; noise between frames does not hide the frames after it."""
    codec, firmware, relays = Lcus(channels), LcusFirmware(), Contacts(channels)
    channel, on = data.draw(st.integers(1, channels)), data.draw(st.booleans())
    noise = data.draw(st.binary(max_size=6).filter(lambda raw: b"\xa0" not in raw and b"\xff" not in raw))
    relays.switch(channel, not on)
    assert firmware.take(noise + codec.encode_set(channel, on), relays) == b""
    assert relays.on == tuple(on and one == channel for one in range(1, channels + 1))
    assert codec.read_back().feed(firmware.take(codec.encode_query(), relays)) == Reading(relays.on)
