"""Calls of the command that cannot be answered."""

from __future__ import annotations

import spoiling as s
from bad_input.row import POLICY, RAW, Row

OVER_ADDRESSES = s.then(
    s.replace("policy.toml", 'kind = "cells"', 'kind = "addresses"'),
    s.replace("policy.toml", "[areas]", "[areas]\nreach = 80"),
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
        "--registers {d}",
        ("2021: no such folder", "There are registers of 2020"),
    ),
    Row(
        "registers of another year",
        s.write("raw/registers.toml", "year = 2011\n"),
        RAW,
        ("--year 2021: registers.toml says that these registers are of 2011", "name the registers of 2021"),
    ),
    Row("year that is no number", s.nothing, RAW + " --year MMXXI", ("--year", "MMXXI")),
    Row(
        "--out in place of a file",
        s.nothing,
        RAW + " --out {d}/policy.toml",
        ("policy.toml is not a folder", "Choose another --out"),
    ),
    Row("--out under a file", s.nothing, RAW + " --out {d}/policy.toml/out", ("policy.toml is not a folder",)),
    Row("--out on the web", s.nothing, RAW + " --out https://me:pw@127.0.0.1:1/x", ("--out: is an address", "https:")),
    Row("--out with a misspelt scheme", s.nothing, RAW + " --out postgresq://me:pw@h/d", ("begins with postgresq:",)),
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
        ("units.json: cannot be read", "beside the other files"),
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
        "--previous is a later year",
        s.nothing,
        RAW + " --previous 2025",
        ("--previous 2025: is of 2025, which is not before 2021", "earlier year"),
    ),
    Row(
        "--previous with a summary nested without end",
        s.write("units.json", "[" * 100_000),
        RAW + " --previous {d}/units.gpkg",
        ("units.json: is not JSON",),
    ),
    Row(
        "--previous without anything",
        s.nothing,
        RAW + " --previous 2018",
        ("--previous 2018: neither a designation nor registers of that year",),
    ),
    Row("--previous is no year", s.nothing, RAW + " --previous=--17", ("--17: no such designation",)),
    Row(
        "--units with a policy over addresses",
        OVER_ADDRESSES,
        "--units {d}/units.gpkg --policy {d}/policy.toml",
        ('units.gpkg: is a table of units, and kind = "addresses" reads registers', "Leave --units out"),
    ),
    Row(
        "--units and --registers with a policy over addresses",
        OVER_ADDRESSES,
        POLICY + " --units {d}/units.gpkg",
        ('units.gpkg: is a table of units, and kind = "addresses" reads registers', "Leave --units out"),
    ),
    Row("--language xx", s.nothing, RAW + " --language xx", ("--language", "xx", "da", "en")),
    Row("--threads 0", s.nothing, RAW + " --threads 0", ("--threads", "0")),
    Row("unknown option", s.nothing, RAW + " --polcy x", ("--polcy", "--policy")),
)
