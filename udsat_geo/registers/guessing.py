"""What a column seems to be, from its name and its values: Danish and English names, and a few of other languages.

Nothing here reads a file. A guess is either sure, so that a policy may use it, or doubtful, so that a reader is shown
it; what is neither is no guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import duckdb

from udsat_geo.sources.engine import quoted

Kind = Literal["whole", "number", "boolean", "text", "other"]

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss"})
_WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBER_TYPES = ("FLOAT", "DOUBLE", "DECIMAL")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's name, in lower case and plain letters: ``PctUnemployed`` is pct, unemployed."""
    apart = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])", " ", unicodedata.normalize("NFC", name))
    plain = unicodedata.normalize("NFKD", apart.lower().translate(_LETTERS))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(re.findall(r"[^\W_]+", plain))


def phrase_of(name: str) -> str:
    """The words of a name with a low line around each, in which patterns look: ``_pct_unemployed_``."""
    return "_" + "_".join(words_of(name)) + "_"


@dataclass(frozen=True)
class ColumnSummary:
    """A column of a table in figures.

    Attributes
    ----------
    name : str
    kind : {"whole", "number", "boolean", "text", "other"}
        ``whole`` by its values, whatever its type.
    rows, filled, distinct : int
        `filled` and what follows leave `codes` out.
    least, greatest, total : float
        Of a column of numbers; 0 of others.
    codes : tuple of float
        Values that seem to stand for "not known": the only one below zero, of a column that is otherwise at least 0.
    """

    name: str
    kind: Kind
    rows: int
    filled: int
    distinct: int
    least: float = 0.0
    greatest: float = 0.0
    total: float = 0.0
    codes: tuple[float, ...] = ()

    @cached_property
    def phrase(self) -> str:
        """See `phrase_of`."""
        return phrase_of(self.name)

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.kind in ("whole", "number")

    @property
    def is_distinct(self) -> bool:
        """Whether every row has a value of its own."""
        return self.filled == self.rows == self.distinct > 0


def summarise(
    connection: duckdb.DuckDBPyConnection, relation: str, read_texts: bool = False
) -> tuple[ColumnSummary, ...]:
    """Every column of a relation in figures.

    Parameters
    ----------
    connection : duckdb connection
    relation : str
        SQL that stands for the rows in a FROM clause.
    read_texts : bool
        Whether texts that are all numbers, with a point or a comma, count as numbers.
    """
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return tuple(_summary(connection, relation, name, kind, read_texts) for name, kind, *_rest in described)


def _summary(
    connection: duckdb.DuckDBPyConnection, relation: str, name: str, stored: str, read_texts: bool
) -> ColumnSummary:
    column = quoted(name)
    if stored.removeprefix("U") in _WHOLE_TYPES or stored.startswith(_NUMBER_TYPES):
        return _summary_of_numbers(connection, relation, name, f"CAST({column} AS DOUBLE)")
    if stored == "VARCHAR" and read_texts:
        column = f"nullif(trim({column}), '')"
        value = f"TRY_CAST(replace({column}, ',', '.') AS DOUBLE)"
        told = f"SELECT count({column}), count({value}) FROM {relation}"
        filled, numbers = connection.execute(told).fetchall()[0]
        if filled and filled == numbers:
            return _summary_of_numbers(connection, relation, name, value)
    kind: Kind = {"BOOLEAN": "boolean", "VARCHAR": "text"}.get(stored, "other")  # type: ignore[assignment]
    counted = f"SELECT count(*), count({column}), count(DISTINCT {column}) FROM {relation}"
    rows, filled, distinct = connection.execute(counted).fetchall()[0]
    return ColumnSummary(name, kind, rows, filled, distinct)


def _summary_of_numbers(connection: duckdb.DuckDBPyConnection, relation: str, name: str, column: str) -> ColumnSummary:
    finite = f"(SELECT CASE WHEN isfinite({column}) THEN {column} END AS value FROM {relation})"
    below = connection.execute(f"SELECT DISTINCT value FROM {finite} WHERE value < 0 LIMIT 2").fetchall()
    codes = tuple(value for (value,) in below) if len(below) == 1 and below[0][0] <= -1 else ()
    known = f"FILTER (WHERE value IS NOT NULL{f' AND value <> {codes[0]!r}' if codes else ''})"
    figures = f"""SELECT count(*), count(*) {known}, count(DISTINCT value) {known}, min(value) {known},
        max(value) {known}, sum(value) {known}, bool_and(value = floor(value)) {known} FROM {finite}"""
    rows, filled, distinct, least, greatest, total, whole = connection.execute(figures).fetchall()[0]
    kind: Kind = "whole" if whole else "number"
    return ColumnSummary(name, kind, rows, filled, distinct, least or 0.0, greatest or 0.0, total or 0.0, codes)


_RESIDENTS = frozenset(
    "population pop residents resident inhabitants inhabitant persons people befolkning befolkningen indbyggere "
    "indbygger borgere borger beboere beboer personer folketal inw inwoners inwoner bevolking einwohner poblacion ind "
    "invaanare habitants".split()
)
_ALL_OF_THEM = frozenset("total tot all alle i alt ialt antal aantal anzahl number no n of num count sum the".split())
_PART_OF_THEM = re.compile(
    r"_(density|per|pr|pct|percent|share|rate|andel|age|avg|mean|change|growth|min|max)_|taethed"
)
_NAMES = re.compile(r"_(name|navn|naam|nombre|nom|label)_|_(\w*)(navn|name)_")
_IDS = re.compile(r"_(\w*)(code|kode)_|_cod|_geoid|_id_|id_$|_(nr|key|uuid|zone|cell|celle|tract|rute|distrikt|gml)_")
_MADE_BY_OTHERS = re.compile(
    r"_(rank|rang|decile|decil|quintile|quantile|percentile|score|index|indeks|imd|simd|status|class|klasse)_|vulnerab"
)
_OF_THE_SHAPE = re.compile(r"_(shape|geom|geometry|fid|objectid|lat|lon|longitude|latitude|x|y|st)_|taethed|density")


def residents_column(columns: Sequence[ColumnSummary]) -> tuple[ColumnSummary | None, bool]:
    """The column of residents, and whether it is sure.

    Of several that are named so, the one with the greatest total; one whose name says more than that is doubtful.
    """
    counts = [column for column in columns if column.is_numeric and column.least >= 0 and column.total > 0]
    for sure in (True, False):
        named = [column for column in counts if _names_residents(column, sure)]
        if named and (sure or len(named) == 1):
            return max(named, key=lambda column: column.total), sure
    return None, False


def _names_residents(column: ColumnSummary, sure: bool) -> bool:
    words = set(words_of(column.name))
    rest = {word for word in words - _RESIDENTS - _ALL_OF_THEM if not word.isdigit()}
    return bool(words & _RESIDENTS) and (not rest if sure else not _PART_OF_THEM.search(column.phrase))


def id_column(columns: Sequence[ColumnSummary], of_cells: Sequence[str] = ()) -> ColumnSummary | None:
    """The column that names the units: of values that stand once each, the one that looks most like it.

    Parameters
    ----------
    columns : sequence of ColumnSummary
    of_cells : sequence of str
        Columns whose values are names of grid cells.
    """
    ranked = [(_rank_of_id(column, of_cells), column) for column in columns if column.is_distinct]
    ranked = [(rank, column) for rank, column in ranked if rank < 5]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank_of_id(column: ColumnSummary, of_cells: Sequence[str]) -> int:
    if column.name in of_cells:
        return 0
    if column.kind not in ("text", "whole") or _MADE_BY_OTHERS.search(column.phrase):
        return 5
    if _NAMES.search(column.phrase):
        return 5
    if _IDS.search(column.phrase):
        return 1 if column.kind == "text" else 2
    return 3 if column.kind == "text" else 5


def name_column(columns: Sequence[ColumnSummary], id_name: str) -> ColumnSummary | None:
    """The column with names for people, where one is called so and says something of each unit."""
    for column in columns:
        named = column.kind == "text" and _NAMES.search(column.phrase) and column.name != id_name
        if named and 2 * column.distinct > column.rows:
            return column
    return None


def is_made_by_others(column: ColumnSummary) -> bool:
    """Whether it seems to be a rank, an index or a class: a judgement, to be compared with and not to be judged by."""
    return _MADE_BY_OTHERS.search(column.phrase) is not None


def is_of_the_shape(column: ColumnSummary) -> bool:
    """Whether it seems to say where a unit is or how large, nothing of its people."""
    return _OF_THE_SHAPE.search(column.phrase) is not None


def missing_codes(columns: Sequence[ColumnSummary]) -> tuple[float, ...]:
    """The values that stand for "not known" in any column, the lowest first."""
    return tuple(sorted({code for column in columns for code in column.codes}))
