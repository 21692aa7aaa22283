"""A policy proposed for a ready-made table of cells or zones, from what the table holds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.writing import ProposedPolicy
from udsat_geo.registers.column_types import readable
from udsat_geo.registers.guessing import (
    ColumnSummary,
    id_column,
    missing_codes,
    name_column,
    residents_column,
    summarise,
)
from udsat_geo.registers.proposals import TableColumns, propose
from udsat_geo.registers.unit_texts import hidden_bounds
from udsat_geo.sources.crs import (
    coordinates_in,
    crs_to_write,
    is_projected_in_metres,
    plane_of,
    same_crs,
    scale_at,
    short_crs,
)
from udsat_geo.sources.engine import connect, quoted
from udsat_geo.sources.features import Features, keys_of
from udsat_geo.units.grid_ids import DANISH_ID, CellNames, family_of, size_of_label

CONTEXT = 500
"""Residents that a small unit is read with, as in kbh-2017."""
_REACH = 1000
_HOLES_HA = 4
_MOST_HIDDEN = 5
"""Ways in which one column may write a hidden count, before its texts are taken for something else; own choice."""
_SCALE = 0.01
"""How far a system's metres may be from those of the ground before another is proposed; own choice."""


@dataclass(frozen=True)
class _Cells:
    """What ids of cells say: of which size, in which system."""

    size: int
    crs: str | None


def propose_policy(
    features: Features, policy_id: str, unit_id: str | None = None, residents: str | None = None
) -> ProposedPolicy:
    """A policy for a table.

    Parameters
    ----------
    features : Features
    policy_id : str
    unit_id, residents : str, optional
        Columns that are not guessed.

    Raises
    ------
    InputError
        If the table holds no units, or no column seems to name them or to count their residents.
    """
    if features.attributes.num_rows == 0:
        raise InputError(Problem(features.name, _("holds no units"), _("Export it again.")))
    connection = connect()
    attributes, intervals = _without_hidden(_all_readable(connection, features))
    connection.register("attributes", attributes)
    columns = summarise(connection, "attributes")
    cells = {column.name: found for column in columns if (found := _cells_of(features, column)) is not None}
    chosen_id, chosen_residents, doubt = _needed(features, columns, list(cells), unit_id, residents)
    codes = missing_codes(columns)
    name = name_column(columns, chosen_id.name)
    taken = frozenset([chosen_id.name] if name is None else [chosen_id.name, name.name])
    relation = _without(connection, columns, codes)
    table = TableColumns(connection, relation, columns, chosen_residents, taken)
    criteria, unused = propose(table)
    grid = cells.get(chosen_id.name)
    crs, reproject_from, notes = _reference_system(features, grid)
    notes |= {"residents": doubt} if doubt else {}
    notes |= {"missing": _("these stand for values that are not known")} if codes else {}
    typical = _typical_residents(table)
    context = CONTEXT if typical < CONTEXT else 0
    size = None if grid is None else grid.size
    return ProposedPolicy(
        id=policy_id,
        table=features.name,
        kind="zones" if grid is None else "cells",
        unit_id=chosen_id.name,
        residents=table.in_sql(chosen_residents),
        name=None if name is None or grid is not None else name.name,
        size=size,
        crs=crs,
        reproject_from=reproject_from,
        missing=codes,
        intervals=intervals,
        round_residents=chosen_residents.kind == "number",
        context=context,
        reach=max(_REACH, 5 * (size or 0)),
        holes=max(_HOLES_HA, math.ceil((size or 0) ** 2 / 10_000)),
        criteria=criteria,
        unused=unused,
        notes=notes,
    )


def _all_readable(connection: duckdb.DuckDBPyConnection, features: Features) -> pa.Table:
    """The columns that can be reckoned with, each name once, letter case apart."""
    known: dict[str, pa.ChunkedArray] = {}
    for name in features.attributes.column_names:
        if name.lower() in {other.lower() for other in known} or features.attributes.column_names.count(name) > 1:
            continue
        column, problem = readable(connection, features.attributes.column(name), name)
        if problem is None:
            known[name] = column
    return pa.table(known)


def _without_hidden(attributes: pa.Table) -> tuple[pa.Table, dict[str, dict[str, tuple[int, int]]]]:
    """Columns of counts some of which are hidden as numbers, hidden ones in the middle; what those stand for."""
    intervals: dict[str, dict[str, tuple[int, int]]] = {}
    for place, name in enumerate(attributes.column_names):
        column = attributes.column(name)
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        texts = [text and text.strip() for text in column.to_pylist()]
        hidden = {text: found for text in dict.fromkeys(texts) if text and (found := hidden_bounds(text))}
        others = {text for text in texts if text and text not in hidden}
        if not 0 < len(hidden) <= _MOST_HIDDEN or not others or not all(map(str.isdecimal, others)):
            continue
        bounds = dict(sorted(hidden.items()))
        if all(least <= most for least, most in bounds.values()):
            intervals[name] = bounds
            middle = {text: (least + most) / 2 for text, (least, most) in bounds.items()}
            numbers = [None if not text else middle.get(text) if text in middle else float(text) for text in texts]
            whole = all(number is None or number == int(number) for number in numbers)
            counts = pa.array(numbers, pa.float64()).cast(pa.int64() if whole else pa.float64())
            attributes = attributes.set_column(place, name, counts)
    return attributes, intervals


def _needed(
    features: Features,
    columns: Sequence[ColumnSummary],
    of_cells: Sequence[str],
    unit_id: str | None,
    residents: str | None,
) -> tuple[ColumnSummary, ColumnSummary, str]:
    """The columns of ids and of residents, and what is doubtful of the latter."""
    by_name = {column.name: column for column in columns}
    problems = [
        Problem(
            option,
            _("{file} has no column {name!r} that can be read").format(file=features.name, name=name),
            _("The file has: {names}.").format(names=", ".join(by_name)),
        )
        for option, name in (("--id", unit_id), ("--residents", residents))
        if name is not None and name not in by_name
    ]
    if problems:
        raise InputError(problems)
    found_id = by_name[unit_id] if unit_id is not None else id_column(columns, of_cells)
    found, is_sure = residents_column(columns) if residents is None else (by_name[residents], True)
    there = _("The file has: {names}.").format(names=", ".join(by_name))
    if found_id is None:
        what = _("no column names the units, each by a value of its own")
        problems.append(Problem(features.name, what, _("Name it with --id COLUMN. {there}").format(there=there)))
    if found is None:
        what = _("no column is called like the residents of a unit")
        remedy = _("Name it with --residents COLUMN, or the table that has it with --with FILE. {there}")
        problems.append(Problem(features.name, what, remedy.format(there=there)))
    if found_id is None or found is None:
        raise InputError(problems)
    return found_id, found, "" if is_sure else _("guessed by its name: see that it counts everybody who lives there")


def _cells_of(features: Features, column: ColumnSummary) -> _Cells | None:
    """What the ids of grid cells say, where a column holds such ids and no others."""
    if column.kind != "text" or not column.is_distinct:
        return None
    ids = keys_of(features.attributes, column.name, features.name)
    found = family_of(ids[0], 100)
    if found is None:
        label = re.match(r"(\d+k?m)_", ids[0])
        if label is None:
            return None
        size = size_of_label(label[1])
        return _Cells(size, "EPSG:25832") if size and not CellNames(DANISH_ID, size, size).read(ids)[2] else None
    northing, easting, others = CellNames(found.pattern, found.size, found.unit).read(ids)
    if others:
        return None
    if found.name != "CBS":
        return _Cells(found.size, found.crs)
    steps = np.concatenate([np.diff(np.unique(side)) for side in (northing, easting)])
    return _Cells(int(steps.min()), "EPSG:28992") if len(steps) else None


def _without(connection: duckdb.DuckDBPyConnection, columns: Sequence[ColumnSummary], codes: Sequence[float]) -> str:
    """SQL of the rows with missing values as NULL."""
    listed = ", ".join(repr(code) for code in codes)
    parts = [
        f"CASE WHEN {quoted(column.name)} IN ({listed}) THEN NULL ELSE {quoted(column.name)} END AS "
        f"{quoted(column.name)}"
        if column.is_numeric and codes
        else quoted(column.name)
        for column in columns
    ]
    return f"(SELECT {', '.join(parts)} FROM attributes)"


def _typical_residents(table: TableColumns) -> float:
    """Of the unit in which the resident in the middle lives, units without residents apart."""
    residents = quoted(table.residents.name)
    query = f"SELECT median({residents}) FROM {table.relation} WHERE {residents} > 0"
    return float(table.connection.execute(query).fetchall()[0][0] or 0)


def _reference_system(features: Features, grid: _Cells | None) -> tuple[str | None, str | None, dict[str, str]]:
    """The system to work in, the one to come from, and what is to be said of them."""
    if features.geometry is None:
        if grid is None:
            remedy = _("Give a vector file, or cells with ids of a grid.")
            raise InputError(Problem(features.name, _("holds no geometries and no ids of grid cells"), remedy))
        told = _("a table without geometries: see that its ids count metres of this system")
        return grid.crs, None, {"crs": told} if grid.crs else {}
    if features.crs is None:
        raise InputError(Problem(features.name, _("does not say its reference system"), _("Set it in the file.")))
    wanted = None if grid is None else grid.crs
    longitude, latitude = _middle(features)
    if wanted is None and _keeps_distances(features.crs, longitude, latitude):
        return crs_to_write(features.crs) or None, None, {}
    wanted = wanted or plane_of(longitude, latitude)
    if same_crs(features.crs, wanted):
        return wanted, None, {}
    told = _("a plane for latitude {latitude}, longitude {longitude}; another of the country serves as well")
    place = {"latitude": decimal(latitude, 1), "longitude": decimal(longitude, 1)}
    return wanted, short_crs(features.crs), {"crs": told.format(**place)} if grid is None else {}


def _middle(features: Features) -> tuple[float, float]:
    """Longitude and latitude of the middle of the units."""
    import shapely

    west, south, east, north = shapely.total_bounds(features.geometry)
    easting, northing = np.array([(west + east) / 2]), np.array([(south + north) / 2])
    (longitude,), (latitude,) = coordinates_in(easting, northing, str(features.crs), "EPSG:4326")
    return float(longitude), float(latitude)


def _keeps_distances(crs: str, longitude: float, latitude: float) -> bool:
    """Whether a system is a plane whose metres are those of the ground there."""
    if not is_projected_in_metres(crs):
        return False
    (easting,), (northing,) = coordinates_in(np.array([longitude]), np.array([latitude]), "EPSG:4326", crs)
    scale = scale_at(float(easting), float(northing), crs)
    return scale is None or all(abs(side - 1) <= _SCALE for side in scale)
