"""Exact sums by cell: what several offices count apart is what one counts together; what does not fit is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import udsat_geo as ug
from examples import examples
from paths import POLICIES
from small_registers import Registers, make_registers
from udsat_geo import InputError, Result
from udsat_geo.policy.load import load_policy
from udsat_geo.units.sums import Sums, join_sums
from udsat_geo.units.sums_file import read_sums, write_sums

pytestmark = pytest.mark.long  # whole jobs

POLICY = load_policy("kbh-2017").with_(
    context={"residents": 20, "reach": 200}, core=0.3, edge=0.0, criteria=2, areas={"residents": 10}
)
YEARS = (2017, 2021)
few = examples(4, suppress_health_check=[HealthCheck.too_slow])


def town(year: int) -> Registers:
    return make_registers(year, n_addresses=80, n_residents=500)


def parted(made: Registers, office_of_address: list[int], n_offices: int) -> list[Registers]:
    """Registers by office: a dwelling is where its address is, a resident where the dwelling; what has none is the
    first's."""
    office = dict(zip(made.addresses["address_id"].to_pylist(), office_of_address, strict=True))
    of_dwelling = [office.get(key, 0) for key in made.dwellings["address_id"].to_pylist()]
    of_key = dict(zip(made.dwellings["dwelling_id"].to_pylist(), of_dwelling, strict=True))
    of_resident = [of_key.get(key, 0) for key in made.residents["dwelling_id"].to_pylist()]
    tables = ((made.residents, of_resident), (made.dwellings, of_dwelling), (made.addresses, office_of_address))
    return [
        Registers(*(table.filter(pa.array([each == number for each in of])) for table, of in tables))
        for number in range(n_offices)
    ]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, dict[int, dict[str, float]]]:
    """The designation of all registers together, and what their [let] gives in each year."""
    folder = tmp_path_factory.mktemp("city")
    for year in YEARS:
        town(year).write(folder / str(year))
    ug.sums(YEARS, folder / "sums", policy=POLICY, registers=folder)
    let = {year: read_sums(folder / "sums" / f"sums_{year}.parquet").found["let"] for year in YEARS}
    return ug.designate(2021, policy=POLICY, registers=folder, previous="made", language="en"), let


@pytest.fixture(scope="module")
def offices(city: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sums of three offices."""
    return write_offices(tmp_path_factory.mktemp("offices"), [number % 3 for number in range(80)], city[1])


def write_offices(folder: Path, office_of_address: list[int], let: dict[int, dict[str, float]]) -> list[Path]:
    n_offices = max(office_of_address) + 1
    for year in YEARS:
        for number, mine in enumerate(parted(town(year), office_of_address, n_offices)):
            mine.write(folder / f"registers-{number}" / str(year))
    for number in range(n_offices):
        for year in YEARS:
            registers = folder / f"registers-{number}"
            ug.sums([year], folder / str(number), policy=POLICY, registers=registers, let=let[year])
    return [folder / str(number) for number in range(n_offices)]


def assert_same(one: Result, other: Result) -> None:
    """Every table to the last byte, and all of the summary that does not name files."""
    for name, layer in one.stored.layers.items():
        assert layer.table.equals(other.stored.layers[name].table), name
    skipped = {"inputs", "settings", "vintage"}
    here, there = ({k: v for k, v in each.summary.items() if k not in skipped} for each in (one, other))
    assert here == there


# --- joined -----------------------------------------------------------------------------------------------------


def test_three_offices_give_what_one_gives(city: Any, offices: list[Path]) -> None:
    """The earlier year too, which is made anew from its own sums."""
    joined = ug.designate(2021, policy=POLICY, sums=offices, previous="made", language="en")
    assert_same(joined, city[0])
    assert [each["name"] for each in joined.summary["inputs"]] == ["sums_2021.parquet"] * 3


@few
@given(st.lists(st.integers(0, 2), min_size=80, max_size=80).filter(lambda of: set(of) == {0, 1, 2}))
def test_however_addresses_are_parted(city: Any, office_of_address: list[int]) -> None:
    with TemporaryDirectory() as folder:
        parts = write_offices(Path(folder), office_of_address, city[1])
        assert_same(ug.designate(2021, policy=POLICY, sums=parts, previous="made", language="en"), city[0])


def test_another_rule_judges_the_same_sums(city: Any, offices: list[Path]) -> None:
    """What is not counted may differ; a workbench goes on from them as from registers."""
    stricter = POLICY.with_(core=2.0)
    joined = ug.designate(2021, policy=stricter, sums=offices, previous=None, language="en")
    assert joined.residents_in_areas < city[0].residents_in_areas
    bench = ug.workbench(2021, policy=POLICY, sums=offices, previous=None).with_rule(core=2.0)
    assert bench.designation().status.residents_in_areas == joined.residents_in_areas


def test_the_file_holds_whole_numbers_by_cell_and_says_for_whom(offices: list[Path]) -> None:
    """Nobody's key, age or income; against the columns themselves."""
    table = pq.read_table(offices[0] / "sums_2021.parquet")
    sides = [f"{side}.{key}" for side in ("numerator", "denominator") for key in POLICY.policy.keys]
    assert table.column_names == ["row", "col", "residents", *sides]
    assert set(table.schema.types) == {pa.int64()}
    told = {key.decode(): text.decode() for key, text in table.schema.metadata.items()}
    assert (told["audience"], told["year"], told["kind"]) == ("internal", "2021", "cells")
    assert '"sha256"' in told["inputs"]


def test_the_same_sums_are_the_same_bytes(offices: list[Path], tmp_path: Path) -> None:
    read = read_sums(offices[0] / "sums_2021.parquet")
    write_sums(tmp_path / "again.parquet", read)
    again = read_sums(tmp_path / "again.parquet")
    assert again.counted == read.counted
    assert np.array_equal(again.units.numerator, read.units.numerator)
    for name in ("a", "b"):
        write_sums(tmp_path / name, again)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_designation_leaves_its_sums(city: Any, tmp_path: Path) -> None:
    """As the format sums, from which the same designation is made without any register."""
    files = city[0].to_folder(tmp_path, "gpkg,sums")
    assert "sums_2021.parquet" in {file.name for file in files}
    again = ug.designate(2021, policy=POLICY, sums=tmp_path, previous=None, language="en")
    before = ug.designate(2021, policy=POLICY, sums=tmp_path / "sums_2021.parquet", previous=None, language="en")
    assert again == before
    assert again.stored.layers["areas"].table["residents"].equals(city[0].stored.layers["areas"].table["residents"])
    with pytest.raises(InputError, match="--format sums: holds what was counted, and this designation was read back"):
        ug.read(tmp_path / "designation_2021.gpkg").to_folder(tmp_path / "again", "sums")


# --- refused ----------------------------------------------------------------------------------------------------


def changed(offices: list[Path], folder: Path, **what: Any) -> Path:
    """The sums of the first office with something else, in a folder of their own."""
    folder.mkdir()
    for year in YEARS:
        sums = read_sums(offices[0] / f"sums_{year}.parquet")
        write_sums(folder / f"sums_{year}.parquet", dataclasses.replace(sums, **{k: v(sums) for k, v in what.items()}))
    return folder


def _grid(sums: Sums) -> Any:
    grid = dataclasses.replace(sums.units.grid, size=200)  # type: ignore[type-var]
    return dataclasses.replace(sums.units, grid=grid)


def _large(sums: Sums) -> Any:
    return dataclasses.replace(sums.units, numerator=np.full_like(sums.units.numerator, 2**61 // len(sums.units)))


def test_sums_that_are_too_large_together_are_refused(offices: list[Path]) -> None:
    sums = [read_sums(office / "sums_2021.parquet") for office in offices]
    large = [dataclasses.replace(each, units=_large(each)) for each in sums]
    with pytest.raises(InputError, match="the sum is too large to be added exactly"):
        join_sums([(str(number), each) for number, each in enumerate(large)])


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"counted": lambda s: {**s.counted, "criteria.low_income.where": "age > 20"}},
         "was counted by another policy than .*: criteria.low_income.where. Count all by the same policy."),
        ({"found": lambda s: {**s.found, "let": {"low_income": 1.0}}},
         r"took another value than .* for \[let\]: low_income = 1.0, .* Give all offices one value: udsat sums --let"),
        ({"units": _grid}, "is over another grid than"),
        ({"policy": lambda s: s.policy}, "counts the same residents as .*: residents.parquet. Give each office's sums"),
    ],
    ids=["policy", "let", "grid", "twice"],
)  # fmt: skip
def test_what_does_not_fit_is_refused(offices: list[Path], tmp_path: Path, what: dict[str, Any], told: str) -> None:
    other = changed(offices, tmp_path / "other", **what)
    with pytest.raises(InputError, match=told):
        ug.designate(2021, policy=POLICY, sums=[offices[0], other])


def test_sums_of_another_program_or_for_others_are_refused(offices: list[Path], tmp_path: Path) -> None:
    file = offices[0] / "sums_2021.parquet"
    for key, text, told in (
        ("version", "0.0.1", "was counted by version 0.0.1 of this program, and this is"),
        ("audience", "public", r"is protected \(public\), and areas are drawn of exact sums"),
    ):
        table = pq.read_table(file)
        table = table.replace_schema_metadata({**table.schema.metadata, key.encode(): text.encode()})
        pq.write_table(table, tmp_path / f"{key}.parquet")
        with pytest.raises(InputError, match=told):
            read_sums(tmp_path / f"{key}.parquet")


@pytest.mark.parametrize("at", [10, 1000, -300, -5])
def test_a_damaged_file_is_told(offices: list[Path], tmp_path: Path, at: int) -> None:
    data = bytearray((offices[0] / "sums_2021.parquet").read_bytes())
    data[at] ^= 0xFF
    (tmp_path / "sums_2021.parquet").write_bytes(bytes(data))
    with pytest.raises(InputError, match=r"sums_2021.parquet: (is damaged|holds no sums|was counted by version)"):
        ug.designate(2021, policy=POLICY, sums=tmp_path, previous=None)


def test_years_folders_and_calls_that_do_not_fit(offices: list[Path], tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "sums_2021.parquet").write_bytes((offices[1] / "sums_2021.parquet").read_bytes())
    for sums, told in (
        ([offices[0], tmp_path / "half"], "has no sums of 2017, and"),
        ([offices[0], offices[0]], "is given twice"),
        ([tmp_path / "none"], "no such file"),
        ([tmp_path], "holds no sums by unit"),
    ):
        with pytest.raises(InputError, match=told):
            ug.designate(2021, policy=POLICY, sums=sums)
    with pytest.raises(InputError, match=r"--year 2025: there are no sums of that year\. They are of 2017, 2021"):
        ug.designate(2025, policy=POLICY, sums=offices)
    with pytest.raises(InputError, match="stands in the place of registers"):
        ug.designate(2021, policy=POLICY, sums=offices, registers=tmp_path)


def test_what_would_tell_of_single_people_does_not_travel(tmp_path: Path) -> None:
    """Sums by address, and values of quantiles."""
    with pytest.raises(InputError, match=r"units\.kind: are addresses: their sums are those of households"):
        ug.sums([2021], tmp_path, policy=POLICIES / "addresses.toml", registers=tmp_path)
    text = 'id = "median"\nextends = "kbh-2017"\n[context]\nresidents = 0\n[[criteria]]\nkey = "low_income"\n'
    text += 'quantile = 0.5\nnumerator = "disposable_income"\nworse = "low"\n'
    (tmp_path / "median.toml").write_text(text)
    with pytest.raises(InputError, match=r"criteria \(low_income\): is a quantile: its values are those of single"):
        ug.sums([2021], tmp_path, policy=tmp_path / "median.toml", registers=tmp_path)
    with pytest.raises(InputError, match=r"takes no 'median' under \[let\]\. It has low_income"):
        ug.sums([2021], tmp_path, policy=POLICY, registers=tmp_path, let={"median": 1.0})
