"""What owner and guard say to each other, and the pipes it goes through."""

import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.guard.protocol import (
    AllOff,
    Answer,
    NotUnderstood,
    Ping,
    SetRelay,
    TellStatus,
    decode_request,
    decode_told,
    encode_request,
    encode_told,
)
from hardware.pipes import LineReader, LineWriter
from hardware.ports import BoardReady, FaultCode, RelayCause, RelayFault, RelayState

NUMBER = st.integers(0, 10**9)
REQUESTS = st.one_of(
    st.builds(Ping, NUMBER),
    st.builds(AllOff, NUMBER),
    st.builds(TellStatus, NUMBER),
    st.builds(SetRelay, NUMBER, NUMBER, st.booleans(), st.one_of(st.none(), NUMBER)),
)
INSTANTS = st.datetimes(timezones=st.just(UTC))
CHANNELS = st.lists(NUMBER, max_size=4).map(tuple)
TOLD = st.one_of(
    st.builds(Answer, NUMBER),
    st.builds(BoardReady, INSTANTS, CHANNELS),
    st.builds(RelayFault, st.sampled_from(FaultCode), st.text(), INSTANTS, CHANNELS),
    st.builds(RelayState, NUMBER, st.booleans(), st.booleans(), INSTANTS, st.sampled_from(RelayCause)),
)


@given(request=REQUESTS)
def test_a_request_arrives_as_it_was_sent(request: Ping) -> None:
    """One line, and the same request again."""
    line = encode_request(request)
    assert line.count(b"\n") == 1
    assert decode_request(line) == request


@given(told=TOLD)
def test_what_the_guard_tells_arrives_as_it_was_told(told: Answer) -> None:
    """Whatever the message's text holds, it stays one line."""
    line = encode_told(told)
    assert line.count(b"\n") == 1
    assert decode_told(line) == told


@given(line=st.binary(max_size=200))
def test_any_other_line_is_named_as_not_understood(line: bytes) -> None:
    """No other error comes out, so neither end can be made to fall by a line."""
    for decode in (decode_request, decode_told):
        with pytest.raises(NotUnderstood):
            decode(line)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": 1, "do": "set", "channel": 1, "on": "yes"}',
        b'{"id": 1, "do": "set", "channel": true, "on": true}',
        b'{"id": -1, "do": "ping"}',
        b'{"id": 1, "do": "dance"}',
        b'{"id": 1, "do": "ping"}' + b" " * 5000,
        b"[" * 4000,
    ],
)
def test_a_request_that_is_nearly_right_is_refused(line: bytes) -> None:
    """Nothing is guessed where relays are concerned."""
    with pytest.raises(NotUnderstood):
        decode_request(line)


def test_a_writer_never_waits_for_a_reader_that_does_not_read() -> None:
    """A stopped owner must not stop its guard: what does not fit is dropped, whole lines only."""
    reading, writing = os.pipe()
    writer, reader = LineWriter(writing), LineReader(reading)
    for number in range(40_000):
        writer.write(b"line %d and some more\n" % number)
    lines: list[bytes] = []
    while writer.waiting or not lines:
        lines += reader.read()
        writer.flush()
    lines += reader.read()
    assert lines == [b"line %d and some more" % number for number in range(len(lines))]
    os.close(reading)
    writer.write(b"to nobody\n")
    assert writer.broken
    os.close(writing)


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    """It is kept to one byte over the longest line, then refused when it is decoded."""
    reading, writing = os.pipe()
    reader = LineReader(reading)
    for _ in range(20):
        os.write(writing, b"x" * 4096)
        assert reader.read() == []
    os.write(writing, b"\n")
    [line] = reader.read()
    assert len(line) < 10_000
    with pytest.raises(NotUnderstood):
        decode_request(line)
    os.close(writing)
    assert reader.read() == []
    assert reader.ended
    os.close(reading)


def test_an_instant_goes_over_the_wire_with_its_zone() -> None:
    """The guard always tells UTC."""
    told = encode_told(BoardReady(datetime(2026, 3, 1, 5, 30, tzinfo=UTC), (1, 2)))
    assert told == b'{"event": "ready", "at": "2026-03-01T05:30:00+00:00", "channels": [1, 2]}\n'
