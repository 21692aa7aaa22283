"""How a folder of registers is read: any path, any dialect, and what is said of it."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from small_registers import Registers, make_registers
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.read import RegisterSums
from udsat_geo.units.units import cells_from_registers

pytestmark = pytest.mark.long  # whole jobs


def content() -> dict[str, Any]:
    """The built-in policy, to be changed."""
    text = resources.files("udsat_geo.policy").joinpath("policies", "kbh-2017.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sums(folder: Path, policy: Policy | None = None) -> RegisterSums:
    return cells_from_registers(folder, policy or check_policy(content(), "kbh-2017.toml"))[1]


def write_csv(made: Registers, folder: Path, decimal: str) -> None:
    folder.mkdir(parents=True)
    for name in ("residents", "dwellings", "addresses"):
        table = getattr(made, name).to_pandas()
        table.to_csv(folder / f"{name}.csv", sep=";", decimal=decimal, index=False)


@pytest.mark.long
@pytest.mark.parametrize("csv", [False, True], ids=["parquet", "csv"])
@pytest.mark.parametrize("name", ["raw*", "r?w", "raw[1]", "it's", "dwelling_id=3", "100 % ø"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str, csv: bool) -> None:
    """Neither stars and brackets, which DuckDB reads as patterns, nor `key=value`, which it reads as a column."""
    made = make_registers(1)
    for folder, seed in (("raw", 2), ("rxw", 2), ("raw1", 2), (name, 1)):
        if csv:
            write_csv(make_registers(seed), tmp_path / folder, ".")
        else:
            make_registers(seed).write(tmp_path / folder)
    made.write(tmp_path / "plain")
    one, other = sums(tmp_path / name), sums(tmp_path / "plain")
    np.testing.assert_array_equal(one.numerator, other.numerator)
    np.testing.assert_array_equal(one.denominator, other.denominator)
    assert one.counts == other.counts


@pytest.mark.parametrize(("decimal", "said"), [(",", "decimal comma"), (".", "decimal point")])
def test_what_was_found_out_about_a_csv_file_is_said(tmp_path: Path, decimal: str, said: str) -> None:
    write_csv(make_registers(1), tmp_path / "raw", decimal)
    notes = sums(tmp_path / "raw").notes
    assert notes[0].told("en") == f"addresses.csv: semicolon separated, UTF-8, {said}"
    assert len(notes) == 3


def test_a_let_may_be_a_plain_number(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path)
    policy = content()
    policy["let"]["residents"]["low_income"] = "150000"
    assert sums(tmp_path, check_policy(policy, "own.toml")).let["low_income"] == 150_000


def test_a_let_over_dwellings_knows_their_residents(tmp_path: Path) -> None:
    made = make_registers(1)
    made.write(tmp_path)
    policy = content()
    policy["let"]["dwellings"] = {"most": "max(residents)"}
    policy["criteria"][0]["where"] = "residents < most"
    living = made.residents.to_pandas()["dwelling_id"].value_counts()
    assert sums(tmp_path, check_policy(policy, "own.toml")).let["most"] == living.max()


def test_settings_are_among_the_files(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path)
    assert list(sums(tmp_path).files) == ["addresses", "dwellings", "residents"]
    (tmp_path / "registers.toml").write_text("year = 2021\n")
    assert sums(tmp_path).files["settings"] == tmp_path / "registers.toml"
