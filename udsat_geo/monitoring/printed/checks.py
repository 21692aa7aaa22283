"""What a check is: a printed figure or a statement of the text, and the formula it is held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from udsat_geo.monitoring.printed.figures import Condition, Entries, Expression, HowMany, Number, Printed


class Words(NamedTuple):
    """One text in both languages."""

    da: str
    en: str

    def in_language(self, language: str) -> str:
        """The text of a language."""
        return self.da if language == "da" else self.en


TABLES, REPEATED, SHARES, TOTALS, TEXT, COUNTS, DIRECTIONS, YEARS = (
    "tables", "repeated", "shares", "totals", "text", "counts", "directions", "years",
)  # fmt: skip
KINDS = (TABLES, REPEATED, SHARES, TOTALS, TEXT, COUNTS, DIRECTIONS, YEARS)
"""Kinds of checks: figures of tables against figures of tables; one figure printed twice; shares and rates against what
they are of; parts against their total; figures of the text against tables; counts in the text; directions in the text
(rose, fell, unchanged, more, less); years against years."""


@dataclass(frozen=True)
class Alternative:
    """A reading under which a disagreement goes away; told only when the figures fit it.

    Attributes
    ----------
    words : Words
        ``{value}`` in it is what the reading gives.
    of : Expression or Condition
        What the printed figure would then be, or what would then have to hold.
    shows : Expression or None
        What ``{value}`` stands for, where it is not what the reading gives.
    provided : Condition or None
        What must hold of the printed figures besides, so that the reading does not fit by chance.
    """

    words: Words
    of: Expression | Condition
    shows: Expression | None = None
    provided: Condition | None = None


@dataclass(frozen=True)
class Check:
    """A derived figure or statement of the report, and what it derives from.

    Attributes
    ----------
    id : str
        Stable; begins with the path of the figure where the check is about one.
    place, cell : Words
        Table or passage, and what of it.
    kind : str
        One of `KINDS`.
    printed : Expression or Condition
        A printed figure, or the number that the print implies (shares add up to 100); or the condition that the text
        states.
    recomputed : Expression
        The formula over printed figures.
    alternatives : tuple of Alternative
    """

    id: str
    place: Words
    cell: Words
    kind: str
    printed: Expression | Condition
    recomputed: Expression
    alternatives: tuple[Alternative, ...] = ()


def states(
    name: str,
    place: Words,
    cell: Words,
    formula: Expression,
    relation: str,
    alternatives: tuple[Alternative, ...] = (),
) -> Check:
    """The check of a statement of direction: that a formula is above, below or equal to 0."""
    return Check(name, place, cell, DIRECTIONS, Condition(formula, relation), formula, alternatives)


CRITERIA: dict[str, Words] = {
    "dwelling_area": Words("boligareal pr. beboer", "dwelling area per resident"),
    "outside_labour_market": Words("uden for arbejdsmarkedet", "outside the labour market"),
    "low_income": Words("lav indkomst", "low income"),
    "non_western_origin": Words("ikke-vestlig herkomst", "non-western origin"),
    "no_education": Words("uden uddannelse", "without education"),
}
WORSE_LOW = ("dwelling_area",)
"""Criteria of which less is worse."""

TENURES: dict[str, Words] = {
    "owner_occupied": Words("ejerboliger", "owner-occupied"),
    "private_rental": Words("private udlejningsboliger", "private rental"),
    "cooperative": Words("andelsboliger", "cooperative"),
    "social_housing": Words("almene boliger", "social housing"),
    "public": Words("kommunale eller statslige boliger", "public"),
}

PLACES: dict[str, Words] = {
    "areas": Words("områderne", "the areas"),
    "rest_of_city": Words("resten af byen", "rest of the city"),
    "city": Words("byen", "the city"),
}

INDICATORS: dict[str, Words] = {
    "1.1": Words("karakterer i 9. klasse", "marks in 9th grade"),
    "2.1": Words("varslede udsættelser", "announced evictions"),
    "3.1": Words("middellevetid", "life expectancy"),
    "3.2": Words("leveår uden langvarig sygdom", "years without long-term illness"),
    "3.3": Words("leveår uden funktionsnedsættelse", "years without impairment"),
    "4.1": Words("sproglige vanskeligheder før 0. klasse", "language difficulties before grade 0"),
    "5.1": Words("mindreårige fremstillet i grundlovsforhør", "minors brought before a judge"),
    "6.1": Words("over 30 år på midlertidig forsørgelse", "over 30 on temporary benefits"),
    "7.1": Words("2-årige i dagtilbud", "two-year-olds in day care"),
    "8.1": Words("unge, der oplever diskrimination", "young people who experience discrimination"),
    "9.1": Words("i gang med ungdomsuddannelse", "in upper secondary education"),
    "9.2": Words("unge på uddannelseshjælp", "young people on education benefit"),
    "10.1": Words("finder området levende", "find their area lively"),
    "10.2": Words("finder området rent", "find their area clean"),
    "11.1": Words("fremmøder i FerieCamp", "FerieCamp attendances"),
    "11.2": Words("guidninger hos FritidsGuiderne", "guidings by FritidsGuiderne"),
    "11.3": Words("medlemmer i Sociale Partnerskaber", "members in Sociale Partnerskaber"),
    "11.4": Words("børn aktive i kultur og fritid", "children active in culture and leisure"),
    "12.1": Words("utrygge i nabolaget", "unsafe in the neighbourhood"),
    "12.2": Words("utrygge om aftenen og natten", "unsafe in the evening and at night"),
    "13.1": Words("kan involvere sig lokalt", "can get involved locally"),
    "14.1": Words("unge, der oplever social kontrol", "young people who experience social control"),
    "15.1": Words("valgdeltagelse", "turnout"),
    "16.1": Words("overgange pr. km barriere", "crossings per km of barrier"),
    "17.1": Words("private boliger", "private dwellings"),
    "18.1": Words("boliger uden toilet eller bad", "dwellings without toilet or bath"),
    "18.2": Words("boliger uden fjernvarme", "dwellings without district heating"),
    "18.3": Words("støjbelastede boliger", "dwellings exposed to noise"),
    "18.4": Words("boliger med energimærke D-G", "dwellings with energy label D-G"),
    "18.5": Words("gårdhaver, der ikke er renoveret", "courtyards not renovated"),
}
"""By goal and position of the indicator in it."""

CONCLUSION = Words("Tekst, Konklusion", "Text, Conclusion")
COVER = Words("Tekst, indledende bilag", "Text, cover note")
APPROACHES = Words("Tekst, de tre tilgange", "Text, the three approaches")
UPDATE = Words("Tekst, opdatering af områderne", "Text, update of the areas")
APPENDIX_2 = Words("Bilag 2", "Appendix 2")


def table(number: int) -> Words:
    """A table of the report; goals have the tables 4 to 21, in their order."""
    return Words(f"Tabel {number}", f"Table {number}")


def text_at(place: Words) -> Words:
    """The text about a table or a goal."""
    return Words(f"Tekst, {place.da}", f"Text, {place.en}")


def goal(number: int) -> Words:
    """A goal's section."""
    return Words(f"Mål {number}", f"Goal {number}")


def appendix_3(number: int) -> Words:
    """A goal's row in Bilag 3, the figures of the updated areas."""
    return Words(f"Bilag 3, mål {number}", f"Appendix 3, goal {number}")


def joined(*parts: Words | str) -> Words:
    """Several texts with commas between; plain text is the same in both languages."""
    both = [part if isinstance(part, Words) else Words(part, part) for part in parts]
    return Words(", ".join(part.da for part in both), ", ".join(part.en for part in both))


INTRODUCTION = Words("Tekst, Indledning", "Text, Introduction")
FIGURE_3 = text_at(Words("Figur 3", "Figure 3"))
EDUCATION = "Børne- og Ungdomsforvaltningen"


def checks() -> Iterator[Check]:
    """All checks of counts and years."""
    yield from _goals()
    yield from _approaches()
    yield from _estates()
    yield from _years()


def _count(name: str, place: Words, cell: Words, counted: Expression, kind: str = COUNTS) -> Check:
    path = f"statement.{name}"
    return Check(path, place, cell, kind, Printed(path), counted)


def _goals() -> Iterator[Check]:
    goals, progress, uncertain = (
        Entries(("goal",), (("verdict", verdict),) if verdict else ()) for verdict in ("", "progress", "uncertain")
    )
    yield _count("policy.goals", INTRODUCTION, Words("målsætninger", "goals"), goals)
    yield _count("policy.criteria", CONCLUSION, Words("udpegningskriterier", "criteria"), Entries(("criteria",)))
    administrations = Entries(("goal",), distinct="administration")
    yield _count("policy.administrations", INTRODUCTION, Words("forvaltninger", "administrations"), administrations)
    yield _count("verdicts.progress", CONCLUSION, Words("mål med fremskridt", "goals with progress"), progress)
    yield _count("verdicts.uncertain", CONCLUSION, Words("usikre mål", "uncertain goals"), uncertain)
    both = Printed("statement.verdicts.progress") + Printed("statement.verdicts.uncertain")
    cell = Words("mål i alt: med fremskridt og usikre", "goals in all: with progress and uncertain")
    yield Check("statement.policy.goals.by_verdict", CONCLUSION, cell, COUNTS, Printed("statement.policy.goals"), both)
    own = (("administration", EDUCATION),)
    cell = joined(Words("mål under", "goals of"), EDUCATION)
    yield _count("children_and_youth.goals", COVER, cell, Entries(("goal",), own))
    cell = joined(cell, Words("med fremgang", "with progress"))
    others = Entries(("goal",), (*own, ("verdict", "progress")))
    yield _count("children_and_youth.others_in_progress", COVER, cell, others)


def _approaches() -> Iterator[Check]:
    last: Expression = Number(0)
    for approach, name in enumerate(("supporting", "organising", "structural"), start=1):
        first = last + Number(1)
        last = last + Entries(("goal",), (("approach", approach),))
        for words, edge, number in (
            (Words("første mål", "first goal"), "first", first),
            (Words("sidste mål", "last goal"), "last", last),
        ):
            cell = joined(Words(f"tilgang {approach}", f"approach {approach}"), words)
            yield _count(f"approaches.{name}_{edge}", table(3), cell, number)
    cell = Words("mål i tilgang 2", "goals of approach 2")
    yield _count("approaches.organising_goals", APPROACHES, cell, Entries(("goal",), (("approach", 2),)))


def _estates() -> Iterator[Check]:
    removed = Entries(("figure_3", "removed"))
    yield _count("removed_areas.removed", FIGURE_3, Words("områder, der er udgået", "areas that are out"), removed)
    lists = "statement.state_lists"
    before, left, joining = (Printed(f"{lists}.{key}") for key in ("in_2018", "left", "joined"))
    cell = Words("boligområder på statens lister i 2020", "estates on the state's lists in 2020")
    yield _count("state_lists.in_2020", APPENDIX_2, cell, before - left + joining)
    named = Entries(("statement", "state_lists", "listed"))
    cell = Words("boligområder nævnt ved navn", "estates named")
    yield Check(f"{lists}.in_2020.named", APPENDIX_2, cell, COUNTS, Printed(f"{lists}.in_2020"), named)
    of_case = Entries(("statement", "guidance_case", "estates"))
    cell = Words("alle udsatte boligområder, nævnt ved navn under mål 9", "all estates, named at goal 9")
    yield Check(f"{lists}.in_2020.goal_9", text_at(goal(9)), cell, COUNTS, Printed(f"{lists}.in_2020"), of_case)


def _years() -> Iterator[Check]:
    term, year = "statement.term", Printed("statement.term.status_year")
    adopted, milestone = Printed("policy.adopted"), Printed("policy.milestone")
    cell = Words("år, politikken har virket", "years in force")
    yield _count("term.years_in_force", INTRODUCTION, cell, year - adopted, YEARS)
    halfway = (milestone - adopted) / Number(2)
    cell = Words("halvvejs i løbetiden", "halfway through")
    yield Check(f"{term}.halfway", INTRODUCTION, cell, YEARS, Printed(f"{term}.years_in_force"), halfway)
    every = Printed("policy.status_every_years")
    cell = Words("år mellem statusrapporter", "years between reports")
    since = year - Printed(f"{term}.earlier_status_year")
    yield Check(every.path, COVER, cell, YEARS, every, since)
    cell = Words("næste statusrapport", "next report")
    yield _count("term.next_status_year", Words("Bilag 3", "Appendix 3"), cell, year + every, YEARS)
    cadence = Printed("policy.cadence_years")
    first, second = (Printed(f"policy.redesignation_years.{position}") for position in (1, 2))
    place = text_at(Words("opdatering af områderne", "update of the areas"))
    for printed, earlier in ((first, adopted), (second, first)):
        cell = Words("år for ny udpegning, hvert fjerde år", "year of redesignation, every four years")
        yield Check(printed.path, place, cell, YEARS, printed, earlier + cadence)
    for case, number in (("children_in_associations", 3), ("energy_case", 18)):
        started, ended = (Printed(f"statement.{case}.{edge}_year") for edge in ("first", "last"))
        cell = Words("år i projektet, begge år med", "years of the project, both included")
        yield _count(f"{case}.years", text_at(goal(number)), cell, ended - started + Number(1), YEARS)


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


def checks_of_criteria(content: dict[str, Any]) -> Iterator[Check]:
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


COLUMNS = ("2017", "2019", "2021", "updated")
PRIVATE = ("owner_occupied", "private_rental", "cooperative")

OF_OTHER_TOTAL = Words(
    "Stemmer som andel af alle boliger for {column}: {value} %",
    "Agrees as a share of all dwellings of {column}: {value} %",
)
IMPLIED_TOTAL = Words(
    "Stemmer, hvis der i alt var så mange boliger, som tal og andel for {tenure} giver: {value}",
    "Agrees if the dwellings were as many as count and share of {tenure} imply: {value}",
)
ROW_AGAIN = Words(
    "Antallet er det samme som i {column}: rækken ser ud til at være gentaget ({value})",
    "The count is that of {column}: the row seems to be repeated ({value})",
)
UP_TO_100 = Words(
    "Stemmer, hvis andelen er sat, så andelene giver 100 % i alt: {value} %",
    "Agrees if the share was set so that all shares add up to 100 %: {value} %",
)
LEFT_OVER = Words(
    "Giver 100 %, hvis antallet af {tenure} er det, som tal og andel for {other} lader tilbage: {value}",
    "Adds up to 100 % if the count of {tenure} is what count and share of {other} leave: {value}",
)
BY_COUNT = Words(
    "Giver 100 %, hvis andelen for {tenure} regnes af antallet: {value} %",
    "Adds up to 100 % if the share of {tenure} is computed from its count: {value} %",
)
THREE_TOGETHER = Words(
    "Passer på de tre private ejerformer tilsammen: {value} flere",
    "True of the three private tenures together: {value} more",
)


def filled(words: Words, **names: Words) -> Words:
    """Put names into a text, leaving the place of its value."""
    da, en = words
    for name, word in names.items():
        da, en = da.replace(f"{{{name}}}", word.da), en.replace(f"{{{name}}}", word.en)
    return Words(da, en)


def count(place: str, tenure: str, column: str) -> Expression:
    """Dwellings of a tenure."""
    return Printed(f"goal.17.1.dwellings_{place}.{tenure}.{column}")


def share(place: str, tenure: str, column: str) -> Expression:
    """Printed share of a tenure, in per cent."""
    return Printed(f"goal.17.1.dwellings_{place}_pct.{tenure}.{column}")


def total(terms: list[Expression]) -> Expression:
    """The sum of formulas."""
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def all_dwellings(place: str, column: str) -> Expression:
    """The sum over tenures."""
    return total([count(place, tenure, column) for tenure in TENURES])


def implied_total(place: str, tenure: str, column: str) -> Expression:
    """All dwellings, by the count and the printed share of one tenure."""
    return Number(100) * (count(place, tenure, column) / share(place, tenure, column))


def private(column: str) -> Expression:
    """Private dwellings in the areas."""
    return total([count("areas", tenure, column) for tenure in PRIVATE])


def checks_of_dwellings() -> Iterator[Check]:
    """All checks of goal 17."""
    for place in ("areas", "city"):
        for column in COLUMNS:
            yield from _shares(place, column)
    for tenure, label in TENURES.items():
        for of in (count, share):
            printed, before = of("city", tenure, "updated"), of("city", tenure, "2021")
            words = Words("antal" if of is count else "andel", "count" if of is count else "share")
            cell = joined(label, PLACES["city"], words, Words("i 2021 (også i Tabel 20)", "in 2021 (also in Table 20)"))
            yield Check(f"{next(printed.paths())}.again", appendix_3(17), cell, REPEATED, printed, before)
    yield from _text()


def _where(column: str) -> Words:
    return appendix_3(17) if column == "updated" else table(20)


def _year(column: str) -> Words:
    return Words("opdaterede områder", "updated areas") if column == "updated" else Words(column, column)


def _shares(place: str, column: str) -> Iterator[Check]:
    for tenure, label in TENURES.items():
        printed = share(place, tenure, column)
        formula = Number(100) * (count(place, tenure, column) / all_dwellings(place, column))
        cell = joined(label, Words("andel", "share"), PLACES[place], _year(column))
        readings = tuple(_readings_of_share(place, tenure, column))
        yield Check(next(printed.paths()), _where(column), cell, SHARES, printed, formula, readings)
    shares = [share(place, tenure, column) for tenure in TENURES]
    cell = joined(Words("andelene giver 100 % i alt", "shares add up to 100 %"), PLACES[place], _year(column))
    readings = tuple(_readings_of_total(place, column))
    name = f"goal.17.1.dwellings_{place}_pct.total.{column}"
    yield Check(name, _where(column), cell, TOTALS, Number(100), total(shares), readings)


def _readings_of_share(place: str, tenure: str, column: str) -> Iterator[Alternative]:
    counted = count(place, tenure, column)
    for position, other in enumerate(COLUMNS):
        if other != column:
            words = filled(OF_OTHER_TOTAL, column=_year(other))
            yield _of_total(words, place, tenure, column, all_dwellings(place, other))
        if position and COLUMNS[position] == column:
            before = COLUMNS[position - 1]
            again = Condition(counted - count(place, tenure, before), "equal")
            yield Alternative(filled(ROW_AGAIN, column=_year(before)), again, shows=counted)
    # the largest share is the least rounded
    largest = "private_rental" if tenure == "social_housing" else "social_housing"
    whole = implied_total(place, largest, column)
    yield _of_total(filled(IMPLIED_TOTAL, tenure=TENURES[largest]), place, tenure, column, whole, shows=whole)
    others = [share(place, other, column) for other in TENURES if other != tenure]
    yield Alternative(UP_TO_100, Number(100) - total(others))


def _of_total(
    words: Words, place: str, tenure: str, column: str, whole: Expression, shows: Expression | None = None
) -> Alternative:
    """That shares are of another total: the total is common to all, so all but one must fit as printed."""
    half_a_tenth = Number(1) / Number(20)
    fits: list[Condition] = []
    for other in TENURES:
        of_whole = Number(100) * (count(place, other, column) / whole)
        fits.append(Condition(abs(share(place, other, column) - of_whole) - half_a_tenth, "not_above"))
    most = Condition(HowMany(tuple(fits)) - Number(len(TENURES) - 1), "not_below")
    return Alternative(words, Number(100) * (count(place, tenure, column) / whole), shows, provided=most)


def _readings_of_total(place: str, column: str) -> Iterator[Alternative]:
    for tenure in TENURES:
        rest = total([share(place, other, column) for other in TENURES if other != tenure])
        by_count = Number(100) * (count(place, tenure, column) / all_dwellings(place, column))
        yield Alternative(filled(BY_COUNT, tenure=TENURES[tenure]), rest + by_count, shows=by_count)
        largest = "social_housing" if place == "areas" else "cooperative"
        if tenure != largest:
            whole = implied_total(place, largest, column)
            counted = total([count(place, other, column) for other in TENURES if other != tenure])
            left = Number(100) * (Number(1) - counted / whole)
            words = filled(LEFT_OVER, tenure=TENURES[tenure], other=TENURES[largest])
            yield Alternative(words, rest + left, shows=whole - counted)


def _text() -> Iterator[Check]:
    place = text_at(goal(17))
    stated = Printed("statement.private_dwellings.private_dwellings_added")
    cell = Words("flere private boliger siden 2017", "more private dwellings since 2017")
    yield Check(stated.path, place, cell, TEXT, stated, private("2021") - private("2017"))
    for before, after in (("2017", "2019"), ("2019", "2021")):
        cell = Words(
            f"jævn stigning i private boliger, fortsat den rigtige vej: {before}-{after}",
            f"private dwellings rise evenly, still the right way: {before}-{after}",
        )
        yield states(f"text.goal_17.{before}_{after}", place, cell, private(after) - private(before), "above")
    for tenure in PRIVATE:
        more = count("areas", tenure, "2021") - count("areas", tenure, "2017")
        cell = joined(TENURES[tenure], Words("flere i områderne siden 2017", "more in the areas since 2017"))
        together = (Alternative(THREE_TOGETHER, Condition(private("2021") - private("2017"), "above")),)
        yield states(f"text.approaches.{tenure}", APPROACHES, cell, more, "above", together)
    since = private("updated") - private("2017")
    cell = joined(INDICATORS["17.1"], Words("de opdaterede områder mod 2017", "the updated areas against 2017"))
    yield states("text.update.17.1", appendix_3(17), cell, since, "above")


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


def checks_of_goals(content: dict[str, Any]) -> Iterator[Check]:
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
    yield from _goals_text_of_the_update(content)


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


def _goals_text_of_the_update(content: dict[str, Any]) -> Iterator[Check]:
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


def declared_checks(content: dict[str, Any]) -> tuple[Check, ...]:
    """Every check.

    Parameters
    ----------
    content : dict
        The parsed report; see `udsat_geo.policy.published.printed_2021`.
    """
    return (*checks_of_criteria(content), *checks_of_goals(content), *checks_of_dwellings(), *checks())
