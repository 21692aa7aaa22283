"""The units of several policies over one input: read in one go where they can be."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from udsat_geo.designation.designation import Inputs, Read, read_units, with_changes
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.sources.origins import name_of
from udsat_geo.units.over_time import with_room
from udsat_geo.units.sums_check import check_sums


@dataclass(frozen=True)
class _Joined:
    """A policy that has the criteria of several, each sum once, and the columns of each policy's criteria in it."""

    policy: Policy
    columns: tuple[tuple[int, ...], ...]


def read_together(
    inputs: Inputs, policies: Sequence[LoadedPolicy], threads: int | None = None, language: str = "en"
) -> list[Read]:
    """The units of each of several policies, as `udsat_geo.designation.designation.read_units` gives them.

    Parameters
    ----------
    inputs : Inputs
        Of all of them.
    policies : sequence of LoadedPolicy
    threads : int, optional
    language : {"da", "en"}

    Returns
    -------
    list of (Units, dict)
        In the order of the policies. Those over registers and the same units are read in one go; where that fails, each
        by itself, so that what is at fault is told of the policy it stands in.

    Raises
    ------
    InputError
        If the input is at fault for one of them.
    """
    joined = _joined([each.policy for each in policies])
    if joined is not None:
        whole = policies[0].model_copy(update={"policy": joined.policy})
        try:
            read = read_units(inputs, whole, threads, language)
        except InputError:
            pass
        else:
            parts = zip(policies, joined.columns, strict=True)
            split = [(each, _part(read, each.policy, np.array(columns), inputs, language)) for each, columns in parts]
            return [with_changes(part, inputs, each, threads, language) for each, part in split]
    return [read_units(inputs, each, threads, language) for each in policies]


def _joined(policies: Sequence[Policy]) -> _Joined | None:
    """One policy with the criteria of all; None where they cannot be read in one go."""
    first = policies[0]
    if len(policies) < 2 or any(each.reads_unit_table or each.units != first.units for each in policies):
        return None
    # a quantile is no sum
    if any(criterion.is_quantile for each in policies for criterion in each.criteria):
        return None
    let: dict[Any, dict[str, str]] = {}
    registers: dict[str, str] = {}
    for each in policies:
        for register, expressions in each.let.items():
            for name, expression in expressions.items():
                # one name for two values: each policy means its own
                if registers.setdefault(name, register) != register:
                    return None
                if let.setdefault(register, {}).setdefault(name, expression) != expression:
                    return None
    criteria: list[Criterion] = []
    place: dict[tuple[str, ...], int] = {}
    columns = []
    for each in policies:
        mine = []
        for criterion in each.without_indices.criteria:
            sums = (criterion.register_name, criterion.where, criterion.numerator, criterion.denominator)
            if sums not in place:
                place[sums] = len(criteria)
                # what a limit or a share must be is looked at policy by policy
                loose = {"key": f"sums_{len(criteria)}", "limit": None, "unit": "", "may_exceed_one": True}
                loose |= {"change_over": None, "change_since": None}
                criteria.append(criterion.model_copy(update=loose))
            mine.append(place[sums])
        columns.append(tuple(mine))
    return _Joined(first.model_copy(update={"let": let, "criteria": tuple(criteria)}), tuple(columns))


def _part(read: Read, policy: Policy, columns: Any, inputs: Inputs, language: str) -> Read:
    """What one policy takes of what was read for all."""
    units, found = read
    mine = dataclasses.replace(
        units,
        numerator=np.ascontiguousarray(units.numerator[:, columns]),
        denominator=np.ascontiguousarray(units.denominator[:, columns]),
        numerator_unit=units.numerator_unit[columns],
        denominator_unit=units.denominator_unit[columns],
    )
    names = {name for expressions in policy.let.values() for name in expressions}
    folder = "" if inputs.registers is None else name_of(inputs.registers)
    notes = (*found["notes"], *check_sums(mine, policy.without_indices, folder, language))
    let = {name: value for name, value in found["let"].items() if name in names}
    return with_room(mine, policy), {**found, "let": let, "notes": notes}
