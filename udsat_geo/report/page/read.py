"""Reading designations back for the page: each file whole, with the policy that it was made by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo import __version__
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.files.area_set import is_designation, read_designation
from udsat_geo.files.explained import is_whole, made_by_older
from udsat_geo.files.stored import read_summary
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.sources.crs import check_crs, same_crs
from udsat_geo.sources.features import geometries_of, geometry_column, read_layer

Rows = list[dict[str, Any]]

_COLUMNS = {
    "areas": (
        "area_id",
        "name",
        "district",
        "residents",
        "units",
        "area_ha",
        "composite",
        "criteria_exceeded",
        "since",
    ),
    "units": ("unit_id", "residents", "composite", "role", "area_id", "decided_by", "reason"),
    "changes": ("event", "area_id", "previous_ids", "residents_added", "residents_removed"),
    "changed_units": ("unit_id", "event", "previous_area_id", "area_id"),
    "status": ("criterion", "areas", "rest_of_city", "gap", "city"),
}  # fmt: skip
_WHOLE = {"areas": ("residents", "units", "criteria_exceeded", "since"), "changes": ("residents_added",)}
_SUMMARY: dict[str, type] = {
    "version": str, "inputs": list, "counts": dict, "notes": list, "vintage": dict, "language": str, "residents": int,
    "residents_in_areas": int, "rule": dict, "criteria": list, "overrides": list,
}  # fmt: skip
_ROWS = {
    "inputs": ("name", "sha256", "rows"),
    "criteria": ("key", "label", "unit", "share"),
    "overrides": ("action", "reason", "decided_by", "date"),
}
"""What is read of a file: one by an older version, or changed since, lacks some of it."""


@dataclass(frozen=True)
class Read:
    """A designation as its file tells it.

    Attributes
    ----------
    path : Path
    summary : dict
        Its JSON.
    crs : str
    designated : AreaSet
        With the geometry of its units.
    areas, units, changes, changed_units, status : list of dict
        The rows of its layers, without geometries; rows of `units` in the order of `designated`.
    outline_of_change, place_of_changed_unit : object (shapely), shapes (n_changes,) and (n_changed_units,)
    policy : LoadedPolicy or None
        None where the file of the policy is not at hand.
    """

    path: Path
    summary: dict[str, Any]
    crs: str
    designated: AreaSet
    areas: Rows
    units: Rows
    changes: Rows
    changed_units: Rows
    status: Rows
    outline_of_change: NDArray[np.object_]
    place_of_changed_unit: NDArray[np.object_]
    policy: LoadedPolicy | None

    @property
    def year(self) -> int:
        """Of the designation."""
        return self.designated.year

    @property
    def language(self) -> str:
        """Of the texts in the file."""
        return str(self.summary["language"])


def read_all(paths: Sequence[Path], with_earlier: bool, policy: LoadedPolicy | None) -> list[Read]:
    """Read designations, by rising year.

    Parameters
    ----------
    paths : sequence of Path
    with_earlier : bool
        Also those of earlier years that lie beside the last one, by the same policy from the same kind of input.
    policy : LoadedPolicy or None
        The policy that they were made by, where it is no built-in one.

    Raises
    ------
    InputError
        With all that is wrong with the files.
    """
    found, problems = [], list[str]()
    for path in paths:
        try:
            found.append(_read(path, policy))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    found.sort(key=lambda read: read.year)
    _check_together(found)
    if policy is not None and all(read.policy is not policy for read in found):
        what = "is not the policy that any of the files was made by"
        raise InputError(Problem(f"policy {policy.policy.id}", what, "Name the one whose SHA-256 their JSON has."))
    if with_earlier:
        found = [*_beside(found, policy), *found]
    return found


def _beside(found: Sequence[Read], policy: LoadedPolicy | None) -> Iterable[Read]:
    """Designations of years before the last that lie beside it, made alike; those that are not are passed over."""
    last = found[-1]
    years = {read.year for read in found}
    earlier = []
    for path in sorted(last.path.parent.glob("designation_*.gpkg")):
        year = re.fullmatch(r"designation_(\d{4})", path.stem)
        if year is None or int(year[1]) in years or int(year[1]) > last.year or not path.with_suffix(".json").exists():
            continue
        try:
            if _made_alike(read_summary(path).as_dict(), last.summary):
                read = _read(path, policy)
                earlier += [read] if read.year == int(year[1]) and same_crs(read.crs, last.crs) else []
        except InputError:
            # what nobody named is shown where it can be, and is no fault where it cannot
            continue
    together = sorted([*earlier, *found], key=lambda read: read.year)
    return [read for read in together if read not in found and read.year < found[0].year]


def _made_alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same_policy = one["policy"].get("sha256") == other["policy"].get("sha256")
    return bool(same_policy and one["policy"]["id"] == other["policy"]["id"] and one["source"] == other["source"])


def _check_together(found: Sequence[Read]) -> None:
    problems = []
    for one, other in pairwise(found):
        if one.year == other.year:
            what = f"is of {one.year}, as {other.path.name} is"
            problems.append(Problem(str(one.path), what, "Name one designation for each year."))
        if not same_crs(one.crs, other.crs):
            what = f"is in {one.crs[:40]}, and {other.path.name} in {other.crs[:40]}"
            problems.append(Problem(one.path.name, what, "Make both in one reference system."))
    if problems:
        raise InputError(problems)


def _read(path: Path, policy: LoadedPolicy | None) -> Read:
    if not path.is_file():
        raise InputError(Problem(str(path), "no such file", "Name a designation_YEAR.gpkg."))
    if not is_designation(path):
        remedy = "Name a designation_YEAR.gpkg with its .json beside it."
        raise InputError(Problem(path.name, "is no designation of ours", remedy))
    summary = read_summary(path).as_dict()
    if _is_newer(summary.get("version")):
        what = f"was made by udsat_geo {str(summary['version'])[:20]}, and this is {__version__}"
        raise InputError(Problem(path.name, what, "Update udsat_geo."))
    if not is_whole(summary) or not _is_shown(summary):
        raise InputError(made_by_older(path))
    designated = read_designation(path)
    crs, areas, _ = _layer(path, "areas")
    if crs is None:
        raise InputError(Problem(path.name, "does not say its reference system", "Make the designation again."))
    check_crs(crs, path.name)
    _, units, _ = _layer(path, "units", [*_COLUMNS["units"], "name", "residents_in_view"])
    _, changes, outline = _layer(path, "changes")
    _, changed, place = _layer(path, "changed_units")
    _, status, _ = _layer(path, "status")
    if [row["criterion"] for row in status] != [criterion["key"] for criterion in summary["criteria"]]:
        raise InputError(made_by_older(path))
    return Read(
        path, summary, crs, designated, areas, units, changes, changed, status, outline, place,
        _policy_of(summary, policy),
    )  # fmt: skip


def _layer(path: Path, layer: str, columns: list[str] | None = None) -> tuple[str | None, Rows, NDArray[np.object_]]:
    """The reference system, rows and geometries of a layer.

    Raises
    ------
    InputError
        If it is not there, or lacks a column.
    """
    try:
        meta, table = read_layer(path, layer, **({} if columns is None else {"columns": columns}))
        spatial = meta.get("geometry_type") is not None
        geometry = geometries_of(table[geometry_column(meta)]) if spatial else np.empty(0, dtype=object)
        rows = (table.drop_columns(geometry_column(meta)) if spatial else table).to_pylist()
    except (KeyError, ValueError, NotImplementedError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        raise InputError(Problem(path.name, f"is no designation of ours ({reason})", "Name another file.")) from None
    holes = any(row[name] is None for row in rows for name in _WHOLE.get(layer, ()) if name in row)
    if holes or not set(_COLUMNS[layer]) <= set(table.column_names):
        raise InputError(made_by_older(path))
    return meta.get("crs"), rows, geometry


def _is_shown(summary: dict[str, Any]) -> bool:
    """Whether a summary has what the page shows, and as what it shows it."""
    return (
        all(isinstance(summary.get(key), kind) for key, kind in _SUMMARY.items())
        and summary["language"] in ("da", "en")
        and all(
            isinstance(row, dict) and set(keys) <= row.keys() for key, keys in _ROWS.items() for row in summary[key]
        )
        and all(row["action"] in ("include", "exclude") for row in summary["overrides"])
    )


def _policy_of(summary: dict[str, Any], named: LoadedPolicy | None) -> LoadedPolicy | None:
    """The policy of a summary, by the SHA-256 of its file: the one named, or a built-in one."""
    told = summary["policy"]
    if named is not None and named.sha256 == told.get("sha256"):
        return named
    if told["id"] in BUILT_IN:
        built_in = load_policy(str(told["id"]))
        return built_in if built_in.sha256 == told.get("sha256") else None
    return None


def _is_newer(version: object) -> bool:
    """Whether a version, as in 0.3.1, is one of after this one; the third number changes no file."""

    def leading(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", text)[:2])

    return isinstance(version, str) and leading(version) > leading(__version__)
