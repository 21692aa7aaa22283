"""Checks of the five criteria: Tabel 1, 2 and 22, Figur 2, and what the text says of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from udsat_geo.reproduction.checks import COUNTS, REPEATED, TABLES, TEXT, Alternative, Check, Words, states
from udsat_geo.reproduction.expressions import Condition, Entries, Expression, HowMany, Number, Printed
from udsat_geo.reproduction.labels import (
    CONCLUSION,
    CRITERIA,
    PLACES,
    UPDATE,
    WORSE_LOW,
    joined,
    table,
    text_at,
)

UPDATED_AREAS = Words(
    "Stemmer, hvis der er målt på de opdaterede områder (Tabel 22) mod resten af byen (Tabel 1): {value}",
    "Agrees if the updated areas (Table 22) were measured against the rest of the city (Table 1): {value}",
)
BY_TABLE_2 = Words(
    "Stemmer med efterslæbet i 2017, som Tabel 2 trykker det: {value}",
    "Agrees with the gap of 2017 as Table 2 prints it: {value}",
)
BACKWARDS = Words(
    "Kolonne 3 og 4 regnet baglæns giver {value} for 2017, som kolonne 1: Tabel 2 bygger på andre tal end Tabel 1",
    "Columns 3 and 4 taken backwards give {value} for 2017, as column 1: Table 2 rests on other figures than Table 1",
)
AS_GAP = Words(
    "Stemmer, hvis efterslæbet menes (Tabel 2), ikke niveauet: {value} i forskel",
    "Agrees if the gap is meant (Table 2), not the level: a change of {value}",
)


def level(place: str, criterion: str, year: int) -> Expression:
    """A level of Tabel 1."""
    return Printed(f"table_1.{place}.{criterion}.{year}")


def gap(criterion: str, year: int) -> Expression:
    """The areas against the rest of the city by Tabel 1, positive is worse."""
    areas, rest = level("areas", criterion, year), level("rest_of_city", criterion, year)
    return rest - areas if criterion in WORSE_LOW else areas - rest


def printed_gap(criterion: str, column: str) -> Expression:
    """A column of Tabel 2."""
    return Printed(f"table_2.{criterion}.{column}")


def better(criterion: str) -> str:
    """The relation of a change for the better to 0."""
    return "above" if criterion in WORSE_LOW else "below"


def worse(criterion: str) -> str:
    """The relation of a change for the worse to 0."""
    return "below" if criterion in WORSE_LOW else "above"


def change(place: str, criterion: str) -> Expression:
    """The change 2017-2021 of a level of Tabel 1."""
    return level(place, criterion, 2021) - level(place, criterion, 2017)


def per_cent_change(before: Expression, after: Expression, improved: bool) -> Expression:
    """A change in per cent: of a fall what it fell by, of a rise what it rose by.

    Tabel 2 prints its changes without a sign and gives their direction by colour.
    """
    ratio = after / before
    return Number(100) * (Number(1) - ratio if improved else ratio - Number(1))


def checks(content: dict[str, Any]) -> Iterator[Check]:
    """All checks of the criteria.

    Parameters
    ----------
    content : dict
        The parsed report: the colours of Tabel 2 are read from it.
    """
    yield from _table_1()
    for criterion, row in content["table_2"].items():
        yield from _table_2(criterion, bool(row["improved"]))
    yield from _table_22()
    yield from _text_at_figure_2()
    yield from _text_at_table_1()
    yield from _text_at_table_2()
    yield from _text_of_the_update()


def _table_1() -> Iterator[Check]:
    for place in ("areas", "rest_of_city"):
        for criterion, label in CRITERIA.items():
            path = f"table_1.{place}.{criterion}.change"
            cell = joined(label, PLACES[place], Words("ændring 2017-2021", "change 2017-2021"))
            yield Check(path, table(1), cell, TABLES, Printed(path), change(place, criterion))


def _table_2(criterion: str, improved: bool) -> Iterator[Check]:
    label = CRITERIA[criterion]
    before, milestone, now, moved = (
        printed_gap(criterion, column) for column in ("gap_2017", "milestone_2025", "gap_2021", "change_pct")
    )
    part = moved / Number(100)
    backwards = Alternative(BACKWARDS, now / (Number(1) - part if improved else Number(1) + part))
    rows: tuple[tuple[str, Words, Expression, Expression, tuple[Alternative, ...]], ...] = (
        ("gap_2017", Words("efterslæb 2017 (mod Tabel 1)", "gap 2017 (against Table 1)"),
         before, gap(criterion, 2017), (backwards,)),
        ("milestone_2025", Words("milepæl 2025 (kolonne 1 halveret)", "milestone 2025 (half of column 1)"),
         milestone, before / Number(2), ()),
        ("gap_2021", Words("efterslæb 2021 (mod Tabel 1)", "gap 2021 (against Table 1)"),
         now, gap(criterion, 2021), ()),
        ("change_pct", Words("udvikling i procent (kolonne 1 og 3)", "change in per cent (columns 1 and 3)"),
         moved, per_cent_change(before, now, improved), ()),
    )  # fmt: skip
    for column, words, printed, formula, readings in rows:
        yield Check(f"table_2.{criterion}.{column}", table(2), joined(label, words), TABLES, printed, formula, readings)
    yield Check(
        f"table_2.{criterion}.change_pct.by_table_1",
        table(2),
        joined(label, Words("udvikling i procent (mod Tabel 1)", "change in per cent (against Table 1)")),
        TABLES,
        moved,
        per_cent_change(gap(criterion, 2017), gap(criterion, 2021), improved),
        (Alternative(BY_TABLE_2, per_cent_change(before, gap(criterion, 2021), improved)),),
    )


def _table_22() -> Iterator[Check]:
    for criterion, label in CRITERIA.items():
        old, new = (Printed(f"table_22.{criterion}.{column}") for column in ("areas_2017", "areas_2021"))
        path = f"table_22.{criterion}.difference"
        yield Check(path, table(22), joined(label, Words("forskel", "difference")), TABLES, Printed(path), new - old)
        words = Words("områderne fra 2017, målt i 2021 (også i Tabel 1)", "areas of 2017 in 2021 (also in Table 1)")
        again = joined(label, words)
        yield Check(old.path, table(22), again, REPEATED, old, level("areas", criterion, 2021))


def _text_at_figure_2() -> Iterator[Check]:
    place = text_at(Words("Figur 2", "Figure 2"))
    for criterion in ("outside_labour_market", "dwelling_area"):
        stated = Printed(f"statement.gap_{criterion}.gap_2021")
        updated, rest = Printed(f"table_22.{criterion}.areas_2021"), level("rest_of_city", criterion, 2021)
        of_updated = Alternative(UPDATED_AREAS, rest - updated if criterion in WORSE_LOW else updated - rest)
        for number, formula in ((2, printed_gap(criterion, "gap_2021")), (1, gap(criterion, 2021))):
            against = Words(f"efterslæb 2021 (mod Tabel {number})", f"gap 2021 (against Table {number})")
            cell = joined(CRITERIA[criterion], against)
            name = stated.path if number == 2 else f"{stated.path}.by_table_1"
            yield Check(name, place, cell, TEXT, stated, formula, (of_updated,))
    order = ("outside_labour_market", "low_income", "no_education", "non_western_origin")
    for less, more in pairwise(order):
        larger = printed_gap(more, "gap_2021") - printed_gap(less, "gap_2021")
        cell = Words(
            f"efterslæb 2021: {CRITERIA[less].da} mindre end {CRITERIA[more].da}",
            f"gap 2021: {CRITERIA[less].en} less than {CRITERIA[more].en}",
        )
        yield states(f"text.figure_2.order.{less}", place, cell, larger, "above")


def _text_at_table_1() -> Iterator[Check]:
    place = text_at(table(1))
    improved = HowMany(tuple(Condition(change("areas", key), better(key)) for key in CRITERIA))
    stated = Printed("statement.improved_levels.improved")
    cell = Words("kriterier med positiv udvikling i områderne", "criteria that improved in the areas")
    yield Check(stated.path, place, cell, COUNTS, stated, improved)
    for path, key in (
        ("statement.levels.dwelling_area_rose", "dwelling_area"),
        ("statement.levels.outside_labour_market_fell_pct", "outside_labour_market"),
        ("statement.levels.no_education_fell_pct", "no_education"),
    ):
        moved = change("areas", key) if key in WORSE_LOW else level("areas", key, 2017) - level("areas", key, 2021)
        words = Words("ændring i områderne 2017-2021", "change in the areas 2017-2021")
        yield Check(path, place, joined(CRITERIA[key], words), TEXT, Printed(path), moved)
    for key in ("low_income", "non_western_origin"):
        cell = joined(CRITERIA[key], Words("flere i områderne", "more in the areas"))
        yield states(f"text.table_1.areas.{key}", place, cell, change("areas", key), "above")
    for key, label in CRITERIA.items():
        relation = "above" if key in ("dwelling_area", "low_income", "non_western_origin") else "below"
        words = Words("mere i resten af byen", "more in the rest of the city")
        if relation == "below":
            words = Words("færre i resten af byen", "fewer in the rest of the city")
        elsewhere = change("rest_of_city", key)
        yield states(f"text.table_1.rest_of_city.{key}", place, joined(label, words), elsewhere, relation)
        ahead = change("areas", key) - elsewhere
        words = Words("gunstigere udvikling i områderne end i resten", "better course in the areas than elsewhere")
        cell = joined(label, words)
        yield states(f"text.table_1.ahead.{key}", place, cell, ahead, better(key))
    footnote = text_at(Words("fodnote 3", "footnote 3"))
    for year in (2017, 2018):
        path = f"statement.break_in_education.share_{year}"
        cell = joined(CRITERIA["no_education"], PLACES["areas"], str(year))
        yield Check(path, footnote, cell, REPEATED, Printed(path), level("areas", "no_education", year))
    after = level("areas", "no_education", 2021) - level("areas", "no_education", 2018)
    cell = joined(CRITERIA["no_education"], Words("faldet også efter 2018", "fell after 2018 as well"))
    yield states("text.footnote_3.after", footnote, cell, after, "below")


def _text_at_table_2() -> Iterator[Check]:
    place = text_at(table(2))
    for key, label in CRITERIA.items():
        relation = "above" if key == "low_income" else "below"
        fell = Words("efterslæbet faldt 2017-2021", "the gap fell 2017-2021")
        words = Words("efterslæbet steg 2017-2021", "the gap rose 2017-2021") if key == "low_income" else fell
        by_2 = printed_gap(key, "gap_2021") - printed_gap(key, "gap_2017")
        yield states(f"text.table_2.gap.{key}", place, joined(label, words), by_2, relation)
        by_1 = gap(key, 2021) - gap(key, 2017)
        cell = joined(label, Words(f"{words.da} (mod Tabel 1)", f"{words.en} (against Table 1)"))
        as_table_2 = (Alternative(BY_TABLE_2, Condition(gap(key, 2021) - printed_gap(key, "gap_2017"), relation)),)
        yield states(f"text.table_2.gap.{key}.by_table_1", place, cell, by_1, relation, as_table_2)
        left = printed_gap(key, "gap_2021") - printed_gap(key, "milestone_2025")
        cell = joined(label, Words("milepælen for 2025 er ikke nået", "the milestone of 2025 is not reached"))
        yield states(f"text.table_2.milestone.{key}", place, cell, left, "above")
    yield from _gaps_that_grew()
    for key in ("dwelling_area", "non_western_origin", "no_education"):
        most = printed_gap("outside_labour_market", "change_pct") - printed_gap(key, "change_pct")
        cell = Words(
            f"efterslæbet faldt mest {CRITERIA['outside_labour_market'].da}, mere end {CRITERIA[key].da}",
            f"the gap fell most {CRITERIA['outside_labour_market'].en}, more than {CRITERIA[key].en}",
        )
        yield states(f"text.table_2.most.{key}", place, cell, most, "above")
    progress = Words("fremgang i områderne", "progress in the areas")
    for key in ("outside_labour_market", "no_education", "non_western_origin", "dwelling_area"):
        narrower = printed_gap(key, "gap_2021") - printed_gap(key, "gap_2017")
        as_gap = (Alternative(AS_GAP, Condition(narrower, "below")),)
        cell = joined(CRITERIA[key], progress)
        yield states(f"text.conclusion.{key}", CONCLUSION, cell, change("areas", key), better(key), as_gap)
    for where in ("areas", "rest_of_city"):
        cell = joined(CRITERIA["low_income"], Words("negativ udvikling", "negative course"), PLACES[where])
        yield states(f"text.conclusion.low_income.{where}", CONCLUSION, cell, change(where, "low_income"), "above")


def _gaps_that_grew() -> Iterator[Check]:
    """The text names the criteria whose gap grew; how many they are by Tabel 2, and by Tabel 1."""
    named = Entries(("statement", "worsened_gaps", "worsened"))
    now = {key: gap(key, 2021) for key in CRITERIA}

    def grew(since: dict[str, Expression]) -> Expression:
        return HowMany(tuple(Condition(now[key] - since[key], "above") for key in CRITERIA))

    by_1 = grew({key: gap(key, 2017) for key in CRITERIA})
    by_2 = grew({key: printed_gap(key, "gap_2017") for key in CRITERIA})
    cell = Words("kriterier med voksende efterslæb", "criteria whose gap grew")
    yield Check("text.table_2.grew", text_at(table(2)), cell, COUNTS, named, by_2)
    cell = Words(f"{cell.da} (mod Tabel 1)", f"{cell.en} (against Table 1)")
    readings = (Alternative(BY_TABLE_2, by_2),)
    yield Check("text.table_2.grew.by_table_1", text_at(table(2)), cell, COUNTS, named, by_1, readings)


def _text_of_the_update() -> Iterator[Check]:
    improved: list[Condition] = []
    for key, label in CRITERIA.items():
        old, new = (Printed(f"table_22.{key}.{column}") for column in ("areas_2017", "areas_2021"))
        cell = joined(label, Words("de opdaterede områder lidt mere udsatte", "the updated areas slightly worse off"))
        yield states(f"text.update.{key}", UPDATE, cell, new - old, worse(key))
        improved.append(Condition(new - level("areas", key, 2017), better(key)))
    half = HowMany(tuple(improved)) * Number(2) - Number(len(improved))
    cell = Words(
        "samlet mindre udsatte end i 2017: de opdaterede områder på over halvdelen af kriterierne",
        "less disadvantaged than in 2017 on the whole: the updated areas on more than half of the criteria",
    )
    yield states("text.update.since_2017", UPDATE, cell, half, "above")
