"""A designation at work: its sums by unit, edges and rates in memory; another rule makes anew only what it changes.

Nothing is read but what lies around the units where that is changed. What a workbench gives is the same designation,
to the last byte of its layers, as `udsat_geo.designation.job.run` makes by the changed policy from the registers; one
note alone is left out: how a stored designation of an earlier year would come out if it were made today.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.designation import Designation, Progress
from udsat_geo.designation.earlier import Earlier, Store
from udsat_geo.designation.job import Job, run
from udsat_geo.designation.kept import Kept
from udsat_geo.designation.surroundings import Around
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, repr=False)
class Workbench:
    """Finished units with their sums, edges and rates, to be judged by other rules.

    Attributes
    ----------
    job : Job
        What is designated, by which policy, with what around it.

    Examples
    --------
    >>> import udsat_geo as ug
    >>> bench = ug.workbench(2025)  # doctest: +SKIP
    >>> bench.with_rule(core=1.2, edge=0.6).designation().name  # doctest: +SKIP
    """

    job: Job

    @classmethod
    def of(cls, designation: Designation) -> Workbench:
        """The workbench of a designation that a job made; its people are not read again.

        Those of earlier years that it needs are read once, where their designations are not stored.

        Raises
        ------
        InputError
            If the designation was made by no job: read back from a file, or put together by hand.
        """
        job = designation.job
        if job is None:
            what = _("was made without its input at hand, so no other rule can be tried")
            raise InputError(Problem(str(designation.year), what, _("Designate again, and use what that returns.")))
        return cls.made_by(job, designation)

    @classmethod
    def made_by(cls, job: Job, designation: Designation | None = None, progress: Progress | None = None) -> Workbench:
        """The workbench of a job: its input is read once, and never again.

        Parameters
        ----------
        job : Job
        designation : Designation, optional
            That the job made, where it has been made.
        progress : callable, optional

        Raises
        ------
        InputError
            If the input is at fault.
        """
        kept = (
            Kept(is_trial=True) if job.kept is None else dataclasses.replace(job.kept, is_trial=True, is_closed=False)
        )
        kept = dataclasses.replace(kept, sums=dict(kept.sums))
        if designation is not None and designation.sums is not None:
            kept.sums[designation.year] = designation.sums
        job = dataclasses.replace(job, kept=kept, store=KeptStore(job.store))
        run(job, progress)
        kept.is_closed = True
        return cls(job)

    def __repr__(self) -> str:
        changed = ", ".join(f"{key} = {value!r}" for key, value in self.policy.changes.items())
        return f"<Workbench of {self.year}: {self.policy.policy.id}{changed and f' ({changed})'}>"

    @property
    def policy(self) -> LoadedPolicy:
        """The policy with all that was changed."""
        return self.job.policy

    @property
    def year(self) -> int:
        """The year designated."""
        return self.job.year

    def with_rule(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Workbench:
        """The same people by a changed policy: any key that judges, as `udsat_geo.policy.load.LoadedPolicy.with_`.

        Raises
        ------
        InputError
            With everything that is wrong with the changes, and every key by which people would be counted otherwise:
            that needs the registers.
        """
        return self.with_policy(self.policy.with_(changes, **more))

    def with_policy(self, policy: LoadedPolicy) -> Workbench:
        """The same people by another policy, which counts the same.

        Raises
        ------
        InputError
            With every key by which people would be counted otherwise.
        """
        kept = self.job.kept
        if kept is not None and policy is not self.policy:
            kept.take(self.year, policy.policy.without_indices)
        return dataclasses.replace(self, job=dataclasses.replace(self.job, policy=policy))

    def with_around(self, **files: str | Path | None) -> Workbench:
        """The same with other files around the units: ``barriers``, ``crossings``, ``places``, ``parcels``,
        ``regions``, ``overrides``; None is what lies beside the registers, if anything.
        """  # fmt: skip
        known = {part.name for part in dataclasses.fields(Around)} - {"crosswalk"}
        if odd := sorted(files.keys() - known):
            raise TypeError(f"lies around no units: {', '.join(odd)}")
        paths = {name: None if path is None else Path(path) for name, path in files.items()}
        around = dataclasses.replace(self.job.around, **paths)
        return dataclasses.replace(self, job=dataclasses.replace(self.job, around=around))

    def designation(self) -> Designation:
        """The designation by the policy as it is now.

        Raises
        ------
        InputError
            If the policy asks for what the sums do not tell, or a file around the units is at fault.
        """
        return run(self.job)


class KeptStore:
    """A store whose designations are read once."""

    def __init__(self, store: Store) -> None:
        self._store, self._found = store, dict[Any, Any]()

    @property
    def is_database(self) -> bool:
        """Whether it is one."""
        return self._store.is_database

    def place(self, year: int) -> str:
        """Where the designation of a year lies."""
        return self._store.place(year)

    def find(self, year: int) -> Earlier | None:
        """The designation of a year."""
        if year not in self._found:
            found = self._store.find(year)
            self._found[year] = None if found is None else _read_once(found)
        earlier: Earlier | None = self._found[year]
        return earlier

    def read(self, where: str, places: bool) -> AreaSet:
        """A designation that is named by its file."""
        if (where, places) not in self._found:
            self._found[where, places] = self._store.read(where, places)
        areas: AreaSet = self._found[where, places]
        return areas


def _read_once(found: Earlier) -> Earlier:
    areas: dict[bool, AreaSet] = {}
    units: list[Any] = []

    def area_set(places: bool) -> AreaSet:
        if places not in areas:
            areas[places] = found.area_set(places)
        return areas[places]

    def all_units() -> Any:
        if not units:
            units.append(found.units())
        return units[0]

    return Earlier(found.summary, area_set, all_units)
