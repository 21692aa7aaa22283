"""What is set: values of a policy, barriers that were drawn, and decisions by hand; and the files that say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from udsat_geo.areas.decisions import ACTIONS, REQUIRED
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import csv_text
from udsat_geo.messages.translate import _
from udsat_geo.report.explorer.knobs import Knob, Value, checked

MOST_CORNERS, MOST_DECISIONS, MOST_LETTERS = 5000, 500, 2000
"""Of drawn barriers, of decisions, and of what is said of one: a page that asks for more is refused. Own choices."""
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Decided:
    """A decision by hand.

    Attributes
    ----------
    action : {"include", "exclude"}
    unit_id : tuple of str
        The units that it speaks of.
    reason, decided_by, date : str
    """

    action: str
    unit_id: tuple[str, ...]
    reason: str
    decided_by: str
    date: str


@dataclass(frozen=True)
class Settings:
    """All that is set.

    Attributes
    ----------
    values : tuple of (str, value)
        What differs from the policy begun with, in the order of `udsat_geo.report.explorer.knobs.knobs_of`.
    barriers : tuple of lines
        Each of two points or more, easting and northing in whole metres.
    decisions : tuple of Decided
    """

    values: tuple[tuple[str, Value], ...] = ()
    barriers: tuple[Line, ...] = ()
    decisions: tuple[Decided, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As a link holds them."""
        decisions = [{**vars(each), "unit_id": list(each.unit_id)} for each in self.decisions]
        barriers = [[list(point) for point in line] for line in self.barriers]
        return {"values": dict(self.values), "barriers": barriers, "decisions": decisions}


def settings_of(given: Any, knobs: Sequence[Knob]) -> Settings:
    """Settings as a page or a link has them.

    Raises
    ------
    InputError
        If they are none.
    """
    if not isinstance(given, dict) or not given.keys() <= {"values", "barriers", "decisions"}:
        raise InputError(Problem(_("settings"), _("are none"), _("Take the link as it was.")))
    values, barriers, decisions = given.get("values", {}), given.get("barriers", []), given.get("decisions", [])
    if not isinstance(values, dict) or not isinstance(barriers, list) or not isinstance(decisions, list):
        raise InputError(Problem(_("settings"), _("are none"), _("Take the link as it was.")))
    if sum(len(line) if isinstance(line, list) else 0 for line in barriers) > MOST_CORNERS:
        raise InputError(Problem(_("barriers"), _("have over {most} corners").format(most=MOST_CORNERS)))
    if len(decisions) > MOST_DECISIONS:
        raise InputError(Problem(_("decisions"), _("are more than {most}").format(most=MOST_DECISIONS)))
    return Settings(
        tuple(checked(values, knobs).items()),
        tuple(_line(line) for line in barriers),
        tuple(_decided(each) for each in decisions),
    )


def _line(given: Any) -> Line:
    points = given if isinstance(given, list) else []
    right = all(
        isinstance(point, list)
        and len(point) == 2
        and all(isinstance(at, int | float) and not isinstance(at, bool) and abs(at) < 1e8 for at in point)
        for point in points
    )
    if len(points) < 2 or not right:
        raise InputError(Problem(_("barriers"), _("hold a line that is none"), _("Draw at least two points.")))
    return tuple((float(round(x)), float(round(y))) for x, y in points)


def _decided(given: Any) -> Decided:
    where = _("decisions")
    texts = {name: given.get(name) for name in REQUIRED} if isinstance(given, dict) else {}
    units = given.get("unit_id") if texts else None
    if not isinstance(units, list) or not units or not all(isinstance(unit, str) and unit for unit in units):
        raise InputError(Problem(where, _("hold one about no unit"), _("Choose a unit or an area.")))
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            what = _("overrides without {column}").format(column=name)
            raise InputError(Problem(where, what, _("Say what was decided, why, by whom and when.")))
        if len(text) > MOST_LETTERS:
            raise InputError(Problem(where, _("hold a text of over {most} letters").format(most=MOST_LETTERS)))
    if texts["action"] not in ACTIONS:
        raise InputError(Problem(where, _("unknown actions"), _("Write include or exclude.")))
    return Decided(unit_id=tuple(units), **{name: str(text).strip() for name, text in texts.items()})


def overrides_text(decisions: Sequence[Decided]) -> str:
    """The decisions as a table that ``designate --overrides`` takes: a row for each unit."""
    rows = ([unit, each.action, each.reason, each.decided_by, each.date] for each in decisions for unit in each.unit_id)
    return csv_text(["unit_id", *REQUIRED], rows)


def name_for(policy_id: str) -> str:
    """A policy's id as the stem of a file.

    Raises
    ------
    InputError
        If it is no id of a policy.
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", policy_id) is None:
        what, remedy = _("is no id"), _("Letters, digits, dots, hyphens and underscores, at most 60.")
        raise InputError(Problem(json.dumps(policy_id[:80], ensure_ascii=False), what, remedy))
    return policy_id
