"""The story on one page: units, edges, scores, areas, outlines, status, changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.addresses import addresses_from_registers
from udsat_geo.areas import Areas, form_areas
from udsat_geo.contiguity import Edges, find_edges
from udsat_geo.diff import Changes, Designated, compare
from udsat_geo.errors import InputError, Problem
from udsat_geo.outline import area_outlines
from udsat_geo.policy import LoadedPolicy
from udsat_geo.scoring import Scores, score_units
from udsat_geo.status import Status, take_status
from udsat_geo.units import Units, cells_from_registers
from udsat_geo.wording import AREA, NO_SPREAD, STEPS

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Inputs:
    """Where the people come from.

    Attributes
    ----------
    registers : Path or None
        Folder of residents, dwellings and addresses.
    unit_table : Path or None
        Ready-made cells or zones.
    source : str
        ``registers``, ``unit_table`` or ``synthetic``; stamped on every output.
    """

    registers: Path | None
    unit_table: Path | None
    source: str


@dataclass(frozen=True)
class Designation:
    """A designation with all that it was made of.

    Attributes
    ----------
    year : int
    policy : LoadedPolicy
    inputs : Inputs
    units : Units
    edges : Edges
    scores : Scores
    areas : Areas
    outline : object (shapely MultiPolygon), shape (n_areas,)
    area_id, name : object (str), shape (n_areas,)
    since : int64, shape (n_areas,)
    status : Status
    previous : Designated or None
    changes : Changes or None
        Against `previous`.
    counts : dict
        Rows that do not count, by reason.
    rows : dict
        Table -> rows read.
    files : dict
        Table -> the file it was read from; ``settings`` -> registers.toml, where there is one.
    notes : tuple of str
        What was found out about the input.
    vintage : dict
        Criterion -> year of its data, where the registers say so.
    language : str
    """

    year: int
    policy: LoadedPolicy
    inputs: Inputs
    units: Units
    edges: Edges
    scores: Scores
    areas: Areas
    outline: NDArray[np.object_]
    area_id: NDArray[np.object_]
    name: NDArray[np.object_]
    since: NDArray[np.int64]
    status: Status
    previous: Designated | None
    changes: Changes | None
    counts: dict[str, int]
    rows: dict[str, int]
    files: dict[str, Path]
    notes: tuple[str, ...]
    vintage: dict[str, int] = field(default_factory=dict)
    language: str = "da"

    def designated(self) -> Designated:
        """What a later designation compares itself with."""
        return Designated(
            self.year,
            self.policy.policy.id,
            self.units.unit_id,
            self.units.residents,
            self.areas.area_of_unit,
            self.area_id,
            self.name,
            self.since,
            self.outline,
            self.policy.sha256,
            self.inputs.source,
        )


def designate(
    year: int,
    policy: LoadedPolicy,
    inputs: Inputs,
    previous: Designated | None = None,
    language: str = "da",
    threads: int | None = None,
    progress: Progress | None = None,
) -> Designation:
    """Designate the areas of a year.

    Parameters
    ----------
    year : int
    policy : LoadedPolicy
    inputs : Inputs
    previous : Designated, optional
        Compared with, when given.
    language : {"da", "en"}
    threads : int, optional
        For DuckDB; no result depends on it.
    progress : callable, optional
        Told the name of each step as it begins.

    Raises
    ------
    InputError
        If the year lies outside the policy's, or the input is at fault.
    """

    def step(name: str) -> None:
        if progress is not None:
            progress(f"{year}: {STEPS[language][name]}")

    rule = policy.policy
    check_year(year, policy)
    step("reading")
    units, found = read_units(inputs, policy, threads)
    step("scoring")
    scores = score_units(units, rule)
    edges = find_edges(units, rule)
    step("forming")
    areas = form_areas(units, scores, edges, rule)
    outline = area_outlines(units, areas.area_of_unit, rule.areas.reach)
    area_id, name = _ids_and_names(year, len(areas), language)
    since = np.full(len(areas), year, dtype=np.int64)
    changes = None
    if previous is not None:
        step("comparing")
        now = Designated(
            year, rule.id, units.unit_id, units.residents, areas.area_of_unit, area_id, name, since, outline
        )
        changes = compare(previous, now)
        since = changes.since
    flat = [rule.criteria[j].label_in(language) for j in np.flatnonzero(scores.spread == 0)]
    found["notes"] = (*found["notes"], *(NO_SPREAD[language].format(label=label) for label in flat))
    return Designation(
        year=year,
        policy=policy,
        inputs=inputs,
        units=units,
        edges=edges,
        scores=scores,
        areas=areas,
        outline=outline,
        area_id=area_id,
        name=name,
        since=since,
        status=take_status(units, areas.area_of_unit, rule),
        previous=previous,
        changes=changes,
        language=language,
        **found,
    )


def check_year(year: int, policy: LoadedPolicy) -> None:
    """Check that a policy may be used for a year.

    Raises
    ------
    InputError
    """
    first, last = policy.policy.years
    if not first <= year <= last:
        what = f"the policy {policy.policy.id} holds for {first}-{last}"
        raise InputError(Problem(f"--year {year}", what, "Choose a year or another policy."))


def read_units(inputs: Inputs, policy: LoadedPolicy, threads: int | None = None) -> tuple[Units, dict[str, Any]]:
    """The units of the inputs, and what was counted and found out on the way.

    Returns
    -------
    units : Units
    found : dict
        ``counts``, ``rows``, ``files``, ``notes`` and ``vintage`` as in `Designation`.

    Raises
    ------
    InputError
        If the input is at fault, or the policy needs another kind of input.
    """
    rule = policy.policy
    if inputs.unit_table is None:
        return _units_from_registers(inputs, policy, threads)
    if rule.units.kind == "addresses":
        what = 'is a table of units, and kind = "addresses" reads registers'
        remedy = "Leave --units out and name the registers with --raw, or use a policy over cells or zones."
        raise InputError(Problem(inputs.unit_table.name, what, remedy))
    from udsat_geo.unit_table import read_unit_table, units_from_table, units_from_table_and_registers

    table = read_unit_table(inputs.unit_table, rule)
    table_file = Path(str(inputs.unit_table).partition("|layername=")[0])
    if inputs.registers is None:
        units, sums = units_from_table(table, rule)
        found = {"counts": sums.counts, "rows": sums.rows, "files": {"units": table_file}, "notes": table.notes}
        return units, {**found, "vintage": {}}
    units, filled = units_from_table_and_registers(table, inputs.registers, rule, threads)
    rows = {"units": len(units), **filled.rows}
    found = {"counts": filled.counts, "rows": rows, "files": {"units": table_file, **filled.files}}
    return units, {**found, "notes": table.notes + filled.notes, "vintage": filled.settings.vintage}


def _units_from_registers(inputs: Inputs, policy: LoadedPolicy, threads: int | None) -> tuple[Units, dict[str, Any]]:
    rule = policy.policy
    if rule.reads_unit_table:
        what = "its criteria are columns of a unit table"
        raise InputError(Problem(f"policy {rule.id}", what, "Name the table with --units."))
    if rule.units.kind == "zones" or inputs.registers is None:
        raise InputError(Problem(f"policy {rule.id}", "its units are zones", "Name their file with --units."))
    made_of = addresses_from_registers if rule.units.kind == "addresses" else cells_from_registers
    units, sums = made_of(inputs.registers, rule, threads)
    return units, {
        "counts": sums.counts,
        "rows": sums.rows,
        "files": sums.files,
        "notes": sums.notes,
        "vintage": sums.settings.vintage,
    }


def _ids_and_names(year: int, n_areas: int, language: str) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Plain ids and names from the year and the area's number."""
    digits = max(2, len(str(n_areas)))
    area_id, name = np.empty(n_areas, dtype=object), np.empty(n_areas, dtype=object)
    area_id[:] = [f"{year}-{i + 1:0{digits}d}" for i in range(n_areas)]
    name[:] = [f"{AREA[language]} {i + 1}" for i in range(n_areas)]
    return area_id, name
