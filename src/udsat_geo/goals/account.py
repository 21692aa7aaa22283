"""The published goals and what registers say of them, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from udsat_geo.goals.crossings import Barriers, Crossings, crossings_in_areas, crossings_of_city
from udsat_geo.goals.interval import Interval
from udsat_geo.goals.measure import Measured, Ratio, measure
from udsat_geo.goals.polling import PollingFile
from udsat_geo.goals.published import Indicator, PublishedGoals, exact_or_printed, published_goals
from udsat_geo.goals.rules import GoalRule, LoadedGoals
from udsat_geo.goals.verdict import Aim, Judgement, Series, judge
from udsat_geo.goals.wording import Words, note
from udsat_geo.policy import Criterion
from udsat_geo.polygon_file import Polygons

_DECIMALS = 1
"""Of a share that stands beside no published figure: as most of the report's; own choice."""


@dataclass(frozen=True)
class RegistersOfYear:
    """Where the registers of a year lie.

    Attributes
    ----------
    year : int
    folder : Path
    source : str
        ``registers`` or ``synthetic``.
    """

    year: int
    folder: Path
    source: str


@dataclass(frozen=True)
class Computed:
    """One criterion of a goals file over the years.

    Attributes
    ----------
    rule : GoalRule
    criterion : Criterion
    areas, city : dict of int to Ratio
        By year; a year whose registers lack a column is absent.
    """

    rule: GoalRule
    criterion: Criterion
    areas: dict[int, Ratio]
    city: dict[int, Ratio]

    @property
    def published(self) -> Indicator | None:
        """The report's indicator that it stands beside."""
        return self.rule.published

    @property
    def unit(self) -> str:
        """As of a published indicator, or the criterion's own."""
        if self.rule.shows == "count":
            return "count"
        return "%" if self.criterion.is_share else self.criterion.unit

    @property
    def decimals(self) -> int:
        """As many as the report prints beside it, so that both are judged by the same measure."""
        if self.unit == "count":
            return 0
        return _DECIMALS if self.published is None else self.published.decimals

    def figure(self, ratio: Ratio) -> Decimal | None:
        """A ratio as it is shown: a count, a share in per cent, or a number in the criterion's own unit."""
        if self.rule.shows == "count":
            return rounded(ratio.numerator, 0)
        if ratio.share is None:
            return None
        return rounded(ratio.share * (100 if self.criterion.is_share else 1), self.decimals)

    @property
    def aim(self) -> Aim | None:
        """The report's aim for its indicator; without one, that the criterion becomes less worse."""
        if self.published is not None:
            return self.published.aim
        return Aim("better", "low" if self.criterion.worse == "high" else "high")

    def judged(self) -> Judgement | None:
        """The same rule over the computed figures, as they are shown; None without an aim."""
        if self.aim is None:
            return None
        city = {} if self.unit == "count" else self._intervals(self.city)
        return judge(Series(self._intervals(self.areas), city), self.aim)

    def _intervals(self, by_year: dict[int, Ratio]) -> dict[int, Interval]:
        figures = {year: self.figure(ratio) for year, ratio in by_year.items()}
        return {year: exact_or_printed(figure, self.unit) for year, figure in figures.items() if figure is not None}


@dataclass(frozen=True)
class Account:
    """Everything that is told of the goals.

    Attributes
    ----------
    published : PublishedGoals
    goals : LoadedGoals or None
        None where nothing is computed, as are those below.
    areas : Polygons or None
    measured : tuple of Measured
        By year.
    computed : tuple of Computed
        In the order of the goals file.
    barriers : Barriers or None
    crossings_in_areas, crossings_of_city : Crossings or None
    """

    published: PublishedGoals
    goals: LoadedGoals | None = None
    areas: Polygons | None = None
    polling: PollingFile | None = None
    measured: tuple[Measured, ...] = ()
    computed: tuple[Computed, ...] = ()
    barriers: Barriers | None = None
    crossings_in_areas: Crossings | None = None
    crossings_of_city: Crossings | None = None

    @property
    def years(self) -> tuple[int, ...]:
        """The years measured."""
        return tuple(measured.year for measured in self.measured)

    @property
    def source(self) -> str | None:
        """``synthetic`` where any of the registers are, else ``registers``; None where nothing is computed."""
        sources = {measured.source for measured in self.measured}
        return None if not sources else "synthetic" if "synthetic" in sources else "registers"

    @property
    def notes(self) -> tuple[Words, ...]:
        """What is to be said about the input."""
        notes: list[Words] = [note("synthetic")] if self.source == "synthetic" else []
        notes += [] if self.areas is None else self.areas.notes
        notes += [] if self.polling is None else self.polling.polygons.notes
        notes += [] if self.barriers is None else self.barriers.notes
        if self.crossings_in_areas is not None and not self.crossings_in_areas.length_km:
            notes.append(note("no_barrier"))
        for measured in self.measured:
            notes += measured.notes
            if measured.counts["residents_unplaced"]:
                notes.append(note("unplaced", year=measured.year, count=measured.counts["residents_unplaced"]))
            if measured.polling is not None and measured.polling.residents_in_no_district:
                count = measured.polling.residents_in_no_district
                notes.append(note("no_district", year=measured.year, count=count))
        return tuple(notes)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """A fraction with so many decimals, halves upwards; exact up to that rounding."""
    scaled = value * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-decimals)


def take_account(
    registers: Sequence[RegistersOfYear] = (),
    goals: LoadedGoals | None = None,
    areas: Polygons | None = None,
    polling: PollingFile | None = None,
    barriers: Barriers | None = None,
    threads: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Account:
    """The published goals, and beside them what can be computed over areas.

    Parameters
    ----------
    registers : sequence of RegistersOfYear
        In the order of years.
    goals : LoadedGoals, optional
        Needed with `areas`.
    areas : Polygons, optional
        Without areas nothing is computed.
    polling : PollingFile, optional
    barriers : Barriers, optional
    threads : int, optional
        For DuckDB.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    InputError
        If registers are at fault or an area lies outside the city.
    """
    published = published_goals()
    if areas is None or goals is None:
        return Account(published)
    measured = []
    for of_year in registers:
        if progress:
            progress(str(of_year.year))
        measured.append(measure(of_year.folder, of_year.year, of_year.source, goals, areas, polling, threads))
    computed = tuple(
        Computed(
            rule,
            criterion,
            {m.year: m.areas[criterion.key] for m in measured if criterion.key in m.areas},
            {m.year: m.city(criterion.key) for m in measured if criterion.key in m.areas},
        )
        for rule, criterion in zip(goals.rules, goals.criteria, strict=True)
    )
    return Account(
        published=published,
        goals=goals,
        areas=areas,
        polling=polling,
        measured=tuple(measured),
        computed=computed,
        barriers=barriers,
        crossings_in_areas=None if barriers is None else crossings_in_areas(barriers, areas, goals.crossings),
        crossings_of_city=None if barriers is None else crossings_of_city(barriers, goals.crossings),
    )
