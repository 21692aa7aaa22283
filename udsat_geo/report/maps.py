"""Figur 3 of the status report: earlier and new areas on one map, what came in numbered, what fell out lettered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.diff import ADDED, REMOVED, compare
from udsat_geo.designation.designation import Designation, remember
from udsat_geo.messages.translate import in_language
from udsat_geo.messages.words import decimal
from udsat_geo.report.canvas import BLUE, INK, ORANGE, Origin, drawn, origin_of
from udsat_geo.report.map_page import Backdrop, Key, Listed, MapPage, backdrop_of, fill, ground_of_units
from udsat_geo.report.words import AREAS, CHANGES

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class AreasOnMap:
    """Areas to be drawn on a map.

    Attributes
    ----------
    year : int
    until : int
        When they are due to be drawn anew; `year` where nothing is known of it.
    name : tuple of str, n_areas
    residents : int64, shape (n_areas,)
    residents_of_city : int
    outline : object (shapely), shape (n_areas,)
        None of them empty, in the reference system of the backdrop.
    backdrop : Backdrop
    origin : Origin
    language : {"da", "en"}
    """

    year: int
    until: int
    name: tuple[str, ...]
    residents: NDArray[np.int64]
    residents_of_city: int
    outline: NDArray[np.object_]
    backdrop: Backdrop
    origin: Origin
    language: str = "da"


def areas_on_map(designation: Designation, language: str | None = None) -> AreasOnMap:
    """The areas of a designation, numbered as they are there: those with most residents first.

    Parameters
    ----------
    designation : Designation
    language : {"da", "en"}, optional
        Another than the designation's own.
    """
    return AreasOnMap(
        designation.year,
        designation.year + designation.policy.policy.cadence,
        tuple(str(name) for name in designation.name),
        designation.areas.residents,
        designation.status.residents,
        designation.outline,
        backdrop_of(designation.units, designation.surroundings),
        origin_of(designation, language),
        language or designation.language,
    )


@drawn
def draw_area_map(areas: AreasOnMap) -> Figure:
    """Draw a map of areas, numbered, with a list of their names and residents beside it.

    Parameters
    ----------
    areas : AreasOnMap

    Raises
    ------
    InputError
        Without matplotlib.
    """
    words, language = in_language(AREAS, areas.language), areas.language
    title = words["title" if areas.until > areas.year else "title_year"].format(first=areas.year, last=areas.until)
    n_areas, total = len(areas.name), int(areas.residents.sum())
    labels = [str(i + 1) for i in range(n_areas)]
    counts = [decimal(int(residents), 0, language) for residents in areas.residents]
    share = 100 * total / areas.residents_of_city if areas.residents_of_city else float("nan")
    told = {"count": n_areas, "residents": decimal(total, 0, language), "share": decimal(share, 1, language)}
    listed = Listed(
        words["head_one" if n_areas == 1 else "head"].format(**told),
        words["residents"],
        tuple(zip(labels, areas.name, counts, strict=True)),
        words["share"].format(**told),
    )
    style = {"facecolor": ORANGE, "edgecolor": INK, "linewidth": 0.7}
    key = Key(words["key"].format(year=areas.year), style)
    page = MapPage(title, areas.outline, areas.backdrop, areas.origin, language, (listed,), (key,))
    for outline in areas.outline:
        fill(page.axes, outline, zorder=7, **style)
    page.name_districts(page.label(labels, areas.outline), areas.outline)
    page.sheet.figure.set_label(words["alt"].format(**told, year=areas.year, names=", ".join(areas.name)))
    return page.sheet.figure


KEPT_STYLE = {"facecolor": ORANGE, "edgecolor": INK, "linewidth": 0.7}
ADDED_STYLE = {"facecolor": BLUE, "edgecolor": INK, "linewidth": 0.7}
REMOVED_STYLE = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.5, "hatch": "xxxxx"}


@dataclass(frozen=True)
class Piece:
    """Ground that hangs together and came in, or fell out.

    Attributes
    ----------
    name : str
        Of the area that it belongs to, or belonged to.
    whole : bool
        Whether it is that whole area, not a part.
    residents : int
        Of now.
    ground : shapely geometry
    """

    name: str
    whole: bool
    residents: int
    ground: Any


@dataclass(frozen=True)
class ChangesOnMap:
    """Earlier areas and those of now, to be drawn on one map.

    Attributes
    ----------
    before, year : int
        When they were designated.
    until : int
        When those of now are due to be drawn anew.
    outline_before, outline : object (shapely), shape (n_areas_before,) and (n_areas,)
        None of them empty, in the reference system of the backdrop.
    added, removed : tuple of Piece
        From west to east: those that are a whole area, or hold at least `least` residents.
    residents_added, residents_removed : int
        In all, those of pieces that are too small for a label too.
    least : int
    backdrop : Backdrop
    origin : Origin
    language : {"da", "en"}
    """

    before: int
    year: int
    until: int
    outline_before: NDArray[np.object_]
    outline: NDArray[np.object_]
    added: tuple[Piece, ...]
    removed: tuple[Piece, ...]
    residents_added: int
    residents_removed: int
    least: int
    backdrop: Backdrop
    origin: Origin
    language: str = "da"


def changes_on_map(before: AreaSet, now: Designation, language: str | None = None) -> ChangesOnMap:
    """What came in and fell out from one designation to another.

    A piece is ground that hangs together by the edges of the designation of now. It has a label if it is all that is
    new of an added area, or all that is left of a removed one, or if it holds as many residents as an area must hold:
    own choice, by which the map names what a planner would name, and not every cell along a border.

    Parameters
    ----------
    before : AreaSet
        Over the same units, its outlines in the same reference system.
    now : Designation
    language : {"da", "en"}, optional
        Another than the designation's own.

    Raises
    ------
    InputError
        If they have no unit in common.
    """
    changes = compare(before, now.area_set())
    memory = remember(before, now.units, now.year)
    earlier = np.full(len(now.units), -1, dtype=np.int64) if memory is None else memory.area_of_unit
    current = now.areas.area_of_unit
    came, left = (current >= 0) & (earlier < 0), (current < 0) & (earlier >= 0)
    new = {int(changes.area[i]) for i, event in enumerate(changes.event) if event == ADDED}
    gone = {changes.previous[i][0] for i, event in enumerate(changes.event) if event == REMOVED}
    residents = now.units.residents
    return ChangesOnMap(
        before.year,
        now.year,
        now.year + now.policy.policy.cadence,
        before.outline,
        now.outline,
        _pieces(now, came, current, new, now.name),
        _pieces(now, left, earlier, gone, before.name),
        int(residents[came].sum()),
        int(residents[left].sum()),
        now.policy.policy.areas.residents,
        backdrop_of(now.units, now.surroundings),
        origin_of(now, language),
        language or now.language,
    )


def _pieces(
    now: Designation, changed: NDArray[np.bool_], area: NDArray[np.int64], whole: set[int], name: NDArray[np.object_]
) -> tuple[Piece, ...]:
    """The pieces of changed units that have a label."""
    import shapely

    from udsat_geo.kernels.components import label_components

    in_whole = np.isin(area, sorted(whole)) & changed
    members = [(np.flatnonzero(in_whole & (area == number)), True) for number in sorted(whole)]
    piece_of_unit, n_pieces = label_components(changed & ~in_whole, now.edges.head, now.edges.tail)
    residents = np.zeros(n_pieces, dtype=np.int64)
    np.add.at(residents, piece_of_unit[piece_of_unit >= 0], now.units.residents[piece_of_unit >= 0])
    large = np.flatnonzero(residents >= now.policy.policy.areas.residents)
    members += [(np.flatnonzero(piece_of_unit == piece), False) for piece in large.tolist()]
    pieces = [
        Piece(
            str(name[_most_lived_in(now.units.residents[units], area[units])]),
            is_whole,
            int(now.units.residents[units].sum()),
            shapely.union_all(ground_of_units(now.units, units)),
        )
        for units, is_whole in members
        if len(units)
    ]
    return tuple(sorted(pieces, key=lambda piece: shapely.get_coordinates(shapely.centroid(piece.ground))[0].tolist()))


def _most_lived_in(residents: NDArray[np.int64], area: NDArray[np.int64]) -> int:
    """The area that most of some residents live in; the first of equals."""
    return int(np.argmax(np.bincount(area, weights=residents + 1)))


@drawn
def draw_change_map(changes: ChangesOnMap) -> Figure:
    """Draw earlier and new areas on one map: what stayed, what came in (numbered), what fell out (lettered).

    Parameters
    ----------
    changes : ChangesOnMap

    Raises
    ------
    InputError
        Without matplotlib.
    """
    import shapely

    words, language = in_language(CHANGES, changes.language), changes.language
    years = {"before": changes.before, "year": changes.year, "until": changes.until}
    marks = [*numbers(len(changes.added)), *letters(len(changes.removed))]
    grounds = np.empty(len(marks), dtype=object)
    grounds[:] = [piece.ground for piece in (*changes.added, *changes.removed)]
    lists = _lists(changes, marks)
    keys = tuple(
        Key(words[f"key_{kind}"].format(**years), style)
        for kind, style in (("kept", KEPT_STYLE), ("added", ADDED_STYLE), ("removed", REMOVED_STYLE))
    )
    note = words["note"].format(**years, least=decimal(changes.least, 0, language))
    shown = np.concatenate([changes.outline_before, changes.outline])
    page = MapPage(
        words["title"].format(**years), shown, changes.backdrop, changes.origin, language, lists, keys, (note,)
    )
    old, new = shapely.union_all(changes.outline_before), shapely.union_all(changes.outline)
    for ground, style in (
        (shapely.intersection(old, new), KEPT_STYLE),
        (shapely.difference(old, new), REMOVED_STYLE),
        (shapely.difference(new, old), ADDED_STYLE),
    ):
        fill(page.axes, ground, zorder=7, **{**style, "linewidth": 0.0})
    # whole areas have outlines, slivers along their borders have none
    for ground, style in ((shapely.difference(old, new), REMOVED_STYLE), (new, KEPT_STYLE)):
        fill(page.axes, ground, zorder=7.5, **{**style, "facecolor": "none", "hatch": None})
    page.name_districts(page.label(marks, grounds, shown), shown)
    told = {kind: _told(listed) for kind, listed in zip(("added", "removed"), lists, strict=True)}
    page.sheet.figure.set_label(words["alt"].format(**years, **told))
    return page.sheet.figure


def _lists(changes: ChangesOnMap, marks: Sequence[str]) -> tuple[Listed, Listed]:
    """What came in, and what fell out."""
    words, language = in_language(CHANGES, changes.language), changes.language
    lists, first = [], 0
    for kind, pieces, total in (
        ("added", changes.added, changes.residents_added),
        ("removed", changes.removed, changes.residents_removed),
    ):
        rows = tuple(
            (
                mark,
                piece.name if piece.whole else words[f"part_{kind}"].format(name=piece.name),
                decimal(piece.residents, 0, language),
            )
            for mark, piece in zip(marks[first : first + len(pieces)], pieces, strict=True)
        )
        first += len(pieces)
        small = total - sum(piece.residents for piece in pieces)
        foot = words["rest"].format(residents=decimal(small, 0, language)) if small else ""
        lists.append(Listed(words[f"head_{kind}"], words["residents"], rows, foot))
    return lists[0], lists[1]


def _told(listed: Listed) -> str:
    return ", ".join(f"{label} {name} ({residents})" for label, name, residents in listed.rows) or "–"


def numbers(n: int) -> list[str]:
    """1, 2, 3 and so on."""
    return [str(i + 1) for i in range(n)]


def letters(n: int) -> list[str]:
    """The letters a, b, c to z, then aa, ab and so on, as the report letters what fell out."""
    marks = []
    for i in range(n):
        mark, left = "", i + 1
        while left:
            left, place = divmod(left - 1, 26)
            mark = chr(ord("a") + place) + mark
        marks.append(mark)
    return marks
