"""Make registers the size of a city or of Denmark, for the benchmark.

The registers follow the contract's schema: ``residents``, ``dwellings`` and ``addresses`` as Parquet,
joined by text keys, with shuffled rows. People live in towns of Zipf-like sizes; some patches of a town are
worse off, so that clusters of disadvantaged cells appear. Nothing here describes a real place: every number
is a choice of our own, but for the totals of the country (about 5.9 million residents, 2.7 million
dwellings, 2.4 million addresses and 322,000 inhabited 100 m cells) and of the city (about 640,000
residents, 65,000 addresses and 4,700 cells).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CELL_M = 100
KEY_LENGTH = 12
ROWS_IN_GROUP = 262_144
LABOUR = (
    "employed",
    "unemployed",
    "in_education",
    "temporarily_outside",
    "early_retirement",
    "permanently_outside",
)
EDUCATION = (
    "none",
    "basic",
    "upper_secondary",
    "vocational",
    "short_tertiary",
    "medium_tertiary",
    "long_tertiary",
    "in_education",
)
ORIGIN = ("danish", "western", "non_western")
TENURE = ("owner_occupied", "private_rental", "cooperative", "social_housing", "public")


@dataclass(frozen=True)
class Scale:
    """How much of each thing a register holds, and where.

    Attributes
    ----------
    residents, dwellings, addresses, cells, towns : int
        Totals; the cells are those with an address.
    west, south, east, north : int
        Bounds in EPSG:25832, m.
    urban_share : float
        Share of the cells that are densely built.
    """

    residents: int
    dwellings: int
    addresses: int
    cells: int
    towns: int
    west: int
    south: int
    east: int
    north: int
    urban_share: float


def scale_of(residents: int, kind: str) -> Scale:
    """Totals for a number of residents, in the proportions of the country or of the city.

    Parameters
    ----------
    residents : int
        How many residents to make, at least 1,000.
    kind : {"country", "city"}
        Whose proportions and extent to use.

    Returns
    -------
    Scale
    """
    if residents < 1000:
        raise ValueError("residents must be at least 1000")
    if kind == "country":
        share = residents / 5_900_000
        bounds = (442_000, 6_049_000, 894_000, 6_403_000)
        totals = (2_700_000, 2_400_000, 322_000, 1_400)
        urban_share = 0.06
    else:
        share = residents / 640_000
        bounds = (715_000, 6_168_000, 733_000, 6_183_000)
        totals = (330_000, 65_000, 4_700, 12)
        urban_share = 0.6
    dwellings, addresses, cells, towns = (max(1, round(total * share)) for total in totals)
    return Scale(residents, dwellings, addresses, cells, towns, *bounds, urban_share)


@dataclass(frozen=True)
class Cells:
    """The inhabited cells.

    Attributes
    ----------
    row, col : int64 array, shape (n_cells,)
        ``floor(northing / 100)`` and ``floor(easting / 100)``.
    weight : float64 array, shape (n_cells,)
        Relative density of addresses.
    disadvantage : float64 array, shape (n_cells,)
        About standard normal; higher is worse.
    """

    row: Ints
    col: Ints
    weight: Floats
    disadvantage: Floats


def smooth_noise(random: np.random.Generator, row: Ints, col: Ints, step: int) -> Floats:
    """Bilinear noise of a wavelength in cells, about unit variance; shape (n_cells,)."""
    north, east = row / step, col / step
    row_0, col_0 = np.floor(north).astype(np.int64), np.floor(east).astype(np.int64)
    along_row, along_col = north - row_0, east - col_0
    row_0 -= row_0.min()
    col_0 -= col_0.min()
    knots = random.standard_normal((int(row_0.max()) + 2, int(col_0.max()) + 2))
    weights = (
        (1 - along_row) * (1 - along_col),
        (1 - along_row) * along_col,
        along_row * (1 - along_col),
        along_row * along_col,
    )
    values = (
        knots[row_0, col_0],
        knots[row_0, col_0 + 1],
        knots[row_0 + 1, col_0],
        knots[row_0 + 1, col_0 + 1],
    )
    total = sum(weight * value for weight, value in zip(weights, values, strict=True))
    return np.asarray(total / np.sqrt(sum(weight**2 for weight in weights)))


def make_cells(random: np.random.Generator, scale: Scale) -> Cells:
    """Inhabited cells, scattered round town centres; towns are larger than their share of cells is dense."""
    town_size = np.arange(1, scale.towns + 1) ** -0.9
    cells_in_town = scale.cells * town_size**0.8 / (town_size**0.8).sum()
    spread_m = CELL_M * np.sqrt(cells_in_town / 5.0) + 150.0
    margin = min(4000, (scale.east - scale.west) // 8)
    centre_east = random.uniform(scale.west + margin, scale.east - margin, scale.towns)
    centre_north = random.uniform(scale.south + margin, scale.north - margin, scale.towns)
    width = scale.east // CELL_M
    code: Ints = np.empty(0, np.int64)
    nearness: Floats = np.empty(0)
    while code.size < scale.cells:
        town = random.choice(scale.towns, size=scale.cells, p=cells_in_town / cells_in_town.sum())
        # Heavy tails: a town whose middle is full still finds new cells at its rim.
        offset = random.standard_t(4, size=(2, scale.cells)) * spread_m[town]
        east, north = centre_east[town] + offset[0], centre_north[town] + offset[1]
        inside = (east >= scale.west) & (east < scale.east) & (north >= scale.south) & (north < scale.north)
        found = (north // CELL_M).astype(np.int64) * width + (east // CELL_M).astype(np.int64)
        density = np.exp(-np.hypot(*offset) / (0.8 * spread_m[town])) * town_size[town] ** 0.9
        code, first = np.unique(np.concatenate([code, found[inside]]), return_index=True)
        nearness = np.concatenate([nearness, density[inside]])[first]
    kept = np.sort(random.choice(code.size, scale.cells, replace=False))
    row, col = np.divmod(code[kept], width)
    nearness = nearness[kept]
    urban = np.quantile(nearness, 1 - scale.urban_share)
    built = nearness**3 / (nearness**3 + urban**3)
    weight = built * random.lognormal(0.0, 0.4, scale.cells)
    # Estates: patches of some 400 m where every cell is worse off, on a gentler background.
    estates = 3.0 * built * (smooth_noise(random, row, col, 4) > 0.6)
    background = 0.4 * smooth_noise(random, row, col, 18) + 0.2 * random.standard_normal(scale.cells)
    disadvantage = estates + background
    return Cells(row, col, weight, disadvantage)


def text_keys(prefix: str, number: Ints) -> pa.Array:
    """Distinct text keys of 12 characters, in no visible order.

    Parameters
    ----------
    prefix : str
        The first character.
    number : int64 array, shape (n,)
        Row numbers; -1 gives an empty key (null).

    Returns
    -------
    pyarrow.Array of string, length n
    """
    alphabet = np.frombuffer(b"0123456789abcdefghjkmnpqrstvwxyz", np.uint8)
    # An odd multiplier is a bijection modulo a power of two, so two numbers never share a key.
    mixed = (number.astype(np.uint64) * np.uint64(0x5DEECE66D1B55)) & np.uint64((1 << 55) - 1)
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed * np.uint64(0x2545F4914F6CDD1D)) & np.uint64((1 << 55) - 1)
    letters = np.empty((number.size, KEY_LENGTH), np.uint8)
    letters[:, 0] = ord(prefix)
    for place in range(1, KEY_LENGTH):
        letters[:, place] = alphabet[(mixed >> np.uint64(5 * (place - 1))).astype(np.int64) & 31]
    offsets = np.arange(number.size + 1, dtype=np.int32) * KEY_LENGTH
    keys = pa.StringArray.from_buffers(number.size, pa.py_buffer(offsets), pa.py_buffer(letters))
    if (number >= 0).all():
        return keys
    return pc.if_else(pa.array(number >= 0), keys, pa.scalar(None, pa.string()))


def coded(codes: npt.NDArray[np.int8], names: tuple[str, ...], missing: Flags | None = None) -> pa.Array:
    """A plain text column from codes; ``missing`` rows become null."""
    values = pa.array(codes, mask=missing)
    return pa.DictionaryArray.from_arrays(values, pa.array(names)).cast(pa.string())


def spread_over(random: np.random.Generator, total: int, weight: Floats) -> Ints:
    """Split ``total`` things over places by ``weight``, at least one each; shape (n_places,)."""
    counts = random.multinomial(max(0, total - weight.size), weight / weight.sum())
    return np.asarray(counts + 1, dtype=np.int64)


def write_addresses(
    random: np.random.Generator, folder: Path, cells: Cells, cell_of_address: Ints, first: int = 0
) -> None:
    """Write ``addresses.parquet``: shuffled, 0.1 % without a position; keys count from `first`."""
    order = random.permutation(cell_of_address.size)
    cell = cell_of_address[order]
    unplaced = random.random(order.size) < 0.001
    easting = np.round(cells.col[cell] * CELL_M + random.random(order.size) * 99.99, 2)
    northing = np.round(cells.row[cell] * CELL_M + random.random(order.size) * 99.99, 2)
    columns = {
        "address_id": text_keys("a", first + order),
        "easting": pa.array(easting, mask=unplaced),
        "northing": pa.array(northing, mask=unplaced),
    }
    pq.write_table(pa.table(columns), folder / "addresses.parquet", row_group_size=ROWS_IN_GROUP)


def write_dwellings(
    random: np.random.Generator, folder: Path, address_of_dwelling: Ints, disadvantage: Floats, first: int = 0
) -> None:
    """Write ``dwellings.parquet``: shuffled, 0.1 % without an address, whole square metres.

    Parameters
    ----------
    address_of_dwelling : int64 array, shape (n_dwellings,)
    disadvantage : float64 array, shape (n_dwellings,)
        Worse places have smaller dwellings.
    first : int
        Keys count from here.
    """
    order = random.permutation(address_of_dwelling.size)
    worse = disadvantage[order]
    area = np.exp(4.55 - 0.22 * worse + 0.28 * random.standard_normal(order.size))
    odd = random.random(order.size)
    area = np.where(odd < 0.001, 4.0, np.where(odd > 0.999, 1500.0, area))
    lost = random.random(order.size) < 0.001
    tenure = np.clip(random.integers(0, 4, order.size) + (worse > 1.0), 0, 4).astype(np.int8)
    columns = {
        "dwelling_id": text_keys("d", first + order),
        "address_id": text_keys("a", np.where(lost, -1, first + address_of_dwelling[order])),
        "area_m2": pa.array(np.rint(area).astype(np.int32)),
        "tenure": coded(tenure, TENURE),
    }
    pq.write_table(pa.table(columns), folder / "dwellings.parquet", row_group_size=ROWS_IN_GROUP)


def residents_chunk(
    random: np.random.Generator, rows: int, disadvantage: npt.NDArray[np.float32], first: int = 0
) -> pa.Table:
    """One chunk of ``residents``, in random order, since each resident draws a dwelling.

    Parameters
    ----------
    rows : int
        How many residents to make.
    disadvantage : float32 array, shape (n_dwellings,)
        Of the place of each dwelling.
    first : int
        Keys of dwellings count from here.
    """
    dwelling = random.integers(0, disadvantage.size, rows)
    # 0.2 % live in institutions of some 40 residents, more than the 15 a dwelling is believed to hold.
    institutions = max(1, round(disadvantage.size / 20_000))
    crowded = random.random(rows) < 0.002
    dwelling[crowded] = random.integers(0, institutions, int(crowded.sum())) * 20_000 % disadvantage.size
    worse = disadvantage[dwelling].astype(np.float64)
    age = np.minimum(np.rint(random.beta(1.25, 1.7, rows) * 100), 104).astype(np.int16)

    def falls_under(log_odds: float, slope: float) -> Flags:
        return np.asarray(random.random(rows) < 1 / (1 + np.exp(-(log_odds + slope * worse))))

    labour = random.choice(4, rows, p=[0.76, 0.04, 0.14, 0.06]).astype(np.int8)
    outside = falls_under(-2.5, 1.0)
    labour[outside] = 4 + random.integers(0, 2, int(outside.sum()))
    education = random.integers(2, 8, rows).astype(np.int8)
    education[falls_under(-1.5, 0.8)] = 1
    education[random.random(rows) < 0.02] = 0
    origin = (random.random(rows) < 0.07).astype(np.int8)
    origin[falls_under(-2.6, 1.2)] = 2
    income = np.rint(np.exp(12.35 - 0.28 * worse + 0.45 * random.standard_normal(rows))).astype(np.int32)
    income[random.random(rows) < 0.003] *= -1
    unhoused = random.random(rows) < 0.002
    no_labour = (age < 16) | (age > 66) | (random.random(rows) < 0.03)
    no_education = (age < 15) | (random.random(rows) < 0.04)
    columns = {
        "dwelling_id": text_keys("d", np.where(unhoused, -1, first + dwelling)),
        "age": pa.array(age),
        "labour_status": coded(labour, LABOUR, no_labour),
        "education": coded(education, EDUCATION, no_education),
        "disposable_income": pa.array(income, mask=(age < 15) | (random.random(rows) < 0.01)),
        "origin": coded(origin, ORIGIN, random.random(rows) < 0.005),
    }
    return pa.table(columns)


def chunks_of(total: int) -> Iterator[int]:
    """Sizes of the chunks that make up ``total`` rows."""
    while total > 0:
        yield min(total, ROWS_IN_GROUP)
        total -= ROWS_IN_GROUP


def make_registers(folder: Path, residents: int, kind: str, seed: int = 1) -> None:
    """Write the three registers into a folder.

    Parameters
    ----------
    folder : Path
        Made if absent; earlier registers in it are overwritten.
    residents : int
        How many residents.
    kind : {"country", "city"}
        Whose proportions and extent to use.
    seed : int
        The same seed gives the same registers.
    """
    write_registers(folder, scale_of(residents, kind), seed)


def write_registers(folder: Path, scale: Scale, seed: int, first: int = 0) -> None:
    """Write the three registers of a scale into a folder; keys count from `first`."""
    random = np.random.default_rng(seed)
    cells = make_cells(random, scale)
    addresses_in_cell = spread_over(random, scale.addresses, cells.weight)
    cell_of_address = np.repeat(np.arange(scale.cells), addresses_in_cell)
    # 2 % of the addresses have no dwelling; the more crowded a cell, the taller its houses.
    taller = cells.weight[cell_of_address] ** 0.5
    housed = np.flatnonzero(random.random(cell_of_address.size) >= 0.02)
    dwellings_at_address = spread_over(random, scale.dwellings, taller[housed])
    address_of_dwelling = np.repeat(housed, dwellings_at_address)
    disadvantage = cells.disadvantage[cell_of_address[address_of_dwelling]]
    folder.mkdir(parents=True, exist_ok=True)
    write_addresses(random, folder, cells, cell_of_address, first)
    write_dwellings(random, folder, address_of_dwelling, disadvantage, first)
    placed = disadvantage.astype(np.float32)
    writer: pq.ParquetWriter | None = None
    for rows in chunks_of(scale.residents):
        chunk = residents_chunk(random, rows, placed, first)
        if writer is None:
            writer = pq.ParquetWriter(folder / "residents.parquet", chunk.schema)
        writer.write_table(chunk)
    if writer is not None:
        writer.close()


def main() -> None:
    """Command line of the maker."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--residents", type=int, default=5_900_000)
    parser.add_argument("--kind", choices=["country", "city"], default="country")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    make_registers(options.folder, options.residents, options.kind, options.seed)
    print(f"{options.residents} residents in {options.folder} after {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
