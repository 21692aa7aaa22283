"""All categories of Bilag 1 over a small town, against a count by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import udsat_geo as api
from goal_worlds import WEST_AREA, write_polygons
from small_registers import make_registers
from udsat_geo.cli.main import udsat
from udsat_geo.monitoring.categories import groups, policy_of_categories
from udsat_geo.registers.schema import EDUCATION, LABOUR_STATUS, ORIGIN


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, api.StatusTables]:
    folder = tmp_path_factory.mktemp("world")
    make_registers(3, n_addresses=80, n_residents=900).write(folder / "raw" / "2021")
    write_polygons(folder / "areas.gpkg", [WEST_AREA])
    return folder, api.status(
        folder / "areas.gpkg", years=[2021], categories=True, registers=folder / "raw", language="en"
    )


def test_every_code_of_the_registers_is_in_just_one_category() -> None:
    of = {criterion.key: str(criterion.numerator) for criterion in policy_of_categories().criteria}
    for group, codes in (("labour_market", LABOUR_STATUS), ("origin", ORIGIN), ("education", EDUCATION)):
        whole = next(each for each in groups() if each.key == group)
        parts = [category.key for category in whole.categories if category.part_of] or [
            category.key for category in whole.categories
        ]
        named = [code for code in codes for key in parts if f"'{code}'" in of[f"{group}_{key}"]]
        assert sorted(named) == sorted(codes)


@pytest.mark.long
def test_shares_of_a_group_add_up_and_are_those_of_the_criteria(told: tuple[Path, api.StatusTables]) -> None:
    frame = told[1].categories
    assert set(frame["year"]) == {2021}
    for group in groups():
        of_group = frame[frame["group"] == group.key].set_index("category")
        whole = [category.key for category in group.categories if category.part_of is None]
        for side in ("areas", "rest_of_city", "city"):
            assert of_group.loc[whole, side].sum() == pytest.approx(1)
            for key in {category.part_of for category in group.categories} - {None}:
                parts = [category.key for category in group.categories if category.part_of == key]
                assert of_group.loc[parts, side].sum() == pytest.approx(of_group.loc[key, side])
        np.testing.assert_allclose(of_group["difference"], of_group["areas"] - of_group["rest_of_city"])


@pytest.mark.long
def test_they_are_counted_as_the_criteria_are(told: tuple[Path, api.StatusTables]) -> None:
    rates = told[1].rates.set_index("criterion")
    frame = told[1].categories.set_index(["group", "category"])
    for criterion, key in (
        ("outside_labour_market", ("labour_market", "outside")), ("low_income", ("income", "low")),
        ("non_western_origin", ("origin", "non_western")), ("no_education", ("education", "no_education")),
    ):  # fmt: skip
        for side in ("areas", "rest_of_city", "city"):
            assert frame.loc[key, side] == rates.loc[criterion, side]


@pytest.mark.long
def test_the_console_has_them_when_asked_and_json_always(told: tuple[Path, api.StatusTables]) -> None:
    folder = told[0]
    registers = ["--registers", folder / "raw", "--language", "en"]
    call = ["status", "--areas", folder / "areas.gpkg", "--years", "2021", *registers]

    def run(*more: str) -> str:
        done = CliRunner().invoke(udsat, [*map(str, call), *more], catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout

    assert "Appendix 1" not in run()
    assert "Short tertiary" in run("--categories")
    data = json.loads(run("--json"))["categories"]["groups"]
    assert list(data) == ["labour_market", "income", "origin", "education"]
    middle = data["income"]["categories"]["middle"]
    assert (middle["label"], middle["part_of"]) == ("Middle", None)
    assert (
        middle["2021"]["city"] == told[1].categories.set_index(["group", "category"]).loc[("income", "middle"), "city"]
    )
