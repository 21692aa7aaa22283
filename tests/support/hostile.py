"""Designations that hold what files and databases stumble over, drawn at random."""

from __future__ import annotations

from typing import Any

import shapely
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from round_trips import COLUMNS, IDS, NUMBERS, TEXTS, WHOLE_NUMBERS, designation_of, kind_of
from udsat_geo.designation.columns import DESCRIBED, FLAG, GEOMETRY, TEXT, WHOLE
from udsat_geo.designation.layers import Layers

# no half of a surrogate pair, which is no character, and no null, which no layer holds
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
HOSTILE_STARTS = st.sampled_from(["", "'", "=", "+", "-", "@", "\t", "\r", "\n", "＝", '"', "_x0041_", "_", "\\", "﻿"])


def texts() -> SearchStrategy[str]:
    """Any text, those that are taken for something else more often."""
    made = st.tuples(HOSTILE_STARTS, HOSTILE_STARTS, st.text(CHARACTERS, max_size=12)).map("".join)
    return st.one_of(st.sampled_from(TEXTS), st.text(CHARACTERS, max_size=20), made)


def numbers() -> SearchStrategy[float]:
    """Any finite number; a zero has no sign in a layer."""
    drawn = st.floats(allow_nan=False, allow_infinity=False)
    return st.one_of(st.sampled_from(NUMBERS), drawn).map(lambda number: number + 0.0)


def whole_numbers() -> SearchStrategy[int]:
    """Any of 64 bits."""
    return st.one_of(st.sampled_from(WHOLE_NUMBERS), st.integers(-(2**63), 2**63 - 1))


def values(layer: str, column: str) -> SearchStrategy[Any]:
    """The values that a column may hold, none among them."""
    described = DESCRIBED[layer].column(column)
    assert described is not None
    drawn = {TEXT: texts(), WHOLE: whole_numbers(), FLAG: st.booleans()}
    return st.none() | drawn.get(described.kind, numbers())


@st.composite
def shapes(draw: DrawFn, kind: str) -> Any:
    """A point near Copenhagen, or a polygon, or several, with or without a hole."""
    if kind == "Point":
        return shapely.Point(draw(st.floats(700_000, 730_000)), draw(st.floats(6_160_000, 6_190_000)))
    count = draw(st.integers(1, 3)) if kind.startswith("Multi") else 1
    polygons = []
    for number in range(count):
        west = 700_000 + 1000 * number + draw(st.floats(0, 400))
        south = 6_170_000 + draw(st.floats(0, 50_000))
        width, height = draw(st.floats(1, 500)), draw(st.floats(1, 500))
        outer = shapely.box(west, south, west + width, south + height, ccw=draw(st.booleans()))
        hole = shapely.box(west + width / 4, south + height / 4, west + width / 2, south + height / 2)
        holes = [hole.exterior.coords] if draw(st.booleans()) else []
        polygons.append(shapely.Polygon(outer.exterior.coords, holes))
    if kind == "MultiLineString":
        return shapely.MultiLineString([polygon.exterior.coords for polygon in polygons])
    return shapely.MultiPolygon(polygons) if kind == "MultiPolygon" else polygons[0]


@st.composite
def designations(draw: DrawFn) -> Layers:
    """A designation of a few rows a layer."""
    content: dict[str, list[dict[str, Any]]] = {}
    units = draw(st.sampled_from(["Polygon", "MultiPolygon", "Point"]))
    for layer, columns in COLUMNS.items():
        rows = []
        for _ in range(draw(st.integers(0, 2))):
            row = {column: draw(values(layer, column)) for column in columns if column != IDS.get(layer)}
            kind = kind_of(layer, units)
            if kind is not None:
                row[GEOMETRY] = draw(shapes(kind))
                if layer == "changed_units" and draw(st.booleans()):
                    row[GEOMETRY] = None
            rows.append(row)
        if layer in IDS:
            ids = draw(
                st.lists(texts().map(lambda text: text[:200]), min_size=len(rows), max_size=len(rows), unique=True)
            )
            rows = [row | {IDS[layer]: text} for row, text in zip(rows, ids, strict=True)]
        content[layer] = rows
    return designation_of(content, draw(st.sampled_from(["da", "en"])), units)
