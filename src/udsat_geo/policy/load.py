"""Reading a policy: a built-in one or a TOML file; a wrong file is answered with every fault in it.

Expressions are kept as text here; `udsat_geo.registers.expressions` checks them against the columns they may use.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy.rules import (
    AreasRule,
    AreaThresholds,
    ContextRule,
    Criterion,
    IncumbentsRule,
    Policy,
    Reference,
    Rule,
    ScoreRule,
    UnitsRule,
)

BUILT_IN = ("kbh-2017",)


class LoadedPolicy(Rule):
    """A policy with the file it came from.

    Attributes
    ----------
    policy : Policy
    name : str
        Name of the built-in policy or of the file.
    sha256 : str
        Of the file's bytes.
    """

    policy: Policy
    name: str
    sha256: str


def load_policy(name_or_path: str) -> LoadedPolicy:
    """Read a built-in policy or a policy file.

    Parameters
    ----------
    name_or_path : str
        A name of `BUILT_IN`, or the path of a TOML file.

    Raises
    ------
    InputError
        If there is no such policy, the file is not TOML, or anything in it is wrong; every fault is told.
    """
    if name_or_path in BUILT_IN:
        data = resources.files("udsat_geo.policies").joinpath(f"{name_or_path}.toml").read_bytes()
    else:
        data = _file_bytes(name_or_path)
    name = Path(name_or_path).name
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(Problem(name, f"is not UTF-8 text ({error.reason})", "Save it as UTF-8.")) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(Problem(name, f"is not valid TOML: {error}", "Mend the file at that line.")) from None
    return LoadedPolicy(policy=check_policy(content, name), name=name, sha256=hashlib.sha256(data).hexdigest())


def check_policy(content: dict[str, Any], name: str) -> Policy:
    """A `Policy` from the content of its file.

    Raises
    ------
    InputError
        With every fault, each named by its key.
    """
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        problems = [problem for entry in error.errors() for problem in _problems_of(entry, name, content)]
        raise InputError(problems) from None


def _file_bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        near = difflib.get_close_matches(path, BUILT_IN, 1)
        hint = f"Did you mean {near[0]!r}?" if near else "`udsat policies` lists the built-in ones."
        reason = error.strerror or str(error)
        raise InputError(Problem(path, f"no built-in policy and no readable file ({reason})", hint)) from None


def _problems_of(entry: Any, name: str, content: dict[str, Any]) -> list[Problem]:
    """The problems of one pydantic error entry: its key as written, its reason in plain words."""
    kind, message = entry["type"], entry["msg"].removeprefix("Value error, ")
    if not entry["loc"]:
        return [Problem(name, line) for line in message.split("\n")]
    where = f"{name}: {_key_path(entry['loc'], content)}"
    if kind == "extra_forbidden":
        known = _known_keys(entry["loc"])
        near = difflib.get_close_matches(str(entry["loc"][-1]), known, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}."
        return [Problem(where, "unknown key", hint)]
    if kind == "missing":
        return [Problem(where, "is missing", "Add it.")]
    if kind == "string_pattern_mismatch":
        message = "must be lower case letters, digits and underscores, beginning with a letter"
    given = entry.get("input")
    example = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return [Problem(where, message[0].lower() + message[1:] + example)]


def _key_path(location: tuple[int | str, ...], content: dict[str, Any]) -> str:
    """`criteria[2] (low_income).worse` from pydantic's location."""
    parts: list[str] = []
    for place in location:
        if isinstance(place, int) and parts:
            parts[-1] += f"[{place + 1}]"
            if parts[0].startswith("criteria["):
                entry = content["criteria"][place] if place < len(content["criteria"]) else {}
                key = entry.get("key") if isinstance(entry, dict) else None
                parts[-1] += f" ({key})" if key else ""
        elif place != "[key]":
            parts.append(str(place))
    return ".".join(parts)


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at this place knows."""
    models: dict[str, type[BaseModel]] = {
        "units": UnitsRule,
        "context": ContextRule,
        "criteria": Criterion,
        "score": ScoreRule,
        "rule": AreaThresholds,
        "areas": AreasRule,
        "incumbents": IncumbentsRule,
        "references": Reference,
    }
    model = models.get(str(location[0]), Policy) if len(location) > 1 else Policy
    return sorted(field.alias or name for name, field in model.model_fields.items())
