"""Reading what ffmpeg prints and what files say: silence, loudness, RIFF chunks, progress."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_library import ffmpeg
from content_library.measure import NO_LOUDNESS_LUFS, LoudnessReader, Silence, SilenceReader
from content_library.riff import DataChunk, data_chunk


def silence_lines(*spans: tuple[float, float]) -> list[str]:
    prefix = "[silencedetect @ 0x55d0] [info] "
    return [
        line
        for start, end in spans
        for line in (
            f"{prefix}silence_start: {start:g}",
            f"{prefix}silence_end: {end:g} | silence_duration: {end - start:g}",
        )
    ]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], Silence(0, 0, 0)),
        ([(0, 1.5)], Silence(1500, 0, 1500)),
        ([(-0.001, 1.5), (4, 4.25), (9, 10)], Silence(1500, 1000, 2750)),
        ([(4, 4.25)], Silence(0, 0, 250)),
        ([(0, 10)], Silence(10_000, 10_000, 10_000)),
    ],
)
def test_head_and_tail_are_told_from_pauses(spans: list[tuple[float, float]], expected: Silence) -> None:
    """Only silence that touches the beginning or the end of ten seconds counts there."""
    reader = SilenceReader()
    for line in silence_lines(*spans):
        reader.read(line)
    assert reader.finish(10.0) == expected


def test_a_silence_that_is_still_open_lasts_to_the_end() -> None:
    """Some versions of ffmpeg do not print the end of a silence that reaches the end."""
    reader = SilenceReader()
    reader.read(silence_lines((8.0, 10.0))[0])
    assert reader.finish(10.0) == Silence(0, 2000, 2000)


def test_loudness_is_read_from_the_summary_and_not_from_its_thresholds() -> None:
    """The lines `Threshold` and `LRA low` carry the same unit and mean something else."""
    reader = LoudnessReader()
    summary = (
        "[info]     I:         -22.6 LUFS",
        "[info]     Threshold: -32.7 LUFS",
        "[info]     LRA:         1.6 LU",
        "[info]     LRA low:   -23.3 LUFS",
        "[info]     Peak:       -9.2 dBFS",
    )
    for line in summary:
        reader.read(line)
    loudness = reader.loudness
    assert (loudness.integrated_lufs, loudness.true_peak_dbtp, loudness.range_lu) == (-22.6, -9.2, 1.6)


@pytest.mark.parametrize("printed", ["-inf", "nan"])
def test_no_loudness_is_a_figure_and_not_infinity(printed: str) -> None:
    """Silence reads as −70 LUFS, which every comparison and every page can handle."""
    reader = LoudnessReader()
    reader.read(f"    I:         {printed} LUFS")
    assert reader.loudness.integrated_lufs == NO_LOUDNESS_LUFS


def wav(*chunks: tuple[bytes, int, bytes], kind: bytes = b"RIFF") -> bytes:
    body = b"".join(name + struct.pack("<I", size) + content for name, size, content in chunks)
    return kind + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (wav((b"fmt ", 16, bytes(16)), (b"data", 100, bytes(100))), DataChunk(44, 100)),
        (wav((b"junk", 3, bytes(4)), (b"data", 8, bytes(8))), DataChunk(32, 8)),
        (wav((b"data", 0xFFFFFFFF, bytes(8))), DataChunk(20, None)),
        (wav((b"data", 0, bytes(8))), DataChunk(20, None)),
        (
            wav((b"ds64", 16, struct.pack("<QQ", 0, 1 << 33)), (b"data", 0xFFFFFFFF, b""), kind=b"RF64"),
            DataChunk(44, 1 << 33),
        ),
        (wav((b"fmt ", 16, bytes(16))), None),
        (b"RIFF", None),
        (b"OggS" + bytes(100), None),
    ],
)
def test_samples_are_found_between_other_chunks(
    content: bytes, expected: DataChunk | None, tmp_path: Path
) -> None:
    """Odd chunks are padded, recorders leave sizes open, RF64 keeps them elsewhere."""
    (tmp_path / "file").write_bytes(content)
    assert data_chunk(tmp_path / "file") == expected


@given(st.binary(max_size=300))
def test_any_bytes_have_samples_or_not_but_never_fail(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """A hostile header costs neither time nor an exception."""
    path = tmp_path_factory.getbasetemp() / "hostile"
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + content)
    found = data_chunk(path)
    assert found is None or found.offset >= 20


@given(st.integers(1, 50))
def test_progress_survives_any_cut_of_its_lines(chunk: int) -> None:
    """Shares rise to 1 and no more, and lines that hold no time are passed over."""
    told: list[float] = []
    read = ffmpeg.progress_reader(10_000, told.append)
    text = b"frame=1\nout_time_us=N/A\nout_time_us=2500000\nprogress=continue\nout_time_us=12000000\n"
    for at in range(0, len(text), chunk):
        read(text[at : at + chunk])
    assert told == [0.25, 1.0]
