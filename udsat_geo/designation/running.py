"""Units that must have qualified in several designations running (``rule.years_running``).

The files of the earlier designations are read by `udsat_geo.files.read`; here is the rule alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy.rules import Policy


@dataclass(frozen=True)
class Qualified:
    """Which units met the demands of a designation in its own year.

    Attributes
    ----------
    year : int
    unit_id : object (str), shape (n_units,)
    qualified : bool, shape (n_units,)
    """

    year: int
    unit_id: NDArray[np.object_]
    qualified: NDArray[np.bool_]


def earlier_years(year: int, policy: Policy) -> tuple[int, ...]:
    """The years whose designations a unit must have qualified in as well, the latest first.

    Parameters
    ----------
    year : int
        The year to designate.
    policy : Policy
        ``rule.years_running`` designations, this one included, lie one ``cadence`` apart.
    """
    return tuple(year - policy.cadence * back for back in range(1, policy.rule.years_running))


def qualified_throughout(unit_id: NDArray[np.object_], earlier: Iterable[Qualified]) -> NDArray[np.bool_]:
    """Which units qualified in every one of the earlier designations.

    Parameters
    ----------
    unit_id : object (str), shape (n_units,)
        Of the units to designate now.
    earlier : iterable of Qualified
        Their units may be others: one that an earlier designation does not have did not qualify in it.

    Returns
    -------
    bool, shape (n_units,)
        True everywhere when there are no earlier designations to look at.
    """
    result = np.ones(len(unit_id), dtype=bool)
    for designation in earlier:
        met = set(designation.unit_id[designation.qualified].tolist())
        result &= np.fromiter((unit in met for unit in unit_id.tolist()), dtype=bool, count=len(unit_id))
    return result
