"""Why an indicator of a goal has its verdict, in words: the figures compared, what decided, what is known of them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.goal_figures import (
    BASE,
    UNTIL,
    VERDICTS,
    Aim,
    Goal,
    Indicator,
    Judgement,
    PublishedGoals,
    least_answers,
)
from udsat_geo.monitoring.interval import Bound, Interval

CHANGES = {"smaller": N_("smaller"), "unchanged": N_("unchanged"), "larger": N_("larger")}
UNITS = {"%": " %", "years": N_(" years"), "mark": "", "per_km": N_(" per km"), "count": ""}
NOTE_KINDS = {
    "break": N_("{year} not comparable with before: {text}"),
    "set_aside": N_("{year} left out: {text}"),
    "disturbed_down": N_("{year} holds as at least: {text}"),
    "disturbed_up": N_("{year} holds as at most: {text}"),
    "not_significant": "{year}: {text}",
}


def shown(figure: Decimal | int | None, language: str) -> str:
    """A figure with all its digits, in the signs of a language; nothing for a missing one."""
    if figure is None:
        return ""
    text = f"{figure:,}"
    return text.translate(str.maketrans(",.", ".,")) if language == "da" else text


def aim_in_words(aim: Aim | None, unit: str, language: str) -> str:
    """What is wanted of an indicator."""
    if aim is None:
        return ""
    if aim.kind == "level":
        return _("the city's level", language)
    if aim.by is None:
        return _("rise", language) if aim.better == "high" else _("fall", language)
    suffix = " %" if aim.per_cent else _(" points", language) if unit == "%" else ""
    return f"{'+' if aim.better == 'high' else '-'}{shown(_decimal(aim.by), language)}{suffix}"


def unit_in_words(unit: str, language: str) -> str:
    """What follows a figure of a unit."""
    return _(UNITS[unit], language) if unit in UNITS else f" {unit}".rstrip()


def reason(indicator: Indicator, judgement: Judgement, language: str) -> str:
    """Why an indicator has its verdict: the figures compared, what decided, and what is known about the years."""
    parts = [*_compared(indicator, judgement, language), *_decided(indicator, judgement, language)]
    share = judgement.share_of_target
    if (
        share is not None
        and judgement.last is not None
        and share > 0
        and judgement.cause not in ("few_persons", "no_answers")
    ):
        covered = _("{share} % of the way is covered after {years} of {of} years.", language)
        parts.append(covered.format(share=round(100 * share), years=judgement.last - BASE, of=UNTIL - BASE))
    if judgement.lag is not None and indicator.aim is not None and indicator.aim.kind != "level":
        change = N_("not certainly different") if judgement.lag == "unchanged" else CHANGES[judgement.lag]
        parts.append(_("The lag behind the city became {change}.", language).format(change=_(change, language)))
    parts += _known(indicator, language)
    if indicator.remark:
        parts.append(indicator.remark[language])
    return " ".join(parts)


def _decided(indicator: Indicator, judgement: Judgement, language: str) -> list[str]:
    """What decided, where it was not the movement itself."""
    years = [year for year in (judgement.first, judgement.last) if year is not None]
    if judgement.cause == "few_persons":
        if indicator.survey:
            texts = [shown(indicator.answers[year][0], language) for year in years]
            few = _("So few answers in the areas ({answers}) that chance alone can make the difference.", language)
            return [few.format(answers=", ".join(texts)), *_least(indicator, judgement, language)]
        persons = [indicator.persons[year] for year in years]
        texts = [_("{have} of {of}", language).format(have=have, of=of) for have, of in persons]
        few = _("So few persons ({persons}) that chance alone can make the difference.", language)
        return [few.format(persons=", ".join(texts))]
    if judgement.cause == "no_answers":
        silent = _("A survey of which the number of answers (n) is not printed: cannot be judged without n.", language)
        return [silent, *_least(indicator, judgement, language)]
    if judgement.cause == "rounding":
        return [_("The movement is smaller than the rounding can tell.", language)]
    if judgement.cause == "no_two_years":
        return [_("No two comparable years.", language)]
    if judgement.cause == "level":
        return [_("The areas are at the city's level or better ({last}).", language).format(last=judgement.last)]
    return []


def _least(indicator: Indicator, judgement: Judgement, language: str) -> list[str]:
    """From how many answers on a survey's movement could be judged."""
    if indicator.aim is None or judgement.first is None or judgement.last is None:
        return []
    least = least_answers(indicator.series, indicator.aim, judgement.first, judgement.last)
    if least is None:
        return [_("Nothing moved that any number of answers could tell from chance.", language)]
    told = _("It takes at least {least} answers in the areas, in each of the years, to tell it from chance.", language)
    return [told.format(least=shown(least, language))]


def verdict_in_words(judgement: Judgement, language: str, between: str = " ") -> str:
    """A verdict, and what is wanting where that is the number of answers."""
    verdict = _(VERDICTS[judgement.verdict], language)
    return verdict + between + _("without n", language) if judgement.cause == "no_answers" else verdict


def reasons_of_goal(goal: Goal, language: str) -> list[tuple[Indicator, Judgement, str]]:
    """Each judged indicator of a goal with its judgement and reason."""
    judged = [(indicator, indicator.judged()) for indicator in goal.indicators]
    return [(i, judgement, reason(i, judgement, language)) for i, judgement in judged if judgement is not None]


def differing(published: PublishedGoals) -> tuple[Goal, ...]:
    """The goals on which our verdict is another than the report's."""
    return tuple(goal for goal in published.goals if not goal.agrees)


def _compared(indicator: Indicator, judgement: Judgement, language: str) -> list[str]:
    """The sentence on the two years compared, with the change in words."""
    if judgement.first is None or judgement.last is None or judgement.before is None or judgement.after is None:
        return []
    of_lag = indicator.aim is not None and indicator.aim.kind == "level"
    sides = []
    for year, interval in ((judgement.first, judgement.before), (judgement.last, judgement.after)):
        figure, unit = indicator.areas[year], indicator.unit
        if of_lag and indicator.aim is not None:
            # of the printed figures, positive where the areas are worse off
            figure = (figure - indicator.city[year]) * (1 if indicator.aim.better == "low" else -1)
            unit = "" if unit == "%" else unit
        text = shown(figure, language) + unit_in_words(unit, language)
        low_and_high = _bounds(interval, language) if of_lag else None
        if low_and_high is not None:
            low, high = low_and_high
            text = _("{figure} ({low} to {high})", language).format(figure=text, low=low, high=high)
        sides.append(text)
    given = {"first": judgement.first, "last": judgement.last, "before": sides[0], "after": sides[1]}
    lag = _("Lag behind the city {first}: {before}, {last}: {after}", language)
    value = _("The areas {first}: {before}, {last}: {after}", language)
    sentences = [(lag if of_lag else value).format(**given)]
    if of_lag and judgement.first != judgement.last:
        four = [
            shown(side[year], language)
            for side in (indicator.areas, indicator.city)
            for year in (judgement.first, judgement.last)
        ]
        both = _("The areas went from {areas[0]} to {areas[1]}, the city from {city[0]} to {city[1]}", language)
        sentences.append(both.format(areas=four[:2], city=four[2:]))
    return [f"{sentence}." for sentence in sentences]


def _bounds(interval: Interval, language: str) -> tuple[str, str] | None:
    """Both ends with equally many decimals; None where one is open."""
    if not interval.is_finite:
        return None
    low, high = _decimal(interval.low), _decimal(interval.high)
    finest = min(low, high, key=lambda end: int(end.as_tuple().exponent))
    return shown(low.quantize(finest), language), shown(high.quantize(finest), language)


def _decimal(bound: Bound) -> Decimal:
    """A fraction with as many decimals as it has."""
    fraction = Fraction(bound)
    value = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize()


def _known(indicator: Indicator, language: str) -> list[str]:
    """What the report says about the figures of single years."""
    return [
        _(NOTE_KINDS[kind + (f"_{words['pushed']}" if "pushed" in words else "")], language).format(
            year=year, text=words[language]
        )
        + "."
        for year, kind, words in indicator.notes
    ]
