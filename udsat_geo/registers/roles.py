"""Which table of a folder is which of ours, and which of its columns are ours: by names, values and shared keys."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import duckdb

from udsat_geo.registers.guessing import ColumnSummary, phrase_of
from udsat_geo.registers.schema import COLUMNS, COUNTRIES, EDUCATION, LABOUR_STATUS, ORIGIN, TENURE
from udsat_geo.registers.tables import TableSource
from udsat_geo.sources.engine import quoted

_PATTERNS = {
    "age": re.compile("_(alder|age)_"),
    "labour_status": re.compile("labou?r|arbejdsmarked|beskaeftigelse|socio|soc_status|socstil"),
    "education": re.compile("educ|uddann|_udd_|niveau"),
    "disposable_income": re.compile("dispon|dispos|indkomst|income"),
    "origin_country": re.compile("opr_land|oprindelsesland|country|_land_|landekode"),
    "origin": re.compile("herkomst|origin|oprindelse|_ie_type_"),
    "area_m2": re.compile("areal?_|_m2_|areal"),
    "tenure": re.compile("tenure|ejerform|ejerforhold|udlejning"),
    "toilet": re.compile("toilet|_wc_"),
    "bath": re.compile("_bath|_bad"),
    "district_heating": re.compile("district_heating|fjernvarme|varmeinst"),
    "easting": re.compile("easting|_x_|oest|_etrs89_e_|_utm_e_|x_?koord|koordinat_x"),
    "northing": re.compile("northing|_y_|nord|_etrs89_n_|_utm_n_|y_?koord|koordinat_y"),
}
"""Our column -> what others call it, as `phrase_of` writes names; the first that is found is the one."""

_EASTINGS, _NORTHINGS = (400_000, 1_000_000), (6_000_000, 6_500_000)
"""Of Denmark in EPSG:25832."""
_IN_OTHER = 0.95
"""Share of a column's values that stand in a key for it to lead there; own choice."""
_REACHED = 0.2
"""Share of a key's values that are led to: ages stand among row numbers, and reach few of them; own choice."""
_AREAS = (5, 500)
_LEAST_LETTERS, _ALMOST = 4, 0.75
"""Of a known word within a value, and how like one a whole value must be, to be put forward; own choices."""

WORDS_OF_CODES = {
    "labour_status": {
        "employed": "employed beskaeftiget beskaeftigede i_arbejde loenmodtager selvstaendig",
        "unemployed": "unemployed arbejdsloes ledig ledige",
        "in_education": "in_education under_uddannelse studerende student",
        "temporarily_outside": "temporarily_outside midlertidigt_uden_for midlertidigt_udenfor",
        "early_retirement": "early_retirement foertidspension foertidspensionist efterloen",
        "permanently_outside": "permanently_outside varigt_uden_for varigt_udenfor",
    },
    "education": {
        "none": "none ingen ingen_uddannelse uden_uddannelse",
        "basic": "basic grundskole folkeskole",
        "upper_secondary": "upper_secondary gymnasial gymnasium",
        "vocational": "vocational erhvervsfaglig erhvervsuddannelse faglaert",
        "short_tertiary": "short_tertiary kort_videregaaende kvu",
        "medium_tertiary": "medium_tertiary mellemlang_videregaaende mvu bachelor",
        "long_tertiary": "long_tertiary lang_videregaaende lvu kandidat ph_d",
        "in_education": "in_education under_uddannelse",
    },
    "origin": {
        "danish": "danish dansk dansk_herkomst dansk_oprindelse",
        "western": "western vestlig vestlige vestlig_herkomst",
        "non_western": "non_western ikke_vestlig ikke_vestlige ikke_vestlig_herkomst",
    },
    "tenure": {
        "owner_occupied": "owner_occupied ejer ejerbolig privat_ejet",
        "private_rental": "private_rental privat_leje privat_udlejning",
        "cooperative": "cooperative andel andelsbolig",
        "social_housing": "social_housing almen almen_bolig almennyttig",
        "public": "public offentlig kommunal",
    },
}
"""Column -> our code -> words that mean it and nothing else."""
_CODES = {"labour_status": LABOUR_STATUS, "education": EDUCATION, "origin": ORIGIN, "tenure": TENURE}


@dataclass(frozen=True)
class SeenTable:
    """A table of a folder.

    Attributes
    ----------
    stem : str
        Its name in small letters, without suffix and year.
    file : str
        What settings call it: the name of its file, without the year where files are kept apart by it.
    years : str
        How its years are kept apart, as ``[registers] years`` says it; empty where it is of one.
    source : TableSource
    columns : tuple of ColumnSummary
    """

    stem: str
    file: str
    years: str
    source: TableSource
    columns: tuple[ColumnSummary, ...]

    def column(self, name: str) -> ColumnSummary:
        """One of its columns."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Roles:
    """Which tables are ours, and which of their columns.

    Attributes
    ----------
    tables : dict
        ``residents``, ``dwellings``, ``addresses`` -> the table, those that were found.
    columns : dict
        The same -> our column -> the file's.
    doubtful : dict
        The same -> our column -> the file's, called so but of other values than ours.
    """

    tables: Mapping[str, SeenTable]
    columns: Mapping[str, Mapping[str, str]]
    doubtful: Mapping[str, Mapping[str, str]]


def roles_of(connection: duckdb.DuckDBPyConnection, tables: Iterable[SeenTable]) -> Roles:
    """Find addresses by their positions, dwellings by the key that leads there, residents by the key to dwellings."""
    left = list(tables)
    found: dict[str, SeenTable] = {}
    keys: dict[str, dict[str, str]] = {name: {} for name in COLUMNS}
    addresses = _first(left, lambda table: {"easting", "northing"} <= set(_sure(table, "addresses")))
    if addresses is not None:
        found["addresses"] = addresses
        left.remove(addresses)
        dwellings, own, key = _leading(
            connection, left, addresses, lambda table: "area_m2" in _sure(table, "dwellings")
        )
        if dwellings is not None:
            found["dwellings"] = dwellings
            left.remove(dwellings)
            keys["addresses"]["address_id"], keys["dwellings"]["address_id"] = key, own
            residents, own, key = _leading(
                connection, left, dwellings, lambda table: "age" in _sure(table, "residents")
            )
            if residents is not None:
                found["residents"] = residents
                keys["residents"]["dwelling_id"], keys["dwellings"]["dwelling_id"] = own, key
    # what keys do not tell apart, names do
    found |= {table.stem: table for table in left if table.stem in COLUMNS and table.stem not in found}
    columns = {name: {**_sure(table, name), **keys[name]} for name, table in found.items()}
    doubtful = {
        name: {ours: its for ours, its in _named(table, name).items() if ours not in columns[name]}
        for name, table in found.items()
    }
    return Roles(found, columns, doubtful)


def _first(tables: Iterable[SeenTable], holds: Callable[[SeenTable], object]) -> SeenTable | None:
    return next((table for table in tables if holds(table)), None)


def candidates(ours: str, table: SeenTable) -> tuple[str, ...]:
    """The columns of a table that are called like one of ours, and hold such values."""
    called = (column for column in table.columns if _PATTERNS[ours].search(column.phrase))
    return tuple(column.name for column in called if _fits(ours, column))


def key_to(connection: duckdb.DuckDBPyConnection, table: SeenTable, to: SeenTable) -> tuple[str, str] | None:
    """The column of a table that leads to a key of another one, and that key."""
    found, own, key = _leading(connection, [table], to, lambda _table: True)
    return None if found is None else (own, key)


def _leading(
    connection: duckdb.DuckDBPyConnection,
    tables: list[SeenTable],
    to: SeenTable,
    preferred: Callable[[SeenTable], object],
) -> tuple[SeenTable | None, str, str]:
    """The table with a column that leads to a key of another one, and both columns; those preferred come first."""
    order = sorted(tables, key=lambda table: not preferred(table))
    for table in order:
        pairs = [
            (_alike(one.name, key.name), one.name, key.name)
            for one, key in product(table.columns, to.columns)
            if key.is_distinct and {one.kind, key.kind} <= {"text", "whole"}
            if one.distinct >= _REACHED * key.distinct and _leads(connection, table, one.name, to, key.name)
        ]
        if pairs:
            _names, own, key = max(pairs, key=lambda pair: pair[0])
            return table, own, key
    return None, "", ""


def _alike(one: str, other: str) -> bool:
    return phrase_of(one) == phrase_of(other)


def _leads(connection: duckdb.DuckDBPyConnection, table: SeenTable, column: str, to: SeenTable, key: str) -> bool:
    """Whether the values of a column stand in another table's key."""
    one, other = (f"trim(CAST({quoted(name)} AS VARCHAR))" for name in (column, key))
    query = f"""WITH own AS (SELECT DISTINCT {one} AS value FROM {table.source.relation} WHERE {one} <> ''),
        keys AS (SELECT {other} AS value FROM {to.source.relation})
        SELECT count(*), count(*) FILTER (WHERE value IN (SELECT value FROM keys)) FROM own"""
    values, there = connection.execute(query).fetchall()[0]
    return bool(values and there >= _IN_OTHER * values)


def _named(table: SeenTable, name: str) -> dict[str, str]:
    """Our column -> the file's, by name alone: ours where it stands, else the first that is called like it."""
    wanted = [column.name for column in COLUMNS[name] if column.kind != "key"]
    wanted += ["origin_country"] if name == "residents" else []
    found: dict[str, str] = {}
    for ours in sorted(wanted, key=lambda one: one != "origin_country"):
        exact = [column.name for column in table.columns if column.name.lower() == ours]
        called = [column.name for column in table.columns if _PATTERNS[ours].search(column.phrase)]
        free = [column for column in [*exact, *called] if column not in found.values()]
        if free:
            found[ours] = free[0]
    return found


def _sure(table: SeenTable, name: str) -> dict[str, str]:
    """Those of them whose values are such as ours."""
    return {ours: its for ours, its in _named(table, name).items() if _fits(ours, table.column(its))}


def _fits(ours: str, column: ColumnSummary) -> bool:
    if ours == "age":
        return column.kind == "whole" and column.least >= 0 and 17 < column.greatest <= 125
    if ours in ("easting", "northing"):
        least, most = _EASTINGS if ours == "easting" else _NORTHINGS
        return column.is_numeric and least <= column.least and column.greatest <= most
    if ours == "area_m2":
        return column.is_numeric and _AREAS[0] <= column.total / max(column.filled, 1) <= _AREAS[1]
    if ours == "disposable_income":
        return column.is_numeric and column.greatest > 10_000
    if ours in _CODES or ours == "origin_country":
        return column.kind in ("text", "whole") and 1 < column.distinct <= 400
    return column.distinct <= 20


def meaning_of(ours: str, value: str) -> str | None:
    """Our code for a value of a column of codes; None where it is not sure."""
    word = phrase_of(value).strip("_")
    if value in _CODES[ours]:
        return value
    codes = WORDS_OF_CODES[ours]
    found = [code for code, words in codes.items() if word in words.split()]
    return found[0] if len(found) == 1 else None


def likely_meaning(ours: str, value: str) -> str:
    """A code that a value may mean, for somebody to confirm; empty where nothing speaks for one, as of numbers.

    The longest known word that the value holds, or that is written almost so, decides.
    """
    phrase = phrase_of(value).strip("_")
    words = {word: code for code, known in WORDS_OF_CODES[ours].items() for word in known.split()}
    held = [word for word in words if f"_{word}" in f"_{phrase}" and len(word) >= _LEAST_LETTERS]
    near = held or difflib.get_close_matches(phrase, words, 1, _ALMOST)
    return words[max(near, key=len)] if near else ""


def codes_in(connection: duckdb.DuckDBPyConnection, table: SeenTable, column: str) -> list[tuple[str, int]]:
    """Every value of a column and its rows, the most frequent first."""
    text = f"trim(CAST({quoted(column)} AS VARCHAR))"
    query = f"""SELECT {text}, count(*) FROM {table.source.relation} WHERE {text} <> '' GROUP BY 1
        ORDER BY 2 DESC, 1"""
    return [(str(value), int(count)) for value, count in connection.execute(query).fetchall()]


def are_countries(codes: Iterable[tuple[str, int]]) -> bool:
    """Whether values are countries by their two letters."""
    return all(value in COUNTRIES for value, _count in codes)
