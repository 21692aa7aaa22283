"""Comparing two files of areas: by the units that both have, else by points in both."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.change_wording import NOTES
from udsat_geo.comparing.labels import Labels, label_points
from udsat_geo.comparing.points import Named, Points, find_points
from udsat_geo.comparison import Comparison, Side, Weights
from udsat_geo.diff import Atoms, Changes, align, compare_atoms
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.areas_file import AreasFile, read_areas, told_pairs
from udsat_geo.overlaps import total
from udsat_geo.vector import reproject, same_crs, short_crs

FARTHEST_MENDED = 100.0
"""Metres that a point of one id may have moved; own choice."""
_EXAMPLES = 3


def compare_files(
    before: Path,
    now: Path,
    named: Named,
    names: Sequence[str] = (),
    allow_overlaps: bool = False,
    language: str = "da",
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Compare two files of areas.

    Parameters
    ----------
    before, now : Path
        Designations of ours, or polygons.
    named : Named
        Whom to weigh them by.
    names : sequence of str
        The column that tells polygons apart: one for both files, or one for each.
    allow_overlaps : bool
        Count a resident of two polygons of one file in the first of them instead of refusing the file.
    language : {"da", "en"}
    progress : callable, optional

    Raises
    ------
    InputError
        If a file is at fault, the years are in the wrong order, or nothing can weigh the areas.
    """
    if named.units is not None and named.raw is not None:
        raise InputError(Problem("--units, --raw", "both say whom to weigh areas by", "Name one of them."))
    column = {**dict.fromkeys((0, 1), names[0] if names else None), **dict(enumerate(names))}
    first, second = (
        read_areas(path, column[i], language, allow_overlaps=allow_overlaps) for i, path in enumerate((before, now))
    )
    return compare_sides(first, second, named, language, progress)


def compare_sides(
    before: AreasFile,
    now: AreasFile,
    named: Named,
    language: str = "da",
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Compare two sets of areas that have been read; see `compare_files`."""
    _check_order(before, now)
    notes = [*before.notes, *(now.notes if now.path != before.path else ()), *_told_of_both(before, now, language)]
    by_units = named.units is None and named.raw is None and named.year is None and _same_units(before, now)
    if by_units:
        compared = _by_units(before, now, language)
    else:
        points = find_points(named, before, now, language, progress)
        compared = _by_points(before, now, points, language)
    told = _told_of_empty(before, now, compared, language)
    return dataclasses.replace(compared, notes=tuple(dict.fromkeys((*notes, *compared.notes, *told))))


def _check_order(before: AreasFile, now: AreasFile) -> None:
    if before.year is not None and now.year is not None and before.year > now.year:
        what = f"is of {before.year}, and {now.name} of {now.year}"
        raise InputError(Problem(before.name, what, "Name the earlier one first."))


def _same_units(before: AreasFile, now: AreasFile) -> bool:
    """Whether two designations have units in common, at the same places.

    Raises
    ------
    InputError
        If units of one id lie at different places.
    """
    import shapely

    first, second = before.designated, now.designated
    if not same_crs(before.crs, now.crs) or first.geometry is None or second.geometry is None:
        return False
    place = {unit: i for i, unit in enumerate(first.unit_id.tolist())}
    at = np.array([place.get(unit, -1) for unit in second.unit_id.tolist()], dtype=np.int64)
    both = np.flatnonzero(at >= 0)
    if not len(both):
        return False
    west, south, east, north = shapely.bounds(second.geometry[both]).T
    other = shapely.bounds(first.geometry[at[both]]).T
    apart = np.hypot(west + east - other[0] - other[2], south + north - other[1] - other[3]) / 2
    # a border that was mended moves a unit by less than half of its size, a position that was, not far either; other
    # units of the same ids lie farther apart
    size = np.hypot(east - west, north - south)
    moved = both[apart > np.where(size > 0, size / 2, FARTHEST_MENDED)]
    if len(moved):
        remedy = "These are other units: weigh the areas by registers (--raw DIR --year Y) or units (--units FILE)."
        what = f"units of ids that {before.name} has elsewhere"
        raise InputError(Problem(now.name, what, remedy, len(moved), f"unit {second.unit_id[moved[0]]}"))
    return True


def _by_units(before: AreasFile, now: AreasFile, language: str) -> Comparison:
    first, second = before.designated, now.designated
    atoms = align(first, second)
    geometry = np.empty(len(atoms), dtype=object)
    here = atoms.of_now >= 0
    geometry[here] = second.geometry[atoms.of_now[here]]  # type: ignore[index]
    geometry[~here] = first.geometry[atoms.of_before[~here]]  # type: ignore[index]
    weights = Weights("units", now.name, now.year, second.source, len(second.unit_id), int(second.residents.sum()))
    gone, new = (set(a.unit_id.tolist()) - set(b.unit_id.tolist()) for a, b in ((first, second), (second, first)))
    notes = [NOTES[language]["one_side"].format(before=len(gone), now=len(new))] if gone or new else []
    outline = first.outline if before.crs == now.crs else reproject(first.outline, before.crs, now.crs)
    changes = compare_atoms(first, second, atoms)
    return _compared(
        before, now, weights, atoms, geometry, now.crs, (outline, second.outline), changes, notes, language
    )


def _by_points(before: AreasFile, now: AreasFile, points: Points, language: str) -> Comparison:
    words = NOTES[language]
    labels: list[Labels] = []
    notes = list(points.notes)
    if points.of is not None and before.kind == now.kind == "designation":
        notes.append(words["other_units"].format(file=points.of.name))
    for side in (before, now):
        found = label_points(side, points)
        labels.append(found)
        if found.reprojected:
            source, target = short_crs(side.crs), short_crs(points.crs)
            notes.append(words["reprojected"].format(file=side.name, source=source, target=target))
        if found.twice:
            pairs = told_pairs(found.twice)
            notes.append(words["twice"].format(file=side.name, residents=found.residents_twice, pairs=pairs))
        if len(found.outside):
            notes.append(_among(words["outside"], side, found.outside))
    earlier, current = labels[0].area, labels[1].area
    of_now = np.flatnonzero((earlier >= 0) | (current >= 0))
    atoms = Atoms(
        points.unit_id[of_now],
        points.residents[of_now],
        earlier[of_now],
        current[of_now],
        of_now,
        np.full(len(of_now), -1, dtype=np.int64),
    )
    outlines = labels[0].outline, labels[1].outline
    changes = compare_atoms(before.designated, now.designated, atoms)
    drawn = points.drawn(of_now)
    return _compared(before, now, points.weights, atoms, drawn, points.crs, outlines, changes, notes, language)


def _compared(
    before: AreasFile,
    now: AreasFile,
    weights: Weights,
    atoms: Atoms,
    geometry: NDArray[np.object_],
    crs: str,
    outlines: tuple[NDArray[np.object_], NDArray[np.object_]],
    changes: Changes,
    notes: Sequence[str],
    language: str,
) -> Comparison:
    first, second = (Side(side.name, side.kind, side.designated) for side in (before, now))
    return Comparison(first, second, weights, atoms, geometry, crs, *outlines, changes, tuple(notes), language)


def _told_of_both(before: AreasFile, now: AreasFile, language: str) -> list[str]:
    """What two designations of ours do not have in common."""
    if not before.kind == now.kind == "designation":
        return []
    first, second, notes = before.designated, now.designated, []
    if first.policy_sha256 != second.policy_sha256:
        told = (first.policy_id, second.policy_id)
        if told[0] == told[1]:
            told = (f"{told[0]} ({first.policy_sha256[:8]})", f"{told[1]} ({second.policy_sha256[:8]})")
        notes.append(NOTES[language]["policies"].format(before=told[0], now=told[1]))
    if first.source != second.source:
        notes.append(NOTES[language]["sources"].format(before=first.source, now=second.source))
    return notes


def _told_of_empty(before: AreasFile, now: AreasFile, compared: Comparison, language: str) -> list[str]:
    """Areas in which nobody lives."""
    notes = []
    for side, area in ((before, compared.atoms.earlier), (now, compared.atoms.current)):
        living = total(area, compared.atoms.residents, len(side.designated.area_id))
        empty = np.flatnonzero(living == 0)
        if len(empty):
            notes.append(_among(NOTES[language]["empty"], side, empty))
    return notes


def _among(text: str, side: AreasFile, areas: NDArray[np.int64]) -> str:
    examples = ", ".join(str(side.designated.area_id[area]) for area in areas[:_EXAMPLES])
    return text.format(file=side.name, count=len(areas), examples=examples)
