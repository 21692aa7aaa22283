"""Beside the rule, never instead: whom its areas reach, how apart people live, where high and low values lie together.

All of it is told of a designation, and nothing of it enters one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.analysis.certainty import plain
from udsat_geo.analysis.local_statistics import (
    FALSE_DISCOVERIES,
    FEWEST_PERMUTATIONS,
    PERMUTATIONS,
    LocalStatistics,
    find_local_statistics,
)
from udsat_geo.analysis.segregation import Part, Segregation, decompose, find_segregation
from udsat_geo.analysis.targeting import People, Targeting, find_people, find_targeting
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.designation import Designation, Progress
from udsat_geo.designation.draws import check_seed
from udsat_geo.designation.job import YEAR, Job, make_again, run
from udsat_geo.designation.layers import Layer, as_table, unit_wkb
from udsat_geo.kernels.arrays import Floats, as_objects, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.load import LoadedPolicy, outside_its_years
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import read_registers

COMPOSITE = "composite"
"""In the place of a criterion's key: the composite of the units' own rates."""


@dataclass(frozen=True)
class Asked:
    """What is asked for beside whom the areas reach and how apart people live.

    Attributes
    ----------
    against : tuple of LoadedPolicy
        Rules that draw areas of the same year, whose reach is told as well.
    since : Job or None
        The same job of an earlier year.
    clusters : tuple of str
        Keys of criteria, or `COMPOSITE`: what local statistics are found of.
    permutations, seed : int
    """

    against: tuple[LoadedPolicy, ...] = ()
    since: Job | None = None
    clusters: tuple[str, ...] = ()
    permutations: int = PERMUTATIONS
    seed: int = 0


@dataclass(frozen=True)
class Since:
    """What changed since an earlier year.

    Attributes
    ----------
    year : int
    targeting : Targeting
        Of the areas of that year, in that year.
    dissimilarity, isolation : tuple of Part or None, n_counted
        None where either year has one side alone.
    """

    year: int
    targeting: Targeting
    dissimilarity: tuple[Part | None, ...]
    isolation: tuple[Part | None, ...]


@dataclass(frozen=True)
class Concentration:
    """What stands beside a designation.

    Attributes
    ----------
    designation : Designation
    people : People
        By unit.
    targeting : tuple of Targeting
        Of the designation, then of each rule that it is held against.
    segregation : Segregation
    since : Since or None
    clusters : mapping of str to LocalStatistics
        By the key of a criterion, or `COMPOSITE`.
    asked : Asked
    """

    designation: Designation
    people: People
    targeting: tuple[Targeting, ...]
    segregation: Segregation
    since: Since | None = None
    clusters: Mapping[str, LocalStatistics] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)

    @property
    def not_counted(self) -> tuple[str, ...]:
        """Keys of the criteria that are no shares of a count, of whom nobody is reached or missed."""
        counted = {criterion.key for criterion in self.people.criteria}
        return tuple(key for key in self.designation.policy.policy.keys if key not in counted)


def tables_of_both(job: Job, since: int | None, units: str | None) -> dict[str, str]:
    """The tables of units of the year and of the earlier one, as ``units`` and ``units_then``; none without a table.

    Parameters
    ----------
    job : Job
    since : int or None
    units : str or None
        In which ``{year}`` stands for either year.

    Raises
    ------
    InputError
        If the earlier year is none, or one table is named for two years.
    """
    problems = []
    if since is not None and since >= job.year:
        what = _("is no year before {year}").format(year=job.year)
        problems.append(Problem(f"--since {since}", what, _("Name an earlier one.")))
    if since is not None and units is not None and YEAR not in units:
        what = _("is one table, and --since asks for two years")
        problems.append(Problem(f"--units {units}", what, _("Let {year} stand for the year in its name.")))
    if problems:
        raise InputError(problems)
    years = {"units": job.year} | ({} if since is None else {"units_then": since})
    return {} if units is None else {name: units.replace(YEAR, str(year)) for name, year in years.items()}


def take_concentration(job: Job, asked: Asked, progress: Progress | None = None) -> Concentration:
    """Designate, and tell what stands beside it.

    Raises
    ------
    InputError
        If the call or the input is at fault, a rule to hold it against judges places that cannot be compared, or no
        criterion is a share of a count and no local statistics are asked for.
    """
    _check(job.policy.policy, asked)
    made = make_again(job, progress)
    policy, language = made.policy.policy, job.language
    people = find_people(made.units, policy)
    if not people.criteria and not asked.clusters:
        what = _("no criterion is a count of people among others, so there is nobody to reach")
        named = ", ".join(f"{one.key}: {one.numerator} / {one.denominator}" for one in policy.criteria)
        remedy = _("Give counts as numerator and denominator: {named}.").format(named=named)
        raise InputError(Problem(_("policy {id}").format(id=policy.id), what, remedy))
    area = made.areas.area_of_unit
    targeting = [find_targeting(made.area_set(), people, area)]
    for other in asked.against:
        targeting.append(_against(made, people, job, other, progress))
    since = None if asked.since is None else _since(people, asked.since, progress)
    if progress is not None and asked.clusters:
        progress(f"{made.year}: " + _("permuting", language))
    clusters = {
        key: find_local_statistics(_values(made, key), made.edges, asked.permutations, asked.seed, job.threads)
        for key in asked.clusters
    }
    segregation = find_segregation(people, area, len(made.areas), asked.seed)
    return Concentration(made, people, tuple(targeting), segregation, since, clusters, asked)


def _check(policy: Policy, asked: Asked) -> None:
    """Tell all that is wrong with what is asked for, before any work."""
    problems = []
    if asked.since is not None:
        first, last = policy.years
        if not first <= asked.since.year <= last:
            problems.append(outside_its_years(asked.since.policy, asked.since.year, f"--since {asked.since.year}"))
    known = [*policy.keys, *([] if policy.score.method == "none" else [COMPOSITE])]
    for key in asked.clusters:
        if key not in known:
            what, remedy = _("{policy} has no such criterion").format(policy=policy.id), _("It has {keys}.")
            problems.append(Problem(f"--clusters {key}", what, remedy.format(keys=", ".join(known))))
    if asked.permutations < FEWEST_PERMUTATIONS:
        what = _("says too little of chance")
        remedy = _("Ask for at least {fewest}.").format(fewest=FEWEST_PERMUTATIONS)
        problems.append(Problem(f"--permutations {asked.permutations}", what, remedy))
    ids = [policy.id, *(other.policy.id for other in asked.against)]
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        what, remedy = _("the policy {id} stands twice").format(id=one), _("Name each once, with an id of its own.")
        problems.append(Problem("--against", what, remedy))
    if problems:
        raise InputError(problems)
    check_seed(asked.seed)


def _values(made: Designation, key: str) -> Floats:
    """The values of units that local statistics are found of: their own, as rates read with neighbours are alike."""
    if key == COMPOSITE:
        return made.scores.composite_own
    return made.scores.rate_own[:, made.policy.policy.keys.index(key)]


def _against(made: Designation, people: People, job: Job, policy: LoadedPolicy, progress: Progress | None) -> Targeting:
    """Whom the areas of another rule reach, of those whom this one's criteria are about."""
    regions = job.around.regions if "region" in policy.policy.compare.weights else None
    around = dataclasses.replace(job.around, regions=regions)
    other = run(dataclasses.replace(job, policy=policy, previous="none", around=around), progress)
    areas = other.area_set()
    same = other.units.crs == made.units.crs and np.array_equal(other.units.unit_id, made.units.unit_id)
    if same:
        return find_targeting(areas, people, other.areas.area_of_unit)
    registers = made.inputs.registers
    if registers is None:
        what = _("judges other places than {policy}").format(policy=made.policy.policy.id)
        remedy = _(
            "Name policies over the same units, or registers, by which residents are counted at their addresses."
        )
        raise InputError(Problem(f"--against {policy.policy.id}", what, remedy))
    at_addresses = _people_of_areas(areas, made, registers, people.place, job.threads)
    told = find_targeting(areas, at_addresses, np.arange(len(areas) + 1, dtype=np.int64) - 1)
    # what is best is told by units, of which these areas are no sums
    return dataclasses.replace(told, at_best=np.full(len(people.criteria), np.nan))


def _people_of_areas(
    areas: AreaSet, made: Designation, registers: Path, among: Sequence[int], threads: int | None
) -> People:
    """Those whom the criteria are about, at their addresses: outside all areas, then in each."""

    def place(located: Located) -> tuple[Any, int]:
        area = areas.area_of(located.easting, located.northing, located.address_id)
        return (area + 1).astype(np.int32), len(areas) + 1

    policy = made.policy.policy
    return find_people(read_registers(registers, policy, place, threads, made.inputs.year), policy, among)


def _since(people: People, job: Job, progress: Progress | None) -> Since:
    """The same of the earlier year, and what became of both indices."""
    then = run(job, progress)
    before = find_people(then.units, then.policy.policy, people.place)
    parts: dict[bool, list[Part | None]] = {False: [], True: []}
    place = {criterion.key: k for k, criterion in enumerate(before.criteria)}
    for k, criterion in enumerate(people.criteria):
        now = people.affected[:, k], people.base[:, k]
        of = place.get(criterion.key)
        earlier = None if of is None else (before.affected[:, of], before.base[:, of])
        told = earlier is not None and all(0 < int(x.sum()) < int(t.sum()) for x, t in (now, earlier))
        for isolated, found in parts.items():
            found.append(decompose(earlier, now, isolated) if told and earlier is not None else None)
    targeting = find_targeting(then.area_set(), before, then.areas.area_of_unit)
    return Since(then.year, targeting, tuple(parts[False]), tuple(parts[True]))


REACH = ("reached", "others", "coverage", "leakage", "concentration")
"""Figures of `Targeting` by area and criterion, under their names in tables and data."""
INDICES = tuple(each.name for each in dataclasses.fields(Segregation))
"""Those of `Segregation`."""


def concentration_as_data(found: Concentration) -> dict[str, Any]:
    """Everything as plain data, for JSON."""
    made, since = found.designation, found.since
    data: dict[str, Any] = {
        "year": made.year,
        "policy": made.policy.policy.id,
        "source": made.inputs.source,
        "residents": made.status.residents,
        "residents_in_areas": made.status.residents_in_areas,
        "seed": found.asked.seed,
        "not_counted": list(found.not_counted),
        "targeting": [_targeting_as_data(each) for each in found.targeting],
        "segregation": {
            criterion.key: {name: plain(getattr(found.segregation, name)[k]) for name in INDICES}
            for k, criterion in enumerate(found.people.criteria)
        },
        "since": None,
        "clusters": {key: _clusters_as_data(found, key) for key in found.clusters},
        "notes": list(made.notes),
    }
    if since is not None:
        data["since"] = {
            "year": since.year,
            "targeting": _targeting_as_data(since.targeting),
            "criteria": {
                criterion.key: {
                    name: None if part is None else dataclasses.asdict(part)
                    for name, part in (("dissimilarity", since.dissimilarity[k]), ("isolation", since.isolation[k]))
                }
                for k, criterion in enumerate(found.people.criteria)
            },
        }
    return data


def _targeting_as_data(told: Targeting) -> dict[str, Any]:
    figures = {name: getattr(told, name) for name in REACH}

    def row(area: int) -> dict[str, Any]:
        return {
            criterion.key: {name: plain(values[area, k]) for name, values in figures.items()}
            for k, criterion in enumerate(told.criteria)
        }

    whole = {"affected": told.affected, "counted": told.base, "coverage_at_best": told.coverage_at_best}
    in_all = row(-1)
    for k, criterion in enumerate(told.criteria):
        in_all[criterion.key] |= {name: plain(values[k]) for name, values in whole.items()}
    areas = [
        {"area_id": one, "name": name, "residents": int(told.residents[i]), "criteria": row(i)}
        for i, (one, name) in enumerate(zip(told.area_id.tolist(), told.name.tolist(), strict=True))
    ]
    return {"policy": told.rule, "residents": int(told.residents[-1]), "criteria": in_all, "areas": areas}


def clusters_counted(found: Concentration, key: str) -> dict[str, tuple[int, int]]:
    """Each kind of cluster -> units and residents; `UNKNOWN` holds those of whom nothing can be said."""
    units, kinds = found.designation.units, found.clusters[key].cluster
    names = [name if name is not None else UNKNOWN for name in kinds.tolist()]
    kinds_there, of_unit = np.unique(np.array(names, dtype=str), return_inverse=True)
    counts = total(of_unit, np.stack([np.ones(len(units), dtype=np.int64), units.residents], axis=1), len(kinds_there))
    return {str(kind): (int(n), int(people)) for kind, (n, people) in zip(kinds_there, counts.tolist(), strict=True)}


UNKNOWN = "unknown"
"""A unit without a value, or without a neighbour that has one; every unit, where all have the same value."""


def _clusters_as_data(found: Concentration, key: str) -> dict[str, Any]:
    counted = clusters_counted(found, key)
    return {
        "permutations": found.asked.permutations,
        "false_discoveries": FALSE_DISCOVERIES,
        "kinds": {kind: {"units": n, "residents": residents} for kind, (n, residents) in counted.items()},
    }


def concentration_layers(found: Concentration) -> list[Layer]:
    """The tables ``targeting`` and ``segregation``, and the layer ``local_statistics`` where it was asked for."""
    layers = [Layer("targeting", as_table(_targeting_rows(found)))]
    criteria = found.people.criteria
    indices = {name: getattr(found.segregation, name) for name in INDICES}
    layers.append(Layer("segregation", as_table({"criterion": as_objects(one.key for one in criteria), **indices})))
    if found.clusters:
        layers.append(_local_layer(found))
    return layers


def _targeting_rows(found: Concentration) -> dict[str, Any]:
    """A row for each rule, area and criterion, all areas together first."""
    columns: dict[str, list[Any]] = {name: [] for name in ("policy", "area_id", "name", "criterion")}
    residents: list[int] = []
    figures: dict[str, list[float]] = {name: [] for name in (*REACH, "coverage_at_best")}
    for told in found.targeting:
        for area in (-1, *range(len(told.area_id))):
            for k, criterion in enumerate(told.criteria):
                columns["policy"].append(told.rule)
                columns["area_id"].append(None if area < 0 else told.area_id[area])
                columns["name"].append(None if area < 0 else told.name[area])
                columns["criterion"].append(criterion.key)
                residents.append(int(told.residents[area]))
                for name in REACH:
                    figures[name].append(float(getattr(told, name)[area, k]))
                figures["coverage_at_best"].append(float(told.coverage_at_best[k]) if area < 0 else np.nan)
    texts = {name: as_objects(values) for name, values in columns.items()}
    numbers = {name: np.array(values, dtype=np.float64) for name, values in figures.items()}
    first = {name: texts[name] for name in ("policy", "area_id", "name")}
    return {**first, "residents": np.array(residents, dtype=np.int64), "criterion": texts["criterion"], **numbers}


def _local_layer(found: Concentration) -> Layer:
    """Every unit once for each column that was asked for."""
    made, times = found.designation, len(found.clusters)
    units = made.units
    area_id = as_objects([*made.area_id, None])[made.areas.area_of_unit]
    told = list(found.clusters.values())
    columns = {
        "unit_id": np.tile(units.unit_id, times),
        "residents": np.tile(units.residents, times),
        "area_id": np.tile(area_id, times),
        "criterion": np.repeat(as_objects(found.clusters), len(units)),
        **{
            name: np.concatenate([getattr(each, name) for each in told])
            for name in ("value", "of_neighbours", "moran", "g_star", "p", "q", "cluster")
        },
    }
    wkb, kind = unit_wkb(units)
    return Layer("local_statistics", as_table(columns, np.tile(np.asarray(wkb), times)), kind, units.crs)
