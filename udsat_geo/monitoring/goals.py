"""The published goals and what registers say of them, side by side."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, InstanceOf

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.polygons import check_in_city, read_polygons
from udsat_geo.kernels.arrays import Flags, Ints, total
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import bytes_of_text
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.chance import Chance, FigureErrors, errors_of_figure, take_chance
from udsat_geo.monitoring.crossings import Barriers, CrossingRule, Crossings, Part, crossings_in, crossings_of_city
from udsat_geo.monitoring.goal_figures import (
    Aim,
    Answers,
    Indicator,
    Judgement,
    PublishedGoals,
    Series,
    exact_or_printed,
    judge,
    note,
    published_goals,
)
from udsat_geo.monitoring.interval import Interval
from udsat_geo.monitoring.life import Life, LifeRule, read_life
from udsat_geo.monitoring.measure import MeasuredYear, measure_year
from udsat_geo.policy.chain import toml_content
from udsat_geo.policy.faults import checked, nearest
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.registers.read import RegisterSums
from udsat_geo.registers.schema import SURVEY
from udsat_geo.registers.survey import LEFT_OUT

BUILT_IN = "goals.toml"

NOBODY = N_("{year}: nobody lives in the area {area}.")
LEFT_BLANK = N_("{year}: the registers have no column {columns}; left blank: {labels}.")
NO_BARRIER = N_("No barrier lies in the areas.")
NO_DISTRICT = N_("{year}: {count} residents live in no polling district.")
UNPLACED = N_("{year}: {count} residents without a place are left out.")
NO_SURVEY = N_("{year}: there is no survey beside the registers; left blank: {labels}.")
NOT_ANSWERED = N_("{year}: {count} answers of the survey are left out ({unknown} of whom the registers do not know).")
TOO_FEW = N_("{year}: fewer than {least} answers, so not shown: {labels}.")
SYNTHETIC = N_("Synthetic registers: these people do not exist.")


class GoalRule(Part):
    """`[[goals]]`: how registers answer a goal.

    Attributes
    ----------
    number : int
        Of the 18 goals.
    indicator : str or None
        The published indicator it stands beside.
    nearness : {"same", "near", "goal"}
        The report's own indicator, one close to it, or another measure of the same goal.
    shows : {"share", "count", "share_of_city"}
        The ratio, its numerator, or the numerator as a share of the whole city's.
    note : dict
        What differs from the report's indicator, ``da`` and ``en``.
    criterion : dict
        As in a policy file.
    """

    number: int = Field(ge=1, le=18)
    indicator: str | None = None
    nearness: Literal["same", "near", "goal"] = "goal"
    shows: Literal["share", "count", "share_of_city"] = "share"
    note: dict[Literal["da", "en"], str] = Field(default_factory=dict)
    criterion: dict[str, Any]

    @property
    def published(self) -> Indicator | None:
        """The indicator of the report that it stands beside."""
        return None if self.indicator is None else published_goals().indicator(self.number, self.indicator)


class PollingRule(Part):
    """`[polling]`: goal 15.

    Attributes
    ----------
    least_share : float
        Of a district's residents who live in an area, for it to count.
    """

    least_share: float = Field(0.5, gt=0, le=1)


class SurveyRule(Part):
    """`[survey]`: figures from the answers of a survey.

    Attributes
    ----------
    least : int
        Answers in the areas, and in the whole city, below which a figure is not shown.
    """

    least: int = Field(30, ge=1)


N = Annotated[int, Field(strict=True, gt=0)]
"""How many answered."""


class AnswersRule(Part):
    """`[[answers]]`: how many answered a survey of which the report prints the shares alone.

    Attributes
    ----------
    goal : int
    indicator : str
    areas : dict of int to int
        By year of the status.
    city : dict of int to int
        Those of the areas among them; without it so many as there are for `IN_AREAS` of them in the areas.
    """

    goal: int = Field(ge=1, le=18)
    indicator: str
    areas: dict[int, N] = Field(min_length=1)
    city: dict[int, N] = Field(default_factory=dict)

    @property
    def by_year(self) -> dict[int, Answers]:
        """As `udsat_geo.monitoring.goal_figures.Series` has them."""
        return {year: (n, self.city.get(year)) for year, n in self.areas.items()}


class _GoalsFile(Part):
    goals: Annotated[tuple[GoalRule, ...], Field(min_length=1, max_length=100)]
    let: dict[str, dict[str, str]] = Field(default_factory=dict)
    answers: tuple[AnswersRule, ...] = ()
    crossings: CrossingRule = CrossingRule()
    polling: PollingRule = PollingRule()
    survey: SurveyRule = SurveyRule()
    life: LifeRule | None = None


class LoadedGoals(Part):
    """A goals file, checked.

    Attributes
    ----------
    name : str
    sha256 : str
        Of the file's bytes.
    rules : tuple of GoalRule
    policy : Policy
        Whose criteria are those of the rules, in their order.
    crossings : CrossingRule
    polling : PollingRule
    survey : SurveyRule
    life : Life or None
        Goal 3 from the tables that the file names.
    answers : tuple of AnswersRule
    """

    name: str
    sha256: str
    rules: tuple[GoalRule, ...]
    policy: Policy
    crossings: CrossingRule
    polling: PollingRule
    survey: SurveyRule = SurveyRule()
    life: InstanceOf[Life] | None = None
    answers: tuple[AnswersRule, ...] = ()

    @property
    def published(self) -> PublishedGoals:
        """The report's goals, with the numbers of answers that the file gives."""
        return published_goals().with_answers({(each.goal, each.indicator): each.by_year for each in self.answers})

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Of the rules, in their order."""
        return self.policy.criteria


def load_goals(path: Path | None = None) -> LoadedGoals:
    """Read a goals file, or the built-in one; one that gives numbers of answers alone has the built-in goals.

    Raises
    ------
    InputError
        If it cannot be read or anything in it is wrong; every fault of its form is told, then every fault of its
        criteria, then those of the tables that it names.
    """
    built_in = resources.files("udsat_geo.monitoring").joinpath(BUILT_IN).read_bytes()
    name, data = (BUILT_IN, built_in) if path is None else (path.name, _bytes_of(path))
    content = toml_content(data, name)
    if "answers" in content and "goals" not in content:
        content = toml_content(built_in, BUILT_IN) | content
    file = checked(_GoalsFile, content, name)
    problems = [
        problem for i, rule in enumerate(file.goals, start=1) for problem in _misfits(rule, f"{name}: goals[{i}]")
    ]
    for i, answers in enumerate(file.answers, start=1):
        problems += _misfits_of_answers(answers, f"{name}: answers[{i}]")
    if problems:
        raise InputError(problems)
    return LoadedGoals(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        rules=file.goals,
        policy=_policy_of(file, name),
        crossings=file.crossings,
        polling=file.polling,
        survey=file.survey,
        life=None if file.life is None else read_life(file.life, Path() if path is None else path.parent),
        answers=file.answers,
    )


def _policy_of(file: _GoalsFile, name: str) -> Policy:
    """A policy that holds the criteria and no rule of designation."""
    # years, thresholds and units play no part in a sum over areas
    content = {"id": "goals", "years": [1, 9999], "rule": {"core": 0.0}, "let": file.let}
    try:
        return check_policy({**content, "criteria": [rule.criterion for rule in file.goals]}, name)
    except InputError as error:
        # a criterion stands under [[goals]] here, in the same order
        raise InputError(
            message.replace(f"{name}: criteria[", f"{name}: goals[") for message in error.messages
        ) from None


def _misfits(rule: GoalRule, where: str) -> list[Problem]:
    problems = []
    if rule.criterion.get("register") == "units":
        problems.append(
            Problem(f"{where}.criterion.register", _("goals are answered by residents, dwellings or a survey"))
        )
    if rule.criterion.get("quantile") is not None:
        what = _("goals are answered by shares, means and counts, not by quantiles")
        problems.append(Problem(f"{where}.criterion.quantile", what))
    if rule.indicator is not None and rule.published is None:
        problems.append(_no_indicator(rule.number, rule.indicator, where))
    return problems


def _no_indicator(number: int, indicator: str, where: str) -> Problem:
    known = [i.key for goal in published_goals().goals if goal.number == number for i in goal.indicators]
    hint = nearest(indicator, known, _("Goal {number} has {names}.").format(number=number, names=", ".join(known)))
    return Problem(f"{where}.indicator = {indicator!r}", _("is no indicator of this goal"), hint)


def _misfits_of_answers(rule: AnswersRule, where: str) -> list[Problem]:
    """What does not fit the report's figures, or itself."""
    printed = published_goals().indicator(rule.goal, rule.indicator)
    if printed is None:
        return [_no_indicator(rule.goal, rule.indicator, where)]
    if not printed.survey:
        surveys = [
            f"{goal.number} {each.key}" for goal in published_goals().goals for each in goal.indicators if each.survey
        ]
        what = _("is no share of those who answered a survey")
        return [Problem(f"{where}.indicator", what, _("Those are: {names}.").format(names=", ".join(surveys)))]
    problems = []
    for side, given in (("areas", rule.areas), ("city", rule.city)):
        remedy = _("Its years are {years}.").format(years=", ".join(map(str, printed.areas)))
        problems += [
            Problem(f"{where}.{side}.{year}", _("the report prints no figure of this year"), remedy)
            for year in given
            if year not in printed.areas
        ]
    what, remedy = _("fewer than in the areas, whose answers are among them"), _("Give those of the whole city.")
    problems += [
        Problem(f"{where}.city.{year}", what, remedy) for year, n in rule.city.items() if n < rule.areas.get(year, 0)
    ]
    return problems


def _bytes_of(path: Path) -> bytes:
    try:
        return bytes_of_text(path)
    except OSError as error:
        what = _("cannot be read ({reason})").format(reason=reason_of(error))
        raise InputError(Problem(str(path), what, _("Name a goals file."))) from None


ELIGIBLE, VOTED = "eligible", "voted"
"""Optional columns of a file of polling districts: who may vote, and who did."""


@dataclass(frozen=True)
class PollingFile:
    """Polling districts as a file has them.

    Attributes
    ----------
    polygons : AreaSet
    eligible, voted : int64, shape (n_districts,), or None
        None where the file does not tell.
    """

    polygons: AreaSet
    eligible: Ints | None = None
    voted: Ints | None = None


@dataclass(frozen=True)
class PollingDistricts:
    """Polling districts and the areas.

    Attributes
    ----------
    label : tuple of str, n_districts
    residents, residents_in_areas : int64, shape (n_districts,)
    in_areas : bool, shape (n_districts,)
        Whether at least the stated share of its residents live in an area; False where nobody lives.
    residents_in_no_district : int
    eligible, voted : int64, shape (n_districts,), or None
        From the file, where it has them.
    """

    label: tuple[str, ...]
    residents: Ints
    residents_in_areas: Ints
    in_areas: Flags
    residents_in_no_district: int
    eligible: Ints | None = None
    voted: Ints | None = None

    @property
    def turnout_in_areas(self) -> Fraction | None:
        """Turnout of the districts that count as in the areas; None where the file does not tell."""
        return self._turnout(self.in_areas)

    @property
    def turnout(self) -> Fraction | None:
        """Turnout of all districts."""
        return self._turnout(np.ones(len(self.in_areas), dtype=bool))

    def _turnout(self, of: Flags) -> Fraction | None:
        if self.eligible is None or self.voted is None:
            return None
        eligible = int(self.eligible[of].sum())
        return Fraction(int(self.voted[of].sum()), eligible) if eligible else None


def read_polling(path: Path, language: str, allow_overlaps: bool = False) -> PollingFile:
    """Read polling districts from a vector file.

    Parameters
    ----------
    path : Path
        With columns ``eligible`` and ``voted`` their turnout is told too.
    language : {"da", "en"}
        Of the notes.
    allow_overlaps : bool
        See `udsat_geo.areas.polygons.read_polygons`.

    Raises
    ------
    InputError
        For polygons that cannot be used, and numbers of voters that cannot be.
    """
    polygons, attributes = read_polygons(path, language, "polling district", allow_overlaps=allow_overlaps)
    return PollingFile(polygons, *_voters(polygons, attributes))


def districts_in_areas(polling: PollingFile, measured: MeasuredYear, least_share: float) -> PollingDistricts:
    """Count the residents of each district, and those of them who live in an area.

    Parameters
    ----------
    polling : PollingFile
    measured : MeasuredYear
        Over the areas, and the districts.
    least_share : float
        From which a district counts as in the areas.
    """
    inside, district = measured.area_of_place[0] >= 0, measured.area_of_place[1]
    living_in_areas = total(district, np.where(inside, measured.sums.residents, 0), len(polling.polygons))
    residents = measured.residents(1)
    return PollingDistricts(
        label=polling.polygons.labels,
        residents=residents,
        residents_in_areas=living_in_areas,
        in_areas=(residents > 0) & (living_in_areas >= least_share * residents),
        residents_in_no_district=int(measured.sums.residents.sum() - residents.sum()),
        eligible=polling.eligible,
        voted=polling.voted,
    )


def _voters(polling: AreaSet, table: Any) -> tuple[Ints | None, Ints | None]:
    """Who may vote in each district, and who did; None where the file does not tell."""
    there = [name for name in (ELIGIBLE, VOTED) if name in table.column_names]
    if not there:
        return None, None
    where = _("{file}, column {column}")
    if len(there) == 1:
        other = VOTED if there == [ELIGIBLE] else ELIGIBLE
        what, remedy = _("stands there without {other}").format(other=other), _("Turnout needs both, or neither.")
        raise InputError(Problem(where.format(file=polling.file, column=there[0]), what, remedy))
    problems, columns = [], []
    for name in (ELIGIBLE, VOTED):
        values = table.column(name).to_pylist()
        wrong = [value for value in values if not isinstance(value, int | float) or value < 0 or value % 1 != 0]
        if wrong:
            what, place = _("no whole numbers of at least 0"), where.format(file=polling.file, column=name)
            problems.append(Problem(place, what, _("Mend them."), len(wrong), repr(wrong[0])))
        else:
            columns.append(np.array(values, dtype=np.int64))
    if problems:
        raise InputError(problems)
    more = columns[1] > columns[0]
    if more.any():
        example = polling.labels[int(np.flatnonzero(more)[0])]
        what = _("districts where more voted than may vote")
        raise InputError(Problem(polling.file, what, _("Mend them."), int(more.sum()), example))
    return columns[0], columns[1]


@dataclass(frozen=True)
class Ratio:
    """Two exact sums, and of how many answers they are where they come from a survey."""

    numerator: Fraction
    denominator: Fraction
    answers: int | None = None

    @property
    def share(self) -> Fraction | None:
        """Their ratio; None where nothing counts."""
        return self.numerator / self.denominator if self.denominator else None

    def __add__(self, other: Ratio) -> Ratio:
        answers = None if self.answers is None else self.answers + (other.answers or 0)
        return Ratio(self.numerator + other.numerator, self.denominator + other.denominator, answers)


@dataclass(frozen=True)
class Measured:
    """The registers of one year over a set of areas.

    Attributes
    ----------
    year : int
    source : str
        ``registers`` or ``synthetic``.
    residents_of_area : int64, shape (n_areas,)
    residents : int
        Of the whole city: everybody who could be placed.
    areas, rest : dict of str to Ratio
        By criterion; criteria that need a column the registers do not have are left out.
    each : tuple of dict of str to Ratio, n_areas
        As `areas`, of each area alone.
    missing_columns : dict of str to tuple of str
        Criterion -> the columns it would need.
    polling : PollingDistricts or None
    files : dict of str to Path
    rows, counts : dict of str to int
    notes : tuple of str
    kept : MeasuredYear or None
        What errors are made of.
    """

    year: int
    source: str
    residents_of_area: Ints
    residents: int
    areas: dict[str, Ratio]
    rest: dict[str, Ratio]
    each: tuple[dict[str, Ratio], ...]
    missing_columns: dict[str, tuple[str, ...]]
    polling: PollingDistricts | None
    files: dict[str, Path]
    rows: dict[str, int]
    counts: dict[str, int]
    notes: tuple[str, ...]
    kept: MeasuredYear | None = None

    @property
    def residents_in_areas(self) -> int:
        """Residents of all areas together."""
        return int(self.residents_of_area.sum())

    def city(self, key: str) -> Ratio:
        """The sums of the whole city."""
        return self.areas[key] + self.rest[key]


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


def measure(
    registers: RegistersOfYear,
    goals: LoadedGoals,
    areas: AreaSet,
    polling: PollingFile | None = None,
    language: str = "da",
    threads: int | None = None,
) -> Measured:
    """Measure the goals of a file over areas, from the registers of a year.

    Parameters
    ----------
    registers : RegistersOfYear
    goals : LoadedGoals
    areas : AreaSet
        Who lives in them is decided as by `AreaSet.area_of`.
    polling : PollingFile, optional
    language : {"da", "en"}
        Of the notes.
    threads : int, optional
        For DuckDB; no result depends on it.

    Raises
    ------
    InputError
        If the registers are at fault, an expression does not fit them, or an area lies outside the city.
    """
    sets = [areas] if polling is None else [areas, polling.polygons]
    found = measure_year(registers.folder, goals.policy, sets, threads, registers.year, follow=True)
    check_in_city(areas, found.outside[0])
    # the table goes without saying: one of residents and dwellings alone has such a column
    missing = {key: tuple(name.rpartition(".")[2] for name in names) for key, names in found.missing.items()}
    inside, sums = found.area_of_place[0] >= 0, found.sums
    is_survey = [criterion.register_name == SURVEY for criterion in goals.criteria]
    of_areas, of_rest = _ratios(sums, inside, is_survey), _ratios(sums, ~inside, is_survey)
    of_each = [_ratios(sums, found.area_of_place[0] == i, is_survey) for i in range(len(areas))]
    keys = [(j, key) for j, key in enumerate(goals.policy.keys) if key not in missing]
    for j, rule in enumerate(goals.rules):
        if rule.shows == "share_of_city":
            _of_city([of_areas, *of_each], of_rest, j)
    least = goals.polling.least_share
    residents_of_area, year = found.residents(), registers.year
    empty = [
        note(NOBODY, language, year=year, area=areas.labels[i]) for i in np.flatnonzero(residents_of_area == 0)
    ]  # fmt: skip
    return Measured(
        year=year,
        source=registers.source,
        residents_of_area=residents_of_area,
        residents=int(sums.residents.sum()),
        areas={key: of_areas[j] for j, key in keys},
        rest={key: of_rest[j] for j, key in keys},
        each=tuple({key: of_one[j] for j, key in keys} for of_one in of_each),
        missing_columns=missing,
        polling=None if polling is None else districts_in_areas(polling, found, least),
        files=sums.files,
        rows=sums.rows,
        counts=sums.counts,
        notes=(*empty, *_blank_criteria(goals.criteria, missing, year, language)),
        kept=found,
    )


def _ratios(sums: RegisterSums, of: Flags, is_survey: Sequence[bool]) -> list[Ratio]:
    """The two sums of each criterion over some places, in ones."""
    numerator, denominator = sums.numerator[of].sum(axis=0), sums.denominator[of].sum(axis=0)
    counted = np.zeros_like(numerator) if sums.answers is None else sums.answers[of].sum(axis=0)
    answers = [int(n) if asked else None for n, asked in zip(counted, is_survey, strict=True)]
    return [
        Ratio(Fraction(int(top), int(top_unit)), Fraction(int(bottom), int(bottom_unit)), n)
        for top, bottom, top_unit, bottom_unit, n in zip(
            numerator, denominator, sums.numerator_unit, sums.denominator_unit, answers, strict=True
        )
    ]


def _of_city(of_areas: Sequence[list[Ratio]], of_rest: list[Ratio], j: int) -> None:
    """Hold a criterion's numerators against that of the city; the rest takes none of it, so that both add up to 1."""
    whole = of_areas[0][j].numerator + of_rest[j].numerator
    for ratios in of_areas:
        ratios[j] = Ratio(ratios[j].numerator, whole, ratios[j].answers)
    of_rest[j] = Ratio(of_rest[j].numerator, Fraction(0), of_rest[j].answers)


def _blank_criteria(
    criteria: tuple[Criterion, ...], missing: dict[str, tuple[str, ...]], year: int, language: str
) -> list[str]:
    """One note for each set of missing columns, naming what is left blank."""
    blank: dict[tuple[str, ...], list[str]] = {}
    for criterion in criteria:
        if criterion.key in missing:
            blank.setdefault(missing[criterion.key], []).append(criterion.label_in(language))
    return [
        note(NO_SURVEY, language, year=year, labels="; ".join(labels))
        if columns == (SURVEY,)
        else note(LEFT_BLANK, language, year=year, columns=", ".join(columns), labels="; ".join(labels))
        for columns, labels in blank.items()
    ]


_DECIMALS = 1
"""Of a share that stands beside no published figure: as most of the report's; own choice."""


@dataclass(frozen=True)
class Computed:
    """One criterion of a goals file over the years.

    Attributes
    ----------
    rule : GoalRule
    criterion : Criterion
    areas, city : dict of int to Ratio
        By year; a year whose registers lack a column is absent.
    least : int
        Answers of a survey below which a figure is not shown.
    errors : FigureErrors or None
        Of a share; None where no error is known, as of counts.
    """

    rule: GoalRule
    criterion: Criterion
    areas: dict[int, Ratio]
    city: dict[int, Ratio]
    least: int = 1
    errors: FigureErrors | None = None

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

    def is_withheld(self, ratio: Ratio) -> bool:
        """Whether neither a ratio nor its sums are shown, since too few have answered."""
        return ratio.answers is not None and ratio.answers < self.least

    def figure(self, ratio: Ratio) -> Decimal | None:
        """A ratio as it is shown: a count, a share in per cent, or a number in the criterion's own unit."""
        if self.is_withheld(ratio):
            return None
        if self.rule.shows == "count":
            return rounded(ratio.numerator, 0)
        if ratio.share is None:
            return None
        return rounded(ratio.share * (100 if self.criterion.is_share else 1), self.decimals)

    def error(self, year: int, of: Literal["areas", "rest"] = "areas") -> float | None:
        """The standard error of a year's figure, in its unit; None where it is not known, or the figure not shown."""
        if self.errors is None or year not in self.areas or self.is_withheld(self.areas[year]):
            return None
        return getattr(self.errors, of).get(year)  # type: ignore[no-any-return]

    def has_too_few(self, year: int) -> bool:
        """Whether a figure of a year is not shown since too few have answered."""
        ratios = [by_year[year] for by_year in (self.areas, self.city) if year in by_year]
        return any(map(self.is_withheld, ratios))

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
        errors = {} if self.errors is None else self.errors.moved
        return judge(Series(self._intervals(self.areas), city, errors=errors), self.aim)

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
    areas : AreaSet or None
    measured : tuple of Measured
        By year.
    computed : tuple of Computed
        In the order of the goals file.
    barriers : Barriers or None
    crossings_in_areas, crossings_of_city : Crossings or None
    language : {"da", "en"}
        Of the notes.
    """

    published: PublishedGoals
    goals: LoadedGoals | None = None
    areas: AreaSet | None = None
    polling: PollingFile | None = None
    measured: tuple[Measured, ...] = ()
    computed: tuple[Computed, ...] = ()
    barriers: Barriers | None = None
    crossings_in_areas: Crossings | None = None
    crossings_of_city: Crossings | None = None
    language: str = "da"

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
    def notes(self) -> tuple[str, ...]:
        """What is to be said about the input."""
        language = self.language
        notes = [note(SYNTHETIC, language)] if self.source == "synthetic" else []
        notes += [] if self.areas is None else self.areas.notes
        notes += [] if self.polling is None else self.polling.polygons.notes
        notes += [] if self.barriers is None else self.barriers.notes
        if self.crossings_in_areas is not None and not self.crossings_in_areas.length_km:
            notes.append(note(NO_BARRIER, language))
        for measured in self.measured:
            notes += measured.notes
            if measured.counts["residents_unplaced"]:
                count = measured.counts["residents_unplaced"]
                notes.append(note(UNPLACED, language, year=measured.year, count=count))
            if left_out := sum(measured.counts.get(name, 0) for name in LEFT_OUT):
                unknown = measured.counts["answers_of_unknown"]
                notes.append(note(NOT_ANSWERED, language, year=measured.year, count=left_out, unknown=unknown))
            few = [one.criterion.label_in(language) for one in self.computed if one.has_too_few(measured.year)]
            if few and self.goals is not None:
                least = self.goals.survey.least
                notes.append(note(TOO_FEW, language, year=measured.year, least=least, labels="; ".join(few)))
            if measured.polling is not None and measured.polling.residents_in_no_district:
                count = measured.polling.residents_in_no_district
                notes.append(note(NO_DISTRICT, language, year=measured.year, count=count))
        return tuple(notes)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """A fraction with so many decimals, halves upwards; exact up to that rounding."""
    scaled = value * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-decimals)


def _chance_of(measured: Sequence[Measured]) -> Chance | None:
    """What chance does to the criteria of all years, and between any two of them."""
    kept = {each.year: each.kept for each in measured if each.kept is not None}
    return take_chance(kept, itertools.combinations(kept, 2)) if kept else None


def _computed(goals: LoadedGoals, j: int, measured: Sequence[Measured], chance: Chance | None) -> Computed:
    """One criterion over the years; of a share with its errors."""
    criterion = goals.criteria[j]
    there = [each for each in measured if criterion.key in each.areas]
    areas = {each.year: each.areas[criterion.key] for each in there}
    city = {each.year: each.city(criterion.key) for each in there}
    one = Computed(goals.rules[j], criterion, areas, city, goals.survey.least)
    if chance is None or one.rule.shows != "share":
        return one
    to_level = one.aim is not None and one.aim.kind == "level"
    rest = {
        year: 1 - float(areas[year].denominator / whole.denominator)
        for year, whole in city.items()
        if whole.denominator
    }
    errors = errors_of_figure(chance, j, 100.0 if criterion.is_share else 1.0, rest if to_level else None)
    return dataclasses.replace(one, errors=errors)


def take_account(
    registers: Sequence[RegistersOfYear] = (),
    goals: LoadedGoals | None = None,
    areas: AreaSet | None = None,
    polling: PollingFile | None = None,
    barriers: Barriers | None = None,
    language: str = "da",
    threads: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Account:
    """The published goals, and beside them what can be computed over areas.

    Parameters
    ----------
    registers : sequence of RegistersOfYear
        In the order of years.
    goals : LoadedGoals, optional
        Needed with `areas`; alone, its numbers of answers are used.
    areas : AreaSet, optional
        Without areas nothing is computed.
    polling : PollingFile, optional
    barriers : Barriers, optional
    language : {"da", "en"}
        Of the notes.
    threads : int, optional
        For DuckDB.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    InputError
        If registers are at fault or an area lies outside the city.
    """
    published = published_goals() if goals is None else goals.published
    if areas is None or goals is None:
        # of a file without areas its numbers of answers are used, and nothing else
        return Account(published, goals and goals.model_copy(update={"life": None}), language=language)
    measured = []
    for of_year in registers:
        if progress:
            progress(str(of_year.year))
        measured.append(measure(of_year, goals, areas, polling, language, threads))
    chance = _chance_of(measured)
    computed = tuple(_computed(goals, j, measured, chance) for j in range(len(goals.rules)))
    return Account(
        published=published,
        goals=goals,
        areas=areas,
        polling=polling,
        measured=tuple(measured),
        computed=computed,
        barriers=barriers,
        crossings_in_areas=None if barriers is None else crossings_in(barriers, areas.outline, goals.crossings),
        crossings_of_city=None if barriers is None else crossings_of_city(barriers, goals.crossings),
        language=language,
    )
