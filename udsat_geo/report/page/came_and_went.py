"""Which areas came in and which went out, and why, a sentence each: what the first screen tells of the changes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from udsat_geo.areas.roles import REASON_KEYS, REASON_TEXTS
from udsat_geo.messages.translate import LANGUAGES, _
from udsat_geo.messages.words import decimal
from udsat_geo.report.page.data import criteria_of, status_of
from udsat_geo.report.page.milestone import gap_in_words
from udsat_geo.report.page.read import PageYear

MOST_NAMED = 2
"""Criteria that a sentence names; own choice."""
_REASON_OF = dict(zip(REASON_KEYS, REASON_TEXTS, strict=True))


def came_and_went(
    read: PageYear, before: PageYear | None, areas: list[dict[str, Any]], changes: dict[str, Any] | None
) -> dict[str, Any] | None:
    """The areas added and removed since the previous designation, with reasons, from what the page may tell.

    Parameters
    ----------
    read : PageYear
    before : PageYear or None
        The previous designation, where it is at hand: it knows what the city was like then.
    areas, changes : as of `udsat_geo.report.page.data.areas_of` and `changes_of`

    Returns
    -------
    dict or None
        ``year``; ``added`` and ``removed``: of each area ``id``, ``name`` and its ``text`` by language.
    """
    if changes is None:
        return None
    rows = changes["rows"]
    of_event = {event: [row for row in rows if event in row["event"].split("+")] for event in ("added", "removed")}
    area_of = {area["id"]: area for area in areas}
    return {
        "year": changes["year"],
        "added": [
            {"id": row["id"], "name": row["name"] or row["id"], "text": _added(area_of[row["id"]], read)}
            for row in of_event["added"]
        ],
        "removed": [
            {"id": row["id"], "name": row["name"] or row["id"], "text": _removed(row, read, before)}
            for row in of_event["removed"]
        ],
    }


def _scales(read: PageYear | None) -> list[float]:
    """What the gap of each criterion weighs in the composite; NaN where that is not known."""
    if read is None:
        return []
    weight = {} if read.policy is None else {one.key: one.weight for one in read.policy.policy.criteria}
    told = ((one.get("spread") or math.nan, weight.get(one["key"], 1.0)) for one in read.summary["criteria"])
    return [of / spread for spread, of in told]


def _added(area: Mapping[str, Any], read: PageYear) -> dict[str, str]:
    if area["residents"] is None:
        return dict.fromkeys(LANGUAGES, "")
    criteria, told, scale = criteria_of(read), {}, _scales(read)
    weighed = [(area["gaps"][j] or 0.0) * scale[j] for j in range(len(criteria))]
    order = sorted((j for j, value in enumerate(weighed) if value > 0), key=lambda j: -weighed[j])
    for language in LANGUAGES:
        most = [f"{criteria[j]['label'][language]} (+{gap_in_words(area['gaps'][j], criteria[j], language)})"
                for j in order[:MOST_NAMED]]  # fmt: skip
        parts = [_("{residents} residents", language).format(residents=decimal(area["residents"], 0, language))]
        if area["composite"] is not None:
            told_composite = _("composite {composite}", language)
            parts.append(told_composite.format(composite=decimal(area["composite"], 2, language)))
        exceeded = _("{n} of {of} criteria exceeded", language).format(n=area["exceeded"], of=len(criteria))
        listed = _(", most {criteria}", language).format(criteria=_(" and ", language).join(most)) if most else ""
        told[language] = "; ".join([*parts, exceeded + listed]) + "."
    return told


def _removed(row: Mapping[str, Any], read: PageYear, before: PageYear | None) -> dict[str, str]:
    """Why, by what most of it fails, and what fell most: of the gaps to the whole city, then and now."""
    if not row.get("decided"):
        return dict.fromkeys(LANGUAGES, "")
    criteria, told = criteria_of(read), {}
    then, now = _gaps_to_city(before, row["then"]["rates"]), _gaps_to_city(read, row["rates"])
    fell = [
        (one * first - other * last, j)
        for j, (one, first, other, last) in enumerate(zip(then, _scales(before), now, _scales(read), strict=False))
        if one is not None and other is not None
    ]
    most_first = sorted((pair for pair in fell if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    for language in LANGUAGES:
        text = _(_REASON_OF.get(row["decided"], row["decided"]), language)
        if row["composite"] is not None and row["then"]["composite"] is not None:
            shown = (
                decimal(value, 2, language).replace("-", "\u2212")
                for value in (row["then"]["composite"], row["composite"])
            )
            fell_to = _("its composite went from {then} to {now}", language)
            text += "; " + fell_to.format(then=next(shown), now=next(shown))
        most = []
        for _size, j in most_first[:MOST_NAMED]:
            gaps = [gap_in_words(value, criteria[j], language) for value in (then[j], now[j])]
            told_gaps = _("{label} (gap to the city {then} → {now})", language)
            most.append(told_gaps.format(label=criteria[j]["label"][language], then=gaps[0], now=gaps[1]))
        text += _(", most by {criteria}", language).format(criteria=_(" and ", language).join(most)) if most else ""
        told[language] = text[0].upper() + text[1:] + "."
    return told


def _gaps_to_city(read: PageYear | None, rates: list[float | None]) -> list[Any]:
    """Gaps of rates to the whole city of a designation, positive is worse; None where one of the two is not known."""
    if read is None or len(read.rows["status"]) != len(rates):
        return [None] * len(rates)
    told = []
    for rate, row, criterion in zip(rates, status_of(read), read.summary["criteria"], strict=True):
        sign = -1.0 if criterion.get("worse") == "low" else 1.0
        told.append(None if rate is None or row["city"] is None else sign * (rate - row["city"]))
    return told
