"""The real engine behind the page: a year whose registers were read once, designated again by other settings."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from udsat_geo.designation.designation import Designation, Progress, Read, designate, read_units
from udsat_geo.designation.job import Job, find_inputs, ran_before, run
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import LoadedPolicy, load_text
from udsat_geo.registers.expressions import resolve_limits
from udsat_geo.registers.folders import years_in
from udsat_geo.report.explorer.knobs import Knob, knobs_of
from udsat_geo.report.explorer.settings import Decided, Line, Settings, overrides_text, policy_text, settings_of
from udsat_geo.scoring.scores import Yardstick, score_units
from udsat_geo.synthetic.write import YEARS
from udsat_geo.units.barriers import segment_lines

MOST_KEPT = 12
"""Designations that are held, so that going back is at once; own choice."""
CHANGED = "changed"


class Engine:
    """A designation, and what becomes of it by other settings.

    Parameters
    ----------
    job : Job
    base : str
        The policy begun with, as it was named: a built-in one or the path of a file.
    progress : callable, optional

    Attributes
    ----------
    made : Designation
        By the policy begun with.
    knobs : tuple of Knob
    begun : Settings
        What the job itself says: no value that differs, and the decisions of its overrides.
    """

    def __init__(self, job: Job, base: str, progress: Progress | None = None):
        self.job, self.base = job, base
        self.made: Designation = run(job, progress)
        self._read: Read = read_units(self.made.inputs, job.policy, job.threads, job.language)
        self.knobs: tuple[Knob, ...] = knobs_of(job.policy.policy, self._years())
        self.begun = Settings(decisions=_decisions_of(self.made))
        self._held: OrderedDict[Settings, Designation] = OrderedDict([(self.begun, self.made)])
        self._then: dict[int, Read] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="udsat-explorer-")
        self._lock = threading.RLock()

    def close(self) -> None:
        """Remove what was written on the way."""
        self._folder.cleanup()

    def settings(self, given: Any) -> Settings:
        """Settings as a page sends them.

        Raises
        ------
        InputError
            If they are none.
        """
        return settings_of(given, self.knobs)

    def designation(self, settings: Settings) -> Designation:
        """The year designated by settings.

        Raises
        ------
        InputError
            If they make no policy.
        """
        with self._lock:
            if settings not in self._held:
                self._held[settings] = self._made(settings)
                while len(self._held) > MOST_KEPT:
                    self._held.pop(next(old for old in self._held if old != self.begun))
            self._held.move_to_end(settings)
            return self._held[settings]

    def policy(self, settings: Settings, policy_id: str | None = None, beside: Path | None = None) -> LoadedPolicy:
        """The policy of settings, as it is read once it is saved beside other files.

        Raises
        ------
        InputError
            With every fault of it.
        """
        if not settings.values and policy_id is None:
            return self.job.policy
        policy_id = policy_id or f"{self.job.policy.policy.id[:50]}-{CHANGED}"
        text = self.text(settings, policy_id, beside)
        return load_text(text, self.base, f"{policy_id}.toml")

    def text(self, settings: Settings, policy_id: str, beside: Path | None = None) -> str:
        """The file of that policy; `beside` is the folder that it will lie in."""
        base = self.base
        if base not in BUILT_IN:
            base = Path(os.path.relpath(base, beside or Path())).as_posix()
        return policy_text(dict(settings.values), base, policy_id, self.knobs)

    def barriers_text(self, drawn: Sequence[Line]) -> str:
        """The barriers of the job, and those drawn, as the one file that ``designate --barriers`` takes."""
        known = self.made.surroundings.barriers
        lines = [] if known is None else [shapely.get_coordinates(line).tolist() for line in segment_lines(known)]
        features = [
            {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}}
            for line in [*lines, *([list(point) for point in line] for line in drawn)]
        ]
        crs = {"type": "name", "properties": {"name": _urn(self.made.units.crs)}}
        content = {"type": "FeatureCollection", "name": "barriers", "crs": crs, "features": features}
        return json.dumps(content, separators=(",", ":")) + "\n"

    def _made(self, settings: Settings) -> Designation:
        policy, inputs = self.policy(settings), self.made.inputs
        job = dataclasses.replace(self.job, policy=policy)
        around = dataclasses.replace(inputs.around, overrides=self._overrides(settings.decisions))
        if settings.barriers:
            drawn = self._written("barriers.geojson", self.barriers_text(settings.barriers))
            around = dataclasses.replace(around, barriers=drawn)
        inputs = dataclasses.replace(inputs, around=around)
        ran = ran_before(job, job.year, inputs)
        return designate(
            job.year, policy, inputs, self.made.previous, job.language, job.threads, None, ran,
            self._yardstick(policy), self._read,
        )  # fmt: skip

    def _overrides(self, decisions: Sequence[Decided]) -> Path | None:
        return self._written("overrides.csv", overrides_text(decisions)) if decisions else None

    def _written(self, name: str, text: str) -> Path:
        path = Path(self._folder.name) / name
        path.write_text(text, encoding="utf-8")
        return path

    def _yardstick(self, policy: LoadedPolicy) -> Yardstick | None:
        """The scale of the year that a policy holds; of the numbers of its registers, read once."""
        rule, made = policy.policy, self.made
        year = rule.score.scale_of
        if year is None or year == self.job.year:
            return None
        if rule.score.scale is not None:
            return None if made.scales is None else made.scales.yardstick
        if year not in self._then:
            inputs = find_inputs(dataclasses.replace(self.job, year=year), year)
            self._then[year] = read_units(inputs, self.job.policy, self.job.threads, self.job.language)
        units, found = self._then[year]
        scores = score_units(units, resolve_limits(rule, found["let"]))
        files = tuple((year, what, path) for what, path in found["files"].items())
        return Yardstick(year, rule.keys, scores.city, scores.spread, files=files)

    def _years(self) -> tuple[int, ...]:
        """The years that a yardstick can be of: those with people of their own."""
        inputs, year = self.made.inputs, self.job.year
        if inputs.source == "synthetic" and self.job.raw is None:
            return tuple(known for known in YEARS if known <= year)
        if inputs.registers is None:
            return ()
        return tuple(known for known in years_in(self.job.raw or inputs.registers.parent) if known <= year)


def _decisions_of(made: Designation) -> tuple[Decided, ...]:
    overrides = () if made.overrides is None else made.overrides.overrides
    ids = made.units.unit_id
    return tuple(
        Decided(each.action, tuple(ids[each.units].tolist()), each.reason, each.decided_by, each.date)
        for each in overrides
    )


def _urn(crs: str) -> str:
    authority, _colon, code = crs.partition(":")
    return f"urn:ogc:def:crs:{authority}::{code}"
