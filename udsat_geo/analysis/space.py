"""A space of settings around a policy: which of its keys vary, and over which values.

A rule is looked for in one (`udsat_geo.analysis.infer`), and whether results hang on settings is tried in one
(`udsat_geo.analysis.sensitivity`). What units hang together depends on neither ``rule.core`` nor ``areas.residents``;
so these two come last, and all combinations of the others are the formations of a space.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import bytes_of_text
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.chain import toml_content
from udsat_geo.policy.faults import given_value, in_words, nearest
from udsat_geo.policy.rules import Policy, WorstShare

Value = float | int | str | tuple[str, ...] | None

CORE, EDGE, LEAST = "rule.core", "rule.edge", "areas.residents"
LEFT_OUT, WEIGHTS = "criteria.left_out", "weights"
VARIED = {
    "context": ("method", "residents", "reach"),
    "rates": ("shrink",),
    "rule": ("core", "edge", "criteria", "own"),
    "areas": ("neighbours", "residents", "bridge", "holes", "fill_below"),
}
"""Tables of a policy, and which of their keys may vary."""
SIZE, EAST, NORTH, METHOD = "units.size", "grid.east", "grid.north", "score.method"
OF_GRID = (SIZE, EAST, NORTH)
"""What makes other cells: their side, and how far their corner lies from that of the policy, in metres."""
VARIED_OF_VARIANTS = {"units": ("size",), "grid": ("east", "north"), **VARIED, "score": ("method",)}
"""The same where no areas are given that results must come near to: ``grid`` is no table of a policy."""
_FIRST = ("units", "grid", "context", "rates")
"""What rates are read by: the slowest to change, so that they are read once."""
NONE = "none"
"""Stands for no value, where the policy itself has none."""

MOST_SETTINGS = 2_000_000
"""Combinations that are held in memory together. Own choice."""
_MOST_VALUES = 10_000
_STEPS = {"gap_sd": (0.05, 0.5), "percentile": (1.0, 10.0), "exponential": (1.0, 10.0)}
"""Of the thresholds by default: the step, and how far to either side of the policy's own. Own choice."""
_MOST_COUNTED = 10
"""Up to so many criteria each number of them is tried, and each is left out in turn. Own choice."""
_DIGITS = 10


@dataclass(frozen=True)
class Space:
    """Keys of a policy and the values that each may take.

    Attributes
    ----------
    name : str
        What messages call it: its file, or the policy around whose settings it lies.
    keys : tuple of str
        As in ``context.residents``; `LEFT_OUT` has tuples of criteria, ``weights.KEY`` their weights. `CORE` and
        `LEAST` are the last two.
    values : tuple of tuples
        Of each key, each value once.
    own : tuple of int
        Which of them is the policy's own; -1 is none.
    edge_is_core : bool
        Whether areas do not grow beyond their core, as in a policy without `EDGE`.
    """

    name: str
    keys: tuple[str, ...]
    values: tuple[tuple[Value, ...], ...]
    own: tuple[int, ...]
    edge_is_core: bool = False

    @property
    def combinations(self) -> int:
        """All of them, whether they go together or not."""
        return math.prod(len(values) for values in self.values)

    def at(self, place: Sequence[int]) -> dict[str, Value]:
        """The settings at a place in each key's values."""
        return {key: values[i] for key, values, i in zip(self.keys, self.values, place, strict=True)}


@dataclass(frozen=True)
class Formation:
    """Settings by which units hang together, and what may be asked of what does.

    Attributes
    ----------
    place : tuple of int
        In the values of each key but the last two.
    policy : Policy
        With these settings, and with the least `CORE` and `LEAST` that go with them.
    pairs : int64, shape (n_pairs, 2)
        The places of `CORE` and `LEAST` that go with them.
    """

    place: tuple[int, ...]
    policy: Policy
    pairs: Ints


def policy_at(policy: Policy, settings: Mapping[str, Value]) -> Policy:
    """A policy with other settings, unchecked.

    Parameters
    ----------
    policy : Policy
    settings : mapping
        As of `Space.at`. A criterion that is left out has the weight 0 and does not count.
    """
    parts: dict[str, dict[str, Value]] = {}
    for key, value in settings.items():
        table, _dot, name = key.partition(".")
        # where cells lie no policy says
        if key not in (EAST, NORTH):
            parts.setdefault(table, {})[name] = value
    left_out, weights = parts.pop("criteria", {}).get("left_out", ()), parts.pop(WEIGHTS, {})
    update: dict[str, Any] = {
        table: getattr(policy, table).model_copy(update=values) for table, values in parts.items()
    }
    criteria = []
    for criterion in policy.criteria:
        if isinstance(left_out, tuple) and criterion.key in left_out:
            criterion = criterion.model_copy(update={"weight": 0.0, "counted": False})
        elif criterion.key in weights:
            criterion = criterion.model_copy(update={"weight": weights[criterion.key]})
        criteria.append(criterion)
    return policy.model_copy(update={**update, "criteria": tuple(criteria)})


# --- by default -------------------------------------------------------------------------------------------------


def default_space(policy: Policy) -> Space:
    """The space around the settings of a policy: own choice of all that is tried.

    The thresholds to either side of the policy's own, every number of criteria, each criterion left out in turn, and
    half and double the residents that a unit is read with and that an area holds. Addresses, whose areas take seconds
    to form, have steps twice as wide, and no criterion is left out.

    Raises
    ------
    InputError
        If a threshold of the policy is a share of the units.
    """
    threshold = _own_core(policy)
    coarse = policy.units.kind == "addresses"
    rule, context = policy.rule, policy.context
    given: dict[str, tuple[Value, ...]] = {}
    if context.method == "nearest" and context.reach > 0:
        given["context.residents"] = _halves_and_doubles(context.residents or 500)
    counted = sum(criterion.counted for criterion in policy.criteria)
    if counted <= _MOST_COUNTED:
        # without a composite nothing else decides
        first = 1 if rule.core is None and not rule.require and not rule.groups else 0
        given["rule.criteria"] = tuple(range(first, counted + 1))
        if len(policy.criteria) > 2 and not coarse:
            given[LEFT_OUT] = _left_out(policy, 1)
    if threshold is not None:
        given[CORE] = _around(threshold, policy.score.method, coarse)
        given[EDGE] = _around(rule.edge_threshold, policy.score.method, coarse)
    least = policy.areas.residents or 1000
    given[LEAST] = tuple(dict.fromkeys((0, least // 2, least, least + least // 2, 2 * least)))
    return space_of(policy.id, policy, given)


def _own_core(policy: Policy) -> float | None:
    """The policy's own core threshold.

    Raises
    ------
    InputError
        If it, or the edge, is a share of the units: the number that it comes to would be another one for each setting.
    """
    shares = [name for name in ("core", "edge") if isinstance(getattr(policy.rule, name), WorstShare)]
    if shares:
        what = _("is a share of the units, which is another composite for each setting")
        remedy = _("Write the composite as a number, in a policy that extends this one.")
        raise InputError(Problem(policy.place(f"rule.{name}"), what, remedy) for name in shares)
    return None if policy.rule.core is None else policy.rule.core_threshold


def _halves_and_doubles(number: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys((0, number // 2, number, 2 * number)))


def _around(threshold: float, method: str, coarse: bool) -> tuple[float, ...]:
    step, reach = _STEPS[method]
    step *= 2 if coarse else 1
    n = round(reach / step)
    return tuple(round(threshold + i * step, _DIGITS) for i in range(-n, n + 1))


def _left_out(policy: Policy, most: int) -> tuple[tuple[str, ...], ...]:
    """All choices of at most so many criteria, of those that ``rule.require`` does not ask for."""
    free = [key for key in policy.keys if key not in policy.rule.require]
    return tuple(choice for size in range(most + 1) for choice in itertools.combinations(free, size))


def space_of(name: str, policy: Policy, given: Mapping[str, tuple[Value, ...]]) -> Space:
    """A space of what is given; the last two keys are always in it."""
    held: dict[str, tuple[Value, ...]] = {CORE: (_own_core(policy),), LEAST: (policy.areas.residents,)}
    last = {key: given.get(key, held[key]) for key in (CORE, LEAST)}
    edge_is_core = policy.rule.edge is None and policy.rule.core is not None and EDGE not in given
    given = {**given, EDGE: last[CORE]} if edge_is_core else given
    whole = {**{key: given[key] for key in _in_order(policy) if key in given and key not in last}, **last}
    own = tuple(
        values.index(own_value(policy, key)) if own_value(policy, key) in values else -1
        for key, values in whole.items()
    )
    return Space(name, tuple(whole), tuple(whole.values()), own, edge_is_core)


def _in_order(policy: Policy) -> list[str]:
    """Every key that may vary: by which rates are read, then by which they are added up, then all others."""
    first, rest = (
        [
            f"{table}.{key}"
            for table, names in VARIED_OF_VARIANTS.items()
            for key in names
            if (table in _FIRST) == is_first
        ]
        for is_first in (True, False)
    )
    return [*first, LEFT_OUT, *(f"{WEIGHTS}.{key}" for key in policy.keys), *rest]


def own_value(policy: Policy, key: str) -> Value:
    """The policy's own value of a key."""
    table, _dot, name = key.partition(".")
    if key in (EAST, NORTH):
        return 0.0
    if key == LEFT_OUT:
        return ()
    if table == WEIGHTS:
        return next(criterion.weight for criterion in policy.criteria if criterion.key == name)
    if key == EDGE and policy.rule.core is not None:
        return policy.rule.edge_threshold
    value: Value = getattr(getattr(policy, table), name)
    return value


# --- from a file ------------------------------------------------------------------------------------------------


def read_space(path: Path, policy: Policy, varied: Mapping[str, tuple[str, ...]] = VARIED) -> Space:
    """A space as a TOML file states it; a key that it does not name stays as the policy has it.

    Parameters
    ----------
    path : Path
    policy : Policy
    varied : mapping
        `VARIED` or `VARIED_OF_VARIANTS`: tables, and which of their keys may vary.

    Raises
    ------
    InputError
        With every key that is not known, and every value that is none of its key.
    """
    try:
        data = bytes_of_text(path)
    except OSError as error:
        what = _("cannot be read ({reason})").format(reason=reason_of(error))
        raise InputError(Problem(f"--space {path}", what, _("Check the path."))) from None
    content = toml_content(data, path.name)
    reading = _Reading(path.name, policy, varied)
    known = [*varied, "criteria", WEIGHTS]
    for table, entries in content.items():
        if table not in known:
            reading.fault(table, _("unknown key"), nearest(table, known, _known(known)))
        elif not isinstance(entries, dict):
            reading.fault(table, _("must be a table of names and values"))
        else:
            reading.read(table, entries)
    if reading.problems:
        raise InputError(reading.problems)
    if not reading.given:
        what = _("names nothing that may vary")
        raise InputError(Problem(path.name, what, _known([f"[{table}]" for table in known])))
    return space_of(path.name, policy, reading.given)


def _known(names: Sequence[str]) -> str:
    return _("Known here: {names}.").format(names=", ".join(names))


@dataclass
class _Reading:
    """A space while it is read, and what is wrong with it."""

    label: str
    policy: Policy
    varied: Mapping[str, tuple[str, ...]]
    given: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, key: str, what: str, remedy: str = "") -> None:
        """Note a fault."""
        self.problems.append(Problem(f"{self.label}: {key}", what, remedy))

    def read(self, table: str, entries: dict[str, Any]) -> None:
        """Read one table of the file."""
        names = {"criteria": ("left_out",), WEIGHTS: self.policy.keys, **self.varied}[table]
        for name, given in entries.items():
            key = f"{table}.{name}"
            if name not in names:
                self.fault(key, _("unknown key"), nearest(name, names, _known(names)))
            elif key == LEFT_OUT:
                self._read_left_out(given)
            else:
                self._read_values(key, given)

    def _read_left_out(self, given: Any) -> None:
        most = len(self.policy.keys) - len(set(self.policy.rule.require))
        most = min(most, len(self.policy.keys) - 1)
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= most:
            what = _("must be a whole number from 0 to {most}: how many criteria are left out at most")
            self.fault(LEFT_OUT, what.format(most=most) + given_value(given))
            return
        self.given[LEFT_OUT] = _left_out(self.policy, given)

    def _read_values(self, key: str, given: Any) -> None:
        listed = self._range(key, given) if isinstance(given, dict) else given if isinstance(given, list) else [given]
        if listed is None:
            return
        if not listed or len(listed) > _MOST_VALUES:
            self.fault(key, _("names too many values") if listed else _("names no value"))
            return
        values, before = [], len(self.problems)
        for value in listed:
            values.append(self._checked(key, value))
        if len(self.problems) == before:
            once = dict.fromkeys(values)
            numbers = all(isinstance(value, int | float) for value in once)
            self.given[key] = tuple(sorted(once, key=_number) if numbers else once)

    def _range(self, key: str, given: dict[str, Any]) -> list[float | int] | None:
        """The values from one number to another in steps."""
        numbers = [given.get(name) for name in ("from", "to", "step")]
        plain = all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)
        if len(given) != 3 or not plain or not all(math.isfinite(number) for number in numbers):  # type: ignore[arg-type]
            self.fault(key, _("must be a list of values, or { from = ..., to = ..., step = ... } in numbers"))
            return None
        first, last, step = numbers
        if step <= 0 or last < first or (last - first) / step > _MOST_VALUES:  # type: ignore[operator]
            self.fault(key, _("must rise from one number to another in steps of more than 0, and not in too many"))
            return None
        n = math.floor((last - first) / step + 1e-9)  # type: ignore[operator]
        values = [first + i * step for i in range(n + 1)]  # type: ignore[operator]
        return [value if isinstance(value, int) else round(value, _DIGITS) for value in values]

    def _checked(self, key: str, value: Any) -> Value:
        """A value as the policy's model has it; a fault is noted."""
        table, _dot, name = key.partition(".")
        if value == NONE and own_value(self.policy, key) is None:
            return None
        if key in (CORE, EDGE) and (not isinstance(value, int | float) or isinstance(value, bool)):
            # a policy may have a share of the units there as well
            self.fault(key, _("must be a number") + given_value(value))
            return None
        if value == NONE and key in ("rule.own", "areas.fill_below"):
            self.fault(key, _("can be none only where the policy has none: what a base says cannot be taken away"))
            return None
        if isinstance(value, bool):
            self.fault(key, _("is true or false, which is no value of it"))
            return None
        if key in (EAST, NORTH):
            if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
                return float(value)
            self.fault(key, _("must be metres, at least 0: how far cells are moved") + given_value(value))
            return None
        if key == METHOD and "none" in (value, self.policy.score.method):
            self.fault(key, _("has no thresholds to carry over where there is no composite") + given_value(value))
            return None
        if table == WEIGHTS:
            part, name = next(one for one in self.policy.criteria if one.key == name), "weight"
        else:
            part = getattr(self.policy, table)
        try:
            checked: Value = getattr(type(part).model_validate({**part.model_dump(by_alias=True), name: value}), name)
        except ValidationError as error:
            for entry in error.errors()[:1]:
                self.fault(key, in_words(entry) + given_value(value))
            return None
        if checked is None:
            self.fault(key, _("names no value"))
        return checked


# --- what goes together -----------------------------------------------------------------------------------------


def formations(space: Space, policy: Policy) -> list[Formation]:
    """All settings that go together, in the order of the space.

    Raises
    ------
    InputError
        If there are too many, or a value goes together with nothing.
    """
    if space.combinations > MOST_SETTINGS:
        what = _("has {count} combinations, and at most {most} can be tried")
        told = {"count": decimal(space.combinations, 0), "most": decimal(MOST_SETTINGS, 0)}
        raise InputError(Problem(space.name, what.format(**told), _("Take fewer values, or wider steps.")))
    seen = [np.zeros(len(values), dtype=bool) for values in space.values]
    reasons: dict[tuple[int, int], str] = {}
    found = []
    for place in itertools.product(*(range(len(values)) for values in space.values[:-2])):
        formation, reason = _formation(space, policy, place)
        if formation is None:
            for key, i in enumerate(place):
                reasons.setdefault((key, i), reason)
            continue
        found.append(formation)
        for key, i in enumerate(place):
            seen[key][i] = True
        for key, column in zip((-2, -1), formation.pairs.T, strict=True):
            seen[key][column] = True
    _check_all_possible(space, seen, reasons)
    return found


def _formation(space: Space, policy: Policy, place: tuple[int, ...]) -> tuple[Formation | None, str]:
    """The settings at a place; None where they do not go together, and why."""
    settings = dict(zip(space.keys[:-2], (v[i] for v, i in zip(space.values[:-2], place, strict=True)), strict=True))
    if _is_repeated(settings, space, place):
        return None, ""
    there = policy_at(policy, settings)
    cores, leasts = space.values[-2:]
    # thresholds are numbers here: no other policy has a space
    edge = None if there.rule.edge is None else there.rule.edge_threshold
    most = there.areas.most_residents or math.inf
    pairs = [
        (i, k)
        for i, core in enumerate(cores)
        if edge is None or core is None or (_number(core) == edge if space.edge_is_core else _number(core) >= edge)
        for k, least in enumerate(leasts)
        if _number(least) <= most
    ]
    if not pairs:
        return None, "rule.edge: " + _("lies above rule.core; growing must not be harder than starting")
    core = min((cores[i] for i, _k in pairs), key=_number)
    there = policy_at(there, {CORE: core, LEAST: min((leasts[k] for _i, k in pairs), key=_number)})
    faults = there.misfits()
    return (None, faults[0]) if faults else (Formation(place, there, np.array(pairs, dtype=np.int64)), "")


def _number(value: Value) -> float:
    return float("-inf") if value is None else float(value)  # type: ignore[arg-type]


def _is_repeated(settings: Mapping[str, Value], space: Space, place: tuple[int, ...]) -> bool:
    """Whether a criterion that is left out has another weight than the first: that would be the same once more."""
    left_out = settings.get(LEFT_OUT)
    return isinstance(left_out, tuple) and any(
        i > 0 and key.partition(".")[2] in left_out
        for key, i in zip(space.keys, place, strict=False)
        if key.startswith(f"{WEIGHTS}.")
    )


def _check_all_possible(space: Space, seen: Sequence[Any], reasons: Mapping[tuple[int, int], str]) -> None:
    problems = []
    for number, (key, values) in enumerate(zip(space.keys, space.values, strict=True)):
        for i in np.flatnonzero(~seen[number]).tolist():
            reason = reasons.get((number, i), "rule.edge: " + _("lies above it, whatever its value"))
            what = _("{value} goes together with no value of the other keys ({reason})")
            problems.append(Problem(f"{space.name}: {key}", what.format(value=plain(values[i]), reason=reason)))
    if problems:
        raise InputError(problems)


def plain(value: Value) -> str:
    """A value as a text for programs: what is left out with commas between, nothing for none."""
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def in_toml(space: Space, settings: Mapping[str, Value], policy: Policy) -> Iterator[str]:
    """The lines of a policy file that has these settings over `policy`, whose own need no line."""
    own = dict(zip(space.keys, (own_value(policy, key) for key in space.keys), strict=True))
    for table in VARIED:
        keys = [key for key in space.keys if key.startswith(f"{table}.") and settings[key] is not None]
        lines = [f"{key.partition('.')[2]} = {_toml(settings[key])}" for key in keys if settings[key] != own[key]]
        if lines:
            yield from ("", f"[{table}]", *lines)
    there = policy_at(policy, settings)
    for before, now in zip(policy.criteria, there.criteria, strict=True):
        if before != now:
            yield from ("", "[[criteria]]", f'key = "{now.key}"', f"weight = {_toml(now.weight)}")
            if now.counted != before.counted:
                yield "counted = false"


def _toml(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
