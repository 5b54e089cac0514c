"""The province and its districts as they come with the software."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from broadcaster.places.models import Place, PlaceKind

FILE = Path(__file__).parent / "data" / "sekong-districts.geojson"
ATTRIBUTION = (
    "District boundaries: National Geographic Department of Lao PDR and OCHA ROAP (COD-AB), "
    "CC BY 3.0 IGO, simplified."
)

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class District:
    """A district's names and outline; `rings` are (longitude, latitude) in degrees, the outer one first."""

    code: str
    name: str
    name_lo: str
    aliases: tuple[str, ...]
    province_code: str
    province: str
    province_lo: str
    rings: tuple[Ring, ...]


@functools.cache
def districts() -> tuple[District, ...]:
    """The districts in the order of the file."""
    features = json.loads(FILE.read_text(encoding="utf-8"))["features"]
    return tuple(
        District(
            code=feature["properties"]["code"],
            name=feature["properties"]["name"],
            name_lo=feature["properties"]["name_lo"],
            aliases=tuple(feature["properties"]["aliases"]),
            province_code=feature["properties"]["province_code"],
            province=feature["properties"]["province"],
            province_lo=feature["properties"]["province_lo"],
            rings=tuple(
                tuple((float(longitude), float(latitude)) for longitude, latitude in ring)
                for ring in feature["geometry"]["coordinates"]
            ),
        )
        for feature in features
    )


def make_districts(session: Session) -> int:
    """Write the province and its districts where they are missing; how many were added."""
    added = 0
    for district in districts():
        if session.get(Place, district.province_code) is None:
            session.add(
                Place(
                    code=district.province_code,
                    kind=PlaceKind.PROVINCE,
                    name=district.province,
                    name_lo=district.province_lo,
                )
            )
            session.flush()
            added += 1
        if session.get(Place, district.code) is None:
            session.add(
                Place(
                    code=district.code,
                    kind=PlaceKind.DISTRICT,
                    name=district.name,
                    name_lo=district.name_lo,
                    aliases=list(district.aliases),
                    parent_code=district.province_code,
                )
            )
            added += 1
    session.flush()
    return added
