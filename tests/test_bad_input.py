"""Every kind of bad input through the command: one clear answer, and the earlier result untouched."""

# ruff: noqa: E501 (a row of the table stands on one line)
from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from click.testing import CliRunner

import spoiling as s
from udsat_geo.cli.main import designate

COMMAND = Path(sys.executable).parent / "designate"


@dataclass(frozen=True)
class Row:
    """One kind of bad input.

    Attributes
    ----------
    name
        What is wrong.
    spoil
        Spoils good input in a folder.
    arguments
        Of the command; `{d}` is the folder.
    told
        What standard error must hold.
    process
        Run the installed command in its own process.
    """

    name: str
    spoil: s.Spoil
    arguments: str
    told: tuple[str, ...]
    process: bool = False


RAW, CSV = "--raw {d}/raw", "--raw {d}/csv"
ZONES = "--units {d}/units.gpkg --policy {d}/zones.toml"
CELLS = "--units {d}/units.gpkg --policy {d}/cells.toml"
CELLS_CSV = "--units {d}/cells.csv --policy {d}/cells.toml"
POLICY = "--raw {d}/raw --policy {d}/policy.toml"

FILES = (
    Row(
        "missing table",
        s.remove("raw/dwellings.parquet"),
        RAW,
        ("no table of dwellings", "The folder holds addresses.parquet", "registers.toml"),
        True,
    ),
    Row(
        "missing folder",
        s.remove("raw"),
        RAW,
        ("raw: no such folder", "Name the folder that holds the registers"),
        True,
    ),
    Row("missing unit table", s.remove("units.gpkg"), ZONES, ("units.gpkg: no such file", "Check the path")),
    Row(
        "empty folder",
        s.then(s.remove("raw"), lambda d: (d / "raw").mkdir()),
        RAW,
        ("no table of residents", "no table of dwellings", "no table of addresses", "The folder is empty"),
    ),
    Row(
        "empty Parquet file",
        s.write("raw/residents.parquet", ""),
        RAW,
        ("residents.parquet: is an empty file", "Export the table again"),
    ),
    Row(
        "empty CSV file",
        s.write("csv/residents.csv", ""),
        CSV,
        ("residents.csv: is an empty file", "Export the table again"),
    ),
    Row("empty unit table", s.write("units.gpkg", ""), ZONES, ("units.gpkg: is an empty file", "Export it again")),
    Row("blank CSV file", s.write("csv/residents.csv", "\n\n"), CSV, ("residents.csv: has no header line",)),
    Row(
        "Parquet without rows",
        s.frame("residents", s.no_rows),
        RAW,
        ("residents.parquet: holds no rows", "Export the table again"),
    ),
    Row("CSV without rows", s.header_only, CSV, ("residents.csv: holds no rows",)),
    Row("unit table without rows", s.units(s.no_rows), ZONES, ("units.gpkg: holds no units",)),
    Row(
        "two files of one table",
        s.write("raw/residents.csv", "a,b\n1,2\n"),
        RAW,
        ("more than one table of residents: residents.parquet, residents.csv", "Keep one"),
    ),
    Row(
        "Parquet cut in half",
        s.cut("raw/residents.parquet"),
        RAW,
        ("residents.parquet: cannot be read", "Export the table again"),
        True,
    ),
    Row(
        "Parquet cut to 10 bytes",
        s.cut("raw/residents.parquet", length=10),
        RAW,
        ("residents.parquet: cannot be read",),
    ),
    Row("address Parquet cut in half", s.cut("raw/addresses.parquet"), RAW, ("addresses.parquet: cannot be read",)),
    Row(
        "Parquet damaged inside",
        s.change_bytes("raw/dwellings.parquet", lambda b: b[:200] + b"\xff" * 20000 + b[20200:]),
        RAW,
        ("dwellings.parquet: cannot be read", "Export the table again"),
    ),
    Row("GeoPackage cut in half", s.cut("units.gpkg"), ZONES, ("units.gpkg: cannot be read",)),
    Row("no GeoPackage at all", s.write("units.gpkg", "hello"), ZONES, ("units.gpkg: cannot be read", "GDAL")),
    Row(
        "UTF-16",
        s.change_bytes("csv/residents.csv", lambda b: b.decode("latin-1").encode("utf-16")),
        CSV,
        ("residents.csv: is UTF-16", "Save it as UTF-8"),
    ),
    Row(
        "neither UTF-8 nor Latin-1",
        s.change_bytes("csv/dwellings.csv", lambda b: b + b"1,0;\x81\x8d;D9;A00000\n"),
        CSV,
        ("dwellings.csv: is neither UTF-8 (line 1) nor Latin-1", "Save it as UTF-8"),
    ),
    Row(
        "said to be UTF-8, is Latin-1",
        s.write("csv/registers.toml", '[dwellings]\nencoding = "utf-8"\n'),
        CSV,
        ("dwellings.csv: is not UTF-8 from line 1 on", 'encoding = "latin-1"'),
    ),
    Row(
        "row with too many fields",
        s.change_bytes("csv/residents.csv", lambda b: b + b"a;b;c;d;e;f;g;h\n"),
        CSV,
        ("residents.csv: cannot be read", "row 14,569 (line 14,570) has 8 fields, the header 6", "Mend it"),
    ),
    Row(
        "row with too few fields",
        s.change_bytes("csv/residents.csv", lambda b: b + b"basic;1\n"),
        CSV,
        ("residents.csv: cannot be read", "row 14,569 (line 14,570) has 2 fields, the header 6", "Mend it"),
    ),
    Row(
        "unclosed quote",
        s.change_bytes("csv/addresses.csv", lambda b: b + b'"Valby;A99999;1,0;2,0\n'),
        CSV,
        ("addresses.csv: cannot be read", "unclosed quote", "Mend it"),
    ),
    Row(
        "decimal comma and point",
        s.cells("residents", "disposable_income", ["12.5", "13.25"]),
        CSV,
        ("residents.csv", "2 a decimal point", 'decimal = ","'),
    ),
    Row(
        "wrong registers.toml",
        s.write("raw/registers.toml", '[residents]\nseperator = ";"\n[dwellings]\ndecimal = 3\n'),
        RAW,
        ("registers.toml: residents.seperator", "Did you mean 'separator'?", "registers.toml: dwellings.decimal"),
    ),
    Row(
        "registers.toml is no TOML",
        s.write("raw/registers.toml", "[residents\n"),
        RAW,
        ("registers.toml: is not valid TOML", "line 1"),
    ),
    Row(
        "registers.toml names no file",
        s.write("raw/registers.toml", '[residents]\nfile = "beboere.csv"\n'),
        RAW,
        ("beboere.csv: does not exist", "registers.toml"),
    ),
    Row(
        "registers.toml renames what is not there",
        s.write("raw/registers.toml", '[residents.columns]\nage = "alder"\nsex = "koen"\n'),
        RAW,
        ("column alder: is missing", "registers.toml: residents.columns.sex"),
    ),
)

ROWS = (
    Row(
        "wrong column names",
        s.frame("residents", lambda f: f.rename(columns={"age": "ages", "education": "uddannelse", "origin": "orgin"})),
        RAW,
        (
            "residents.parquet, column age: is missing",
            "'ages'",
            "column education: is missing",
            "column origin: is missing",
            "'orgin'",
            "registers.toml: [residents.columns]",
        ),
        True,
    ),
    Row(
        "wrong column names in CSV",
        s.change_bytes("csv/residents.csv", lambda b: b.replace(b"labour_status", b"Labour status", 1)),
        CSV,
        ("residents.csv, column labour_status: is missing", "Did you mean 'Labour status'?"),
    ),
    Row(
        "duplicate column names",
        s.change_bytes("csv/residents.csv", lambda b: b.replace(b"labour_status", b"age", 1)),
        CSV,
        ("residents.csv: column names stand twice: age",),
    ),
    Row(
        "duplicate dwellings",
        s.frame("dwellings", s.twice(3)),
        RAW,
        ("dwellings.parquet, column dwelling_id: duplicate keys (3 rows)", "stands 2 times", "Keep one row of each"),
    ),
    Row(
        "duplicate addresses",
        s.frame("addresses", s.twice(1)),
        RAW,
        ("addresses.parquet, column address_id: duplicate keys (1 row)", "stands 2 times"),
    ),
    Row(
        "empty keys",
        s.values("dwellings", "dwelling_id", [None, None]),
        RAW,
        ("dwellings.parquet, column dwelling_id: empty keys (2 rows)",),
    ),
    Row(
        "residents of no dwelling",
        s.values("residents", "dwelling_id", ["X1", "X1", "X2"]),
        RAW,
        (
            "residents.parquet, column dwelling_id: keys that no row of dwellings has (3 rows)",
            "'X1'",
            "leave the cell empty",
        ),
    ),
    Row(
        "dwellings of no address",
        s.values("dwellings", "address_id", ["B1"]),
        RAW,
        ("dwellings.parquet, column address_id: keys that no row of addresses has (1 row)", "'B1'"),
    ),
    Row(
        "keys that are not whole",
        s.frame("dwellings", lambda f: f.assign(address_id=np.arange(len(f)) + 0.5)),
        RAW,
        ("dwellings.parquet, column address_id: keys that are not whole numbers", "0.5"),
    ),
    Row(
        "text as age",
        s.cells("residents", "age", ["17 år", "fyrre"]),
        CSV,
        ("residents.csv, column age: text where a number belongs (2 rows)", "'17 år' in row 1", "Write whole numbers"),
    ),
    Row(
        "text as income",
        s.cells("residents", "disposable_income", ["mange"]),
        CSV,
        ("column disposable_income: text where a number belongs (1 row)", "'mange'"),
    ),
    Row(
        "text as area",
        s.cells("dwellings", "area_m2", ["80 m2"]),
        CSV,
        ("dwellings.csv, column area_m2: text where a number belongs (1 row)",),
    ),
    Row(
        "text as easting",
        s.cells("addresses", "easting", ["E 721548", "?"]),
        CSV,
        ("addresses.csv, column easting: text where a number belongs (2 rows)",),
    ),
    Row(
        "text age in Parquet",
        s.whole_column("residents", "age", lambda a: a.astype("string").fillna("ukendt")),
        RAW,
        ("residents.parquet, column age: text where a number belongs", "'ukendt'"),
    ),
    Row(
        "dates as age",
        s.whole_column("residents", "age", lambda a: np.datetime64("1980-01-01")),
        RAW,
        ("residents.parquet, column age: TIMESTAMP", "where a number belongs"),
    ),
    Row(
        "ages not whole",
        s.whole_column("residents", "age", s.half),
        RAW,
        ("residents.parquet, column age: numbers that are not whole (1 row)", "'40.5' in row 1"),
    ),
    Row(
        "ages not whole in CSV",
        s.cells("residents", "age", ["40,5"]),
        CSV,
        ("residents.csv, column age: numbers that are not whole (1 row)", "'40,5' in row 1"),
    ),
    Row(
        "NaN coordinates",
        s.not_a_number("addresses", "easting", np.nan),
        RAW,
        ("addresses.parquet, column easting: NaN or infinite values (2 rows)", "leave the cell empty"),
    ),
    Row(
        "infinite coordinates",
        s.not_a_number("addresses", "northing", np.inf),
        RAW,
        ("addresses.parquet, column northing: NaN or infinite values (2 rows)",),
    ),
    Row(
        "NaN income",
        s.not_a_number("residents", "disposable_income", np.nan),
        RAW,
        ("residents.parquet, column disposable_income: NaN or infinite values (2 rows)",),
    ),
    Row(
        "infinite income",
        s.not_a_number("residents", "disposable_income", -np.inf),
        RAW,
        ("column disposable_income: NaN or infinite values (2 rows)",),
    ),
    Row("NaN age", s.not_a_number("residents", "age", np.nan), RAW, ("column age: NaN or infinite values (2 rows)",)),
    Row(
        "infinite income as text",
        s.cells("residents", "disposable_income", ["1e999"]),
        CSV,
        ("residents.csv, column disposable_income", "(1 row)", "'1e999'"),
    ),
    Row(
        "negative dwelling area",
        s.values("dwellings", "area_m2", [-1.0, -0.5]),
        RAW,
        ("dwellings.parquet, column area_m2: negative floor areas (2 rows)", "Leave unknown areas empty"),
    ),
    Row(
        "positions in degrees",
        s.frame("addresses", s.in_degrees),
        RAW,
        ("addresses.parquet, columns easting and northing: positions look like degrees", "Project them to EPSG:25832"),
        True,
    ),
    Row(
        "positions off the Earth",
        s.values("addresses", "easting", [1e12]),
        RAW,
        ("positions off the Earth (1 row)", "1000000000000.0"),
    ),
    Row(
        "thousands separators",
        s.cells("residents", "disposable_income", ["1.234.567,0"]),
        CSV,
        ("text where a number belongs (1 row)", "'1.234.567,0'"),
    ),
    Row(
        "unknown labour_status",
        s.values("residents", "labour_status", ["working", "retired"]),
        RAW,
        (
            "residents.parquet, column labour_status: unknown codes (2 rows)",
            "'working' in row 1",
            "Known: employed",
            "[residents.values.labour_status]",
        ),
    ),
    Row(
        "unknown education",
        s.values("residents", "education", ["PhD"]),
        RAW,
        ("column education: unknown codes (1 row)", "'PhD'"),
    ),
    Row(
        "unknown origin",
        s.values("residents", "origin", ["Danish"]),
        RAW,
        ("column origin: unknown codes (1 row)", "'Danish'", "Known: danish, western, non_western"),
    ),
    Row(
        "unknown origin_country",
        s.frame("residents", lambda f: f.rename(columns={"origin": "origin_country"})),
        RAW,
        ("column origin_country: unknown country codes", "ISO 3166-1", "[residents.values.origin_country]"),
    ),
    Row(
        "several faults at once",
        s.then(s.values("residents", "origin", ["?"]), s.values("dwellings", "area_m2", [-5.0])),
        RAW,
        ("unknown codes", "negative floor areas"),
    ),
    Row(
        "neither true nor false",
        s.frame("dwellings", lambda f: f.assign(toilet="maybe")),
        RAW,
        ("dwellings.parquet, column toilet: neither true nor false", "'maybe'", "Write true or false"),
    ),
)

PLACES = (
    Row(
        "addresses in degrees",
        s.address_layer("EPSG:4326"),
        RAW,
        ("addresses.gpkg: is in EPSG:4326, not in EPSG:25832", "Reproject"),
    ),
    Row(
        "addresses in zone 33",
        s.address_layer("EPSG:25833", "addresses.parquet"),
        RAW,
        ("addresses.parquet: is in EPSG:25833, not in EPSG:25832",),
    ),
    Row("addresses without a CRS", s.address_layer(None), RAW, ("addresses.gpkg: does not say its reference system",)),
    Row(
        "unknown CRS of addresses",
        s.write("raw/registers.toml", '[addresses]\ncrs = "EPSG:999999"\n'),
        RAW,
        ("registers.toml: addresses.crs", "'EPSG:999999' is not known", "EPSG code"),
    ),
    Row(
        "other CRS of addresses",
        s.write("raw/registers.toml", '[addresses]\ncrs = "EPSG:25833"\n'),
        RAW,
        ("registers.toml: addresses.crs", "EPSG:25833", "EPSG:25832"),
    ),
    Row(
        "unknown CRS in the policy",
        s.replace("zones_utm.toml", "25832", "999999"),
        "--units {d}/units.gpkg --policy {d}/zones_utm.toml",
        ("ready-made: units.crs", "'EPSG:999999' is not known", "EPSG code"),
    ),
    Row(
        "other CRS in a policy over registers",
        s.replace("policy.toml", "size = 100", 'size = 100\ncrs = "EPSG:25833"'),
        POLICY,
        ("units.crs", "EPSG:25833", "EPSG:25832"),
    ),
    Row(
        "units in another CRS",
        s.units(lambda f: f.to_crs(25833)),
        "--units {d}/units.gpkg --policy {d}/zones_utm.toml",
        ("units.gpkg: is in EPSG:25833, the policy's units in EPSG:25832", "reproject_from"),
    ),
    Row(
        "units in degrees",
        s.units(lambda f: f.to_crs(4326)),
        ZONES,
        ("units.gpkg: is in EPSG:4326, whose positions are not metres", "reproject_from"),
        True,
    ),
    Row(
        "units without a CRS",
        s.units(lambda f: f.set_crs(None, allow_override=True)),
        ZONES,
        ("units.gpkg: does not say its reference system",),
    ),
    Row(
        "garbage CRS of units",
        lambda d: garbage_crs(d),
        "--units {d}/units.parquet --policy {d}/zones.toml",
        ("units.parquet", "reference system", "is not known"),
    ),
    Row(
        "mixed geometries",
        s.unit_values("geometry", {3: s.POINT}),
        ZONES,
        ("units.gpkg: geometries that are no polygons (1 row)", "Keep polygons only"),
    ),
    Row(
        "grid ids too large",
        s.unit_values("id", {0: "100m_" + "9" * 23 + "_1"}),
        CELLS,
        ("grid ids that do not read as", "(1 row)"),
    ),
    Row(
        "a column that the engine uses",
        s.units(lambda f: f.assign(row_of_unit=1)),
        ZONES,
        ("units.gpkg, column row_of_unit", "Rename"),
    ),
    Row(
        "bow-tie",
        s.unit_values("geometry", {0: s.BOW_TIE}),
        ZONES,
        ("units.gpkg: invalid geometries (1 row)", "Self-intersection", "Fix geometries"),
    ),
    Row(
        "missing and empty geometries",
        s.unit_values("geometry", {1: None, 2: s.EMPTY}),
        ZONES,
        ("units.gpkg: units without a geometry (2 rows)", "Remove them or draw them"),
    ),
    Row(
        "several faulty geometries",
        s.unit_values("geometry", {0: s.BOW_TIE, 1: None, 2: s.POINT}),
        ZONES,
        ("invalid geometries", "without a geometry", "no polygons"),
    ),
    Row(
        "duplicate unit ids",
        s.unit_values("id", {1: "A", 2: "A", 3: "A"}),
        ZONES,
        ("units.gpkg, column id: duplicate keys (2 rows)", "'A' stands 3 times"),
    ),
    Row(
        "missing unit ids",
        s.unit_values("id", {1: None, 2: " "}),
        ZONES,
        ("units.gpkg, column id: empty ids (2 rows)", "Give every unit an id"),
    ),
    Row(
        "no id column",
        s.units(lambda f: f.rename(columns={"id": "ids"})),
        ZONES,
        ("units.gpkg, column id: is missing", "Did you mean 'ids'?"),
    ),
    Row(
        "units CSV without ids",
        s.replace("cells.csv", "id,people", "number,people"),
        CELLS_CSV,
        ("cells.csv, column id: is missing", "number"),
    ),
    Row(
        "grid ids that do not parse",
        s.unit_values("id", {1: "1km_6174_719", 2: "cell 2"}),
        CELLS,
        (
            "units.gpkg, column id: grid ids that do not read as 100m_{northing}_{easting} (2 rows)",
            "'1km_6174_719'",
            "id_pattern",
        ),
    ),
    Row(
        "grid ids that contradict the geometry",
        s.units(lambda f: f.assign(geometry=f.translate(100, 0))),
        CELLS,
        ("units.gpkg: cells that do not lie where their id says (64 rows)", "100m_61740_7190 lies in 100m_61740_7191"),
    ),
    Row(
        "zones without geometry",
        s.nothing,
        "--units {d}/cells.csv --policy {d}/zones.toml",
        ("cells.csv: holds no geometries", "Zones need polygons"),
    ),
    Row(
        "negative residents of a unit",
        s.unit_values("people", {0: -5.0, 1: -6.0}),
        ZONES,
        ("units.gpkg, people: residents that are no whole number of at least 0 (2 rows)", "-5.0", "[units] missing"),
    ),
    Row(
        "residents of a unit not whole",
        s.unit_values("people", {0: 1.5}),
        ZONES,
        ("residents that are no whole number of at least 0 (1 row)",),
    ),
    Row(
        "infinite residents of a unit",
        s.unit_values("people", {0: float("inf")}),
        ZONES,
        ("residents that are no whole number of at least 0 (1 row)", "inf"),
    ),
    Row(
        "unit policy without units",
        s.nothing,
        "--policy {d}/zones.toml --raw {d}/raw",
        ("its criteria are columns of a unit table", "--units"),
    ),
    Row(
        "units with a policy over registers",
        s.nothing,
        "--units {d}/units.gpkg --policy {d}/policy.toml",
        ("criteria of kbh-2017 read registers", "--raw"),
    ),
    Row(
        "two layers",
        lambda d: s.good_units().to_file(d / "units.gpkg", layer="more"),
        ZONES,
        ("units.gpkg: holds several layers: units, more", "units.gpkg|layername=units"),
    ),
    Row(
        "no such layer",
        s.nothing,
        "--units {d}/units.gpkg|layername=none --policy {d}/zones.toml",
        ("units.gpkg: cannot be read", "none"),
    ),
)


def garbage_crs(folder: Path) -> None:
    """A GeoParquet unit table with a reference system that is none."""
    import pyarrow.parquet as pq

    path = folder / "units.parquet"
    s.good_units().to_parquet(path)
    content = pq.read_table(path)
    metadata = dict(content.schema.metadata)
    metadata[b"geo"] = (
        b'{"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": "EPSG:nonsense"}}}'
    )
    pq.write_table(content.replace_schema_metadata(metadata), path)


WHERE = 'where = "origin IS NOT NULL"'


def where(expression: str) -> s.Spoil:
    """Give the criterion over origins another condition."""
    return s.replace("policy.toml", WHERE, f"where = '''{expression}'''")


SEVERAL = s.then(
    s.replace("policy.toml", "cadence = 4 ", "cadense = 4 "),
    s.replace("policy.toml", "size = 100", 'size = "big"'),
    s.replace("policy.toml", 'worse = "low"', 'worse = "lower"'),
)

POLICIES = (
    Row(
        "several faults of a policy",
        SEVERAL,
        POLICY,
        (
            "policy.toml: cadense: unknown key",
            "Did you mean 'cadence'?",
            "units.size",
            "given: 'big'",
            "criteria[1] (dwelling_area).worse",
            "given: 'lower'",
        ),
        True,
    ),
    Row(
        "edge above core and a key twice",
        s.then(
            s.replace("policy.toml", "edge = 0.5", "edge = 1.5"),
            s.replace("policy.toml", 'key = "no_education"', 'key = "low_income"'),
        ),
        POLICY,
        ("policy.toml: rule.edge: lies above rule.core", "criteria: the key 'low_income' stands more than once"),
    ),
    Row(
        "unknown column",
        where("orign IS NOT NULL"),
        POLICY,
        ("criteria (non_western_origin).where: unknown column 'orign'", "Did you mean 'origin'?"),
    ),
    Row("a statement", where("TRUE; DROP TABLE residents"), POLICY, ("criteria (non_western_origin).where: is", "one")),
    Row(
        "a subquery",
        where("(SELECT count(*) FROM residents) > 0"),
        POLICY,
        ("(non_western_origin).where: may not use subquery",),
    ),
    Row(
        "a file",
        where("(SELECT content FROM read_text('/etc/passwd')) IS NOT NULL"),
        POLICY,
        ("(non_western_origin).where: may not use",),
    ),
    Row(
        "a file as a function",
        where("read_text('/etc/passwd') IS NOT NULL"),
        POLICY,
        ("may not use the function 'read_text'", "Allowed: abs"),
    ),
    Row("the environment", where("getenv('HOME') IS NOT NULL"), POLICY, ("may not use the function 'getenv'",)),
    Row(
        "a function not allowed", where("random() > 0.5"), POLICY, ("may not use the function 'random'", "Allowed: abs")
    ),
    Row(
        "all expressions are told",
        s.then(where("getenv('A') = 'b'"), s.replace("policy.toml", "median(disposable_income)", "median(income)")),
        POLICY,
        ("'getenv'", "let.residents.low_income: unknown column 'income'"),
    ),
    Row("a total outside let", where("age > avg(age)"), POLICY, ("may not use the function 'avg'", "[let]")),
    Row(
        "a let that is infinite",
        s.replace("policy.toml", "0.75 * median", "1e308 * 10 * median"),
        POLICY,
        ("kbh-2017: let.residents.low_income: gives inf",),
    ),
    Row(
        "a let that hides a column",
        s.replace("policy.toml", "residents.low_income", "residents.age"),
        POLICY,
        ("let.residents.age: is a column already", "another name"),
    ),
    Row(
        "an id pattern without places",
        s.replace("policy.toml", "size = 100", 'size = 100\nid_pattern = "{size}_{row}"'),
        POLICY,
        ("policy.toml: units.id_pattern", "{northing}", "{easting}"),
    ),
    Row("no TOML", s.write("policy.toml", "id = kbh\n"), POLICY, ("policy.toml: is not valid TOML", "line 1")),
    Row(
        "TOML that is no policy",
        s.write("policy.toml", "criteria = 3\nunits = 4\n"),
        POLICY,
        ("policy.toml: id: is missing", "policy.toml: criteria", "policy.toml: units", "policy.toml: rule: is missing"),
    ),
    Row(
        "empty policy",
        s.write("policy.toml", ""),
        POLICY,
        ("policy.toml: id: is missing", "policy.toml: criteria: is missing"),
    ),
    Row(
        "policy in Latin-1",
        s.write("policy.toml", "# Østerbro\n".encode("latin-1")),
        POLICY,
        ("policy.toml: is not UTF-8",),
    ),
    Row("no such policy", s.nothing, RAW + " --policy kbh-2071", ("kbh-2071", "Did you mean 'kbh-2017'?"), True),
    Row(
        "a folder as policy", s.nothing, RAW + " --policy {d}", ("no built-in policy and no readable file", "directory")
    ),
)

CALLS = (
    Row(
        "year outside the policy's",
        s.nothing,
        RAW + " --year 2040",
        ("--year 2040: the policy kbh-2017 holds for 2017-2028", "Choose a year"),
    ),
    Row(
        "year without registers",
        lambda d: (d / "raw").rename(d / "2020"),
        "--raw {d}",
        ("2021: no such folder", "There are registers of 2020"),
    ),
    Row("year that is no number", s.nothing, RAW + " --year MMXXI", ("--year", "MMXXI")),
    Row(
        "--out in place of a file",
        s.nothing,
        RAW + " --out {d}/policy.toml",
        ("policy.toml is not a folder", "Choose another --out"),
    ),
    Row("--out under a file", s.nothing, RAW + " --out {d}/policy.toml/out", ("policy.toml is not a folder",)),
    Row(
        "--out on a read-only place",
        s.nothing,
        RAW + " --out /proc/udsat",
        ("/proc/udsat: cannot be written", "Choose another --out"),
        True,
    ),
    Row(
        "unknown --format",
        s.nothing,
        RAW + " --format gpkg,docx",
        ("--format: unknown format docx", "Known: gpkg, tif"),
        True,
    ),
    Row("empty --format", s.nothing, RAW + " --format ,", ("--format: no format",)),
    Row(
        "--previous names a missing file",
        s.nothing,
        RAW + " --previous {d}/designation_2017.gpkg",
        ("designation_2017.gpkg: no such designation",),
    ),
    Row(
        "--previous names no designation",
        s.nothing,
        RAW + " --previous {d}/units.gpkg",
        ("units.json: cannot be read", "beside the GeoPackage"),
    ),
    Row(
        "--previous names another GeoPackage",
        s.write("units.json", '{"year": 2017, "policy": {"id": "x"}, "source": "", "inputs": []}'),
        RAW + " --previous {d}/units.gpkg",
        ("units.gpkg: is no designation of ours",),
    ),
    Row(
        "--previous with a broken summary",
        s.write("units.json", '{"year": "x", "policy": 3, "source": "", "inputs": []}'),
        RAW + " --previous {d}/units.gpkg",
        ("units.json: is not the summary of a designation",),
    ),
    Row(
        "--previous is the year itself",
        s.nothing,
        RAW + " --previous 2021",
        ("--previous 2021: is the year itself", "earlier year"),
    ),
    Row(
        "--previous without anything",
        s.nothing,
        RAW + " --previous 2018",
        ("--previous 2018: neither a designation nor registers of that year",),
    ),
    Row("--previous is no year", s.nothing, RAW + " --previous=--17", ("--17: no such designation",)),
    Row("--lang xx", s.nothing, RAW + " --lang xx", ("--lang", "xx", "da", "en")),
    Row("--threads 0", s.nothing, RAW + " --threads 0", ("--threads", "0")),
    Row("unknown option", s.nothing, RAW + " --polcy x", ("--polcy", "--policy")),
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good input of every kind, and an earlier result in `out`."""
    folder = tmp_path_factory.mktemp("good")
    s.write_good_input(folder / "input")
    for arguments in (RAW, CSV + " --year 2022", ZONES + " --year 2023", CELLS_CSV + " --year 2024"):
        code, _, errors = run_inside(arguments, folder / "input", folder / "out")
        assert (code, errors) == (0, ""), arguments
    return folder


def arguments_of(text: str, folder: Path, out: Path) -> list[str]:
    base = f"--year 2021 --out {out} --previous none --lang en --quiet "
    return (base + text).replace("{d}", str(folder)).split()


def run_inside(text: str, folder: Path, out: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(designate, arguments_of(text, folder, out))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def run_process(text: str, folder: Path, out: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [COMMAND, *arguments_of(text, folder, out)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def content_of(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, hidden files too."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("row", [*FILES, *ROWS, *PLACES, *POLICIES, *CALLS], ids=lambda row: row.name)
def test_bad_input_is_told_and_changes_nothing(row: Row, good: Path, tmp_path: Path) -> None:
    copytree(good / "input", tmp_path / "in")
    row.spoil(tmp_path / "in")
    before, beside = content_of(good / "out"), content_of(tmp_path)
    run = run_process if row.process else run_inside
    code, printed, errors = run(row.arguments, tmp_path / "in", good / "out")
    assert code == 2, errors
    assert printed == ""
    assert "Traceback" not in errors
    flat = " ".join(errors.split())
    missing = [piece for piece in row.told if piece not in flat]
    assert not missing, f"{missing} not in:\n{errors}"
    assert content_of(good / "out") == before
    assert content_of(tmp_path) == beside
