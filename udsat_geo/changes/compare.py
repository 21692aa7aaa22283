"""Comparing two files of areas: by the units that both have, else by points in both."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.area_set import AreasFile, overlap_problem, told_pairs
from udsat_geo.changes.diff import Atoms, Changes, Designated, align, compare_atoms, total
from udsat_geo.files.area_set import is_designation, read_areas
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.registers.folders import DEFAULT_RAW, has_registers, register_folder, source_of
from udsat_geo.registers.schema import CRS
from udsat_geo.sources.crs import crs_code, reproject, same_crs, short_crs
from udsat_geo.sources.features import features_in, file_of, read_features, values_of
from udsat_geo.sources.origins import name_of
from udsat_geo.synthetic.write import DEFAULT_SEED, YEARS, cached_registers
from udsat_geo.units.zones import Inside, polygon_of_points


@dataclass(frozen=True)
class Side:
    """One of the two sets of areas.

    Attributes
    ----------
    file : str
        Its name.
    kind : {"designation", "polygons"}
    designated : Designated
    """

    file: str
    kind: str
    designated: Designated

    @property
    def year(self) -> int | None:
        """The year of a designation; None where it is not known."""
        return None if self.designated.year < 0 else self.designated.year


@dataclass(frozen=True)
class Weights:
    """Whom a comparison counts.

    Attributes
    ----------
    kind : {"units", "points", "addresses"}
        Units that both have; the middles of units; addresses.
    file : str
        What they were read from.
    year : int or None
    source : str
        ``registers``, ``synthetic``, ``unit_table``; empty where that is not known.
    places, residents : int
        How many of them there are in all, and who lives there.
    """

    kind: str
    file: str
    year: int | None
    source: str
    places: int
    residents: int


@dataclass(frozen=True)
class Comparison:
    """Two sets of areas compared through the residents that they share.

    Attributes
    ----------
    before, now : Side
    weights : Weights
    atoms : Atoms
    geometry : object (shapely), shape (n_atoms,)
        Where each of them lies, in `crs`.
    crs : str
    outline_before, outline_now : object (shapely), shape (n_areas,)
        In `crs`.
    changes : Changes
    notes : tuple of str
        What is to be said about it.
    language : str
    """

    before: Side
    now: Side
    weights: Weights
    atoms: Atoms
    geometry: NDArray[np.object_]
    crs: str
    outline_before: NDArray[np.object_]
    outline_now: NDArray[np.object_]
    changes: Changes
    notes: tuple[str, ...]
    language: str = "da"

    @property
    def added(self) -> int:
        """Residents of areas of now who were in none before."""
        return int(self.changes.residents_added.sum())

    @property
    def removed(self) -> int:
        """Residents of earlier areas who are in none now."""
        return int(self.changes.residents_removed.sum())

    @property
    def kept(self) -> int:
        """Residents who were in an area before and are in one now."""
        return int(self.changes.residents_kept.sum())

    @property
    def share_still_in(self) -> float:
        """Share of the residents of the earlier areas who are in an area now; NaN where nobody lives there."""
        return share(self.kept, self.kept + self.removed)

    @property
    def intersection_over_union(self) -> float:
        """Residents in areas both times over residents in areas at either time; NaN where there are none."""
        return share(self.kept, self.kept + self.removed + self.added)


def share(part: int, whole: int) -> float:
    """A share; NaN of nothing."""
    return part / whole if whole else float("nan")


RESIDENTS, UNIT_ID = ("residents", "beboere"), ("unit_id", "id")
"""Columns of a plain table of units, the first that it has, where no policy names them."""

ADDRESSES = "addresses"
"""What the points of registers are, among the kinds of `Weights`."""
SYNTHETIC = "synthetic Copenhagen"
"""In place of the name of a file, where the bundled city is counted."""


@dataclass(frozen=True)
class Named:
    """What a call names to weigh areas by.

    Attributes
    ----------
    raw, units : Path or None
    year : int or None
        Of the registers.
    policy : LoadedPolicy or None
        Names the columns of `units`.
    seed : int
        Of the synthetic city.
    """

    raw: Path | None = None
    units: Path | None = None
    year: int | None = None
    policy: LoadedPolicy | None = None
    seed: int = DEFAULT_SEED


@dataclass(frozen=True)
class Points:
    """Places where people live.

    Attributes
    ----------
    unit_id : object (str), shape (n_points,)
    easting, northing : float64, shape (n_points,)
    residents : int64, shape (n_points,)
    crs : str
    weights : Weights
    geometry : object (shapely), shape (n_points,), or None
        Units as they are drawn; None for points.
    of : AreasFile or None
        The designation whose units they are.
    notes : tuple of str
    """

    unit_id: NDArray[np.object_]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    residents: NDArray[np.int64]
    crs: str
    weights: Weights
    geometry: NDArray[np.object_] | None = None
    of: AreasFile | None = None
    notes: tuple[str, ...] = ()

    def drawn(self, chosen: NDArray[np.int64]) -> NDArray[np.object_]:
        """Geometries of some of them, shape (n_chosen,)."""
        import shapely

        if self.geometry is not None:
            return self.geometry[chosen]
        points: NDArray[np.object_] = shapely.points(self.easting[chosen], self.northing[chosen])
        return points


def find_points(
    named: Named, before: AreasFile, now: AreasFile, language: str, progress: Callable[[str], None] | None = None
) -> Points:
    """The points that a call names, else the units that either side has, else the registers that there are.

    Raises
    ------
    InputError
        If what is named is not there, or nothing tells whom to count.
    """
    if named.units is not None:
        return _points_of_table(named.units, named.policy, language)
    if named.raw is not None or named.year is not None:
        return _points_of_registers(named, before, now, language, progress)
    with_units = [side for side in (now, before) if len(side.designated.unit_id)]
    if with_units:
        # the finer units, those of now where both are as fine
        return points_of_designation(max(with_units, key=lambda side: len(side.designated.unit_id)))
    return _points_of_registers(named, before, now, language, progress)


def points_of_designation(side: AreasFile) -> Points:
    """The units of a designation, each at a point inside it."""
    import shapely

    designated = side.designated
    inside = shapely.point_on_surface(designated.geometry)
    residents = designated.residents
    weights = Weights("points", side.name, side.year, designated.source, len(residents), int(residents.sum()))
    return Points(
        designated.unit_id,
        shapely.get_x(inside),
        shapely.get_y(inside),
        residents,
        side.crs,
        weights,
        designated.geometry,
        side,
    )


def _points_of_registers(
    named: Named, before: AreasFile, now: AreasFile, language: str, progress: Callable[[str], None] | None
) -> Points:
    from udsat_geo.registers.read import residents_by_address

    known = [year for year in (named.year, now.year, before.year) if year is not None]
    year = known[0] if known else None
    if named.raw is None and not has_registers(DEFAULT_RAW):
        year = YEARS[-1] if year is None else year
        folder = cached_registers(year, named.seed, progress=progress)
        file, note = (
            SYNTHETIC,
            _(
                "No registers named: weighed by the synthetic Copenhagen of {year}, whose residents do not exist",
                language,
            ).format(year=year),
        )
    else:
        raw, note = named.raw or DEFAULT_RAW, ""
        folder = _folder_of(raw, year)
        file = folder.name
    source = source_of(folder, year) if year is not None else "registers"
    found = residents_by_address(folder)
    weights = Weights(ADDRESSES, file, year, source, len(found.residents), int(found.residents.sum()))
    notes = ((note,) if note else ()) + found.notes
    return Points(found.address_id, found.easting, found.northing, found.residents, CRS, weights, notes=notes)


def _folder_of(raw: Path, year: int | None) -> Path:
    """The register folder of a year; without one, a folder that holds registers itself."""
    if year is not None:
        return register_folder(raw, year)
    if not raw.is_dir():
        raise InputError(Problem(str(raw), "no such folder", "Name the folder that holds the registers."))
    if has_registers(raw, of_years=False):
        return raw
    years = sorted(path.name for path in raw.iterdir() if path.is_dir() and path.name.isdigit())
    told = f"There are registers of {', '.join(years)}." if years else "There are no registers in it."
    raise InputError(Problem("--year", f"is missing, and {raw} holds no registers without a year", told))


def _points_of_table(path: Path, policy: LoadedPolicy | None, language: str) -> Points:
    """Units of any file that says who lives in them."""
    if policy is not None:
        return _points_by_policy(path, policy)
    if is_designation(path):
        return points_of_designation(read_areas(path, None, language))
    features = read_features(path)
    if features.geometry is None or features.crs is None:
        what = "holds no geometries" if features.geometry is None else "does not say its reference system"
        raise InputError(Problem(features.name, what, "Units that areas are weighed by are polygons or points."))
    features, _ignored = features_in(path, features.crs)
    import shapely

    residents = _residents(features.attributes, features.name)
    geometry = features.geometry
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if missing.any():
        raise InputError(Problem(features.name, "units without a geometry", "Draw them.", int(missing.sum())))
    inside = shapely.point_on_surface(geometry)
    column = _column(features.attributes, UNIT_ID)
    ids = np.empty(len(residents), dtype=object)
    ids[:] = (
        [str(row + 1) for row in range(len(ids))]
        if column is None
        else [str(value) for value in values_of(features.attributes, column, features.name)]
    )
    weights = Weights("points", features.name, None, "unit_table", len(residents), int(residents.sum()))
    return Points(
        ids, shapely.get_x(inside), shapely.get_y(inside), residents, crs_code(str(features.crs)), weights, geometry
    )


def _points_by_policy(path: Path, policy: LoadedPolicy) -> Points:
    """Units of a table whose columns a policy names."""
    import shapely

    from udsat_geo.areas.ground import unit_polygons
    from udsat_geo.units.table import read_unit_table, units_from_table

    rule = policy.policy
    if not rule.reads_unit_table:
        what = "its criteria read registers, so it names no residents of a unit table"
        raise InputError(Problem(f"policy {rule.id}", what, "Name the policy that the table was made for."))
    units, _ignored = units_from_table(read_unit_table(path, rule), rule)
    easting, northing = units.easting, units.northing
    if units.geometry is not None:
        inside = shapely.point_on_surface(units.geometry)
        easting, northing = shapely.get_x(inside), shapely.get_y(inside)
    weights = Weights("points", name_of(file_of(path)), None, "unit_table", len(units), int(units.residents.sum()))
    geometry = unit_polygons(units, np.arange(len(units)))
    return Points(units.unit_id, easting, northing, units.residents, units.crs, weights, geometry)


def _column(attributes: Any, names: tuple[str, ...]) -> str | None:
    lower = {column.lower(): column for column in attributes.column_names}
    return next((str(lower[name]) for name in names if name in lower), None)


def _residents(attributes: Any, file: str) -> NDArray[np.int64]:
    """Residents of each row; an empty cell is nobody."""
    column = _column(attributes, RESIDENTS)
    if column is None:
        there = ", ".join(attributes.column_names[:12]) or "none"
        remedy = "Rename the one that says who lives there, or name the table's policy with --policy."
        raise InputError(Problem(file, f"has no column {' or '.join(RESIDENTS)} (it has {there})", remedy))
    where = f"{file}, column {column}"
    try:
        values = np.array([0.0 if value is None else float(value) for value in attributes.column(column).to_pylist()])
    except (TypeError, ValueError):
        raise InputError(Problem(where, "is no number of residents", "Give whole numbers.")) from None
    wrong = ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
    if wrong.any():
        example = f"{values[np.flatnonzero(wrong)[0]]:g}"
        raise InputError(Problem(where, "no whole number of residents", "", int(wrong.sum()), example))
    return values.astype(np.int64)


_POLYGONS = (3, 6)


@dataclass(frozen=True)
class Labels:
    """Where the points lie.

    Attributes
    ----------
    area : int64, shape (n_points,)
        -1 is none.
    outline : object (shapely), shape (n_areas,)
        In the reference system of the points.
    outside : int64, shape (n_outside,)
        Areas that lie off all the points.
    reprojected : bool
    twice : tuple of (str, str)
        Areas that share residents, who count in the first.
    residents_twice : int
        How many they are.
    """

    area: NDArray[np.int64]
    outline: NDArray[np.object_]
    outside: NDArray[np.int64]
    reprojected: bool
    twice: tuple[tuple[str, str], ...] = ()
    residents_twice: int = 0


def label_points(side: AreasFile, points: Points) -> Labels:
    """Give every point its area.

    A designation of ours holds a point when one of its units does (or, over addresses, is it), whatever its outline was
    smoothed to: as it was drawn, and as its units alone are compared.

    Parameters
    ----------
    side : AreasFile
    points : Points

    Raises
    ------
    InputError
        If no area holds a point, or residents lie in two areas of one file.
    """
    designated, outline = side.designated, side.designated.outline
    turned = not same_crs(side.crs, points.crs)
    if turned and len(outline):
        outline = reproject(outline, side.crs, points.crs)
    twice: list[tuple[str, str]] = []
    residents_twice = 0
    if points.of is side:
        area = designated.area_of_unit
    elif designated.geometry is None:
        inside = polygon_of_points(outline, points.easting, points.northing)
        twice, residents_twice = _twice(side, inside, points)
        area = inside.polygon
    else:
        geometry = reproject(designated.geometry, side.crs, points.crs) if turned else designated.geometry
        area = _by_unit(designated, geometry, outline, points)
    _check_anything_inside(side, area, points)
    return Labels(area, outline, _outside(outline, area, points), turned, tuple(twice), residents_twice)


def _outside(outline: NDArray[np.object_], area: NDArray[np.int64], points: Points) -> NDArray[np.int64]:
    """Areas without a point that lie off the rectangle of all points."""
    import shapely

    if not len(outline) or not len(area):
        return np.empty(0, dtype=np.int64)
    west, south, east, north = shapely.bounds(outline).T
    off = (west > points.easting.max()) | (east < points.easting.min())
    off |= (south > points.northing.max()) | (north < points.northing.min())
    return np.flatnonzero(off & (np.bincount(area[area >= 0], minlength=len(outline)) == 0))


def _twice(side: AreasFile, inside: Inside, points: Points) -> tuple[list[tuple[str, str]], int]:
    """Pairs of areas that share residents, and how many residents they share.

    Raises
    ------
    InputError
        If there are any and the file may not have them.
    """
    lived_in = points.residents[inside.point] > 0
    point, other = inside.point[lived_in], inside.other[lived_in]
    pairs = sorted({*zip(inside.polygon[point].tolist(), other.tolist(), strict=True)})
    ids = side.designated.area_id
    told = [(str(ids[first]), str(ids[second])) for first, second in pairs]
    if told and not side.may_overlap:
        raise InputError(overlap_problem(side.name, told))
    return told, int(points.residents[np.unique(point)].sum())


def _check_anything_inside(side: AreasFile, area: NDArray[np.int64], points: Points) -> None:
    n_areas = len(side.designated.area_id)
    if n_areas and not (area >= 0).any():
        where = f"{points.weights.kind} of {points.weights.file}"
        what = f"none of its {n_areas:,} areas holds any of the {len(area):,} {where}"
        remedy = "Name registers of that place with --raw DIR --year Y, or units with residents with --units FILE."
        raise InputError(Problem(side.name, what, remedy))


def _by_unit(
    designated: Designated, geometry: NDArray[np.object_], outline: NDArray[np.object_], points: Points
) -> NDArray[np.int64]:
    """By the units of a designation; by its outlines where its units are addresses and the points are not."""
    import shapely

    if np.isin(shapely.get_type_id(geometry), _POLYGONS).all():
        unit = _unit_of_points(geometry, points.easting, points.northing)
    elif points.weights.kind == ADDRESSES:
        unit = _unit_of_addresses(designated.unit_id, points)
    else:
        return polygon_of_points(outline, points.easting, points.northing).polygon
    return np.append(designated.area_of_unit, -1)[unit]


def _unit_of_addresses(unit_id: NDArray[np.object_], points: Points) -> NDArray[np.int64]:
    """The unit of each address by its id; -1 is none."""
    place = {unit: i for i, unit in enumerate(unit_id.tolist())}
    return np.array([place.get(unit, -1) for unit in points.unit_id.tolist()], dtype=np.int64)


def _unit_of_points(
    geometry: NDArray[np.object_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The unit of each point: of cells by rows and columns, half open as in the grid; else by polygon."""
    import shapely

    if not len(geometry):
        return np.full(len(easting), -1, dtype=np.int64)
    west, south, east, north = shapely.bounds(geometry).T
    size = east[0] - west[0]
    square = (east - west == size) & (north - south == size) & (shapely.area(geometry) == size**2)
    on_grid = size > 0 and square.all() and not ((west % size != 0) | (south % size != 0)).any()
    if not on_grid:
        return polygon_of_points(geometry, easting, northing).polygon
    lowest = min(west.min(), easting.min(initial=np.inf)) // size
    width = int(max(west.max(), easting.max(initial=-np.inf)) // size - lowest) + 1
    code = (south // size).astype(np.int64) * width + (west // size - lowest).astype(np.int64)
    wanted = np.floor(northing / size).astype(np.int64) * width + (np.floor(easting / size) - lowest).astype(np.int64)
    order = np.argsort(code, kind="stable")
    at = order[np.minimum(np.searchsorted(code, wanted, sorter=order), len(code) - 1)]
    return np.where(code[at] == wanted, at, -1)


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
    notes = (
        [
            _(
                "Units that only one designation has: {before} before, {now} now; nobody counts in the former now",
                language,
            ).format(before=len(gone), now=len(new))
        ]
        if gone or new
        else []
    )
    outline = first.outline if before.crs == now.crs else reproject(first.outline, before.crs, now.crs)
    changes = compare_atoms(first, second, atoms)
    return _compared(
        before, now, weights, atoms, geometry, now.crs, (outline, second.outline), changes, notes, language
    )


def _by_points(before: AreasFile, now: AreasFile, points: Points, language: str) -> Comparison:
    labels: list[Labels] = []
    notes = list(points.notes)
    if points.of is not None and before.kind == now.kind == "designation":
        notes.append(
            _(
                "The designations have other units: weighed by those of {file}, each at a point inside it", language
            ).format(file=points.of.name)
        )
    for side in (before, now):
        found = label_points(side, points)
        labels.append(found)
        if found.reprojected:
            source, target = short_crs(side.crs), short_crs(points.crs)
            notes.append(
                _("{file}: reprojected from {source} to {target}", language).format(
                    file=side.name, source=source, target=target
                )
            )
        if found.twice:
            pairs = told_pairs(found.twice)
            notes.append(
                _("{file}: residents of two areas count in the first by name: {residents} ({pairs})", language).format(
                    file=side.name, residents=found.residents_twice, pairs=pairs
                )
            )
        if len(found.outside):
            notes.append(
                _among(
                    _("{file}: areas outside the city: {count}, among them {examples}", language), side, found.outside
                )
            )
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
        notes.append(
            _("The designations were made by different policies: {before} and {now}", language).format(
                before=told[0], now=told[1]
            )
        )
    if first.source != second.source:
        notes.append(
            _("The designations rest on different kinds of data: {before} and {now}", language).format(
                before=first.source, now=second.source
            )
        )
    return notes


def _told_of_empty(before: AreasFile, now: AreasFile, compared: Comparison, language: str) -> list[str]:
    """Areas in which nobody lives."""
    notes = []
    for side, area in ((before, compared.atoms.earlier), (now, compared.atoms.current)):
        living = total(area, compared.atoms.residents, len(side.designated.area_id))
        empty = np.flatnonzero(living == 0)
        if len(empty):
            notes.append(
                _among(_("{file}: areas that nobody lives in: {count}, among them {examples}", language), side, empty)
            )
    return notes


def _among(text: str, side: AreasFile, areas: NDArray[np.int64]) -> str:
    examples = ", ".join(str(side.designated.area_id[area]) for area in areas[:_EXAMPLES])
    return text.format(file=side.name, count=len(areas), examples=examples)
