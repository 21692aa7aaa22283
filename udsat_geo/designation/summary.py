"""The summary of a designation: what it found and what it was made of; as JSON it stands beside every file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.scales import Designated, Scales
from udsat_geo.changes.diff import EVENTS, changed_areas
from udsat_geo.designation.designation import Designation
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import printable
from udsat_geo.scoring.comparators import regions_of_rows
from udsat_geo.scoring.scores import Yardstick
from udsat_geo.sources.crs import same_crs
from udsat_geo.sources.origins import name_of, origin_of, sha256_of
from udsat_geo.units.sums import INTERNAL, InputRead, Sums
from udsat_geo.units.units import Units

SETTINGS = "settings"
"""Among the files of a designation: what the registers' folder says of itself, which is no table."""


class Entry(BaseModel):
    """A part of a summary; keys that another version wrote are kept, values are what they are said to be."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, allow_inf_nan=False)


class PolicyFile(Entry):
    """A policy by its id, the name of its file, and that file's SHA-256."""

    id: str
    file: str = ""
    sha256: str = ""


class PolicyUsed(PolicyFile):
    """The policy that a designation was made by, and those that it extends."""

    extends: list[PolicyFile] = []


class PublisherUsed(Entry):
    """Who publishes the designation, and what may be done with it, as the policy says it."""

    name: str
    contact: str = ""
    licence: str = ""
    date: str | None = None
    basemap: str | None = None


class ReferenceUsed(Entry):
    """A figure that a limit is measured against, and where it comes from."""

    value: float | None = None
    source: str = ""


class LimitUsed(Entry):
    """A limit that the policy has as an expression, and its value."""

    expression: str
    value: float | None = None


class SettingsFile(Entry):
    """``registers.toml``, by its name and SHA-256."""

    name: str
    sha256: str


class InputFile(SettingsFile):
    """A file that was read, and its rows."""

    rows: int | None = None


class IntervalsCounted(Entry):
    """How many values of a column are intervals, and how wide these are together."""

    column: str
    values: int
    width: float


class CompareUsed(Entry):
    """What rates are compared with: each part with its weight, and the figures that are given."""

    weights: dict[str, float]
    residents: int = 0
    given: dict[str, LimitUsed] = {}


class ComparatorUsed(Entry):
    """What the units of a region, or all of them, are held against: figures and limits by criterion."""

    region: str | None = None
    units: int
    residents: int
    value: dict[str, float | None]
    limit: dict[str, float | None]


class GroupUsed(Entry):
    """A group of criteria: so many of them, and each that is required besides."""

    key: str
    label: str
    criteria: list[str]
    at_least: int
    require: list[str]


class LeaveByChanceUsed(Entry):
    """Residents whom chance may put out, and whom it is expected to put out and bring in at the threshold found."""

    residents: int
    expected: float
    expected_without: float
    expected_coming: float
    drawn: str
    draws: int


class RuleUsed(Entry):
    """What the policy asks of units and areas; a policy without a composite has neither core nor edge."""

    score: str = "gap_sd"
    core: float | None
    edge: float | None
    criteria: int
    require: list[str]
    years_running: int = 1
    own: float | None = None
    residents: int
    leave: float | None = None
    leave_by_chance: LeaveByChanceUsed | None = None
    keep_years: int = 0
    compare: CompareUsed | None = None
    groups: list[GroupUsed] = []
    groups_met: int = 1
    surrounded: list[str] | None = None


class CriterionUsed(Entry):
    """What a criterion is called, measured in, and held to."""

    key: str
    label: str
    unit: str
    share: bool
    worse: Literal["high", "low"]
    limit: float | None
    limit_factor: float | None = None
    quantile: float | None = None
    least_persons: int = 0
    spread: float | None = None


class DesignatedBy(Entry):
    """How much one scale designates."""

    areas: int
    residents_in_areas: int


class ScalesUsed(Entry):
    """The yardstick, and what it and the year's own scale designate; numbers by criterion."""

    yardstick_of: int
    source: str = ""
    city: dict[str, float | None]
    spread: dict[str, float | None]
    decides: Literal["year", "yardstick"]
    by_year: DesignatedBy
    by_yardstick: DesignatedBy


class AreaListed(Entry):
    """An area in short."""

    area_id: str
    name: str
    residents: int
    units: int
    composite: float | None
    since: int
    until: int | None = None


class DecisionListed(Entry):
    """A decision on a unit, and how many units it changed."""

    action: str
    unit_id: str | None
    units: int
    units_changed: int
    reason: str
    decided_by: str
    date: str


class StatusOfCriterion(Entry):
    """A criterion in the areas taken together, in the rest of the city and in the whole city."""

    criterion: str
    areas: float | None
    rest_of_city: float | None
    gap: float | None
    city: float | None


class PreviousDesignation(Entry):
    """What the previous designation was made by and from, and its file; None where it was made anew."""

    policy: str
    policy_sha256: str
    source: str
    file: str | None = None
    sha256: str | None = None


class ChangeListed(Entry):
    """What became of an area."""

    event: str
    area_id: str
    previous_ids: list[str]
    residents_added: int
    residents_removed: int
    residents_kept: int
    name: str | None = None
    since: int | None = None
    reason: str | None = None


class ChangesCounted(Entry):
    """The designation against the previous one."""

    previous_year: int
    previous: PreviousDesignation
    areas: dict[str, int]
    units: dict[str, int]
    residents: dict[str, int]
    events: list[ChangeListed]


class CertaintyUsed(Entry):
    """How sure the designation is: what was drawn, and residents by what the draws say of them."""

    drawn: str
    draws: int
    seed: int
    held: list[str] = []
    residents_sure: int
    residents_grey: int
    residents_grey_outside: int
    residents_leaving_by_chance: float
    residents_coming_by_chance: float


class Summary(Entry):
    """The summary of a designation: result and provenance, in the order in which the JSON has them.

    Attributes
    ----------
    source : str
        What the people come from: ``registers``, ``unit_table`` or ``synthetic``.
    audience : str
        For whom it is: the house itself, as its layers have exact numbers by unit. What may be published is made
        of it by ``udsat release``.
    counts : dict
        How many rows do not count, by reason.
    intervals : list of IntervalsCounted
        Of each column of a unit table that holds any.
    notes : list of str
        What was found out about the input.
    vintage : dict
        Criterion -> year of its data, where the registers say so.
    share_of_residents : float or None
        None of a city without residents.
    near_misses : dict
        Demand -> how many groups failed it alone.
    policy_texts : list of str
        The policy's file as it stands, then those that it extends, the nearest first.
    run : str
        Of all that came out: it stands in the GeoPackage too, so that files of two runs are told apart.

    Notes
    -----
    A summary that an older version wrote may lack what has a default here; see `Summary.lacks`.
    """

    year: Annotated[int, Field(ge=1, lt=10_000)]
    source: str
    audience: str = INTERNAL
    policy: PolicyUsed
    references: dict[str, ReferenceUsed] = {}
    limits: dict[str, LimitUsed] = {}
    version: str = ""
    inputs: list[InputFile]
    settings: SettingsFile | None = None
    counts: dict[str, int] = {}
    intervals: list[IntervalsCounted] = []
    notes: list[str] = []
    vintage: dict[str, int] = {}
    language: Literal["da", "en"] = "da"
    units: int | None = None
    crs: str | None = None
    residents: int = 0
    residents_in_areas: int = 0
    share_of_residents: float | None = None
    rule: RuleUsed | None = None
    criteria: list[CriterionUsed] = []
    comparators: list[ComparatorUsed] = []
    areas: list[AreaListed] = []
    scales: ScalesUsed | None = None
    near_misses: dict[str, int] = {}
    overrides: list[DecisionListed] = []
    status: list[StatusOfCriterion] = []
    changes: ChangesCounted | None = None
    certainty: CertaintyUsed | None = None
    publisher: PublisherUsed | None = None
    policy_texts: list[str] = []
    run: str = ""

    def __repr__(self) -> str:
        return f"<Summary of {self.year} by {self.policy.id}: {len(self.areas)} areas>"

    __str__ = __repr__

    def as_dict(self) -> dict[str, Any]:
        """As plain data, what stands in the JSON and no more."""
        return self.model_dump(exclude_unset=True)

    def as_written(self, crs: str | None) -> str | None:
        """A reference system as the summary writes it, where it is the same."""
        return self.crs if self.crs is not None and crs is not None and same_crs(self.crs, crs) else crs

    def lacks(self, *keys: str) -> bool:
        """Whether it does not say one of these, as of an older version."""
        return not self.model_fields_set.issuperset(keys)


def read_summary_text(text: str, name: str) -> Summary:
    """The summary that stands in a JSON text; `name` is where it stands, for messages.

    Raises
    ------
    InputError
        If it is no JSON, or no summary of a designation.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(Problem(name, _("is not JSON"), _("Make the designation again."))) from None
    try:
        return Summary.model_validate(_printable(content))
    except ValidationError as error:
        raise InputError(_misfits(error, name)) from None


def _printable(content: Any) -> Any:
    """Plain data without texts that a terminal would obey, which ours do not have; policies keep theirs."""
    if isinstance(content, dict):
        return {key: value if key == "policy_texts" else _printable(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_printable(value) for value in content]
    return printable(content) if isinstance(content, str) else content


def _misfits(error: ValidationError, name: str) -> Problem:
    """What keeps a text from being a summary, by its keys."""
    keys = [".".join(str(step) for step in entry["loc"]) for entry in error.errors(include_url=False)]
    told = dict.fromkeys(key for key in keys if key)
    what = _("is not the summary of a designation")
    if told:
        what = _("{what}: missing, or not of its kind: {keys}").format(what=what, keys=", ".join([*told][:_KEYS_TOLD]))
    return Problem(name, what, _("Make the designation again."))


_KEYS_TOLD = 5
_LISTED = {"areas": list(AreaListed.model_fields), "overrides": list(DecisionListed.model_fields)}
"""Layer -> the columns that the summary lists."""


def summarise(designation: Designation, tables: Mapping[str, Any], hashes: Mapping[str, str]) -> Summary:
    """The summary of a designation; the same designation gives the same.

    Parameters
    ----------
    designation : Designation
    tables : mapping
        Layer -> its Arrow table: areas, status and decisions are listed as they stand there.
    hashes : mapping
        SHA-256 of its input files by table.
    """
    policy, files, units = designation.policy, designation.files, designation.units
    decisions = tables["overrides"].select(_LISTED["overrides"]).to_pylist() if "overrides" in tables else []
    content = {
        "year": designation.year,
        "source": designation.inputs.source,
        "audience": INTERNAL,
        "policy": {
            "id": policy.policy.id,
            "file": policy.name,
            "sha256": policy.sha256,
            "extends": [{"id": base.id, "file": base.name, "sha256": base.sha256} for base in policy.bases],
        },
        "references": _references(designation),
        "limits": _limits(designation),
        "version": __version__,
        "inputs": [
            {"name": name_of(path), "sha256": hashes[table], "rows": designation.rows[table]}
            for table, path in files.items()
            if table != SETTINGS
        ],
        "settings": {"name": files[SETTINGS].name, "sha256": hashes[SETTINGS]} if SETTINGS in files else None,
        "counts": designation.counts,
        **({"intervals": [asdict(one) for one in designation.intervals]} if designation.intervals else {}),
        "notes": list(designation.notes),
        "vintage": designation.vintage,
        "language": designation.language,
        "units": len(units) + (0 if units.beyond is None else units.beyond.n_units),
        "crs": designation.units.crs,
        "residents": designation.status.residents,
        "residents_in_areas": designation.status.residents_in_areas,
        "share_of_residents": _number(designation.status.share_of_residents),
        "rule": _rule(designation),
        "criteria": _criteria(designation),
        **_comparators(designation),
        "areas": tables["areas"].select(_LISTED["areas"]).to_pylist(),
        "scales": _scales(designation),
        "near_misses": _near_misses(designation),
        "overrides": decisions,
        "status": tables["status"].to_pylist(),
        "changes": _changes(designation, tables["changes"]["reason"].to_pylist()),
        **_certainty(designation),
        **({} if policy.policy.publisher is None else {"publisher": policy.policy.publisher.model_dump()}),
        "policy_texts": list(policy.texts),
    }
    # by what came out, and not by the bytes of the input: rows in another order are the same run
    found = {key: value for key, value in content.items() if key not in ("inputs", "settings")}
    run = hashlib.sha256(as_json(found).encode()).hexdigest()[:16]
    return Summary.model_validate(content | {"run": run})


def _certainty(designation: Designation) -> dict[str, Any]:
    """How sure it is, where that was asked for."""
    chance = designation.chance
    if chance is None:
        return {}
    return {
        "certainty": {
            "drawn": chance.drawn,
            "draws": chance.draws,
            "seed": chance.seed,
            "held": list(chance.held),
            "residents_sure": int(chance.residents_sure.sum()),
            "residents_grey": int(chance.residents_grey.sum()),
            "residents_grey_outside": chance.grey_outside,
            "residents_leaving_by_chance": chance.leaving,
            "residents_coming_by_chance": chance.coming,
        }
    }


def as_json(content: Summary | Mapping[str, Any]) -> str:
    """A summary, or other plain data, as JSON text."""
    content = content.as_dict() if isinstance(content, Summary) else content
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def sha256(path: Path) -> str:
    """SHA-256 of a file; of a folder (some vector formats), of its files in the order of their names.

    That of a local copy is that of what it is a copy of.
    """
    origin = origin_of(path)
    if origin is not None:
        return origin.sha256
    if path.is_dir():
        whole = hashlib.sha256()
        for part in sorted(path.rglob("*")):
            if part.is_file():
                whole.update(part.name.encode() + sha256(part).encode())
        return whole.hexdigest()
    return sha256_of(path)


def with_hashes(sums: Sums) -> Sums:
    """Sums with the hashes of the files that they were taken from, where they do not have them."""
    if sums.inputs:
        return sums
    files, rows = sums.found["files"], sums.found["rows"]
    read = (InputRead(table, name_of(path), sha256(path), rows.get(table)) for table, path in files.items())
    return dataclasses.replace(sums, inputs=tuple(read))


def _rule(designation: Designation) -> dict[str, Any]:
    """What the policy asks of units and areas."""
    policy = designation.policy.policy
    rule = policy.rule
    return {
        "score": policy.score.method,
        "core": rule.core,
        "edge": None if rule.core is None else rule.edge_threshold,
        "criteria": rule.criteria,
        "require": list(rule.require),
        "years_running": rule.years_running,
        "own": rule.own,
        "residents": policy.areas.residents,
        "leave": policy.incumbents.leave_threshold,
        **_leave(designation),
        "keep_years": policy.incumbents.keep_years,
        **_compare(designation),
        **_groups(designation),
    }


def _leave(designation: Designation) -> dict[str, Any]:
    """How the threshold for leaving was found, where draws found it."""
    found = designation.leave
    if found is None:
        return {}
    return {
        "leave_by_chance": {
            "residents": found.allowed,
            "expected": found.leaving,
            "expected_without": found.leaving_without,
            "expected_coming": found.coming,
            "drawn": found.drawn,
            "draws": found.draws,
        }
    }


def _groups(designation: Designation) -> dict[str, Any]:
    """Groups of criteria, and what is asked of surrounded units, where the rule has them."""
    rule = designation.policy.policy.rule
    told: dict[str, Any] = {}
    if rule.groups:
        told["groups"] = [
            {
                "key": group.key,
                "label": group.label_in(designation.language),
                "criteria": list(group.criteria),
                "at_least": group.at_least,
                "require": list(group.require),
            }
            for group in rule.groups
        ]
        told["groups_met"] = rule.groups_met
    if rule.surrounded is not None:
        told["surrounded"] = list(rule.surrounded)
    return told


def _compare(designation: Designation) -> dict[str, Any]:
    """What rates are compared with, where it is more than the whole city."""
    compare, texts = designation.policy.policy.compare, designation.limits.given
    if compare.is_city:
        return {}
    given = {key: {"expression": texts.get(key, ""), "value": value} for key, value in compare.given.items()}
    return {"compare": {"weights": compare.weights, "residents": compare.residents, "given": given}}


def _comparators(designation: Designation) -> dict[str, Any]:
    """What the units of each region are held against, where it is more than the whole city alone."""
    policy, units, comparators = designation.policy.policy, designation.units, designation.scores.comparators
    if policy.compares_with_city_alone:
        return {}
    row = np.zeros(len(units), dtype=np.int64) if comparators.row_of_unit is None else comparators.row_of_unit
    has_regions = comparators.row_of_unit is not None and units.regions is not None
    region_of_row = regions_of_rows(units, policy) if has_regions else np.full(len(comparators.value), -1)
    listed = []
    for number, figures in enumerate(zip(comparators.value.tolist(), comparators.limit.tolist(), strict=True)):
        inside, region = row == number, int(region_of_row[number])
        value, limit = (dict(zip(policy.keys, map(_number, each), strict=True)) for each in figures)
        n_units, n_residents = _beyond(units, region)
        listed.append(
            {
                "region": None if units.regions is None or region < 0 else str(units.regions.name[region]),
                "units": int(inside.sum()) + n_units,
                "residents": int(units.residents[inside].sum()) + n_residents,
                "value": value,
                "limit": limit,
            }
        )
    return {"comparators": listed}


def _beyond(units: Units, region: int) -> tuple[int, int]:
    """How many units of a region, or of all (-1), are not among those held, and their residents."""
    beyond = units.beyond
    if beyond is None:
        return 0, 0
    if region < 0 or beyond.regions is None:
        return beyond.n_units, beyond.residents
    return int(beyond.regions.units[region]), int(beyond.regions.residents[region])


def _criteria(designation: Designation) -> list[dict[str, Any]]:
    """What each criterion is called, measured in, and held to."""
    return [
        {
            "key": criterion.key,
            "label": criterion.label_in(designation.language),
            "unit": criterion.unit,
            "share": criterion.is_share,
            "worse": criterion.worse,
            "limit": criterion.limit,
            **({} if criterion.limit_factor is None else {"limit_factor": criterion.limit_factor}),
            **(
                {"quantile": criterion.quantile, "least_persons": criterion.least_persons}
                if criterion.is_quantile
                else {}
            ),
            "spread": _number(designation.scores.spread[j]),
        }
        for j, criterion in enumerate(designation.policy.policy.criteria)
    ]


def _references(designation: Designation) -> dict[str, Any]:
    """The references that limits use, with where their values come from: of a plain number, the policy that has it."""
    policy = designation.policy.policy
    return {
        name: {
            "value": policy.references[name].value,
            "source": policy.references[name].source or policy.told_by(f"references.{name}"),
        }
        for name in designation.limits.references
    }


def _limits(designation: Designation) -> dict[str, Any]:
    """The limits that the policy has as expressions, as evaluated for this run."""
    value_of = {criterion.key: criterion.limit for criterion in designation.policy.policy.criteria}
    return {key: {"expression": text, "value": value_of[key]} for key, text in designation.limits.text.items()}


def _scales(designation: Designation) -> dict[str, Any] | None:
    """The yardstick, and what is designated by either scale."""
    scales = designation.scales
    if scales is None:
        return None
    held = scales.yardstick
    counts = {"by_year": scales.by_year, "by_yardstick": scales.by_yardstick}
    return {
        "yardstick_of": held.year,
        "source": held.source,
        "city": {key: _number(value) for key, value in zip(held.keys, held.city.tolist(), strict=True)},
        "spread": {key: _number(value) for key, value in zip(held.keys, held.spread.tolist(), strict=True)},
        "decides": scales.decides,
        **{name: {"areas": one.areas, "residents_in_areas": one.residents} for name, one in counts.items()},
    }


def scales_of(summary: Summary) -> Scales | None:
    """The scales that a summary tells of."""
    told = summary.scales
    if told is None:
        return None
    keys = tuple(told.city)
    city, spread = (
        np.array([np.nan if of.get(key) is None else of[key] for key in keys], dtype=float)
        for of in (told.city, told.spread)
    )
    by_year, by_that = (Designated(one.areas, one.residents_in_areas) for one in (told.by_year, told.by_yardstick))
    return Scales(Yardstick(told.yardstick_of, keys, city, spread, told.source), told.decides, by_year, by_that)


def _near_misses(designation: Designation) -> dict[str, int]:
    """How many groups failed each demand alone."""
    return dict(Counter(miss.demand for miss in designation.near_misses))


def _changes(designation: Designation, reasons: Sequence[str | None]) -> dict[str, Any] | None:
    """What changed; `reasons` are why areas are removed, None for all others."""
    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return None
    events = [
        {
            "event": row.event,
            "area_id": row.area_id,
            "previous_ids": list(row.previous),
            "residents_added": row.added,
            "residents_removed": row.removed,
            "residents_kept": row.kept,
            "name": row.name,
            "since": row.since,
            "reason": reason,
        }
        for row, reason in zip(changed_areas(changes, before, designation), reasons, strict=True)
    ]
    return {
        "previous_year": changes.previous_year,
        "previous": _previous(before),
        "areas": {event: changes.count(event) for event in EVENTS},
        "units": {"added": changes.units_added, "removed": changes.units_removed, "kept": changes.units_kept},
        "residents": {
            "added": int(changes.residents_added.sum()),
            "removed": int(changes.residents_removed.sum()),
            "kept": int(changes.residents_kept.sum()),
        },
        "events": events,
    }


def _previous(before: AreaSet) -> dict[str, Any]:
    """What was continued from: by and of what it was made, and its file; in a database it is called as a file is."""
    stored = bool(before.sha256)
    return {
        "policy": before.policy_id,
        "policy_sha256": before.policy_sha256,
        "source": before.source,
        "file": (f"designation_{before.year}" if before.path is None else name_of(before.path)) if stored else None,
        "sha256": before.sha256 or None,
    }


def _number(value: float) -> float | None:
    """A float that JSON can hold: NaN is null."""
    return None if math.isnan(value) else float(value)
