"""Files of exact sums by unit: one Parquet file a year, a row a unit, whole numbers; what was counted stands beside.

The file is for the house itself, as the layer ``units`` of a designation is: it holds counts of few people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Ints, as_objects
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import check_file
from udsat_geo.messages.translate import _
from udsat_geo.messages.version import __version__
from udsat_geo.registers.unit_intervals import Bounds, IntervalColumn
from udsat_geo.registers.unit_margins import Errors
from udsat_geo.units.grid import Grid
from udsat_geo.units.regions import Regions
from udsat_geo.units.sums import INTERNAL, InputRead, Sums
from udsat_geo.units.units import Units

FORMAT = 1
"""Of the file; one of another number is not read."""
NAME = "sums_{year}.parquet"
"""What a file is called in its folder."""
_LEVEL = 9
_DAMAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What JSON and columns of other kinds come to."""
_SIDES = ("numerator", "denominator")


def name_of_sums(year: int | str) -> str:
    """What the file of a year is called; ``*`` stands for any."""
    return NAME.format(year=year)


# --- written ------------------------------------------------------------------------------------------------------


def write_sums(path: Path, sums: Sums) -> None:
    """Write sums; the same sums give the same bytes.

    Parameters
    ----------
    path : Path
    sums : Sums
        With the hashes of what they were taken from.

    Raises
    ------
    InputError
        If a criterion is a quantile, whose values are those of single persons.
    OSError
        If the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    check_can_be_kept(sums)
    texts = {key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
             for key, value in _told(sums).items()}  # fmt: skip
    table = pa.table(dict(_columns(sums))).replace_schema_metadata(texts)
    pq.write_table(table, path, compression="zstd", compression_level=_LEVEL, write_page_checksum=True)


def check_can_be_kept(sums: Sums) -> None:
    """Refuse criteria whose values would have to be kept person by person.

    Raises
    ------
    InputError
        Naming each.
    """
    what, remedy = _("is a quantile: its values are those of single persons"), _("Use a policy without quantiles.")
    named = [sums.keys[j] for j in sums.units.quantiles]
    if named:
        raise InputError(Problem(_("criteria ({key})").format(key=key), what, remedy) for key in named)


def _told(sums: Sums) -> dict[str, Any]:
    """What stands beside the rows."""
    units, found = sums.units, sums.found
    grid = units.grid
    return {
        "format": str(FORMAT),
        "version": sums.version,
        "audience": INTERNAL,
        "year": str(sums.year),
        "kind": units.kind,
        "crs": units.crs,
        "grid": None if grid is None else [grid.size, grid.id_pattern, grid.id_unit],
        "source": sums.source,
        "policy_id": sums.policy[0],
        "policy_sha256": sums.policy[1],
        "counted": sums.counted,
        "numerator_unit": units.numerator_unit.tolist(),
        "denominator_unit": units.denominator_unit.tolist(),
        "regions": None if units.regions is None else [units.regions.source, units.regions.name.tolist()],
        "inputs": [asdict(each) for each in sums.inputs],
        "counts": found["counts"],
        "rows": found["rows"],
        "notes": list(found["notes"]),
        "vintage": found["vintage"],
        "let": found["let"],
        "intervals": [asdict(each) for each in found.get("intervals", ())],
    }


def _columns(sums: Sums) -> Iterator[tuple[str, Any]]:
    """The columns of the file; what follows from the grid is left out."""
    import pyarrow as pa
    import shapely

    units = sums.units
    if units.row is not None and units.col is not None and units.grid is not None:
        yield "row", pa.array(units.row)
        yield "col", pa.array(units.col)
        if (units.grid.ids(units.row, units.col) != units.unit_id).any():
            yield "unit_id", pa.array(units.unit_id.tolist(), pa.string())
    else:
        yield "unit_id", pa.array(units.unit_id.tolist(), pa.string())
        yield "easting", pa.array(units.easting)
        yield "northing", pa.array(units.northing)
    yield "residents", pa.array(units.residents)
    for name, values in _of_criteria(units):
        for key, column in zip(sums.keys, values.T, strict=True):
            yield f"{name}.{key}", pa.array(np.ascontiguousarray(column))
    if units.name is not None:
        yield "name", pa.array(units.name.tolist(), pa.string())
    if units.residents_known is not None:
        yield "residents_known", pa.array(units.residents_known)
    if units.regions is not None:
        yield "region", pa.array(units.regions.of_unit)
    if units.geometry is not None:
        yield "geometry", pa.array(shapely.to_wkb(units.geometry).tolist(), pa.binary())


def _of_criteria(units: Units) -> Iterator[tuple[str, Any]]:
    """What units have for each criterion, by the beginning of its column's name."""
    for side in _SIDES:
        yield side, getattr(units, side)
        if units.bounds is not None:
            for end in ("lower", "upper"):
                yield f"{side}_{end}", getattr(units.bounds, f"{side}_{end}")
        if units.errors is not None:
            yield f"{side}_error", getattr(units.errors, side)


# --- read ---------------------------------------------------------------------------------------------------------


def read_sums(path: Path) -> Sums:
    """Read a file of sums.

    Raises
    ------
    InputError
        If there is none, it is damaged, it was made for publication, or by another version of the program.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    again = _("Make it again with udsat sums, or designate --format sums.")
    check_file(path, path.name, whole=True)
    try:
        table = pq.read_table(path, page_checksum_verification=True)
        told = {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()}
        _check_readable(path, told)
        return _sums(path, {name: table.column(name) for name in table.column_names}, told)
    except FileNotFoundError:
        raise InputError(Problem(str(path), _("no such file"), _("Check the path."))) from None
    except (pa.ArrowException, OSError, *_DAMAGE) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise InputError(
                Problem(path.name, _("cannot be read ({reason})").format(reason=reason_of(error)))
            ) from None
        raise InputError(Problem(path.name, _("is damaged, or holds no sums by unit"), again)) from None


def _check_readable(path: Path, told: Mapping[str, str]) -> None:
    """Refuse what was written for others, or by another program.

    Raises
    ------
    InputError
    """
    again = _("Make it again with udsat sums, or designate --format sums.")
    if "audience" not in told or "counted" not in told:
        raise InputError(Problem(path.name, _("holds no sums by unit"), again))
    if told["audience"] != INTERNAL:
        what = _("is protected ({audience}), and areas are drawn of exact sums").format(audience=told["audience"])
        raise InputError(Problem(path.name, what, _("Ask for the sums that the house keeps for itself.")))
    if (told.get("format"), told.get("version")) != (str(FORMAT), __version__):
        what = _("was counted by version {version} of this program, and this is {own}")
        raise InputError(Problem(path.name, what.format(version=told.get("version", "?"), own=__version__), again))


def _sums(path: Path, columns: Mapping[str, Any], told: Mapping[str, str]) -> Sums:
    """Sums from the columns of their file and what stands beside them; KeyError or ValueError where these are none."""
    plain = ("format", "version", "audience", "year", "kind", "crs", "source", "policy_id", "policy_sha256")
    said: dict[str, Any] = {key: text if key in plain else json.loads(text) for key, text in told.items()}
    # tuples in a policy are lists in JSON
    counted = said["counted"]
    keys = [name.split(".")[1] for name in counted if name.endswith(".register_name")]
    n_units = len(columns["residents"])

    def ints(name: str) -> Ints:
        values: Ints = _without_gaps(columns[name]).astype(np.int64, casting="same_kind")
        return values

    def of_criteria(name: str) -> Any:
        return np.stack([_without_gaps(columns[f"{name}.{key}"]) for key in keys], axis=1)

    def pairs(kind: type[Any], ends: tuple[str, ...], marker: str) -> Any:
        if f"numerator_{marker}.{keys[0]}" not in columns:
            return None
        return kind(**{f"{side}{end}": of_criteria(f"{side}{end or '_error'}") for side in _SIDES for end in ends})

    region = None
    if said["regions"] is not None:
        source, names = said["regions"]
        region = Regions(source, as_objects(names), ints("region"))
    units = Units(
        kind=said["kind"],
        crs=said["crs"],
        **_places(columns, said, ints),
        residents=ints("residents"),
        numerator=of_criteria("numerator"),
        denominator=of_criteria("denominator"),
        numerator_unit=np.array(said["numerator_unit"], dtype=np.int64),
        denominator_unit=np.array(said["denominator_unit"], dtype=np.int64),
        residents_known=_without_gaps(columns["residents_known"]) if "residents_known" in columns else None,
        name=as_objects(columns["name"].to_pylist()) if "name" in columns else None,
        bounds=pairs(Bounds, ("_lower", "_upper"), "lower"),
        regions=region,
        errors=pairs(Errors, ("",), "error"),
    )
    if units.numerator.dtype != np.int64 or units.denominator.dtype != np.int64 or len(units.unit_id) != n_units:
        raise ValueError("sums are whole numbers")
    found = {key: said[key] for key in ("counts", "vintage", "let")}
    found |= {"notes": tuple(said["notes"]), "files": {"sums": path}, "rows": {**said["rows"], "sums": n_units}}
    intervals = tuple(IntervalColumn(**each) for each in said["intervals"])
    return Sums(
        year=int(said["year"]),
        units=units,
        counted=counted,
        found={**found, "intervals": intervals} if intervals else found,
        source=said["source"],
        version=said["version"],
        policy=(said["policy_id"], said["policy_sha256"]),
        inputs=tuple(InputRead(**each) for each in said["inputs"]),
    )


def _without_gaps(column: Any) -> Any:
    if column.null_count:
        raise ValueError("a value is missing")
    return column.combine_chunks().to_numpy(zero_copy_only=False).copy()


def _places(columns: Mapping[str, Any], said: Mapping[str, Any], ints: Any) -> dict[str, Any]:
    """Where units lie, and what they are called, in their one order."""
    import shapely

    if said["grid"] is None:
        geometry = None
        if "geometry" in columns:
            geometry = as_objects(shapely.from_wkb(columns["geometry"].to_pylist()))
        place = {name: _without_gaps(columns[name]) for name in ("easting", "northing")}
        return {"unit_id": as_objects(columns["unit_id"].to_pylist()), **place, "geometry": geometry}
    size, pattern, unit = said["grid"]
    grid, row, col = Grid(size, pattern, unit), ints("row"), ints("col")
    down, right = np.diff(row), np.diff(col)
    if not ((down > 0) | ((down == 0) & (right > 0))).all():
        raise ValueError("cells stand in their order, each once")
    easting, northing = grid.centres(row, col)
    names = as_objects(columns["unit_id"].to_pylist()) if "unit_id" in columns else grid.ids(row, col)
    return {"unit_id": names, "easting": easting, "northing": northing, "row": row, "col": col, "grid": grid}
