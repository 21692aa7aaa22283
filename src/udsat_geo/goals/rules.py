"""A goals file: which goals registers answer, by which criteria, and the rules of goals 15 and 16."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from udsat_geo.errors import InputError, Problem
from udsat_geo.goals.published import Indicator, published_goals
from udsat_geo.policy import Criterion, Policy, check_policy

BUILT_IN = "goals.toml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class GoalRule(_Part):
    """`[[goals]]`: how registers answer a goal.

    Attributes
    ----------
    number : int
        Of the 18 goals.
    indicator : str or None
        The published indicator it stands beside.
    nearness : {"same", "near", "goal"}
        The report's own indicator, one close to it, or another measure of the same goal.
    shows : {"share", "count"}
        The ratio, or its numerator.
    note : dict
        What differs from the report's indicator, ``da`` and ``en``.
    criterion : dict
        As in a policy file.
    """

    number: int = Field(ge=1, le=18)
    indicator: str | None = None
    nearness: Literal["same", "near", "goal"] = "goal"
    shows: Literal["share", "count"] = "share"
    note: dict[Literal["da", "en"], str] = Field(default_factory=dict)
    criterion: dict[str, Any]

    @property
    def published(self) -> Indicator | None:
        """The indicator of the report that it stands beside."""
        return None if self.indicator is None else published_goals().indicator(self.number, self.indicator)


class CrossingRule(_Part):
    """`[crossings]`: goal 16.

    Attributes
    ----------
    within : float
        Metres from the barrier in the areas, up to which a crossing counts.
    reach : float
        Metres around the areas in which barriers count too.
    """

    within: float = Field(25.0, ge=0, le=1000)
    reach: float = Field(0.0, ge=0, le=1000)


class PollingRule(_Part):
    """`[polling]`: goal 15.

    Attributes
    ----------
    least_share : float
        Of a district's residents who live in an area, for it to count.
    """

    least_share: float = Field(0.5, gt=0, le=1)


class _GoalsFile(_Part):
    goals: Annotated[tuple[GoalRule, ...], Field(min_length=1, max_length=100)]
    let: dict[str, dict[str, str]] = Field(default_factory=dict)
    crossings: CrossingRule = CrossingRule()
    polling: PollingRule = PollingRule()


class LoadedGoals(_Part):
    """A goals file, checked.

    Attributes
    ----------
    name : str
    sha256 : str
        Of the file's bytes.
    rules : tuple of GoalRule
    policy : Policy
        Whose criteria are those of the rules, in their order.
    crossings : CrossingRule
    polling : PollingRule
    """

    name: str
    sha256: str
    rules: tuple[GoalRule, ...]
    policy: Policy
    crossings: CrossingRule
    polling: PollingRule

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Of the rules, in their order."""
        return self.policy.criteria


def load_goals(path: Path | None = None) -> LoadedGoals:
    """Read a goals file, or the built-in one.

    Raises
    ------
    InputError
        If it cannot be read or anything in it is wrong; every fault of its form is told, then every fault of its
        criteria.
    """
    if path is None:
        name, data = BUILT_IN, resources.files("udsat_geo.goals").joinpath(BUILT_IN).read_bytes()
    else:
        name, data = path.name, _bytes_of(path)
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(Problem(name, f"is not UTF-8 text ({error.reason})", "Save it as UTF-8.")) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(Problem(name, f"is not valid TOML: {error}", "Mend the file at that line.")) from None
    try:
        file = _GoalsFile.model_validate(content)
    except ValidationError as error:
        raise InputError([_problem(entry, name) for entry in error.errors()]) from None
    problems = [
        problem for i, rule in enumerate(file.goals, start=1) for problem in _misfits(rule, f"{name}: goals[{i}]")
    ]
    if problems:
        raise InputError(problems)
    return LoadedGoals(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        rules=file.goals,
        policy=_policy_of(file, name),
        crossings=file.crossings,
        polling=file.polling,
    )


def policy_of(criteria: list[dict[str, Any]], let: dict[str, dict[str, str]], name: str) -> Policy:
    """A policy that holds criteria and no rule of designation.

    Raises
    ------
    InputError
        With every fault of the criteria.
    """
    # years, thresholds and units play no part in a sum over areas
    content = {"id": "goals", "years": [1, 9999], "rule": {"core": 0.0}, "let": let, "criteria": criteria}
    return check_policy(content, name)


def _policy_of(file: _GoalsFile, name: str) -> Policy:
    try:
        return policy_of([rule.criterion for rule in file.goals], file.let, name)
    except InputError as error:
        # a criterion stands under [[goals]] here, in the same order
        raise InputError(
            message.replace(f"{name}: criteria[", f"{name}: goals[") for message in error.messages
        ) from None


def _misfits(rule: GoalRule, where: str) -> list[Problem]:
    problems = []
    register = rule.criterion.get("register")
    if register == "units":
        problems.append(Problem(f"{where}.criterion.register", "goals are answered by residents or dwellings"))
    if rule.indicator is not None and rule.published is None:
        known = [i.key for goal in published_goals().goals if goal.number == rule.number for i in goal.indicators]
        near = difflib.get_close_matches(rule.indicator, known, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Goal {rule.number} has {', '.join(known)}."
        problems.append(Problem(f"{where}.indicator = {rule.indicator!r}", "is no indicator of this goal", hint))
    return problems


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Problem(str(path), f"cannot be read ({reason})", "Name a goals file.")) from None


def _problem(entry: Any, name: str) -> Problem:
    """One pydantic error entry in plain words."""
    parts: list[str] = []
    for place in entry["loc"]:
        if isinstance(place, int) and parts:
            parts[-1] += f"[{place + 1}]"
        else:
            parts.append(str(place))
    where = f"{name}: {'.'.join(parts)}"
    if entry["type"] == "extra_forbidden":
        models: dict[str, type[BaseModel]] = {"goals": GoalRule, "crossings": CrossingRule, "polling": PollingRule}
        model = models.get(str(entry["loc"][0]), _GoalsFile) if len(entry["loc"]) > 1 else _GoalsFile
        near = difflib.get_close_matches(str(entry["loc"][-1]), list(model.model_fields), 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(model.model_fields)}."
        return Problem(where, "unknown key", hint)
    if entry["type"] == "missing":
        return Problem(where, "is missing", "Add it.")
    message, given = str(entry["msg"]), entry.get("input")
    example = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return Problem(where, message[0].lower() + message[1:] + example)
