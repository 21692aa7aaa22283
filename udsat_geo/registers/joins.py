"""Which file each column of a table comes from, where further files are joined to it.

A column is named as it stands in its file, or as ``file.column``. The table's rows are those of its own file: a joined
file adds values to them, of at most one of its rows each.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from udsat_geo.messages.errors import InputError, Problem, Problems, key_in_words
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.registers.cleaning import (
    CleanTable,
    KeyPart,
    Link,
    clean_table,
    date_value,
    fetch_one,
    key_text,
    partner,
    reading,
    sorted_hashes,
)
from udsat_geo.registers.keys import difference_of_keys, written_alike
from udsat_geo.registers.layout import JoinedFile, TableLayout, Values, columns_of
from udsat_geo.registers.schema import Column
from udsat_geo.registers.tables import NoSuchTableError, TableSource, check_columns, find_table, open_table
from udsat_geo.registers.years import FIRST_YEAR, YEAR, YearRead, path_of_year, rows_of_year
from udsat_geo.sources.engine import connect, literal, quoted
from udsat_geo.sources.kinds import plain

_ITSELF = -1
"""The side that is the table's own file; others are the places of its joined files."""


@dataclass(frozen=True)
class JoinedSource:
    """A joined file, opened.

    Attributes
    ----------
    name : str
    source : TableSource
    key : tuple of (int, str, str)
        The side it is joined to, the column there and its own.
    """

    name: str
    source: TableSource
    key: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class TableFiles:
    """All files of a table, opened.

    Attributes
    ----------
    source : TableSource
        With the columns that its own file has.
    joined : tuple of JoinedSource
        Each after those that it is joined to.
    """

    source: TableSource
    joined: tuple[JoinedSource, ...] = ()

    @property
    def sources(self) -> tuple[TableSource, ...]:
        """The table's own file, and then the others."""
        return (self.source, *(joined.source for joined in self.joined))


def open_files(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    layout: TableLayout,
    may_lack_values: bool,
    read: YearRead,
) -> TableFiles:
    """Open a table with all files that are joined to it.

    Parameters
    ----------
    may_lack_values : bool
        Whether columns that are neither keys nor positions may be missing.
    read : YearRead

    Raises
    ------
    InputError
        If a file is missing or damaged, or lacks columns; all of them are told at once.
    """
    columns = columns_of(name, layout)
    itself = _opened(connection, folder, name, name, layout, columns, read)
    if not layout.joins:
        check_columns(itself, may_lack_values)
        return TableFiles(itself)
    return _Joining(connection, folder, itself, may_lack_values, read).files()


class _Joining:
    """Opens the files joined to a table, and finds each column in one of them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        itself: TableSource,
        may_lack_values: bool,
        read: YearRead,
    ):
        self.connection, self.folder, self.may_lack_values, self.read = connection, folder, may_lack_values, read
        self.itself, self.layout = itself, itself.settings
        self.names: list[str] = []
        self.opened: list[TableSource] = []
        self.keys: list[tuple[tuple[int, str, str], ...]] = []
        self.problems = Problems()

    def files(self) -> TableFiles:
        """All of them."""
        for name in self._in_order():
            self.problems.of(self._open, name)
        self.problems.check()
        mine: list[dict[str, str]] = [{} for _side in range(len(self.opened) + 1)]
        for ours in [*(column.name for column in self.itself.columns), "origin_country"]:
            found = self.problems.of(self._side_of, ours)
            if found is not None:
                mine[found[0]][ours] = found[1]
        # the table's own file stands first here, and at -1 among the sides
        mine = [mine[side] for side in range(-1, len(self.opened))]
        sides = [self.itself, *self.opened]
        _origin_of_country(sides, mine)
        sources = [self._with(source, its) for source, its in zip(sides, mine, strict=True)]
        self.problems.check()
        for source in sources:
            self.problems.of(check_columns, source, self.may_lack_values)
        self.problems.check()
        joined = [JoinedSource(*each) for each in zip(self.names, sources[1:], self.keys, strict=True)]
        return TableFiles(sources[0], tuple(joined))

    def _source(self, side: int) -> TableSource:
        return self.itself if side == _ITSELF else self.opened[side]

    def _split(self, wanted: str) -> tuple[str | None, str]:
        """The file that a name is said to be of, and the name in it."""
        before, dot, after = wanted.partition(".")
        known = {plain(name): name for name in self.layout.joins}
        if dot and plain(before) in known:
            return known[plain(before)], after
        if dot and plain(before) in (self.itself.table, plain(self.itself.path.stem)):
            return "", after
        return None, wanted

    def _in_order(self) -> list[str]:
        """The joined files that are opened, each after those that it is joined to."""
        named = {self._split(wanted)[0] for wanted in self.layout.columns.values()}
        order: list[str] = []

        def add(name: str, above: tuple[str, ...] = ()) -> None:
            if name in above:
                where, ring = f"registers.toml: {self.itself.table}.joins.{name}.key", " → ".join((*above, name))
                raise InputError(Problem(where, _("files are joined in a ring: {ring}").format(ring=ring)))
            for there, _here in self.layout.joins[name].key:
                other = self._split(there)[0]
                if other:
                    add(other, (*above, name))
            if name not in order:
                order.append(name)

        for name, joined in self.layout.joins.items():
            if not joined.optional or name in named:
                self.problems.of(add, name)
        return order

    def _open(self, name: str) -> None:
        joined: JoinedFile = self.layout.joins[name]
        label = f"{self.itself.table}.joins.{name}"
        asked = [ours for ours, wanted in self.layout.columns.items() if self._split(wanted)[0] == name]
        columns = {ours: self._split(self.layout.columns[ours])[1] for ours in asked}
        taken = joined.model_dump(exclude={"key", "optional", "columns", "values", "crs"})
        layout = TableLayout(**taken, columns=columns, values=self.layout.values, dates=self.layout.dates)
        looked_for = tuple(column for column in self.itself.columns if column.name in columns)
        try:
            source = _opened(self.connection, self.folder, name, label, layout, looked_for, self.read)
        except NoSuchTableError as error:
            if self.may_lack_values:
                return
            needed = _("It is joined to {table} for {columns}.").format(
                table=self.itself.table, columns=", ".join(asked) or _("its columns")
            )
            raise InputError([f"{message} {needed}" for message in error.messages]) from None
        key = []
        for there, here in joined.key:
            file, column = self._split(there)
            side = self.names.index(file) if file else _ITSELF
            key.append((side, self._named(self._source(side), column, label), self._named(source, here, label)))
        self.names.append(name)
        self.opened.append(source)
        self.keys.append(tuple(key))

    def _named(self, source: TableSource, wanted: str, label: str) -> str:
        found = source.named(wanted)
        if found is None:
            there = ", ".join(list(source.types)[:12])
            remedy = _("The file has: {names}.").format(names=there) + " "
            remedy += _("The key stands in registers.toml: [{label}] key.").format(label=label)
            where = _("{name}, column {get}").format(name=source.file, get=wanted)
            raise InputError(Problem(where, _("is missing"), remedy))
        return found

    def _side_of(self, ours: str) -> tuple[int, str] | None:
        """The file that has one of our columns, and its name there; None where it has none or is not asked for."""
        if ours in self.layout.key_columns:
            return _ITSELF, ours
        wanted = self.layout.columns.get(ours, ours)
        file, column = self._split(wanted)
        if file is not None:
            # a file that is not there was told, or may lack
            side = _ITSELF if not file else self.names.index(file) if file in self.names else None
            return None if side is None else (side, column)
        # what a file is joined by it only repeats
        repeated = [{here for *_there, here in key} for key in self.keys]
        found = [self._source(side).named(wanted) for side in range(-1, len(self.opened))]
        sides = [
            place - 1
            for place, column in enumerate(found)
            if column is not None and (place == 0 or column not in repeated[place - 1])
        ]
        if len(sides) > 1:
            files = [self.itself.table, *self.names]
            names = [files[side + 1] for side in sides]
            remedy = _('Say which: [{table}.columns] {ours} = "{example}".')
            told = remedy.format(table=self.itself.table, ours=ours, example=f"{names[0]}.{wanted}")
            what = _("stands in more than one file: {names}").format(names=", ".join(names))
            where = _("{name}, column {get}").format(name=self.itself.table, get=wanted)
            raise InputError(Problem(where, what, told))
        return (sides[0] if sides else _ITSELF), wanted

    def _with(self, source: TableSource, mine: dict[str, str]) -> TableSource:
        """A file with the columns of ours that are looked for in it."""
        columns = tuple(column for column in self.itself.columns if column.name in mine)
        named = {ours: wanted for ours, wanted in mine.items() if ours in self.layout.columns}
        layout = source.settings.model_copy(update={"columns": named})
        return dataclasses.replace(source, columns=columns, settings=layout)


def _origin_of_country(sides: list[TableSource], mine: list[dict[str, str]]) -> None:
    """Where no file has an origin, look for it where the country is that it is made of; `mine` is changed in place."""
    if any("origin" in its and source.named(its["origin"]) for source, its in zip(sides, mine, strict=True)):
        return
    for source, its in zip(sides, mine, strict=True):
        if "origin_country" in its and source.named(its["origin_country"]):
            for other in mine:
                other.pop("origin", None)
            its["origin"] = "origin"


def _opened(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    label: str,
    layout: TableLayout,
    columns: tuple[Column, ...],
    read: YearRead,
) -> TableSource:
    """A file by the name of its table, or of what is joined to one, and the rows of it that are read."""
    of_year = path_of_year(folder, name, layout, read)
    source = open_table(connection, of_year or find_table(folder, name, layout), label, layout, columns)
    # what a partition says need not be asked of each row
    names = [] if of_year is not None else list(source.types)
    return _narrowed(connection, source, rows_of_year(layout.where, names, source.file, layout, read))


def _narrowed(connection: duckdb.DuckDBPyConnection, source: TableSource, where: dict[str, Values]) -> TableSource:
    """A file of which only the rows with these values are read.

    Raises
    ------
    InputError
        If a column is missing, or no row has such a value.
    """
    if not where:
        return source
    conditions = []
    for wanted, values in where.items():
        if not values:  # what a profile narrows may be widened again
            continue
        in_file = source.named(wanted)
        label = _("{name}, column {get}").format(name=source.file, get=wanted)
        if in_file is None:
            there = ", ".join(list(source.types)[:12])
            remedy = _("The file has: {names}.").format(names=there) + " "
            remedy += _("It stands in registers.toml: [{name}.where].").format(name=source.name)
            raise InputError(Problem(label, _("is missing"), remedy))
        condition = _is_one_of(source, in_file, values)
        (rows,) = fetch_one(connection, source, f"SELECT count(*) FILTER (WHERE {condition}) FROM {source.relation}")
        if not rows:
            raise InputError(_nothing_kept(connection, source, in_file, label, values))
        conditions.append(condition)
    kept = " AND ".join(conditions)
    return dataclasses.replace(source, kept=f"({kept})") if kept else source


def _is_one_of(source: TableSource, in_file: str, values: Values) -> str:
    raw, kind = quoted(in_file), source.types[in_file]
    text = f"regexp_replace(trim(CAST({raw} AS VARCHAR)), '\\.0+$', '')"
    listed = ", ".join(literal(value) for value in values)
    date = date_value(raw, kind, source.settings.dates)
    dates = f" OR coalesce(CAST({date} AS VARCHAR) IN ({listed}), FALSE)"
    return f"({text} IN ({listed}){dates})"


def _nothing_kept(
    connection: duckdb.DuckDBPyConnection, source: TableSource, in_file: str, label: str, values: Values
) -> Problem:
    with reading(source):
        found = connection.execute(
            f"SELECT CAST({quoted(in_file)} AS VARCHAR), count(*) FROM {source.relation} GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
    listed = ", ".join(f"{value!r} ({decimal(n, 0)})" for value, n in found[:20])
    what = _("no row has {values}").format(values=" / ".join(values))
    remedy = _("It has, with their rows: {listed}. What is read stands in registers.toml: [{name}.where].")
    return Problem(label, what, remedy.format(listed=listed, name=source.name))


def years_by_column(folder: Path, name: str, layout: TableLayout, ways: tuple[str, ...]) -> list[int]:
    """The years that a column of a table tells, rising: one that holds the year, or of which a part is the year.

    Raises
    ------
    InputError
        If the table cannot be read.
    """
    connection = connect()
    source = open_table(connection, find_table(folder, name, layout), name, layout, ())
    patterns = {way: YEAR for way in ways if source.named(way) is not None}
    for wanted, values in layout.where.items():
        of_year = [value for value in values if YEAR in value]
        if of_year and source.named(wanted) is not None:
            patterns[wanted] = of_year[0]
    years: set[int] = set()
    for wanted, value in patterns.items():
        column = quoted(source.named(wanted) or wanted)
        with reading(source):
            found = connection.execute(f"SELECT DISTINCT CAST({column} AS VARCHAR) FROM {source.relation}").fetchall()
        before, _year, after = (re.escape(part) for part in value.partition(YEAR))
        matches = [re.match(f"{before}([0-9]{{4}}){after}", text or "") for (text,) in found]
        years |= {int(match.group(1)) for match in matches if match}
    connection.close()
    shift = layout.vintage if layout.vintage < FIRST_YEAR else 0
    return sorted(year - shift for year in years)


def clean_files(connection: duckdb.DuckDBPyConnection, files: TableFiles) -> CleanTable:
    """How a table and what is joined to it are cleaned.

    Raises
    ------
    InputError
        If one cannot tell how the numbers of a file are written.
    """
    problems = Problems()
    table = problems.of(clean_table, connection, files.source)
    links = []
    for joined in files.joined:
        cleaned = problems.of(clean_table, connection, joined.source)
        if cleaned is not None:
            links.append(Link(joined.name, cleaned, _key_of(files, joined), tuple(here for *_s, here in joined.key)))
    problems.check()
    if table is None:
        return clean_table(connection, files.source)
    whole = dataclasses.replace(table, links=tuple(links))
    flag = files.source.settings.in_education
    if flag is None or not {flag, "education"} <= set(whole.columns):
        return whole
    studies = "labour_status = 'in_education'" if flag == "labour_status" else quoted(flag)
    education = f"CASE WHEN {studies} THEN 'in_education' ELSE education END"
    return dataclasses.replace(whole, replaced={"education": education})


def _key_of(files: TableFiles, joined: JoinedSource) -> tuple[KeyPart, ...]:
    parts = []
    for side, there, here in joined.key:
        other = files.sources[side + 1]
        key = key_text(quoted(there), other.types[there])
        parts.append(KeyPart(side, key, key_text(quoted(here), joined.source.types[here])))
    return tuple(parts)


def _repeated(connection: duckdb.DuckDBPyConnection, source: TableSource) -> list[Problem]:
    """Values that should stand once, and do not."""
    unique = source.settings.unique
    in_file = source.named(unique) if unique else None
    if in_file is None:
        return []
    key = key_text(quoted(in_file), source.types[in_file])
    hashes = sorted_hashes(connection, source, key, f"({key}) IS NOT NULL")
    if not (hashes[1:] == hashes[:-1]).any():
        return []
    rows, distinct = fetch_one(connection, source, f"SELECT count({key}), count(DISTINCT {key}) FROM {source.rows}")
    if rows == distinct:
        return []
    value, n = connection.execute(
        f"SELECT {key} AS key, count(*) AS n FROM {source.rows} WHERE key IS NOT NULL "
        "GROUP BY 1 HAVING n > 1 ORDER BY 1 LIMIT 1"
    ).fetchall()[0]
    where = _("{name}, column {column}").format(name=source.file, column=in_file)
    example = _("{key} stands {count} times").format(key=key_in_words(value), count=n)
    remedy = _("Keep one row of each, or say which rows are read: [{name}.where].").format(name=source.name)
    return [Problem(where, _("stands more than once"), remedy, rows - distinct, example)]


def check_links(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> None:
    """Check that nobody stands in a table twice, and no row of it has two partners in a joined file.

    Raises
    ------
    InputError
        Naming the keys that stand more than once.
    """
    problems = _repeated(connection, table.source)
    for link in table.links:
        source = link.table.source
        key = ", ".join(part.here for part in link.key)
        present = " AND ".join(f"({part.here}) IS NOT NULL" for part in link.key)
        hashes = sorted_hashes(connection, source, key, present)
        if not (hashes[1:] == hashes[:-1]).any():
            continue
        rows, distinct = fetch_one(
            connection, source, f"SELECT count(*), count(DISTINCT ({key},)) FROM {source.rows} WHERE {present}"
        )
        if rows == distinct:
            continue
        *example, n = connection.execute(
            f"SELECT {key}, count(*) AS n FROM {source.rows} WHERE {present} GROUP BY ALL HAVING n > 1 ORDER BY ALL"
        ).fetchall()[0]
        where = _("{name}, column {column}").format(name=source.file, column=", ".join(link.columns))
        key_shown = key_in_words(" | ".join(map(str, example)))
        told = _("{key} stands {count} times").format(key=key_shown, count=n)
        what = _("is joined by this key, and it stands more than once")
        remedy = _("Keep one row of each, or say which rows are read: [{name}.where].").format(name=source.name)
        problems.append(Problem(where, what, remedy, rows - distinct, told))
    if problems:
        raise InputError(problems)


def put_together(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> CleanTable:
    """The table with its rows joined once and kept, since they are read several times."""
    if not table.links:
        return table
    relation = quoted(f"{table.source.name} together")
    with reading(table.source):
        connection.execute(f"CREATE TEMP TABLE {relation} AS SELECT * FROM {table.joined()}")
    return dataclasses.replace(table, together=relation)


def check_partners(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> None:
    """Check that no row is without a partner since a joined file writes its key in another way.

    Rows without a partner are usual, as children are in no register of work, and so are keys of a file that no row has,
    as it may be of the whole country: keys are looked at where both are left over.

    Raises
    ------
    InputError
        Naming what the keys differ in.
    """
    problems = []
    for place, link in enumerate(table.links):
        if len(link.key) > 1 or link.key[0].side != _ITSELF:
            continue
        (part,), file = link.key, link.table.source
        counted = f"SELECT count(*), count_if({quoted(partner(place))}) FROM {table.select()}"
        rows, matched = fetch_one(connection, table.source, counted)
        theirs = f"SELECT {part.here} AS there FROM {file.rows} WHERE ({part.here}) IS NOT NULL"
        (keys,) = fetch_one(connection, file, f"SELECT count(*) FROM ({theirs})")
        # a row of a family has several partners: more of them than keys do not say that no key is left over
        if matched == rows or (matched >= keys and 2 * matched >= rows):
            continue
        ours = f"SELECT {part.there} AS here FROM {table.source.rows} WHERE ({part.there}) IS NOT NULL"
        left = f"SELECT there FROM ({theirs}) ANTI JOIN ({ours}) ON here = there"
        # what texts are alike costs far more than to see that no key is left over
        if fetch_one(connection, file, f"SELECT count(*) FROM ({left})") == (0,):
            continue
        found, pair = connection.execute(
            f"SELECT count(*), min([there, here]) FROM (SELECT DISTINCT here, {written_alike('here')} AS plain "
            f"FROM ({ours}) ANTI JOIN ({theirs}) ON here = there) JOIN "
            f"(SELECT there, {written_alike('there')} AS plain FROM ({left})) USING (plain) WHERE plain <> ''"
        ).fetchall()[0]
        if found:
            where = _("{name}, column {column}").format(name=file.file, column=link.columns[0])
            what = _("keys that no row of {target} has").format(target=table.source.name)
            remedy = _("{n} of them differ from a key there only in {what}: write keys alike in both tables, as text.")
            told = remedy.format(n=decimal(found, 0), what=difference_of_keys(*pair))
            shown = {"here": key_in_words(pair[0]), "there": key_in_words(pair[1])}
            problems.append(Problem(where, what, told, found, _("{here}, which is {there} there").format(**shown)))
    if problems:
        raise InputError(problems)


def notes_of(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> tuple[Note, ...]:
    """How many rows of a table have a partner in each joined file."""
    if not table.links:
        return ()
    found = ", ".join(f"count_if({quoted(partner(place))})" for place in range(len(table.links)))
    rows, *matched = fetch_one(connection, table.source, f"SELECT count(*), {found} FROM {table.select()}")
    return tuple(
        Note(
            N_("{file}: {matched} of the {rows} rows of {table} have a row in it; the others have none of its values"),
            {
                "file": link.table.source.file,
                "matched": n,
                "rows": rows,
                "table": table.source.file,
            },
        )
        for link, n in zip(table.links, matched, strict=True)
    )
