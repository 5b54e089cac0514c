"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.places.boundaries import make_districts
from broadcaster.places.finding import (
    Branch,
    choosable,
    district_of,
    known_code,
    path,
    paths,
    place,
    tree,
    villages,
)
from broadcaster.places.importing import ImportResult, import_villages
from broadcaster.places.models import Place, PlaceKind

__all__ = [
    "Branch",
    "ImportResult",
    "Place",
    "PlaceKind",
    "choosable",
    "district_of",
    "import_villages",
    "known_code",
    "make_districts",
    "path",
    "paths",
    "place",
    "tree",
    "villages",
]
