"""Registers and tables of units with drawn flaws: the counts of a plain reader, or a message; never a fault of ours."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from small_registers import make_registers
from udsat_geo.cli.main import udsat

pytestmark = pytest.mark.long

TOWN = make_registers(7, n_addresses=12, n_residents=40)
TABLES = ("residents", "dwellings", "addresses")
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
ODD_CELLS = (
    "", " ", "NA", "..", "-", "<3", "nan", "inf", "-1", "1e999", "1.234", "1,5", "1 234", "0x10", "'", '"', "=1+1", "Å",
    "A\u030a", "\u00a0", "\ufeff", "a;b", "a,b", "9" * 40, "2021-02-30", "true", "\t", "\x00", "\x1b[2J", "D0", "d0",
)  # fmt: skip


def text_of(name: str, separator: str) -> list[list[str]]:
    """A table as rows of texts, the header first."""
    table: pa.Table = getattr(TOWN, name)
    columns = [["" if value is None else str(value) for value in column.to_pylist()] for column in table.columns]
    return [table.column_names, *map(list, zip(*columns, strict=True))]


@st.composite
def flawed_rows(draw: st.DrawFn, rows: list[list[str]]) -> list[list[str]]:
    """Rows with up to three flaws of their cells, rows or columns."""
    rows = [list(row) for row in rows]
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.integers(0, len(rows) - 1))
        column = draw(st.integers(0, len(rows[0]) - 1))
        kind = draw(st.sampled_from(["cell", "cell", "column of one cell", "twice", "gone", "short", "capitals"]))
        if kind == "cell" and column < len(rows[row]):
            rows[row][column] = draw(st.sampled_from(ODD_CELLS) | st.text(max_size=6))
        elif kind == "column of one cell":
            cell = draw(st.sampled_from(ODD_CELLS))
            rows[1:] = [[*each[:column], cell, *each[column + 1 :]] for each in rows[1:]]
        elif kind == "twice":
            rows.append(list(rows[row]))
        elif kind == "gone" and len(rows[0]) > 1:
            rows = [[*each[:column], *each[column + 1 :]] for each in rows]
        elif kind == "short" and row:
            rows[row] = rows[row][:column]
        elif kind == "capitals":
            rows[0] = [name.upper() for name in rows[0]]
    return rows


@st.composite
def csv_files(draw: st.DrawFn, rows: list[list[str]]) -> bytes:
    """A CSV file of flawed rows, in some dialect, and with some bytes changed."""
    written = io.StringIO(newline="")
    dialect = {"delimiter": draw(st.sampled_from(",;\t|")), "lineterminator": draw(st.sampled_from(["\n", "\r\n"]))}
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(written, quoting=quoting, **dialect).writerows(draw(flawed_rows(rows)))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"]))
    content = bytearray(written.getvalue().encode(encoding, "replace"))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        if content:
            content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))]) if draw(st.integers(0, 9)) == 0 else bytes(content)


def checked(ran: Result) -> dict[str, object] | None:
    """What the command says, or None where it refuses; a fault of ours ends the test."""
    assert ran.exit_code in (0, 2), ran.output
    if ran.exit_code == 2:
        assert "Traceback" not in ran.output
        assert ran.stderr.strip()
        return None
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def rows_in(folder: Path) -> dict[str, int]:
    """Rows of each table by Arrow and by the csv module, which know nothing of our reader."""
    counts = {}
    for name in TABLES:
        parquet = folder / f"{name}.parquet"
        if parquet.exists():
            counts[name] = pq.read_table(parquet).num_rows
            continue
        content = (folder / f"{name}.csv").read_bytes()
        for encoding in ("utf-16",) if content[:2] in BYTE_ORDER_MARKS else ("utf-8-sig", "cp1252", "latin-1"):
            try:
                text = content.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        first = text.splitlines()[0]
        separator = max(",;\t|", key=first.count)
        read = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(row)]
        counts[name] = len(read) - 1
    return counts


@given(data=st.data())
@settings(deadline=None)
def test_registers_with_flaws_are_read_as_a_plain_reader_does_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        TOWN.write(folder)
        for name in data.draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True)):
            (folder / f"{name}.parquet").unlink()
            (folder / f"{name}.csv").write_bytes(data.draw(csv_files(text_of(name, ","))))
        found = checked(CliRunner().invoke(udsat, ["validate", str(folder), "--json", "--language", "en"]))
        if found is not None:
            assert found["rows"] == rows_in(folder)


@st.composite
def parquet_columns(draw: st.DrawFn) -> pa.Table:
    """A table of cells of which one column has another type, or odd values."""
    n = draw(st.integers(1, 12))
    table = {
        "id": pa.array([f"100m_{61700 + i}_7200" for i in range(n)]),
        "people": pa.array([100 + i for i in range(n)]),
        "poor": pa.array([10 * i for i in range(n)]),
    }
    name = draw(st.sampled_from(list(table)))
    numbers = st.none() | st.integers(-(2**31), 2**31) | st.floats(width=32)
    values = draw(st.lists(numbers | st.booleans() | st.text(max_size=4), min_size=n, max_size=n))
    types = [pa.string(), pa.large_string(), pa.binary(), pa.float32(), pa.float64(), pa.int64(), pa.bool_(), pa.null()]
    kind = draw(st.sampled_from(types))
    try:
        table[name] = pa.array(values, kind, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        table[name] = pa.array(values[:1] * n if values[0] is None else [str(value) for value in values])
    return pa.table(table)


POLICY = """
id = "cells"
years = [1, 9999]
[units]
kind = "cells"
id = "id"
residents = "people"
crs = "EPSG:25832"
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
unit = "share"
worse = "high"
[rule]
core = 0.5
"""


@given(table=parquet_columns())
@settings(deadline=None)
def test_cells_with_odd_columns_are_read_or_refused(table: pa.Table) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        pq.write_table(table, folder / "cells.parquet")
        (folder / "cells.toml").write_text(POLICY, encoding="utf-8")
        call = ["validate", "--units", str(folder / "cells.parquet"), "--policy", str(folder / "cells.toml"), "--json"]
        found = checked(CliRunner().invoke(udsat, [*call, "--language", "en"]))
        if found is not None:
            assert found["rows"] == {"units": table.num_rows}
            assert found["units"] == table.num_rows


SQUARES = [shapely.box(720_000 + 100 * i, 6_170_000, 720_100 + 100 * i, 6_170_100) for i in range(6)]
SHAPES = st.sampled_from(
    [
        None,
        shapely.Point(720_000, 6_170_000),
        shapely.Polygon(),
        shapely.MultiPolygon(),
        shapely.Polygon([(720_000, 6_170_000), (720_100, 6_170_100), (720_100, 6_170_000), (720_000, 6_170_100)]),
        shapely.MultiPolygon([SQUARES[0].buffer(-10), SQUARES[1].buffer(-10)]),
        shapely.box(720_000, 6_170_000, 720_600, 6_170_100),
        shapely.box(0, 0, 1, 1),
        shapely.box(float("-inf"), 0, 1, float("inf")),
        shapely.box(12, 55, 12.1, 55.1),
        shapely.force_3d(SQUARES[2], 12.0),
        shapely.LineString([(720_000, 6_170_000), (720_100, 6_170_100)]),
        shapely.GeometryCollection([SQUARES[3]]),
    ]
)
SYSTEMS = ["EPSG:25832"] * 20 + ["EPSG:4326", "EPSG:3857", "EPSG:25833", "EPSG:7416", "EPSG:4936", None]


@st.composite
def frames(draw: st.DrawFn) -> dict[str, pa.Array]:
    """Columns of a layer of six zones, of which one may be of another type or have odd values."""
    n = len(SQUARES)
    columns = {
        "id": pa.array([f"z{i}" for i in range(n)]),
        "people": pa.array([100 + i for i in range(n)]),
        "poor": pa.array([10 * i for i in range(n)]),
    }
    if draw(st.integers(0, 3)):
        name = draw(st.sampled_from(list(columns)))
        odd = st.sampled_from([*ODD_CELLS, "z0", "Z0", "z0 "]) | st.text(max_size=4)
        kinds = {
            pa.string(): st.none() | odd,
            pa.float64(): st.none() | st.floats() | st.sampled_from([1.0, 0.5]),
            pa.int64(): st.none() | st.integers(-3, 10**15),
            pa.int16(): st.integers(0, 9),
            pa.bool_(): st.booleans(),
            pa.binary(): st.none() | st.binary(max_size=3),
            pa.date32(): st.none() | st.dates(),
        }
        kind = draw(st.sampled_from(list(kinds)))
        values = draw(st.lists(kinds[kind], min_size=n, max_size=n))
        if draw(st.booleans()):
            values[1:] = values[:1] * (n - 1)
        columns[name] = pa.array(values, kind)
    return columns


@st.composite
def geopackages(draw: st.DrawFn) -> dict[str, tuple[pa.Table, str | None]]:
    """The layers of a GeoPackage: each a table, with geometries or without, and its reference system."""
    layers: dict[str, tuple[pa.Table, str | None]] = {}
    sets = [("units",), ("units",), ("Zoner Å", "layer_styles")]
    for name in draw(st.sampled_from(sets)):
        table = pa.table(draw(frames()))
        shapes = list(SQUARES)
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            shapes[draw(st.integers(0, len(shapes) - 1))] = draw(SHAPES)
        if draw(st.integers(0, 7)) and (name != "layer_styles" or draw(st.booleans())):
            table = table.append_column("geom", pa.array(shapely.to_wkb(shapes)))
        n = draw(st.sampled_from([6, 6, 6, 6, 6, 6, 6, 6, 1, 0]))
        layers[name] = (table.slice(0, n), draw(st.sampled_from(SYSTEMS)))
    return layers


def write_geopackage(path: Path, layers: dict[str, tuple[pa.Table, str | None]]) -> None:
    """Write drawn layers through GDAL."""
    for name, (table, crs) in layers.items():
        has_shapes = "geom" in table.column_names
        shapes = {"geometry_name": "geom", "geometry_type": "Unknown", "crs": crs} if has_shapes else {}
        pyogrio.write_arrow(table, path, layer=name, driver="GPKG", append=path.exists(), **shapes)


ZONES = POLICY.replace('"cells"', '"zones"') + "\n[areas]\nresidents = 0\n"


@given(data=st.data())
@settings(deadline=None)
@pytest.mark.filterwarnings("ignore")
def test_zones_of_a_geopackage_are_read_as_a_plain_reader_does_or_refused(data: st.DataObject) -> None:
    layers = data.draw(geopackages())
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        file = folder / "zones.gpkg"
        write_geopackage(file, layers)
        (folder / "zones.toml").write_text(ZONES, encoding="utf-8")
        named = data.draw(st.sampled_from(list(layers)))
        where = file if len(layers) == 1 or data.draw(st.booleans()) else f"{file}|layername={named}"
        call = ["--units", str(where), "--policy", str(folder / "zones.toml"), "--json", "--language", "en"]
        found = checked(CliRunner().invoke(udsat, ["validate", *call]))
        out = ["--out", str(folder / "out"), "--year", "2025", "--previous", "none"]
        made_of = checked(CliRunner().invoke(udsat, ["designate", *call, *out]))
        assert (found is None) == (made_of is None)
        if found is None or made_of is None:
            return
        spatial = [name for name, (table, _crs) in layers.items() if "geom" in table.column_names]
        spatial = [named] if where != file else spatial
        read = [pyogrio.read_dataframe(file, layer=name) for name in spatial]
        assert len(read) == 1
        assert found["units"] == made_of["units"] == len(read[0])
        people = read[0]["people"].astype(float)
        assert made_of["residents"] == people.sum()
