"""Whether a policy fits the registers it is to be used on: reference system, names, expressions."""

from __future__ import annotations

from collections.abc import Collection

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy import Policy, Register
from udsat_geo.registers.cleaning import CleanTable
from udsat_geo.registers.expressions import check_expression, raise_if_any
from udsat_geo.registers.opened import Opened
from udsat_geo.registers.schema import CRS, DERIVED

_NAMES_OF_THE_ENGINE = ("residents", "row", "flags", "dwelling_row")
"""Columns that the engine adds to the rows of a register."""


def check_policy_fits(policy: Policy) -> None:
    """Check that a policy asks for what registers have.

    Raises
    ------
    InputError
        If its criteria read a unit table, or it works in another reference system.
    """
    if policy.reads_unit_table:
        what = "its criteria read a unit table, not registers"
        raise InputError(Problem(f"policy {policy.id}", what, "Leave out --raw, or choose another policy."))
    if policy.units.crs is not None and policy.units.crs != CRS:
        from udsat_geo.vector import check_crs, same_crs, short_crs

        where = policy.place("units.crs")
        check_crs(policy.units.crs, where)
        if not same_crs(policy.units.crs, CRS):
            what = f"is {short_crs(policy.units.crs)}, and registers are read in {CRS}"
            raise InputError(Problem(where, what, f"Set it to {CRS}, or leave it out."))


def let_name_problems(policy: Policy, register: Register, taken: Collection[str]) -> list[Problem]:
    """Names of ``[let]`` that would hide a column, or one that the engine itself adds; SQL knows no upper case."""
    lower = {name.lower() for name in taken}
    return [
        Problem(policy.place(f"let.{register}.{name}"), "is a column already", "Choose another name.")
        for name in policy.let.get(register, {})
        if name in lower
    ]


def check_policy_expressions(opened: Opened, policy: Policy) -> None:
    """Check every expression of a policy against the columns of these registers.

    Raises
    ------
    InputError
        With every fault of every expression.
    """
    problems: list[Problem] = []
    tables = {"residents": opened.residents, "dwellings": opened.dwellings}
    for register, expressions in policy.let.items():
        if register not in tables:
            problems.append(Problem(f"let.{register}", "this policy's registers are residents and dwellings"))
            continue
        problems += let_name_problems(policy, register, [*tables[register].values, *_NAMES_OF_THE_ENGINE])
        columns = _columns_of(tables[register], register)
        for name, expression in expressions.items():
            where = policy.place(f"let.{register}.{name}")
            problems += check_expression(opened.connection, expression, columns, where, aggregates=True)
    for criterion in policy.criteria:
        register = criterion.register_name
        columns = [*_columns_of(tables[register], register), *policy.let.get(register, {})]
        for part in ("where", "numerator", "denominator"):
            where = policy.place(f"criteria ({criterion.key}).{part}")
            problems += check_expression(opened.connection, getattr(criterion, part), columns, where)
    raise_if_any(problems)


def _columns_of(table: CleanTable, register: Register) -> list[str]:
    """The columns of a register that expressions may use, derived ones too."""
    return [*table.values, *DERIVED.get(register, ())]
