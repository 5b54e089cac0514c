"""Speech and a store for the tests of the content library."""

from pathlib import Path

import pytest

from content_library import AudioStore
from tests.content_library import sounds


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WAV of synthetic speech, made once."""
    return sounds.speech(tmp_path_factory.mktemp("speech") / "speech.wav")


@pytest.fixture
def store(tmp_path: Path) -> AudioStore:
    """An empty store in a folder."""
    return AudioStore.open(tmp_path / "store")
