"""What the registers say of each household: the residents of one dwelling, and the dwelling itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from udsat_geo.kernels.arrays import Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.expressions import check_policy_expressions, check_policy_fits, evaluate_let
from udsat_geo.registers.opening import check, open_registers
from udsat_geo.registers.read import (
    Place,
    Ratios,
    add_up_dwellings,
    add_up_residents,
    link_dwellings,
    place_addresses,
)


@dataclass(frozen=True)
class Households:
    """The sums of each dwelling that has a place, in the order of the dwellings' keys.

    Attributes
    ----------
    place : int64, shape (n_households,)
    residents : int64, shape (n_households,)
    numerator, denominator : int64, shape (n_households, n_criteria)
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        As in `udsat_geo.registers.read.RegisterSums`.
    """

    place: Ints
    residents: Ints
    numerator: Ints
    denominator: Ints
    numerator_unit: Ints
    denominator_unit: Ints

    def __len__(self) -> int:
        return len(self.place)


def read_households(
    folder: Path, policy: Policy, place: Place, threads: int | None = None, year: int | None = None
) -> Households:
    """Add up the criteria of a policy over each household.

    Parameters
    ----------
    folder, policy, place, threads, year
        As of `udsat_geo.registers.read.read_registers`.

    Raises
    ------
    InputError
        As `udsat_geo.registers.read.read_registers` does.
    """
    check_policy_fits(policy)
    opened = open_registers(folder, threads, year=year)
    check_policy_expressions(opened, policy)
    opened, _rows, counts = check(opened)
    let = evaluate_let(opened.connection, policy, "residents", opened.residents.select())
    place_addresses(opened, place, counts)
    place_of_dwelling, _unplaced = link_dwellings(opened, policy, counts)
    n_dwellings = len(place_of_dwelling)
    # each dwelling is a place of its own, and those without one stay without
    own = np.where(place_of_dwelling >= 0, np.arange(n_dwellings), -1).astype(np.int32)
    ratios = Ratios.empty(n_dwellings, len(policy.criteria))
    residents, of_dwelling = add_up_residents(opened, policy, own, let, ratios)
    add_up_dwellings(opened, policy, of_dwelling, own, ratios)
    # the order of the rows says nothing of a household; that of its key does
    row = opened.connection.sql("SELECT rowid AS row FROM dwellings ORDER BY dwelling_id").fetchnumpy()["row"]
    opened.connection.close()
    order = np.asarray(row, dtype=np.int64)
    order = order[place_of_dwelling[order] >= 0]
    return Households(
        place_of_dwelling[order].astype(np.int64),
        residents[order],
        ratios.numerator[order],
        ratios.denominator[order],
        ratios.numerator_unit,
        ratios.denominator_unit,
    )
