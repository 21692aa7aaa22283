"""The areas of a designation that was read back, checked: a file may have been edited, or damaged."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from udsat_geo.areas.area_set import AreaSet, Figures, members_of_shapes
from udsat_geo.designation.summary import Summary, as_json, scales_of, sha256
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.sources.features import geometries_of


def area_set_of_tables(
    summary: Summary, units: Any, areas: Any, places: Any, outlines: Any, crs: str, file: str, path: Path | None
) -> AreaSet:
    """The areas and their units, of Arrow tables.

    Parameters
    ----------
    summary : Summary
    units, areas : pyarrow.Table
        The layers of these names, or as much of them as counts here.
    places, outlines : pyarrow array of well-known binary
        Where the units lie, or None where that does not count; and the outlines of the areas.
    crs : str
    file : str
        What the designation is called in messages.
    path : Path or None

    Raises
    ------
    InputError
        If units or areas are not whole.
    ValueError, KeyError
        If a column is missing or holds something else.
    """
    unit_id, area_id, labels = _texts(units, "unit_id"), _texts(areas, "area_id"), _texts(units, "area_id")
    residents, since = _whole_numbers(units, "residents", empty=0), _whole_numbers(areas, "since")
    # older files have no such column
    until = _whole_numbers(areas, "until", empty=-1) if "until" in areas.column_names else None
    geometry = None if places is None else geometries_of(places)
    number = {area: i for i, area in enumerate(area_id.tolist())} | {"": -1}
    _check_whole(file, unit_id, np.array([label not in number for label in labels], dtype=bool), area_id, geometry)
    area_of_unit = np.array([number[label] for label in labels], dtype=np.int64)
    year = summary.year
    files = () if path is None else ((year, "designation", path), (year, "summary", path.with_suffix(".json")))
    return AreaSet(
        area_id=area_id,
        name=_texts(areas, "name"),
        outline=geometries_of(outlines),
        crs=crs,
        year=year,
        since=since,
        file=file,
        path=path,
        source=summary.source,
        policy_id=summary.policy.id,
        policy_sha256=summary.policy.sha256,
        sha256=hashlib.sha256(as_json(summary).encode()).hexdigest() if path is None else sha256(path),
        until=until,
        members=members_of_shapes(unit_id, residents, area_of_unit, geometry),
        figures=_figures(areas, summary),
        files=files,
        scales=scales_of(summary),
    )


def _whole_numbers(table: Any, column: str, empty: int | None = None) -> Ints:
    """A column of whole numbers, shape (n_rows,); `empty` stands for missing ones, which are refused without it."""
    values = table[column].to_pylist()
    if empty is None and None in values:
        raise ValueError(_("{column} is empty in places").format(column=column))
    # a program that keeps missing values as NaN has written whole numbers as floats
    whole = [empty if value is None else value for value in values]
    if not all(isinstance(value, int | float) and value == value // 1 for value in whole):
        raise ValueError(_("{column} holds no whole numbers").format(column=column))
    return np.array(whole, dtype=np.int64)


def _figures(areas: Any, summary: Summary) -> Figures | None:
    """What the areas were like; None in a file that does not say it as we do."""
    rates = [column for column in areas.column_names if column.startswith("rate_")]

    def numbers(column: str) -> Floats:
        return np.array([np.nan if value is None else float(value) for value in areas[column].to_pylist()])

    try:
        rate = {column.removeprefix("rate_"): numbers(column) for column in rates}
        city = {one.criterion: math.nan if one.city is None else one.city for one in summary.status}
        spread = {one.key: math.nan if one.spread is None else one.spread for one in summary.criteria}
        return Figures(numbers("composite"), rate, city, spread)
    except (KeyError, TypeError, ValueError):
        # what is compared are the areas: a column of figures that was changed by hand stops nothing
        return None


def _texts(table: Any, column: str) -> Objects:
    """A column as texts, empty where there is none, shape (n_rows,)."""
    return as_objects("" if value is None else str(value) for value in table[column].to_pylist())


def _check_whole(file: str, unit_id: Objects, lost: Flags, area_id: Objects, geometry: Objects | None) -> None:
    """Refuse what only a file that was edited or damaged holds: `lost` units are in areas that it does not have."""
    remedy = _("Make the designation again.")
    nowhere = np.zeros(0, dtype=bool) if geometry is None else shapely.is_missing(geometry) | shapely.is_empty(geometry)
    unit = _("unit {unit}")
    problems = [
        Problem(file, what, remedy, int(wrong.sum()), unit.format(unit=unit_id[np.flatnonzero(wrong)[0]]))
        for wrong, what in (
            (lost, _("units of areas that the layer areas does not have")),
            (nowhere, _("units without a geometry")),
        )
        if wrong.any()
    ]
    without = {"area": _("areas without an id"), "unit": _("units without an id")}
    twice = {"area": _("areas of one id in the layer areas"), "unit": _("units of one id in the layer units")}
    for ids, one in ((area_id, "area"), (unit_id, "unit")):
        if (ids == "").any():
            problems.append(Problem(file, without[one], remedy, int((ids == "").sum())))
        known, count = np.unique(ids[ids != ""].astype(str), return_counts=True)
        if (count > 1).any():
            problems.append(Problem(file, twice[one], remedy, int((count - 1).sum()), str(known[count > 1][0])))
    if problems:
        raise InputError(problems)
