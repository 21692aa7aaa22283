"""What no unit may have: a share outside 0 to 1, or people fewer than none."""

from __future__ import annotations

import numpy as np

from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.units.units import Units

_ROUNDING = 1e-6
"""By so much of itself a share may lie above 1: sums of fractions are rounded to millionths. Own choice."""


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
        What is to be said of negative sums above the line, which only criteria that are no shares may have.

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
    return tuple(notes)


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
