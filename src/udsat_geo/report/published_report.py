"""The figures of the printed status report of 2021, from its own Tabel 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from udsat_geo.policy import Policy, load_policy
from udsat_geo.published import status_2021
from udsat_geo.report.criteria_bars import Compared, compared, in_print
from udsat_geo.report.gap_lines import Beside, GapLines, gap_lines
from udsat_geo.report.origin import PUBLISHED, Origin, vintage_of
from udsat_geo.report.wording import PRINTED
from udsat_geo.scoring import gaps
from udsat_geo.status import Status
from udsat_geo.status.series import StatusSeries, series_of

POLICY, DESIGNATED = "kbh-2017", 2017
"""The policy whose criteria they are, and when the areas of Tabel 1 were designated."""
BREAKS = {"no_education": 2018}
"""Criterion -> year from which its data are of another kind; footnote 3 of the report."""


def published_series() -> StatusSeries:
    """Tabel 1: the areas of 2017 and the rest of the city, by year, shares as fractions.

    The report prints no residents and nothing of the whole city: 0, and NaN.
    """
    policy = load_policy(POLICY).policy
    table = status_2021()["table_1"]
    years = [int(year) for year in table["areas"][policy.keys[0]] if year.isdigit()]
    return series_of({year: _status(table, year, policy) for year in years})


def _status(table: dict[str, Any], year: int, policy: Policy) -> Status:
    areas, rest = (
        np.array([float(table[side][key][str(year)]) for key in policy.keys]) / in_print(policy)
        for side in ("areas", "rest_of_city")
    )
    return Status(areas, rest, np.full(len(areas), np.nan), gaps(areas, rest, policy), 0, 0)


def published_origin(language: str = "da") -> Origin:
    """The report, with the years of its data as it tells them at Figur 2."""
    policy, report = load_policy(POLICY).policy, status_2021()
    vintage = {key: int(report["criteria"][key]["vintage_of_status_2021"]) for key in policy.keys}
    year = published_series().years[-1]
    return Origin(PUBLISHED, "", year, vintage_of(policy, vintage, year, language))


def published_comparison(language: str = "da") -> Compared:
    """Figur 2 of the report."""
    series = published_series()
    policy = load_policy(POLICY).policy
    return compared(series.last, policy, series.years[-1], DESIGNATED, published_origin(language), language)


def published_gaps(language: str = "da") -> GapLines:
    """The gaps of Tabel 1 by year; those that Tabel 2 prints beside it are partly others.

    Raises
    ------
    ValueError
        If the built-in policy had no milestone.
    """
    policy = load_policy(POLICY).policy
    lines = gap_lines(published_series(), policy, DESIGNATED, published_origin(language), language)
    if lines is None:
        raise ValueError(f"{POLICY} has no milestone")
    breaks = {policy.keys.index(key): year for key, year in BREAKS.items()}
    return GapLines(**{**lines.__dict__, "breaks": breaks})


def published_beside(language: str = "da") -> Beside:
    """The printed gaps, to be drawn beside measured ones."""
    series = published_series()
    return Beside(PRINTED[language], series.years, in_print(load_policy(POLICY).policy) * series.gap)
