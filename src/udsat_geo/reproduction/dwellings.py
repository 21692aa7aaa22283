"""Checks of goal 17: dwellings by tenure, their shares, and what the text says of private dwellings."""

from __future__ import annotations

from collections.abc import Iterator

from udsat_geo.reproduction.checks import REPEATED, SHARES, TEXT, TOTALS, Alternative, Check, Words, states
from udsat_geo.reproduction.expressions import Condition, Expression, HowMany, Number, Printed
from udsat_geo.reproduction.labels import (
    APPROACHES,
    INDICATORS,
    PLACES,
    TENURES,
    appendix_3,
    goal,
    joined,
    table,
    text_at,
)

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


def checks() -> Iterator[Check]:
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
