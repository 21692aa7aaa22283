"""The account as tables of text, for the console and for Markdown alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from udsat_geo.goals.account import Account, Computed, rounded
from udsat_geo.goals.crossings import Crossings
from udsat_geo.goals.polling import PollingDistricts
from udsat_geo.goals.published import Goal, Indicator
from udsat_geo.goals.rules import CrossingRule
from udsat_geo.goals.sentences import aim_in_words, shown
from udsat_geo.goals.verdict import Judgement
from udsat_geo.goals.wording import CHANGES, HEADINGS, NEARNESS, REPORT, UNITS, VERDICTS

YEARS = (2017, 2019, 2021)
"""The years of the report's status."""

UPDATED = 2021
"""When the updated areas were measured."""


@dataclass(frozen=True)
class Table:
    """A table of text.

    Attributes
    ----------
    title : str
    header : tuple of str, n_columns
    rows : tuple of tuple of str
    numeric : frozenset of int
        Columns that are set flush right.
    label : int
        The column of labels, which may need several lines.
    spare : frozenset of int
        Columns that a narrow console does without.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    label: int = 0
    spare: frozenset[int] = frozenset()


def tables_of(account: Account, language: str) -> list[Table]:
    """All tables of an account, in the order they are read."""
    tables = [verdict_table(account, language), figure_table(account, language)]
    if account.areas is not None:
        tables += [area_table(account, language), computed_table(account, language)]
    if account.crossings_in_areas is not None:
        tables.append(crossing_table(account, language))
    tables += [polling_table(m.polling, m.year, account, language) for m in account.measured if m.polling is not None]
    return tables


def verdict_table(account: Account, language: str) -> Table:
    """One row for each goal: our verdict and the report's; goals on which they differ are marked."""
    words = HEADINGS[language]
    rows = [
        (
            str(goal.number),
            goal.label[language],
            account.published.approaches[goal.approach][language],
            VERDICTS[language][goal.verdict],
            REPORT[language][goal.report],
            "" if goal.agrees else "≠",
        )
        for goal in account.published.goals
    ]
    approach = {"da": "Tilgang", "en": "Approach"}[language]
    header = (words["number"], words["goal"], approach, words["ours"], words["report"], "")
    return Table(words["goals"], header, tuple(rows), frozenset({0}), 1, frozenset({2}))


def figure_table(account: Account, language: str) -> Table:
    """One row for each indicator: its series, the updated areas, and our verdict."""
    words = HEADINGS[language]
    rows = [_figure_row(goal, i, language) for goal in account.published.goals for i in goal.indicators]
    header = (
        words["number"], words["indicator"], words["aim"], *(str(year) for year in YEARS), words["updated"],
        words["lag"], words["verdict"],
    )  # fmt: skip
    return Table(words["figures"], header, tuple(rows), frozenset({0, 3, 4, 5, 6}), 1, frozenset({2, 7}))


def _figure_row(goal: Goal, indicator: Indicator, language: str) -> tuple[str, ...]:
    years = [_pair(indicator.areas.get(year), indicator.city.get(year), language) for year in YEARS]
    judgement = indicator.judged()
    unit = UNITS[language][indicator.unit].strip()
    label = indicator.label[language] + (f" ({unit})" if unit else "")
    return (
        str(goal.number),
        label,
        aim_in_words(indicator.aim, indicator.unit, language),
        *years,
        _pair(indicator.areas_updated, indicator.city_updated, language),
        *_judged(judgement, language),
    )


def _pair(areas: Decimal | None, city: Decimal | None, language: str) -> str:
    """The areas' figure, and the city's in brackets."""
    if areas is None or city is None:
        return shown(areas, language)
    return f"{shown(areas, language)}\n({shown(city, language)})"


def _judged(judgement: Judgement | None, language: str) -> tuple[str, str]:
    if judgement is None:
        return "", ""
    lag = "" if judgement.lag is None else CHANGES[language][judgement.lag]
    return lag, VERDICTS[language][judgement.verdict]


def area_table(account: Account, language: str) -> Table:
    """How many live in each area, year by year."""
    words = HEADINGS[language]
    labels = () if account.areas is None else account.areas.label
    rows = [
        (label, *(shown(int(m.residents_of_area[i]), language) for m in account.measured))
        for i, label in enumerate(labels)
    ]
    rows.append((words["all_districts"], *(shown(m.residents_in_areas, language) for m in account.measured)))
    shares = [_per_cent(_share(m.residents_in_areas, m.residents), language) for m in account.measured]
    rows.append((words["share"], *shares))
    header = (words["areas"], *(str(year) for year in account.years))
    return Table(words["residents"], header, tuple(rows), frozenset(range(1, len(header))))


def computed_table(account: Account, language: str) -> Table:
    """One row for each criterion, and below it the report's figures where it stands beside one."""
    words = HEADINGS[language]
    rows = [row for computed in account.computed for row in _computed_rows(computed, account, language)]
    header = (
        words["number"],
        words["indicator"],
        *(str(year) for year in account.years),
        words["lag"],
        words["verdict"],
    )
    n_years = len(account.years)
    return Table(
        words["computed"], header, tuple(rows), frozenset({0, *range(2, 2 + n_years)}), 1, frozenset({2 + n_years})
    )


def _computed_rows(computed: Computed, account: Account, language: str) -> list[tuple[str, ...]]:
    """What was computed, the share beside a count, and what the report prints of the same years."""
    words, years = HEADINGS[language], account.years
    label = computed.criterion.label_in(language) + (" (%)" if computed.unit == "%" else "")
    cells = [_computed_cell(computed, year, language) for year in years]
    rows = [(str(computed.rule.number), label, *cells, *_judged(computed.judged(), language))]
    if computed.unit == "count" and computed.criterion.is_share:
        shares = [_share_cell(computed, year, language) for year in years]
        rows.append(("", f"  {words['share'].lower()} (%)", *shares, "", ""))
    published = computed.published
    if published is None:
        return rows
    nearness = NEARNESS[language][computed.rule.nearness]
    beside = f"  {words['published']}" + (f" ({nearness})" if nearness else "")
    printed = [_pair(published.areas.get(year), published.city.get(year), language) for year in years]
    rows.append(("", beside, *printed, *_judged(published.judged(), language)))
    if UPDATED in years and published.areas_updated is not None:
        updated = _pair(published.areas_updated, published.city_updated, language)
        cells = [updated if year == UPDATED else "" for year in years]
        rows.append(("", f"  {words['published']}, {words['updated_areas']}", *cells, "", ""))
    return rows


def _computed_cell(computed: Computed, year: int, language: str) -> str:
    if year not in computed.areas:
        return ""
    return _pair(computed.figure(computed.areas[year]), computed.figure(computed.city[year]), language)


def _share_cell(computed: Computed, year: int, language: str) -> str:
    if year not in computed.areas:
        return ""
    areas, city = computed.areas[year].share, computed.city[year].share
    if areas is None:
        return ""
    return _pair(rounded(100 * areas, 1), None if city is None else rounded(100 * city, 1), language)


def crossing_table(account: Account, language: str) -> Table:
    """Goal 16 over the areas and over the whole file, beside the report."""
    words = HEADINGS[language]
    rows = [
        (words["the_areas"], *_crossing_cells(account.crossings_in_areas, language)),
        (words["city"], *_crossing_cells(account.crossings_of_city, language)),
    ]
    printed = account.published.indicator(16, "crossings_per_km")
    if printed is not None:
        rows += [
            (
                f"{words['published']} {year}",
                shown(printed.denominator[year], language),
                shown(printed.numerator[year], language),
                shown(printed.areas[year], language),
            )
            for year in YEARS
        ]
    header = (words["place"], words["length"], words["count"], words["per_km"])
    return Table(_crossing_title(account, words), header, tuple(rows), frozenset({1, 2, 3}))


def _crossing_title(account: Account, words: dict[str, str]) -> str:
    """With the rule it was counted by."""
    rule = CrossingRule() if account.goals is None else account.goals.crossings
    reach = words["and_around"].format(reach=f"{rule.reach:g}") if rule.reach else ""
    return words["crossings"].format(reach=reach, within=f"{rule.within:g}")


def _crossing_cells(crossings: Crossings | None, language: str) -> tuple[str, str, str]:
    if crossings is None:
        return "", "", ""
    length = rounded(Fraction(crossings.length_km), 1)
    per_km = "" if crossings.per_km is None else shown(rounded(crossings.per_km, 1), language)
    return shown(length, language), shown(crossings.count, language), per_km


def polling_table(polling: PollingDistricts, year: int, account: Account, language: str) -> Table:
    """The polling districts that count as in the areas, and their turnout where the file tells."""
    words = HEADINGS[language]
    least = 50 if account.goals is None else round(100 * account.goals.polling.least_share)
    rows = [
        (
            polling.label[i],
            shown(int(polling.residents[i]), language),
            shown(int(polling.residents_in_areas[i]), language),
            _per_cent(_share(int(polling.residents_in_areas[i]), int(polling.residents[i])), language),
            _turnout_of(polling, i, language),
        )
        for i in range(len(polling.label))
        if polling.in_areas[i]
    ]
    inside = polling.in_areas
    turnout = polling.turnout_in_areas
    rows.append(
        (
            f"{words['all_districts']}: {int(inside.sum())} / {len(inside)}",
            shown(int(polling.residents[inside].sum()), language),
            shown(int(polling.residents_in_areas[inside].sum()), language),
            "",
            "" if turnout is None else _turnout_pair(polling, language),
        )
    )
    header = (words["district"], words["residents"], words["in_areas"], words["share"], words["turnout"])
    title = f"{words['polling'].format(share=least)}, {year}"
    return Table(title, header, tuple(rows), frozenset({1, 2, 3, 4}))


def _turnout_of(polling: PollingDistricts, i: int, language: str) -> str:
    if polling.eligible is None or polling.voted is None or not polling.eligible[i]:
        return ""
    return _per_cent(_share(int(polling.voted[i]), int(polling.eligible[i])), language)


def _turnout_pair(polling: PollingDistricts, language: str) -> str:
    inside, everywhere = polling.turnout_in_areas, polling.turnout
    pair = [shown(rounded(100 * turnout, 1), language) for turnout in (inside, everywhere) if turnout is not None]
    return f"{pair[0]} % ({pair[1]} %)" if len(pair) == 2 else ""


def _per_cent(share: Fraction, language: str) -> str:
    return f"{shown(rounded(share * 100, 1), language)} %"


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)
