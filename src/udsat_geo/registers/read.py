"""From a folder of registers to exact sums by place.

The order: open the three tables, lock the connection, check them, evaluate ``[let]``, place the addresses, link
dwellings to addresses and residents to dwellings, and add up each criterion's numerator and denominator over the
rows that count. A row counts in a criterion when its `where` is true and neither side of the ratio is NULL.

Sums are integers. Whole numbers and yes/no are added as they are; other numbers in millionths (`FRACTION`), rounded
once per row, so that no order of rows can change a sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import Policy
from udsat_geo.registers.checks import check_tables
from udsat_geo.registers.let import evaluate_let
from udsat_geo.registers.linking import Place, count_unplaced, link_dwellings, place_addresses
from udsat_geo.registers.opened import Opened, open_registers
from udsat_geo.registers.policy_checks import check_policy_expressions, check_policy_fits
from udsat_geo.registers.ratios import Ratios, add_ratios
from udsat_geo.registers.settings import RegisterSettings


@dataclass(frozen=True)
class RegisterSums:
    """What the registers say of each place.

    Attributes
    ----------
    residents : int64, shape (n_places,)
        Residents placed there.
    dwellings : int64, shape (n_places,)
        Dwellings there, occupied or not.
    numerator, denominator : int64, shape (n_places, n_criteria)
        Sums over the rows that count.
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        How many of the sum make one: 1, or `FRACTION` for sums of millionths.
    counts : dict
        Rows that do not count, by reason.
    rows : dict
        Table -> number of rows.
    files : dict
        Table -> its file; ``settings`` -> registers.toml, where there is one.
    notes : tuple of str
        What was found out about the files: how they are written.
    settings : RegisterSettings
    let : dict
        Name -> value of what ``[let]`` evaluated.
    """

    residents: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    numerator_unit: NDArray[np.int64]
    denominator_unit: NDArray[np.int64]
    counts: dict[str, int]
    rows: dict[str, int]
    files: dict[str, Path]
    notes: tuple[str, ...]
    settings: RegisterSettings
    let: dict[str, float | None] = field(default_factory=dict)


def read_registers(folder: Path, policy: Policy, place: Place, threads: int | None = None) -> RegisterSums:
    """Read a folder of registers and add up the criteria of a policy by place.

    Parameters
    ----------
    folder : Path
    policy : Policy
        Its criteria read ``residents`` and ``dwellings``.
    place : callable
        Where an address lies.
    threads : int, optional
        For DuckDB; results do not depend on it.

    Raises
    ------
    InputError
        With every problem found: files, columns, codes, numbers, keys, positions, expressions.
    """
    check_policy_fits(policy)
    return sums_of_opened(open_registers(folder, threads), policy, place)


def sums_of_opened(opened: Opened, policy: Policy, place: Place) -> RegisterSums:
    """Add up the criteria of a policy over opened registers, and close them.

    Raises
    ------
    InputError
        See `read_registers`.
    """
    check_policy_expressions(opened, policy)
    rows, counts = check_tables(opened.connection, opened.tables)
    let = evaluate_let(opened.connection, policy, "residents", opened.residents.select())
    sums = _add_up(opened, policy, place, let, rows, counts)
    opened.connection.close()
    return sums


def _add_up(
    opened: Opened,
    policy: Policy,
    place: Place,
    let: dict[str, float | None],
    rows: dict[str, int],
    counts: dict[str, int],
) -> RegisterSums:
    """Place addresses, then dwellings, then residents, adding up on the way."""
    from udsat_geo.kernels.sums import count_rows

    n_places = place_addresses(opened, place, counts)
    place_of_dwelling, unplaced = link_dwellings(opened, policy, counts)
    dwellings = np.zeros(n_places, dtype=np.int64)
    count_rows(place_of_dwelling, dwellings)
    ratios = Ratios.empty(n_places, len(policy.criteria))
    residents, residents_of_dwelling = _add_up_residents(opened, policy, place_of_dwelling, let, ratios)
    count_unplaced(opened, rows, counts, residents_of_dwelling, unplaced)
    let |= _add_up_dwellings(opened, policy, residents_of_dwelling, place_of_dwelling, ratios)
    notes = tuple(note for table in opened.tables for note in table.notes)
    return RegisterSums(
        residents,
        dwellings,
        ratios.numerator,
        ratios.denominator,
        ratios.numerator_unit,
        ratios.denominator_unit,
        counts,
        rows,
        opened.files,
        notes,
        opened.settings,
        let,
    )


def _add_up_residents(
    opened: Opened,
    policy: Policy,
    place_of_dwelling: NDArray[np.int32],
    let: dict[str, float | None],
    ratios: Ratios,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Add up the criteria over residents, whom one pass counts by place and by dwelling as well.

    Returns
    -------
    residents : int64, shape (n_places,)
    residents_of_dwelling : int64, shape (n_dwellings,)
        Placed or not.
    """
    from udsat_geo.kernels.sums import count_rows, follow

    residents = np.zeros(len(ratios.numerator), dtype=np.int64)
    residents_of_dwelling = np.zeros(len(place_of_dwelling), dtype=np.int64)

    def place_residents(dwelling_of_row: NDArray[np.int32]) -> NDArray[np.int32]:
        count_rows(dwelling_of_row, residents_of_dwelling)
        place_of_row = np.empty(len(dwelling_of_row), dtype=np.int32)
        follow(dwelling_of_row, place_of_dwelling, place_of_row)
        count_rows(place_of_row, residents)
        return place_of_row

    linked = (
        f"(SELECT r.*, CAST(d.rowid AS INTEGER) AS dwelling_row FROM {opened.residents.select()} r "
        "JOIN dwellings d ON r.dwelling_id = d.dwelling_id)"
    )
    add_ratios(opened.connection, policy, "residents", linked, "dwelling_row", place_residents, let, ratios)
    return residents, residents_of_dwelling


def _add_up_dwellings(
    opened: Opened,
    policy: Policy,
    residents_of_dwelling: NDArray[np.int64],
    place_of_dwelling: NDArray[np.int32],
    ratios: Ratios,
) -> dict[str, float | None]:
    """Add up the criteria over dwellings; `residents` is known by now. What ``[let]`` gave over them."""
    import pyarrow as pa

    if not any(criterion.register_name == "dwellings" for criterion in policy.criteria):
        return {}
    row_of_dwelling = np.arange(len(place_of_dwelling), dtype=np.int32)
    opened.connection.register(
        "counted", pa.table({"residents": residents_of_dwelling, "dwelling_row": row_of_dwelling})
    )
    relation = "(SELECT * FROM dwellings POSITIONAL JOIN counted)"
    let = evaluate_let(opened.connection, policy, "dwellings", relation)

    def place_dwellings(row: NDArray[np.int32]) -> NDArray[np.int32]:
        return place_of_dwelling[row]

    add_ratios(opened.connection, policy, "dwellings", relation, "dwelling_row", place_dwellings, let, ratios)
    return let
