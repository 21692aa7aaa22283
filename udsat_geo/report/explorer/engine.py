"""The real engine behind the page: a workbench, whose people were read once, judged by other settings."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from udsat_geo.analysis.certainty import Certainty, take_certainty
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.designation import Designation, Progress
from udsat_geo.designation.earlier import Earlier, Store
from udsat_geo.designation.job import Job, is_synthetic, of_year, rests_on_sums
from udsat_geo.designation.layers import layers_of
from udsat_geo.designation.workbench import Workbench
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.registers.folders import folder_of_year
from udsat_geo.report.explorer.knobs import Knob, knobs_of
from udsat_geo.report.explorer.settings import Decided, Line, Settings, overrides_text, settings_of
from udsat_geo.units.barriers import segment_lines

DRAWS_HERE = 100
"""Half as many as `udsat certainty` draws, so that the answer comes while one looks; own choice."""
MOST_KEPT = 12
"""Designations that are held, so that going back is at once; own choice."""


class _LastRound:
    """A store in which the round before stands, as the policy begun with made it: no rule that is tried undoes it.

    Attributes
    ----------
    made : Designation
        Of that round.
    """

    def __init__(self, store: Store, made: Designation):
        self._store, self.made = store, made
        layers, areas = layers_of(made), made.area_set()
        self._found = Earlier(layers.summary, lambda places: areas, lambda: layers.layers["units"].table)

    @property
    def is_database(self) -> bool:
        """Whether the store is one."""
        return self._store.is_database

    def place(self, year: int) -> str:
        """Where the designation of a year lies."""
        return self._store.place(year)

    def find(self, year: int) -> Earlier | None:
        """The designation of a year."""
        return self._found if year == self.made.year else self._store.find(year)

    def read(self, where: str, places: bool) -> AreaSet:
        """A designation that is named by its file."""
        return self._store.read(where, places)


def _with_last_round(job: Job, progress: Progress | None) -> Job:
    """A job whose last round is settled: the stored one, else the one that its own policy makes, once."""
    before = job.year - job.policy.policy.cadence
    if job.previous is not None or job.store.find(before) is not None or job.policy.policy.rule.years_running > 1:
        return job
    earlier = of_year(dataclasses.replace(job, year=before, around=job.around.of_earlier()), before)
    is_known = is_synthetic(job) or rests_on_sums(job)
    if not is_known and (job.raw is None or folder_of_year(job.raw, before) is None):
        return job
    try:
        bench = Workbench.made_by(earlier, progress=progress)
    except InputError:
        # there is nothing to compare with
        return job
    return dataclasses.replace(job, kept=bench.job.kept, store=_LastRound(job.store, bench.designation()))


class Engine:
    """A workbench, and what becomes of its designation by other settings.

    Parameters
    ----------
    bench : Workbench
        By the policy begun with.

    Attributes
    ----------
    made : Designation
        By the policy begun with.
    knobs : tuple of Knob
    begun : Settings
        What the job itself says: no value that differs, and the decisions of its overrides.
    """

    def __init__(self, bench: Workbench):
        self.bench = bench
        self.made: Designation = bench.designation()
        self.knobs: tuple[Knob, ...] = knobs_of(bench.policy.policy, self._years())
        self.begun = Settings(decisions=_decisions_of(self.made))
        self._held: OrderedDict[Settings, Designation] = OrderedDict([(self.begun, self.made)])
        self._folder = tempfile.TemporaryDirectory(prefix="udsat-explorer-")
        self._lock = threading.RLock()

    @classmethod
    def of(cls, job: Job, progress: Progress | None = None) -> Engine:
        """The engine of a job: its people are read once.

        Raises
        ------
        InputError
            If the input is at fault.
        """
        return cls(Workbench.made_by(_with_last_round(job, progress), progress=progress))

    @property
    def last_round_made(self) -> int | None:
        """The year of the last round, where it is stored nowhere and was made for this."""
        store = self.bench.job.store
        inner = getattr(store, "_store", store)
        return inner.made.year if isinstance(inner, _LastRound) else None

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
                self._held[settings] = self._tried(settings).designation()
                while len(self._held) > MOST_KEPT:
                    self._held.pop(next(old for old in self._held if old != self.begun))
            self._held.move_to_end(settings)
            return self._held[settings]

    def certainty(self, settings: Settings) -> Certainty:
        """How sure the designation by settings is, by draws.

        Raises
        ------
        InputError
            If nothing can be drawn.
        """
        made = self.designation(settings)
        return take_certainty(made, dataclasses.replace(self.bench.job, policy=made.policy), DRAWS_HERE)

    def policy(self, settings: Settings, policy_id: str | None = None) -> LoadedPolicy:
        """The policy of settings; `policy_id` is what it is to be called.

        Raises
        ------
        InputError
            With every fault of it.
        """
        kinds = {knob.key: knob.kind for knob in self.knobs}
        values = {key: {"worst": at} if kinds[key] == "share" else at for key, at in settings.values}
        return self.bench.policy.with_(values if policy_id is None else {**values, "id": policy_id})

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

    def _tried(self, settings: Settings) -> Workbench:
        tried = self.bench.with_policy(self.policy(settings))
        if settings.decisions != self.begun.decisions:
            text = overrides_text(settings.decisions)
            tried = tried.with_around(overrides=self._written("overrides.csv", text) if settings.decisions else None)
        if settings.barriers:
            text = self.barriers_text(settings.barriers)
            tried = tried.with_around(barriers=self._written("barriers.geojson", text))
        return tried

    def _written(self, name: str, text: str) -> Path:
        """A file named after its content: a reader may know one of the same name, size and second already."""
        stem, _dot, suffix = name.partition(".")
        path = Path(self._folder.name) / f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.{suffix}"
        if not path.exists():
            path.write_text(text, encoding="utf-8")
        return path

    def _years(self) -> tuple[int, ...]:
        """The years that a yardstick can be of: those that the policy names, or that people are known of."""
        held = self.bench.policy.policy.score.scale_of
        return () if held is None else tuple(sorted({held, self.made.year}))


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
