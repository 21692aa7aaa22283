"""A first `registers.toml`, guessed from the tables of a folder; what is not sure stands as a comment."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.writing import comment, toml_text
from udsat_geo.registers.guessing import summarise
from udsat_geo.registers.layout import TableLayout
from udsat_geo.registers.roles import (
    Roles,
    SeenTable,
    are_countries,
    candidates,
    codes_in,
    key_to,
    likely_meaning,
    meaning_of,
    roles_of,
)
from udsat_geo.registers.schema import COLUMNS
from udsat_geo.registers.settings import NAME, PROFILES, profile_content
from udsat_geo.registers.tables import open_table
from udsat_geo.sources.engine import connect
from udsat_geo.sources.kinds import SUFFIXES, plain

_MOST_CODES = 60
"""More values than this are listed by their number; own choice."""
_AROUND = ("barriers", "crossings", "places", "parcels", "regions", "ground")
"""What may lie beside registers and is none of them."""
_OF_A_PROFILE = 2
"""Files named as in a profile that make a folder one of it, that of residents among them; own choice."""


@dataclass(frozen=True)
class FirstSettings:
    """The text of a first `registers.toml`, and what is to be told of it.

    Attributes
    ----------
    text : str
    profile : str or None
    files : dict
        Our table -> the file it was found in.
    missing : tuple of str
        Our tables and columns that were not found.
    doubtful : tuple of str
        Columns, and values of columns of codes, that stand as comments.
    skipped : tuple of str
        Files that could not be read, and why.
    """

    text: str
    profile: str | None
    files: dict[str, str]
    missing: tuple[str, ...]
    doubtful: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What is doubtful of a folder's tables, for somebody who knows them.

    Attributes
    ----------
    where : str
        Our table and column, as in ``residents.labour_status``.
    text : str
        In the language of the program.
    values : tuple of (str, int)
        The values that the column holds, each with its rows; none where they are not few.
    answers : tuple of str
        What may be answered.
    guess : str
        Empty where there is none.
    """

    where: str
    text: str
    values: tuple[tuple[str, int], ...]
    answers: tuple[str, ...]
    guess: str = ""


Ask = Callable[[Question], str]
"""Answers a question by one of its answers, or by an empty text: what it is about stays a comment then."""


def leave_open(_question: Question) -> str:
    """Answers no question."""
    return ""


def first_settings(folder: Path, ask: Ask = leave_open) -> FirstSettings:
    """Guess the settings of a folder.

    Parameters
    ----------
    folder : Path
    ask : callable, optional
        Asked for everything that is doubtful; without it, that stands as comments.

    Raises
    ------
    InputError
        If there is no such folder, or no table in it.
    """
    if not folder.is_dir():
        raise InputError(Problem(str(folder), _("no such folder"), _("Name the folder that holds the registers.")))
    connection = connect()
    tables, skipped = _tables_in(connection, folder)
    if not tables:
        what, remedy = _("holds no table that can be read"), _("Name the folder in which the registers lie.")
        raise InputError([Problem(str(folder), what, remedy), *skipped])
    profile = next((name for name in PROFILES if _is_of(profile_content(name), tables)), None)
    if profile is not None:
        return _by_profile(connection, profile, tables, tuple(skipped), ask)
    roles = _settled(connection, roles_of(connection, tables), ask)
    missing, doubtful = _missing(roles), [f"{name}.{ours}" for name, its in roles.doubtful.items() for ours in its]
    parts = [_head(folder.name, roles.tables.values())]
    for name in COLUMNS:
        if name in roles.tables:
            lines, unsure = _table(connection, name, roles, ask)
            parts.append(lines)
            doubtful += unsure
    if missing:
        parts.append(comment(_("Not found: {names}.").format(names=", ".join(missing))))
    files = {name: table.file for name, table in roles.tables.items()}
    return FirstSettings(_joined(parts), None, files, missing, tuple(doubtful), tuple(skipped))


def _tables_in(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[list[SeenTable], list[str]]:
    """Every table that can be read, of several years the last; and what is told of other files."""
    last: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.lower() == NAME or path.name.startswith((".", "_")) or stem_of(path) in _AROUND:
            continue
        if path.is_dir() or path.name.lower().endswith(SUFFIXES):
            last[stem_of(path)] = path
    tables: list[SeenTable] = []
    skipped: list[str] = []
    for place, (stem, path) in enumerate(last.items()):
        try:
            inside = _last_part(path)
            # points become eastings and northings in a table of addresses, which any vector file may be
            is_vector = not path.is_dir() and path.suffix.lower() in (".gpkg", ".geojson", ".shp", ".fgb", ".gml")
            source = open_table(connection, inside, "addresses" if is_vector else f"table.{place}", TableLayout(), ())
            columns = summarise(connection, source.relation, read_texts=True)
            tables.append(SeenTable(stem, *_file_and_years(path, stem, inside), source, columns))
        except InputError as error:
            skipped += error.messages
        except duckdb.Error as error:
            reason = str(error).strip().split("\n")[0]
            skipped.append(f"{path.name}: " + _("cannot be read: {reason}").format(reason=reason))
    return tables, skipped


def stem_of(path: Path) -> str:
    """The name of a table in small letters, without suffixes and the year it may end in."""
    name = plain(path.name)
    suffix = next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if name.endswith(suffix)), "")
    return re.sub(r"[_-]?(19|20)\d\d(\d\d)?$", "", name.removesuffix(suffix))


def _file_and_years(path: Path, stem: str, inside: Path) -> tuple[str, str]:
    """What settings call a table, and how its years are kept apart."""
    if inside != path:
        return path.name, inside.relative_to(path).parts[0].partition("=")[0]
    ends = re.match(r"[_-]?(19|20)\d\d(\d\d)?(?!\d)", plain(path.name).removeprefix(stem))
    return (path.name[: len(stem)], "files") if ends else (path.name, "")


def _last_part(path: Path) -> Path:
    """The last of a table's partitions by year; the table itself where it has none."""
    while path.is_dir():
        steps = sorted(step for step in path.iterdir() if step.is_dir() and "=" in step.name)
        if not steps:
            return path
        path = steps[-1]
    return path


def _is_of(profile: Mapping[str, Any], tables: list[SeenTable]) -> bool:
    """Whether tables are called as a profile calls them, residents with the columns that it reads among them."""
    stems = {table.stem: table for table in tables}
    wanted = [(name, plain(str(profile[name].get("file", name)))) for name in COLUMNS]
    joined = profile["residents"].get("joins", {})
    named = [file for _name, file in wanted] + [plain(str(join.get("file", name))) for name, join in joined.items()]
    residents = stems.get(wanted[0][1])
    if residents is None or len({file for file in named if file in stems}) < _OF_A_PROFILE:
        return False
    its = {plain(column.name) for column in residents.columns}
    return all(plain(column) in its for column in _own_columns(profile["residents"]))


def _own_columns(table: Mapping[str, Any]) -> Iterator[str]:
    """The columns of a table's own file that a profile reads, codes apart, which other files may have instead."""
    for value in table.get("columns", {}).values():
        yield from (part for part in (value if isinstance(value, list) else [value]) if "." not in part)


def _by_profile(
    connection: duckdb.DuckDBPyConnection, profile: str, tables: list[SeenTable], skipped: tuple[str, ...], ask: Ask
) -> FirstSettings:
    """Settings that name a profile, and what it lacks."""
    content = profile_content(profile)
    stems = {table.stem: table for table in tables}
    joins = {name: plain(str(join.get("file", name))) for name, join in content["residents"].get("joins", {}).items()}
    files = {name: plain(str(content[name].get("file", name))) for name in COLUMNS}
    known = {*files.values(), *joins.values()}
    told = _("Guessed: {names} are tables of the profile {profile}, which says what their columns and codes mean.")
    names = ", ".join(sorted(known & set(stems)))
    parts = [[*comment(told.format(names=names, profile=profile)), "[profile]", f"name = {toml_text(profile)}"]]
    doubtful: list[str] = []
    for name, file in files.items():
        if file in stems:
            leads_to = stems.get(files["addresses"]) if name == "dwellings" else None
            lines, unsure = _left_open(connection, name, content[name], stems[file], leads_to, ask)
            parts.append(lines)
            doubtful += unsure
    read = [str(value) for value in content["residents"].get("columns", {}).values()]
    needed = {file for name, file in joins.items() if any(value.startswith(f"{name}.") for value in read)}
    # what an education means stands in a table that is joined to the file that names it
    missing = tuple(sorted((set(files.values()) | needed) - set(stems)))
    others = sorted(set(stems) - known)
    parts += [_flag_of_persons(content["residents"], stems[table], bool(parts[1])) for table in others]
    if missing:
        parts.append(comment(_("Not found: {names}.").format(names=", ".join(missing))))
    if others:
        parts.append(
            comment(_("Not read, since the profile does not name them: {names}.").format(names=", ".join(others)))
        )
    there = {name: stems[file].file for name, file in files.items() if file in stems}
    return FirstSettings(_joined(parts), profile, there, missing, tuple(doubtful), skipped)


def _flag_of_persons(residents: Mapping[str, Any], table: SeenTable, has_columns: bool) -> list[str]:
    """As comments, how a table of persons that a profile does not name would say who is in education."""
    key = residents.get("unique", "")
    keyed = key in {plain(column.name) for column in table.columns}
    flags = [column.name for column in table.columns if column.kind == "boolean"]
    if not keyed or len(flags) != 1:
        return []
    flag, ours = flags[0], plain(flags[0])
    told = _(
        "{table} has the key of persons, and {flag} is true or false. If it says who is in education, take this in:"
    )
    lines = [] if has_columns else ["[residents.columns]"]
    lines += [f"{ours} = {toml_text(f'{table.stem}.{flag}')}", "[residents.types]", f'{ours} = "boolean"']
    lines += [f"[residents.joins.{table.stem}]", f"key = {toml_text(key)}", "[residents]"]
    lines += [f"in_education = {toml_text(ours)}"]
    return [*comment(told.format(table=table.stem, flag=flag)), *(f"# {line}" for line in lines)]


def _left_open(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    content: Mapping[str, Any],
    table: SeenTable,
    addresses: SeenTable | None,
    ask: Ask,
) -> tuple[list[str], list[str]]:
    """What a profile leaves open of a table: columns that it does not name, and which key leads to the addresses."""
    given = content.get("columns", {})
    known = {*given, *(column.name.lower() for column in table.columns)}
    known |= {"origin"} if "origin_country" in known else set()
    known |= {"easting", "northing"} if "cell" in known else set()
    lines, codes, doubtful = [f"[{name}.columns]"], [], []
    key = None if addresses is None else key_to(connection, table, addresses)
    if key is not None and isinstance(given.get("address_id"), str) and plain(key[0]) != plain(given["address_id"]):
        told = _("its values are those of the addresses")
        lines.append(f"address_id = {toml_text(key[0])}  # {told}")
    for column in COLUMNS[name]:
        if column.kind == "key" or not column.required or column.name in known:
            continue
        found = candidates(column.name, table)
        chosen = found[0] if len(found) == 1 else ""
        if not chosen:
            which = _("which column is it?")
            chosen = ask(_which_column(connection, name, column.name, table, which, next(iter(found), "")))
        if chosen:
            lines.append(f"{column.name} = {toml_text(chosen)}")
            if column.codes:
                mapped, unsure = _codes(connection, name, table, column.name, chosen, ask)
                codes += mapped
                doubtful += unsure
            continue
        doubtful.append(f"{name}.{column.name}")
        names = ", ".join(found or [one.name for one in table.columns])
        told = _("Which column is {ours}? Perhaps one of {names}, or of a file to be joined.")
        lines += [*comment(told.format(ours=column.name, names=names)), f'# {column.name} = ""']
    return ([*lines, *codes] if len(lines) > 1 else []), doubtful


def _joined(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _head(folder: str, tables: Iterable[SeenTable]) -> list[str]:
    told = _(
        "What the tables of {folder} seem to be, guessed from names and values. Look at every line. What is doubtful "
        "stands as a comment."
    )
    years = ", ".join(toml_text(way) for way in dict.fromkeys(table.years for table in tables if table.years))
    apart = ["[registers]", f"years = [{years}]"] if years else []
    return [*comment(told.format(folder=folder)), 'source = "registers"', 'statement = ""', *apart]


def _settled(connection: duckdb.DuckDBPyConnection, roles: Roles, ask: Ask) -> Roles:
    """The roles with the columns that somebody says are ours: of those called so, and of those not found."""
    columns, doubtful = {}, {}
    for name, table in roles.tables.items():
        answers: dict[str, str] = {}
        for ours, its in roles.doubtful[name].items():
            called = _("{column} is called so, but its values are not such; which column is it?").format(column=its)
            answers[ours] = ask(_which_column(connection, name, ours, table, called, its))
        for ours in _lacking(roles, name):
            if ours not in answers:
                text = _("no column was found; which is it?")
                answers[ours] = ask(_which_column(connection, name, ours, table, text, ""))
        given = {ours: answer for ours, answer in answers.items() if answer}
        columns[name] = {**roles.columns[name], **given}
        doubtful[name] = {ours: its for ours, its in roles.doubtful[name].items() if ours not in given}
    return dataclasses.replace(roles, columns=columns, doubtful=doubtful)


def _which_column(
    connection: duckdb.DuckDBPyConnection, name: str, ours: str, table: SeenTable, text: str, guess: str
) -> Question:
    """Which column of a table is one of ours, with the values of the one that is guessed."""
    few = guess and table.column(guess).distinct <= _MOST_CODES
    values = tuple(codes_in(connection, table, guess)) if few else ()
    return Question(f"{name}.{ours}", text, values, tuple(column.name for column in table.columns), guess)


def _lacking(roles: Roles, name: str) -> list[str]:
    """The columns of one of our tables that were not found, and that no column of the file is called like."""
    its = roles.columns[name]
    lacking = {column.name for column in COLUMNS[name] if column.required} - set(its)
    lacking -= {"origin"} if "origin_country" in its else set()
    return sorted(lacking - {column.name.lower() for column in roles.tables[name].columns})


def _missing(roles: Roles) -> tuple[str, ...]:
    """Tables and columns of ours that were not found."""
    missing = [name for name in COLUMNS if name not in roles.tables]
    missing += [f"{name}.{ours}" for name in roles.columns for ours in _lacking(roles, name)]
    return tuple(missing)


def _table(connection: duckdb.DuckDBPyConnection, name: str, roles: Roles, ask: Ask) -> tuple[list[str], list[str]]:
    """What is said of one of our tables, and what of it is doubtful."""
    table = roles.tables[name]
    lines = [f"[{name}]"]
    if table.stem != name:
        lines.append(f"file = {toml_text(table.file)}")
    dialect = table.source.dialect
    if dialect is not None:
        told = _("found out from the file; so is the decimal sign")
        lines += [f"separator = {toml_text(dialect.separator)}" + f"  # {told}"]
        lines.append(f"encoding = {toml_text(dialect.encoding)}")
    renamed = {ours: its for ours, its in roles.columns[name].items() if its.lower() != ours}
    if renamed or roles.doubtful[name]:
        lines.append(f"[{name}.columns]")
        lines += [f"{ours} = {toml_text(its)}" for ours, its in renamed.items()]
        for ours, its in roles.doubtful[name].items():
            told = _("it is called so, but its values are not such")
            lines.append(f"# {ours} = {toml_text(its)}  # {told}")
    doubtful = []
    for ours in ("labour_status", "education", "origin", "tenure"):
        coded = roles.columns[name].get(ours)
        if coded is not None:
            mapped, unsure = _codes(connection, name, table, ours, coded, ask)
            lines += mapped
            doubtful += unsure
    country = roles.columns[name].get("origin_country")
    if country is not None and not are_countries(codes := codes_in(connection, table, country)):
        lines.append(f"[{name}.values.origin_country]")
        lines += comment(_("Countries are two letters (ISO 3166-1); {n} others are to be mapped.").format(n=len(codes)))
        doubtful.append(f"{name}.origin_country")
    return lines, doubtful


def _codes(
    connection: duckdb.DuckDBPyConnection, name: str, table: SeenTable, ours: str, its: str, ask: Ask
) -> tuple[list[str], list[str]]:
    """The values of a column of codes, each with its rows: those that are sure mapped, the others as comments."""
    codes = codes_in(connection, table, its)
    meant = {value: meaning_of(ours, value) for value, _count in codes}
    if all(value == meaning for value, meaning in meant.items()):
        return [], []
    allowed = next(column.codes for column in COLUMNS[name] if column.name == ours)
    lines = [f"[{name}.values.{ours}]", *comment(_("Ours are {codes}.").format(codes=", ".join(allowed)))]
    for value, count in codes[:_MOST_CODES]:
        rows = _("{count} rows").format(count=decimal(count, 0))
        if meant[value] is None:
            text = _("what is {value!r} ({rows})?").format(value=value, rows=rows)
            guess = likely_meaning(ours, value)
            meant[value] = ask(Question(f"{name}.{ours}", text, tuple(codes), allowed, guess)) or None
        sign = "" if meant[value] else "# "
        lines.append(f"{sign}{toml_text(value)} = {toml_text(meant[value] or '')}  # {rows}")
    if len(codes) > _MOST_CODES:
        lines += comment(_("... and {n} more.").format(n=len(codes) - _MOST_CODES))
    unsure = [value for value, meaning in meant.items() if meaning is None]
    return lines, [f"{name}.{ours}: {len(unsure)}"] if unsure else []
