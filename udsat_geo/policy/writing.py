"""The text of a policy for a ready-made table, with what was guessed and why as comments."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from udsat_geo.messages.translate import _

_WIDTH = 118


@dataclass(frozen=True)
class ProposedCriterion:
    """A criterion that a column suggests.

    Attributes
    ----------
    key : str
    label : dict
        Language -> text.
    column : str
    numerator, denominator, worse, unit, where : str
        As `udsat_geo.policy.rules.Criterion` has them; empty `where` is all rows.
    why : str
        How it was understood.
    rank : int
        Of several of one key the lowest serves best.
    doubt : str
        Why it is a comment only; empty where it is used.
    """

    key: str
    label: dict[str, str]
    column: str
    numerator: str
    denominator: str
    worse: Literal["high", "low"]
    unit: str
    why: str
    rank: int = 0
    doubt: str = ""
    where: str = ""

    def doubted(self, doubt: str) -> ProposedCriterion:
        """The same as a comment; a doubt that it has already stays."""
        return dataclasses.replace(self, doubt=self.doubt or doubt)

    def turned(self, worse: Literal["high", "low"]) -> ProposedCriterion:
        """The same with another side being the worse one."""
        return dataclasses.replace(self, worse=worse)


@dataclass(frozen=True)
class ProposedPolicy:
    """What a policy for a table is made of.

    Attributes
    ----------
    id, table : str
        `table` is the file's name.
    kind : {"cells", "zones"}
    unit_id, residents : str
        Column of the ids; expression of the residents.
    name : str or None
    size : int or None
        Of cells.
    crs : str or None
        To work in; None is the table's own.
    reproject_from : str or None
    missing : tuple of float
    intervals : dict
        Column -> text -> the least and the most of the count that it hides.
    round_residents : bool
    context : int
        Residents that a unit is read with.
    reach : int
    holes : int
        Hectares.
    criteria : tuple of ProposedCriterion
        Sure ones first.
    unused : tuple of str
        Columns that suggest nothing.
    notes : dict
        Key of `[units]` -> what is to be said beside it.
    """

    id: str
    table: str
    kind: Literal["cells", "zones"]
    unit_id: str
    residents: str
    name: str | None
    size: int | None
    crs: str | None
    reproject_from: str | None
    missing: tuple[float, ...]
    round_residents: bool
    context: int
    reach: int
    holes: int
    criteria: tuple[ProposedCriterion, ...]
    unused: tuple[str, ...]
    notes: dict[str, str]
    intervals: dict[str, dict[str, tuple[int, int]]] = dataclasses.field(default_factory=dict)

    @property
    def sure(self) -> tuple[ProposedCriterion, ...]:
        """The criteria that are used."""
        return tuple(one for one in self.criteria if not one.doubt)


def toml_text(text: str) -> str:
    """A text as TOML has it: in single quotes where it holds double ones."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    # control characters, as a header may hold them, stand by their number
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda sign: f"\\u{ord(sign[0]):04x}", escaped) + '"'


def comment(text: str, width: int = _WIDTH) -> list[str]:
    """A text as lines of comments."""
    lines, line = [], "#"
    # a comment holds no control characters, which names of columns may
    for word in "".join(sign if sign.isprintable() else " " for sign in text).split():
        if len(line) + 1 + len(word) > width and line != "#":
            lines.append(line)
            line = "#"
        line += f" {word}"
    return [*lines, line]


def policy_text(proposed: ProposedPolicy) -> str:
    """A policy's file."""
    parts = [_head(proposed), _units(proposed), _context(proposed), *_criteria(proposed), _rule(proposed)]
    return "\n\n".join("\n".join(lines) for lines in [*parts, _areas(proposed)]) + "\n"


def _head(proposed: ProposedPolicy) -> list[str]:
    told = _(
        "A first policy for {table}, guessed from its columns. Nothing here is anybody's official rule: look at every "
        "line, and change it. What is doubtful stands as a comment."
    )
    title = {language: _("Disadvantaged areas", language) for language in ("da", "en")}
    return [
        *comment(told.format(table=proposed.table)),
        f"id = {toml_text(proposed.id)}",
        f"title = {_texts(title)}",
        f"source = {toml_text('')}",
        *_beside("years = [2000, 2099]", _("narrow it to the years that it is for")),
        *_beside("cadence = 4", _("years between designations")),
    ]


def _texts(texts: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{language} = {toml_text(text)}" for language, text in texts.items()) + " }"


def _beside(line: str, told: str) -> list[str]:
    """A line with a comment behind it, or before it where there is no room."""
    whole = f"{line:<30}# {told}"
    return [whole] if len(whole) <= _WIDTH else [*comment(told), line]


def _units(proposed: ProposedPolicy) -> list[str]:
    lines = {
        "kind": toml_text(proposed.kind),
        "size": proposed.size,
        "id": toml_text(proposed.unit_id),
        "name": proposed.name and toml_text(proposed.name),
        "residents": toml_text(proposed.residents),
        "round_residents": toml_text("nearest") if proposed.round_residents else None,
        "missing": f"[{', '.join(f'{code:g}' if code % 1 else str(int(code)) for code in proposed.missing)}]"
        if proposed.missing
        else None,
        "crs": proposed.crs and toml_text(proposed.crs),
        "reproject_from": proposed.reproject_from and f"[{toml_text(proposed.reproject_from)}]",
    }
    written = ["[units]"]
    for key, value in lines.items():
        if value is not None:
            note = proposed.notes.get(key, "")
            written += _beside(f"{key} = {value}", note) if note else [f"{key} = {value}"]
    return written + _intervals(proposed)


def _intervals(proposed: ProposedPolicy) -> list[str]:
    if not proposed.intervals:
        return []
    told = _("Counts hidden for being small, with the least and the most they can be: see whether 0 is among them.")
    lines = ["", "[units.intervals]", *comment(told)]
    for column, bounds in proposed.intervals.items():
        pairs = [f"{toml_text(text)} = [{least}, {most}]" for text, (least, most) in bounds.items()]
        lines.append(f"{toml_text(column)} = {{ {', '.join(pairs)} }}")
    return lines


def _context(proposed: ProposedPolicy) -> list[str]:
    if proposed.context:
        told = _("a unit is read with its nearest units until so many residents are in view")
        lines = _beside(f"residents = {proposed.context}", told)
        return ["[context]", *lines, *_beside(f"reach = {proposed.reach}", _("metres, and no farther"))]
    told = _("a unit has residents enough to be read alone")
    return ["[context]", *_beside("residents = 0", told), "reach = 0"]


def _criteria(proposed: ProposedPolicy) -> list[list[str]]:
    parts = [_criterion(one) for one in proposed.criteria]
    if not proposed.sure:
        parts.insert(0, comment(_("No column was sure enough to be a criterion: the policy needs one to run.")))
    if proposed.unused:
        told = _("Columns that suggested nothing: {names}.").format(names=", ".join(proposed.unused))
        parts.append(comment(told))
    return parts


def _criterion(one: ProposedCriterion) -> list[str]:
    lines = [
        "[[criteria]]",
        f"key = {toml_text(one.key)}",
        f"label = {_texts(one.label)}",
        'register = "units"',
        *([f"where = {toml_text(one.where)}"] if one.where else []),
        f"numerator = {toml_text(one.numerator)}",
        f"denominator = {toml_text(one.denominator)}",
        *([f"unit = {toml_text(one.unit)}"] if one.unit else []),
        f"worse = {toml_text(one.worse)}",
    ]
    why = f": {one.why}" if one.why else ""
    if not one.doubt:
        return [*comment(f"{one.column}{why}."), *lines]
    told = _("Doubtful, so a comment: {column}: {doubt}.").format(column=f"{one.column}{why}", doubt=one.doubt)
    return [*comment(told), *(f"# {line}" for line in lines)]


def _rule(proposed: ProposedPolicy) -> list[str]:
    at_least = max(1, (len(proposed.sure) + 1) // 2)
    told = _("The thresholds are those of the built-in policy kbh-2017, whose own choice they are.")
    return [
        "[rule]",
        *comment(told),
        *_beside("core = 1.0", _("standard deviations: the least composite of a unit that starts an area")),
        *_beside("edge = 0.5", _("and of one that joins it")),
        *_beside(f"criteria = {at_least}", _("so many criteria must be worse than in the whole city")),
    ]


def _areas(proposed: ProposedPolicy) -> list[str]:
    lines = [
        "[areas]",
        *_beside("residents = 1000", _("the least an area holds")),
        *_beside(f"holes = {proposed.holes}", _("hectares: enclosed ground up to this size becomes part of an area")),
    ]
    if proposed.kind == "cells":
        lines += _beside('outline = "smooth"', _("or exact, along the cells"))
    return lines


def names_of(criteria: Sequence[ProposedCriterion]) -> str:
    """The columns of criteria, for a line that is told."""
    return ", ".join(one.column for one in criteria)
