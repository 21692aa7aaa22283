"""The threshold for leaving that draws find: ``incumbents.leave = "chance:500"``.

The city is taken as it was counted, and designated by the rule without memory. Then it is drawn again and again, each
draw remembering that designation. Whoever of its residents is left out of a draw has been put out by chance, and the
lower the threshold, the fewer they are: the highest one is sought, in hundredths, that puts out no more on average than
is allowed. Who comes in by chance no threshold for leaving holds back; how many they are is told beside.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from udsat_geo.areas.roles import Areas, Memory
from udsat_geo.designation.draws import Draws, scores_of_draw
from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import IncumbentsRule, LeaveByChance, Policy
from udsat_geo.scoring.scores import Scores
from udsat_geo.units.edges import Edges

DRAWS = 50
"""That the threshold is found from, of the seed 0: the same city has the same threshold. Own choice."""
_STEP = 0.01
_AT_ONCE = 4
"""Thresholds that each draw is designated by at a time: more would take more memory, fewer more passes over draws."""

Form = Callable[[Policy, Memory | None], Callable[[Scores], Areas]]
"""A rule and what it remembers -> what forms the areas of scores."""


@dataclass(frozen=True)
class LeaveFound:
    """The threshold for leaving, and what chance does at it.

    Attributes
    ----------
    allowed : int
        Residents whom chance may put out, as the policy says.
    leave : float
    leaving, coming : float
        Residents whom chance puts out, and brings in, on average.
    leaving_without : float
        Residents whom it would put out if nothing were remembered.
    drawn : str
        What was drawn: one of `udsat_geo.designation.draws.KINDS`.
    draws : int
    """

    allowed: int
    leave: float
    leaving: float
    coming: float
    leaving_without: float
    drawn: str
    draws: int = DRAWS

    def of(self, policy: Policy) -> Policy:
        """The policy with the threshold as a number."""
        incumbents = policy.incumbents.model_copy(update={"leave": self.leave})
        return policy.model_copy(update={"incumbents": incumbents})

    def told(self, language: str) -> str:
        """In a sentence."""
        text = N_(
            "incumbents.leave: {leave} is the highest threshold at which at most {allowed} residents of areas are "
            "expected to be put out by chance: about {leaving}, and {without} without memory; about {coming} come in "
            "by chance either way ({draws} draws)."
        )
        figures = {name: decimal(value, 0, language) for name, value in self._figures().items()}
        return _(text, language).format(leave=decimal(self.leave, 2, language), **figures)

    def _figures(self) -> dict[str, float]:
        return {
            "allowed": self.allowed,
            "leaving": self.leaving,
            "without": self.leaving_without,
            "coming": self.coming,
            "draws": self.draws,
        }


def find_leave(
    policy: Policy, year: int, drawing: Draws, edges: Edges, counted: Scores, form: Form, threads: int | None = None
) -> LeaveFound:
    """Find the threshold for leaving of a policy that has it as `LeaveByChance`.

    Parameters
    ----------
    policy : Policy
        Its other thresholds are numbers.
    year : int
    drawing : Draws
    edges : Edges
    counted : Scores
        Of the units as counted.
    form : callable
    threads : int, optional
        The threshold does not depend on it.

    Raises
    ------
    InputError
        If chance puts out more than is allowed whatever the threshold.
    """
    trial = _Trial(policy, year, drawing, edges, counted, form, threads or None)
    leave, edge = policy.incumbents.leave, policy.rule.edge_threshold
    allowed = leave.residents if isinstance(leave, LeaveByChance) else 0
    steps = max(int(np.ceil((edge - float(np.nanmin(counted.composite, initial=edge))) / _STEP)), 1)

    def at(step: int) -> float:
        return round(edge - step * _STEP, 9)

    without, first, last = trial.exchanged([None, at(0), at(steps)])
    if last[0] > allowed:
        least = decimal(np.ceil(last[0]), 0)
        what = _("chance puts out about {least} residents at any threshold: their units fail other demands")
        remedy = _("Allow at least {least}, or ask less beside the composite.")
        told = (what.format(least=least), remedy.format(least=least))
        raise InputError(Problem(policy.place("incumbents.leave"), *told))
    too_high, found = (0, (steps, last)) if first[0] > allowed else (-1, (0, first))
    while found[0] - too_high > 1:
        between = np.unique(np.linspace(too_high, found[0], _AT_ONCE + 2).round().astype(int))[1:-1].tolist()
        for step, exchanged in zip(between, trial.exchanged([at(step) for step in between]), strict=True):
            if exchanged[0] <= allowed:
                found = (step, exchanged)
                break
            too_high = step
    step, (leaving, coming) = found
    return LeaveFound(allowed, at(step), float(leaving), float(coming), float(without[0]), drawing.drawn)


@dataclass(frozen=True)
class _Trial:
    """What tries thresholds; as of `find_leave`."""

    policy: Policy
    year: int
    drawing: Draws
    edges: Edges
    counted: Scores
    form: Form
    threads: int | None

    def exchanged(self, thresholds: list[float | None]) -> Floats:
        """Residents put out and brought in on average, shape (n_thresholds, 2); None remembers nothing."""
        rules = [self.policy.model_copy(update={"incumbents": IncumbentsRule(leave=leave)}) for leave in thresholds]
        residents = self.drawing.units.residents
        plain = self.policy.model_copy(update={"incumbents": IncumbentsRule()})
        before = self.form(plain, None)(self.counted)
        was, memory = before.area_of_unit >= 0, Memory(self.year, before.area_of_unit, before.until)
        formed = [self.form(rule, memory) for rule in rules]

        def one(number: int) -> list[tuple[int, int]]:
            scores = scores_of_draw(self.drawing.of(number), plain, self.edges, self.counted)
            inside = [each(scores).area_of_unit >= 0 for each in formed]
            return [(int(residents[was & ~each].sum()), int(residents[each & ~was].sum())) for each in inside]

        with ThreadPoolExecutor(self.threads) as pool:
            # whole numbers, added up in whatever order: the mean is the same
            sums = sum(np.array(each, dtype=np.int64) for each in pool.map(one, range(DRAWS)))
        return np.asarray(sums / DRAWS, dtype=np.float64)
