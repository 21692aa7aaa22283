"""A ready-made table of cells or zones as units, alone or filled from registers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.distributions import Quantiles, ReadyMade
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import RegisterSums, read_registers
from udsat_geo.registers.schema import CRS
from udsat_geo.registers.unit_rows import UnitSums, sum_unit_rows
from udsat_geo.sources.crs import (
    MOST_DISTORTION,
    check_crs,
    coordinates_in,
    crs_code,
    crs_to_write,
    is_projected_in_metres,
    plane_of,
    reproject,
    same_crs,
    scale_at,
    short_crs,
)
from udsat_geo.sources.csv import TableSettings
from udsat_geo.sources.features import REPROJECTED, TAKEN_AS, Features, as_texts, check_polygons, read_features
from udsat_geo.sources.positions import Extent, check_positions, doubts, extent_of, in_words
from udsat_geo.units.grid import Grid, find_cells
from udsat_geo.units.hexagons import with_hexagons
from udsat_geo.units.ids import ids_of_units
from udsat_geo.units.regions import regions_of_column
from udsat_geo.units.table_grid import grid_of_table
from udsat_geo.units.units import Units
from udsat_geo.units.zones import zone_of_points

COVERED, LEAST_COVERED = 0.99, 3
"""A zone that covers so much of each of so many others is told of as a total; own choice."""


@dataclass(frozen=True)
class UnitTable:
    """A unit table, checked and put in canonical order.

    Attributes
    ----------
    name : str
    crs : str
    unit_id : object (str), shape (n_units,)
    geometry : object (shapely), shape (n_units,), or None
        In `crs`; None for cells, whose ids say where they are.
    row, col : int64, shape (n_units,), or None
    attributes : pyarrow.Table, n_units rows
    notes : tuple of str
    row_in_file : int64, shape (n_units,)
        Where each unit's row stood in the file, from 0.
    grid : Grid or None
        Cells only.
    """

    name: str
    crs: str
    unit_id: NDArray[np.object_]
    geometry: NDArray[np.object_] | None
    row: NDArray[np.int64] | None
    col: NDArray[np.int64] | None
    attributes: Any
    notes: tuple[str, ...]
    row_in_file: NDArray[np.int64]
    grid: Grid | None = None


def read_unit_table(path: Path, policy: Policy, language: str = "en") -> UnitTable:
    """Read a unit table and check its ids and geometries.

    Raises
    ------
    InputError
        For a missing or damaged file, missing, empty or repeated ids, geometries that are missing, invalid or no
        polygons, an unknown or unexpected reference system, and grid ids that contradict the geometry.
    """
    import shapely

    written = TableSettings(decimal=policy.units.decimal, thousands=policy.units.thousands)
    features = read_features(path, language=language, settings=written)
    ids, told = ids_of_units(features, policy, language)
    features = with_hexagons(features, ids, policy, language)
    features, crs, reprojected = _reference_system(features, policy, language)
    notes = features.notes + told + reprojected
    geometry = features.geometry
    if geometry is not None:
        check_polygons(features.name, geometry, ids)
        if features.crs is not None and not same_crs(features.crs, crs):
            geometry = reproject(geometry, features.crs, crs, features.name)
            check_polygons(features.name, geometry, ids)
        geometry = shapely.force_2d(geometry)
    if policy.units.kind == "cells":
        where = _("{name}, column {column}").format(name=features.name, column=policy.units.id)
        crs_is_stated = policy.units.crs is not None or geometry is not None
        grid, crs, told = grid_of_table(ids, policy, where, crs, crs_is_stated, language)
        row, col = grid.parse_ids(list(ids), where)
        _check_distinct(features.name, ids, row, col)
        _check_grid(features.name, grid, ids, row, col, geometry)
        notes += _check_positions(features.name, ids, *grid.centres(row, col), crs, language)
        order = np.lexsort((col, row))
        return UnitTable(
            features.name,
            crs,
            ids[order],
            None,
            row[order],
            col[order],
            features.attributes.take(order),
            notes + told,
            order,
            grid,
        )
    if geometry is None:
        raise InputError(Problem(features.name, _("holds no geometries"), _("Zones need polygons.")))
    easting, northing = shapely.get_coordinates(shapely.centroid(geometry)).T
    notes += _check_positions(features.name, ids, easting, northing, crs, language)
    notes += _totals(features.name, ids, geometry, easting, northing, language)
    order = np.argsort(ids.astype(str), kind="stable")
    return UnitTable(
        features.name, crs, ids[order], geometry[order], None, None, features.attributes.take(order), notes, order
    )


def units_from_table(table: UnitTable, policy: Policy) -> tuple[Units, UnitSums]:
    """Units whose sums are columns of the table itself.

    Raises
    ------
    InputError
        If an expression of the policy does not fit the table's columns.
    """
    sums = sum_unit_rows(table.attributes, table.name, policy, table.row_in_file)
    sums, quantiles = _ready_made(sums, policy)
    if not sums.residents.any():
        what = _("nobody lives in the units: their residents are 0 or not known")
        raise InputError(Problem(table.name, what, _("Check [units] residents and missing in the policy.")))
    units = dataclasses.replace(_units(table, policy, sums.residents, sums), quantiles=quantiles)
    return units, sums


def _ready_made(sums: UnitSums, policy: Policy) -> tuple[UnitSums, Quantiles]:
    """The sums without those of criteria that are quantiles, which are of each unit alone, and these."""
    mine = [j for j, criterion in enumerate(policy.criteria) if criterion.is_quantile]
    if not mine:
        return sums, {}
    quantiles, notes = {}, []
    for j in mine:
        criterion = policy.criteria[j]
        persons = sums.denominator[:, j] / sums.denominator_unit[j]
        known = (persons > 0) & (persons >= criterion.least_persons)
        value = np.where(known, sums.numerator[:, j] / sums.numerator_unit[j], np.nan)
        quantiles[j] = ReadyMade(value, persons.astype(np.int64), (persons > 0) | (sums.residents > 0))
        text = N_(
            "{criterion}: a ready-made quantile of each unit. Several units together have none that is exact: areas of "
            "more than one, the rest of the city and the whole city are left without."
        )
        notes.append(Note(text, {"criterion": criterion.key}))
    numerator, denominator = sums.numerator.copy(), sums.denominator.copy()
    numerator[:, mine], denominator[:, mine] = 0, 0
    bounds = None if sums.bounds is None else sums.bounds.without(mine)
    kept = dataclasses.replace(
        sums, numerator=numerator, denominator=denominator, bounds=bounds, notes=(*sums.notes, *notes)
    )
    return kept, quantiles


def units_from_table_and_registers(
    table: UnitTable, folder: Path, policy: Policy, threads: int | None = None, year: int | None = None
) -> tuple[Units, RegisterSums]:
    """Units of a table, filled from registers: each address lies in the unit that holds its point.

    A point on the border of two zones, or in both where they overlap, belongs to the one that comes first by id.
    Overlaps are counted, as ``addresses_in_several_units``: there the order of the ids decides where people count.

    Parameters
    ----------
    table : UnitTable
    folder : Path
        Holds residents, dwellings and addresses.
    policy : Policy
        Its criteria read registers.
    threads : int, optional
        For DuckDB; no result depends on it.
    year : int, optional
        Which year of a folder that holds several.

    Returns
    -------
    units : Units
    sums : RegisterSums

    Raises
    ------
    InputError
        If the registers are at fault.
    """
    in_several, around = 0, None

    def place(located: Located) -> tuple[NDArray[np.int32], int]:
        nonlocal in_several, around
        easting, northing = located.easting, located.northing
        around = extent_of(easting, northing)
        if table.geometry is None:
            row, col = table.grid.cell_of(easting, northing)  # type: ignore[union-attr]
            cell = find_cells(table.row, table.col, row, col)  # type: ignore[arg-type]
            return cell.astype(np.int32), len(table.unit_id)
        unit_of_point, in_several = zone_of_points(table.geometry, easting, northing)
        return unit_of_point, len(table.unit_id)

    sums = read_registers(folder, policy, place, threads, year, table.crs)
    sums.counts["addresses_in_several_units"] = in_several
    if not sums.residents.any():
        raise InputError(_nobody(table, policy, around))
    return _units(table, policy, sums.residents, sums), sums


def _nobody(table: UnitTable, policy: Policy, around: Extent | None) -> Problem:
    """What is told when no resident of the registers could be placed in a unit, with where both lie."""
    import shapely

    if table.geometry is None:
        centres = table.grid.centres(table.row, table.col)  # type: ignore[union-attr, arg-type]
    else:
        centres = tuple(shapely.get_coordinates(shapely.centroid(table.geometry)).T)
    what = _("no dwelling of the registers could be placed in a unit: units lie in {units}, addresses in {addresses}")
    told = {"units": in_words(extent_of(*centres)), "addresses": in_words(around)}
    return Problem(table.name, what.format(**told), _("Check the reference systems of both, and the keys."))


def _units(table: UnitTable, policy: Policy, residents: NDArray[np.int64], sums: UnitSums | RegisterSums) -> Units:
    import shapely

    grid = table.grid
    if grid is not None:
        easting, northing = grid.centres(table.row, table.col)  # type: ignore[arg-type]
    else:
        centres = shapely.centroid(table.geometry)
        easting, northing = shapely.get_x(centres), shapely.get_y(centres)
    return Units(
        kind=policy.units.kind,
        crs=table.crs,
        unit_id=table.unit_id,
        easting=easting,
        northing=northing,
        residents=residents,
        numerator=sums.numerator,
        denominator=sums.denominator,
        numerator_unit=sums.numerator_unit,
        denominator_unit=sums.denominator_unit,
        row=table.row,
        col=table.col,
        grid=grid,
        geometry=table.geometry,
        residents_known=sums.residents_known if isinstance(sums, UnitSums) else None,
        name=_names(table, policy),
        bounds=sums.bounds if isinstance(sums, UnitSums) else None,
        errors=sums.errors if isinstance(sums, UnitSums) else None,
        regions=regions_of_column(table.attributes, table.name, policy),
        quantiles=sums.quantiles if isinstance(sums, RegisterSums) else {},
    )


def _names(table: UnitTable, policy: Policy) -> NDArray[np.object_] | None:
    """The units' names, where the policy names their column."""
    column = policy.units.name
    if column is None:
        return None
    if column not in table.attributes.column_names:
        what = _("the table {name} has no such column").format(name=table.name)
        raise InputError(
            Problem(
                _("{id}: units.name = {column!r}").format(id=policy.id, column=column), what, _("Mend or remove it.")
            )
        )
    names = np.empty(len(table.unit_id), dtype=object)
    names[:] = [text or None for text in as_texts(table.attributes, column, table.name)]
    return names


def _check_positions(
    name: str,
    ids: NDArray[np.object_],
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    crs: str,
    language: str,
) -> tuple[str, ...]:
    """Check that units lie where their reference system is used, and that it keeps distances; what is to be told."""

    def label(number: int) -> str:
        return _("unit {id}").format(id=ids[number])

    check_positions(name, easting, northing, crs, label)
    scales = scale_at(float(np.median(easting)), float(np.median(northing)), crs)
    if scales is not None and max(abs(scale - 1) for scale in scales) > MOST_DISTORTION:
        what = _("is in {crs}, in which a metre of the ground is {metres} here: it keeps no distances and areas")
        metres = " x ".join(decimal(scale, 2) for scale in dict.fromkeys(round(scale, 2) for scale in scales))
        remedy = _plane_remedy(crs, (float(np.median(easting)), float(np.median(northing))))
        raise InputError(Problem(name, what.format(crs=short_crs(crs), metres=metres), remedy))
    return tuple(note.told(language) for note in doubts(name, easting, northing, crs))


def _plane_remedy(crs: str, position: tuple[float, float]) -> str:
    """How to have units brought to a system that keeps distances where they lie."""
    easting, northing = np.array([position]).T
    (longitude,), (latitude,) = coordinates_in(easting, northing, crs, "EPSG:4326")
    remedy = _('Set crs = "{plane}", or another system of the country, and reproject_from = ["{crs}"] under [units].')
    return remedy.format(plane=plane_of(float(longitude), float(latitude)), crs=crs_to_write(crs))


def _totals(
    name: str,
    ids: NDArray[np.object_],
    geometry: NDArray[np.object_],
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    language: str,
) -> tuple[str, ...]:
    """What is told of zones that cover several others, as the row of a total does: their residents count twice."""
    _first, in_several = zone_of_points(geometry, easting, northing)
    if not in_several:
        return ()
    import shapely

    zone, inner = shapely.STRtree(shapely.points(easting, northing)).query(geometry, predicate="contains")
    other = zone != inner
    zone, inner = zone[other], inner[other]
    shared = shapely.area(shapely.intersection(geometry[zone], geometry[inner]))
    covered = np.bincount(zone[shared >= COVERED * shapely.area(geometry[inner])], minlength=len(ids))
    text = _(
        "{name}: zone {id} covers {count} others, as a total does: who lives there counts twice. "
        "Remove its row if it is a total.",
        language,
    )
    told = [
        text.format(name=name, id=ids[number], count=covered[number])
        for number in np.flatnonzero(covered >= LEAST_COVERED).tolist()
    ]
    # one or two may be an enclave that was not cut out; or the same zone by two names
    whole = (shared >= COVERED * shapely.area(geometry[inner])) & (covered[zone] < LEAST_COVERED)
    if whole.any():
        text = _(
            "{name}: zones that lie wholly in another: {count}, for example {id} in {other}. Where one holds the "
            "other's residents as well, these count twice.",
            language,
        )
        # the tree finds pairs in an order of its own
        first = int(np.lexsort((zone, inner, ~whole))[0])
        count = len(np.unique(inner[whole]))
        told.append(text.format(name=name, count=count, id=ids[inner[first]], other=ids[zone[first]]))
    return tuple(told)


def _reference_system(features: Features, policy: Policy, language: str) -> tuple[Features, str, tuple[str, ...]]:
    """The features with the reference system they are in, the one to work in, and what was said about it."""
    wanted, found = policy.units.crs, features.crs
    if wanted is not None:
        check_crs(wanted, policy.place("units.crs"))
    for allowed in policy.units.reproject_from:
        check_crs(allowed, policy.place("units.reproject_from"))
    if features.geometry is None:
        return features, wanted or CRS, ()
    if found is None and wanted is not None:
        note = _(TAKEN_AS, language).format(name=features.name, crs=wanted)
        return dataclasses.replace(features, crs=wanted), wanted, (note,)
    if found is None:
        remedy = _("Set it in the file, or say it in the policy: [units] crs.")
        raise InputError(Problem(features.name, _("does not say its reference system"), remedy))
    check_crs(found, features.name)
    if wanted is None:
        if not is_projected_in_metres(found):
            raise InputError(
                Problem(
                    features.name,
                    _("is in {crs}, whose positions are not metres").format(crs=short_crs(found)),
                    _plane_remedy(found, _middle(features.geometry)),
                )
            )
        return features, crs_code(found), ()
    if same_crs(found, wanted):
        return features, wanted, ()
    if any(same_crs(found, allowed) for allowed in policy.units.reproject_from):
        note = _(REPROJECTED, language).format(name=features.name, source=short_crs(found), target=wanted)
        return features, wanted, (note,)
    told = crs_to_write(found)
    remedy = _('Reproject the file, or allow it: [units] reproject_from = ["{crs}"].').format(crs=told)
    raise InputError(
        Problem(
            features.name,
            _("is in {crs}, the policy's units in {wanted}").format(crs=short_crs(found), wanted=wanted),
            remedy if told else _("Reproject the file to {crs}.").format(crs=wanted),
        )
    )


def _middle(geometry: NDArray[np.object_]) -> tuple[float, float]:
    """The middle of geometries that may not have been checked."""
    import shapely

    west, south, east, north = shapely.total_bounds(geometry)
    return float(west + east) / 2, float(south + north) / 2


def _check_distinct(name: str, ids: NDArray[np.object_], row: NDArray[np.int64], col: NDArray[np.int64]) -> None:
    """Check that no two ids, however they are written, name one cell."""
    order = np.lexsort((col, row))
    same = (np.diff(row[order]) == 0) & (np.diff(col[order]) == 0)
    if same.any():
        first = int(np.flatnonzero(same)[0])
        example = _("{first} and {second}").format(first=ids[order[first]], second=ids[order[first + 1]])
        raise InputError(
            Problem(name, _("ids that name the same cell"), _("Keep one row of each."), int(same.sum()), example)
        )


def _check_grid(
    name: str,
    grid: Grid,
    ids: NDArray[np.object_],
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    geometry: NDArray[np.object_] | None,
) -> None:
    """Check that each polygon lies in the cell that its id names (it may be clipped, at a city's border)."""
    import shapely

    if geometry is None:
        return
    inside = shapely.point_on_surface(geometry)
    found_row, found_col = grid.cell_of(shapely.get_x(inside), shapely.get_y(inside))
    wrong = (found_row != row) | (found_col != col)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        where = grid.ids(found_row[first : first + 1], found_col[first : first + 1])[0]
        remedy = _("Check the reference system, the cell size and the ids.")
        example = _("{unit_id} lies in {cell}").format(unit_id=ids[first], cell=where)
        raise InputError(
            Problem(name, _("cells that do not lie where their id says"), remedy, int(wrong.sum()), example)
        )
