"""Where the figures of a figure come from: what stands under each."""

from __future__ import annotations

from dataclasses import dataclass, field

from udsat_geo.designation import Designation
from udsat_geo.policy import Policy
from udsat_geo.report.wording import ORIGIN, SOURCES

PUBLISHED = "published"


@dataclass(frozen=True)
class Origin:
    """Where data come from.

    Attributes
    ----------
    source : {"registers", "synthetic", "unit_table", "published"}
    policy : str
        Id of the policy; empty where none plays a part.
    year : int
        Of the data, where `vintage` says nothing else.
    vintage : dict
        Name of a criterion -> year of its data.
    areas : str
        The file that the areas come from; empty where they were designated.
    """

    source: str
    policy: str
    year: int
    vintage: dict[str, int] = field(default_factory=dict)
    areas: str = ""

    def lines(self, language: str) -> list[str]:
        """What is said of it: the source, and the years of the data."""
        words = ORIGIN[language]
        told = words["source"].format(source=SOURCES[language][self.source])
        if self.policy:
            told += words["policy"].format(policy=self.policy)
        if self.areas:
            told += words["areas"].format(file=self.areas)
        return [f"{told} {self._years(language)}"]

    def _years(self, language: str) -> str:
        words = ORIGIN[language]
        years = list(dict.fromkeys(sorted(self.vintage.values(), reverse=True)))
        if len(years) < 2:
            return words["same"].format(years=years[0] if years else self.year)
        told = [
            f"{_joined([name for name, of in self.vintage.items() if of == year], words['and'])} {year}"
            for year in years
        ]
        return words["data"].format(year=self.year, years="; ".join(told))


def _joined(names: list[str], last: str) -> str:
    lower = [name[:1].lower() + name[1:] for name in names]
    return lower[0] if len(lower) == 1 else f"{', '.join(lower[:-1])} {last} {lower[-1]}"


def origin_of(designation: Designation, language: str | None = None) -> Origin:
    """Where a designation comes from; in its own language, unless another is named."""
    policy = designation.policy.policy
    vintage = vintage_of(policy, designation.vintage, designation.year, language or designation.language)
    return Origin(designation.inputs.source, policy.id, designation.year, vintage)


def vintage_of(policy: Policy, vintage: dict[str, int], year: int, language: str) -> dict[str, int]:
    """The year of the data of each criterion, by its name; where none is told, the year of the registers."""
    return {criterion.label_in(language): vintage.get(criterion.key, year) for criterion in policy.criteria}
