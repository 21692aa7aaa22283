"""What `registers.toml` may say of a table: its file, further columns, keys of several columns, files joined to it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.registers.schema import DECLARED, DERIVED, MADE_OF, Column, columns_of_table
from udsat_geo.sources.csv import TableSettings

NAMES_OF_THE_ENGINE = ("row", "flags", "dwelling_row", "no_address", "place", "hash_of_key", "rowid")
"""Columns that the engine adds to the rows of a register."""

_NAME = re.compile(r"[a-zæøåäöü_][a-z0-9æøåäöü_]*")


def _listed(given: Any) -> Any:
    """One value as a list of one; numbers and truth values as the text that a file would have."""
    values = given if isinstance(given, list | tuple) else [given]
    return tuple(str(value) if isinstance(value, int) and not isinstance(value, bool) else value for value in values)


def _pairs(given: Any) -> Any:
    """A key as pairs of the table's column and the joined file's."""
    if isinstance(given, dict):
        return tuple(given.items())
    if isinstance(given, str | list):
        return tuple(pair if isinstance(pair, list | tuple) else (pair, pair) for pair in _listed(given))
    return given


Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
Values = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Pairs = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs), Field(min_length=1)]


class JoinedFile(TableSettings):
    """A further file whose columns are those of a table's rows.

    Attributes
    ----------
    key : tuple of (str, str)
        The table's column, or another joined file's as ``file.column``, and the column of this file that equals it.
    where : dict
        This file's column -> the values of the rows that are read; ``{year}`` among them is the year.
    vintage : int
        The year of its data, or by how many years it lies before the registers' own (-2).
    optional : bool
        Whether it is opened only if a column names it.
    """

    key: Pairs
    where: dict[str, Values] = Field(default_factory=dict)
    vintage: int = Field(default=0, ge=-100, le=9999)
    optional: bool = False

    @model_validator(mode="after")
    def _is_bare(self) -> JoinedFile:
        if self.columns or self.values or self.crs:
            told = _("columns, values and crs of a joined file stand under its table")
            raise ValueError(told)
        return self


class TableLayout(TableSettings):
    """What may be said about a table of registers.

    Attributes
    ----------
    types : dict
        Further column -> its type, a key of `udsat_geo.registers.schema.DECLARED`.
    key_columns : dict
        Our key -> the columns that make it up; in the file these stand under ``columns`` as lists.
    where : dict
        The file's column -> the values of the rows that are read; ``{year}`` among them is the year.
    vintage : int
        The year of its data, or by how many years it lies before the year that is asked for (-1).
    joins : dict
        Name -> joined file.
    dates : {"day first"} or None
        How dates that are text are written, where not as 2021-03-31.
    in_education : str or None
        Which of our columns says who is in education, where that of education holds completed ones alone:
        ``labour_status``, or a further one that is true or false.
    unique : str
        The file's column whose values stand once among the rows that are read.
    """

    types: dict[str, Literal["code", "integer", "number", "boolean", "date"]] = Field(default_factory=dict)
    key_columns: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    where: dict[str, Values] = Field(default_factory=dict)
    vintage: int = Field(default=0, ge=-100, le=9999)
    joins: dict[str, JoinedFile] = Field(default_factory=dict)
    dates: Literal["day first"] | None = None
    in_education: str | None = None
    unique: str = ""

    @model_validator(mode="before")
    @classmethod
    def _lists_are_keys(cls, given: Any) -> Any:
        columns = given.get("columns") if isinstance(given, dict) else None
        if not isinstance(columns, dict):
            return given
        lists = {name: tuple(value) for name, value in columns.items() if isinstance(value, list)}
        single = {name: value for name, value in columns.items() if name not in lists}
        return {**given, "columns": single, "key_columns": lists} if lists else given


def columns_of(name: str, layout: TableLayout) -> tuple[Column, ...]:
    """The columns of a table: those that every register has, and those that are declared.

    Raises
    ------
    InputError
        For each declared name that is taken or cannot stand in an expression, and each key of several columns that is
        no key.
    """
    fixed = {column.name: column for column in columns_of_table(name)}
    taken = {*NAMES_OF_THE_ENGINE, *DERIVED.get(name, ()), *MADE_OF}
    problems = []
    for declared in layout.types:
        where = f"registers.toml: {name}.types.{declared}"
        if name == "addresses":
            what, remedy = _("no expression reads addresses"), _("Join the column to residents or dwellings.")
            problems.append(Problem(where, what, remedy))
        elif declared in fixed:
            what = _("has its type already: {kind}").format(kind=_word(fixed[declared]))
            problems.append(Problem(where, what, _("Leave it out, or choose another name.")))
        elif declared in taken:
            problems.append(Problem(where, _("is a name that the engine uses itself"), _("Choose another name.")))
        elif not _NAME.fullmatch(declared):
            remedy = _("Use small letters, digits and _, and name the file's column under [{name}.columns].")
            problems.append(Problem(where, _("is no name for an expression"), remedy.format(name=name)))
    for key in layout.key_columns:
        if key not in fixed or fixed[key].kind != "key":
            keys = ", ".join(column.name for column in columns_of_table(name) if column.kind == "key")
            what, remedy = _("only a key may be made of several columns"), _("Keys are {keys}.").format(keys=keys)
            problems.append(Problem(f"registers.toml: {name}.columns.{key}", what, remedy))
    further = (
        Column(declared, DECLARED[kind], tuple(dict.fromkeys(layout.values.get(declared, {}).values())))
        for declared, kind in layout.types.items()
    )
    columns = (*columns_of_table(name), *further)
    problems += _unknown(name, layout, columns)
    flags = {"labour_status"} & fixed.keys() | {column.name for column in columns if column.kind == "boolean"}
    if layout.in_education is not None and layout.in_education not in flags:
        what = _("is neither labour_status nor a column that is true or false")
        problems.append(Problem(f"registers.toml: {name}.in_education", what))
    problems += [
        Problem(
            f"registers.toml: {name}.joins.{joined}",
            _("is no name for a file"),
            _("Use letters, digits, - and _, and name the file under file."),
        )
        for joined in layout.joins
        if not re.fullmatch(r"[\w-]{1,100}", joined)
    ]
    if problems:
        raise InputError(problems)
    return columns


def _unknown(name: str, layout: TableLayout, columns: tuple[Column, ...]) -> list[Problem]:
    """Names under ``columns`` and ``values`` that are no columns of the table, or hold no codes."""
    known = {column.name for column in columns} | {other for other, of in MADE_OF.items() if of == name}
    coded = {column.name for column in columns if column.kind in ("code", "boolean")} | {"origin_country"}
    remedy = _('Declare it: [{name}.types] {column} = "code", or integer, number, boolean, date.')
    problems = [
        Problem(
            _("registers.toml: {name}.columns.{name_2}").format(name=name, name_2=column),
            _("is not a column of this table"),
            "" if name == "addresses" else remedy.format(name=name, column=column),
        )
        for column in sorted(set(layout.columns) - known)
    ]
    what = _("is not a column of codes of this table")
    where = _("registers.toml: {name}.values.{name_2}")
    return problems + [
        Problem(where.format(name=name, name_2=column), what) for column in sorted(set(layout.values) - coded)
    ]


def _word(column: Column) -> str:
    return next((word for word, kind in DECLARED.items() if kind == column.kind), column.kind)
