"""Areas read from any file: a designation that is read back, or polygons."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.polygons import read_polygons
from udsat_geo.changes.compare import Weighing
from udsat_geo.designation.read_back import area_set_of_tables
from udsat_geo.files.postgis import is_database
from udsat_geo.files.read import read_layers, read_summary, stems_of
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.registers.schema import CRS
from udsat_geo.sources.crs import crs_code, same_crs, short_crs
from udsat_geo.sources.features import geometry_column, read_layer
from udsat_geo.sources.origins import name_of
from udsat_geo.synthetic import DEFAULT_SEED

LAYERS = {"areas", "units"}
"""By which the GeoPackage of a designation is known."""


def read_area_set(
    where: str | Path, language: str, name: str | None = None, year: int = -1, allow_overlaps: bool = False
) -> AreaSet:
    """Read areas in their own reference system, to compare them with others.

    Parameters
    ----------
    where : str or Path
        A designation of ours in any format that is read back, or polygons of any vector file; ``FILE|layername=NAME``
        names a layer of polygons.
    language : {"da", "en"}
        Of the notes.
    name : str, optional
        Polygons: the column that tells the areas apart; rows of one value are one area.
    year : int
        Of polygons, where it is known.
    allow_overlaps : bool
        Count a resident of two polygons in the first of them instead of refusing the file.

    Raises
    ------
    InputError
        If the file is missing or damaged, holds no areas, or areas that overlap.
    """
    if is_designation(where):
        return read_designation(where)
    return read_polygons(Path(where), language, "area", True, name, year, allow_overlaps)[0]


def read_areas_of_registers(where: str | Path, language: str, allow_overlaps: bool = False, crs: str = CRS) -> AreaSet:
    """Read areas that people of registers are counted in: a designation, or polygons, one for each row.

    Parameters
    ----------
    where : str or Path
        As of `read_area_set`.
    language : {"da", "en"}
        Of the notes.
    allow_overlaps : bool
        Whether polygons that overlap are said instead of refused.
    crs : str
        The reference system that the policy works in; polygons are brought to it.

    Raises
    ------
    InputError
        If the file is missing, damaged, a designation in another reference system or without areas, or its polygons
        are at fault.
    """
    if not is_designation(where):
        return read_polygons(Path(where), language, allow_overlaps=allow_overlaps, crs=crs)[0]
    found = read_designation(where)
    if not same_crs(found.crs, crs):
        what = _("is a designation in {crs}, and the policy works in {registers}")
        remedy = _("Name a designation of the same city, or the policy that it was made by.")
        raise InputError(Problem(found.file, what.format(crs=short_crs(found.crs), registers=short_crs(crs)), remedy))
    if not len(found):
        raise InputError(Problem(found.file, _("is a designation without any area"), _("Name another one.")))
    return found


def is_designation(where: str | Path) -> bool:
    """Whether areas are to be read as a designation of ours: they have the layers, or at least the name."""
    if is_database(where):
        return True
    path = Path(where)
    if path.suffix == ".parquet":
        return any((path.parent / f"{stem}.json").is_file() for stem in stems_of(path))
    if path.suffix.lower() != ".gpkg" or not path.is_file():
        return False
    # asked of SQLite itself: GDAL leaves a file of its own beside a GeoPackage that it lists
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            layers = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
    except (sqlite3.Error, UnicodeDecodeError):  # a damaged schema is told with its bytes
        layers = set()  # reading it tells what is wrong
    by_name = path.stem.startswith("designation_") and path.with_suffix(".json").exists()
    return layers >= LAYERS or by_name


def read_designation(where: str | Path, places: bool = True) -> AreaSet:
    """The areas of a designation that was written before, with its units.

    Parameters
    ----------
    where : str or Path
        As of `udsat_geo.files.read.read_layers`.
    places : bool
        False spares it reading where the units of a GeoPackage lie.

    Raises
    ------
    InputError
        If it is missing, damaged, or no designation.
    """
    path = Path(where)
    if is_database(where) or (path.exists() and path.suffix.lower() != ".gpkg"):
        return read_layers(where).area_set()
    if not path.is_file():
        remedy = _("Name a designation_YEAR.gpkg, or none.")
        raise InputError(Problem(str(path), _("no such designation"), remedy))
    summary = read_summary(path)
    try:
        # only what counts here: a unit has many columns
        columns = ["unit_id", "residents", "area_id"]
        of_units, units = read_layer(path, "units", columns=columns, read_geometry=places)
        of_areas, areas = read_layer(path, "areas")
        located, outlines = units[geometry_column(of_units)] if places else None, areas[geometry_column(of_areas)]
        crs = of_areas.get("crs")
        if crs is None:
            what = _("does not say its reference system")
            raise InputError(Problem(name_of(path), what, _("Make the designation again.")))
        return area_set_of_tables(summary, units, areas, located, outlines, crs_code(crs), name_of(path), path)
    except (KeyError, ValueError, NotImplementedError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        what = _("is no designation of ours ({reason})").format(reason=reason)
        raise InputError(Problem(name_of(path), what, _("Name another file."))) from None


def weighing_by(
    raw: Path | None, units: Path | None, year: int | None, policy: LoadedPolicy | None, seed: int = DEFAULT_SEED
) -> Weighing:
    """Whom areas are weighed by, as a call names it: registers, or units of a table or of a designation.

    Raises
    ------
    InputError
        If both are named, or the designation cannot be read.
    """
    if units is not None and raw is not None:
        what = _("both say whom to weigh areas by")
        raise InputError(Problem("--units, --registers", what, _("Name one of them.")))
    if units is not None and policy is None and is_designation(units):
        return Weighing(areas=read_designation(units), year=year, seed=seed)
    return Weighing(raw, units, None, year, policy, seed)


def read_two(
    before: str | Path, now: str | Path, names: tuple[str, ...], language: str, allow_overlaps: bool = False
) -> tuple[AreaSet, AreaSet]:
    """Two sets of areas; `names` has the column that tells polygons apart, for both, or one for each."""
    columns = (names[0] if names else None, names[-1] if names else None)
    first, second = (
        read_area_set(where, language, column, allow_overlaps=allow_overlaps)
        for where, column in zip((before, now), columns, strict=True)
    )
    return first, second
