"""The published description of the API for people: one light page, drawn on the server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, render_template

blueprint = APIBlueprint("api_docs", __name__, enable_openapi=False)

METHODS = ("get", "post", "put", "patch", "delete")
REFERENCE = "#/components/schemas/"


@dataclass(frozen=True)
class Shape:
    """What a value may be, in words; `schema` names the shape it is described by, if it has one."""

    words: str
    schema: str | None = None


@dataclass(frozen=True)
class Field:
    """One value of a body, an answer or an address."""

    name: str
    shape: Shape
    required: bool
    description: str


@dataclass(frozen=True)
class Door:
    """One method at one address: what goes in, and by status what comes out."""

    method: str
    path: str
    room: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: tuple[tuple[str, Shape], ...]
    answers: tuple[tuple[str, str, Shape | None], ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return re.sub(r"\W+", "-", f"{self.method}{self.path}").strip("-")


@blueprint.get("/api/docs")
def docs() -> str:
    """The API's doors, their bodies and answers; needs sign-in like every page."""
    spec: Mapping[str, Any] = current_app.spec  # type: ignore[attr-defined]  # an APIFlask
    rooms: dict[str, list[Door]] = {}
    for door in doors(spec):
        rooms.setdefault(door.room, []).append(door)
    schemas = spec.get("components", {}).get("schemas", {})
    shapes = {name: fields(schema) for name, schema in sorted(schemas.items())}
    return render_template("web/api_docs.html", rooms=rooms, shapes=shapes)


def doors(spec: Mapping[str, Any]) -> Iterator[Door]:
    """Every door of an OpenAPI description, in the order of their addresses."""
    for path, methods in sorted(spec.get("paths", {}).items()):
        for method in METHODS:
            if method in methods:
                yield _door(method, path, methods[method])


def fields(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The values of an object's shape; none for a shape that is no object."""
    required = set(schema.get("required", ()))
    return tuple(
        Field(name, shape_of(inner), name in required, str(inner.get("description", "")))
        for name, inner in schema.get("properties", {}).items()
    )


def shape_of(schema: Mapping[str, Any]) -> Shape:
    """A JSON schema in few words: `string`, `list of SlotAnswer`, `integer or null`, `"once" or "daily"`."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(REFERENCE)
        return Shape(name, name)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            inner = [shape_of(one) for one in schema[choice]]
            named = next((one.schema for one in inner if one.schema), None)
            return Shape(" or ".join(dict.fromkeys(one.words for one in inner)), named)
    if "enum" in schema:
        return Shape(" or ".join(f'"{value}"' for value in schema["enum"]))
    if "const" in schema:
        return Shape(f'"{schema["const"]}"')
    kind = schema.get("type", "anything")
    if kind == "array":
        inner_shape = shape_of(schema.get("items", {}))
        return Shape(f"list of {inner_shape.words}", inner_shape.schema)
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return Shape(f"{words} ({schema['format']})" if "format" in schema else words)


def _door(method: str, path: str, operation: Mapping[str, Any]) -> Door:
    content = operation.get("requestBody", {}).get("content", {})
    parameters = tuple(
        Field(
            str(one["name"]),
            shape_of(one.get("schema", {})),
            bool(one.get("required", False)),
            str(one.get("description", "")),
        )
        for one in operation.get("parameters", ())
    )
    return Door(
        method=method.upper(),
        path=path,
        room=str(next(iter(operation.get("tags", ())), "")),
        summary=str(operation.get("summary", "")),
        description=str(operation.get("description", "")),
        parameters=parameters,
        body=tuple((media, shape_of(given.get("schema", {}))) for media, given in content.items()),
        answers=tuple(
            (str(status), str(answer.get("description", "")), _answer(answer))
            for status, answer in sorted(operation.get("responses", {}).items())
        ),
    )


def _answer(answer: Mapping[str, Any]) -> Shape | None:
    for given in answer.get("content", {}).values():
        if given.get("schema"):
            return shape_of(given["schema"])
    return None
