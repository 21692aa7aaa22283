"""Settings changed from a program: which keys are meant, and the file that says the same.

A change is written as a policy file that extends the one begun with, and read as one; so it is checked as a file is,
and the file that is saved gives the same results.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.faults import known_keys, model_in, nearest
from udsat_geo.policy.rules import Policy
from udsat_geo.policy.writing import toml_text

_LISTS = ("criteria", "references", "let")
"""Parts of a policy whose entries have names of their own."""


def tables() -> dict[str, type[BaseModel]]:
    """The tables of a policy file that have keys of their own, such as ``rule``, with their models."""
    found = {name: model_in(field.annotation) for name, field in Policy.model_fields.items() if name not in _LISTS}
    return {name: model for name, model in found.items() if model is not None}


def dotted(changes: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Changes by the whole name of each key, as in ``rule.core``.

    Parameters
    ----------
    changes : mapping
        A key with its table (``areas.residents``, ``criteria.low_income.weight``), a table of keys, or a key alone:
        one of ``[rule]``, else the one that a single table has.
    keys : tuple of str
        Of the policy's criteria.

    Raises
    ------
    InputError
        With every key that no table has, or several have.
    """
    known, found, problems = tables(), dict[str, Any](), list[Problem]()
    plain = [name for name in Policy.model_fields if name not in known and name not in _LISTS]
    for name, value in changes.items():
        first = name.partition(".")[0]
        if "." in name or name in plain or ((first in known or first in _LISTS) and isinstance(value, Mapping)):
            found |= _inside(name, value)
        else:
            having = [table for table, model in known.items() if name in known_keys(model, ())]
            if "rule" in having or len(having) == 1:
                found["rule." + name if "rule" in having else f"{having[0]}.{name}"] = value
            elif having:
                told = ", ".join(f"{table}.{name}" for table in having)
                what, remedy = _("several tables have it: {keys}").format(keys=told), _("Write the whole name.")
                problems.append(Problem(name, what, remedy))
            else:
                every = sorted({*plain, *known, *(key for model in known.values() for key in known_keys(model, ()))})
                problems.append(Problem(name, _("unknown key"), nearest(name, every, "")))
    for name in found:
        table, _dot, rest = name.partition(".")
        key = rest.partition(".")[0]
        if table == "criteria" and key not in keys:
            what = _("there is no criterion {key!r}").format(key=key)
            problems.append(Problem(name, what, nearest(key, keys, "")))
    if problems:
        raise InputError(problems)
    return found


def _inside(name: str, value: Any) -> dict[str, Any]:
    """A table of keys by the whole name of each; anything else as it is."""
    deep = name.count(".") < (1 if name.startswith("criteria") else 0) + 1
    if not isinstance(value, Mapping) or not deep or not value:
        return {name: value}
    return {whole: each for key, inner in value.items() for whole, each in _inside(f"{name}.{key}", inner).items()}


def as_content(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as the content of a policy file; what is changed to None is left out."""
    content: dict[str, Any] = {}
    criteria: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        if value is None:
            continue
        *path, key = name.split(".")
        if path[:1] == ["criteria"]:
            here = criteria.setdefault(path[1] if len(path) > 1 else key, {})
            path = path[2:]
        else:
            here = content
        for step in path:
            here = here.setdefault(step, {})
        here[key] = value
    if criteria:
        content["criteria"] = [{"key": key, **entries} for key, entries in criteria.items()]
    return content


def without(content: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The content of a policy without some of its keys."""
    content = _copied(content)
    for name in names:
        *path, key = name.split(".")
        here: Any = content
        for step in path:
            if isinstance(here, list):
                here = next((entry for entry in here if entry.get("key") == step), {})
            else:
                here = here.get(step, {})
        here.pop(key, None)
    return content


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def as_toml(content: Mapping[str, Any]) -> str:
    """The content of a policy as the text of its file.

    Raises
    ------
    InputError
        If a value is of no kind that a file can hold.
    """
    lines, later = [], []
    for name, value in content.items():
        if isinstance(value, Mapping):
            later += ["", f"[{_key(name)}]", *(f"{_key(key)} = {_value(inner, name)}" for key, inner in value.items())]
        elif isinstance(value, list | tuple) and value and all(isinstance(entry, Mapping) for entry in value):
            for entry in value:
                later += ["", f"[[{_key(name)}]]"]
                later += [f"{_key(key)} = {_value(inner, name)}" for key, inner in entry.items()]
        else:
            lines.append(f"{_key(name)} = {_value(value, name)}")
    return "\n".join([*lines, *later]) + "\n"


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
    return name if plain else toml_text(name)


def _value(value: Any, where: str) -> str:
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()  # a number of NumPy
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each, where) for each in value) + "]"
    if isinstance(value, Mapping):
        entries = (f"{_key(str(key))} = {_value(inner, where)}" for key, inner in value.items())
        return "{ " + ", ".join(entries) + " }"
    what = _("a {kind} is nothing that a policy file can hold").format(kind=type(value).__name__)
    raise InputError(Problem(where, what))
