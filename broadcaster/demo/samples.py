"""Sample speech, made at run time by ffmpeg's `flite` voice. It is English standing in for each language."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from broadcaster.errors import BadInput, NotPossible
from schedules.errors import InvalidInput
from schedules.languages import LANGUAGES, known_tag

VOICES = {"slt": 0, "rms": 4, "awb": 2, "kal16": 9}
"""The voices there are, each with the gain in dB that makes it about as loud as a person at a microphone."""
TIME_LIMIT_S = 60


@dataclass(frozen=True)
class SourceAudio:
    """A file to be heard in one language. `sample` says that we made it ourselves."""

    language: str
    file: Path
    sample: bool


def sample_text(title: str, language: str) -> str:
    """What the sample voice says: the title, the language it stands for, and that it is a sample."""
    name = LANGUAGES[language].name
    return (
        f"This is sample speech, standing in for {name}. {title}. "
        "The session has ended. The chief of the village will explain the results this evening."
    )


def speak(title: str, language: str, folder: Path) -> SourceAudio:
    """Write `<language>.wav` with sample speech; neighbouring languages get different voices."""
    folder.mkdir(parents=True, exist_ok=True)
    text, out = folder / f"{language}.txt", folder / f"{language}.wav"
    text.write_text(sample_text(title, language), encoding="utf-8")
    voice = list(VOICES)[list(LANGUAGES).index(language) % len(VOICES)]
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi"]
    command += ["-i", f"flite=textfile={text.name}:voice={voice}", "-af", f"volume={VOICES[voice]}dB"]
    command += ["-ar", "48000", "-ac", "1", out.name]
    try:
        subprocess.run(command, cwd=folder, check=True, timeout=TIME_LIMIT_S, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NotPossible("ffmpeg is missing; install it with: apt-get install ffmpeg") from error
    except subprocess.CalledProcessError as error:
        detail = error.stderr.strip().splitlines()[-1:] or ["no message"]
        raise NotPossible(f"ffmpeg could not speak with its flite voice: {detail[0]}") from error
    return SourceAudio(language, out, sample=True)


def _known(raw_tag: str) -> str:
    try:
        return known_tag(raw_tag)
    except InvalidInput as error:
        raise BadInput(f"--language: {error}") from error


def own_recordings(files: list[Path], tags: list[str]) -> tuple[SourceAudio, ...]:
    """The user's `--audio FILE --language TAG` pairs; `BadInput` when they do not pair up."""
    if len(files) != len(tags):
        raise BadInput(
            f"--audio and --language come in pairs; there are {len(files)} files and {len(tags)} languages"
        )
    chosen: dict[str, SourceAudio] = {}
    for file, raw_tag in zip(files, tags, strict=True):
        tag = _known(raw_tag)
        if tag in chosen:
            raise BadInput(f"--language {tag} is given twice; one recording a language")
        if not file.is_file():
            raise BadInput(f"--audio {file}: no such file")
        chosen[tag] = SourceAudio(tag, file.resolve(), sample=False)
    return tuple(chosen.values())
