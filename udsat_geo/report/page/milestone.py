"""Whether the gaps close as the policy asks: in words, in figures and in one chart, by both yardsticks.

The areas drawn anew each year tell it of whoever is worst off then; the areas of the first year, followed with their
residents of each year (``udsat status``), tell it of those places.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.designation.status import Status
from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import text_of_json
from udsat_geo.messages.translate import LANGUAGES, N_, _, in_language
from udsat_geo.messages.words import decimal
from udsat_geo.monitoring.status import StatusSeries, progress_of
from udsat_geo.policy.rules import MilestoneRule
from udsat_geo.report.page.data import criteria_of, status_of
from udsat_geo.report.page.read import PageYear

ANEW, FOLLOWED = "anew", "followed"
VERDICTS = {
    "reached": N_("Yes: {there} of {of} gaps are down to {share} %; it takes {needed}."),
    "missed": N_("No: {there} of {of} gaps are down to {share} %, and it takes {needed}."),
    "on_the_way": N_("On the way: {there} of {of} gaps are down to {share} % already; it takes {needed} by {by}."),
    "behind": N_("Not as it goes now: {there} of {of} gaps are down to {share} %; it takes {needed} by {by}."),
}
WHOSE = {
    ANEW: N_("The areas drawn anew each year"),
    FOLLOWED: N_("The areas of {designated}, followed"),
}
STATES = {
    "reached": N_("reached"),
    "on_the_way": N_("on the way"),
    "behind": N_("behind"),
    "missed": N_("not reached"),
    "no_gap": N_("no gap to begin with"),
    "unknown": N_("no data"),
}


@dataclass(frozen=True)
class Followed:
    """What ``udsat status`` measured of the areas of one year through the years.

    Attributes
    ----------
    designated : int or None
        When the areas were.
    policy : str
        SHA-256 of its file.
    years : tuple of int
    gap : float64, shape (n_years, n_criteria)
    keys : tuple of str, n_criteria
    certain : dict
        Key of a criterion -> whether chance alone cannot have made its verdict, where that is known.
    """

    designated: int | None
    policy: str
    years: tuple[int, ...]
    gap: Floats
    keys: tuple[str, ...]
    certain: dict[str, bool | None]


def read_status(path: Path) -> Followed:
    """The ``status.json`` of ``udsat status --out DIR``.

    Raises
    ------
    InputError
        If it is no such file.
    """
    remedy = _("Name the status.json of: udsat status --out DIR.")
    try:
        content = json.loads(text_of_json(path))
    except OSError as error:
        what = _("cannot be read ({reason})").format(reason=reason_of(error))
        raise InputError(Problem(str(path), what, remedy)) from None
    except (ValueError, RecursionError):
        raise InputError(Problem(path.name, _("is not JSON"), remedy)) from None
    try:
        years = tuple(int(year) for year in content["years"])
        worse = {str(each["key"]): each["worse"] for each in content["criteria"]}
        table, sign = content["table_1"], {"high": 1.0, "low": -1.0}
        gap = np.array(
            [
                [_difference(table, key, str(year)) * sign[side] for key, side in worse.items()]
                for year in years
            ]
        )  # fmt: skip
        told = ((content.get("chance") or {}).get("milestone") or {}).get("criteria") or {}
        certain = {key: told.get(key, {}).get("certain") for key in worse}
        policy = str(content["policy"]["sha256"])
        return Followed(content["areas"].get("designation_of"), policy, years, gap, tuple(worse), certain)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(Problem(path.name, _("is no account of a status"), remedy)) from None


def _difference(table: dict[str, Any], key: str, year: str) -> float:
    sides = [table[side][key][year] for side in ("areas", "rest_of_city")]
    return float("nan") if None in sides else float(sides[0]) - float(sides[1])


def read_followed(path: Path, found: Sequence[PageYear]) -> Followed:
    """As `read_status`, held to the policy of the designations of the page.

    Raises
    ------
    InputError
        If it is no such file, or of other criteria or another policy.
    """
    followed, last = read_status(path), found[-1].layers.summary
    if followed.policy != last.policy.sha256 or followed.keys != tuple(one.key for one in last.criteria):
        what, remedy = _("is of another policy than the designations of the page"), _("Measure it by the same policy.")
        raise InputError(Problem(f"--status {path.name}", what, remedy))
    return followed


def milestones_of(found: Sequence[PageYear], followed: Followed | None = None) -> list[dict[str, Any]]:
    """What the page tells of the policy's milestone, by each yardstick that is known; nothing where it has none.

    Parameters
    ----------
    found : sequence of PageYear
        By rising year.
    followed : Followed, optional

    Returns
    -------
    list of dict
        ``kind``, ``designated``, ``years``, ``since``, ``by``, ``now``, ``left``, ``needed``, ``reached``, ``verdict``;
        ``criteria``: of each ``key``, ``gaps`` by year, ``target``, ``state``, ``certain``; ``told``: by language the
        ``whose``, ``answer`` and ``missing``.
    """
    policy = found[-1].policy
    rule = None if policy is None else policy.policy.milestone
    if rule is None:
        return []
    told = []
    if len(found) > 1:
        statuses = tuple(_status_of(read) for read in found)
        series = StatusSeries(tuple(read.year for read in found), statuses)
        told += _told(ANEW, series, rule, found[-1], {}, None)
    if followed is not None:
        statuses = tuple(_plain(gap) for gap in followed.gap)
        series = StatusSeries(followed.years, statuses)
        told += _told(FOLLOWED, series, rule, found[-1], followed.certain, followed.designated)
    return told


def _status_of(read: PageYear) -> Status:
    """The status of a designation as far as the page may tell it."""
    return _plain(np.array([np.nan if row["gap"] is None else row["gap"] for row in status_of(read)], dtype=np.float64))


def _plain(gap: Floats) -> Status:
    nothing = np.zeros_like(gap)
    return Status(gap, nothing, nothing, gap, 0, 0)


def _told(
    kind: str,
    series: StatusSeries,
    rule: MilestoneRule,
    read: PageYear,
    certain: dict[str, bool | None],
    designated: int | None,
) -> list[dict[str, Any]]:
    progress = progress_of(series, rule)
    if progress is None:
        return []
    criteria = [
        {
            "key": each["key"],
            "gaps": [None if np.isnan(value) else float(value) for value in series.gap[:, j]],
            "target": None if np.isnan(progress.target[j]) else float(progress.target[j]),
            "state": progress.state[j],
            "certain": certain.get(each["key"]),
        }
        for j, each in enumerate(criteria_of(read))
    ]
    facts: dict[str, Any] = {
        "kind": kind,
        "designated": designated if designated is not None else progress.since,
        "years": list(series.years),
        "since": progress.since,
        "by": progress.by,
        "now": progress.now,
        "left": rule.gap,
        "needed": progress.needed,
        "reached": progress.count("reached"),
        "verdict": progress.verdict,
        "criteria": criteria,
    }
    return [facts | {"told": {language: _in_words(facts, read, language) for language in LANGUAGES}}]


def _in_words(facts: dict[str, Any], read: PageYear, language: str) -> dict[str, str]:
    """Whose gaps, whether they close, and what is missing."""
    words = {
        "there": facts["reached"],
        "of": len(facts["criteria"]),
        "share": decimal(100 * facts["left"], 0, language),
        "needed": facts["needed"],
        "by": facts["by"],
        "designated": facts["designated"],
    }
    verdict = facts["verdict"]
    told = _(VERDICTS[verdict], language)
    return {
        "whose": _(WHOSE[facts["kind"]], language).format(**words),
        "answer": told.format(**words),
        "missing": _missing(facts, read, language),
    }


def _missing(facts: dict[str, Any], read: PageYear, language: str) -> str:
    """The gap that is nearest to being narrow enough, and the one that is farthest: what it is, and what it may be."""
    at, told = facts["years"].index(facts["since"]), []
    for one, criterion in zip(facts["criteria"], criteria_of(read), strict=True):
        first, last = one["gaps"][at], one["gaps"][-1]
        if one["state"] in ("reached", "no_gap", "unknown") or not first:
            continue
        text = _("{label} ({gap}, at most {target})", language).format(
            label=criterion["label"][language],
            gap=gap_in_words(last, criterion, language),
            target=gap_in_words(one["target"], criterion, language),
        )
        told.append((last / first, text))
    if not told:
        return ""
    (_near, nearest), (_far, farthest) = min(told), max(told)
    if len(told) == 1:
        return _("Missing: {gap}.", language).format(gap=nearest)
    return _("Nearest: {nearest}. Farthest: {farthest}.", language).format(nearest=nearest, farthest=farthest)


def gap_in_words(value: float | None, criterion: dict[str, Any], language: str) -> str:
    """A gap in points, or in the criterion's own unit."""
    if value is None:
        return "–"
    shown = decimal(100 * value if criterion["share"] else value, 1, language).replace("-", "−")
    unit = _("points", language) if criterion["share"] else criterion["unit"]
    return f"{shown} {unit}".strip()


# --- the chart: what is left of each gap, as a share of the first ----------------------------------------------

WIDE, ROW, TOP, FOOT, LEFT, RIGHT = 400, 30, 24, 20, 8, 392
MOST = 1.25
"""Of the first gap, at the right end; what is wider lies there, with its number. Own choice."""
_LABEL_Y, _TRACK_Y, _APART = 10, 18, 9


def chart_of(milestones: Sequence[dict[str, Any]], read: PageYear, language: str) -> str:
    """One row for each criterion: its gap of each year as a share of the first, and the milestone; an SVG element.

    Colours are the page's own, by class.
    """
    criteria, first = criteria_of(read), milestones[0]
    height = ROW + (_APART if len(milestones) > 1 else 0)
    bottom = TOP + height * len(criteria)
    drawn = [_frame(first, bottom, language)]
    for j, criterion in enumerate(criteria):
        drawn.append(_row(milestones, j, criterion, TOP + j * height, language))
    label = " ".join(f"{each['told'][language]['whose']}: {each['told'][language]['answer']}" for each in milestones)
    return (
        f'<svg class="halved" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {bottom + FOOT}" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def _x(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), MOST) / MOST, 1)


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _frame(facts: dict[str, Any], bottom: float, language: str) -> str:
    share = decimal(100 * facts["left"], 0, language)
    goal, whole = _x(facts["left"]), _x(1.0)
    aim = _("milestone {by}: {share} %", language).format(by=facts["by"], share=share)
    start = _("the gap of {since}", language).format(since=facts["since"])
    return (
        f'<line class="goal" x1="{goal}" x2="{goal}" y1="{TOP - 6}" y2="{bottom}"/>'
        f'<line class="start" x1="{whole}" x2="{whole}" y1="{TOP - 6}" y2="{bottom}"/>'
        + _text(goal, TOP - 12, aim, "goal-text", "middle")
        + _text(whole, TOP - 12, start, "minor", "middle")
        + _text(LEFT, bottom + 16, "0 %", "minor")
        + _text(goal, bottom + 16, f"{share} %", "minor", "middle")
        + _text(whole, bottom + 16, "100 %", "minor", "middle")
    )


def _row(
    milestones: Sequence[dict[str, Any]], j: int, criterion: dict[str, Any], top: float, language: str
) -> str:  # fmt: skip
    label = criterion["label"][language]
    parts = [_text(LEFT, top + _LABEL_Y, label if len(label) < 40 else label[:39] + "…", "label")]
    for n, facts in enumerate(milestones):
        y, one = top + _TRACK_Y + n * _APART, facts["criteria"][j]
        start = one["gaps"][facts["years"].index(facts["since"])]
        parts.append(f'<line class="track" x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}"/>')
        known = [(i, gap) for i, gap in enumerate(one["gaps"]) if gap is not None]
        shares = [(i, gap / start) for i, gap in known] if start and start > 0 else []
        if not shares:
            parts.append(_text(RIGHT, top + _LABEL_Y, _(STATES[one["state"]], language), "minor", "end"))
            continue
        if n == 0:
            begun = gap_in_words(start, criterion, language).split(" ")[0]
            told = f"{begun} → {gap_in_words(one['gaps'][-1], criterion, language)}"
            parts.append(_text(RIGHT, top + _LABEL_Y, told, "number", "end"))
        places = [_x(share) for _i, share in shares]
        parts.append(f'<line class="way {facts["kind"]}" x1="{min(places)}" x2="{max(places)}" y1="{y}" y2="{y}"/>')
        for place, (i, share) in zip(places, shares, strict=True):
            last = i == len(one["gaps"]) - 1
            told = f"{facts['years'][i]}: {decimal(100 * share, 0, language)} %"
            parts.append(
                f'<circle class="dot {facts["kind"]}{" last" if last else ""}" cx="{place}" cy="{y}" '
                f'r="{5 if last else 3.2}"><title>{escape(told)}</title></circle>'
            )
    return "".join(parts)


def with_charts(milestones: list[dict[str, Any]], read: PageYear) -> dict[str, Any] | None:
    """The answer as the page has it: the yardsticks, and the chart in each language; None without a milestone."""
    if not milestones:
        return None
    states = {language: dict(in_language(STATES, language)) for language in LANGUAGES}
    chart = {language: chart_of(milestones, read, language) for language in LANGUAGES}
    return {"by": milestones, "states": states, "chart": chart}
