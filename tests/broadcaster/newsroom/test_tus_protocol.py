"""The tus protocol's words: what headers mean and which requests are refused, with which status."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.newsroom import tus


def status_of(error: pytest.ExceptionInfo[tus.Refusal]) -> int:
    return error.value.http_status


@pytest.mark.parametrize("text", ["", "-1", "1.5", "0x10", "1e3", " 5", "٣", "9" * 19, "9" * 40])
def test_a_length_that_is_no_number_of_bytes_is_the_senders_mistake(text: str) -> None:
    """400, also for digits of other scripts and for more than any disk holds."""
    with pytest.raises(tus.Refusal) as error:
        tus.upload_length(text, most=2**62)
    assert status_of(error) in (400, 413)
    assert status_of(error) == 400 or text == "9" * 19


def test_a_file_above_the_limit_is_413_and_names_the_limit() -> None:
    """The very limit is still possible."""
    assert tus.upload_length("1000", most=1000) == 1000
    with pytest.raises(tus.Refusal, match="1000 are possible") as error:
        tus.upload_length("1001", most=1000)
    assert status_of(error) == 413


def test_a_length_told_later_is_refused() -> None:
    """We reserve room at the start, so the extension is not offered."""
    with pytest.raises(tus.Refusal) as error:
        tus.upload_length(None, most=10)
    assert status_of(error) == 400


@pytest.mark.parametrize("version", [None, "", "0.2.2", "1.0", "2.0.0"])
def test_another_version_is_412(version: str | None) -> None:
    """Ours is 1.0.0."""
    with pytest.raises(tus.Refusal) as error:
        tus.check_version(version)
    assert status_of(error) == 412
    tus.check_version("1.0.0")


@given(
    st.dictionaries(
        st.text(
            st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","),
            min_size=1,
            max_size=20,
        ),
        st.text(st.characters(codec="utf-8"), max_size=40),
        max_size=6,
    )
)
def test_metadata_comes_back_as_it_was_written(pairs: dict[str, str]) -> None:
    """Whatever the text: Lao, emoji, empty."""
    header = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
    assert tus.metadata(header) == pairs


def test_a_key_without_a_value_is_empty() -> None:
    """The protocol allows it."""
    assert tus.metadata("is_confidential, filename dGFsaw==") == {"is_confidential": "", "filename": "talk"}


@pytest.mark.parametrize(
    "header",
    ["filename !!!", "filename dGFsaw", "a YQ==,a YQ==", ",", "ກ YQ==", "name /w==", "x " + "A" * 9000],
)
def test_metadata_that_cannot_be_read_is_400(header: str) -> None:
    """No base64, no UTF-8, a key twice, an empty key, or too much of it."""
    with pytest.raises(tus.Refusal) as error:
        tus.metadata(header)
    assert status_of(error) == 400


@pytest.mark.parametrize("header", ["md5 AAAA", "sha1", "sha1 ***", "sha256 AAAA", ""])
def test_a_checksum_we_cannot_check_is_400(header: str) -> None:
    """Rather than one that is not checked."""
    with pytest.raises(tus.Refusal) as error:
        tus.checksum(header)
    assert status_of(error) == 400


@pytest.mark.parametrize("algorithm", tus.CHECKSUMS)
def test_a_checksum_matches_its_bytes_only(algorithm: str) -> None:
    """Both algorithms that are offered."""
    promised = tus.checksum(
        f"{algorithm} {base64.b64encode(hashlib.new(algorithm, b'ban').digest()).decode()}"
    )
    assert promised is not None
    assert promised.matches(hashlib.new(algorithm, b"ban"))
    assert not promised.matches(hashlib.new(algorithm, b"bam"))
    assert tus.checksum(None) is None


@given(
    held=st.integers(0, 100), whole=st.integers(0, 100), said=st.integers(0, 100), coming=st.integers(0, 100)
)
def test_bytes_are_taken_only_where_the_server_stands_and_as_many_as_were_announced(
    held: int, whole: int, said: int, coming: int
) -> None:
    """409 for another place, 413 for too many, and nothing else."""
    if said == held and held + coming <= whole:
        tus.check_append(held, whole, said, coming)
        return
    with pytest.raises(tus.Refusal) as error:
        tus.check_append(held, whole, said, coming)
    assert status_of(error) == (409 if said != held else 413)


def test_the_end_of_an_uploads_life_is_told_as_http_tells_dates() -> None:
    """RFC 9110, in GMT."""
    assert tus.http_date(datetime(2026, 3, 3, 2, 0, tzinfo=UTC)) == "Tue, 03 Mar 2026 02:00:00 GMT"


@pytest.mark.parametrize("header", [None, "", "application/octet-stream", "text/plain"])
def test_a_body_that_is_not_bytes_of_an_upload_is_415(header: str | None) -> None:
    """Its type has to say so."""
    with pytest.raises(tus.Refusal) as error:
        tus.check_content_type(header)
    assert status_of(error) == 415
    tus.check_content_type("application/offset+octet-stream; charset=binary")
