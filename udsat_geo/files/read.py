"""Reading which units qualified in earlier designations of an output folder or a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation.layers import LAYERS, Layers
from udsat_geo.designation.running import Qualified, earlier_years, qualified_throughout
from udsat_geo.designation.summary import Summary
from udsat_geo.files.delimited import read_csv_layer
from udsat_geo.files.flatgeobuf import read_flatgeobuf_layer
from udsat_geo.files.geojson import read_geojson_layer
from udsat_geo.files.parquet import read_parquet_layer
from udsat_geo.files.postgis import Database, database_of, holds_schema, is_database, read_database
from udsat_geo.files.stored import as_layer, read_files, read_summary
from udsat_geo.files.workbook import read_workbook
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.sources.features import list_layers, read_layer

OPTIONAL = ("overrides",)
"""What a designation may be without."""
_REMEDY = "Make the designation again, or name another file."


def read_layers(where: str | Path) -> Layers:
    """Read a designation back: what `udsat_geo.designation.layers.layers_of` gives of the one that was written.

    GeoPackage, Parquet and FlatGeobuf give everything back as it was (FlatGeobuf no difference between no geometry and
    an empty one, which layer by layer are never both there). GeoJSON gives positions within a millimetre, and rings
    run as RFC 7946 has them. CSV and Excel give attributes, no geometries; Excel no text beyond what a cell holds.

    Parameters
    ----------
    where : str or Path
        A ``designation_YEAR.gpkg``; any of its files in another format; its JSON, which stands beside all of them;
        a folder that holds a single designation; or a database, ``postgresql://USER@HOST/DATABASE?schema=NAME``.

    Raises
    ------
    InputError
        If it is missing, damaged, or no designation of ours.
    """
    if is_database(where):
        database = database_of(str(where))
        return _told(lambda: read_database(database), database.shown)
    path = Path(where)
    path = _only_one(path) if path.is_dir() else path
    path = _beside(path) if path.suffix.lower() == ".json" else path
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise InputError(Problem(str(where), "is no designation that can be read", f"Name a file of {known}."))
    if not path.is_file():
        raise InputError(Problem(str(path), "no such designation", "Name a designation_YEAR file that is there."))
    return _told(lambda: reader(path), path.name)


def read_year(database: Database, year: int) -> Layers | None:
    """A year's designation where it lies in a database by itself, in the schema ``designation_YEAR``; None without.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    schema = f"designation_{year}"
    if not holds_schema(database, schema):
        return None
    return _told(lambda: read_database(replace(database, schema=schema)), f"{database.shown}?schema={schema}")


def _told(read: Callable[[], Layers], name: str) -> Layers:
    """What is read, checked; what is not as this product writes it is told in one message."""
    try:
        return _checked(read(), name)
    except (KeyError, ValueError, NotImplementedError) as error:
        # a KeyError puts what it says in quotes
        said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        reason = said.split("\n")[0]
        raise InputError(Problem(name, f"is no designation of ours ({reason})", _REMEDY)) from None


def read_geopackage(path: Path) -> Layers:
    """A GeoPackage and the JSON beside it.

    Raises
    ------
    InputError
        If there is no summary.
    ValueError, KeyError
        If GDAL cannot read it, or it lacks a layer or holds other types.
    """
    summary = read_summary(path)
    present = set(list_layers(path))
    read = {name: read_layer(path, name) for name in LAYERS if name in present}
    return Layers(summary, {name: as_layer(name, meta, table, summary) for name, (meta, table) in read.items()})


def _only_one(folder: Path) -> Path:
    """The JSON of the one designation in a folder."""
    found = sorted(folder.glob("designation_*.json"))
    if len(found) == 1:
        return found[0]
    what = f"holds several designations: {', '.join(path.name for path in found)}" if found else "holds no designation"
    raise InputError(Problem(str(folder), what, "Name one of its files." if found else "Name another folder."))


def _beside(summary: Path) -> Path:
    """A file of the designation that a JSON tells of, in the first format there is."""
    for suffix in READERS:
        single, of_units = summary.with_suffix(suffix), summary.with_name(f"{summary.stem}_units{suffix}")
        found = next((path for path in (single, of_units) if path.is_file()), None)
        if found is not None:
            return found
    what = "stands alone: none of its other files is there"
    raise InputError(Problem(str(summary), what, f"Put the file of {', '.join(READERS)} beside it."))


def _checked(stored: Layers, name: str) -> Layers:
    """Refuse layers that are not there, and those that are of another run than the summary."""
    missing = [layer for layer in LAYERS if layer not in stored.layers and layer not in OPTIONAL]
    if missing:
        raise ValueError(f"it has no {', '.join(missing)}")
    told = [area.area_id for area in stored.summary.areas]
    found = stored.layers["areas"].table["area_id"].to_pylist()
    if told != found or stored.summary.units != len(stored.layers["units"].table):
        what = "holds other areas or units than the summary says"
        raise InputError(Problem(name, what, "They are of different runs: make the designation again."))
    return stored


READERS: dict[str, Callable[[Path], Layers]] = {
    ".gpkg": read_geopackage,
    ".parquet": lambda path: read_files(path, read_parquet_layer),
    ".fgb": lambda path: read_files(path, read_flatgeobuf_layer),
    ".geojson": lambda path: read_files(path, read_geojson_layer),
    ".xlsx": read_workbook,
    ".csv": lambda path: read_files(path, read_csv_layer),
}
"""How a file is read, by the end of its name; those that hold the most come first."""


def qualified_before(
    out: Path | Database, year: int, policy: LoadedPolicy, source: str, unit_id: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Which units qualified in every earlier designation that ``rule.years_running`` looks back on.

    Parameters
    ----------
    out : Path or Database
        Holds ``designation_YEAR.gpkg`` with its ``.json``, or a schema ``designation_YEAR``, for each of
        `udsat_geo.designation.running.earlier_years`.
    year : int
        The year to designate.
    policy : LoadedPolicy
    source : str
        The kind of input of this run.
    unit_id : object (str), shape (n_units,)

    Returns
    -------
    bool, shape (n_units,)
        True everywhere for a policy that looks at a single year. A unit that an earlier designation does not have
        did not qualify in it.

    Raises
    ------
    InputError
        As `read_earlier`, or if an earlier designation shares no unit with this one.
    """
    earlier = read_earlier(out, year, policy, source)
    now = set(unit_id.tolist())
    problems = [
        Problem(
            place_of(out, designation.year),
            f"shares no unit with this designation (it has {_first(designation.unit_id)}, this one {_first(unit_id)})",
            "Designate the years over the same units.",
        )
        for designation in earlier
        if now.isdisjoint(designation.unit_id.tolist())
    ]
    if problems:
        raise InputError(problems)
    return qualified_throughout(unit_id, earlier)


def read_earlier(out: Path | Database, year: int, policy: LoadedPolicy, source: str) -> tuple[Qualified, ...]:
    """The earlier designations that ``rule.years_running`` looks back on, the latest first.

    Each must have been made from the same kind of input, by this policy or by a base of it that asks the same of a
    unit in a single year: one that asks for less says nothing of what is asked here.

    Raises
    ------
    InputError
        With every year whose designation is missing, damaged, of another kind of input or by another policy.
    """
    found: list[Qualified] = []
    problems: list[str] = []
    for earlier in earlier_years(year, policy.policy):
        try:
            found.append(_read(out, earlier, policy, source))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    return tuple(found)


def place_of(out: Path | Database, year: int) -> str:
    """Where the designation of a year lies in an output folder or a database, for messages."""
    return f"{out.shown}?schema=designation_{year}" if isinstance(out, Database) else str(path_of(out, year))


def path_of(folder: Path, year: int) -> Path:
    """Where the designation of a year lies in an output folder."""
    return folder / f"designation_{year}.gpkg"


def _read(out: Path | Database, year: int, policy: LoadedPolicy, source: str) -> Qualified:
    """One earlier designation, with what makes it unusable told at once."""
    place = place_of(out, year)
    by = " or ".join(policy.ids_of_same_demands)
    running = policy.policy.rule.years_running
    remedy = f"Designate {year} into the same {'database' if isinstance(out, Database) else 'folder'} first, with {by}."
    found = _find(out, year)
    if found is None:
        what = f"no such designation, and {policy.policy.id} looks back on {running} years running"
        raise InputError(Problem(place, what, remedy))
    summary, units = found
    problems = []
    if summary.year != year:
        problems.append(Problem(place, f"is of {summary.year}", remedy))
    if summary.policy.id not in policy.ids_of_same_demands:
        other = f"was made by {summary.policy.id}, which does not ask the same of a unit as {policy.policy.id}"
        problems.append(Problem(place, other, remedy))
    if summary.source != source:
        what = f"was made from another kind of input ({summary.source}, this one from {source})"
        problems.append(Problem(place, what, remedy))
    if problems:
        raise InputError(problems)
    try:
        return Qualified(year, *_units_of(units()))
    except (KeyError, ValueError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        raise InputError(Problem(place, f"is no designation of ours ({reason})", remedy)) from None


def _find(out: Path | Database, year: int) -> tuple[Summary, Callable[[], Any]] | None:
    """The summary of a year's designation, and what gives its table of units; None where there is none."""
    if isinstance(out, Database):
        stored = read_year(out, year)
        return None if stored is None else (stored.summary, lambda: stored.layers["units"].table)
    path = path_of(out, year)
    if not path.is_file():
        return None
    wanted = ["unit_id", "area_id", "qualified"]
    return read_summary(path), lambda: read_layer(path, "units", columns=wanted, read_geometry=False)[1]


def _units_of(units: Any) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Ids of the units and whether each qualified; in files without that column, whether it is in an area."""
    unit_id = np.array(units["unit_id"].to_pylist(), dtype=object)
    if len(set(unit_id.tolist())) < len(unit_id):
        raise ValueError("unit_id stands twice")
    return unit_id, _qualified(units)


def _qualified(units: Any) -> NDArray[np.bool_]:
    """The column ``qualified``, or else whether the unit is in an area; shape (n_units,)."""
    if "qualified" in units.column_names:
        told = [str(value).lower() for value in units["qualified"].to_pylist()]
        if not set(told) <= {"true", "false", "none"}:
            raise ValueError("qualified is neither true nor false in places")
        return np.array([value == "true" for value in told], dtype=bool)
    return np.array([area is not None for area in units["area_id"].to_pylist()], dtype=bool)


def _first(unit_id: NDArray[np.object_]) -> str:
    return str(unit_id[0]) if len(unit_id) else "none"
