"""Reading a designation back, to compare another one with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.diff import Designated
from udsat_geo.errors import InputError, Problem
from udsat_geo.vector import reading_gdal


def read_designated(path: Path, geometry: bool = False) -> Designated:
    """Read a designation from its GeoPackage; its JSON stands beside it.

    Parameters
    ----------
    path : Path
        A ``designation_YEAR.gpkg`` that this product wrote.
    geometry : bool
        Whether to read where its units lie as well.

    Raises
    ------
    InputError
        If the file is missing, damaged, or no designation.
    """
    import shapely

    pyogrio = reading_gdal()

    if not path.is_file():
        raise InputError(Problem(str(path), "no such designation", "Name a designation_YEAR.gpkg, or none."))
    summary = read_summary(path)
    try:
        of_units, units = pyogrio.read_arrow(
            path, layer="units", columns=["unit_id", "residents", "area_id"], read_geometry=geometry
        )
        of_areas, areas = pyogrio.read_arrow(path, layer="areas")
        unit_id = _texts(units, "unit_id")
        labels = units["area_id"].to_pylist()
        residents = np.asarray(units["residents"].fill_null(0), dtype=np.int64)
        area_id = _texts(areas, "area_id")
        name, since = _texts(areas, "name"), np.asarray(areas["since"], dtype=np.int64)
        until = _until(areas)
        outline = shapely.from_wkb(_wkb(of_areas, areas))
        where = shapely.from_wkb(_wkb(of_units, units)) if geometry else None
    except (*gdal_errors(), KeyError, ValueError, shapely.errors.ShapelyError) as error:
        reason = str(error).split(";")[0].split("\n")[0]
        raise InputError(Problem(path.name, f"is no designation of ours ({reason})", "Name another file.")) from None
    number = {area: i for i, area in enumerate(area_id.tolist())}
    area_of_unit = np.array([number.get(area, -1) for area in labels], dtype=np.int64)
    lost = (area_of_unit < 0) & np.array([label is not None for label in labels], dtype=bool)
    _check_whole(path, unit_id, lost, area_id, where)
    return Designated(
        int(summary["year"]),
        summary["policy"]["id"],
        unit_id,
        residents,
        area_of_unit,
        area_id,
        name,
        since,
        outline,
        str(summary["policy"].get("sha256", "")),
        str(summary["source"]),
        until,
        where,
    )


def _check_whole(
    path: Path,
    unit_id: NDArray[np.object_],
    lost: NDArray[np.bool_],
    area_id: NDArray[np.object_],
    where: NDArray[np.object_] | None,
) -> None:
    """Refuse what only a file that was edited or damaged holds: `lost` units are in areas that it does not have."""
    import shapely

    remedy = "Make the designation again."
    nowhere = np.zeros(len(unit_id), dtype=bool)
    if where is not None:
        nowhere = shapely.is_missing(where) | shapely.is_empty(where)
    problems = [
        Problem(path.name, what, remedy, int(wrong.sum()), f"unit {unit_id[np.flatnonzero(wrong)[0]]}")
        for wrong, what in ((lost, "units of areas that the layer areas does not have"),
                            (nowhere, "units without a geometry"))
        if wrong.any()
    ]  # fmt: skip
    ids, count = np.unique(area_id.astype(str), return_counts=True)
    if (count > 1).any():
        what = "areas of one id in the layer areas"
        problems.append(Problem(path.name, what, remedy, int((count - 1).sum()), str(ids[count > 1][0])))
    if problems:
        raise InputError(problems)


def read_summary(path: Path) -> dict[str, Any]:
    """The summary beside a designation's GeoPackage.

    Raises
    ------
    InputError
        If it is missing or no summary of a designation.
    """
    beside = path.with_suffix(".json")
    try:
        summary: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Problem(str(beside), f"cannot be read ({reason})", "It belongs beside the GeoPackage.")
        ) from None
    except ValueError:
        raise InputError(Problem(beside.name, "is not JSON", "Make the designation again.")) from None
    if not _is_summary(summary):
        raise InputError(Problem(beside.name, "is not the summary of a designation", "Make the designation again."))
    return summary


def _is_summary(content: Any) -> bool:
    """Whether JSON content has what is read of a summary."""
    if not isinstance(content, dict) or not {"year", "policy", "source", "inputs"} <= content.keys():
        return False
    policy = content["policy"]
    return isinstance(content["year"], int) and isinstance(policy, dict) and isinstance(policy.get("id"), str)


def _until(areas: Any) -> NDArray[np.int64]:
    """End years, -1 where there is none; older files have no such column."""
    if "until" not in areas.column_names:
        return np.full(areas.num_rows, -1, dtype=np.int64)
    return np.asarray(areas["until"].fill_null(-1), dtype=np.int64)


def gdal_errors() -> tuple[type[Exception], ...]:
    """What reading a file that is missing, damaged or no such thing raises."""
    import pyogrio

    return (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)


def _wkb(meta: Any, table: Any) -> Any:
    return table[meta["geometry_name"] or "wkb_geometry"].to_numpy(zero_copy_only=False)


def _texts(table: Any, column: str) -> Any:
    values = np.empty(table.num_rows, dtype=object)
    values[:] = table[column].to_pylist()
    return values
