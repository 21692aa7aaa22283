"""Rows, columns, keys and numbers that cannot be right."""

from __future__ import annotations

import numpy as np

import spoiling as s
from bad_input.row import CSV, RAW, Row

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
            "a key of 2 characters",
            "leave the cell empty",
        ),
    ),
    Row(
        "dwellings of no address",
        s.values("dwellings", "address_id", ["B1"]),
        RAW,
        ("dwellings.parquet, column address_id: keys that no row of addresses has (1 row)", "a key of 2 characters"),
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
    ),
    Row(
        "easting and northing swapped",
        s.frame("addresses", s.swapped),
        RAW,
        (
            "addresses.parquet, columns easting and northing: easting and northing look swapped",
            "Exchange the two columns",
        ),
    ),
    Row(
        "positions off the Earth",
        s.values("addresses", "easting", [1e12]),
        RAW,
        ("positions outside the area that EPSG:25832 is used in", "(1 row)", "at (1000000000000, "),
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
    Row(
        "ages too large",
        s.values("residents", "age", [1e20], "float64"),
        RAW,
        ("residents.parquet, column age: numbers too large to be exact (1 row)", "'1e+20' in row 1"),
    ),
    Row(
        "thousands with points where the comma is decimal",
        s.then(
            s.cells("residents", "disposable_income", ["250.000"]),
            s.write("csv/registers.toml", '[residents]\ndecimal = ","\n'),
        ),
        CSV,
        ("residents.csv, column disposable_income: text where a number belongs (1 row)", "'250.000' in row 1"),
    ),
)
