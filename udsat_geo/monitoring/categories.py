"""All categories of Bilag 1 in the areas, in the rest of the city and in the whole city."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.status import Status
from udsat_geo.monitoring.measure import measure_year
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy

FILE = "categories.toml"
SOURCE = "Københavns Kommune, Status på Politik for Udsatte Byområder 2021, Bilag 1"


@dataclass(frozen=True)
class Category:
    """A category of a group.

    Attributes
    ----------
    key : str
        Unique in its group.
    label : mapping of str
        ``da`` and ``en``.
    part_of : str or None
        The category that it is a part of; those of None add up to all whom the group counts.
    """

    key: str
    label: Mapping[str, str]
    part_of: str | None = None


@dataclass(frozen=True)
class Group:
    """What residents are divided by.

    Attributes
    ----------
    key : str
    criterion : str
        The criterion of designation that is one of its categories.
    label : mapping of str
        Whom it counts, ``da`` and ``en``.
    categories : tuple of Category
    """

    key: str
    criterion: str
    label: Mapping[str, str]
    categories: tuple[Category, ...]


@dataclass(frozen=True)
class CategoryYear:
    """The categories of one year.

    Attributes
    ----------
    year : int
    status : Status
        Its columns are the categories of all groups, group after group; its gap is the areas' share less that of the
        rest of the city, whichever is better.
    missing : mapping
        Key of a group -> columns that the registers lack, for groups that cannot be told.
    vintage : mapping
        Key of a group -> year of its data, where that is another year.
    """

    year: int
    status: Status
    missing: Mapping[str, tuple[str, ...]]
    vintage: Mapping[str, int]


@cache
def groups() -> tuple[Group, ...]:
    """The groups of Bilag 1, in its order of the criteria."""
    return tuple(
        Group(
            entry["key"],
            entry["criterion"],
            entry["label"],
            tuple(
                Category(each["key"], {lang: each[lang] for lang in ("da", "en")}, each.get("part_of"))
                for each in entry["categories"]
            ),
        )
        for entry in _content()["group"]
    )


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(resources.files("udsat_geo.monitoring").joinpath(FILE).read_text(encoding="utf-8"))


@cache
def policy_of_categories() -> Policy:
    """A policy that holds every category as a criterion, and no rule of designation."""
    content = _content()
    criteria = [
        {
            "key": f"{entry['key']}_{each['key']}",
            "label": {lang: each[lang] for lang in ("da", "en")},
            "register": "residents",
            "where": entry["where"],
            "numerator": each["numerator"],
            "worse": "high",
        }
        for entry in content["group"]
        for each in entry["categories"]
    ]
    rest = {"id": "categories", "years": [1, 9999], "rule": {"core": 0.0}, "let": content["let"]}
    return check_policy({**rest, "criteria": criteria}, FILE)


def measure_categories(
    folders: Mapping[int, Path], areas: AreaSet, threads: int | None = None
) -> tuple[CategoryYear, ...]:
    """Count the residents of each category in and around areas.

    Parameters
    ----------
    folders : mapping
        Year -> its registers, in the order of years.
    areas : AreaSet
        In the reference system of the registers.
    threads : int, optional
        For DuckDB; no result depends on it.

    Raises
    ------
    InputError
        If registers are at fault.
    """
    return tuple(_measure(year, folder, areas, threads) for year, folder in folders.items())


def _measure(year: int, folder: Path, areas: AreaSet, threads: int | None) -> CategoryYear:
    measured = measure_year(folder, policy_of_categories(), [areas], threads, year)
    of_group = dict(zip(policy_of_categories().keys, _group_of_column(), strict=True))
    vintage = measured.sums.settings.vintage
    return CategoryYear(
        year,
        measured.status(),
        {of_group[key].key: tuple(columns) for key, columns in measured.missing.items()},
        {each.key: vintage[each.criterion] for each in groups() if vintage.get(each.criterion, year) != year},
    )


def _group_of_column() -> Sequence[Group]:
    return [group for group in groups() for _category in group.categories]
