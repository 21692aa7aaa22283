"""What a release policy promises: how counts, rates and squares are told in public."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.limits import bytes_of_text
from udsat_geo.messages.translate import _
from udsat_geo.policy.chain import toml_content
from udsat_geo.policy.faults import checked
from udsat_geo.policy.rules import PolicyId, Rule, Text

BUILT_IN = ("dst", "eurostat-grid", "kbh")
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""In which rates can be told; own choice."""
COUNTED = 0.5
"""Of the residents, the least share that a criterion counts, as those of some ages; own choice."""


class CountsRule(Rule):
    """`[counts]`: how numbers of people are told.

    Attributes
    ----------
    least_persons : int
        Fewer are told as none.
    round_to : int
        Numbers stand to the nearest multiple of it.
    most_noise : int
        With cell keys: the largest change; 0 is none.
    variance : float
        Of the change.
    """

    least_persons: int = Field(ge=2)
    round_to: int = Field(ge=1)
    most_noise: int = Field(0, ge=0, le=20)
    variance: float = Field(0.0, ge=0)

    @model_validator(mode="after")
    def _protects(self) -> CountsRule:
        if self.most_noise and self.round_to > 1:
            raise ValueError(_("numbers are rounded or changed by cell key, not both: give round_to = 1"))
        if self.most_noise and not 0 < self.variance <= self.most_noise**2 / 2:
            raise ValueError(_("variance must lie above 0, and at half the square of most_noise at most"))
        if self.width < self.least_persons:
            what = _("a number told like that could be one of {n}; least_persons asks for {least}")
            raise ValueError(what.format(n=self.width, least=self.least_persons))
        return self

    @property
    def width(self) -> int:
        """How many numbers one that is told may stand for."""
        return 2 * self.most_noise + 1 if self.most_noise else self.round_to

    @property
    def least_told(self) -> int:
        """The least number that is told as such: a class of rounding begins there, and none has fewer numbers."""
        if self.most_noise:
            return self.least_persons
        half, least = self.round_to // 2, max(self.least_persons, self.round_to)
        return math.ceil((least + half) / self.round_to) * self.round_to - half


class RatesRule(Rule):
    """`[rates]`: in which steps rates and composites are told, at least."""

    step: float = Field(0.01, gt=0, le=0.1)
    composite_step: float = Field(0.1, gt=0)


class AmountsRule(Rule):
    """`[amounts]`: when a mean of an amount, as of income or floor area, is withheld, since few contribute most of it.

    Sources: Hundepool and others (2012), Statistical Disclosure Control, chapter 4.2; the manual of tau-ARGUS and
    `primarySuppression` of sdcTable have the same two rules.

    Attributes
    ----------
    dominance_n : int
    dominance_k : float
        Withheld where the `dominance_n` largest contribute more than so many per cent together.
    p_percent : float
        Withheld where all but the two largest contribute less than so many per cent of the largest: the second could
        tell it so closely.
    """

    dominance_n: int = Field(2, ge=1)
    dominance_k: float = Field(85.0, gt=0, le=100)
    p_percent: float = Field(10.0, gt=0, le=100)

    def is_sensitive(self, contribution: Floats) -> bool:
        """Whether few contribute most of an amount; nobody of an empty one.

        Parameters
        ----------
        contribution : float64, shape (n_contributors,)
            Negative ones count by their size.
        """
        largest = np.sort(np.abs(contribution))[::-1]
        total = float(largest.sum())
        if total == 0:
            return False
        dominates = float(largest[: self.dominance_n].sum()) > self.dominance_k / 100 * total
        return dominates or total - float(largest[:2].sum()) < self.p_percent / 100 * float(largest[0])


class UnitsForm(Rule):
    """`[units]`: how units are told: as squares joined until each holds so many persons, by class alone, or not."""

    form: Literal["quadtree", "classes", "none"] = "quadtree"
    least_persons: int = Field(ge=2)


class ReleasePolicy(Rule):
    """A release policy: what is promised of everything that is published together."""

    id: PolicyId
    title: Text = ""
    source: str
    counts: CountsRule
    rates: RatesRule = RatesRule()
    amounts: AmountsRule = AmountsRule()
    units: UnitsForm

    @model_validator(mode="after")
    def _squares_are_told(self) -> ReleasePolicy:
        if self.units.least_persons < self.counts.least_told:
            what = _("units.least_persons must be at least {n}, from which numbers are told")
            raise ValueError(what.format(n=self.counts.least_told))
        return self


def load_release_policy(name: str) -> ReleasePolicy:
    """A built-in release policy, or one of a TOML file.

    Raises
    ------
    InputError
        If there is none, or it is wrong.
    """
    if name in BUILT_IN:
        data = resources.files(__package__).joinpath("policies", f"{name}.toml").read_bytes()
        return checked(ReleasePolicy, toml_content(data, name), name)
    path = Path(name)
    try:
        data = bytes_of_text(path)
    except OSError:
        what = _("no built-in release policy and no readable file")
        raise InputError(Problem(name, what, _("Built in: {names}.").format(names=", ".join(BUILT_IN)))) from None
    return checked(ReleasePolicy, toml_content(data, path.name), path.name)


@dataclass(frozen=True)
class Told:
    """Numbers as they are told.

    Attributes
    ----------
    value : int64, shape (n,)
        -1 where they are withheld.
    least, most : int64, shape (n,)
        What each may stand for, as everybody can tell who knows the rule.
    """

    value: Ints
    least: Ints
    most: Ints


def round_counts(count: Ints, rule: CountsRule) -> Told:
    """Counts to the nearest multiple, halves up; fewer than ``rule.least_told`` are withheld.

    Every number that is told, and "withheld" too, may stand for `round_to` numbers or more.

    Parameters
    ----------
    count : int64, shape (n,)
    rule : CountsRule
    """
    half = rule.round_to // 2
    rounded = (count + half) // rule.round_to * rule.round_to
    withheld = count < rule.least_told
    return Told(
        np.where(withheld, -1, rounded),
        np.where(withheld, 0, rounded - half),
        np.where(withheld, rule.least_told - 1, rounded - half + rule.round_to - 1),
    )


def rate_step(residents: int, policy: ReleasePolicy) -> float | None:
    """The finest step in which a rate of so many residents may be told; None where none may.

    A step is at least `round_to` persons (or as many as a number may stand for) of those whom a criterion counts, so
    that a rate tells no more of a numerator than is told of residents.
    """
    for step in STEPS:
        if step >= policy.rates.step and step * COUNTED * residents >= policy.counts.width:
            return step
    return None


def with_form(policy: ReleasePolicy, form: str | None) -> ReleasePolicy:
    """The policy with units told in another form; None leaves it as it is."""
    if form is None:
        return policy
    return policy.model_copy(update={"units": policy.units.model_copy(update={"form": form})})
