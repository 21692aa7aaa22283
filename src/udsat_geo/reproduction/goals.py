"""Checks of the goals: Tabel 4 to 21, their repetition in Bilag 3, and what the text says of them.

Goal 17 has a room of its own in `udsat_geo.reproduction.dwellings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from udsat_geo.reproduction.checks import REPEATED, SHARES, TEXT, TOTALS, Alternative, Check, Words, states
from udsat_geo.reproduction.expressions import Condition, Expression, Number, Printed
from udsat_geo.reproduction.labels import (
    APPROACHES,
    CONCLUSION,
    COVER,
    INDICATORS,
    PLACES,
    UPDATE,
    appendix_3,
    goal,
    joined,
    table,
    text_at,
)

AREAS_ALONE = Words("Passer på områderne for sig: {value} i ændring", "True of the areas alone: a change of {value}")
SINCE_2019 = Words("Passer på ændringen siden 2019: {value}", "True of the change since 2019: {value}")
PERSONS = Words("Passer på antallet af unge: {value} i ændring", "True of the number of persons: a change of {value}")
UNCORRECTED = Words(
    "Passer på det træk i BBR, som teksten retter for en fejl: {value} flere end i 2019",
    "Fits the extract from BBR that the text corrects for an error: {value} more than in 2019",
)
LATER_PRINT = Words("Bilag 3 gentager tallet for 2021, ikke 2019", "Appendix 3 repeats the figure of 2021, not of 2019")
PROGRESS = Words("fremskridt 2017-2021", "progress 2017-2021")
NOT_WORSE = Words("svag fremgang eller stilstand", "weak progress or standstill")
FEWER, MORE = Words("færre 2017-2021", "fewer 2017-2021"), Words("flere 2017-2021", "more 2017-2021")
OUTSIDE_DAY_CARE = Words("børn uden for dagtilbud, færre år for år", "children outside day care, fewer each year")
RIGHT_WAY = Words("opdaterede områder, den rigtige vej siden 2017", "updated areas, the right way since 2017")
UNCHANGED, NOT_UPDATED = (
    Words("uændret siden 2019", "unchanged since 2019"),
    Words("ikke opdateret siden 2019", "not updated since 2019"),
)


def value(indicator: str, series: str, year: int | None = None) -> Expression:
    """A figure of an indicator; without a year, of Bilag 3."""
    return Printed(f"goal.{indicator}.{series}_updated" if year is None else f"goal.{indicator}.{series}.{year}")


def moved(indicator: str, series: str, before: int = 2017, after: int | None = 2021) -> Expression:
    """The change of an indicator."""
    return value(indicator, series, after) - value(indicator, series, before)


def gap_moved(indicator: str, high_is_better: bool, before: int = 2017, after: int = 2021) -> Expression:
    """The change of the gap between the areas and the city, positive is wider."""
    areas, city = moved(indicator, "areas", before, after), moved(indicator, "city", before, after)
    return city - areas if high_is_better else areas - city


def checks(content: dict[str, Any]) -> Iterator[Check]:
    """All checks of the goals but the seventeenth.

    Parameters
    ----------
    content : dict
        The parsed report: verdicts and which way is better are read from it.
    """
    yield from _shares_and_rates()
    yield from _repeated()
    yield from _progress(content)
    yield from _gaps(content)
    yield from _text_of_the_approaches()
    yield from _text_of_the_first_goals()
    yield from _text_of_goals_9_to_16()
    yield from _text_of_goal_18()
    yield from _text_of_the_update(content)


def _shares_and_rates() -> Iterator[Check]:
    for year in (2017, 2019, 2021):
        persons = (Printed(f"goal.5.1.persons_{place}.{year}") for place in ("areas", "city"))
        of_city = next(persons) / next(persons)
        printed = value("5.1", "areas", year)
        cell = joined(INDICATORS["5.1"], Words("områdernes andel", "share of the areas"), str(year))
        yield Check(f"goal.5.1.areas.{year}", table(8), cell, SHARES, printed, Number(100) * of_city)
        per_km = Printed(f"goal.16.1.crossings.{year}") / Printed(f"goal.16.1.barrier_km.{year}")
        cell = joined(INDICATORS["16.1"], str(year))
        yield Check(f"goal.16.1.areas.{year}", table(19), cell, SHARES, value("16.1", "areas", year), per_km)
    per_km = Printed("goal.16.1.crossings_updated") / Printed("goal.16.1.barrier_km_updated")
    cell = joined(INDICATORS["16.1"], Words("opdaterede områder", "updated areas"))
    yield Check("goal.16.1.areas_updated", appendix_3(16), cell, SHARES, value("16.1", "areas"), per_km)
    for place in ("areas", "city"):
        every, done, left = (
            Printed(f"goal.18.5.courtyards_{place}_updated.{key}") for key in ("all", "started_or_done", "potential")
        )
        cell = joined(Words("gårdhaver i alt", "courtyards in all"), PLACES[place])
        yield Check(every.path, appendix_3(18), cell, TOTALS, every, done + left)
        if place == "city":
            words, printed = (
                Words("2021 (mod antal i Bilag 3)", "2021 (against Appendix 3)"),
                value("18.5", "city", 2021),
            )
            cell = joined(INDICATORS["18.5"], PLACES["city"], words)
            yield Check("goal.18.5.city.2021", table(21), cell, SHARES, printed, Number(100) * left / every)


def _repeated() -> Iterator[Check]:
    """The city's figures of 2021, which do not depend on the areas, stand in Bilag 3 again."""
    for indicator in ("2.1", "3.1", "6.1", "9.2", "12.1", "12.2", "18.1", "18.2", "18.3", "18.4"):
        number = int(indicator.split(".")[0])
        words = Words(f"2021 (også i Tabel {number + 3})", f"2021 (also in Table {number + 3})")
        cell = joined(INDICATORS[indicator], PLACES["city"], words)
        readings: tuple[Alternative, ...] = ()
        if indicator == "18.2":
            more = value(indicator, "city") - value(indicator, "city", 2019)
            readings = (Alternative(UNCORRECTED, Condition(more, "above")),)
        printed, before = value(indicator, "city"), value(indicator, "city", 2021)
        name = f"goal.{indicator}.city_updated"
        yield Check(name, appendix_3(number), cell, REPEATED, printed, before, readings)


def indicators(content: dict[str, Any], verdict: str | None, *series: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Indicators that have certain series, by goal and position; of the goals with a verdict where one is named."""
    for entry in content["goal"]:
        if verdict is None or entry["verdict"] == verdict:
            for position, indicator in enumerate(entry.get("indicator", ()), start=1):
                if all(name in indicator for name in series):
                    yield f"{entry['number']}.{position}", indicator


def _progress(content: dict[str, Any]) -> Iterator[Check]:
    """Progress on a goal: each of its indicators moved the right way in the areas."""
    for name, indicator in indicators(content, "progress", "areas"):
        if {"2017", "2021"} <= set(indicator["areas"]):
            relation = "above" if indicator["better"] == "high" else "below"
            cell = joined(goal(int(name.split(".")[0])), INDICATORS[name], PROGRESS)
            since_2019 = (Alternative(SINCE_2019, Condition(moved(name, "areas", 2019), relation)),)
            yield states(f"text.progress.{name}", CONCLUSION, cell, moved(name, "areas"), relation, since_2019)


def _gaps(content: dict[str, Any]) -> Iterator[Check]:
    """Where a goal with progress is to approach the city: it did. In the first approach no gap widened at all."""
    for name, indicator in indicators(content, "progress", "areas", "city"):
        if indicator["aim"] in ("converge", "equal_by_2025") and "2021" in indicator["areas"]:
            high = indicator["better"] == "high"
            words = Words("nærmer sig byens niveau 2017-2021", "approaches the city's level 2017-2021")
            cell = joined(goal(int(name.split(".")[0])), INDICATORS[name], words)
            alone = (Alternative(AREAS_ALONE, Condition(moved(name, "areas"), "above" if high else "below")),)
            formula = gap_moved(name, high)
            yield states(f"text.approaches_city.{name}", CONCLUSION, cell, formula, "below", alone)
    for name, indicator in indicators(content, None, "areas", "city"):
        first = 2019 if "2017" not in indicator["areas"] else 2017
        if int(name.split(".")[0]) < 10 and "2021" in indicator["areas"]:
            words = Words(f"forskellen til byen ikke vokset {first}-2021", f"gap to the city not wider {first}-2021")
            formula = gap_moved(name, indicator["better"] == "high", first)
            yield states(f"text.gap_kept.{name}", APPROACHES, joined(INDICATORS[name], words), formula, "not_above")


def _text_of_the_approaches() -> Iterator[Check]:
    persons = Printed("goal.5.1.persons_areas.2021") - Printed("goal.5.1.persons_areas.2017")
    for name, relation, first, readings in (
        ("1.1", "not_below", 2017, ()),
        ("3.1", "not_below", 2017, ()),
        ("5.1", "not_above", 2017, (Alternative(PERSONS, Condition(persons, "not_above")),)),
        ("8.1", "not_above", 2019, ()),
    ):
        cell = joined(INDICATORS[name], NOT_WORSE, f"{first}-2021")
        yield states(f"text.not_worse.{name}", APPROACHES, cell, moved(name, "areas", first), relation, readings)
    for name, series, relation in (
        ("12.1", "areas", "below"), ("12.1", "city", "below"), ("12.2", "areas", "below"), ("12.2", "city", "below"),
        ("18.1", "areas", "below"), ("18.2", "areas", "below"), ("18.5", "areas", "below"),
    ):  # fmt: skip
        cell = joined(INDICATORS[name], PLACES[series], FEWER)
        yield states(f"text.approaches.{name}.{series}", APPROACHES, cell, moved(name, series), relation)
    crossings = Printed("goal.16.1.crossings.2021") - Printed("goal.16.1.crossings.2017")
    cell = joined(Words("overgange", "crossings"), MORE)
    yield states("text.approaches.16.1", APPROACHES, cell, crossings, "above")
    cell = joined(INDICATORS["1.1"], Words("fremgang 2017-2021", "progress 2017-2021"))
    yield states("text.cover.1.1", COVER, cell, moved("1.1", "areas"), "above")


def _text_of_the_first_goals() -> Iterator[Check]:
    case = Printed("statement.school_case.share_2020") - Printed("statement.school_case.share_2017")
    cell = Words("mindst 2 i dansk og matematik, steget", "at least mark 2 in Danish and mathematics, risen")
    yield states("text.goal_1.case", text_at(goal(1)), cell, case, "above")
    place, cell = text_at(goal(3)), INDICATORS["3.1"]
    for series in ("areas", "city"):
        risen = joined(cell, PLACES[series], Words("steget 2017-2021", "rose 2017-2021"))
        yield states(f"text.goal_3.{series}", place, risen, moved("3.1", series), "above")
    below = value("3.1", "areas", 2021) - value("3.1", "city", 2021)
    yield states("text.goal_3.below", place, joined(cell, Words("under byens", "below the city's")), below, "below")
    together = Words("områder og by følges ad 2017-2021", "areas and city keep pace 2017-2021")
    yield states("text.goal_3.together", place, joined(cell, together), gap_moved("3.1", True), "equal")
    for series in ("areas", "city"):
        path = f"statement.temporary_benefits.{series}_fell"
        fell = value("6.1", series, 2019) - value("6.1", series, 2021)
        words = Words("fald fra status 2019 til 2021", "fall from status 2019 to 2021")
        yield Check(path, text_at(goal(6)), joined(INDICATORS["6.1"], PLACES[series], words), TEXT, Printed(path), fell)
    for first, last in ((2017, 2019), (2019, 2021)):
        cell = joined(OUTSIDE_DAY_CARE, f"{first}-{last}")
        yield states(f"text.goal_7.{first}", text_at(goal(7)), cell, moved("7.1", "areas", first, last), "above")
    level = value("7.1", "areas", 2021) - value("7.1", "city", 2021)
    cell = joined(INDICATORS["7.1"], Words("nu på niveau med resten af byen", "now level with the rest of the city"))
    yield states("text.goal_7.level", text_at(goal(7)), cell, level, "equal")


def _text_of_goals_9_to_16() -> Iterator[Check]:
    for series in ("areas", "city"):
        for first, relation, words in (
            (2019, "above", Words("mindre stigning siden 2019", "small rise since 2019")),
            (2017, "below", Words("fald siden 2017", "fall since 2017")),
        ):
            cell = joined(INDICATORS["9.2"], PLACES[series], words)
            name = f"text.goal_9.{series}.{first}"
            yield states(name, text_at(goal(9)), cell, moved("9.2", series, first), relation)
    about = Printed("statement.cleanliness.about_indicator_pct")
    cell = joined(INDICATORS["10.2"], PLACES["city"], Words("ca.", "about"))
    yield Check(about.path, text_at(goal(10)), cell, TEXT, about, value("10.2", "city", 2021))
    for year in (2019, 2021):
        path = f"statement.citizen_panel_again.respondents_{year}"
        cell = joined(Words("svar i Borgerpanelet (også under mål 10)", "respondents (also at goal 10)"), str(year))
        earlier = Printed(f"statement.citizen_panel.respondents_{year}")
        yield Check(path, text_at(goal(13)), cell, REPEATED, Printed(path), earlier)
    for name in ("11.1", "11.2"):
        cell = joined(INDICATORS[name], Words("lavere end i 2017", "lower than in 2017"))
        yield states(f"text.goal_11.{name}", text_at(goal(11)), cell, moved(name, "areas"), "below")
    now, before = (Printed(f"statement.partnerships.{key}") for key in ("now", "in_2019"))
    more = Printed("statement.partnerships.more")
    cell = Words("flere partnerskaber end i 2019", "more partnerships than in 2019")
    yield Check(more.path, text_at(goal(11)), cell, TEXT, more, now - before)
    risen = Printed("statement.social_control.share_2021_pct") - Printed("statement.social_control.share_2019_pct")
    cell = Words("ikke-vestlige unge under social kontrol, steget", "non-western youth under social control, risen")
    yield states("text.goal_14", text_at(goal(14)), cell, risen, "above")
    before, now = (Printed(f"goal.16.1.crossings.{year}") for year in (2017, 2021))
    added, cell = (
        Printed("statement.crossings.crossings_added"),
        Words("flere overgange siden 2017", "more crossings since 2017"),
    )
    yield Check(added.path, text_at(goal(16)), cell, TEXT, added, now - before)


def _text_of_goal_18() -> Iterator[Check]:
    place = text_at(goal(18))
    for series in ("areas", "city"):
        path = f"statement.toilet_and_bath.{series}_fewer"
        cell = joined(INDICATORS["18.1"], PLACES[series], Words("færre end i 2019", "fewer than in 2019"))
        fewer = value("18.1", series, 2019) - value("18.1", series, 2021)
        yield Check(path, place, cell, TEXT, Printed(path), fewer)
        for name, label in (("18.2", UNCHANGED), ("18.3", NOT_UPDATED)):
            repeated = value(name, "city") - value(name, "city", 2021)
            later = (Alternative(LATER_PRINT, Condition(repeated, "equal")),) if name == "18.3" else ()
            cell, formula = joined(INDICATORS[name], PLACES[series], label), moved(name, series, 2019)
            yield states(f"text.goal_18.{name}.{series}", place, cell, formula, "equal", later)
        for name in ("18.3", "18.4"):
            risen = joined(INDICATORS[name], PLACES[series], Words("steget 2017-2019", "rose 2017-2019"))
            alone = (Alternative(AREAS_ALONE, Condition(moved(name, "areas", 2017, 2019), "above")),)
            note = text_at(Words("note til Tabel 21", "note to Table 21"))
            yield states(f"text.table_21.{name}.{series}", note, risen, moved(name, series, 2017, 2019), "above", alone)


def _text_of_the_update(content: dict[str, Any]) -> Iterator[Check]:
    """The right way for the updated areas as well, in the goals too."""
    for name, indicator in indicators(content, None, "areas", "areas_updated"):
        relation = "above" if indicator["better"] == "high" else "below"
        since = value(name, "areas") - value(name, "areas", 2019)
        since_2019 = (Alternative(SINCE_2019, Condition(since, relation)),)
        cell, formula = joined(INDICATORS[name], RIGHT_WAY), moved(name, "areas", 2017, None)
        yield states(f"text.update.{name}", UPDATE, cell, formula, relation, since_2019)
    every, left = (Printed(f"goal.18.5.courtyards_areas_updated.{key}") for key in ("all", "potential"))
    fewer = Number(100) * left / every - value("18.5", "areas", 2017)
    yield states("text.update.18.5", UPDATE, joined(INDICATORS["18.5"], RIGHT_WAY), fewer, "below")
