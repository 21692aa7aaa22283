"""Figur 1 and 3 of the status report: areas on a map, and earlier and new ones on one map, additions numbered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.diff import ADDED, REMOVED, compare
from udsat_geo.designation.designation import Designation, remember
from udsat_geo.designation.fallen import fallen_areas, fell_in_words
from udsat_geo.kernels.arrays import Flags, Ints, Objects, as_objects, total
from udsat_geo.kernels.components import label_components
from udsat_geo.messages.translate import Np_, _
from udsat_geo.messages.words import decimal
from udsat_geo.report.canvas import BLUE, INK, ORANGE, drawn, origin_of
from udsat_geo.report.few import people_in_words
from udsat_geo.report.map_page import Key, Listed, MapPage, Mapped, backdrop_of, fill, ground_of_units

if TYPE_CHECKING:
    from matplotlib.figure import Figure


KEPT_STYLE = {"facecolor": ORANGE, "edgecolor": INK, "linewidth": 0.7}
ADDED_STYLE = {"facecolor": BLUE, "edgecolor": INK, "linewidth": 0.7}
REMOVED_STYLE = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.5, "hatch": "xxxxx"}


@dataclass(frozen=True, kw_only=True)
class AreasOnMap(Mapped):
    """Areas to be drawn on a map.

    Attributes
    ----------
    name : tuple of str, n_areas
    residents : int64, shape (n_areas,)
    residents_of_city : int
    """

    name: tuple[str, ...]
    residents: Ints
    residents_of_city: int


def areas_on_map(designation: Designation) -> AreasOnMap:
    """The areas of a designation, numbered as they are there: those with most residents first."""
    return AreasOnMap(
        **of_map(designation),
        name=tuple(str(name) for name in designation.name),
        residents=designation.areas.residents,
        residents_of_city=designation.status.residents,
    )


def of_map(designation: Designation) -> dict[str, Any]:
    """What any map of a designation is made of."""
    policy, year, language = designation.policy.policy, designation.year, designation.language
    return {
        "year": year,
        "until": year + policy.cadence,
        "outline": designation.outline,
        "backdrop": backdrop_of(designation.units, designation.surroundings),
        "origin": origin_of(designation.inputs.source, policy, year, designation.vintage, language),
        "language": language,
    }


@drawn
def draw_area_map(areas: AreasOnMap) -> Figure:
    """Draw a map of areas, numbered, with a list of their names and residents beside it."""
    language = areas.language
    if areas.until > areas.year:
        title = _("Disadvantaged urban areas {first}–{last}", language).format(first=areas.year, last=areas.until)
    else:
        title = _("Disadvantaged urban areas {first}", language).format(first=areas.year)
    n_areas, in_all = len(areas.name), int(areas.residents.sum())
    share = 100 * in_all / areas.residents_of_city if areas.residents_of_city else float("nan")
    *counts, all_told = people_in_words([*areas.residents.tolist(), in_all], language)
    told: dict[str, Any] = {"count": n_areas, "residents": all_told, "share": decimal(share, 1, language)}
    labels = numbers(n_areas)
    listed = Listed(
        _("1 area", language) if n_areas == 1 else _("{count} areas", language).format(**told),
        _("residents", language),
        tuple(zip(labels, areas.name, counts, strict=True)),
        _("{residents} residents in all, {share} % of the city's.", language).format(**told),
    )
    key = Key(_("disadvantaged urban area, designated {year}", language).format(year=areas.year), KEPT_STYLE)
    page = MapPage(areas, title, areas.outline, (listed,), (key,))
    for outline in areas.outline:
        fill(page.axes, outline, zorder=7, **KEPT_STYLE)
    page.name_districts(page.label(labels, areas.outline), areas.outline)
    alt = _(
        "Map of {count} disadvantaged urban areas, designated {year}, with {residents} residents: {names}.", language
    )
    page.sheet.figure.set_label(alt.format(**told, year=areas.year, names=", ".join(areas.name)))
    return page.sheet.figure


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


@dataclass(frozen=True, kw_only=True)
class ChangesOnMap(Mapped):
    """Earlier areas and those of now, to be drawn on one map.

    Attributes
    ----------
    before : int
        When the earlier ones were designated.
    outline_before : object (shapely), shape (n_areas_before,)
        None of them empty, in the reference system of the backdrop.
    added, removed : tuple of Piece
    fell : tuple of str
        Of each whole area that is removed: its name, and how far its composite fell by which criteria.
        From west to east: those that are a whole area, or hold at least `least` residents.
    residents_added, residents_removed : int
        In all, those of pieces that are too small for a label too.
    least : int
    """

    before: int
    outline_before: Objects
    added: tuple[Piece, ...]
    removed: tuple[Piece, ...]
    fell: tuple[str, ...]
    residents_added: int
    residents_removed: int
    least: int


def changes_on_map(before: AreaSet, now: Designation) -> ChangesOnMap:
    """What came in and fell out from one designation to another.

    A piece is ground that hangs together by the edges of the designation of now. It has a label if it is all that is
    new of an added area, or all that is left of a removed one, or if it holds as many residents as an area must hold:
    own choice, by which the map names what a planner would name, and not every cell along a border.

    Parameters
    ----------
    before : AreaSet
        Over the same units, its outlines in the same reference system.
    now : Designation

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
        **of_map(now),
        before=before.year,
        outline_before=before.outline,
        added=_pieces(now, came, current, new, now.name),
        removed=_pieces(now, left, earlier, gone, before.name),
        fell=tuple(
            f"{each.row.name}: {'; '.join(fell_in_words(now, each))}."
            for each in fallen_areas(now, (changes, before))
            if fell_in_words(now, each)
        ),
        residents_added=int(residents[came].sum()),
        residents_removed=int(residents[left].sum()),
        least=now.policy.policy.areas.residents,
    )


def _pieces(now: Designation, changed: Flags, area: Ints, whole: set[int], name: Objects) -> tuple[Piece, ...]:
    """The pieces of changed units that have a label."""
    in_whole = np.isin(area, sorted(whole)) & changed
    members = [(np.flatnonzero(in_whole & (area == number)), True) for number in sorted(whole)]
    piece_of_unit, n_pieces = label_components(changed & ~in_whole, now.edges.head, now.edges.tail)
    residents = total(piece_of_unit, now.units.residents, n_pieces)
    large = np.flatnonzero(residents >= now.policy.policy.areas.residents)
    members += [(np.flatnonzero(piece_of_unit == piece), False) for piece in large.tolist()]
    pieces = []
    for units, is_whole in members:
        if len(units):
            people = now.units.residents[units]
            # named after the area that most of them live in, the first of equals
            most = int(np.argmax(np.bincount(area[units], weights=people + 1)))
            ground = shapely.union_all(ground_of_units(now.units, units))
            pieces.append(Piece(str(name[most]), is_whole, int(people.sum()), ground))
    return tuple(sorted(pieces, key=lambda piece: shapely.get_coordinates(shapely.centroid(piece.ground))[0].tolist()))


@drawn
def draw_change_map(changes: ChangesOnMap) -> Figure:
    """Draw earlier and new areas on one map: what stayed, what came in (numbered), what fell out (lettered)."""
    language, pieces = changes.language, (*changes.added, *changes.removed)
    years = {"before": changes.before, "year": changes.year, "until": changes.until}
    keys = (
        Key(_("designated in {before} and in {year}", language).format(**years), KEPT_STYLE),
        Key(_("added in {year}", language).format(**years), ADDED_STYLE),
        Key(_("removed since {before}", language).format(**years), REMOVED_STYLE),
    )
    note = _(
        "Numbers and letters run from west to east, over whole areas and pieces with at "
        "least {least} residents. Residents are those of {year}.",
        language,
    ).format(**years, least=decimal(changes.least, 0, language))
    title = _("Disadvantaged urban areas drawn anew, {year}–{until}", language).format(**years)
    shown = np.concatenate([changes.outline_before, changes.outline])
    lists = _lists(changes)
    marks = [mark for listed in lists for mark, _name, _residents in listed.rows]
    page = MapPage(changes, title, shown, lists, keys, (note, *changes.fell))
    _fill_changes(page, changes)
    grounds = as_objects(piece.ground for piece in pieces)
    page.name_districts(page.label(marks, grounds, shown), shown)
    added, removed = (", ".join(f"{mark} {name} ({n})" for mark, name, n in each.rows) or "–" for each in lists)
    alt = _(
        "Map of disadvantaged areas designated in {before} and {year}. Added: {added}. Removed: {removed}.", language
    )
    page.sheet.figure.set_label(alt.format(**years, added=added, removed=removed))
    return page.sheet.figure


def _fill_changes(page: MapPage, changes: ChangesOnMap) -> None:
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


def _lists(changes: ChangesOnMap) -> tuple[Listed, Listed]:
    """What came in, and what fell out."""
    language = changes.language

    def listed(head: str, part: str, marks: list[str], pieces: tuple[Piece, ...], in_all: int) -> Listed:
        names = [piece.name if piece.whole else part.format(name=piece.name) for piece in pieces]
        small = in_all - sum(piece.residents for piece in pieces)
        *counts, of_small = people_in_words([*(piece.residents for piece in pieces), small], language)
        foot = _("And {residents} residents in smaller pieces.", language).format(residents=of_small) if small else ""
        return Listed(head, _("residents", language), tuple(zip(marks, names, counts, strict=True)), foot)

    extension, part = _("{name}, extension", language), _("{name}, a part", language)
    added, removed, removed_head = changes.added, changes.removed, _(Np_("changes", "Removed"), language)
    return (
        listed(_("Added", language), extension, numbers(len(added)), added, changes.residents_added),
        listed(removed_head, part, letters(len(removed)), removed, changes.residents_removed),
    )


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
