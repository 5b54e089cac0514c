"""SHA-256: the name of every approved sound."""

import hashlib
import re
from pathlib import Path

from content_library.errors import BadHash

_SHA256 = re.compile(r"[0-9a-f]{64}")


def sha256_of(path: Path) -> str:
    """The file's SHA-256 as 64 lower-case hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(sha256: str) -> str:
    """Return `sha256` if it is one; raises BadHash. No path can be smuggled in where a hash belongs."""
    if not _SHA256.fullmatch(sha256):
        raise BadHash("an audio hash is 64 hexadecimal digits in lower case; copy it whole")
    return sha256
