"""Readings under which a disagreement goes away: each is tried, and told only when the figures fit it.

Some belong to a check (`Check.alternatives`) and come from what the report itself says; they may fit within rounding.
The others are tried on every figure. So many are tried that some would fit within rounding by chance; they
must therefore give exactly what is printed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial

from udsat_geo.reproduction.checks import COUNTS, TOTALS, Alternative, Check, Words
from udsat_geo.reproduction.engine import AS_PRINTED, DISAGREES, Explanation, Outcome, compare, decimals_of
from udsat_geo.reproduction.expressions import Condition, Expression, Number, Printed, Reading
from udsat_geo.reproduction.figures import Figure, Report
from udsat_geo.reproduction.intervals import Interval
from udsat_geo.reproduction.numbers import Notation

READING, OTHER_YEAR, SIGN, SWAPPED, NEIGHBOUR, CARRIED_ON, EDGE = (
    "reading", "other_year", "sign", "swapped", "neighbour", "carried_on", "edge",
)  # fmt: skip
YEAR = re.compile(r"20\d\d(?=$|\.)")

_OTHER_YEAR = Words(
    "Stemmer, hvis der regnes med {after} i stedet for {before}: {formula} = {value}",
    "Agrees if computed with {after} in place of {before}: {formula} = {value}",
)
_SIGN = Words("Stemmer med modsat fortegn", "Agrees with the opposite sign")
_SWAPPED = Words("Stemmer, hvis byttet om med {other} ({figure})", "Agrees if swapped with {other} ({figure})")
_NEIGHBOUR = Words("Samme tal står i nabofeltet {other}", "The same figure stands in the next field, {other}")
_CARRIED_ON = Words(
    "Tallet er regnet videre, som det står ({others}): næppe en trykfejl, men andre udgangstal",
    "The figure was carried on as it stands ({others}): hardly a misprint, rather other inputs",
)
_EDGE = Words(
    "Begge kan kun passe, hvis det sande tal er netop {value}, rundet op det ene sted og ned det andet",
    "Both can be right only if the true figure is just {value}, rounded up in one place and down in the other",
)


Texts = Callable[[], Iterable[str]]


class Told:
    """Collects the readings of one disagreement that fit, and counts those that were tried."""

    def __init__(self) -> None:
        self.found: list[Explanation] = []
        self.tried = 0

    def tell(self, kind: str, fits: bool, exactly: bool, texts: Texts) -> None:
        """Note a reading that was tried; its Danish and English text are made only if it fits."""
        self.tried += 1
        if fits:
            da, en = texts()
            self.found.append(Explanation(kind, da, en, exactly))


def explain(outcome: Outcome, outcomes: dict[str, Outcome], report: Report) -> tuple[tuple[Explanation, ...], int]:
    """The readings that make a disagreement go away.

    Parameters
    ----------
    outcome : Outcome
        One that disagrees.
    outcomes : dict
        All outcomes by the id of their check.
    report : Report

    Returns
    -------
    explanations : tuple of Explanation
        Those that fit.
    tried : int
        How many were tried.
    """
    told = Told()
    for alternative in outcome.check.alternatives:
        _try_alternative(outcome.check, alternative, report, told)
    figure = outcome.check.printed
    if isinstance(figure, Printed):
        _try_other_years(figure, outcome.check.recomputed, report, told)
        _try_sign(figure, outcome.check.recomputed, report, told)
        _try_swapped(figure, outcome.check, outcomes, report, told)
        _try_neighbours(figure, outcomes, report, told)
        _try_carried_on(figure, outcomes, told)
        _try_edge(outcome, told)
    return tuple(told.found), told.tried


def _try_alternative(check: Check, alternative: Alternative, report: Report, told: Told) -> None:
    of, rounded, plain = alternative.of, Reading(report, rounded=True), Reading(report, rounded=False)
    if isinstance(of, Condition):
        shown_value = of.of.value(plain)
        fits, exactly = of.holds(shown_value)[0], of.holds(of.of.value(rounded))[0]
        least = _most_decimals(of.of, report)
    elif isinstance(check.printed, Condition):
        raise TypeError(f"{check.id}: a stated direction needs conditions as alternatives")
    else:
        shown_value, verdict = of.value(plain), compare(check.printed, of, report)
        fits, exactly = verdict != DISAGREES, verdict == AS_PRINTED
        least = decimals_of(check.printed, check.recomputed, report)
    if alternative.provided is not None:
        fits = fits and alternative.provided.holds(alternative.provided.of.value(plain))[0]
    if alternative.shows is not None:
        shown_value, least = alternative.shows.value(rounded), _most_decimals(alternative.shows, report)
    told.tell(READING, fits, exactly, partial(_with_value, alternative.words, shown_value, least))


def _with_value(words: Words, value: Interval, least: int) -> Iterator[str]:
    for text, language in _both(words):
        yield text.format(value=_value(value, least, language))


def _value(interval: Interval, least: int, language: str) -> str:
    if interval.high - interval.low > 10:  # of dwellings, not of parts of one
        interval, least = Interval(Fraction(math.ceil(interval.low)), Fraction(math.floor(interval.high))), 0
    return Notation(language).interval(interval, least)


def _most_decimals(formula: Expression, report: Report) -> int:
    return max((report.figures[path].decimals for path in formula.paths()), default=0)


def _both(words: Words) -> Iterator[tuple[str, str]]:
    return zip(words, ("da", "en"), strict=True)


def _try_other_years(figure: Printed, formula: Expression, report: Report, told: Told) -> None:
    """Each input from another year, where there are so few that it says something; and all inputs from another year."""
    dated = [path for path in dict.fromkeys(formula.paths()) if YEAR.search(path)]
    years = sorted({year for path in report.figures for year in YEAR.findall(path)})
    swaps = [{path: YEAR.sub(year, path)} for path in dated for year in years] if len(dated) <= 2 else []
    swaps += [{path: YEAR.sub(year, path) for path in dated} for year in years] if len(dated) > 1 else []
    for swap in swaps:
        if all(old != new and new in report.figures for old, new in swap.items()):
            other = formula.with_paths(swap)
            fits = compare(figure, other, report) == AS_PRINTED
            told.tell(OTHER_YEAR, fits, fits, partial(_of_other_year, figure, other, swap, report))


def _of_other_year(figure: Printed, formula: Expression, swap: dict[str, str], report: Report) -> Iterator[str]:
    before, after = (YEAR.findall(path)[-1] for path in next(iter(swap.items())))
    value, least = formula.value(Reading(report, rounded=False)).low, decimals_of(figure, formula, report)
    for text, language in _both(_OTHER_YEAR):
        notation = Notation(language)
        written = formula.text(report, notation.in_formula)
        yield text.format(before=before, after=after, formula=written, value=notation.shown(value, least))


def _try_sign(figure: Printed, formula: Expression, report: Report, told: Told) -> None:
    fits = compare(figure, Number(0) - formula, report) == AS_PRINTED
    told.tell(SIGN, fits, fits, lambda: _SIGN)


def _try_swapped(figure: Printed, check: Check, outcomes: dict[str, Outcome], report: Report, told: Told) -> None:
    """Two figures of one table, both in disagreement, that agree when each takes the place of the other."""
    for other in outcomes.values():
        theirs = other.check.printed
        if other.verdict != DISAGREES or other.check.place != check.place or not isinstance(theirs, Printed):
            continue
        if theirs != figure:
            pairs = ((theirs, check.recomputed), (figure, other.check.recomputed))
            fits = all(compare(printed_one, formula, report) == AS_PRINTED for printed_one, formula in pairs)
            told.tell(SWAPPED, fits, fits, partial(_naming, _SWAPPED, other.check, report.figures[theirs.path]))


def _naming(words: Words, check: Check, figure: Figure) -> Iterator[str]:
    for text, language in _both(words):
        yield text.format(other=_plain_cell(check, language), figure=Notation(language).figure(figure))


def _plain_cell(check: Check, language: str) -> str:
    """The name of a cell without what it is held against."""
    return re.sub(r" \([^()]*\)$", "", check.cell.in_language(language))


def _try_neighbours(figure: Printed, outcomes: dict[str, Outcome], report: Report, told: Told) -> None:
    """The same figure in the field above, below, before or after."""
    if figure.path.startswith(("table_", "goal.")):
        for path in neighbours(figure.path, report):
            if path in outcomes:
                fits = report.figures[path].printed == report.figures[figure.path].printed
                texts = partial(_naming, _NEIGHBOUR, outcomes[path].check, report.figures[path])
                told.tell(NEIGHBOUR, fits, fits, texts)


def neighbours(path: str, report: Report) -> list[str]:
    """Paths of the fields beside one in its row and in its column."""
    parts = path.split(".")
    found: list[str] = []
    for position in (len(parts) - 1, len(parts) - 2):
        kin = [
            other
            for other in report.figures
            if len(split := other.split(".")) == len(parts)
            and split[:position] + split[position + 1 :] == parts[:position] + parts[position + 1 :]
        ]
        at = kin.index(path)
        found += kin[max(0, at - 1) : at] + kin[at + 1 : at + 2]
    return found


def _try_carried_on(figure: Printed, outcomes: dict[str, Outcome], told: Told) -> None:
    """Figures computed from this one, all of which agree with it as it is printed."""
    uses = [
        other
        for other in outcomes.values()
        if figure.path in other.check.recomputed.paths()
        and not isinstance(other.check.printed, Condition)
        and other.check.kind not in (TOTALS, COUNTS)
    ]
    fits = bool(uses) and all(other.verdict != DISAGREES for other in uses)
    told.tell(CARRIED_ON, fits, fits, partial(_naming_all, _CARRIED_ON, [other.check for other in uses]))


def _naming_all(words: Words, checks: list[Check]) -> Iterator[str]:
    for text, language in _both(words):
        yield text.format(others="; ".join(_plain_cell(check, language) for check in checks))


def _try_edge(outcome: Outcome, told: Told) -> None:
    """One figure printed in two ways that share a single true figure."""
    if outcome.printed is None or not isinstance(outcome.check.recomputed, Printed):
        return
    edge = outcome.printed.low if outcome.printed.low == outcome.computed.high else outcome.printed.high
    fits = outcome.at_least == 0
    told.tell(EDGE, fits, fits, partial(_with_value, _EDGE, Interval.exactly(edge), 0))
