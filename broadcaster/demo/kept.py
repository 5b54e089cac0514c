"""What a demonstration leaves beside its data, so that `--keep` can go on with it: a file in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from broadcaster.errors import NotPossible

FILE = "stage.json"


@dataclass(frozen=True)
class KeptStation:
    """A village whose PC is enrolled: its station, the village's code and where it is heard."""

    station: str
    village: str
    output: str


@dataclass(frozen=True)
class KeptStage:
    """The port the villages know the province by, the announcement and chime that air, and in which slot."""

    port: int
    announcement: int
    chime: int
    stations: tuple[KeptStation, ...]
    slot: str | None = None


def write(folder: Path, kept: KeptStage) -> None:
    """Keep it whole or not at all."""
    beside = folder / (FILE + ".new")
    beside.write_text(json.dumps(asdict(kept), indent=1), encoding="utf-8")
    beside.replace(folder / FILE)


def read(folder: Path) -> KeptStage | None:
    """What the last demonstration left; None if there was none, or it ended before its villages had enrolled.

    `NotPossible` for a file that is something else.
    """
    file = folder / FILE
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        stations = tuple(KeptStation(**one) for one in found.pop("stations"))
        return KeptStage(stations=stations, **found)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotPossible(f"{file} cannot be read; start anew without --keep") from error
