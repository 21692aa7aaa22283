"""What is kept of a job, so that it can be done again by another rule: sums by year, and stages that do not change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from udsat_geo.areas.outlines import Shares
from udsat_geo.areas.smooth import Drawn
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.units.sums import Sums
from udsat_geo.units.units import Units

_Made = TypeVar("_Made")
_RECENT = 4
"""So many results of a stage are kept: those of two settings side by side, and what was undone. Own choice."""
_PLAIN = (bool, int, float, str, type(None), BaseModel)


class Stages:
    """Results of the stages of a job, each with all that it was made of.

    Parameters
    ----------
    keeps : bool
        Without it, nothing is kept.
    """

    def __init__(self, keeps: bool = True) -> None:
        self._keeps = keeps
        self._made: dict[str, tuple[tuple[tuple[Any, ...], Any], ...]] = {}

    def take(self, name: str, of: tuple[Any, ...], make: Callable[[], _Made]) -> _Made:
        """The result of a stage: a kept one where it was made of the same, else made now.

        Parameters
        ----------
        name : str
        of : tuple
            All that it depends on. Rules and plain values are the same where they are equal, all else where they are
            one object.
        make : callable
        """
        kept = self._made.get(name, ())
        for made_of, result in kept:
            if len(made_of) == len(of) and all(map(_same, made_of, of)):
                return result  # type: ignore[no-any-return]
        made = make()
        if not self._keeps:
            return made
        self._made[name] = ((of, made), *kept[: _RECENT - 1])
        return made

    def drawn(self, units: Units) -> Drawn | None:
        """Outlines of areas that were drawn over these units; None where nothing is kept."""
        return self.take("drawn", (units,), Drawn) if self._keeps else None

    def shares(self, units: Units, reach: float) -> Shares | None:
        """How much of their ground outlines over these units hold; None where nothing is kept."""
        return self.take("shares", (units, reach), Shares) if self._keeps else None


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return one is other or (isinstance(one, _PLAIN) and isinstance(other, _PLAIN) and bool(one == other))


@dataclass
class Kept:
    """Sums by year, and stages by year.

    Attributes
    ----------
    sums : dict
    is_input : bool
        Whether they stand in the place of registers and tables, which are not there.
    is_closed : bool
        Whether nothing more is read: what is not kept is refused.
    is_trial : bool
        Whether rules are tried, and how what is stored would come out today is not asked.
    """

    sums: dict[int, Sums] = field(default_factory=dict)
    is_input: bool = False
    is_closed: bool = False
    is_trial: bool = False
    _stages: dict[int | None, Stages] = field(default_factory=dict)

    def stages(self, year: int | None) -> Stages:
        """Those of a year."""
        return self._stages.setdefault(year, Stages())

    def take(self, year: int | None, policy: Policy) -> Sums | None:
        """The sums of a year, with all that a policy counts; None where they are to be read.

        Raises
        ------
        InputError
            If it is not kept, and nothing more is read.
        """
        sums = None if year is None else self.sums.get(year)
        odd = [] if sums is None else sums.misfits(policy)
        if sums is not None and not odd:
            return sums
        if not self.is_closed:
            return None
        if sums is None:
            what = _("the people of {year} are needed, and there are no sums of that year").format(year=year)
            raise InputError(Problem(policy.id, what, _("Take the sums of that year as well.")))
        remedy = _("Only what judges units can change; count the registers again by this policy.")
        raise InputError(
            Problem(policy.place(_named(key)), _("is not what the sums by unit were counted by"), remedy)
            for key in _whole(odd)
        )


def _whole(keys: list[str]) -> list[str]:
    """Each criterion that was not counted once, in the place of all its keys."""
    found: dict[str, None] = {}
    for key in keys:
        table, _dot, rest = key.partition(".")
        register = f"{table}.{rest.partition('.')[0]}.register_name"
        found.setdefault(key if table != "criteria" or register not in keys else register)
    return list(found)


def _named(key: str) -> str:
    """The key of a sum as messages name it."""
    table, _dot, rest = key.partition(".")
    if table != "criteria":
        return key
    criterion, _dot, part = rest.partition(".")
    return f"criteria ({criterion})" + ("" if part == "register_name" else f".{part}")
