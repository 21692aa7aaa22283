"""Arrays of the shape of the whole country, for the kernels: made in memory, with no file and no key."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from make_denmark import make_cells, scale_of, spread_over

Numbers = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RESIDENTS = 5_900_000
N_CRITERIA = 5
N_FLAGS = 8
MISSING_SHARE = 0.002
MEMBER_LIMIT = 1.0


@dataclass(frozen=True)
class Country:
    """Inputs of the kernels, in the types that the package hands them.

    Attributes
    ----------
    row, col : int64, shape (n_cells,)
        Inhabited cells, sorted by row, then column.
    residents : int64, shape (n_cells,)
    sums : int64, shape (n_cells, 2 * N_CRITERIA)
        What is summed over the cells in view.
    member : bool, shape (n_cells,)
        Cells that are badly off, in clusters; about 3 %.
    gap : float64, shape (n_cells, N_CRITERIA)
        NaN where a cell has no rate.
    row_of_address, col_of_address : int64, shape (n_addresses,)
        In no order, as in a register.
    place_of_dwelling : int32, shape (n_dwellings,)
        Places are cells in no order, as first seen in a register; -1 is none.
    dwelling_of_row : int32, shape (n_rows,)
        One row a resident; -1 is none.
    flags_of_row : int32, shape (n_rows,)
        `N_FLAGS` bits.
    value_of_row : int64, shape (n_rows,)
        Incomes, some below 0.
    """

    row: Ints
    col: Ints
    residents: Ints
    sums: Ints
    member: Flags
    gap: Floats
    row_of_address: Ints
    col_of_address: Ints
    place_of_dwelling: Numbers
    dwelling_of_row: Numbers
    flags_of_row: Numbers
    value_of_row: Ints

    @property
    def n_cells(self) -> int:
        """Number of cells, and of places."""
        return len(self.row)

    def place_of_row(self) -> Numbers:
        """Place of each row, -1 for none; shape (n_rows,)."""
        place_or_none = np.append(self.place_of_dwelling, np.int32(-1))
        # -1 reads the last entry, which is -1
        return np.take(place_or_none, self.dwelling_of_row)


CITY_CELLS = 35_000
"""As many of the country's cells as hold 640,000 of its 5.9 million residents."""


def city_of(country: Country) -> Country:
    """The southern part of a country, the size of a city; what is counted by address and row stays the country's."""
    some = slice(0, CITY_CELLS)
    parts = {name: getattr(country, name)[some] for name in ("row", "col", "residents", "sums", "member", "gap")}
    return replace(country, **parts)


def make_country(seed: int = 1) -> Country:
    """Make the inputs; the same seed gives the same arrays.

    Dwellings stand at addresses and residents live in dwellings as in the registers of ``make_denmark.py``.
    """
    random = np.random.default_rng(seed)
    scale = scale_of(RESIDENTS, "country")
    cells = make_cells(random, scale)
    cell_of_address = np.repeat(np.arange(scale.cells), spread_over(random, scale.addresses, cells.weight))
    taller = cells.weight[cell_of_address] ** 0.5
    address_of_dwelling = np.repeat(np.arange(scale.addresses), spread_over(random, scale.dwellings, taller))
    cell_of_dwelling = random.permutation(cell_of_address[address_of_dwelling])
    dwelling_of_row = random.integers(0, scale.dwellings, RESIDENTS, dtype=np.int32)
    residents = np.bincount(cell_of_dwelling[dwelling_of_row], minlength=scale.cells)
    place_of_dwelling = random.permutation(scale.cells).astype(np.int32)[cell_of_dwelling]
    for index in (place_of_dwelling, dwelling_of_row):
        index[random.random(len(index)) < MISSING_SHARE] = -1
    shuffled = random.permutation(cell_of_address)
    shares = random.random((scale.cells, 2 * N_CRITERIA))
    gap = random.standard_normal((scale.cells, N_CRITERIA)) + 0.3 * cells.disadvantage[:, np.newaxis]
    gap[random.random(gap.shape) < 0.05] = np.nan
    gap[residents == 0] = np.nan
    return Country(
        row=cells.row,
        col=cells.col,
        residents=residents.astype(np.int64),
        sums=(residents[:, np.newaxis] * shares).astype(np.int64),
        member=cells.disadvantage > MEMBER_LIMIT,
        gap=gap,
        row_of_address=cells.row[shuffled],
        col_of_address=cells.col[shuffled],
        place_of_dwelling=place_of_dwelling,
        dwelling_of_row=dwelling_of_row,
        flags_of_row=random.integers(0, 1 << N_FLAGS, RESIDENTS, dtype=np.int32),
        value_of_row=random.integers(-50_000, 900_000, RESIDENTS),
    )
