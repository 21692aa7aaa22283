"""Registers that cannot answer every criterion: the others are added up all the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import Policy
from udsat_geo.registers.expressions import names_in
from udsat_geo.registers.linking import Place
from udsat_geo.registers.opened import Opened, open_registers
from udsat_geo.registers.policy_checks import check_policy_fits
from udsat_geo.registers.read import RegisterSums, sums_of_opened
from udsat_geo.registers.schema import COLUMNS

Missing = dict[str, tuple[str, ...]]
"""Key of a criterion -> the columns it would need and the registers lack, each with its table."""


def read_partial_registers(
    folder: Path, policy: Policy, place: Place, threads: int | None = None
) -> tuple[RegisterSums, Missing]:
    """Read registers as `udsat_geo.registers.read.read_registers` does, criteria without their columns left out.

    Keys and positions must be there.

    Parameters
    ----------
    folder : Path
    policy : Policy
    place : callable
    threads : int, optional

    Returns
    -------
    sums : RegisterSums
        Over all criteria of the policy; 0 for those that are left out.
    missing : dict
        Criterion -> columns, as in ``residents.education``.

    Raises
    ------
    InputError
        See `udsat_geo.registers.read.read_registers`.
    """
    check_policy_fits(policy)
    opened = open_registers(folder, threads, may_lack_values=True)
    lacking = _lacking(opened, policy)
    missing = {key: lacking[key] for key in policy.keys if lacking[key]}
    if not missing:
        return sums_of_opened(opened, policy, place), missing
    sums = sums_of_opened(opened, _without(policy, lacking), place)
    kept = np.flatnonzero([key not in missing for key in policy.keys])

    def widened(values: NDArray[np.int64], fill: int) -> NDArray[np.int64]:
        whole = np.full((*values.shape[:-1], len(policy.keys)), fill, dtype=np.int64)
        whole[..., kept] = values
        return whole

    return dataclasses.replace(
        sums,
        numerator=widened(sums.numerator, 0),
        denominator=widened(sums.denominator, 0),
        numerator_unit=widened(sums.numerator_unit, 1),
        denominator_unit=widened(sums.denominator_unit, 1),
    ), missing


def _lacking(opened: Opened, policy: Policy) -> Missing:
    """What each criterion, and each value of ``[let]``, would need that these registers do not have."""
    lacking: Missing = {}
    for register, expressions in policy.let.items():
        for name, expression in expressions.items():
            lacking[f"{register}.{name}"] = tuple(_absent(opened, register, expression))
    for criterion in policy.criteria:
        register = criterion.register_name
        sides = (criterion.where, criterion.numerator, criterion.denominator)
        used = {name for side in sides for name in _names_in(opened, side)}
        found = [column for side in sides for column in _absent(opened, register, side)]
        for name in policy.let.get(register, {}):
            found += lacking[f"{register}.{name}"] if name in used else ()
        lacking[criterion.key] = tuple(dict.fromkeys(found))
    return lacking


def _absent(opened: Opened, register: str, expression: str) -> list[str]:
    """The columns that an expression names and a register could have, but does not."""
    tables = {"residents": opened.residents, "dwellings": opened.dwellings}
    if register not in tables:
        return []
    used = _names_in(opened, expression)
    names = [column.name for column in COLUMNS[register] if column.name not in tables[register].values]
    return [f"{register}.{name}" for name in names if name in used]


def _names_in(opened: Opened, expression: str) -> set[str]:
    """The names that an expression uses; none if it is no expression, which is told when it is checked."""
    try:
        return names_in(opened.connection, expression)
    except duckdb.Error:
        return set()


def _without(policy: Policy, lacking: Missing) -> Policy:
    """The policy without what these registers cannot answer."""
    let = {
        register: {name: text for name, text in expressions.items() if not lacking[f"{register}.{name}"]}
        for register, expressions in policy.let.items()
    }
    criteria = tuple(criterion for criterion in policy.criteria if not lacking[criterion.key])
    return policy.model_copy(update={"let": let, "criteria": criteria})
