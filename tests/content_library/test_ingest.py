"""What an ingest promises, measured by other means than its own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from content_library import AudioStore, BroadcastAudio, Edit, IngestStep, SectionGain, VerdictCode, ingest
from content_library.chime import write_chime
from tests.content_library import sounds
from tests.content_library.formats import FORMATS
from tests.content_library.second_opinion import integrated_lufs, true_peak_dbtp

KNOCKS = "aevalsrc='if(lt(mod(t,2),0.004),0.9*sin(2*PI*900*t),0)':s=48000:d=11"


def stored_samples(store: AudioStore, audio: BroadcastAudio) -> sounds.Samples:
    path = store.local_path(audio.sha256)
    assert path is not None
    return sounds.samples(path)


def speech_with_knocks(speech: Path, out: Path) -> Path:
    """Speech 20 dB down among knocks near full scale: the limiter must act."""
    mix = "[0:a]volume=-20dB[voice];[voice][1:a]amix=inputs=2:normalize=0:duration=first"
    sounds.ffmpeg("-i", speech, "-f", "lavfi", "-i", KNOCKS, "-filter_complex", mix, out)
    return out


def speech_in_noise(speech: Path, out: Path) -> Path:
    """Pink noise some 15 dB under the voice."""
    noise = "anoisesrc=c=pink:a=0.08:r=48000:seed=3"
    mix = "[0:a][1:a]amix=inputs=2:normalize=0:duration=first"
    sounds.ffmpeg("-i", speech, "-f", "lavfi", "-i", noise, "-filter_complex", mix, out)
    return out


def three_seconds(speech: Path, out: Path) -> Path:
    return sounds.changed(speech, out, "atrim=start=0.3:end=3.3,asetpts=N/SR/TB")


EDIT = Edit(1000, 9000, 500, 800, (SectionGain(2000, 4000, 9.0), SectionGain(4000, 5000, -15.0)))
TELEPHONE = "highpass=300,lowpass=3400"
MAKERS: dict[str, Callable[[Path, Path], Path]] = {
    "as it is": sounds.changed,
    "quiet": lambda speech, out: sounds.changed(speech, out, "volume=-25dB", "-c:a", "pcm_s24le"),
    "very quiet, in 16 bits": lambda speech, out: sounds.changed(speech, out, "volume=-35dB"),
    "loud beyond full scale": lambda speech, out: sounds.changed(
        speech, out, "volume=30dB", "-c:a", "pcm_f32le"
    ),
    "compressed": lambda speech, out: sounds.changed(
        speech, out, "acompressor=threshold=-30dB:ratio=20:makeup=8,volume=6dB"
    ),
    "driven into clipping": lambda speech, out: sounds.changed(speech, out, "volume=15dB"),
    "stereo at 44.1 kHz": lambda speech, out: sounds.changed(
        speech, out, "anull", "-ac", "2", "-ar", "44100"
    ),
    "on one side only": lambda speech, out: sounds.changed(speech, out, "pan=stereo|c0=c0|c1=0*c0"),
    "telephone": lambda speech, out: sounds.changed(speech, out, TELEPHONE, "-ar", "8000"),
    "noisy": speech_in_noise,
    "with knocks": speech_with_knocks,
    "three seconds": three_seconds,
}


@pytest.mark.parametrize(
    ("kind", "edit"), [*((kind, None) for kind in MAKERS), ("as it is", EDIT), ("noisy", EDIT)]
)
def test_speech_is_stored_at_the_target_loudness_and_under_the_ceiling(
    kind: str, edit: Edit | None, speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """−16 LUFS ± 0.5 and at most −1.5 dBTP in the stored bytes, also after limiter and edit."""
    audio = ingest(MAKERS[kind](speech, tmp_path / "source.wav"), store, edit=edit)
    heard = stored_samples(store, audio)
    assert integrated_lufs(heard) == pytest.approx(-16.0, abs=0.5)
    assert true_peak_dbtp(heard) <= -1.5
    assert audio.loudness_lufs == pytest.approx(integrated_lufs(heard), abs=0.2)
    assert audio.true_peak_dbtp == pytest.approx(true_peak_dbtp(heard), abs=0.3)


def test_the_gain_is_static(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """A passage spoken 6 dB softer stays 6 dB softer: loudness is set once for the whole recording."""
    softer = sounds.changed(speech, tmp_path / "softer.wav", "volume='if(gt(t,5.5),0.5,1)':eval=frame")
    before, after = sounds.samples(softer), stored_samples(store, ingest(softer, store))
    halves = [slice(0, 5 * 48_000), slice(6 * 48_000, 10 * 48_000)]
    differences = [
        10 * np.log10(np.mean(sound[halves[0]] ** 2) / np.mean(sound[halves[1]] ** 2))
        for sound in (before, after)
    ]
    assert differences[1] == pytest.approx(differences[0], abs=0.5)


def test_the_same_sound_gets_the_same_hash_and_is_stored_once(
    speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """Neither the file's name, nor its lossless container, nor the time of the ingest changes the bytes."""
    first = ingest(speech, store)
    other = sounds.changed(speech, tmp_path / "-i %03d:ຂ່າວ.flac")
    again = ingest(other, AudioStore.open(tmp_path / "other store"))
    assert again.sha256 == first.sha256
    assert ingest(speech, store) == first


@pytest.mark.parametrize(
    ("rate_hz", "duration_s"), [(8000, 1.2345), (44_100, 3.21), (48_000, 2.00002), (96_000, 0.7)]
)
def test_nothing_is_cut(rate_hz: int, duration_s: float, store: AudioStore, tmp_path: Path) -> None:
    """What is decoded from the store lasts as long as the source, to the millisecond, and ends as loud."""
    count = round(rate_hz * duration_s)
    source = sounds.generated(
        tmp_path / "tone.wav", f"sine=f=440:r={rate_hz}", "-af", f"atrim=end_sample={count}"
    )
    audio = ingest(source, store)
    heard = stored_samples(store, audio)
    assert len(heard) / 48 == pytest.approx(count * 1000 / rate_hz, abs=1.0)
    assert audio.duration_ms == round(len(heard) / 48)
    assert audio.source.duration_ms == audio.duration_ms
    tail, body = heard[-480:], heard[len(heard) // 2 : len(heard) // 2 + 4800]
    assert np.sqrt(np.mean(tail**2)) > 0.7 * np.sqrt(np.mean(body**2))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_known_by_its_content(name: str, speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """Every accepted format is read although its name lies."""
    short = sounds.changed(speech, tmp_path / "short.wav", "atrim=duration=3")
    audio = ingest(FORMATS[name](short, tmp_path).rename(tmp_path / "notes.txt"), store)
    assert audio.duration_ms == pytest.approx(3000, abs=120)
    assert audio.loudness_lufs == pytest.approx(-16.0, abs=0.5)
    assert audio.media_type == "audio/webm"
    assert audio.size_bytes == store.size_bytes(audio.sha256)


def test_the_sound_of_a_film_is_taken(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """A telephone's video is a recording too, also where its picture lasts longer than its sound."""
    film = tmp_path / "film.mp4"
    sounds.ffmpeg("-f", "lavfi", "-i", "testsrc=d=14:s=64x64:r=5", "-i", speech, "-c:a", "aac", film)
    assert ingest(film, store).duration_ms == pytest.approx(len(sounds.samples(speech)) / 48, abs=60)


def test_a_very_short_sound_is_measured_as_if_it_went_on(store: AudioStore, tmp_path: Path) -> None:
    """A beep of 0.2 s has no gating block; it gets the loudness of a long one, and the verdict says so."""
    beep = sounds.generated(tmp_path / "beep.wav", "sine=f=997:r=48000:d=0.2")
    audio = ingest(beep, store)
    long_beep = np.tile(stored_samples(store, audio), 15)
    assert integrated_lufs(long_beep) == pytest.approx(-16.0, abs=0.5)
    assert audio.verdict.code is VerdictCode.SHORT


def test_a_jingle_goes_the_same_way(store: AudioStore, tmp_path: Path) -> None:
    """The chime comes out whole, at the same loudness as speech."""
    write_chime(tmp_path / "chime.wav")
    audio = ingest(tmp_path / "chime.wav", store)
    assert audio.duration_ms == 1600
    assert audio.loudness_lufs == pytest.approx(-16.0, abs=0.5)
    assert audio.verdict.code is VerdictCode.GOOD


def test_sides_that_cancel_each_other_out_are_not_mixed(
    speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """A microphone cable with one side turned round gives silence when mixed; one side alone is used then."""
    turned = sounds.changed(speech, tmp_path / "turned.wav", "aeval='val(0)|-val(0)':c=stereo")
    audio = ingest(turned, store)
    assert audio.loudness_lufs == pytest.approx(-16.0, abs=0.5)
    assert audio.verdict.code is VerdictCode.ONE_CHANNEL


def test_silence_at_the_edges_is_reported_and_kept(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """Nothing is trimmed unasked; the verdict says how much silence there is."""
    padded = sounds.changed(speech, tmp_path / "padded.wav", "adelay=3000,apad=pad_dur=2")
    plain, audio = ingest(speech, store), ingest(padded, store)
    assert audio.duration_ms == plain.duration_ms + 5000
    assert audio.source.leading_silence_ms == pytest.approx(plain.source.leading_silence_ms + 3000, abs=20)
    assert audio.source.trailing_silence_ms == pytest.approx(plain.source.trailing_silence_ms + 2000, abs=20)
    assert audio.verdict.code is VerdictCode.MUCH_SILENCE


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ("volume=-20dB", VerdictCode.TOO_QUIET),
        ("volume=25dB", VerdictCode.CLIPPED),
        ("anull", VerdictCode.GOOD),
    ],
)
def test_the_verdict_names_what_is_wrong(
    filters: str, code: VerdictCode, speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """Too quiet and clipped recordings are told apart from good ones, in one sentence."""
    verdict = ingest(sounds.changed(speech, tmp_path / "source.wav", filters), store).verdict
    assert verdict.code is code
    assert verdict.sentence
    assert "\n" not in verdict.sentence


def test_clicks_without_a_voice_are_said_to_miss_the_target(store: AudioStore, tmp_path: Path) -> None:
    """Where peaks forbid the target the result stays under the ceiling; the verdict says what is missing."""
    clicks = sounds.generated(tmp_path / "clicks.wav", "aevalsrc='if(lt(mod(t,1),0.0005),0.7,0)':s=48000:d=4")
    audio = ingest(clicks, store)
    assert true_peak_dbtp(stored_samples(store, audio)) <= -1.5
    assert VerdictCode.PEAKY in (audio.verdict.code, *audio.verdict.also)
    assert audio.verdict.missed_lu == pytest.approx(-16.0 - audio.loudness_lufs, abs=0.1)


def test_progress_goes_through_the_steps_in_order(speech: Path, store: AudioStore) -> None:
    """Every step is announced, in order, with shares from 0 to 1; the last word is that all is stored."""
    heard: list[tuple[IngestStep, float]] = []
    ingest(speech, store, progress=lambda step, share: heard.append((step, share)))
    assert list(dict.fromkeys(step for step, _ in heard)) == list(IngestStep)
    assert all(0.0 <= share <= 1.0 for _, share in heard)
    assert heard[-1] == (IngestStep.STORE, 1.0)


def test_progress_is_told_in_percents(store: AudioStore, tmp_path: Path) -> None:
    """A listener that writes each word down is not flooded by a long recording."""
    source = sounds.generated(tmp_path / "long.wav", "sine=f=440:r=16000:d=180")
    heard: list[tuple[IngestStep, float]] = []
    ingest(source, store, progress=lambda step, share: heard.append((step, share)))
    assert 10 < len(heard) <= 101 * len(IngestStep)


def test_the_waveform_shows_where_it_is_loud(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """600 columns of lowest and highest sample; silence is flat, speech is not."""
    padded = sounds.changed(speech, tmp_path / "padded.wav", "adelay=5500")
    peaks = ingest(padded, store).peaks
    assert len(peaks) == 600
    assert all(-127 <= low <= high <= 127 for low, high in peaks)
    assert max(high - low for low, high in peaks[:190]) <= 2
    assert max(high - low for low, high in peaks[210:]) > 60
