"""Good input of every kind in one folder, and small functions that spoil it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point, Polygon, box

from edge_registers import write_edge_registers
from estates import write_estates
from made_once import made_once

Spoil = Callable[[Path], None]

WEST, SOUTH, SIZE, SIDE = 719_000, 6_174_000, 100, 8
"""The ready-made units: a square of `SIDE` times `SIDE` cells."""

UNIT_POLICY = """
id = "ready-made"
years = [2000, 2030]
[units]
kind = "{kind}"
size = 100
id = "id"
residents = "people"
{more}
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
worse = "high"
[rule]
core = 0.8
edge = 0.4
[areas]
residents = 50
"""


@made_once
def write_good_input(folder: Path) -> None:
    """Registers (`raw`, `csv`), unit tables (`units.gpkg`, `cells.csv`, `estates.gpkg`) and policies for them."""
    write_edge_registers(folder / "raw")
    write_edge_registers(folder / "csv", files="csv")
    shutil.rmtree(folder / "csv" / "twin")
    zones = good_units()
    zones.to_file(folder / "units.gpkg", layer="units")
    zones.drop(columns="geometry").to_csv(folder / "cells.csv", index=False)
    write_estates(folder / "estates.gpkg", {"A": {}, "B": {"basic_school_30_59": 1000}})
    (folder / "mine.toml").write_text('extends = "kbh-2017"\nid = "mine"\n')
    (folder / "zones.toml").write_text(UNIT_POLICY.format(kind="zones", more=""))
    (folder / "zones_utm.toml").write_text(UNIT_POLICY.format(kind="zones", more='crs = "EPSG:25832"'))
    (folder / "cells.toml").write_text(UNIT_POLICY.format(kind="cells", more=""))
    text = resources.files("udsat_geo.policy").joinpath("policies", "kbh-2017.toml").read_text(encoding="utf-8")
    (folder / "policy.toml").write_text(text, encoding="utf-8")


def good_units() -> Any:
    """Square units with ids, residents and the poor among them."""
    rows = []
    for row in range(SIDE):
        for col in range(SIDE):
            west, south = WEST + SIZE * col, SOUTH + SIZE * row
            rows.append(
                {
                    "id": f"100m_{south // SIZE}_{west // SIZE}",
                    "people": 100 + row,
                    "poor": 60 if row < 3 and col < 3 else 10,
                    "geometry": box(west, south, west + SIZE, south + SIZE),
                }
            )
    return gpd.GeoDataFrame(rows, crs="EPSG:25832")


# --- spoiling -----------------------------------------------------------------------------------------------


def nothing(folder: Path) -> None:
    """Leave all as it is; the call itself is at fault."""


def remove(name: str) -> Spoil:
    """Remove a file or folder."""

    def spoil(folder: Path) -> None:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return spoil


def write(name: str, content: str | bytes) -> Spoil:
    """Write a file whole."""
    data = content.encode() if isinstance(content, str) else content

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return spoil


def change_bytes(name: str, change: Callable[[bytes], bytes]) -> Spoil:
    """Change the bytes of a file."""

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return spoil


def cut(name: str, share: float = 0.5, length: int | None = None) -> Spoil:
    """Cut a file off."""
    return change_bytes(name, lambda data: data[: int(len(data) * share) if length is None else length])


def replace(name: str, old: str, new: str) -> Spoil:
    """Replace a text that stands in a file, everywhere."""

    def change(data: bytes) -> bytes:
        if old.encode() not in data:
            raise ValueError(f"{old!r} does not stand in {name}")
        return data.replace(old.encode(), new.encode())

    return change_bytes(name, change)


def frame(table: str, change: Callable[[Any], Any]) -> Spoil:
    """Change a Parquet table as a data frame."""

    def spoil(folder: Path) -> None:
        path = folder / "raw" / f"{table}.parquet"
        change(pd.read_parquet(path)).to_parquet(path, index=False)

    return spoil


def values(table: str, column: str, new: Sequence[Any], kind: Any = None) -> Spoil:
    """Set the first values of a column of a Parquet table, after giving it another type."""

    def change(rows: Any) -> Any:
        if kind is not None:
            rows[column] = rows[column].astype(kind)
        rows.loc[: len(new) - 1, column] = new
        return rows

    return frame(table, change)


def whole_column(table: str, column: str, make: Callable[[Any], Any]) -> Spoil:
    """Make a column of a Parquet table anew from its old values."""
    return frame(table, lambda rows: rows.assign(**{column: make(rows[column])}))


def not_a_number(table: str, column: str, number: float) -> Spoil:
    """Write NaN or infinity itself (no missing value) into a column, twice."""

    def spoil(folder: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = folder / "raw" / f"{table}.parquet"
        content = pq.read_table(path)
        plain = content.column(column).to_pylist()
        plain[:2] = [number, number]
        place = content.column_names.index(column)
        pq.write_table(content.set_column(place, column, pa.array(plain, pa.float64(), from_pandas=False)), path)

    return spoil


def cells(table: str, column: str, new: Sequence[str]) -> Spoil:
    """Set the first values of a column of a CSV table as text."""

    def spoil(folder: Path) -> None:
        path = folder / "csv" / f"{table}.csv"
        lines = path.read_text(encoding="latin-1").split("\n")
        place = lines[0].split(";").index(column)
        for number, text in enumerate(new, start=1):
            fields = lines[number].rsplit(";", lines[0].count(";"))
            fields[place] = text
            lines[number] = ";".join(fields)
        path.write_text("\n".join(lines), encoding="latin-1", newline="")

    return spoil


def header_only(folder: Path) -> None:
    """Leave only the first line of the residents."""
    path = folder / "csv" / "residents.csv"
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")


def units(change: Callable[[Any], Any], name: str = "units.gpkg") -> Spoil:
    """Change the unit table as a data frame with geometries."""

    def spoil(folder: Path) -> None:
        path = folder / "units.gpkg"
        content = change(gpd.read_file(path))
        path.unlink()
        content.to_file(folder / name, layer="units")

    return spoil


def unit_values(column: str, new: dict[int, Any]) -> Spoil:
    """Set values of the unit table by row."""

    def change(rows: Any) -> Any:
        for row, value in new.items():
            rows[column] = rows[column].astype(object) if column != "geometry" else rows[column]
            rows.at[row, column] = value
        return rows if column != "people" else rows.astype({"people": float})

    return units(change)


BOW_TIE = Polygon([(WEST, SOUTH), (WEST + 100, SOUTH + 100), (WEST + 100, SOUTH), (WEST, SOUTH + 100)])
POINT = Point(WEST, SOUTH)
EMPTY = Polygon()


def address_layer(crs: str | None, name: str = "addresses.gpkg") -> Spoil:
    """Give the addresses as a layer of points in a reference system, in place of their table."""

    def spoil(folder: Path) -> None:
        path = folder / "raw" / "addresses.parquet"
        rows = pd.read_parquet(path).dropna(subset=["easting", "northing"])
        x, y = rows["easting"].to_numpy(float), rows["northing"].to_numpy(float)
        layer = gpd.GeoDataFrame(rows[["address_id"]], geometry=gpd.points_from_xy(x, y), crs="EPSG:25832")
        if crs not in (None, "EPSG:25832"):
            layer = layer.to_crs(crs)
        elif crs is None:
            layer = layer.set_crs(None, allow_override=True)
        path.unlink()
        layer.to_file(folder / "raw" / name) if name.endswith("gpkg") else layer.to_parquet(folder / "raw" / name)

    return spoil


def in_degrees(rows: Any) -> Any:
    """Positions as longitude and latitude."""
    moved = gpd.GeoSeries(gpd.points_from_xy(rows["easting"].astype(float), rows["northing"].astype(float), crs=25832))
    moved = moved.to_crs(4326)
    return rows.assign(easting=moved.x, northing=moved.y)


def swapped(rows: Any) -> Any:
    """Easting and northing exchanged."""
    return rows.rename(columns={"easting": "northing", "northing": "easting"})


def then(*spoils: Spoil) -> Spoil:
    """Several, one after another."""

    def spoil(folder: Path) -> None:
        for each in spoils:
            each(folder)

    return spoil


def no_rows(rows: Any) -> Any:
    """The columns and nothing else."""
    return rows.iloc[:0]


def twice(count: int) -> Callable[[Any], Any]:
    """The first rows once more."""
    return lambda rows: pd.concat([rows, rows.iloc[:count]], ignore_index=True)


def half(numbers: Any) -> Any:
    """Numbers of which the first is not whole."""
    result = numbers.astype("Float64").to_numpy(float, na_value=np.nan)
    result[0] = 40.5
    return result
