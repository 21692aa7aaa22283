"""Figures and reasons in words, Danish or English."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from udsat_geo.goals.interval import Bound, Interval
from udsat_geo.goals.published import Goal, Indicator, PublishedGoals
from udsat_geo.goals.verdict import BASE, UNTIL, Aim, Judgement
from udsat_geo.goals.wording import AIMS, NOTE_KINDS, SENTENCES, UNITS


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
    words = AIMS[language]
    if aim.kind == "level":
        return words["level"]
    if aim.by is None:
        return words[f"better_{aim.better}"]
    by = shown(_decimal(aim.by), language)
    if aim.per_cent:
        suffix = " %"
    elif unit == "%":
        suffix = {"da": " pct.point", "en": " points"}[language]
    else:
        suffix = ""
    return words[f"by_{aim.better}"].format(by=by, unit=suffix)


def unit_in_words(unit: str, language: str) -> str:
    """What follows a figure of a unit."""
    return UNITS[language].get(unit, f" {unit}".rstrip())


def reason(indicator: Indicator, judgement: Judgement, language: str) -> str:
    """Why an indicator has its verdict: the figures compared, what decided, and what is known about the years."""
    words = SENTENCES[language]
    parts = _compared(indicator, judgement, language)
    if judgement.cause == "few_persons":
        persons = [indicator.persons[year] for year in (judgement.first, judgement.last) if year is not None]
        texts = [words["of"].format(have=have, of=of) for have, of in persons]
        parts.append(words["few_persons"].format(persons=", ".join(texts)))
    elif judgement.cause in ("rounding", "no_two_years"):
        parts.append(words[judgement.cause])
    elif judgement.cause == "level":
        parts.append(words["level"].format(last=judgement.last))
    share = judgement.share_of_target
    if share is not None and judgement.last is not None and share > 0 and judgement.cause != "few_persons":
        years, of = judgement.last - BASE, UNTIL - BASE
        parts.append(words["target"].format(share=round(100 * share), years=years, of=of))
    if judgement.lag is not None and indicator.aim is not None and indicator.aim.kind != "level":
        parts.append(words["lag_change"].format(change=words[judgement.lag]))
    parts += _known(indicator, language)
    if indicator.remark:
        parts.append(indicator.remark[language])
    return " ".join(parts)


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
    words = SENTENCES[language]
    of_lag = indicator.aim is not None and indicator.aim.kind == "level"
    sides = []
    for year, interval in ((judgement.first, judgement.before), (judgement.last, judgement.after)):
        figure = _lag(indicator, year) if of_lag else indicator.areas[year]
        text = shown(figure, language) + unit_in_words(_unit_of_lag(indicator.unit, of_lag), language)
        low_and_high = _bounds(interval, language) if of_lag else None
        if low_and_high is not None:
            text = words["between"].format(figure=text, low=low_and_high[0], high=low_and_high[1])
        sides.append(text)
    given = {"first": judgement.first, "last": judgement.last, "before": sides[0], "after": sides[1]}
    sentences = [words["lag" if of_lag else "value"].format(**given)]
    if of_lag and judgement.first != judgement.last:
        four = [
            shown(side[year], language)
            for side in (indicator.areas, indicator.city)
            for year in (judgement.first, judgement.last)
        ]
        sentences.append(words["both"].format(areas=four[:2], city=four[2:]))
    return [f"{sentence}." for sentence in sentences]


def _lag(indicator: Indicator, year: int) -> Decimal:
    """The printed figures' difference, positive where the areas are worse off."""
    better = "low" if indicator.aim is None else indicator.aim.better
    difference = indicator.areas[year] - indicator.city[year]
    return difference if better == "low" else -difference


def _unit_of_lag(unit: str, of_lag: bool) -> str:
    return "" if of_lag and unit == "%" else unit


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
    kinds = NOTE_KINDS[language]
    texts = []
    for known in indicator.notes:
        kind = f"disturbed_{indicator.disturbed[known.year]}" if known.kind == "disturbed" else known.kind
        texts.append(kinds[kind].format(year=known.year, text=known.text[language]) + ".")
    return texts
