"""Goal 3 from tables: life expectancy from deaths and population, and years in health from a survey beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import _
from udsat_geo.monitoring.crossings import Part
from udsat_geo.monitoring.life_table import LifeTable, expectancy, life_table, variance_of_answers, variance_of_deaths
from udsat_geo.sources.features import Features, file_of, read_features, values_of

AREAS, REST, CITY = PLACES = ("areas", "rest", "city")
LIFE, HEALTHY = "life_expectancy", ("years_without_illness", "years_without_impairment")
"""Indicators of goal 3, by their keys among the published ones."""
SURE = 1.96
"""Standard errors to either side that hold the true figure in 95 of 100 cases."""
_COLUMNS = ("year", "place", "age", "population", "deaths")
_SURVEY_COLUMNS = ("year", "place", "indicator", "age", "asked", "healthy")


class LifeRule(Part):
    """`[life]`: goal 3.

    Attributes
    ----------
    table : str
        A file beside the goals file: year, place (areas or city), age (where an interval begins; the last is open),
        population (person-years) and deaths.
    survey : str or None
        Another one: year, place (areas, city or rest), indicator, age, asked and healthy.
    from_age : float
        At which years in health are counted; the report counts them from 30.
    lived : float
        What those who die in an interval live of it, as a share of its width.
    lived_first : float
        The same of the first year of life.
    """

    table: str
    survey: str | None = None
    from_age: float = Field(30, ge=0, le=120)
    lived: float = Field(0.5, gt=0, lt=1)
    lived_first: float = Field(0.1, gt=0, lt=1)


@dataclass(frozen=True)
class LifeFigure:
    """Years that are left at an age, in one place and year.

    Attributes
    ----------
    year : int
    place : {"areas", "rest", "city"}
    indicator : str
    age : float
    years : float
    error : float
        Standard error.
    """

    year: int
    place: str
    indicator: str
    age: float
    years: float
    error: float

    @property
    def shown(self) -> Decimal:
        """With one decimal, as the report prints it."""
        return _shown(self.years)


@dataclass(frozen=True)
class Life:
    """All figures of goal 3 from tables.

    Attributes
    ----------
    rule : LifeRule
    figures : tuple of LifeFigure
        By indicator, year and place.
    files : dict of str to Path
    """

    rule: LifeRule
    figures: tuple[LifeFigure, ...]
    files: dict[str, Path]

    @property
    def years(self) -> tuple[int, ...]:
        """All years of the tables."""
        return tuple(sorted({figure.year for figure in self.figures}))

    @property
    def rows(self) -> tuple[tuple[str, int], ...]:
        """Indicator and year of each row of figures."""
        return tuple(dict.fromkeys((figure.indicator, figure.year) for figure in self.figures))

    def figure(self, indicator: str, year: int, place: str) -> LifeFigure | None:
        """One of the figures; None where the tables have none."""
        wanted = (indicator, year, place)
        return next((each for each in self.figures if (each.indicator, each.year, each.place) == wanted), None)

    def gap(self, indicator: str, year: int) -> tuple[float, float] | None:
        """Areas less the rest of the city, who are other people, and its standard error; None without either."""
        areas, rest = (self.figure(indicator, year, place) for place in (AREAS, REST))
        if areas is None or rest is None:
            return None
        return areas.years - rest.years, math.hypot(areas.error, rest.error)


def read_life(rule: LifeRule, folder: Path) -> Life:
    """Read the tables that a goals file names, and compute goal 3.

    Parameters
    ----------
    rule : LifeRule
    folder : Path
        Of the goals file.

    Raises
    ------
    InputError
        With what is wrong in either table.
    """
    paths = {"life_table": folder / rule.table} | ({} if rule.survey is None else {"health": folder / rule.survey})
    problems = Problems()
    tables = problems.of(_read_tables, paths["life_table"], rule)
    answers = problems.of(_read_answers, paths["health"]) if "health" in paths else {}
    problems.check()
    if tables is None or answers is None:
        raise AssertionError("a table that cannot be read is a problem")
    figures = list(_expectancies(tables))
    wrong: list[Problem] = []
    for (year, place, indicator), rows in answers.items():
        found = _healthy(rule, tables.get((year, place)), rows)
        if isinstance(found, str):
            what = ", ".join((str(year), place, indicator)) + ": " + found
            wrong.append(Problem(str(rule.survey), what, _("Mend the table.")))
        else:
            figures.append(LifeFigure(year, place, indicator, rule.from_age, *found))
    if wrong:
        raise InputError(wrong)
    order = (LIFE, *HEALTHY)
    figures.sort(key=lambda each: (order.index(each.indicator), each.year, PLACES.index(each.place)))
    return Life(rule, tuple(figures), {what: file_of(path) for what, path in paths.items()})


_Tables = dict[tuple[int, str], LifeTable]
_Counts = dict[tuple[int, str], dict[float, tuple[Fraction, Fraction]]]
_Answers = dict[tuple[int, str, str], dict[float, tuple[float, float]]]


def _expectancies(tables: Mapping[tuple[int, str], LifeTable]) -> Iterator[LifeFigure]:
    for (year, place), table in tables.items():
        error = math.sqrt(variance_of_deaths(table, 0))
        yield LifeFigure(year, place, LIFE, 0.0, float(expectancy(table)[0]), error)


def _healthy(
    rule: LifeRule, table: LifeTable | None, rows: Mapping[float, tuple[float, float]]
) -> tuple[float, float] | str:
    """Years in health and their standard error, or in words why they cannot be told."""
    if table is None:
        return _("the life table has no such year and place")
    ages = np.array(sorted(rows))
    if rule.from_age not in table.age or not np.isin(ages[ages >= rule.from_age], table.age).all():
        return _("the life table has no interval that begins at each age of the survey, and at {age:g}").format(
            age=rule.from_age
        )
    start = int(np.searchsorted(table.age, rule.from_age))
    band = np.searchsorted(ages, table.age, side="right") - 1
    if band[start] < 0:
        return _("nobody of {age:g} years was asked").format(age=rule.from_age)
    asked, healthy = (np.array([rows[age][place] for age in ages.tolist()]) for place in (0, 1))
    share = healthy / asked
    of_interval = share[np.maximum(band, 0)]
    variance = variance_of_deaths(table, start, of_interval) + variance_of_answers(table, start, share, band, asked)
    return float(expectancy(table, of_interval)[start]), math.sqrt(variance)


def _read_tables(path: Path, rule: LifeRule) -> _Tables:
    """The life tables of the areas, the city, and the rest, whose people are those of the city who live in no area."""
    features, columns = _columns(path, _COLUMNS)
    counts: _Counts = {}
    problems = _bad_rows(features.name, columns, (AREAS, CITY))
    if problems:
        raise InputError(problems)
    for year, place, age, population, deaths in zip(*columns.values(), strict=True):
        of = counts.setdefault((int(year), str(place)), {})
        if float(age) in of:
            what = _("{year}, {place}: age {age:g} stands twice")
            told = what.format(year=int(year), place=place, age=float(age))
            raise InputError(Problem(features.name, told, _("Mend the table.")))
        of[float(age)] = (Fraction(population), Fraction(deaths))
    for year in sorted({year for year, _place in counts}):
        areas, city = counts.get((year, AREAS)), counts.get((year, CITY))
        if areas is not None and city is not None and areas.keys() == city.keys():
            counts[year, REST] = {
                age: (city[age][0] - areas[age][0], city[age][1] - areas[age][1]) for age in sorted(areas)
            }
    tables, wrong = {}, []
    for (year, place), rows in counts.items():
        table = _table_of(rows, rule)
        if isinstance(table, str):
            wrong.append(Problem(features.name, f"{year}, {place}: {table}", _("Mend the table.")))
        else:
            tables[year, place] = table
    if wrong:
        raise InputError(wrong)
    return tables


def _table_of(rows: Mapping[float, tuple[Fraction, Fraction]], rule: LifeRule) -> LifeTable | str:
    """A life table, or in words why there is none."""
    age = np.array(sorted(rows))
    population, deaths = (np.array([float(rows[each][place]) for each in age.tolist()]) for place in (0, 1))
    if age[0] != 0 or len(age) < 2:
        return _("needs intervals of age from 0 on, at least two")
    if population.min() <= 0 or deaths.min() < 0:
        return _("nobody lives in an interval of age, or more live or die in the areas than in the city")
    if deaths[-1] < 1:
        return _("nobody died in the last, open interval: let it begin earlier, or take several years together")
    lived: Floats = np.full(len(age), rule.lived)
    if age[1] == 1:
        lived[0] = rule.lived_first
    try:
        return life_table(age, population, deaths.astype(np.int64), lived)
    except ValueError:
        return _("more die in an interval of age than can: is population in person-years?")


def _read_answers(path: Path) -> _Answers:
    features, columns = _columns(path, _SURVEY_COLUMNS)
    problems = _bad_rows(features.name, columns, PLACES)
    names = columns["indicator"]
    unknown = [str(name) for name in names if name not in HEALTHY]
    if unknown:
        what, remedy = _("unknown indicators"), _("Use {names}.").format(names=", ".join(HEALTHY))
        problems.append(Problem(f"{features.name}: indicator", what, remedy, len(unknown), unknown[0]))
    if not problems:
        pairs = list(zip(columns["asked"], columns["healthy"], strict=True))
        wrong = [pair for pair in pairs if not 0 <= pair[1] <= pair[0] or pair[0] < 1]
        if wrong:
            what = _("rows where nobody was asked, or more are healthy than were asked")
            problems.append(Problem(features.name, what, _("Mend the table."), len(wrong), str(wrong[0])))
    if problems:
        raise InputError(problems)
    answers: _Answers = {}
    for year, place, indicator, age, asked, healthy in zip(*columns.values(), strict=True):
        of = answers.setdefault((int(year), str(place), str(indicator)), {})
        before = of.get(float(age), (0.0, 0.0))
        of[float(age)] = (before[0] + float(asked), before[1] + float(healthy))
    return answers


def _columns(path: Path, wanted: tuple[str, ...]) -> tuple[Features, dict[str, list[Any]]]:
    """The columns of a table by their names, however their letters are cased."""
    features = read_features(path)
    lower = {name.lower(): name for name in features.attributes.column_names}
    missing = [name for name in wanted if name not in lower]
    if missing:
        what = _("has no column {columns}").format(columns=", ".join(missing))
        raise InputError(Problem(features.name, what, _("It needs {names}.").format(names=", ".join(wanted))))
    if not features.attributes.num_rows:
        raise InputError(Problem(features.name, _("has no rows"), _("Check the table.")))
    return features, {name: values_of(features.attributes, lower[name], features.name) for name in wanted}


def _bad_rows(name: str, columns: Mapping[str, list[Any]], places: tuple[str, ...]) -> list[Problem]:
    problems = []
    unknown = [str(place) for place in columns["place"] if place not in places]
    if unknown:
        remedy = _("Use {names}.").format(names=", ".join(places))
        problems.append(Problem(f"{name}: place", _("unknown places"), remedy, len(unknown), unknown[0]))
    for column in columns.keys() - {"place", "indicator"}:
        wrong = [value for value in columns[column] if not _is_number(value, column in ("year", "deaths"))]
        if wrong:
            what = (
                _("no numbers of at least 0")
                if column not in ("year", "deaths")
                else _("no whole numbers of at least 0")
            )
            problems.append(Problem(f"{name}: {column}", what, _("Mend them."), len(wrong), repr(wrong[0])))
    return sorted(problems, key=str)


def _is_number(value: Any, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return False
    return value >= 0 and (not whole or value % 1 == 0)


def _shown(years: float) -> Decimal:
    return Decimal(repr(years)).quantize(Decimal("0.1"))
