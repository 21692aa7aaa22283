"""Designations of every kind of unit and score, written as GeoPackages: what styles and metadata are tried on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from edge_registers import write_edge_registers
from estates import CONVICTED_NATIONAL, write_estates
from two_years import YEARS, designated, write_policy, write_town
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy, with_references

KINDS = ("cells", "addresses", "zones")
HOSTILE = "\"'</maplayer><script>alert(1)</script>]]> &amp; [% 1/0 %] \\' || \\\\ {0} %s"
"""A label that means something to XML, HTML, QGIS's expressions and Python's formats."""

ADDRESSES = """extends = "kbh-2017"
id = "addresses"
[units]
kind = "addresses"
[areas]
reach = 150
holes = 0
residents = 300
"""
LABELLED = 'extends = "kbh-2017"\nid = "hostile"\n[[criteria]]\nkey = "low_income"\nlabel = {{ da = {0}, en = {0} }}\n'


def made(kind: str, folder: Path, language: str = "da", policy: str | None = None) -> Designation:
    """A designation of 2021 of some kind of unit."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "zones":
        poor = {"no_work_or_education_18_64": 900, "no_work_or_education_18_64_previous_year": 2700,
                "convicted": 900, "basic_school_30_59": 900}  # fmt: skip
        write_estates(folder / "estates.gpkg", {"poor": poor, "school": {"basic_school_30_59": 900}, "rich": {}})
        loaded = with_references(load_policy("boligomraade-2021"), [f"convicted_national={CONVICTED_NATIONAL}"])
        return designate(2021, loaded, Inputs(None, folder / "estates.gpkg", "unit_table"), language=language)
    write_edge_registers(folder / "registers")
    if kind == "addresses":
        (folder / "addresses.toml").write_text(ADDRESSES, encoding="utf-8")
        policy = str(folder / "addresses.toml")
    loaded = load_policy(policy or "kbh-2017")
    return designate(2021, loaded, Inputs(folder / "registers", None, "registers"), language=language)


def written(kind: str, folder: Path, language: str = "da") -> Path:
    """The GeoPackage of such a designation."""
    return write_results(made(kind, folder, language), folder / "out", ("gpkg",))[0]


def hostile(folder: Path) -> Path:
    """The GeoPackage of a designation by a policy whose label is `HOSTILE`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "hostile.toml"
    path.write_text(LABELLED.format(json.dumps(HOSTILE)), encoding="utf-8")
    return write_results(made("cells", folder, policy=str(path)), folder / "out", ("gpkg",))[0]


def changed(folder: Path) -> Path:
    """The GeoPackage of a designation that has changed much since the one before it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_town(folder)
    policy = write_policy(folder / "town.toml")
    return write_results(designated(folder, policy, YEARS[1]), folder / "out", ("gpkg",))[0]


def rows(path: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query finds in a GeoPackage."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query, values).fetchall()
