"""Whom areas are weighed by that have no common units: addresses of registers, or the middles of units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.change_wording import NOTES
from udsat_geo.comparison import Weights
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.areas_file import AreasFile, is_designation, read_areas
from udsat_geo.job import DEFAULT_RAW, has_registers, register_folder, source_of
from udsat_geo.policy import LoadedPolicy
from udsat_geo.registers.schema import CRS
from udsat_geo.synthetic import DEFAULT_SEED, YEARS, cached_registers
from udsat_geo.vector import crs_code, features_in, file_of, name_of, read_features, values_of

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
    from udsat_geo.registers.addressed import residents_by_address

    known = [year for year in (named.year, now.year, before.year) if year is not None]
    year = known[0] if known else None
    if named.raw is None and not has_registers(DEFAULT_RAW):
        year = YEARS[-1] if year is None else year
        folder = cached_registers(year, named.seed, progress=progress)
        file, note = SYNTHETIC, NOTES[language]["synthetic"].format(year=year)
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
    features, _ = features_in(path, features.crs)
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

    from udsat_geo.outline import unit_polygons
    from udsat_geo.unit_table import read_unit_table, units_from_table

    rule = policy.policy
    if not rule.reads_unit_table:
        what = "its criteria read registers, so it names no residents of a unit table"
        raise InputError(Problem(f"policy {rule.id}", what, "Name the policy that the table was made for."))
    units, _ = units_from_table(read_unit_table(path, rule), rule)
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
