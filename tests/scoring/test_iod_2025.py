"""The English indices of 2025: published scores from published ranks, and the share of the zones that is designated."""

from __future__ import annotations

import csv
import dataclasses
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from builders import make_policy, make_scores
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import composite_of_rates, with_thresholds

SAMPLE = Path(__file__).parent.parent / "data" / "iod_2025_sample.csv"
ZONES = 33_755
IOD = load_policy("iod-2025")
SUM_OF_WEIGHTS = 0.999
"""The published weights make 99.9 %, and the published score is their plain sum, no mean."""


def sample() -> list[dict[str, float]]:
    with SAMPLE.open(encoding="utf-8") as file:
        return [{key: float(value) for key, value in row.items() if value[0] != "E"} for row in csv.DictReader(file)]


def test_published_scores_come_of_the_published_ranks_of_the_domains() -> None:
    """A few zones cannot be ranked, but all of England's ranks are known: they are the scale that these are put on."""
    rows = sample()
    # the least deprived has the rank 33,755, and is the first on a rising scale
    rate = np.array([[ZONES + 1 - row[f"{key}_rank"] for key in IOD.policy.keys] for row in rows])
    scale = tuple(np.arange(1.0, ZONES + 1) for _ in IOD.policy.keys)
    scores = dataclasses.replace(make_scores([0.0]), scale=scale)
    composite = composite_of_rates(rate, scores, IOD.policy, np.zeros(len(IOD.policy.keys)))
    published = np.array([row["imd_score"] for row in rows])
    np.testing.assert_allclose(SUM_OF_WEIGHTS * composite, published, rtol=0, atol=0.001)
    np.testing.assert_allclose(composite, published, rtol=0, atol=0.2)
    assert sum(criterion.weight for criterion in IOD.policy.criteria) == pytest.approx(100 * SUM_OF_WEIGHTS)


def write_zones(path: Path, scores: list[float]) -> None:
    """Zones in a row that score alike on all domains, with the columns of the published file."""
    names = [theirs[-1] for ours, theirs in IOD.policy.units.columns.items() if ours != "residents"]
    rows = [
        {"lsoa21_code": f"E{place:08}", "lsoa21_name": f"Town {place}", "Total population: mid 2022": 1500,
         **dict.fromkeys(names, score)}
        for place, score in enumerate(scores)
    ]  # fmt: skip
    places = [shapely.box(400_000 + 500 * i, 300_000, 400_500 + 500 * i, 300_500) for i in range(len(rows))]
    gpd.GeoDataFrame(rows, geometry=places, crs="EPSG:27700").to_file(path)


@pytest.mark.long
def test_the_worst_tenth_of_the_zones_is_designated(tmp_path: Path) -> None:
    """20 zones of one city, as columns of the published file: the two worst are an area, scores below 0 or not."""
    scores = [-3.0 + place for place in range(20)]
    write_zones(tmp_path / "zones.gpkg", scores)
    made = designate(2025, IOD, Inputs(None, tmp_path / "zones.gpkg", "unit_table"))
    assert made.units.unit_id[made.areas.area_of_unit >= 0].tolist() == ["E00000018", "E00000019"]
    assert len(made.areas) == 1
    top = -23 * math.log(1 - 19 / 20 * (1 - math.exp(-100 / 23)))
    assert made.policy.policy.rule.core == pytest.approx(top)


# --- shares of the units as thresholds ----------------------------------------------------------------------


def worst(share: float, **rule: object) -> Policy:
    return make_policy(rule={"core": {"worst": share}, **rule})


def threshold(share: float, composite: list[float], residents: list[int] | None = None) -> float:
    scores = make_scores(composite)
    living = np.array(residents or [10] * len(composite), dtype=np.int64)
    return with_thresholds(worst(share), scores, living).rule.core_threshold


def test_a_share_is_the_composite_of_the_last_unit_that_it_reaches() -> None:
    composite = [float(place) for place in range(100)]
    assert threshold(0.10, composite) == 90.0
    assert threshold(0.29, composite) == 71.0, "0.29 of 100 is 29, whatever the float nearest to it"
    assert threshold(0.109, composite) == 90.0, "a part of a unit is none"
    assert threshold(0.11, composite) == 89.0
    assert threshold(0.01, composite) == 99.0


def test_units_of_the_same_composite_are_in_together() -> None:
    policy = with_thresholds(worst(0.25), make_scores([3.0, 2.0, 2.0, 1.0]), np.full(4, 5))
    assert policy.rule.core == 3.0
    policy = with_thresholds(worst(0.5), make_scores([3.0, 2.0, 2.0, 1.0]), np.full(4, 5))
    assert policy.rule.core == 2.0


def test_units_without_a_composite_or_residents_are_not_counted() -> None:
    assert threshold(0.5, [4.0, 3.0, math.nan, 2.0, 1.0, 9.0], [5, 5, 5, 5, 5, 0]) == 3.0


def test_an_edge_may_be_a_wider_share_and_numbers_stay() -> None:
    policy = worst(0.1, edge={"worst": 0.2})
    found = with_thresholds(policy, make_scores([float(place) for place in range(10)]), np.full(10, 5))
    assert (found.rule.core, found.rule.edge) == (9.0, 8.0)
    plain = make_policy(rule={"core": 1.0})
    assert with_thresholds(plain, make_scores([1.0]), np.full(1, 5)) is plain


def test_a_share_of_less_than_a_unit_is_refused() -> None:
    with pytest.raises(InputError, match=r"rule.core: the worst 0.1 of 9 units with a composite is less than one unit"):
        threshold(0.1, [1.0] * 9)


def test_a_policy_whose_shares_are_not_resolved_has_no_threshold() -> None:
    with pytest.raises(TypeError):
        worst(0.1).rule.core_threshold  # noqa: B018
