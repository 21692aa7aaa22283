"""What was found of the rule behind given areas: as plain data, as a table of all settings, as a policy file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.analysis.infer import Inference
from udsat_geo.analysis.space import Value, in_toml, plain
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import decimal
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.writing import comment, toml_text

_LONGEST_ID = 60
_ENDING = "-inferred"


def inference_as_data(found: Inference) -> dict[str, Any]:
    """What was found as plain data; the same for the same.

    Overlaps are residents in both over residents in either; null where there is none.
    """
    held, chance = found.held_out, found.chance
    return {
        "version": __version__,
        "year": found.year,
        "policy": found.policy.policy.id,
        "policy_sha256": found.policy.sha256,
        "source": found.source,
        "areas": {"file": found.areas.file, "areas": len(found.given), "residents": int(found.tried.given.sum())},
        "residents": found.residents,
        "space": {
            "name": found.space.name,
            "values": {key: [_json(v) for v in values] for key, values in _columns(found)},
            "combinations": found.space.combinations,
            "tried": len(found.tried),
        },
        "tolerance": found.tolerance,
        "best": _setting(found, found.best),
        "equally_good": int(found.equal.sum()),
        "as_good_as_the_best": int((found.overlap == found.overlap[found.best]).sum()),
        "settings": [
            {
                "key": one.key,
                "best": _json(one.best),
                "equally_good": [_json(value) for value in one.equal],
                "is_decided": one.is_decided,
                "is_open": one.is_open,
                "best_with_another_value": one.otherwise,
                "best_by_value": [
                    {"value": _json(value), "overlap": float(reached)}
                    for value, reached in zip(one.tried, one.reached, strict=True)
                ],
            }
            for one in found.undecided
        ],
        "yardsticks": {
            "policy_as_it_is": found.own_overlap,
            "held_out": held.in_all,
            "threshold": _number(found.threshold_overlap),
            "threshold_composite": _number(found.threshold),
            "whole_units": found.whole_units,
            "chance_draws": len(chance),
            "chance_mean": float(chance.mean()) if len(chance) else None,
            "chance_most": float(chance.max()) if len(chance) else None,
        },
        "parts": {"are_districts": found.parts.are_districts, "parts": _parts(found)},
        "given_areas": [
            {
                **_data(area, ("area_id", "name", "residents", "by_best", "least", "most")),
                "explained": area.is_explained,
            }
            for area in found.given
        ],
        "drawn_areas": [
            {**_data(area, ("area_id", "name", "residents", "inside")), "given": area.is_given} for area in found.drawn
        ],
        "notes": list(found.notes),
    }


def _columns(found: Inference) -> list[tuple[str, tuple[Value, ...]]]:
    return list(zip(found.space.keys, found.space.values, strict=True))


def _data(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _json(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _number(value: float) -> float | None:
    return None if value != value else value


def _setting(found: Inference, row: int) -> dict[str, Any]:
    tried = found.tried
    return {
        "values": {key: _json(value) for key, value in found.space.at(tried.place[row].tolist()).items()},
        "overlap": float(found.overlap[row]),
        "areas": int(tried.areas[row]),
        "residents": int(tried.drawn[row].sum()),
        "residents_shared": int(tried.shared[row].sum()),
    }


def _parts(found: Inference) -> list[dict[str, Any]]:
    held = found.held_out
    return [
        {
            "name": name,
            "residents_given": int(found.tried.given[part]),
            "held_out": _number(float(held.of_part[part])),
            "best": _number(float(held.of_best[part])),
            "chosen": _setting(found, int(held.chosen[part]))["values"],
        }
        for part, name in enumerate(found.parts.name)
    ]


def settings_table(found: Inference) -> Any:
    """All settings that were tried as an Arrow table, in the order of the space.

    A column for each key, what is left out with commas between; then ``overlap``, ``areas``, ``residents``,
    ``residents_shared`` and ``equally_good``.
    """
    import pyarrow as pa

    tried = found.tried
    columns: dict[str, Any] = {}
    for number, (key, values) in enumerate(_columns(found)):
        texts = any(isinstance(value, str | tuple) for value in values)
        shown = pa.array([plain(value) if texts else value for value in values])
        columns[key] = shown.take(pa.array(tried.place[:, number].astype(np.int32)))
    columns |= {
        "overlap": found.overlap,
        "areas": tried.areas,
        "residents": tried.drawn.sum(axis=1),
        "residents_shared": tried.shared.sum(axis=1),
        "equally_good": found.equal,
    }
    return pa.table(columns)


def policy_file(found: Inference, base: str, out: Path) -> str:
    """The text of a policy file with the best settings, laid over the policy that they vary.

    Parameters
    ----------
    found : Inference
    base : str
        That policy: a built-in one, or its file.
    out : Path
        Where the file is to lie, from which the base is named.

    Raises
    ------
    InputError
        If the base is no file and not built in.
    """
    policy = found.policy.policy
    told = _(
        "Found by udsat infer: of {tried} settings these draw {file} best ({year}, source: {source}), with an overlap "
        "of {overlap} by residents; {equal} settings do equally well, within {tolerance}. That they draw alike does "
        "not show that the areas were drawn so."
    ).format(
        tried=decimal(len(found.tried), 0),
        file=found.areas.file,
        year=found.year,
        source=found.source,
        overlap=decimal(float(found.overlap[found.best]), 3),
        equal=decimal(int(found.equal.sum()), 0),
        tolerance=found.tolerance,
    )
    identity = policy.id.removesuffix(_ENDING)[: _LONGEST_ID - len(_ENDING)] + _ENDING
    if identity == policy.id:
        identity = f"{policy.id[: _LONGEST_ID - 2]}-2"
    lines = [*comment(told), f"extends = {toml_text(_named_from(base, out))}", f'id = "{identity}"']
    return "\n".join([*lines, *in_toml(found.space, found.settings, policy)]) + "\n"


def _named_from(base: str, out: Path) -> str:
    """How a policy is named from another one's folder."""
    if base in BUILT_IN:
        return base
    path = Path(base)
    if not base or not path.is_file():
        what = _("the policy varied is no file, so that no other can extend it")
        raise InputError(Problem("--save-policy", what, _("Name the policy by its file.")))
    try:
        return Path(os.path.relpath(path.resolve(), out.resolve().parent)).as_posix()
    except ValueError:  # on another drive of Windows
        return path.resolve().as_posix()
