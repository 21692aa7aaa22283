"""The rule behind areas of the synthetic city: a known one comes out again; where there is none, none is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from how_good import synthetic
from inferred import write_planted
from udsat_geo.analysis.infer import Inference, infer_rule
from udsat_geo.analysis.space import CORE, EDGE, LEAST, read_space
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.job import Job
from udsat_geo.files.area_set import read_area_set
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long

SPACE = """
[context]
residents = [0, 500]
[rule]
core = { from = 0.6, to = 1.4, step = 0.2 }
edge = { from = 0.1, to = 0.9, step = 0.1 }
criteria = [3, 5]
[areas]
residents = [0, 1000, 2000]
"""


def found_in(folder: Path, areas: AreaSet) -> Inference:
    policy, path = load_policy("kbh-2017"), folder / "space.toml"
    path.write_text(SPACE, encoding="utf-8")
    return infer_rule(Job(2017, policy, language="en"), areas, read_space(path, policy.policy), draws=9)


def test_the_settings_that_drew_the_areas_come_out_again(tmp_path: Path) -> None:
    found = found_in(tmp_path, synthetic(2017).area_set())
    assert found.settings == {"context.residents": 500, EDGE: 0.5, "rule.criteria": 3, CORE: 1.0, LEAST: 1000}
    assert found.overlap[found.best] == found.held_out.in_all == found.own_overlap == found.whole_units == 1.0
    decided = {one.key for one in found.undecided if one.is_decided}
    assert {"context.residents", EDGE, "rule.criteria"} <= decided
    assert found.parts.are_districts
    assert found.chance.max() < 0.5
    assert found.threshold_overlap < 0.8
    assert found.unexplained == found.not_given == ()


def test_of_areas_that_no_rule_drew_the_best_holds_less_elsewhere(tmp_path: Path) -> None:
    write_planted(tmp_path / "planted.gpkg")
    found = found_in(tmp_path, read_area_set(tmp_path / "planted.gpkg", "en"))
    best = found.overlap[found.best]
    assert found.own_overlap == pytest.approx(0.85, abs=0.02)
    assert found.own_overlap <= best < 1.0
    assert 0.75 < found.held_out.in_all < best
    assert found.chance.max() < 0.5
