"""Reading which units qualified in earlier designations of an output folder or a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.io.database import Database
from udsat_geo.io.earlier import read_summary
from udsat_geo.io.reading import read_year
from udsat_geo.policy import LoadedPolicy
from udsat_geo.running import Qualified, earlier_years, qualified_throughout
from udsat_geo.vector import read_layer


def qualified_before(
    out: Path | Database, year: int, policy: LoadedPolicy, source: str, unit_id: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Which units qualified in every earlier designation that ``rule.years_running`` looks back on.

    Parameters
    ----------
    out : Path or Database
        Holds ``designation_YEAR.gpkg`` with its ``.json``, or a schema ``designation_YEAR``, for each of
        `udsat_geo.running.earlier_years`.
    year : int
        The year to designate.
    policy : LoadedPolicy
    source : str
        The kind of input of this run.
    unit_id : object (str), shape (n_units,)

    Returns
    -------
    bool, shape (n_units,)
        True everywhere for a policy that looks at a single year. A unit that an earlier designation does not have
        did not qualify in it.

    Raises
    ------
    InputError
        As `read_earlier`, or if an earlier designation shares no unit with this one.
    """
    earlier = read_earlier(out, year, policy, source)
    now = set(unit_id.tolist())
    problems = [
        Problem(
            place_of(out, designation.year),
            f"shares no unit with this designation (it has {_first(designation.unit_id)}, this one {_first(unit_id)})",
            "Designate the years over the same units.",
        )
        for designation in earlier
        if now.isdisjoint(designation.unit_id.tolist())
    ]
    if problems:
        raise InputError(problems)
    return qualified_throughout(unit_id, earlier)


def read_earlier(out: Path | Database, year: int, policy: LoadedPolicy, source: str) -> tuple[Qualified, ...]:
    """The earlier designations that ``rule.years_running`` looks back on, the latest first.

    Each must have been made from the same kind of input, by this policy or by a base of it that asks the same of a
    unit in a single year: one that asks for less says nothing of what is asked here.

    Raises
    ------
    InputError
        With every year whose designation is missing, damaged, of another kind of input or by another policy.
    """
    found: list[Qualified] = []
    problems: list[str] = []
    for earlier in earlier_years(year, policy.policy):
        try:
            found.append(_read(out, earlier, policy, source))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    return tuple(found)


def place_of(out: Path | Database, year: int) -> str:
    """Where the designation of a year lies in an output folder or a database, for messages."""
    return f"{out.shown}?schema=designation_{year}" if isinstance(out, Database) else str(path_of(out, year))


def path_of(folder: Path, year: int) -> Path:
    """Where the designation of a year lies in an output folder."""
    return folder / f"designation_{year}.gpkg"


def _read(out: Path | Database, year: int, policy: LoadedPolicy, source: str) -> Qualified:
    """One earlier designation, with what makes it unusable told at once."""
    place = place_of(out, year)
    by = " or ".join(policy.ids_of_same_demands)
    running = policy.policy.rule.years_running
    remedy = f"Designate {year} into the same {'database' if isinstance(out, Database) else 'folder'} first, with {by}."
    found = _find(out, year)
    if found is None:
        what = f"no such designation, and {policy.policy.id} looks back on {running} years running"
        raise InputError(Problem(place, what, remedy))
    summary, units = found
    problems = []
    if summary["year"] != year:
        problems.append(Problem(place, f"is of {summary['year']}", remedy))
    if summary["policy"]["id"] not in policy.ids_of_same_demands:
        other = f"was made by {summary['policy']['id']}, which does not ask the same of a unit as {policy.policy.id}"
        problems.append(Problem(place, other, remedy))
    if summary["source"] != source:
        what = f"was made from another kind of input ({summary['source']}, this one from {source})"
        problems.append(Problem(place, what, remedy))
    if problems:
        raise InputError(problems)
    try:
        return Qualified(year, *_units_of(units()))
    except (KeyError, ValueError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        raise InputError(Problem(place, f"is no designation of ours ({reason})", remedy)) from None


def _find(out: Path | Database, year: int) -> tuple[dict[str, Any], Callable[[], Any]] | None:
    """The summary of a year's designation, and what gives its table of units; None where there is none."""
    if isinstance(out, Database):
        stored = read_year(out, year)
        return None if stored is None else (stored.summary, lambda: stored.layers["units"].table)
    path = path_of(out, year)
    if not path.is_file():
        return None
    wanted = ["unit_id", "area_id", "qualified"]
    return read_summary(path), lambda: read_layer(path, "units", columns=wanted, read_geometry=False)[1]


def _units_of(units: Any) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Ids of the units and whether each qualified; in files without that column, whether it is in an area."""
    unit_id = np.array(units["unit_id"].to_pylist(), dtype=object)
    if len(set(unit_id.tolist())) < len(unit_id):
        raise ValueError("unit_id stands twice")
    return unit_id, _qualified(units)


def _qualified(units: Any) -> NDArray[np.bool_]:
    """The column ``qualified``, or else whether the unit is in an area; shape (n_units,)."""
    if "qualified" in units.column_names:
        told = [str(value).lower() for value in units["qualified"].to_pylist()]
        if not set(told) <= {"true", "false", "none"}:
            raise ValueError("qualified is neither true nor false in places")
        return np.array([value == "true" for value in told], dtype=bool)
    return np.array([area is not None for area in units["area_id"].to_pylist()], dtype=bool)


def _first(unit_id: NDArray[np.object_]) -> str:
    return str(unit_id[0]) if len(unit_id) else "none"
