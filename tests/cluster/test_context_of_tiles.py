"""Context read tile by tile is what one machine reads, for cells on both sides of a tile's border too."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import make_cell_units, make_policy
from split_registers import ByHand
from udsat_geo.cluster.context import tiles_with_rims
from udsat_geo.cluster.plan import TILE
from udsat_geo.cluster.registers import OnWorkers
from udsat_geo.scoring.rates import sums_of_nearest

AT_A_CORNER = st.tuples(st.integers(-9, 9), st.integers(-9, 9)).map(lambda cell: (TILE + cell[0], 2 * TILE + cell[1]))
AT_THE_ORIGIN = st.tuples(st.integers(-9, 9), st.integers(-9, 9))


@settings(max_examples=20)
@given(
    st.one_of(*(st.sets(cells, min_size=1, max_size=60) for cells in (AT_A_CORNER, AT_THE_ORIGIN))),
    st.sampled_from([(0, 100), (50, 300), (200, 700)]),
)
def test_context_across_tiles(cells: set[tuple[int, int]], asked: tuple[int, int]) -> None:
    places, (least, reach) = sorted(cells), asked
    residents = [(7 * row + 3 * col) % 40 for row, col in places]
    sums = np.array([[count, 2 * count + 1] for count in residents], dtype=np.int64)
    units = make_cell_units(places, residents, sums, sums + 1)
    policy = make_policy(context={"residents": least, "reach": reach})
    with TemporaryDirectory() as exchange:
        found = OnWorkers(ByHand(Path(exchange)), least_cells=0).nearest(units, sums, policy)  # type: ignore[arg-type]
        assert list(Path(exchange).iterdir()) == []
    for mine, wanted in zip(found, sums_of_nearest(units, sums, policy), strict=True):
        np.testing.assert_array_equal(mine, wanted)


@given(st.sets(AT_A_CORNER, max_size=60), st.integers(0, 5))
def test_each_cell_is_of_one_tile_and_sees_all_within_the_rim(cells: set[tuple[int, int]], rim: int) -> None:
    row, col = (np.array([cell[side] for cell in sorted(cells)], dtype=np.int64) for side in (0, 1))
    owned: list[int] = []
    for members, own in tiles_with_rims(row, col, rim):
        owned += members[own].tolist()
        for unit in members[own].tolist():
            near = (np.abs(row - row[unit]) <= rim) & (np.abs(col - col[unit]) <= rim)
            assert set(np.flatnonzero(near)) <= set(members.tolist())
    assert sorted(owned) == list(range(len(row)))


def test_few_cells_are_read_by_one_machine(tmp_path: Path) -> None:
    units = make_cell_units([(0, 0)], [5], np.array([[1]]), np.array([[2]]))
    workers = ByHand(tmp_path)
    residents, _sums = OnWorkers(workers).nearest(units, np.array([[1]]), make_policy(("high",)))  # type: ignore[arg-type]
    assert residents.tolist() == [5]
    assert workers.done == []
