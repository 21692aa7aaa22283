"""Figures from outside that are given with a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.policy.rules import Reference

GIVEN = "--reference"
"""What a reference says of its source when it was given with the run."""


def with_references(policy: LoadedPolicy, given: Sequence[str]) -> LoadedPolicy:
    """A policy with references set for a run; its file and its SHA-256 stay what they are.

    Parameters
    ----------
    policy : LoadedPolicy
    given : sequence of str
        Each ``NAME=VALUE``, with a decimal point.

    Raises
    ------
    InputError
        With every one that cannot be read, is given twice, or is none of the policy's references.
    """
    if not given:
        return policy
    known = policy.policy.references
    problems: list[Problem] = []
    found: dict[str, Reference] = {}
    for text in given:
        name, _, value = (part.strip() for part in text.partition("="))
        where = f"{GIVEN} {text}"
        number = _number(value)
        if name not in known:
            there = f"It has {', '.join(known)}." if known else "It has none."
            problems.append(Problem(where, f"the policy {policy.policy.id} has no reference {name!r}", there))
        elif number is None:
            problems.append(Problem(where, "is not NAME=VALUE with a number", "Write it as in share=0.025."))
        elif name in found:
            problems.append(Problem(where, "is given twice", "Give it once."))
        else:
            found[name] = known[name].model_copy(update={"value": number, "source": GIVEN})
    if problems:
        raise InputError(problems)
    set_for_run = policy.policy.model_copy(update={"references": {**known, **found}})
    return policy.model_copy(update={"policy": set_for_run})


def _number(text: str) -> float | None:
    """A finite number, or None where the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
