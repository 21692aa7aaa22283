"""Comparing two sets of areas: by the units that both have, else by points in both."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from udsat_geo.areas.area_set import AreaSet, overlap_problem, shown_pairs
from udsat_geo.changes.diff import Atoms, Changes, align, compare_atoms
from udsat_geo.changes.units_of_one import told_of_one
from udsat_geo.kernels.arrays import Floats, Ints, Objects, as_objects, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.registers.folders import DEFAULT_RAW, has_registers, known_years, register_folder, source_of, years_in
from udsat_geo.registers.schema import CRS
from udsat_geo.sources.crs import crs_code, reproject, same_crs, short_crs
from udsat_geo.sources.features import features_in, file_of, keys_of, read_features
from udsat_geo.sources.origins import name_of
from udsat_geo.synthetic import DEFAULT_SEED, YEARS
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.units.zones import polygon_of_points


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
    before, now : AreaSet
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

    before: AreaSet
    now: AreaSet
    weights: Weights
    atoms: Atoms
    geometry: Objects
    crs: str
    outline_before: Objects
    outline_now: Objects
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
SYNTHETIC = N_("synthetic Copenhagen")
"""In place of the name of a file, where the bundled city is counted."""


@dataclass(frozen=True)
class Weighing:
    """What a call names to weigh areas by; nothing means the units of the areas themselves.

    Attributes
    ----------
    raw : Path or None
        Registers.
    units : Path or None
        A table of units.
    areas : AreaSet or None
        A designation whose units are counted.
    year : int or None
        Of the registers.
    policy : LoadedPolicy or None
        Names the columns of `units`.
    seed : int
        Of the synthetic city.
    """

    raw: Path | None = None
    units: Path | None = None
    areas: AreaSet | None = None
    year: int | None = None
    policy: LoadedPolicy | None = None
    seed: int = DEFAULT_SEED

    @property
    def names_nothing(self) -> bool:
        """Whether the areas' own units may be counted."""
        return self.raw is None and self.units is None and self.areas is None and self.year is None


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
    of : AreaSet or None
        The designation whose units they are.
    notes : tuple of str
    """

    unit_id: Objects
    easting: Floats
    northing: Floats
    residents: Ints
    crs: str
    weights: Weights
    geometry: Objects | None = None
    of: AreaSet | None = None
    notes: tuple[str, ...] = ()

    def drawn(self, chosen: Ints) -> Objects:
        """Geometries of some of them, shape (n_chosen,)."""
        if self.geometry is not None:
            return self.geometry[chosen]
        points: Objects = shapely.points(self.easting[chosen], self.northing[chosen])
        return points


def _points_of_shapes(
    unit_id: Objects,
    residents: Ints,
    geometry: Objects,
    crs: str,
    origin: tuple[str, int | None, str],
    of: AreaSet | None = None,
) -> Points:
    """Units, each at a point inside it; `origin` is the file, the year and the source."""
    inside = shapely.point_on_surface(geometry)
    weights = Weights("points", *origin, len(residents), int(residents.sum()))
    return Points(unit_id, shapely.get_x(inside), shapely.get_y(inside), residents, crs, weights, geometry, of)


def find_points(
    weighing: Weighing, before: AreaSet, now: AreaSet, language: str, progress: Callable[[str], None] | None = None
) -> Points:
    """The points that a call names, else the units that either side has, else the registers that there are.

    Raises
    ------
    InputError
        If what is named is not there, or nothing tells whom to count.
    """
    if weighing.units is not None:
        return _points_of_table(weighing.units, weighing.policy)
    if weighing.areas is not None:
        return points_of_designation(weighing.areas)
    with_units = [side for side in (now, before) if len(side.members)]
    if weighing.raw is not None or weighing.year is not None or not with_units:
        return _points_of_registers(weighing, before, now, language, progress)
    # the finer units, those of now where both are as fine
    return points_of_designation(max(with_units, key=lambda side: len(side.members)))


def points_of_designation(side: AreaSet) -> Points:
    """The units of a designation, each at a point inside it."""
    members = side.members
    origin = (side.file, side.known_year, side.source)
    return _points_of_shapes(members.unit_id, members.residents, members.places(), side.crs, origin, side)


def _points_of_registers(
    weighing: Weighing, before: AreaSet, now: AreaSet, language: str, progress: Callable[[str], None] | None
) -> Points:
    from udsat_geo.registers.addressed import residents_by_address

    known = [year for year in (weighing.year, now.known_year, before.known_year) if year is not None]
    year = known[0] if known else None
    note: tuple[str, ...] = ()
    if weighing.raw is None and not has_registers(DEFAULT_RAW):
        year = YEARS[-1] if year is None else year
        folder, file = cached_registers(year, weighing.seed, progress=progress), SYNTHETIC
        text = N_("No registers named: weighed by the synthetic Copenhagen of {year}, whose residents do not exist")
        note = (_(text, language).format(year=year),)
    else:
        folder = _folder_of(weighing.raw or DEFAULT_RAW, year)
        file = folder.name
    source = source_of(folder, year) if year is not None else "registers"
    crs = next((side.crs for side in (now, before) if len(side.members)), CRS)
    found = residents_by_address(folder, year=year, crs=crs)
    weights = Weights(ADDRESSES, file, year, source, len(found.residents), int(found.residents.sum()))
    note += tuple(found_out.told(language) for found_out in found.notes)
    return Points(found.address_id, found.easting, found.northing, found.residents, crs, weights, notes=note)


def _folder_of(raw: Path, year: int | None) -> Path:
    """The register folder of a year; without one, a folder that holds registers itself."""
    if year is not None:
        return register_folder(raw, year)
    if not raw.is_dir():
        raise InputError(Problem(str(raw), _("no such folder"), _("Name the folder that holds the registers.")))
    if has_registers(raw, of_years=False):
        return raw
    remedy = known_years(raw) if years_in(raw) else _("There are no registers in it.")
    what = _("is missing, and {folder} holds no registers without a year").format(folder=raw)
    raise InputError(Problem("--year", what, remedy))


def _points_of_table(path: Path, policy: LoadedPolicy | None) -> Points:
    """Units of any file that says who lives in them."""
    if policy is not None:
        return _points_by_policy(path, policy)
    features = read_features(path)
    if features.geometry is None or features.crs is None:
        missing = features.geometry is None
        what = _("holds no geometries") if missing else _("does not say its reference system")
        raise InputError(Problem(features.name, what, _("Units that areas are weighed by are polygons or points.")))
    features, _source = features_in(path, features.crs)
    residents = _residents(features.attributes, features.name)
    geometry: Objects = features.geometry  # type: ignore[assignment]
    nowhere = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if nowhere.any():
        raise InputError(Problem(features.name, _("units without a geometry"), _("Draw them."), int(nowhere.sum())))
    column = _column(features.attributes, UNIT_ID)
    keys = [""] * len(residents) if column is None else keys_of(features.attributes, column, features.name)
    ids = as_objects([key or str(row) for row, key in enumerate(keys, 1)])
    return _points_of_shapes(ids, residents, geometry, crs_code(str(features.crs)), (features.name, None, "unit_table"))


def _points_by_policy(path: Path, policy: LoadedPolicy) -> Points:
    """Units of a table whose columns a policy names."""
    from udsat_geo.areas.ground import unit_polygons
    from udsat_geo.units.table import read_unit_table, units_from_table

    rule = policy.policy
    if not rule.reads_unit_table:
        what = _("its criteria read registers, so it names no residents of a unit table")
        remedy = _("Name the policy that the table was made for.")
        raise InputError(Problem(_("policy {policy}").format(policy=rule.id), what, remedy))
    units, _sums = units_from_table(read_unit_table(path, rule), rule)
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


def _residents(attributes: Any, file: str) -> Ints:
    """Residents of each row; an empty cell is nobody."""
    column = _column(attributes, RESIDENTS)
    if column is None:
        there = ", ".join(attributes.column_names[:12]) or _("none")
        what = _("has no column {names} (it has {there})").format(names=_(" or ").join(RESIDENTS), there=there)
        remedy = _("Rename the one that says who lives there, or name the table's policy with --policy.")
        raise InputError(Problem(file, what, remedy))
    where = _("{file}, column {column}").format(file=file, column=column)
    try:
        values = np.array([0.0 if value is None else float(value) for value in attributes.column(column).to_pylist()])
    except (TypeError, ValueError):
        raise InputError(Problem(where, _("is no number of residents"), _("Give whole numbers."))) from None
    wrong = ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
    if wrong.any():
        example = f"{values[np.flatnonzero(wrong)[0]]:g}"
        raise InputError(Problem(where, _("no whole number of residents"), "", int(wrong.sum()), example))
    return values.astype(np.int64)


def area_of_points(side: AreaSet, points: Points) -> tuple[Ints, list[tuple[str, str]], int]:
    """The area of every point, as `AreaSet.area_of` has it; and the pairs of areas that share residents.

    Parameters
    ----------
    side : AreaSet
        In the reference system of the points.
    points : Points

    Returns
    -------
    area : int64, shape (n_points,)
        -1 is none.
    twice : list of (str, str)
        Pairs of areas that share residents, who count in the first.
    residents_twice : int
        How many they are.

    Raises
    ------
    InputError
        If no area holds a point, or residents lie in two areas of one file that may not have them.
    """
    twice: list[tuple[str, str]] = []
    residents_twice = 0
    if len(side.members):
        addresses = points.unit_id if points.weights.kind == ADDRESSES else None
        area = side.area_of(points.easting, points.northing, addresses)
    else:
        inside = polygon_of_points(side.outline, points.easting, points.northing)
        area = inside.polygon
        lived_in = points.residents[inside.point] > 0
        point, other = inside.point[lived_in], inside.other[lived_in]
        pairs = sorted({*zip(area[point].tolist(), other.tolist(), strict=True)})
        twice = [(str(side.area_id[first]), str(side.area_id[second])) for first, second in pairs]
        residents_twice = int(points.residents[np.unique(point)].sum())
    if twice and not side.may_overlap:
        raise InputError(overlap_problem(side.file, twice))
    _check_anything_inside(side, area, points)
    return area, twice, residents_twice


_KINDS = {"units": N_("units"), "points": N_("points"), "addresses": N_("addresses")}


def _check_anything_inside(side: AreaSet, area: Ints, points: Points) -> None:
    if len(side) and not (area >= 0).any():
        what = _("none of its {areas} areas holds any of the {places} {kind} of {file}")
        told = {"areas": decimal(len(side), 0), "places": decimal(len(area), 0), "file": _(points.weights.file)}
        remedy = _(
            "Name registers of that place with --registers DIR --year Y, or units with residents with --units FILE."
        )
        raise InputError(Problem(side.file, what.format(**told, kind=_(_KINDS[points.weights.kind])), remedy))


def _outside(outline: Objects, area: Ints, points: Points) -> Ints:
    """Areas without a point that lie off the rectangle of all points."""
    if not len(outline) or not len(area):
        return np.empty(0, dtype=np.int64)
    west, south, east, north = shapely.bounds(outline).T
    off = (west > points.easting.max()) | (east < points.easting.min())
    off |= (south > points.northing.max()) | (north < points.northing.min())
    return np.flatnonzero(off & (np.bincount(area[area >= 0], minlength=len(outline)) == 0))


FARTHEST_MENDED = 100.0
"""Metres that a point of one id may have moved; own choice."""
_EXAMPLES = 3


def compare_areas(
    before: AreaSet,
    now: AreaSet,
    weighing: Weighing,
    language: str = "da",
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Compare two sets of areas.

    Parameters
    ----------
    before, now : AreaSet
        Designations of ours, or polygons.
    weighing : Weighing
        Whom to weigh them by.
    language : {"da", "en"}
    progress : callable, optional

    Raises
    ------
    InputError
        If the years are in the wrong order, or nothing can weigh the areas.
    """
    if before.known_year is not None and now.known_year is not None and before.year > now.year:
        what = _("is of {year}, and {other} of {other_year}")
        told = what.format(year=before.year, other=now.file, other_year=now.year)
        raise InputError(Problem(before.file, told, _("Name the earlier one first.")))
    if before.overlay is not None:
        _check_carried(before, now, weighing)
        before = before.carried_to(now.members, now.crs)
    notes = [*before.notes, *(now.notes if now.path != before.path or now.path is None else ())]
    notes += _unlike(before, now, language)
    if before.crosswalk is not None:
        _check_carried(before, now, weighing)
    if before.crosswalk is not None or (weighing.names_nothing and _same_units(before, now)):
        compared = _by_units(before, now, language)
    else:
        compared = _by_points(before, now, find_points(weighing, before, now, language, progress), language)
    empty = _empty_areas(before, now, compared, language)
    return dataclasses.replace(compared, notes=tuple(dict.fromkeys((*notes, *compared.notes, *empty))))


def _check_carried(before: AreaSet, now: AreaSet, weighing: Weighing) -> None:
    """A crosswalk leads from the units of one designation to those of another, whose residents count."""
    problems = []
    if not weighing.names_nothing:
        what = _("says how zones belong together, and --registers, --year or --units whom to weigh areas by instead")
        problems.append(Problem("--crosswalk", what, _("Name one of them.")))
    problems += [
        Problem(side.file, _("has no units that a crosswalk could lead between"), _("Leave out --crosswalk."))
        for side in (before, now)
        if not len(side.members)
    ]
    if problems:
        raise InputError(problems)


def _same_units(before: AreaSet, now: AreaSet) -> bool:
    """Whether two designations have units in common, at the same places; units of one id elsewhere are refused."""
    first, second = before.members, now.members
    if not same_crs(before.crs, now.crs) or not len(first) or not len(second):
        return False
    place = {unit: i for i, unit in enumerate(first.unit_id.tolist())}
    at = np.array([place.get(unit, -1) for unit in second.unit_id.tolist()], dtype=np.int64)
    both = np.flatnonzero(at >= 0)
    if not len(both):
        return False
    west, south, east, north = shapely.bounds(second.places(both)).T
    other = shapely.bounds(first.places(at[both])).T
    apart = np.hypot(west + east - other[0] - other[2], south + north - other[1] - other[3]) / 2
    # a border that was mended moves a unit by less than half of its size, a position that was, not far either; other
    # units of the same ids lie farther apart
    size = np.hypot(east - west, north - south)
    moved = both[apart > np.where(size > 0, size / 2, FARTHEST_MENDED)]
    if len(moved):
        remedy = _(
            "These are other units: weigh the areas by registers (--registers DIR --year Y) or units (--units FILE)."
        )
        what = _("units of ids that {file} has elsewhere").format(file=before.file)
        example = _("unit {unit}").format(unit=second.unit_id[moved[0]])
        raise InputError(Problem(now.file, what, remedy, len(moved), example))
    return True


def _by_units(before: AreaSet, now: AreaSet, language: str) -> Comparison:
    first, second = before.members, now.members
    atoms = align(before, now)
    geometry = np.empty(len(atoms), dtype=object)
    here = atoms.of_now >= 0
    geometry[here] = second.places(atoms.of_now[here])
    geometry[~here] = first.places(atoms.of_before[~here])
    weights = Weights("units", now.file, now.known_year, now.source, len(second), int(second.residents.sum()))
    notes = told_of_one(before, second, language)
    outline = before.outline if before.crs == now.crs else reproject(before.outline, before.crs, now.crs)
    changes = compare_atoms(before, now, atoms)
    return Comparison(
        before, now, weights, atoms, geometry, now.crs, outline, now.outline, changes, notes, language
    )  # fmt: skip


def _by_points(before: AreaSet, now: AreaSet, points: Points, language: str) -> Comparison:
    notes = list(points.notes)
    if points.of is not None and before.is_designation and now.is_designation:
        text = _("The designations have other units: weighed by those of {file}, each at a point inside it", language)
        notes.append(text.format(file=points.of.file))
    areas, outlines = [], []
    for side in (before, now):
        there = side.in_crs(points.crs)
        if points.of is side:
            area, twice, residents = side.members.area_of_unit, list[tuple[str, str]](), 0
        else:
            area, twice, residents = area_of_points(there, points)
        if there is not side:
            source, target = short_crs(side.crs), short_crs(points.crs)
            text = _("{file}: reprojected from {source} to {target}", language)
            notes.append(text.format(file=side.file, source=source, target=target))
        if twice:
            text = _("{file}: residents of two areas count in the first by name: {residents} ({pairs})", language)
            notes.append(text.format(file=side.file, residents=residents, pairs=shown_pairs(twice)))
        outside = _outside(there.outline, area, points)
        if len(outside):
            text = _("{file}: areas outside the city: {count}, among them {examples}", language)
            notes.append(_among(text, side, outside))
        areas.append(area)
        outlines.append(there.outline)
    of_now = np.flatnonzero((areas[0] >= 0) | (areas[1] >= 0))
    none = np.full(len(of_now), -1, dtype=np.int64)
    earlier, current = (area[of_now] for area in areas)
    atoms = Atoms(points.unit_id[of_now], points.residents[of_now], earlier, current, of_now, none)
    changes, drawn = compare_atoms(before, now, atoms), points.drawn(of_now)
    return Comparison(
        before, now, points.weights, atoms, drawn, points.crs, outlines[0], outlines[1], changes, tuple(notes), language
    )  # fmt: skip


def _unlike(before: AreaSet, now: AreaSet, language: str) -> list[str]:
    """What two designations of ours do not have in common."""
    if not before.is_designation or not now.is_designation:
        return []
    notes = []
    if before.policy_sha256 != now.policy_sha256:
        told = (before.policy_id, now.policy_id)
        if told[0] == told[1]:
            told = (f"{told[0]} ({before.policy_sha256[:8]})", f"{told[1]} ({now.policy_sha256[:8]})")
        text = _("The designations were made by different policies: {before} and {now}", language)
        notes.append(text.format(before=told[0], now=told[1]))
    if before.source != now.source:
        text = _("The designations rest on different kinds of data: {before} and {now}", language)
        notes.append(text.format(before=before.source, now=now.source))
    return notes


def _empty_areas(before: AreaSet, now: AreaSet, compared: Comparison, language: str) -> list[str]:
    """Areas in which nobody lives."""
    notes = []
    for side, area in ((before, compared.atoms.earlier), (now, compared.atoms.current)):
        empty = np.flatnonzero(total(area, compared.atoms.residents, len(side)) == 0)
        if len(empty):
            text = _("{file}: areas that nobody lives in: {count}, among them {examples}", language)
            notes.append(_among(text, side, empty))
    return notes


def _among(text: str, side: AreaSet, areas: Ints) -> str:
    examples = ", ".join(str(side.area_id[area]) for area in areas[:_EXAMPLES])
    return text.format(file=side.file, count=len(areas), examples=examples)
