"""Symbols of kinds: roles of units, what became of areas and units, near misses."""

from __future__ import annotations

from udsat_geo.areas import ROLES
from udsat_geo.diff import ADDED, GROWN, KEPT, MERGED, MOVED, REMOVED, SHRUNK, SPLIT
from udsat_geo.io.qgis.expressions import field, literal
from udsat_geo.io.qgis.palette import (
    BLACK,
    BLUE,
    DEEP_BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    PAPER,
    ROSE,
    SKY,
    TINT,
    VERMILION,
)
from udsat_geo.io.qgis.renderers import Drawn
from udsat_geo.io.qgis.symbols import Symbol, dots, edging, hatching, plain_fill, plain_marker, symbol
from udsat_geo.io.value_wording import EVENT_TEXTS, ROLE_TEXTS

_ROLE_FILLS: dict[str, Symbol] = {
    "core": symbol("fill", plain_fill(DEEP_BLUE, DEEP_BLUE, 0.1)),
    "edge": symbol("fill", plain_fill(SKY, DEEP_BLUE, 0.1)),
    "bridge": symbol("fill", plain_fill(TINT, DEEP_BLUE, 0.1), dots(DEEP_BLUE, 1.1, 0.45)),
    "fill": symbol("fill", plain_fill(TINT, DEEP_BLUE, 0.1), hatching(DEEP_BLUE, 0, 1.1, 0.2)),
    "incumbent": symbol("fill", plain_fill(TINT, DEEP_BLUE, 0.1), hatching(DEEP_BLUE, 45, 1.2, 0.25)),
    "kept": symbol("fill", plain_fill(PAPER, DEEP_BLUE, 0.1), hatching(DEEP_BLUE, 135, 1.2, 0.25)),
    "included": symbol(
        "fill", plain_fill(PAPER, BLACK, 0.35), hatching(BLACK, 45, 1.2, 0.2), hatching(BLACK, 135, 1.2, 0.2)
    ),
    "outside": symbol("fill", plain_fill(PALE, PAPER, 0.08)),
}
"""Told apart without colour: dark, middling, dots, level lines, lines up and down, crossed lines, pale."""
_ROLE_MARKERS: dict[str, Symbol] = {
    "core": symbol("marker", plain_marker("circle", DEEP_BLUE, 1.7)),
    "edge": symbol("marker", plain_marker("circle", SKY, 1.7, DEEP_BLUE, 0.15)),
    "bridge": symbol("marker", plain_marker("diamond", TINT, 1.9, DEEP_BLUE, 0.2)),
    "fill": symbol("marker", plain_marker("square", TINT, 1.6, DEEP_BLUE, 0.2)),
    "incumbent": symbol("marker", plain_marker("triangle", TINT, 2.0, DEEP_BLUE, 0.2)),
    "kept": symbol("marker", plain_marker("pentagon", PAPER, 2.0, DEEP_BLUE, 0.2)),
    "included": symbol("marker", plain_marker("star", BLACK, 2.4)),
    "outside": symbol("marker", plain_marker("circle", GREY, 0.7)),
}


def role_kinds(language: str, points: bool) -> list[Drawn]:
    """The roles of units, those in areas first."""
    of_role = _ROLE_MARKERS if points else _ROLE_FILLS
    words = ROLE_TEXTS[language]
    return [(role, words[role], of_role[role]) for role in (*ROLES[1:], ROLES[0])]


_EVENT_SYMBOLS: dict[str, Symbol] = {
    KEPT: symbol("fill", plain_fill("#d0d0d0", "#7a7a7a", 0.3)),
    GROWN: symbol("fill", plain_fill(SKY, BLUE, 0.4)),
    SHRUNK: symbol("fill", plain_fill(None), hatching(ORANGE, 135, 1.4, 0.6), edging("#8a5f00", 0.4)),
    ADDED: symbol("fill", plain_fill(GREEN, "#00533c", 0.5)),
    REMOVED: symbol("fill", plain_fill(PAPER), hatching(VERMILION, 45, 1.6, 0.45), edging(VERMILION, 0.6, "2;1.2")),
    SPLIT: symbol("fill", plain_fill(None), edging(INK, 0.9, "3;1.4")),
    MERGED: symbol("fill", plain_fill(None), edging(ROSE, 1.6), edging(INK, 0.3)),
}
"""Events that come joined lie over each other: each is still seen, fill, hatching or edge."""


def change_rules(language: str) -> list[Drawn]:
    """What became of areas: an area of several events is drawn by the rule of each."""
    words = EVENT_TEXTS[language]
    return [(f"{field('event')} LIKE {literal(f'%{event}%')}", words[event], _EVENT_SYMBOLS[event])
            for event in _EVENT_SYMBOLS]  # fmt: skip


def changed_unit_kinds(language: str, points: bool) -> list[Drawn]:
    """What became of units."""
    words = EVENT_TEXTS[language]
    drawn: dict[str, Symbol]
    if points:
        drawn = {
            ADDED: symbol("marker", plain_marker("circle", GREEN, 1.7)),
            REMOVED: symbol("marker", plain_marker("cross2", VERMILION, 1.9, VERMILION, 0.4)),
            MOVED: symbol("marker", plain_marker("diamond", BLUE, 1.9)),
        }
    else:
        drawn = {
            ADDED: symbol("fill", plain_fill(GREEN, PAPER, 0.1)),
            REMOVED: symbol("fill", plain_fill(PAPER), hatching(VERMILION, 45, 1.2, 0.4), edging(VERMILION, 0.2)),
            MOVED: symbol("fill", plain_fill(SKY), dots(BLUE, 1.1, 0.5), edging(BLUE, 0.2)),
        }
    return [(event, words[event], drawn[event]) for event in drawn]


def near_miss_symbol() -> Symbol:
    """Hatched, so that what lies under it shows."""
    return symbol("fill", plain_fill(None), hatching("#54278f", 45, 1.5, 0.3), edging("#54278f", 0.5, "2;1"))


def ground_symbol(points: bool) -> Symbol:
    """Units as the pale ground of a map of something else."""
    return (
        symbol("marker", plain_marker("circle", "#dcdcdc", 0.9))
        if points
        else symbol("fill", plain_fill(PALE, PAPER, 0.08))
    )
