"""Exact sums by unit of one year: what a policy counted, kept to be judged again by other rules, or joined with others.

Whatever judges units reads them from here as from registers. Nothing of persons is in them: how many live in a unit,
and two sums for each criterion. They tell of few people all the same, and are internal.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Ints, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.registers.read import check_sums_fit
from udsat_geo.units.units import Units

INTERNAL = "internal"
"""For whom exact counts are: the house itself. Written into every file that holds them."""
_COUNTED = ("register_name", "where", "numerator", "denominator", "quantile", "least_persons")
_OF_TABLES = ("unit", "may_exceed_one")
"""What of a criterion decides its sums; and of a unit table, whose shares are bounded."""


@dataclass(frozen=True)
class InputRead:
    """A file that sums were taken from: which table it is, its name, its SHA-256, its rows."""

    table: str
    name: str
    sha256: str
    rows: int | None = None


@dataclass(frozen=True)
class Sums:
    """What registers or a unit table hold, added up by unit.

    Attributes
    ----------
    year : int
    units : Units
        With a column of sums for each criterion of `counted`.
    counted : dict
        Whole name of a key -> its value, of all that decides what was counted: as of `counted_by`.
    found : dict
        What was counted and found out on the way: ``counts``, ``rows``, ``files``, ``notes``, ``vintage``, ``let`` and
        of a unit table ``intervals``, as `udsat_geo.designation.designation.read_units` has them.
    source : str
        ``registers``, ``unit_table`` or ``synthetic``.
    version : str
        Of the program that counted.
    policy : (str, str)
        Id and SHA-256 of the policy that it counted by.
    inputs : tuple of InputRead
        What was read; empty as long as nobody asked for hashes.
    """

    year: int
    units: Units
    counted: dict[str, Any]
    found: dict[str, Any]
    source: str
    version: str
    policy: tuple[str, str] = ("", "")
    inputs: tuple[InputRead, ...] = field(default=())

    @property
    def keys(self) -> tuple[str, ...]:
        """The criteria that were counted, in the order of their columns."""
        return tuple(name.split(".")[1] for name in self.counted if name.endswith(".register_name"))

    def by(self, policy: Policy) -> tuple[Units, dict[str, Any]]:
        """The units with the sums of a policy's criteria, and what was found, as a reading of the input gives them.

        Parameters
        ----------
        policy : Policy
            Without indices. What it counts must be among what was counted (`misfits`).
        """
        column = [self.keys.index(key) for key in policy.keys]
        units = self.units if column == list(range(len(self.keys))) else _columns(self.units, column)
        return units, dict(self.found)

    def misfits(self, policy: Policy) -> list[str]:
        """The keys of a policy by which it counts what was not counted, or counts it otherwise."""
        asked = counted_by(policy)
        return [name for name, value in asked.items() if name not in self.counted or self.counted[name] != value]


def counted_by(policy: Policy) -> dict[str, Any]:
    """All that decides what is counted by a policy, by the whole names of its keys, in plain values.

    Thresholds, weights, context and the like are not among it: other ones judge the same sums.
    """
    found: dict[str, Any] = {}
    for name, value in policy.units.model_dump(mode="json").items():
        found[f"units.{name}"] = value
    found["compare.column"] = policy.compare.column
    for register, expressions in policy.let.items():
        found |= {f"let.{register}.{name}": expression for name, expression in expressions.items()}
    for criterion in policy.criteria:
        if not criterion.is_index:
            found |= dict(_counted_of(criterion))
    return found


def _counted_of(criterion: Criterion) -> Iterator[tuple[str, Any]]:
    for name in (*_COUNTED, *(_OF_TABLES if criterion.register_name == "units" else ())):
        yield f"criteria.{criterion.key}.{name}", getattr(criterion, name)


def _columns(units: Units, column: Sequence[int]) -> Units:
    """Units with some of their columns of sums."""

    def chosen(part: Any) -> Any:
        return None if part is None else type(part)(**{
            each.name: getattr(part, each.name)[:, column] for each in dataclasses.fields(part)
        })  # fmt: skip

    return dataclasses.replace(
        units,
        numerator=units.numerator[:, column],
        denominator=units.denominator[:, column],
        numerator_unit=units.numerator_unit[column],
        denominator_unit=units.denominator_unit[column],
        bounds=chosen(units.bounds),
        errors=chosen(units.errors),
        quantiles={new: units.quantiles[old] for new, old in enumerate(column) if old in units.quantiles},
    )


# --- of several offices -------------------------------------------------------------------------------------------

_PERSONS = ("residents", "dwellings")
_OF_ADDRESSES = "addresses"


def join_sums(parts: Sequence[tuple[str, Sums]]) -> Sums:
    """The sums of several offices over one grid as those of all their registers together.

    Parameters
    ----------
    parts : sequence of (str, Sums)
        What messages call each, and its sums.

    Raises
    ------
    InputError
        If they are not of cells of one grid, one year, one program and one count, or the same people are given twice.
    """
    if len(parts) == 1:
        return parts[0][1]
    problems = [*_not_alike(parts), *_twice(parts)]
    if problems:
        raise InputError(problems)
    names, sums = [name for name, _sums in parts], [each for _name, each in parts]
    first = sums[0]
    # each office's sums fit by themselves; all together need not
    sides = (np.concatenate([getattr(each.units, side) for each in sums]) for side in ("numerator", "denominator"))
    largest = np.max([np.abs(side.astype(np.float64)).sum(axis=0) for side in sides], axis=0)
    check_sums_fit(first.policy[0], dict(zip(first.keys, largest.tolist(), strict=True)))
    return dataclasses.replace(
        first,
        units=_united([each.units for each in sums]),
        found=_found_in(names, sums),
        source="synthetic" if any(each.source == "synthetic" for each in sums) else first.source,
        inputs=tuple(read for each in sums for read in each.inputs),
    )


def _not_alike(parts: Sequence[tuple[str, Sums]]) -> Iterator[Problem]:
    """Why sums cannot be added to those of the first part."""
    (first_name, first), others = parts[0], parts[1:]
    for name, each in parts:
        if each.units.kind != "cells" or each.source == "unit_table":
            yield Problem(name, _("is not of cells made from registers"), _("Only those of one grid can be joined."))
    for name, each in others:
        if each.version != first.version:
            what = _("was counted by version {version}, and {other} by {second}")
            told = what.format(version=each.version, other=first_name, second=first.version)
            yield Problem(name, told, _("Count both by the same version."))
        if each.year != first.year:
            what = _("is of {year}, and {other} of {second}")
            yield Problem(name, what.format(year=each.year, other=first_name, second=first.year))
        if each.units.grid != first.units.grid or each.units.crs != first.units.crs:
            yield Problem(name, _("is over another grid than {other}").format(other=first_name))
        keys = [key for key in (*first.counted, *each.counted) if first.counted.get(key) != each.counted.get(key)]
        if keys:
            what = _("was counted by another policy than {other}: {keys}")
            told = what.format(other=first_name, keys=", ".join(dict.fromkeys(keys)))
            yield Problem(name, told, _("Count all by the same policy."))
        let, own = first.found["let"], each.found["let"]
        taken = sorted(key for key in {*let, *own} if let.get(key) != own.get(key))
        if taken and not keys:
            what = _("took another value than {other} for [let]: {names}")
            told = ", ".join(f"{key} = {own.get(key)}, {let.get(key)}" for key in taken)
            remedy = _("Give all offices one value: udsat sums --let {name}=VALUE.").format(name=taken[0])
            yield Problem(name, what.format(other=first_name, names=told), remedy)
        if (each.units.numerator_unit != first.units.numerator_unit).any() or (
            each.units.denominator_unit != first.units.denominator_unit
        ).any():
            what = _("has columns of whole numbers where {other} has fractions, or the other way round")
            remedy = _("Write the columns in the same way in all offices.")
            yield Problem(name, what.format(other=first_name), remedy)


def _twice(parts: Sequence[tuple[str, Sums]]) -> Iterator[Problem]:
    """Registers of people that stand in two parts: they would count twice."""
    seen: dict[tuple[str, str], str] = {}
    for name, each in parts:
        for read in each.inputs:
            if read.table in _PERSONS:
                other = seen.setdefault((read.table, read.sha256), name)
                if other != name:
                    what = _("counts the same {table} as {other}: {file}")
                    told = what.format(table=read.table, other=other, file=read.name)
                    yield Problem(name, told, _("Give each office's sums once."))


def _united(parts: Sequence[Units]) -> Units:
    """The cells of all parts, each once, with the sums of all."""
    first = parts[0]
    row, col = (np.concatenate([getattr(each, name) for each in parts]) for name in ("row", "col"))
    order = np.lexsort((col, row))
    new = np.append(True, (np.diff(row[order]) != 0) | (np.diff(col[order]) != 0)) if len(order) else np.empty(0, bool)
    cell = np.empty(len(order), dtype=np.int64)
    cell[order] = np.cumsum(new) - 1
    n_cells = int(new.sum())
    row, col = row[order][new], col[order][new]
    if first.grid is None:
        raise TypeError("cells without a grid")
    easting, northing = first.grid.centres(row, col)

    def added(name: str) -> Ints:
        return total(cell, np.concatenate([getattr(each, name) for each in parts]), n_cells)

    return dataclasses.replace(
        first,
        unit_id=first.grid.ids(row, col),
        easting=easting,
        northing=northing,
        row=row,
        col=col,
        residents=added("residents"),
        numerator=added("numerator"),
        denominator=added("denominator"),
    )


def _found_in(names: Sequence[str], sums: Sequence[Sums]) -> dict[str, Any]:
    """What was counted and found out in all parts; addresses that all parts share count once."""
    found = dict(sums[0].found)
    shared = {tuple(read.sha256 for read in each.inputs if read.table == _OF_ADDRESSES) for each in sums}
    once = len(shared) == 1 and shared != {()}
    counts: dict[str, int] = {}
    for each in sums:
        for key, count in each.found["counts"].items():
            counts[key] = count if once and key.startswith(_OF_ADDRESSES) else counts.get(key, 0) + count
    notes = [note for each in sums for note in each.found["notes"]]
    alike = {note for note in notes if notes.count(note) == len(sums)}
    told = [
        note if note in alike else f"{name}: {note}"
        for name, each in zip(names, sums, strict=True)
        for note in each.found["notes"]
    ]
    vintage = {
        key: year
        for key, year in found["vintage"].items()
        if all(each.found["vintage"].get(key) == year for each in sums)
    }
    files = {
        what if not i else f"{what}_{i + 1}": path
        for i, each in enumerate(sums)
        for what, path in each.found["files"].items()
    }
    rows = {
        what if not i else f"{what}_{i + 1}": n for i, each in enumerate(sums) for what, n in each.found["rows"].items()
    }
    return {**found, "counts": counts, "notes": tuple(dict.fromkeys(told)), "vintage": vintage, "files": files,
            "rows": rows}  # fmt: skip
