"""Who this station is: its own key pair, its id, and the province's keyring as it was given.

`station.key` holds the private key (32 bytes in hexadecimal, readable by its owner only). It is written
before the province is asked, so that an answer lost on the way costs nothing: the next try shows the same
key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from schedules.envelope import SigningKey
from schedules.errors import InvalidInput, UntrustedDocument
from schedules.trust import TrustedKeyring
from station_agent.durable_file import write_durably
from station_agent.errors import KeyFileDamaged, NotEnrolled

KEY_FILE = "station.key"
STATION_FILE = "station.json"
KEYRING_FILE = "keyring.dsse"


@dataclass(frozen=True, slots=True)
class Identity:
    """A station that is enrolled."""

    station: str
    village: str
    key: SigningKey


def own_key(data: Path) -> SigningKey:
    """The key of this folder, made and kept durably if there is none. Raises `KeyFileDamaged`."""
    path = data / KEY_FILE
    if path.exists():
        return _read_key(path)
    key = SigningKey.generate()
    write_durably(path, key.raw().hex().encode() + b"\n", mode=0o600)
    return key


def _read_key(path: Path) -> SigningKey:
    try:
        return SigningKey.from_raw(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError, InvalidInput) as error:
        raise KeyFileDamaged(f"{path}: the station's key cannot be read; restore it or enrol anew") from error


def keep_enrolment(data: Path, station: str, village: str, keyring: bytes) -> None:
    """Remember what the province answered; the id comes last, so that half of it counts as nothing."""
    write_durably(data / KEYRING_FILE, keyring)
    plain = {"station": station, "village": village}
    write_durably(data / STATION_FILE, json.dumps(plain, ensure_ascii=False).encode() + b"\n")


def is_enrolled(data: Path) -> bool:
    """Whether this folder belongs to a station."""
    return (data / STATION_FILE).exists()


def need_enrolled(data: Path) -> None:
    """Raises `NotEnrolled` where no station lives in this folder, in words that say what to do."""
    if not is_enrolled(data):
        inside = data / "agent"  # where the demonstration keeps it, in the folder it names for the village
        folder = f"--data {inside}" if is_enrolled(inside) else "--data"
        make_one = f"make this one a station: station-agent --data {data} enrol --server URL"
        raise NotEnrolled(f"no station lives in {data}; give its folder with {folder}, or {make_one}")


def load_identity(data: Path) -> Identity:
    """Raises `NotEnrolled` or `KeyFileDamaged`."""
    path = data / STATION_FILE
    try:
        plain = json.loads(path.read_bytes())
        station, village = str(plain["station"]), str(plain["village"])
    except FileNotFoundError:
        need_enrolled(data)
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyFileDamaged(f"{path}: cannot be read; restore it or enrol anew") from error
    if not (data / KEY_FILE).exists():
        raise KeyFileDamaged(f"{data / KEY_FILE}: not there; restore it or enrol anew")
    return Identity(station, village, _read_key(data / KEY_FILE))


def load_keyring(data: Path) -> TrustedKeyring:
    """The keyring trusted since enrolment and its rotations. Raises `KeyFileDamaged`."""
    path = data / KEYRING_FILE
    try:
        return TrustedKeyring.restore(path.read_bytes())
    except (OSError, UntrustedDocument) as error:
        raise KeyFileDamaged(f"{path}: the province's keyring is refused ({error}); enrol anew") from error


def keep_keyring(data: Path, envelope: bytes) -> None:
    """Remember a rotated keyring."""
    write_durably(data / KEYRING_FILE, envelope)
