"""Registers that lack columns: what they can answer is answered as ever, the rest is left out and told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from small_registers import Registers, make_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy, load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import read_partial_registers, read_registers

POLICY = load_policy("kbh-2017").policy


def west_and_east(located: Located) -> tuple[np.ndarray, int]:
    return np.where(located.easting < 720_000, 0, 1).astype(np.int32), 2


def without(made: Registers, *columns: str) -> Registers:
    def dropped(table):  # type: ignore[no-untyped-def]
        return table.drop_columns([name for name in columns if name in table.column_names])

    return Registers(dropped(made.residents), dropped(made.dwellings), dropped(made.addresses))


@pytest.mark.long
def test_whole_registers_are_read_as_ever(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path)
    sums, missing = read_partial_registers(tmp_path, POLICY, west_and_east)
    whole = read_registers(tmp_path, POLICY, west_and_east)
    assert missing == {}
    np.testing.assert_array_equal(sums.numerator, whole.numerator)
    assert sums.counts == whole.counts


@pytest.mark.long
@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        (("education",), {"no_education": ("residents.education",)}),
        (("disposable_income",), {"low_income": ("residents.disposable_income",)}),
        (("origin",), {"non_western_origin": ("residents.origin",)}),
        (("area_m2",), {"dwelling_area": ("dwellings.area_m2",)}),
        (
            ("age", "labour_status"),
            {
                "outside_labour_market": ("residents.age", "residents.labour_status"),
                "low_income": ("residents.age",),
                "no_education": ("residents.age",),
            },
        ),
    ],
)
def test_criteria_without_their_columns_are_left_out_and_the_others_are_not_touched(
    tmp_path: Path, columns: tuple[str, ...], wanted: dict[str, tuple[str, ...]]
) -> None:
    made = make_registers(2)
    made.write(tmp_path / "whole")
    without(made, *columns).write(tmp_path / "part")
    whole = read_registers(tmp_path / "whole", POLICY, west_and_east)
    sums, missing = read_partial_registers(tmp_path / "part", POLICY, west_and_east)
    assert missing == wanted
    np.testing.assert_array_equal(sums.residents, whole.residents)
    for j, key in enumerate(POLICY.keys):
        for found, full in ((sums.numerator, whole.numerator), (sums.denominator, whole.denominator)):
            np.testing.assert_array_equal(found[:, j], 0 if key in wanted else full[:, j])
        assert sums.numerator_unit[j] == (1 if key in wanted else whole.numerator_unit[j])


def test_registers_that_answer_nothing_still_count_their_residents(tmp_path: Path) -> None:
    made = make_registers(3)
    without(made, "age", "labour_status", "education", "disposable_income", "origin", "area_m2").write(tmp_path)
    sums, missing = read_partial_registers(tmp_path, POLICY, west_and_east)
    assert set(missing) == set(POLICY.keys)
    assert sums.residents.sum() == sums.counts["residents_placed"] > 0
    assert not sums.denominator.any()


def test_a_column_under_another_name_is_not_missing(tmp_path: Path) -> None:
    made = make_registers(4)
    renamed = made.residents.rename_columns(["udd" if n == "education" else n for n in made.residents.column_names])
    Registers(renamed, made.dwellings, made.addresses).write(tmp_path)
    (tmp_path / "registers.toml").write_text('[residents.columns]\neducation = "udd"\n', encoding="utf-8")
    assert read_partial_registers(tmp_path, POLICY, west_and_east)[1] == {}


def test_a_name_that_the_settings_give_and_the_file_has_not_is_an_error(tmp_path: Path) -> None:
    make_registers(4).write(tmp_path)
    (tmp_path / "registers.toml").write_text('[residents.columns]\neducation = "udd"\n', encoding="utf-8")
    with pytest.raises(InputError, match="column udd: is missing"):
        read_partial_registers(tmp_path, POLICY, west_and_east)


@pytest.mark.parametrize("column", ["dwelling_id", "address_id", "easting"])
def test_keys_and_positions_must_be_there(tmp_path: Path, column: str) -> None:
    without(make_registers(5), column).write(tmp_path)
    with pytest.raises(InputError, match=f"column {column}: is missing"):
        read_partial_registers(tmp_path, POLICY, west_and_east)


def tenants(numerator: str) -> Policy:
    criterion = {"key": "tenants", "register": "dwellings", "numerator": numerator, "worse": "high"}
    content = {"id": "own", "years": [2000, 2100], "criteria": [criterion], "rule": {"core": 1.0}}
    return check_policy(content, "own.toml")


def test_optional_columns_may_be_missing_too(tmp_path: Path) -> None:
    make_registers(6).write(tmp_path)
    _, missing = read_partial_registers(tmp_path, tenants("tenure = 'social_housing'"), west_and_east)
    assert missing == {"tenants": ("dwellings.tenure",)}


@pytest.mark.parametrize("expression", ["tenur = 'public'", "residents +", "1; DROP TABLE x", "TRUE -- tenure"])
def test_what_is_no_expression_is_told_as_ever(tmp_path: Path, expression: str) -> None:
    make_registers(6).write(tmp_path)
    policy = tenants(expression)
    if expression.startswith("TRUE"):
        assert read_partial_registers(tmp_path, policy, west_and_east)[1] == {}
        return
    with pytest.raises(InputError, match=r"criteria \(tenants\)\.numerator"):
        read_partial_registers(tmp_path, policy, west_and_east)
