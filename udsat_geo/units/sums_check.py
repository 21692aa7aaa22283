"""What no unit may have: a share outside 0 to 1, or people fewer than none."""

from __future__ import annotations

import re

import numpy as np

from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.units.units import Units

_ROUNDING = 1e-6
"""By so much of itself a share may lie above 1: sums of fractions are rounded to millionths. Own choice."""

_FEW = 10
"""Among so few units, one may well hold more than the others together. Own choice."""
_COLUMN = re.compile(r'"[^"]+"|[^\W\d]\w*')


def check_sums(units: Units, policy: Policy, name: str, language: str = "en") -> tuple[str, ...]:
    """Check the sums of each unit.

    Parameters
    ----------
    units : Units
    policy : Policy
    name : str
        Of the table or folder, for the message.
    language : {"da", "en"}
        Of the notes.

    Returns
    -------
    tuple of str
        What is to be said of negative sums above the line, which only criteria that are no shares may have, of numbers
        of a unit table that outweigh all others, and of fractions where counts belong.

    Raises
    ------
    InputError
        With every criterion whose denominator is negative, and every share that lies outside 0 to 1.
    """
    problems: list[Problem] = []
    notes: list[str] = []
    for j, criterion in enumerate(policy.criteria):
        top, below = units.numerator[:, j], units.denominator[:, j]
        problems += _negative(units, criterion, name, below, int(units.denominator_unit[j]), N_("denominator"))
        if criterion.unit == "share":
            problems += _negative(units, criterion, name, top, int(units.numerator_unit[j]), N_("numerator"))
            problems += [] if criterion.may_exceed_one else _above_one(units, criterion, name, j)
        elif criterion.register_name == "units" and (top < 0).any():
            text = _(
                "{name}, {criterion}: units with a negative numerator ({expression}): {count}, for example {unit}: "
                "{value}; list codes for missing values under [units] missing.",
                language,
            )
            first = int(np.argmin(top))
            told = {"unit": units.unit_id[first], "value": _shown(top[first], int(units.numerator_unit[j]), language)}
            count = decimal(int((top < 0).sum()), 0, language)
            told |= {"expression": criterion.numerator, "criterion": criterion.label_in(language)}
            notes.append(text.format(name=name, count=count, **told))
    if problems:
        raise InputError(problems)
    notes += _too_few(units, policy, name, language)
    if policy.reads_unit_table:
        notes += _outweighing(units, policy, name, language) + _fractions(units, policy, name, language)
    return tuple(notes)


def _too_few(units: Units, policy: Policy, name: str, language: str) -> list[str]:
    """What is said of units whose people are too few to read a quantile from."""
    text = _(
        "{where}: {count} units with fewer than {least} persons have no quantile, for example {unit} ({persons}). Take "
        "larger units, or fewer as least_persons.",
        language,
    )
    notes = []
    for j, values in units.quantiles.items():
        criterion, persons = policy.criteria[j], values.rows_of_places(len(units))
        few = np.flatnonzero((persons > 0) & (persons < criterion.least_persons))
        if len(few):
            counts = {"count": len(few), "least": criterion.least_persons, "persons": int(persons[few[0]])}
            told = {key: decimal(number, 0, language) for key, number in counts.items()}
            where = criterion.label_in(language)
            # a folder of registers may be called otherwise when the run is repeated
            where = f"{name}, {where}" if policy.reads_unit_table else where
            notes.append(text.format(where=where, unit=units.unit_id[few[0]], **told))
    return notes


def _outweighing(units: Units, policy: Policy, name: str, language: str) -> list[str]:
    """What is said of units of which one has more than all others together, as a code for missing values makes it."""
    columns = {policy.units.residents or "": (units.residents, 1)}
    for j, criterion in enumerate(policy.criteria):
        columns.setdefault(criterion.numerator, (units.numerator[:, j], int(units.numerator_unit[j])))
        columns.setdefault(criterion.denominator, (units.denominator[:, j], int(units.denominator_unit[j])))
    text = _(
        "{name}, {expression}: unit {unit} has {value}, more than all {count} others together; if it is a code, list "
        "it under [units] missing.",
        language,
    )
    notes = []
    for expression, (sums, unit) in columns.items():
        filled = int((sums != 0).sum())
        largest = int(np.argmax(np.abs(sums)))
        rest = np.abs(sums).sum(dtype=np.float64) - abs(float(sums[largest]))
        if filled > _FEW and abs(float(sums[largest])) > rest:
            told = {"unit": units.unit_id[largest], "value": _shown(sums[largest], unit, language)}
            notes.append(text.format(name=name, expression=expression, count=filled - 1, **told))
    return notes


def _fractions(units: Units, policy: Policy, name: str, language: str) -> list[str]:
    """What is said of shares whose numerator is a column of fractions over whole numbers: perhaps shares themselves."""
    text = _(
        "{name}, {criterion}: {expression} holds fractions over whole numbers, for example {value} of {of} in unit "
        "{unit}; a share or a percentage has no such denominator.",
        language,
    )
    notes = []
    for j, criterion in enumerate(policy.criteria):
        if criterion.unit != "share" or not _COLUMN.fullmatch(criterion.numerator.strip()):
            continue
        top_unit, below_unit = int(units.numerator_unit[j]), int(units.denominator_unit[j])
        broken = (units.numerator[:, j] % top_unit != 0) & (units.denominator[:, j] % below_unit == 0)
        if units.bounds is not None:
            # the midpoint of an interval is no fraction that was written
            broken &= units.bounds.numerator_lower[:, j] == units.bounds.numerator_upper[:, j]
        if 2 * broken.sum() > (units.numerator[:, j] != 0).sum():
            first = int(np.flatnonzero(broken)[0])
            told = {"unit": units.unit_id[first], "value": _shown(units.numerator[first, j], top_unit, language)}
            told |= {"of": _shown(units.denominator[first, j], below_unit, language)}
            label = criterion.label_in(language)
            notes.append(text.format(name=name, criterion=label, expression=criterion.numerator, **told))
    return notes


def _negative(units: Units, criterion: Criterion, name: str, sums: Ints, unit: int, side: str) -> list[Problem]:
    wrong = np.flatnonzero(sums < 0)
    if not len(wrong):
        return []
    lowest = int(wrong[np.argmin(sums[wrong])])
    expression = getattr(criterion, side)
    where = _("{name}, criterion {key}, {side} {expression}").format(
        name=name, key=criterion.key, side=_(side), expression=expression
    )
    remedy = _("Mend the values, or the expression.")
    if criterion.register_name == "units":
        remedy = _("List codes for missing values under [units] missing.")
    example = _("unit {unit}: {value}").format(unit=units.unit_id[lowest], value=_shown(sums[lowest], unit))
    return [Problem(where, _("negative numbers"), remedy, len(wrong), example)]


def _above_one(units: Units, criterion: Criterion, name: str, j: int) -> list[Problem]:
    top = units.numerator[:, j] / float(units.numerator_unit[j])
    below = units.denominator[:, j] / float(units.denominator_unit[j])
    beyond = top - below > _ROUNDING * np.maximum(below, 1.0)
    wrong = np.flatnonzero(beyond & (below >= 0))
    if not len(wrong):
        return []
    first = int(wrong[np.argmax(top[wrong] - below[wrong])])
    where = _("{name}, criterion {key}, numerator {expression}").format(
        name=name, key=criterion.key, expression=criterion.numerator
    )
    remedy = _("A share lies between 0 and 1: divide a percentage by 100, or allow more by may_exceed_one = true.")
    if criterion.register_name == "units":
        remedy = _(
            "A share lies between 0 and 1: divide a percentage by 100, list codes for missing values under [units] "
            "missing, or allow more by may_exceed_one = true."
        )
    example = _("unit {unit}: {value} of {of}").format(
        unit=units.unit_id[first], value=_plain(float(top[first])), of=_plain(float(below[first]))
    )
    return [Problem(where, _("numerators above their denominator"), remedy, len(wrong), example)]


def _shown(value: int, unit: int, language: str | None = None) -> str:
    return _plain(int(value) / unit, language)


def _plain(value: float, language: str | None = None) -> str:
    """A number with the digits it has, at most four after the sign, as it stands in a table."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "da" else text
