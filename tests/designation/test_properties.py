"""What holds of any city: order and threads change nothing, thresholds only take away, totals are kept."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from examples import examples
from paths import POLICIES
from reference import label_components
from small_registers import Registers, make_registers, placed_dwellings, registers, totals_by_pandas
from strategies import cell_units, policies
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import CORE, Areas
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.policy.rules import ContextRule, Policy, RatesRule
from udsat_geo.scoring.scores import score_units
from udsat_geo.units.edges import find_edges
from udsat_geo.units.units import Units

pytestmark = pytest.mark.long  # whole jobs

few = examples(15, suppress_health_check=[HealthCheck.too_slow])


def small_city_policy(name: str) -> LoadedPolicy:
    """A policy over registers with thresholds that small cities reach."""
    policy = load_policy(name).policy
    changed = policy.model_copy(
        update={
            "context": policy.context.model_copy(update={"residents": 20, "reach": 200.0}),
            "rule": policy.rule.model_copy(update={"core": 0.3, "edge": 0.0, "criteria": 2}),
            "areas": policy.areas.model_copy(update={"residents": 10}),
        }
    )
    return LoadedPolicy(policy=changed, name="small", sha256="")


def drawn_to_neighbours(policy: LoadedPolicy) -> LoadedPolicy:
    """The same, with units read alone and their rates drawn towards their neighbours'."""
    ways = {"context": ContextRule(method="none"), "rates": RatesRule(shrink="local")}
    return policy.model_copy(update={"policy": policy.policy.model_copy(update=ways)})


POLICY = small_city_policy("kbh-2017")
ADDRESSES = small_city_policy(str(POLICIES / "addresses.toml"))

and_drawn = pytest.mark.parametrize(
    "policy", [POLICY, ADDRESSES, drawn_to_neighbours(POLICY)], ids=["cells", "addresses", "drawn to neighbours"]
)
cells_and_addresses = pytest.mark.parametrize("policy", [POLICY, ADDRESSES], ids=["cells", "addresses"])


def designate_registers(
    made: Registers, policy: LoadedPolicy = POLICY, threads: int | None = None, folder: Path | None = None
) -> Designation:
    with TemporaryDirectory() as scratch:
        made.write(folder or Path(scratch))
        return designate(2021, policy, Inputs(folder or Path(scratch), None, "registers"), threads=threads)


def areas_of(units: Units, policy: Policy) -> Areas:
    return form_areas(units, score_units(units, policy), find_edges(units, policy), policy)


def arrays_of(part: Any) -> dict[str, bytes]:
    """Every array of a data class, bit for bit; texts and shapes as text."""
    found = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            content = repr(value.tolist()).encode() if value.dtype == object else value.tobytes()
            found[field.name] = f"{value.dtype} {value.shape} ".encode() + content
    return found


def assert_same(one: Designation, other: Designation) -> None:
    for name in ("units", "edges", "scores", "areas", "status"):
        assert arrays_of(getattr(one, name)) == arrays_of(getattr(other, name)), name
    assert shapely.to_wkb(one.outline).tolist() == shapely.to_wkb(other.outline).tolist()
    assert one.area_id.tolist() == other.area_id.tolist()
    assert (one.counts, one.rows, one.notes) == (other.counts, other.rows, other.notes)


# --- order and threads --------------------------------------------------------------------------------------


@and_drawn
@few
@given(registers(), st.integers(0, 99))
def test_neither_the_order_of_rows_nor_the_threads_matter(policy: LoadedPolicy, made: Registers, seed: int) -> None:
    if not placed_dwellings(made):
        with pytest.raises(InputError):
            designate_registers(made, policy)
        return
    wanted = designate_registers(made, policy, threads=1)
    assert_same(designate_registers(made.shuffled(seed), policy, threads=1), wanted)
    assert_same(designate_registers(made.shuffled(seed + 1), policy, threads=2), wanted)


@cells_and_addresses
def test_the_small_city_has_areas_to_speak_of(policy: LoadedPolicy) -> None:
    """The properties here would hold of no areas at all."""
    held = [len(designate_registers(make_registers(seed, 40, 300, 800), policy).areas) for seed in range(4)]
    assert min(held) >= 1
    assert max(held) >= 2


@pytest.mark.long
def test_many_rows_in_many_threads() -> None:
    """More rows than DuckDB hands to one thread at a time (122,880)."""
    made = make_registers(1, n_addresses=400, n_residents=150_000, span=3000)
    wanted = designate_registers(made, threads=1)
    assert_same(designate_registers(made.shuffled(5), threads=2), wanted)
    assert wanted.units.residents.sum() == totals_by_pandas(made)[0]


# --- totals -------------------------------------------------------------------------------------------------


@cells_and_addresses
@few
@given(registers())
def test_sums_over_units_are_sums_over_the_register(policy: LoadedPolicy, made: Registers) -> None:
    if not placed_dwellings(made):
        return
    designation = designate_registers(made, policy)
    units, placed = designation.units, totals_by_pandas(made)
    assert units.residents.sum() == placed[0]
    for j, key in enumerate(POLICY.policy.keys):
        top = units.numerator[:, j].sum() / units.numerator_unit[j]
        over = units.denominator[:, j].sum() / units.denominator_unit[j]
        assert math.isclose(top, placed[1][key][0], rel_tol=1e-12), key
        assert over == placed[1][key][1], key


@cells_and_addresses
@few
@given(registers())
def test_every_resident_is_placed_or_counted_as_not(policy: LoadedPolicy, made: Registers) -> None:
    if not placed_dwellings(made):
        return
    designation = designate_registers(made, policy)
    counts = designation.counts
    unplaced = made.residents.num_rows - designation.units.residents.sum()
    assert counts["residents_placed"] == designation.units.residents.sum()
    assert counts["residents_placed"] + unplaced == designation.rows["residents"] == made.residents.num_rows
    assert counts["residents_without_dwelling"] == made.residents["dwelling_id"].null_count
    assert counts["dwellings_without_address"] == made.dwellings["address_id"].null_count
    assert designation.status.residents == counts["residents_placed"]
    assert designation.status.residents_in_areas == designation.areas.residents.sum()


# --- areas --------------------------------------------------------------------------------------------------


@given(cell_units(max_units=30), policies())
def test_areas_hang_together_and_hold_enough(units: Units, policy: Policy) -> None:
    areas, edges = areas_of(units, policy), find_edges(units, policy)
    for area in range(len(areas)):
        own = areas.area_of_unit == area
        assert label_components(own.tolist(), edges.head.tolist(), edges.tail.tolist())[1] == 1
        assert areas.residents[area] >= policy.areas.residents
        assert (areas.role[own] == CORE).any()
    # no two areas touch: they would be one
    of_head, of_tail = areas.area_of_unit[edges.head], areas.area_of_unit[edges.tail]
    assert not ((of_head >= 0) & (of_tail >= 0) & (of_head != of_tail)).any()


STRICTER = st.sampled_from(["core", "edge", "criteria", "residents"])


@given(cell_units(max_units=30), policies(), STRICTER, st.floats(0.01, 2.0), st.integers(1, 100))
def test_stricter_thresholds_add_no_unit(units: Units, policy: Policy, which: str, by: float, more: int) -> None:
    rule, least = policy.rule, policy.areas
    edge = rule.edge_threshold
    if which == "core":
        rule = rule.model_copy(update={"core": rule.core + by, "edge": edge})
    elif which == "edge":
        rule = rule.model_copy(update={"edge": min(rule.core, edge + by)})
    elif which == "criteria":
        rule = rule.model_copy(update={"criteria": rule.criteria + 1})
    else:
        least = least.model_copy(update={"residents": least.residents + more})
    stricter = policy.model_copy(update={"rule": rule, "areas": least})
    inside = areas_of(units, policy).area_of_unit >= 0
    still = areas_of(units, stricter).area_of_unit >= 0
    assert not (still & ~inside).any()


@given(cell_units(max_units=30), policies())
def test_rook_areas_lie_in_queen_areas(units: Units, policy: Policy) -> None:
    inside = [
        areas_of(units, policy.model_copy(update={"areas": policy.areas.model_copy(update={"neighbours": rule})}))
        for rule in ("rook", "queen")
    ]
    assert not ((inside[0].area_of_unit >= 0) & (inside[1].area_of_unit < 0)).any()


# --- bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [3, pytest.param(4, marks=pytest.mark.long)])
def test_writing_twice_gives_the_same_bytes(tmp_path: Path, seed: int) -> None:
    """From the rows in any order, with and without changes to tell of."""
    made, later = make_registers(seed, 40, 300, 800), make_registers(seed + 10, 40, 300, 800)
    before = designate_registers(made).area_set()
    later.write(tmp_path / "raw")
    written = []
    for turn in ("one", "two"):
        inputs = Inputs(tmp_path / "raw", None, "registers")
        designation = designate(2025, POLICY, inputs, before, threads=1 if turn == "one" else 2)
        assert designation.changes is not None
        assert designation.changes.event
        files = write_results(designation, tmp_path / turn, ("gpkg", "tif"))
        written.append({path.name: path.read_bytes() for path in files})
    assert written[0].keys() == {f"designation_2025.{kind}" for kind in ("gpkg", "tif", "json")}
    for name, content in written[0].items():
        assert content == written[1][name], name


def test_writing_over_a_result_gives_the_same_bytes(tmp_path: Path) -> None:
    designation = designate_registers(make_registers(3, 40, 300, 800), folder=tmp_path / "raw")
    files = write_results(designation, tmp_path / "out", ("gpkg", "tif"))
    before = [path.read_bytes() for path in files]
    again = write_results(designation, tmp_path / "out", ("gpkg", "tif"))
    assert again == files
    assert [path.read_bytes() for path in again] == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in files)


@and_drawn
@pytest.mark.parametrize("seed", [3])
def test_rows_in_another_order_give_the_same_layers(tmp_path: Path, policy: LoadedPolicy, seed: int) -> None:
    """The input files' hashes differ, and are told in JSON and metadata; all else is the same bytes."""
    made = make_registers(seed, 40, 300, 800)
    contents = []
    for turn, rows in enumerate([made, made.shuffled(9)]):
        designation = designate_registers(rows, policy, folder=tmp_path / f"raw{turn}")
        files = write_results(designation, tmp_path / f"out{turn}", ("gpkg", "tif"))
        told = json.loads(files[-1].read_text(encoding="utf-8"))["inputs"]
        content = [path.read_bytes() for path in files[:-1]]
        for of_input in told:
            content = [part.replace(of_input["sha256"].encode(), of_input["name"].encode()) for part in content]
        contents.append(content)
    assert contents[0] == contents[1]
