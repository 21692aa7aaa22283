"""The settings of a policy that can be moved, each with the range that its slider has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import LANGUAGES, N_, _, in_language
from udsat_geo.policy.rules import LeaveByChance, Policy, WorstShare

Value = float | int | str | None
Kind = Literal["number", "whole", "share", "choice"]

GROUPS = {
    "rule": N_("Thresholds"),
    "criteria": N_("Weights and limits"),
    "context": N_("Surroundings"),
    "areas": N_("Areas"),
    "incumbents": N_("Earlier areas"),
    "score": N_("Yardstick"),
}
LABELS = {
    "rule.core": N_("Core: composite that makes an area"),
    "rule.edge": N_("Edge: composite that joins one"),
    "rule.own": N_("Least composite of its own rates"),
    "rule.criteria": N_("Criteria that must be exceeded"),
    "context.method": N_("Read with"),
    "context.residents": N_("Residents in view"),
    "context.reach": N_("No farther than"),
    "areas.residents": N_("Least residents of an area"),
    "areas.most_residents": N_("Cut areas with more residents than"),
    "areas.bridge": N_("Bridge gaps up to"),
    "areas.holes": N_("Fill holes up to"),
    "areas.crossing": N_("A crossing opens barriers within"),
    "areas.neighbours": N_("Units touch"),
    "areas.outline": N_("Outline"),
    "incumbents.leave": N_("Earlier units stay from"),
    "incumbents.keep_years": N_("Earlier areas stay for"),
    "score.scale_of": N_("Yardstick of the year"),
    "score.decides": N_("What decides"),
    "weight": N_("weight"),
    "limit": N_("limit"),
}
"""What each setting is called; the last two are those of a criterion."""
CHOICES = {
    "nearest": N_("the nearest units"),
    "neighbours": N_("the units that it touches"),
    "none": N_("nothing"),
    "queen": N_("along edges and at corners"),
    "rook": N_("along edges only"),
    "exact": N_("along the cells"),
    "smooth": N_("smooth"),
    "year": N_("the year's own scale"),
    "yardstick": N_("the yardstick"),
}
UNITS = {"m": N_("m"), "ha": N_("ha"), "years": N_("years")}
_NUMBERS: tuple[tuple[str, Kind, float, float, float, str], ...] = (
    ("context.residents", "whole", 0, 3000, 50, ""),
    ("context.reach", "number", 0, 5000, 100, "m"),
    ("areas.residents", "whole", 0, 5000, 50, ""),
    ("areas.bridge", "number", 0, 500, 10, "m"),
    ("areas.holes", "number", 0, 20, 0.5, "ha"),
    ("areas.most_residents", "whole", 0, 50_000, 500, ""),
    ("areas.crossing", "number", 0, 500, 10, "m"),
    ("incumbents.keep_years", "whole", 0, 20, 1, "years"),
)
"""Key, kind, least, most, step and unit; the ends are those of the slider, a number may be written beyond them."""
_MOST_WEIGHT, _LEAST_COMPOSITE, _MOST_COMPOSITE = 5.0, -1.0, 4.0
_TIMES_A_LIMIT = 2.0
_PER_SCALE = {"gap_sd": (_LEAST_COMPOSITE, _MOST_COMPOSITE, 0.05)}


@dataclass(frozen=True)
class Knob:
    """A setting that can be moved.

    Attributes
    ----------
    key : str
        Dotted, as in ``rule.core``; of a criterion ``criteria.KEY.weight``.
    kind : {"number", "whole", "share", "choice"}
        A share is a threshold that the file has as ``{ worst = 0.1 }``.
    value : float, int, str or None
        Of the policy begun with; None where it has none.
    least, most, step : float
        Of the slider.
    unit : str
    choices : tuple of str or int
    label : dict
        Language -> text.
    """

    key: str
    kind: Kind
    value: Value
    label: Mapping[str, str]
    least: float = 0.0
    most: float = 1.0
    step: float = 0.01
    unit: str = ""
    choices: tuple[str | int, ...] = ()

    @property
    def group(self) -> str:
        """The table of the policy that it stands in."""
        return self.key.partition(".")[0]

    def as_data(self) -> dict[str, Any]:
        """As the page has it."""
        plain = {name: getattr(self, name) for name in ("key", "kind", "value", "least", "most", "step", "group")}
        names = {choice: {lang: _(CHOICES.get(str(choice), str(choice)), lang) for lang in LANGUAGES}
                 for choice in self.choices}  # fmt: skip
        told = {lang: _(UNITS[self.unit], lang) if self.unit in UNITS else self.unit for lang in LANGUAGES}
        return {**plain, "label": dict(self.label), "unit": told, "choices": list(self.choices), "names": names}


def knobs_of(policy: Policy, years: Sequence[int] = ()) -> tuple[Knob, ...]:
    """What can be moved of a policy: what it has no use for is left out.

    Parameters
    ----------
    policy : Policy
        Its limits may be expressions: only plain numbers can be moved.
    years : sequence of int
        That a yardstick can be of.
    """
    found = [*_thresholds(policy), *_of_criteria(policy)]
    reads = policy.context.method == "nearest" or policy.rates.shrink == "none"
    if reads:
        found.append(_choice(policy, "context.method", ("nearest", "neighbours", "none")))
    for key, kind, least, most, step, unit in _NUMBERS:
        at = _value(policy, key)
        if (reads or not key.startswith("context.")) and not (key == "areas.crossing" and policy.units.kind == "zones"):
            found.append(Knob(key, kind, at, _label(key), least, max(most, float(at or 0)), step, unit))
    if policy.units.kind != "addresses":
        found.append(_choice(policy, "areas.neighbours", ("queen", "rook", "none")))
    if policy.units.kind == "cells":
        found.append(_choice(policy, "areas.outline", ("smooth", "exact")))
    return (*found, *_of_scale(policy, years))


def _thresholds(policy: Policy) -> list[Knob]:
    found, rule = [], policy.rule
    if policy.score.method != "none":
        for key, at in (("rule.core", rule.core), ("rule.edge", rule.edge)):
            if isinstance(at, WorstShare):
                found.append(Knob(key, "share", at.worst, _label(key), 0.01, 0.5, 0.01))
            elif isinstance(rule.core, float):
                found.append(Knob(key, "number", at, _label(key), *_scale(policy)))
        if rule.own is not None:
            found.append(Knob("rule.own", "number", rule.own, _label("rule.own"), *_scale(policy)))
    counted = sum(criterion.counted for criterion in policy.criteria)
    if not rule.groups or rule.criteria:
        found.append(Knob("rule.criteria", "whole", rule.criteria, _label("rule.criteria"), 0, counted, 1))
    return found


def _scale(policy: Policy) -> tuple[float, float, float]:
    return _PER_SCALE.get(policy.score.method, (0.0, 100.0, 1.0))


def _of_criteria(policy: Policy) -> list[Knob]:
    found = []
    for criterion in policy.criteria:
        named = {lang: f"{criterion.label_in(lang)}: {{}}" for lang in LANGUAGES}
        label = {part: {lang: named[lang].format(_(LABELS[part], lang)) for lang in LANGUAGES}
                 for part in ("weight", "limit")}  # fmt: skip
        place = f"criteria.{criterion.key}"
        if policy.score.method != "none":
            most = max(_MOST_WEIGHT, criterion.weight)
            found.append(Knob(f"{place}.weight", "number", criterion.weight, label["weight"], 0, most, 0.1))
        if isinstance(criterion.limit, float):
            unit = "" if criterion.is_share else criterion.unit.replace("m2", "m²")
            most = 1.0 if criterion.is_share else _TIMES_A_LIMIT * abs(criterion.limit) or 1.0
            found.append(Knob(f"{place}.limit", "number", criterion.limit, label["limit"], 0, most, most / 200, unit))
    return found


def _of_scale(policy: Policy, years: Sequence[int]) -> list[Knob]:
    found = []
    if policy.score.method != "none" and not isinstance(policy.incumbents.leave, LeaveByChance):
        own = not isinstance(policy.rule.core, WorstShare)
        at = policy.incumbents.leave
        found += [Knob("incumbents.leave", "number", at, _label("incumbents.leave"), *_scale(policy))] if own else []
    score = policy.score
    if score.method == "gap_sd" and not isinstance(policy.rule.core, WorstShare) and score.scale is None and years:
        choices = tuple(sorted({*years, *([score.scale_of] if score.scale_of else [])}))
        found.append(Knob("score.scale_of", "choice", score.scale_of, _label("score.scale_of"), choices=choices))
        found.append(_choice(policy, "score.decides", ("year", "yardstick")))
    return found


def _label(key: str) -> dict[str, str]:
    return {lang: str(in_language(LABELS, lang)[key]) for lang in LANGUAGES}


def _value(policy: Policy, key: str) -> Any:
    table, name = key.split(".")
    return getattr(getattr(policy, table), name)


def _choice(policy: Policy, key: str, choices: tuple[str, ...]) -> Knob:
    return Knob(key, "choice", _value(policy, key), _label(key), choices=choices)


def checked(values: Mapping[str, Any], knobs: Sequence[Knob]) -> dict[str, Value]:
    """Values by key, those that differ from the policy begun with, in the order of the settings.

    Raises
    ------
    InputError
        For keys that cannot be moved, and values of another kind.
    """
    problems, known = Problems(), {knob.key: knob for knob in knobs}
    for key in values.keys() - known.keys():
        problems.messages.append(str(Problem(str(key)[:80], _("cannot be moved here"))))
    found = {key: problems.of(_checked, knob, values[key]) for key, knob in known.items() if key in values}
    problems.check()
    return {key: value for key, value in found.items() if value is not None and value != known[key].value}


def _checked(knob: Knob, value: Any) -> Value:
    if knob.kind == "choice":
        if value in knob.choices and not isinstance(value, bool):
            return value  # type: ignore[no-any-return]
        raise InputError(Problem(knob.key, _("is none of {choices}").format(choices=", ".join(map(str, knob.choices)))))
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        raise InputError(Problem(knob.key, _("is no number")))
    if knob.kind == "whole":
        if value != int(value):
            raise InputError(Problem(knob.key, _("is no whole number")))
        return int(value)
    return float(value)
