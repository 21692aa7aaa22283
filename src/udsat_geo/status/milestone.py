"""How far the areas have come towards a policy's milestone, such as gaps that are halved by 2025.

Source of the goal: Københavns Kommune, "Status på Politik for Udsatte Byområder", 2021, Tabel 2 and the text at it. How
one tells that a criterion is on the way is published nowhere. Own choice: its gap lies on or below the straight line
from the gap of the first year to the milestone in its year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import MilestoneRule
from udsat_geo.status.series import StatusSeries

Floats = NDArray[np.float64]
State = Literal["reached", "on_the_way", "behind", "missed", "no_gap", "unknown"]
Verdict = Literal["reached", "on_the_way", "behind", "missed"]

_ROUNDINGS = 8
"""How many roundings of a rate two gaps may differ by and still be equal; own choice, far below any figure shown."""


@dataclass(frozen=True)
class Progress:
    """What the last year of a series says of a milestone.

    Attributes
    ----------
    since, now, by : int
        The year that gaps are held against, the last year of the series, and the year of the milestone.
    target : float64, shape (n_criteria,)
        The gap that may be left; NaN where there was no gap, or none is known.
    path : float64, shape (n_criteria,)
        Where the straight line from the first gap to the target lies in the last year.
    to_close : float64, shape (n_criteria,)
        What the gap is still too wide by; 0 once it is reached.
    per_year : float64, shape (n_criteria,)
        The same for each year that is left; NaN when there is none.
    state : tuple of str, n_criteria
        ``reached``; ``on_the_way``, on or below the path; ``behind``; ``missed`` when the milestone's year has come
        without it; ``no_gap`` where the areas were no worse to begin with, so that nothing can be halved: it counts as
        not reached (own choice); ``unknown`` where a gap is not known.
    needed : int
        On how many criteria it must be reached.
    """

    since: int
    now: int
    by: int
    target: Floats
    path: Floats
    to_close: Floats
    per_year: Floats
    state: tuple[State, ...]
    needed: int

    def count(self, state: State) -> int:
        """How many criteria are in a state."""
        return self.state.count(state)

    @property
    def verdict(self) -> Verdict:
        """``reached`` on enough criteria; ``on_the_way`` where those on the way would make it so; else ``behind``.

        Once the milestone's year has come, what is not reached is ``missed``.
        """
        if self.count("reached") >= self.needed:
            return "reached"
        if self.now >= self.by:
            return "missed"
        return "on_the_way" if self.count("reached") + self.count("on_the_way") >= self.needed else "behind"


def progress_of(series: StatusSeries, milestone: MilestoneRule) -> Progress | None:
    """How far a series has come towards a milestone.

    Parameters
    ----------
    series : StatusSeries
    milestone : MilestoneRule

    Returns
    -------
    Progress or None
        Gaps are held against those of ``milestone.since``, or of the first year where that year is not in the series.
        None where the series holds no later year, or begins when the milestone's year has come.
    """
    since, now = since_of(series, milestone), series.years[-1]
    if now <= since or since >= milestone.by:
        return None
    gap, gap_now = series.of(since).gap, series.last.gap
    had_gap = gap > 0
    target = np.where(had_gap, milestone.gap * gap, np.nan)
    elapsed = min((now - since) / (milestone.by - since), 1.0)
    path = gap + elapsed * (target - gap)
    rounding = _rounding(series, since)
    reached, on_path = gap_now <= target + rounding, gap_now <= path + rounding
    to_close = np.where(reached, 0.0, gap_now - target)
    left = milestone.by - now
    known = ~(np.isnan(gap) | np.isnan(gap_now))
    states = zip(known.tolist(), had_gap.tolist(), reached.tolist(), on_path.tolist(), strict=True)
    return Progress(
        since=since,
        now=now,
        by=milestone.by,
        target=target,
        path=path,
        to_close=to_close,
        per_year=to_close / left if left > 0 else np.full(len(gap), np.nan),
        state=tuple(_state(*facts, left > 0) for facts in states),
        needed=math.ceil(Fraction(str(milestone.criteria)) * len(gap)),
    )


def since_of(series: StatusSeries, milestone: MilestoneRule | None) -> int:
    """The year that gaps are held against: the milestone's first where it is in the series, else the series' own."""
    if milestone is not None and milestone.since in series.years:
        return milestone.since
    return series.years[0]


def _state(known: bool, had_gap: bool, reached: bool, on_path: bool, time_is_left: bool) -> State:
    if not known:
        return "unknown"
    if not had_gap:
        return "no_gap"
    if reached:
        return "reached"
    if not time_is_left:
        return "missed"
    return "on_the_way" if on_path else "behind"


def _rounding(series: StatusSeries, since: int) -> Floats:
    """By how much gaps may differ for nothing but the rounding of the rates that they are differences of."""
    both = (series.of(since), series.last)
    levels = np.abs([rate for status in both for rate in (status.areas, status.rest_of_city)])
    rounding: Floats = _ROUNDINGS * np.finfo(np.float64).eps * levels.max(axis=0)
    return rounding
