"""What every stratum of the city must measure in every year: published where published, ours where not.

Tabel 1 gives the 2017 areas and the rest of the city for 2017 to 2021, Tabel 22 the updated areas in 2021. The year
2025 continues the trend of 2017 to 2021, which is our own assumption.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.published import status_2021
from udsat_geo.synthetic.city import GONE_2021, GONE_2025, KEPT, N_STRATA, NEW_2021, NEW_2025, REST

CRITERIA = ("dwelling_area", "outside_labour_market", "low_income", "non_western_origin", "no_education")
OLD = (KEPT, GONE_2021, GONE_2025)  # strata inside the areas of 2017
UPDATED = (KEPT, GONE_2025, NEW_2021)  # strata inside the areas of 2021
YEARS = (2017, 2018, 2019, 2021, 2025)
# How far a small stratum stands on the way from the rest of the city (0) to the areas (1), by year. Our own choice.
_POSITION = {
    GONE_2021: (1.02, 0.85, 0.65, 0.14, 0.05),
    GONE_2025: (1.00, 1.00, 0.98, 0.95, 0.08),
    NEW_2021: (0.00, 0.12, 0.40, 1.00, 1.05),
    NEW_2025: (0.00, 0.00, 0.05, 0.15, 1.25),
}
_POSITION_DWELLING_AREA = {
    GONE_2021: (0.90, 0.85, 0.75, 0.50, 0.40),
    GONE_2025: (0.90, 0.90, 0.90, 0.85, 0.50),
    NEW_2021: (0.10, 0.25, 0.45, 0.90, 0.90),
    NEW_2025: (0.10, 0.15, 0.20, 0.30, 0.90),
}
# Printed figures are rounded to 0.1: within that, the two tables of 2021 leave room for clearer additions.
_ROUNDING_USED = 0.035
# Dwellings, from goal 17 (sums over tenure) for 2017, 2019 and 2021; 2018 between, 2025 our own.
DWELLINGS_CITY = {2017: 307_931, 2018: 313_400, 2019: 318_860, 2021: 329_960, 2025: 349_000}
DWELLINGS_AREAS = {2017: 68_329, 2018: 68_830, 2019: 69_327, 2021: 69_680, 2025: 70_900}
TENURES = ("owner_occupied", "private_rental", "cooperative", "social_housing", "public")
# Tenure of the two strata of the change of 2021: their difference is that of goal 17's updated column.
TENURE_GONE_2021 = (300, 1500, 900, 850, 50)
TENURE_NEW_2021 = (265, 700, 900, 1488, 51)
_OWN_TENURE_2025 = ((5_400, 13_900, 16_200, 34_050, 1_350), (77_000, 103_500, 96_500, 67_400, 4_600))


def _printed(table: str, criterion: str, year: int) -> float:
    values = status_2021()["table_1"][table][criterion]
    if str(year) in values:
        return float(values[str(year)])
    base = "2018" if criterion == "no_education" else "2017"  # the series breaks between 2017 and 2018
    slope = (values["2021"] - values[base]) / (2021 - int(base))
    return float(values["2021"] + slope * (year - 2021))


def stratum_rates(criterion: str, year: int, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rate each stratum must have so that the published unions come out.

    Parameters
    ----------
    criterion : str
    year : int
    base : float array, (N_STRATA,)
        The denominator's sum by stratum.

    Returns
    -------
    float array, (N_STRATA,)
        Fractions, or m2 per resident.
    """
    scale = 1.0 if criterion == "dwelling_area" else 0.01
    away = 1.0 if criterion == "dwelling_area" else -1.0
    areas, rest = _printed("areas", criterion, year), _printed("rest_of_city", criterion, year)
    if year == 2021:
        areas += away * _ROUNDING_USED
    table = _POSITION_DWELLING_AREA if criterion == "dwelling_area" else _POSITION
    rate = np.zeros(N_STRATA)
    for stratum, by_year in table.items():
        rate[stratum] = rest + by_year[YEARS.index(year)] * (areas - rest)
    if year == 2021:
        updated = float(status_2021()["table_22"][criterion]["areas_2021"]) - away * _ROUNDING_USED
        surplus = updated * base[list(UPDATED)].sum() - areas * base[list(OLD)].sum()
        rate[NEW_2021] = (surplus + rate[GONE_2021] * base[GONE_2021]) / base[NEW_2021]
    small = GONE_2021, GONE_2025
    inside = areas * base[list(OLD)].sum() - sum(rate[s] * base[s] for s in small)
    rate[KEPT] = inside / base[KEPT]
    outside = base[NEW_2021] + base[NEW_2025] + base[REST]
    rate[REST] = (rest * outside - rate[NEW_2021] * base[NEW_2021] - rate[NEW_2025] * base[NEW_2025]) / base[REST]
    return rate * scale


def share_out(total: int, weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers in proportion to weights that add up to a total, by largest remainders."""
    exact = weight / weight.sum() * total
    count: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.argsort(count - exact, kind="stable")
    count[order[: total - int(count.sum())]] += 1
    return count


def between(series: dict[int, float], year: int) -> float:
    """The value of a year in a series, on a straight line between the years it has."""
    years = sorted(series)
    return float(np.interp(year, years, [series[y] for y in years]))


def _tenure_totals(column: str, year: int) -> NDArray[np.float64]:
    goal = next(goal for goal in status_2021()["goal"] if goal["number"] == 17)["indicator"][0][column]
    own = _OWN_TENURE_2025[0 if column.endswith("areas") else 1]
    return np.array(
        [
            between({int(y): v for y, v in goal[t].items() if y != "updated"} | {2025: own[i]}, year)
            for i, t in enumerate(TENURES)
        ]
    )


def tenure_counts(year: int, dwellings: NDArray[np.int64]) -> NDArray[np.int64]:
    """Dwellings by stratum and tenure, shape (N_STRATA, 5), for the dwellings that stand in each stratum."""
    areas, city = _tenure_totals("dwellings_areas", year), _tenure_totals("dwellings_city", year)
    weight = np.zeros((N_STRATA, len(TENURES)))
    weight[GONE_2021], weight[NEW_2021] = TENURE_GONE_2021, TENURE_NEW_2021
    weight[GONE_2025] = areas / areas.sum() * dwellings[GONE_2025]
    weight[NEW_2025] = np.array([0.10, 0.22, 0.25, 0.42, 0.01]) * dwellings[NEW_2025]
    weight[KEPT] = areas - weight[GONE_2021] - weight[GONE_2025]
    weight[REST] = city - areas - weight[NEW_2021] - weight[NEW_2025]
    return np.stack([share_out(int(dwellings[s]), weight[s]) for s in range(N_STRATA)])


def amenity_counts(name: str, year: int, dwellings: NDArray[np.int64]) -> NDArray[np.int64]:
    """Dwellings lacking an amenity by stratum (goal 18): ``"bath"`` (toilet and/or bath) or ``"heating"``."""
    goal = next(goal for goal in status_2021()["goal"] if goal["number"] == 18)["indicator"]
    indicator = goal[0] if name == "bath" else goal[1]
    own_2025 = {"bath": (2_250.0, 16_700.0), "heating": (2_000.0, 4_600.0)}[name]
    areas = between({int(y): v for y, v in indicator["areas"].items()} | {2025: own_2025[0]}, year)
    city = between({int(y): v for y, v in indicator["city"].items()} | {2025: own_2025[1]}, year)
    count = np.zeros(N_STRATA)
    # the updated columns of goal 18 fix the difference of the two in 2021
    count[GONE_2021], count[NEW_2021] = (640.0, 85.0) if name == "bath" else (57.0, 60.0)
    count[GONE_2025] = 0.6 * areas * dwellings[GONE_2025] / dwellings[list(OLD)].sum()
    count[NEW_2025] = 40.0
    count[KEPT] = areas - count[GONE_2021] - count[GONE_2025]
    count[REST] = city - areas - count[NEW_2021] - count[NEW_2025]
    return np.rint(count).astype(np.int64)
