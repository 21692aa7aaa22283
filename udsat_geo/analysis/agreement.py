"""One city under many rules: whom all, some or none of them designate, and how far each two agree.

Residents are counted, not ground. Where all rules judge the same units, those are counted: a rule takes a unit whole or
not at all. Where they judge different ones, the residents are counted at their addresses, each in the area that holds
it (`udsat_geo.areas.area_set.AreaSet.area_of`), which is exact for cells, zones and addresses alike. Without registers
the units of the designation with the most of them are counted, each at a point inside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from udsat_geo.areas.ground import as_multipolygon, unit_polygons
from udsat_geo.changes.compare import (
    SYNTHETIC,
    Points,
    Weighing,
    Weights,
    area_of_points,
    find_points,
    points_of_designation,
    share,
)
from udsat_geo.designation.designation import Designation, Inputs, Progress, Read, check_year, designate
from udsat_geo.designation.earlier import Nowhere, Store
from udsat_geo.designation.job import (
    Job,
    find_inputs,
    find_previous,
    find_yardstick,
    is_synthetic,
    of_year,
    ran_before,
)
from udsat_geo.designation.layers import Layer, as_one_kind, as_table
from udsat_geo.designation.surroundings import Around
from udsat_geo.designation.together import read_together
from udsat_geo.kernels.arrays import Flags, Ints, Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.version import __version__
from udsat_geo.policy.load import LoadedPolicy, with_references
from udsat_geo.registers.expressions import check_limits
from udsat_geo.synthetic import DEFAULT_SEED

EVERY_TABLE = "units"
"""In place of a policy's id: the table of units of every policy that needs one and has none of its own."""


@dataclass(frozen=True)
class PoliciesJob:
    """What is asked for.

    Attributes
    ----------
    year : int
    policies : tuple of LoadedPolicy
        Two or more, with ids of their own.
    raw : Path or None
        Registers, as named; None is the default.
    units : mapping of str to Path
        Tables of units: by the id of the policy, or `EVERY_TABLE`; ``{year}`` in a name stands for the year.
    store : Store
        Where earlier designations are looked for that a policy of years running rests on.
    language : {"da", "en"}
    seed : int
        Of the synthetic city.
    threads : int or None
    notes : tuple of str
        What was found out on the way to the files.
    regions : Path or None
        Of policies that compare units with their region.
    """

    year: int
    policies: tuple[LoadedPolicy, ...]
    raw: Path | None = None
    units: Mapping[str, Path] = field(default_factory=dict)
    store: Store = field(default_factory=Nowhere)
    language: str = "da"
    seed: int = DEFAULT_SEED
    threads: int | None = None
    notes: tuple[str, ...] = ()
    regions: Path | None = None


@dataclass(frozen=True)
class Agreement:
    """Designations of one year by several policies, and the residents whom each takes in.

    Attributes
    ----------
    designations : tuple of Designation, n_policies
    points : Points
        Where the residents who are counted live: units, or addresses.
    area : int64, shape (n_policies, n_points)
        The area of each designation that holds each point; -1 is none.
    notes : tuple of str
    language : str
    """

    designations: tuple[Designation, ...]
    points: Points
    area: Ints
    notes: tuple[str, ...] = ()
    language: str = "da"

    @property
    def year(self) -> int:
        """The year of all of them."""
        return self.designations[0].year

    @property
    def ids(self) -> tuple[str, ...]:
        """The policies' ids."""
        return tuple(each.policy.policy.id for each in self.designations)

    @property
    def inside(self) -> Flags:
        """Whether each policy designates each point, shape (n_policies, n_points)."""
        return self.area >= 0

    @cached_property
    def of_both(self) -> Ints:
        """Residents whom each two policies designate, each with itself too, shape (n_policies, n_policies)."""
        inside = self.inside.astype(np.int64)
        return (inside * self.points.residents) @ inside.T

    @property
    def by_policies(self) -> Ints:
        """Residents whom none, one, ... all of the policies designate, shape (n_policies + 1,)."""
        counts = np.zeros(len(self.designations) + 1, dtype=np.int64)
        np.add.at(counts, self.inside.sum(axis=0), self.points.residents)
        return counts

    def share_of(self, policy: int, other: int) -> float:
        """The share of one policy's residents whom another designates too; NaN where it designates nobody."""
        both = self.of_both
        return share(int(both[policy, other]), int(both[policy, policy]))

    def overlap(self, policy: int, other: int) -> float:
        """Residents of both over residents of either (intersection over union); NaN where there are none."""
        both = self.of_both
        return share(int(both[policy, other]), int(both[policy, policy] + both[other, other] - both[policy, other]))

    def combinations(self) -> list[tuple[tuple[str, ...], int]]:
        """Every set of policies that designate somebody whom no other does, and those residents, the most first."""
        sets, of_point = np.unique(self.inside.T, axis=0, return_inverse=True)
        residents = np.zeros(len(sets), dtype=np.int64)
        np.add.at(residents, of_point.ravel(), self.points.residents)
        named = [tuple(one for one, there in zip(self.ids, row, strict=True) if there) for row in sets.tolist()]
        found = [(names, int(count)) for names, count in zip(named, residents.tolist(), strict=True) if names and count]
        return sorted(found, key=lambda each: (-each[1], each[0]))


def find_agreement(job: PoliciesJob, progress: Progress | None = None) -> Agreement:
    """Designate a year by several policies, and count who is designated by which.

    Each designation is made as of today, without any stored one: only a policy that remembers earlier areas
    (``[incumbents]``) is given its own earlier designation, and one of ``years_running`` those that are stored.

    Raises
    ------
    InputError
        With every fault of the call: fewer than two policies, two of one id, a policy that does not hold for the year
        or whose input is not there; and where the input is at fault.
    """
    inputs = _check(job, progress)
    read = _read(job, inputs, progress)
    made = []
    for policy, one, units in zip(job.policies, inputs, read, strict=True):
        told = None if progress is None else _named(progress, policy.policy.id)
        made.append(_designated(job, policy, one, units, told))
    points, notes = _points(job, made, progress)
    area = np.stack([_areas_of_points(each, points) for each in made])
    told_by = [
        f"{policy.policy.id}: {note}" for policy, each in zip(job.policies, made, strict=True) for note in each.notes
    ]
    notes = (*job.notes, *_each_once(told_by), *points.notes, *notes)
    return Agreement(tuple(made), points, area, tuple(dict.fromkeys(notes)), job.language)


def _named(progress: Progress, policy: str) -> Progress:
    return lambda step: progress(f"{policy}, {step}")


def _each_once(notes: Sequence[str]) -> list[str]:
    """Notes that every policy has in common without the policy's name."""
    plain: dict[str, list[str]] = {}
    for note in notes:
        plain.setdefault(note.partition(": ")[2], []).append(note)
    return [text if len(told) > 1 else told[0] for text, told in plain.items()]


def named_tables(texts: Sequence[str]) -> dict[str, str]:
    """Tables of units as a call names them: ``FILE`` for all policies, ``ID=FILE`` for one.

    Raises
    ------
    InputError
        If two are named for the same.
    """
    found: dict[str, str] = {}
    problems = []
    for text in texts:
        policy, given, file = text.partition("=")
        # an address of a service may hold the sign as well
        key, file = (policy, file) if given and "/" not in policy and "?" not in policy else (EVERY_TABLE, text)
        if key in found:
            what = _("is named twice") if key == EVERY_TABLE else _("is named twice for {policy}").format(policy=key)
            problems.append(Problem(f"--units {text}", what, _("Write POLICY=FILE where policies need several.")))
        found[key] = file
    if problems:
        raise InputError(problems)
    return found


def with_figures(policies: Sequence[LoadedPolicy], given: Sequence[str]) -> tuple[LoadedPolicy, ...]:
    """Policies with the references of a call, each where it has one of that name.

    Raises
    ------
    InputError
        If none of them has such a reference, or one cannot be read.
    """
    unknown = [
        text for text in given if not any(text.partition("=")[0].strip() in each.policy.references for each in policies)
    ]
    if unknown:
        what, remedy = _("no policy has such a reference"), _("Check its name, or leave it out.")
        raise InputError([Problem(f"--references {text}", what, remedy) for text in unknown])
    return tuple(
        with_references(each, [text for text in given if text.partition("=")[0].strip() in each.policy.references])
        for each in policies
    )


def _check(job: PoliciesJob, progress: Progress | None) -> list[Inputs]:
    """The input of each policy, found before any work is done; an error has all that is wrong."""
    problems = Problems()
    ids = [each.policy.id for each in job.policies]
    if len(ids) < 2:
        what, remedy = _("names fewer than two policies"), _("Name them with commas, as in kbh-2017,mine.toml.")
        raise InputError(Problem("--policies", what, remedy))
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        what, remedy = _("the policy {id} stands twice").format(id=one), _("Name each once, with an id of its own.")
        problems.messages.append(str(Problem("--policies", what, remedy)))
    for one in sorted({*job.units} - {*ids, EVERY_TABLE}):
        what = _("none of the policies has the id {id}").format(id=one)
        remedy = _("They are {ids}.").format(ids=", ".join(ids))
        problems.messages.append(str(Problem(f"--units {one}=...", what, remedy)))
    found = [problems.of(_input, job, policy, progress) for policy in job.policies]
    problems.check()
    return [each for each in found if each is not None]


def _input(job: PoliciesJob, policy: LoadedPolicy, progress: Progress | None) -> Inputs:
    """The input of one policy: registers, a table of units, or a table that registers fill."""
    problems = Problems()
    problems.of(check_year, job.year, policy)
    problems.of(check_limits, policy.policy)
    of_one = _job(job, policy)
    if of_one.units is None and _needs_table(policy):
        # so that data/raw is not taken for what it lacks
        where, what = _("policy {id}").format(id=policy.policy.id), _("needs a table of units")
        remedy = _("Name it with --units FILE, or --units {id}=FILE.").format(id=policy.policy.id)
        problems.messages.append(str(Problem(where, what, remedy)))
        problems.check()
    found = problems.of(find_inputs, of_one, job.year, progress)
    problems.check()
    return found  # type: ignore[return-value]


def _needs_table(policy: LoadedPolicy) -> bool:
    return policy.policy.reads_unit_table or policy.policy.units.kind == "zones"


def _job(job: PoliciesJob, policy: LoadedPolicy) -> Job:
    """The main job of one policy."""
    own = job.units.get(policy.policy.id)
    table = job.units.get(EVERY_TABLE) if own is None and _needs_table(policy) else own
    raw = None if policy.policy.reads_unit_table else job.raw
    compare = policy.policy.compare
    around = Around(regions=job.regions if "region" in compare.weights and compare.column is None else None)
    settings: dict[str, Any] = {"store": job.store, "language": job.language, "seed": job.seed, "threads": job.threads}
    return of_year(Job(job.year, policy, raw, table, around=around, **settings), job.year)


def _read(job: PoliciesJob, inputs: Sequence[Inputs], progress: Progress | None) -> list[Read]:
    """What each policy judges; registers are read once for each kind of units."""
    if progress is not None:
        progress(f"{job.year}: " + _("reading and placing", job.language))
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, (policy, one) in enumerate(zip(job.policies, inputs, strict=True)):
        key = (one.registers, one.unit_table, policy.policy.units.model_dump_json())
        groups.setdefault(key, []).append(place)
    problems, read = Problems(), dict[int, Read]()
    for members in groups.values():
        policies = [job.policies[place] for place in members]
        found = problems.of(read_together, inputs[members[0]], policies, job.threads, job.language)
        read |= dict(zip(members, found or [], strict=False))
    problems.check()
    return [read[place] for place in range(len(inputs))]


def _designated(
    job: PoliciesJob, policy: LoadedPolicy, inputs: Inputs, read: Read, progress: Progress | None
) -> Designation:
    """One designation, with what its policy looks back on and nothing else."""
    of_one, rule = _job(job, policy), policy.policy
    ran = ran_before(of_one, job.year, inputs)
    before, notes = None, tuple[str, ...]()
    if rule.incumbents.remembers:
        before, notes = find_previous(dataclasses.replace(of_one, store=Nowhere()), inputs, progress)
    yardstick, found_out = None, tuple[str, ...]()
    if rule.score.decides == "yardstick":
        yardstick, found_out = find_yardstick(of_one, inputs, before, progress)
    made = designate(
        job.year, policy, inputs, before, job.language, job.threads, progress, ran, yardstick, read
    )  # fmt: skip
    return dataclasses.replace(made, notes=(*made.notes, *notes, *found_out))


def _points(job: PoliciesJob, made: Sequence[Designation], progress: Progress | None) -> tuple[Points, tuple[str, ...]]:
    """Where the residents who are counted live, and what is to be said of them."""
    first = made[0].units
    same = all(
        each.units.crs == first.crs
        and np.array_equal(each.units.unit_id, first.unit_id)
        and np.array_equal(each.units.residents, first.residents)
        for each in made[1:]
    )
    if same:
        geometry: Objects = shapely.points(first.easting, first.northing)
        if first.kind != "addresses":
            geometry = unit_polygons(first, np.arange(len(first)))
        residents = int(first.residents.sum())
        weights = Weights("units", _file_of(job, made[0]), job.year, made[0].inputs.source, len(first), residents)
        units = (first.unit_id, first.easting, first.northing, first.residents, first.crs)
        return Points(*units, weights, geometry), ()
    registers = next((each.inputs.registers for each in made if each.inputs.registers is not None), None)
    if registers is not None:
        text = N_("The policies judge different units: residents are counted at their addresses.")
        weighing = Weighing(raw=registers, year=job.year, seed=job.seed)
        found = find_points(weighing, made[0].area_set(), made[1].area_set(), job.language, progress)
        if is_synthetic(Job(job.year, job.policies[0], job.raw)):
            weights = dataclasses.replace(found.weights, file=SYNTHETIC, source="synthetic")
            found = dataclasses.replace(found, weights=weights)
        return found, (_(text, job.language),)
    finest = max(made, key=lambda each: len(each.units))
    text = N_(
        "The policies judge different units: residents are those of {policy}, each unit at a point inside it. With "
        "--registers they are counted at their addresses."
    )
    found = points_of_designation(finest.area_set())
    return found, (_(text, job.language).format(policy=finest.policy.policy.id),)


def _file_of(job: PoliciesJob, made: Designation) -> str:
    if made.inputs.source == "synthetic":
        return SYNTHETIC
    path = made.inputs.unit_table if made.inputs.registers is None else made.inputs.registers
    return "" if path is None else path.name


def _areas_of_points(made: Designation, points: Points) -> Ints:
    """The area of a designation that holds each point, shape (n_points,)."""
    if points.weights.kind == "units":
        return made.areas.area_of_unit
    side = made.area_set()
    if points.of is not None and points.of.policy_id == side.policy_id:
        return made.areas.area_of_unit
    return area_of_points(dataclasses.replace(side, file=side.policy_id).in_crs(points.crs), points)[0]


def agreement_as_data(found: Agreement) -> dict[str, Any]:
    """All of it as plain data; shares are fractions, null of nothing."""
    both, city = found.of_both, int(found.points.residents.sum())
    n, ids, counts = len(found.ids), found.ids, found.by_policies.tolist()
    return {
        "version": __version__,
        "year": found.year,
        "counted": dataclasses.asdict(found.points.weights),
        "policies": [
            {
                "policy": one,
                "policy_sha256": made.policy.sha256,
                "source": made.inputs.source,
                "units": made.units.kind,
                "areas": len(made.areas),
                "residents": int(both[k, k]),
                "share_of_residents": _number(share(int(both[k, k]), city)),
            }
            for k, (one, made) in enumerate(zip(ids, found.designations, strict=True))
        ],
        "pairs": pair_rows(found),
        "designated_by": [
            {"policies": k, "residents": counts[k], "share_of_residents": _number(share(counts[k], city))}
            for k in range(n, -1, -1)
        ],
        "combinations": [{"policies": list(names), "residents": count} for names, count in found.combinations()],
        "notes": list(found.notes),
    }


def _number(value: float) -> float | None:
    return None if value != value else value


PAIRS = (
    "policy", "other", "residents", "residents_of_other", "residents_of_both", "share_of_policy",
    "intersection_over_union",
)  # fmt: skip
"""The columns of the table of pairs."""


def pair_rows(found: Agreement) -> list[dict[str, Any]]:
    """Every policy with every other one, in their order."""
    both, ids = found.of_both, found.ids
    rows = []
    for a, one in enumerate(ids):
        for b, other in enumerate(ids):
            if a != b:
                figures = (int(both[a, a]), int(both[b, b]), int(both[a, b]))
                shares = (_number(found.share_of(a, b)), _number(found.overlap(a, b)))
                rows.append(dict(zip(PAIRS, (one, other, *figures, *shares), strict=True)))
    return rows


def agreement_layers(found: Agreement) -> list[Layer]:
    """The layers ``agreement`` and ``policy_areas``, and the table ``policy_pairs``.

    ``agreement`` has every unit, or of addresses those where somebody lives, that a policy designates.
    """
    inside, points = found.inside, found.points
    by = inside.sum(axis=0)
    chosen = np.flatnonzero((by > 0) & ((points.residents > 0) | (points.weights.kind == "units")))
    ids = as_objects(found.ids)
    places = {
        "unit_id": points.unit_id[chosen],
        "residents": points.residents[chosen],
        "policies": by[chosen].astype(np.int64),
        "designated_by": as_objects(", ".join(ids[there]) for there in inside[:, chosen].T),
    }
    wkb, kind = as_one_kind(points.drawn(chosen), "Polygon")
    rows = pair_rows(found)
    pairs = {
        name: np.array([np.nan if row[name] is None else row[name] for row in rows]) for name in PAIRS[2:]
    }  # fmt: skip
    named = {name: as_objects(row[name] for row in rows) for name in PAIRS[:2]}
    return [
        Layer("agreement", as_table(places, wkb), kind, points.crs),
        _policy_areas(found),
        Layer("policy_pairs", as_table({**named, **pairs})),
    ]


def _policy_areas(found: Agreement) -> Layer:
    """The areas of all policies, with the residents who are counted in each."""
    crs = found.points.crs
    columns: dict[str, list[Any]] = {"policy": [], "area_id": [], "name": [], "residents": []}
    outlines: list[Any] = []
    for one, made, area in zip(found.ids, found.designations, found.area, strict=True):
        residents = np.zeros(len(made.areas), dtype=np.int64)
        np.add.at(residents, area[area >= 0], found.points.residents[area >= 0])
        columns["policy"] += [one] * len(made.areas)
        columns["area_id"] += made.area_id.tolist()
        columns["name"] += made.name.tolist()
        columns["residents"] += residents.tolist()
        outlines += made.area_set().in_crs(crs).outline.tolist()
    shapes = as_objects(as_multipolygon(each) for each in outlines)
    texts = {name: as_objects(values) for name, values in columns.items() if name != "residents"}
    table = {**texts, "residents": np.array(columns["residents"], dtype=np.int64)}
    return Layer("policy_areas", as_table(table, shapely.to_wkb(shapes)), "MultiPolygon", crs)


def ground_by_policies(found: Agreement) -> list[Any]:
    """The ground of the areas of at least one, two, ... all policies, in the system of what is counted."""
    ground: list[Any] = [shapely.MultiPolygon() for _each in found.designations]
    for made in found.designations:
        own = shapely.union_all(made.area_set().in_crs(found.points.crs).outline)
        for k in range(len(ground) - 1, 0, -1):
            ground[k] = shapely.union(ground[k], shapely.intersection(ground[k - 1], own))
        ground[0] = shapely.union(ground[0], own)
    return ground
