"""The account of the goals as files: JSON, two tables of CSV, and Markdown.

CSV has the decimal point and commas between columns in every language, so that any program reads it alike; labels
follow the language. Figures of the report stand with the digits they are printed with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from udsat_geo.designation.summary import as_json, sha256
from udsat_geo.messages.tables import Table, csv_text
from udsat_geo.messages.translate import N_, Np_, _
from udsat_geo.messages.version import __version__
from udsat_geo.monitoring.baseline import Baseline, Of, baseline_of
from udsat_geo.monitoring.crossings import CrossingRule, Crossings
from udsat_geo.monitoring.goal_figures import (
    RULE,
    VERDICTS,
    Aim,
    Goal,
    Indicator,
    Judgement,
    least_answers,
    way_covered,
)
from udsat_geo.monitoring.goal_words import (
    CHANGES,
    aim_in_words,
    differing,
    reason,
    reasons_of_goal,
    shown,
    unit_in_words,
    verdict_in_words,
)
from udsat_geo.monitoring.goals import (
    Account,
    Computed,
    PollingDistricts,
    Ratio,
    rounded,
)
from udsat_geo.monitoring.interval import Interval
from udsat_geo.monitoring.life import AREAS, CITY, PLACES, SURE, Life, LifeFigure
from udsat_geo.sources.origins import name_of

REPORT = {"progress": N_("progress"), "uncertain": N_("uncertain")}
"""The report's own verdicts."""
NEARNESS = {"same": "", "near": N_("near it"), "goal": N_("another measure")}
GOALS, SOURCE = N_("The 18 goals"), N_("Source: City of Copenhagen, Status på Politik for Udsatte Byområder (2021).")
OURS = Np_("goals", "Our verdict")
COVERED = N_("Way covered\n(%)")


YEARS = (2017, 2019, 2021)
"""The years of the report's status."""

UPDATED = 2021
"""When the updated areas were measured."""


def tables_of(account: Account, language: str, baseline: Of | None = None) -> list[Table]:
    """All tables of an account, in the order they are read; those of a baseline where it is asked for."""
    tables = [verdict_table(account, language), figure_table(account, language)]
    if account.areas is not None:
        tables += [area_table(account, language), computed_table(account, language)]
    if account.goals is not None and account.goals.life is not None:
        tables.append(life_table_of(account.goals.life, account, language))
    if account.crossings_in_areas is not None:
        tables.append(crossing_table(account, language))
    tables += [polling_table(m.polling, m.year, account, language) for m in account.measured if m.polling is not None]
    starts = None if baseline is None else baseline_of(account, baseline)
    return tables if starts is None else [*tables, *baseline_tables(starts, account, language)]


def baseline_tables(baseline: Baseline, account: Account, language: str) -> list[Table]:
    """What each goal starts from (Bilag 3): in all areas together, and in each of them where that is asked for."""
    label_of_goal = {goal.number: goal.label[language] for goal in account.published.goals}
    labels = account.areas.labels if account.areas is not None and baseline.of == "each" else ()
    tables = []
    for place in (None, *range(len(labels))):
        rows = []
        for start in baseline.starts:
            figure = start.areas if place is None else start.of_area[place] if start.of_area else None
            unit = unit_in_words(start.unit, language)
            name = start.label[language] + (f" ({unit.strip()})" if unit.strip() else "")
            if place is None or start.of_area:
                rows.append((str(start.number), name, shown(figure, language), shown(start.city, language)))
        if place is None:
            known = {start.number for start in baseline.starts}
            rows += [(str(number), label_of_goal[number], "", "") for number in baseline.without if number not in known]
            rows.sort(key=lambda row: int(row[0]))
        of = _("the areas together", language) if place is None else labels[place]
        title = _("What the goals start from in {year} (Appendix 3): {of}", language).format(year=baseline.year, of=of)
        heads = (N_("No."), N_("Indicator"), N_("Areas") if place is None else N_("Area"), N_("City"))
        tables.append(_table(title, heads, rows, language, left={1}))
    return tables


def verdict_table(account: Account, language: str) -> Table:
    """One row for each goal: our verdict and the report's; goals on which they differ are marked."""
    rows = [
        (
            str(goal.number),
            goal.label[language],
            account.published.approaches[goal.approach][language],
            *both_verdicts(goal, language),
            "" if goal.agrees else "≠",
        )
        for goal in account.published.goals
    ]
    heads = (N_("No."), N_("Goal"), N_("Approach"), OURS, N_("The report's"), "")
    return _table(_(GOALS, language), heads, rows, language, left={1, 2, 3, 4, 5}, spare={2})


def both_verdicts(goal: Goal, language: str) -> tuple[str, str]:
    """Our verdict on a goal and the report's, in words."""
    return _(VERDICTS[goal.verdict], language), _(REPORT[goal.report], language)


def _table(
    title: str,
    heads: Iterable[str],
    rows: Iterable[tuple[str, ...]],
    language: str,
    left: Collection[int] = (0,),
    spare: Collection[int] = (),
) -> Table:
    """A table whose heads are translated; years among them stay what they are."""
    # the translation of nothing is the head of the catalogue
    shown_heads = tuple(_(head, language) if head else "" for head in heads)
    return Table(title, shown_heads, tuple(rows), frozenset(left), spare=frozenset(spare))


def figure_table(account: Account, language: str) -> Table:
    """One row for each indicator: its series, the updated areas, and our verdict."""
    rows = [_figure_row(goal, i, language) for goal in account.published.goals for i in goal.indicators]
    heads = (
        N_("No."),
        N_("Indicator"),
        N_("Aim"),
        *map(str, YEARS),
        N_("Updated\nareas"),
        N_("Lag"),
        N_("Verdict"),
        COVERED,
    )
    title = _("The report's figures: the areas (the whole city)", language)
    return _table(title, heads, rows, language, left={1, 2, 7, 8}, spare={2, 7, 9})


def goal_table(goal: Goal, account: Account, language: str) -> Table:
    """One goal: what registers say of it, and the report's figures that stand beside none of them.

    Columns in which nothing stands are left out.
    """
    title = _("Goal {number}", language).format(number=goal.number) + f": {goal.label[language]}"
    computed = [one for one in account.computed if one.rule.number == goal.number and one.areas]
    judged = (N_("Lag"), N_("Verdict"))
    heads: tuple[str, ...] = (N_("Indicator"), *map(str, account.years), *judged)
    rows = [row[1:-1] for one in computed for row in _computed_rows(one, account, language)]
    beside = {one.rule.indicator for one in computed}
    if not computed:
        heads = (N_("Indicator"), N_("Aim"), *map(str, YEARS), N_("Updated\nareas"), *judged)
        rows = [_figure_row(goal, indicator, language)[1:-1] for indicator in goal.indicators]
    of_report = _("the report", language)
    for indicator in goal.indicators if computed else ():
        if indicator.key not in beside:
            cells = [_pair(indicator.areas.get(year), indicator.city.get(year), language) for year in account.years]
            unit = unit_in_words(indicator.unit, language).strip()
            label = f"{indicator.label[language]}, {of_report}" + (f" ({unit})" if unit else "")
            rows.append((label, *cells, *_judged(indicator.judged(), indicator.aim, language)[:-1]))
    shown_columns = [column for column in range(len(heads)) if any(row[column] for row in rows)]
    texts = {place for place, column in enumerate(shown_columns) if heads[column] in ("Indicator", "Aim", *judged)}
    rows = [tuple(row[column] for column in shown_columns) for row in rows]
    return _table(title, [heads[column] for column in shown_columns], rows, language, left=texts)


def _figure_row(goal: Goal, indicator: Indicator, language: str) -> tuple[str, ...]:
    years = [_pair(indicator.areas.get(year), indicator.city.get(year), language) for year in YEARS]
    unit = unit_in_words(indicator.unit, language).strip()
    return (
        str(goal.number),
        indicator.label[language] + (f" ({unit})" if unit else ""),
        aim_in_words(indicator.aim, indicator.unit, language),
        *years,
        _pair(indicator.areas_updated, indicator.city_updated, language),
        *_judged(indicator.judged(), indicator.aim, language),
    )


def _pair(areas: Decimal | None, city: Decimal | None, language: str) -> str:
    """The areas' figure, and the city's in brackets."""
    if areas is None or city is None:
        return shown(areas, language)
    return f"{shown(areas, language)}\n({shown(city, language)})"


def _judged(judgement: Judgement | None, aim: Aim | None, language: str) -> tuple[str, str, str]:
    """What became of the lag, the verdict, and how much of the way is covered."""
    if judgement is None or aim is None:
        return "", "", ""
    lag, covered = "" if judgement.lag is None else _(CHANGES[judgement.lag], language), way_covered(judgement, aim)
    shown_way = "" if covered is None else shown(rounded(100 * covered, 0), language)
    return lag, verdict_in_words(judgement, language, "\n"), shown_way


def area_table(account: Account, language: str) -> Table:
    """How many live in each area, year by year."""
    labels = () if account.areas is None else account.areas.labels
    rows = [
        (label, *(shown(int(m.residents_of_area[i]), language) for m in account.measured))
        for i, label in enumerate(labels)
    ]
    rows.append((_("In all", language), *(shown(m.residents_in_areas, language) for m in account.measured)))
    shares = [_per_cent(_share(m.residents_in_areas, m.residents), language) for m in account.measured]
    rows.append((_("Share", language), *shares))
    return _table(_("Residents", language), (N_("Areas"), *map(str, account.years)), rows, language)


def computed_table(account: Account, language: str) -> Table:
    """One row for each criterion, and below it the report's figures where it stands beside one."""
    rows = [row for computed in account.computed for row in _computed_rows(computed, account, language)]
    heads = (N_("No."), N_("Indicator"), *map(str, account.years), N_("Lag"), N_("Verdict"), COVERED)
    lag = len(heads) - 3
    title = _("Computed from registers: the areas (the whole city); ± holds 95 of 100 cases", language)
    return _table(title, heads, rows, language, left={1, lag, lag + 1}, spare={lag, lag + 2})


def _computed_rows(computed: Computed, account: Account, language: str) -> list[tuple[str, ...]]:
    """What was computed, the share beside a count, and what the report prints of the same years."""
    years = account.years
    label = computed.criterion.label_in(language) + (" (%)" if computed.unit == "%" else "")
    cells = [_computed_cell(computed, year, language) for year in years]
    rows = [(str(computed.rule.number), label, *cells, *_judged(computed.judged(), computed.aim, language))]
    if computed.unit == "count" and computed.criterion.is_share:
        shares = [_share_cell(computed, year, language) for year in years]
        share = _("Share", language).lower()
        rows.append(("", f"  {share} (%)", *shares, "", "", ""))
    if any(ratio.answers is not None for ratio in computed.areas.values()):
        answers = [_answers_cell(computed, year, language) for year in years]
        rows.append(("", "  " + _("answers", language), *answers, "", "", ""))
    indicator = computed.rule.indicator
    published = None if indicator is None else account.published.indicator(computed.rule.number, indicator)
    if published is None:
        return rows
    nearness, report = NEARNESS[computed.rule.nearness], _("the report", language)
    beside = f"  {report} ({_(nearness, language)})" if nearness else f"  {report}"
    printed = [_pair(published.areas.get(year), published.city.get(year), language) for year in years]
    rows.append(("", beside, *printed, *_judged(published.judged(), published.aim, language)))
    if UPDATED in years and published.areas_updated is not None:
        updated = _pair(published.areas_updated, published.city_updated, language)
        cells = [updated if year == UPDATED else "" for year in years]
        updated_areas = _("updated areas", language)
        rows.append(("", f"  {report}, {updated_areas}", *cells, "", "", ""))
    return rows


def _computed_cell(computed: Computed, year: int, language: str) -> str:
    if year not in computed.areas:
        return ""
    areas, city = computed.figure(computed.areas[year]), computed.figure(computed.city[year])
    error = computed.error(year)
    if areas is None or error is None:
        return _pair(areas, city, language)
    half = shown(rounded(Fraction(SURE * error), computed.decimals), language)
    lines = _pair(areas, city, language).split("\n")
    return "\n".join([f"{lines[0]} ±{half}", *lines[1:]])


def _answers_cell(computed: Computed, year: int, language: str) -> str:
    if year not in computed.areas:
        return ""
    return _pair_of_counts(computed.areas[year].answers, computed.city[year].answers, language)


def _pair_of_counts(areas: int | None, city: int | None, language: str) -> str:
    return "" if areas is None or city is None else f"{shown(areas, language)}\n({shown(city, language)})"


def _share_cell(computed: Computed, year: int, language: str) -> str:
    if year not in computed.areas:
        return ""
    areas, city = (
        None if computed.is_withheld(by_year[year]) else by_year[year].share
        for by_year in (computed.areas, computed.city)
    )
    if areas is None:
        return ""
    return _pair(rounded(100 * areas, 1), None if city is None else rounded(100 * city, 1), language)


def life_table_of(life: Life, account: Account, language: str) -> Table:
    """Goal 3 from its tables: each place with what chance alone may do to it, and what the report prints."""
    rows = []
    for key, year in life.rows:
        printed, gap = account.published.indicator(3, key), life.gap(key, year)
        label = key if printed is None else printed.label[language]
        found = _life_figures(life, key, year)
        cells = ["" if each is None else _years(each.years, each.error, language) for each in found]
        lag = "" if gap is None else _years(*gap, language)
        report = "" if printed is None else _pair(printed.areas.get(year), printed.city.get(year), language)
        rows.append((label, str(year), *cells, lag, report))
    heads = (
        N_("Indicator"), N_("Year"), N_("Areas"), N_("Rest of the city"), N_("The city"), N_("Areas less rest"),
        N_("The report's"),
    )  # fmt: skip
    title = _("Goal 3: years left, at birth and in health from the age of {age}; ± holds 95 of 100 cases", language)
    return _table(title.format(age=f"{life.rule.from_age:g}"), heads, rows, language, left={0})


def _life_figures(life: Life, key: str, year: int) -> list[LifeFigure | None]:
    return [life.figure(key, year, place) for place in PLACES]


def _years(years: float, error: float, language: str) -> str:
    """Years with what chance may do to them."""
    sides = [shown(rounded(Fraction(value), 1), language) for value in (years, SURE * error)]
    return " ±".join(sides)


def crossing_table(account: Account, language: str) -> Table:
    """Goal 16 over the areas and over the whole file, beside the report."""
    rows: list[tuple[str, ...]] = [
        (_("The areas", language), *_crossing_cells(account.crossings_in_areas, language)),
        (_("Whole file", language), *_crossing_cells(account.crossings_of_city, language)),
    ]
    printed = account.published.indicator(16, "crossings_per_km")
    report = _("the report", language)
    if printed is not None:
        sides = (printed.denominator, printed.numerator, printed.areas)
        rows += [(f"{report} {year}", *(shown(side[year], language) for side in sides)) for year in YEARS]
    heads = (N_("Place"), N_("Barrier, km"), N_("Crossings"), N_("Crossings per km"))
    rule = CrossingRule() if account.goals is None else account.goals.crossings
    reach = _(" and {reach} m around", language).format(reach=f"{rule.reach:g}") if rule.reach else ""
    title = _("Goal 16: crossings per km of barrier in the areas{reach}, counted within {within} m of it", language)
    return _table(title.format(reach=reach, within=f"{rule.within:g}"), heads, rows, language)


def _crossing_cells(crossings: Crossings | None, language: str) -> tuple[str, str, str]:
    if crossings is None:
        return "", "", ""
    length = rounded(Fraction(crossings.length_km), 1)
    per_km = "" if crossings.per_km is None else shown(rounded(crossings.per_km, 1), language)
    return shown(length, language), shown(crossings.count, language), per_km


def polling_table(polling: PollingDistricts, year: int, account: Account, language: str) -> Table:
    """The polling districts that count as in the areas, and their turnout where the file tells."""
    least = 50 if account.goals is None else round(100 * account.goals.polling.least_share)
    rows = [
        (
            polling.label[i],
            shown(int(polling.residents[i]), language),
            shown(int(polling.residents_in_areas[i]), language),
            _per_cent(_share(int(polling.residents_in_areas[i]), int(polling.residents[i])), language),
            _per_cent(_share(int(polling.voted[i]), int(polling.eligible[i])), language)
            if polling.eligible is not None and polling.voted is not None and polling.eligible[i]
            else "",
        )
        for i in range(len(polling.label))
        if polling.in_areas[i]
    ]
    inside, in_all = polling.in_areas, _("In all", language)
    rows.append(
        (
            f"{in_all}: {int(inside.sum())} / {len(inside)}",
            shown(int(polling.residents[inside].sum()), language),
            shown(int(polling.residents_in_areas[inside].sum()), language),
            "",
            _turnout_pair(polling, language),
        )
    )
    heads = (N_("Polling district"), N_("Residents"), N_("In areas"), N_("Share"), N_("Turnout"))
    title = _("Goal 15: polling districts where at least {share} % live in an area", language).format(share=least)
    return _table(f"{title}, {year}", heads, rows, language)


def _turnout_pair(polling: PollingDistricts, language: str) -> str:
    inside, everywhere = polling.turnout_in_areas, polling.turnout
    pair = [shown(rounded(100 * turnout, 1), language) for turnout in (inside, everywhere) if turnout is not None]
    return f"{pair[0]} % ({pair[1]} %)" if len(pair) == 2 else ""


def _per_cent(share: Fraction, language: str) -> str:
    return f"{shown(rounded(share * 100, 1), language)} %"


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


NAMES = ("goals.json", "goals.csv", "goals_figures.csv", "goals.md")

_FRACTION_DIGITS = 10


def texts_of(account: Account, language: str, baseline: Of | None = None) -> dict[str, str]:
    """All files of an account, name -> text; the same account gives the same."""
    tables = (goal_rows(account, language), _figure_rows(account, language))
    texts = (csv_text(rows[0], (row.values() for row in rows)) for rows in tables)
    data, page = as_json(as_data(account, language, baseline)), markdown(account, language, baseline)
    return dict(zip(NAMES, (data, *texts, page), strict=True))


def as_data(account: Account, language: str, baseline: Of | None = None) -> dict[str, Any]:
    """The account as plain data, with provenance; the baseline where it is asked for."""
    data: dict[str, Any] = {
        "version": __version__,
        "language": language,
        "published": {"source": _(SOURCE, language)},
        "rule": [_(line, language) for line in RULE],
        "differences": [goal.number for goal in differing(account.published)],
        "goals": [_goal(goal, account, language) for goal in account.published.goals],
    }
    if account.goals is not None:
        data["inputs"] = _inputs(account)
    if account.areas is None or account.goals is None:
        return data
    data["source"] = account.source
    data["areas"] = [
        {"label": label, "residents": {str(m.year): int(m.residents_of_area[i]) for m in account.measured}}
        for i, label in enumerate(account.areas.labels)
    ]
    data["residents"] = {
        str(m.year): {"areas": m.residents_in_areas, "city": m.residents, "counts": m.counts} for m in account.measured
    }
    data["computed"] = [_computed(computed, language) for computed in account.computed]
    if account.goals.life is not None:
        data["life"] = _life(account.goals.life)
    if account.crossings_in_areas is not None and account.crossings_of_city is not None:
        data["crossings"] = {
            "rule": account.goals.crossings.model_dump(),
            "areas": _crossings(account.crossings_in_areas),
            "whole_file": _crossings(account.crossings_of_city),
        }
    polling = {str(m.year): _polling(m.polling) for m in account.measured if m.polling is not None}
    if polling:
        data["polling"] = {"rule": account.goals.polling.model_dump(), "districts": polling}
    data["baseline"] = _baseline(None if baseline is None else baseline_of(account, baseline), account, language)
    data["notes"] = list(account.notes)
    return data


def _life(life: Life) -> dict[str, Any]:
    """Goal 3 from its tables, in full: years and standard errors."""
    rows = []
    for key, year in life.rows:
        found = {each.place: each for each in _life_figures(life, key, year) if each is not None}
        gap = life.gap(key, year)
        rows.append(
            {
                "indicator": key,
                "year": year,
                "age": next(iter(found.values())).age,
                **{place: {"years": each.years, "standard_error": each.error} for place, each in found.items()},
                "areas_less_rest": None if gap is None else {"years": gap[0], "standard_error": gap[1]},
            }
        )
    return {"rule": life.rule.model_dump(), "rows": rows}


def _baseline(baseline: Baseline | None, account: Account, language: str) -> dict[str, Any] | None:
    if baseline is None or account.areas is None:
        return None
    return {
        "year": baseline.year,
        "without": list(baseline.without),
        "goals": [
            {
                "goal": start.number,
                "key": start.key,
                "label": start.label[language],
                "unit": start.unit,
                "areas": _printed(start.areas),
                "city": _printed(start.city),
                "each": [
                    {"label": label, "figure": _printed(figure)}
                    for label, figure in zip(account.areas.labels, start.of_area, strict=False)
                ],
            }
            for start in baseline.starts
        ],
    }


def markdown(account: Account, language: str, baseline: Of | None = None) -> str:
    """The account as Markdown: every table, every reason, the rule."""
    parts = [f"# {_(GOALS, language)}", _(SOURCE, language)]
    for table in tables_of(account, language, baseline):
        parts += [f"## {table.title}", table.markdown()]
    if account.notes:
        parts += ["## " + _("Remarks", language), "\n".join(f"- {note}" for note in account.notes)]
    parts.append("## " + _("Reasons", language))
    for goal in account.published.goals:
        ours, report = both_verdicts(goal, language)
        lines = [
            f"- {indicator.label[language]}: **{verdict_in_words(judgement, language)}**. {text}"
            for indicator, judgement, text in reasons_of_goal(goal, language)
        ]
        head = f"### {goal.number} {goal.label[language]}: {ours} / {report}{'' if goal.agrees else ' ≠'}"
        parts += [head, "\n".join(lines)]
    rule = (f"{i}. {_(line, language)}" for i, line in enumerate(RULE, start=1))
    return "\n\n".join([*parts, "## " + _("The rule", language), "\n".join(rule)]) + "\n"


def goal_rows(account: Account, language: str) -> list[dict[str, Any]]:
    """One row for each goal."""
    return [
        {
            "goal": goal.number,
            "label": goal.label[language],
            "approach": account.published.approaches[goal.approach][language],
            "responsible": goal.responsible,
            "verdict": goal.verdict.value,
            "report": goal.report,
            "agrees": str(goal.agrees).lower(),
            "reason": " | ".join(
                f"{indicator.label[language]}: {verdict_in_words(judgement, language)}. {text}"
                for indicator, judgement, text in reasons_of_goal(goal, language)
            ),
        }
        for goal in account.published.goals
    ]


def _figure_rows(account: Account, language: str) -> list[dict[str, Any]]:
    """One row for each figure: published, of the updated areas, and computed."""
    published = [(goal, indicator) for goal in account.published.goals for indicator in goal.indicators]
    return [
        *(row for goal, indicator in published for row in _published_rows(goal, indicator, language)),
        *(row for computed in account.computed for row in _computed_as_rows(computed, account, language)),
        *_life_as_rows(account, language),
    ]


def _life_as_rows(account: Account, language: str) -> list[dict[str, Any]]:
    life = None if account.goals is None else account.goals.life
    if life is None:
        return []
    rows = []
    for key, year in life.rows:
        printed = account.published.indicator(3, key)
        found = {each.place: str(each.shown) for each in _life_figures(life, key, year) if each is not None}
        shared = _figure_as_row(3, key, key if printed is None else printed.label[language], "years", None)
        cells = {"areas": found.get(AREAS, ""), "city": found.get(CITY, "")}
        rows.append(shared | {"basis": "life_table", "year": year, "data_year": year} | cells)
    return rows


def _published_rows(goal: Goal, indicator: Indicator, language: str) -> list[dict[str, Any]]:
    judgement = indicator.judged()
    shared = _figure_as_row(goal.number, indicator.key, indicator.label[language], indicator.unit, judgement)
    rows = [
        shared
        | {
            "basis": "report",
            "year": year,
            "data_year": indicator.data_year.get(year, year),
            "areas": _plain(indicator.areas.get(year)),
            "city": _plain(indicator.city.get(year)),
            "answers_areas": indicator.answers[year][0] if year in indicator.answers else "",
            "answers_city": (indicator.answers[year][1] or "") if year in indicator.answers else "",
        }
        for year in YEARS
        if year in indicator.areas
    ]
    if indicator.areas_updated is not None:
        figures = {"areas": _plain(indicator.areas_updated), "city": _plain(indicator.city_updated)}
        year = {"year": UPDATED, "data_year": indicator.data_year.get(UPDATED, UPDATED)}
        rows.append(shared | {"basis": "report_updated_areas", "verdict": "", "lag": ""} | year | figures)
    return rows


def _computed_as_rows(computed: Computed, account: Account, language: str) -> list[dict[str, Any]]:
    criterion, judgement = computed.criterion, computed.judged()
    label = criterion.label_in(language)
    shared = _figure_as_row(computed.rule.number, criterion.key, label, computed.unit, judgement)
    rows = []
    for measured in account.measured:
        cells: dict[str, Any] = {"basis": measured.source, "year": measured.year, "data_year": measured.year}
        if measured.year in computed.areas:
            areas, city = computed.areas[measured.year], computed.city[measured.year]
            cells |= {
                "areas": _plain(computed.figure(areas)),
                "city": _plain(computed.figure(city)),
                **_sides(computed, areas, "areas"),
                **_sides(computed, city, "city"),
                "answers_areas": "" if areas.answers is None else areas.answers,
                "answers_city": "" if city.answers is None else city.answers,
                "standard_error_areas": "" if (error := computed.error(measured.year)) is None else error,
            }
        rows.append(shared | cells)
    return rows


def _sides(computed: Computed, ratio: Ratio, of: str) -> dict[str, Any]:
    """The sums of a figure, as columns; empty where it is withheld."""
    top, bottom = _sums(computed, ratio) or ("", "")
    return {f"numerator_{of}": top, f"denominator_{of}": bottom}


def _figure_as_row(number: int, key: str, label: str, unit: str, judgement: Judgement | None) -> dict[str, Any]:
    columns = (
        "goal", "indicator", "label", "unit", "basis", "year", "data_year", "areas", "city", "numerator_areas",
        "denominator_areas", "numerator_city", "denominator_city", "answers_areas", "answers_city", "lag",
        "verdict", "standard_error_areas",
    )  # fmt: skip
    row = dict.fromkeys(columns, "") | {"goal": number, "indicator": key, "label": label, "unit": unit}
    return row if judgement is None else row | {"verdict": judgement.verdict.value, "lag": judgement.lag or ""}


def _goal(goal: Goal, account: Account, language: str) -> dict[str, Any]:
    return {
        "number": goal.number,
        "label": goal.label[language],
        "approach": account.published.approaches[goal.approach][language],
        "responsible": goal.responsible,
        "table": goal.table,
        "verdict": goal.verdict.value,
        "report": goal.report,
        "agrees": goal.agrees,
        "indicators": [_indicator(indicator, language) for indicator in goal.indicators],
    }


def _indicator(indicator: Indicator, language: str) -> dict[str, Any]:
    judgement = indicator.judged()
    return {
        "key": indicator.key,
        "label": indicator.label[language],
        "unit": indicator.unit,
        "aim": aim_in_words(indicator.aim, indicator.unit, language) or None,
        "areas": _by_year(indicator.areas),
        "city": _by_year(indicator.city),
        "areas_updated": _printed(indicator.areas_updated),
        "city_updated": _printed(indicator.city_updated),
        "areas_per_cent": {year: _printed(figure) for year, figure in indicator.areas_per_cent.items()},
        "city_per_cent": {year: _printed(figure) for year, figure in indicator.city_per_cent.items()},
        "numerator": _by_year(indicator.numerator),
        "denominator": _by_year(indicator.denominator),
        "data_year": {str(year): data_year for year, data_year in indicator.data_year.items()},
        "survey": indicator.survey,
        "answers": {str(year): {"areas": n, "city": of_city} for year, (n, of_city) in indicator.answers.items()},
        "judgement": _judgement(judgement, indicator.aim, _least(indicator, judgement)),
        "reason": None if judgement is None else reason(indicator, judgement, language),
    }


def _least(indicator: Indicator, judgement: Judgement | None) -> dict[str, Any]:
    """From how many answers on a survey's movement could be judged, where two years are compared."""
    if judgement is None or judgement.first is None or judgement.last is None or judgement.first == judgement.last:
        return {}
    if not indicator.survey or indicator.aim is None:
        return {}
    return {"least_answers": least_answers(indicator.series, indicator.aim, judgement.first, judgement.last)}


def _judgement(
    judgement: Judgement | None, aim: Aim | None, more: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    if judgement is None or aim is None:
        return None
    covered = way_covered(judgement, aim)
    return {
        "verdict": judgement.verdict.value,
        "cause": judgement.cause,
        "years": [judgement.first, judgement.last],
        "distance_before": _interval(judgement.before),
        "distance_after": _interval(judgement.after),
        "distance_to_reach": _interval(judgement.target),
        "lag": judgement.lag,
        "way_covered": None if covered is None else round(float(covered), _FRACTION_DIGITS),
        **(more or {}),
    }


def _interval(interval: Interval | None) -> list[float | None] | None:
    """Both ends; None for an open one, which JSON has no number for."""
    if interval is None:
        return None
    ends = (interval.low, interval.high)
    return [round(float(end), _FRACTION_DIGITS) if isinstance(end, Fraction) else None for end in ends]


def _computed(computed: Computed, language: str) -> dict[str, Any]:
    rule = computed.rule
    return {
        "goal": rule.number,
        "key": computed.criterion.key,
        "label": computed.criterion.label_in(language),
        "indicator": rule.indicator,
        "nearness": rule.nearness,
        "note": rule.note.get("da" if language == "da" else "en", ""),
        "unit": computed.unit,
        "years": {
            str(year): {
                "areas": _printed(computed.figure(areas)),
                "city": _printed(computed.figure(computed.city[year])),
                "sums_areas": _sums(computed, areas),
                "sums_city": _sums(computed, computed.city[year]),
                "standard_errors": {"areas": computed.error(year), "rest": computed.error(year, "rest")},
                **_answers(computed, year),
            }
            for year, areas in computed.areas.items()
        },
        "standard_errors_of_movement": [
            {"since": since, "now": now, "standard_error": error}
            for (since, now), error in (computed.errors.moved.items() if computed.errors is not None else ())
            if computed.error(since) is not None and computed.error(now) is not None
        ],
        "judgement": _judgement(computed.judged(), computed.aim),
    }


def _answers(computed: Computed, year: int) -> dict[str, Any]:
    """Of a survey: the figure of the rest of the city, and how many answers each figure is of."""
    areas, city = computed.areas[year], computed.city[year]
    if areas.answers is None or city.answers is None:
        return {}
    sums = (city.numerator - areas.numerator, city.denominator - areas.denominator)
    rest = Ratio(*sums, city.answers - areas.answers)
    counts = {"areas": areas.answers, "rest": rest.answers, "city": city.answers}
    if computed.is_withheld(areas):
        # the city less the rest would tell it
        return {"rest": None, "sums_rest": None, "answers": counts}
    return {"rest": _printed(computed.figure(rest)), "sums_rest": _sums(computed, rest), "answers": counts}


def _sums(computed: Computed, ratio: Ratio) -> list[float] | None:
    """Numerator and denominator; of a figure that is withheld neither, which would tell it."""
    return None if computed.is_withheld(ratio) else [_number(ratio.numerator), _number(ratio.denominator)]


def _crossings(crossings: Crossings) -> dict[str, Any]:
    per_km = None if crossings.per_km is None else round(float(crossings.per_km), _FRACTION_DIGITS)
    return {"length_km": round(crossings.length_km, 6), "crossings": crossings.count, "per_km": per_km}


def _polling(polling: PollingDistricts) -> dict[str, Any]:
    inside, everywhere = polling.turnout_in_areas, polling.turnout
    return {
        "turnout_in_areas": None if inside is None else _printed(rounded(100 * inside, 1)),
        "turnout": None if everywhere is None else _printed(rounded(100 * everywhere, 1)),
        "residents_in_no_district": polling.residents_in_no_district,
        "districts": [
            {
                "label": label,
                "residents": int(polling.residents[i]),
                "residents_in_areas": int(polling.residents_in_areas[i]),
                "in_areas": bool(polling.in_areas[i]),
            }
            for i, label in enumerate(polling.label)
        ],
    }


def _inputs(account: Account) -> list[dict[str, Any]]:
    """Every file that figures rest on, with its hash."""
    polygons = {"areas": account.areas, "polling": None if account.polling is None else account.polling.polygons}
    files = [(what, read.path) for what, read in polygons.items() if read is not None and read.path is not None]
    files += account.barriers.files.items() if account.barriers is not None else []
    inputs: list[dict[str, Any]] = [
        {"what": what, "name": name_of(path), "sha256": sha256(path)} for what, path in files
    ]
    if account.goals is not None:
        inputs.append({"what": "goals", "name": account.goals.name, "sha256": account.goals.sha256})
        tables = {} if account.goals.life is None else account.goals.life.files
        inputs += [{"what": what, "name": name_of(path), "sha256": sha256(path)} for what, path in tables.items()]
    for measured in account.measured:
        inputs += [
            {
                "what": f"{table} {measured.year}",
                "name": path.name,
                "sha256": sha256(path),
                "rows": measured.rows.get(table),
            }
            for table, path in measured.files.items()
        ]
    return inputs


def _by_year(figures: dict[int, Decimal]) -> dict[str, int | float | None]:
    return {str(year): _printed(figure) for year, figure in figures.items()}


def _printed(figure: Decimal | None) -> int | float | None:
    """A figure as a number of JSON: whole where it is printed without decimals."""
    if figure is None:
        return None
    return int(figure) if figure == figure.to_integral_value() and not figure.as_tuple().exponent else float(figure)


def _plain(figure: Decimal | None) -> str:
    return "" if figure is None else str(figure)


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
