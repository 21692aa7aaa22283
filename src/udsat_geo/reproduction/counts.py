"""Checks of what the text counts: goals, criteria, administrations, areas and years."""

from __future__ import annotations

from collections.abc import Iterator

from udsat_geo.reproduction.checks import COUNTS, YEARS, Check, Words
from udsat_geo.reproduction.expressions import Entries, Expression, Number, Printed
from udsat_geo.reproduction.labels import (
    APPENDIX_2,
    APPROACHES,
    CONCLUSION,
    COVER,
    goal,
    joined,
    table,
    text_at,
)

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
