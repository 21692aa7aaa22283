"""Files that are missing, damaged or written otherwise than they say."""

from __future__ import annotations

import os

import spoiling as s
from bad_input.row import CSV, RAW, ZONES, Row

PIPES = {"places": RAW, "overrides": RAW, "barriers": RAW, "units": "--policy {d}/zones.toml"}
"""Option of a file -> the rest of its call."""

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
    *(
        Row(
            f"a pipe for {option}",
            lambda folder: os.mkfifo(folder / "pipe.gpkg"),
            f"{call} --{option} {{d}}/pipe.gpkg",
            ("pipe.gpkg: cannot be read: it is no file, but a pipe or a device",),
        )
        for option, call in {
            "places": RAW,
            "overrides": RAW,
            "barriers": RAW,
            "units": "--policy {d}/zones.toml",
        }.items()
        if hasattr(os, "mkfifo")
    ),
    Row(
        "Parquet with a damaged page",
        s.change_bytes(
            "raw/residents.parquet", lambda data: data[: len(data) // 4] + bytes(60) + data[len(data) // 4 + 60 :]
        ),
        RAW,
        ("residents.parquet: cannot be read", "Export the table again"),
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
    Row(
        "no GeoPackage at all", s.write("units.gpkg", "hello"), ZONES, ("units.gpkg: cannot be read", "no vector file")
    ),
    Row(
        "UTF-16 without a byte order mark",
        s.change_bytes("csv/residents.csv", lambda b: b.decode("latin-1").encode("utf-16-le")),
        CSV,
        ("residents.csv: is no table of a kind that is known", "Export it as CSV"),
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
        ("registers.toml: residents.columns.sex: is not a column of this table",),
    ),
    Row(
        "registers.toml recodes what has no codes",
        s.write(
            "raw/registers.toml", '[residents.values.labor_status]\nA = "employed"\n[residents.values.age]\nx = "1"\n'
        ),
        RAW,
        ("registers.toml: residents.values.age: is not a column of codes", "residents.values.labor_status"),
    ),
    Row(
        "registers.toml renames an optional column that is not there",
        s.write("raw/registers.toml", '[dwellings.columns]\nbath = "bad"\n'),
        RAW,
        ("dwellings.parquet, column bad: is missing",),
    ),
    Row(
        "registers.toml names another source",
        s.write("raw/registers.toml", 'source = "hearsay"\n'),
        RAW,
        ("registers.toml: source", "given: 'hearsay'"),
    ),
    Row(
        "registers.toml is a folder",
        lambda d: (d / "raw/registers.toml").mkdir(),
        RAW,
        ("registers.toml: cannot be read",),
    ),
)
