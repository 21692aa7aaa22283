"""A stored designation against the same year made anew: whether the two can differ, and by how much they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.designation import Designation, Inputs
from udsat_geo.designation.summary import Summary, sha256
from udsat_geo.kernels.arrays import Ints, Objects
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.registers.settings import settings_file
from udsat_geo.sources.features import file_of
from udsat_geo.sources.origins import name_of
from udsat_geo.units.units import Units


def rests_on(summary: Summary, policy: LoadedPolicy, inputs: Inputs) -> bool:
    """Whether a stored designation was made of just these inputs, by this policy and version, and nothing else.

    Then it need not be made anew to know what it holds. Decisions by hand and a memory of earlier areas are something
    else.

    Parameters
    ----------
    summary : Summary
        Of the stored one.
    policy : LoadedPolicy
    inputs : Inputs
        What it would be made of today.
    """
    rule = policy.policy
    same = (summary.version, summary.policy.sha256) == (__version__, policy.sha256)
    if not same or summary.overrides or rule.incumbents.remembers:
        return False
    if any(rule.references[name].value != each.value for name, each in summary.references.items()):
        return False
    named = [*inputs.around.named().values(), *([] if inputs.unit_table is None else [inputs.unit_table])]
    files = {name_of(file_of(path)): file_of(path) for path in named}
    told = {each.name: each.sha256 for each in summary.inputs}
    if not told.keys() >= files.keys():
        return False
    folder = inputs.registers
    if folder is not None:
        if (settings_file(folder) is None) != (summary.settings is None):
            return False
        told |= {} if summary.settings is None else {summary.settings.name: summary.settings.sha256}
        files = {name: folder / name for name in told} | files
    return all(name in files and files[name].exists() and sha256(files[name]) == told[name] for name in told)


def was_made_over(summary: Summary, unit_table: Path) -> bool:
    """Whether a stored designation was made over the zones of a table, which may be others than those of its year."""
    return sha256(file_of(unit_table)) in {each.sha256 for each in summary.inputs}


@dataclass(frozen=True)
class Differing:
    """By how much a stored designation and the same year made anew differ.

    Attributes
    ----------
    file : str
        What the stored one is called.
    year : int
    units : int
        How many are in an area of one of the two alone.
    stored_only, made_only : int
        The residents of those that only the stored one has in an area, and of those that only the other one has.
    other_ids : int
        Areas made anew whose id the stored one does not have.
    has_other_units : bool
        Whether the two have no unit in common.
    """

    file: str
    year: int
    units: int
    stored_only: int
    made_only: int
    other_ids: int
    has_other_units: bool

    def of_stored(self, language: str) -> tuple[str, ...]:
        """What is said where the stored one is continued from; nothing where they take in the same."""
        text = N_(
            "{file} is continued from as it was decided; made anew today, {year} would take in {more} residents more "
            "and leave {less} out ({units} units)."
        )
        return (self._told(text, language),) if self.units else ()

    def of_made(self, language: str) -> tuple[str, ...]:
        """What is said where the one made anew is shown; nothing where they have the same areas."""
        text = N_(
            "{year} is made anew here and not read from {file}, as it was decided: this takes in {more} residents more "
            "and leaves {less} out ({units} units); areas with other ids: {ids}."
        )
        return (self._told(text, language),) if self.units or self.other_ids else ()

    def _told(self, text: str, language: str) -> str:
        numbers = {"more": self.made_only, "less": self.stored_only, "units": self.units, "ids": self.other_ids}
        shown = {name: decimal(number, 0, language) for name, number in numbers.items()}
        return _(text, language).format(file=self.file, year=self.year, **shown)


def differs_by(stored: AreaSet, made: Designation) -> Differing:
    """Hold a stored designation against the same year made anew.

    Parameters
    ----------
    stored : AreaSet
        With its units.
    made : Designation
    """
    units, members = made.units, stored.members
    decided = _in_areas(members.unit_id, members.residents, members.area_of_unit)
    again = _in_areas(units.unit_id, units.residents, made.areas.area_of_unit)
    return Differing(
        file=stored.file if stored.path is None else Path(stored.path).name,
        year=made.year,
        units=len(decided.keys() ^ again.keys()),
        stored_only=sum(decided[unit] for unit in decided.keys() - again.keys()),
        made_only=sum(again[unit] for unit in again.keys() - decided.keys()),
        other_ids=len(set(made.area_id.tolist()) - set(stored.area_id.tolist())),
        has_other_units=bool(len(members))
        and all(set(members.unit_id.tolist()).isdisjoint(ids.tolist()) for ids in _ids_of(units)),
    )


def _ids_of(units: Units) -> Iterator[Objects]:
    """The ids of units: those that are held, which mostly are enough, and then all, where there are more."""
    yield units.unit_id
    if units.beyond is not None:
        yield units.all_ids()


def _in_areas(unit_id: Objects, residents: Ints, area_of_unit: Ints) -> dict[str, int]:
    """Unit in an area -> its residents."""
    inside = np.flatnonzero(area_of_unit >= 0)
    return dict(zip(unit_id[inside].tolist(), residents[inside].tolist(), strict=True))
