"""What is told of a faulty policy, or another TOML file: each fault by file and key, its reason in plain words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _, program_language
from udsat_geo.policy.chain import KeyPath, PolicyFile, holds, standing_of
from udsat_geo.policy.rules import Policy

Model = TypeVar("Model", bound=BaseModel)

_KINDS = {
    "bool_parsing": N_("must be true or false"),
    "bool_type": N_("must be true or false"),
    "dict_type": N_("must be a table of names and values"),
    "finite_number": N_("must be a finite number"),
    "float_parsing": N_("must be a number"),
    "float_type": N_("must be a number"),
    "greater_than": N_("must be greater than {gt}"),
    "greater_than_equal": N_("must be at least {ge}"),
    "int_from_float": N_("must be a whole number"),
    "int_parsing": N_("must be a whole number"),
    "int_type": N_("must be a whole number"),
    "less_than": N_("must be less than {lt}"),
    "less_than_equal": N_("must be at most {le}"),
    "literal_error": N_("must be {expected}"),
    "model_type": N_("must be a table of names and values"),
    "string_too_short": N_("must have at least {min_length} characters"),
    "string_type": N_("must be a text"),
    "too_long": N_("must have at most {max_length} entries"),
    "too_short": N_("must have at least {min_length} entries"),
    "tuple_type": N_("must be a list"),
}
"""Kinds of pydantic's errors in words, for languages that pydantic does not speak."""

_SIGN_IN = re.compile(r"//[^/\s@]*@")
"""A user and a password before the name of a server."""


def checked(model: type[Model], content: dict[str, Any], label: str) -> Model:
    """The content of a file as a model.

    Parameters
    ----------
    model : subclass of pydantic.BaseModel
    content : dict
    label : str
        What messages call the file.

    Raises
    ------
    InputError
        With every fault of its form.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError([_in_form(entry, label, model) for entry in error.errors()]) from None


def _in_form(entry: Any, label: str, model: type[BaseModel]) -> Problem:
    """One pydantic error entry in plain words."""
    path = entry["loc"]
    where = f"{label}: {'.'.join(_steps(path))}"
    if entry["type"] == "extra_forbidden":
        return _unknown(where, str(path[-1]), known_keys(model, path[:-1]))
    if entry["type"] == "missing":
        return Problem(where, _("is missing"), _("Add it."))
    return Problem(where, in_words(entry) + given_value(entry.get("input")))


def _steps(path: Iterable[int | str]) -> list[str]:
    """The parts of a key with dots between: numbers count from 1, as in ``criteria[2]``."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int) and parts:
            parts[-1] += f"[{step + 1}]"
        else:
            parts.append(str(step))
    return parts


def _unknown(where: str, name: str, known: Sequence[str]) -> Problem:
    return Problem(
        where, _("unknown key"), nearest(name, known, _("Known here: {names}.").format(names=", ".join(known)))
    )


def nearest(name: str, known: Sequence[str], hint: str) -> str:
    """The known name that may be meant, else the hint."""
    near = difflib.get_close_matches(name, known, 1)
    return _("Did you mean {near!r}?").format(near=near[0]) if near else hint


def known_keys(model: type[BaseModel], path: Iterable[int | str]) -> list[str]:
    """The keys that the table at a place of a model's content knows."""
    for step in path:  # numbers, and names that the user gave, are no fields
        field = next((field for name, field in model.model_fields.items() if step in (field.alias, name)), None)
        inner = None if field is None else model_in(field.annotation)
        if inner is not None:
            model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that values of a field are, or are made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := model_in(part)) is not None), None)


def problems_of(errors: Iterable[Any], content: dict[str, Any], files: Sequence[PolicyFile]) -> list[Problem]:
    """The problems of pydantic's error entries.

    Parameters
    ----------
    errors : iterable of pydantic's error details
    content : dict
        What was checked: the merged content of `files`.
    files : sequence of PolicyFile
        The extending file before what it extends.
    """
    problems: list[Problem] = []
    alternatives: dict[KeyPath, list[str]] = {}
    for entry in errors:
        path = _path_of(entry, content)
        if not path:
            message = entry["msg"].removeprefix("Value error, ")
            problems += [_misfit(line, content, files) for line in message.split("\n")]
        elif len(path) < len(entry["loc"]) and entry["loc"][-1] != "[key]":
            # a value that may be of several kinds is told once, not once for each kind
            alternatives.setdefault(path, []).append(in_words(entry))
        else:
            problems.append(_problem(entry, path, content, files))
    for path, messages in alternatives.items():
        what = _(", or ").join(dict.fromkeys(messages)) + given_value(_at(path, content))
        problems.append(Problem(_where(path, content, files), what))
    return problems


def _problem(entry: Any, path: KeyPath, content: dict[str, Any], files: Sequence[PolicyFile]) -> Problem:
    kind, where = entry["type"], _where(path, content, files)
    if kind == "extra_forbidden":
        return _unknown(where, str(path[-1]), sorted(known_keys(Policy, path[:-1])))
    if kind == "missing":
        return Problem(where, _("is missing"), _("Add it.") + _misspelt_criterion(path, content, files))
    if kind == "string_pattern_mismatch":
        pattern = _("must be lower case letters, digits and underscores, beginning with a letter")
        return Problem(where, pattern + given_value(entry.get("input")))
    return Problem(where, in_words(entry) + given_value(entry.get("input")))


def in_words(entry: Any) -> str:
    """What pydantic's error entry says is wrong."""
    message: str = entry["msg"].removeprefix("Value error, ")
    danish = _KINDS.get(entry["type"])
    # pydantic speaks English alone: there its own words stand, which say more in rare cases
    if danish is None or program_language() == "en":
        return message[0].lower() + message[1:]
    given = {name: str(value).replace(" or ", _(" or ")) for name, value in entry.get("ctx", {}).items()}
    return _(danish).format(**given)


def given_value(value: Any) -> str:
    """The value that was given, where it is short to tell; who signs in to a server is left out of its address."""
    value = _SIGN_IN.sub("//***@", value) if isinstance(value, str) else value
    return _(" (given: {value!r})").format(value=value) if isinstance(value, str | int | float | bool) else ""


def _misfit(line: str, content: dict[str, Any], files: Sequence[PolicyFile]) -> Problem:
    """What the whole policy says of its parts: ``rule.edge: lies above ...``, told with the file of that key."""
    path = tuple(line.partition(":")[0].split("."))
    file, _ignored = standing_of(path, content, files)
    return Problem(file.label, line)


def _misspelt_criterion(path: KeyPath, content: dict[str, Any], files: Sequence[PolicyFile]) -> str:
    """Where an entry meant to change a base's criterion has a key that no base has."""
    if len(files) == 1 or len(path) != 3 or path[0] != "criteria":
        return ""
    keys = [str(entry.get("key")) for entry in content["criteria"] if isinstance(entry, dict)]
    mine = keys[int(path[1])]
    near = difflib.get_close_matches(mine, [key for key in keys if key != mine], 1)
    return _(" If it is to change the criterion {key!r}, give it that key.").format(key=near[0]) if near else ""


def _path_of(entry: Any, content: dict[str, Any]) -> KeyPath:
    """Where an error lies in the content: pydantic's location without the kinds of value that it tried there."""
    here: Any = content
    path: list[int | str] = []
    for step in entry["loc"]:
        if holds(here, step):
            here = here[step]
            path.append(step)
        elif entry["type"] == "missing" and step == entry["loc"][-1]:
            path.append(step)
    return tuple(path)


def _at(path: KeyPath, content: dict[str, Any]) -> Any:
    here: Any = content
    for step in path:
        here = here[step]
    return here


def _where(path: KeyPath, content: dict[str, Any], files: Sequence[PolicyFile]) -> str:
    """`policy.toml: criteria[2] (low_income).worse`, by the file in which it stands."""
    file, own_path = standing_of(path, content, files)
    parts: list[str] = []
    for i, step in enumerate(own_path):
        if isinstance(step, int) and parts:
            parts[-1] += f"[{step + 1}]"
            entry = _at(path[: i + 1], content) if path[0] == "criteria" and i == 1 else None
            key = entry.get("key") if isinstance(entry, dict) else None
            parts[-1] += f" ({key})" if key else ""
        else:
            parts.append(str(step))
    return f"{file.label}: {'.'.join(parts)}"
