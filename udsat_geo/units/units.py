"""The places judged: cells, zones, addresses; each with the two sums of every criterion.

Units always stand in one canonical order, whatever the order of the input: cells by row, then column (south to
north, west to east); zones by their id; addresses by northing, then easting, then id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.distributions import Quantiles, fill_quantiles
from udsat_geo.registers.expressions import working_crs
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import RegisterSums, read_registers
from udsat_geo.units.grid import Grid
from udsat_geo.units.grid_ids import DANISH_ID
from udsat_geo.units.regions import Regions, RegionSums

if TYPE_CHECKING:
    from udsat_geo.registers.unit_intervals import Bounds
    from udsat_geo.registers.unit_margins import Errors


@dataclass(frozen=True)
class Beyond:
    """Units that are not here: of very many only those are held that can matter to areas, and of all others the sums.

    Attributes
    ----------
    n_units, residents : int
    numerator, denominator : int64, shape (n_columns,)
        Added up over them.
    spread : float64, shape (n_criteria,)
        Of the gaps of all units, those that are here and these: see `udsat_geo.scoring.spread.spread_of_gaps`.
    extent : tuple of float
        West, south, east and north of the centres of all units.
    held_by : object
        What has them, for whoever reads and writes them.
    regions : RegionSums or None
        By region, where the policy compares units with theirs.
    thresholds : mapping
        Name of a threshold that is a share of the units -> the composite that this share of all reaches.
    places : callable or None
        Gives rows and columns of all cells, int64, shape (n_all,) each, in their order.
    """

    n_units: int
    residents: int
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    spread: NDArray[np.float64]
    extent: tuple[float, float, float, float]
    held_by: Any = None
    regions: RegionSums | None = None
    thresholds: dict[str, float] = field(default_factory=dict)
    places: Callable[[], tuple[NDArray[np.int64], NDArray[np.int64]]] | None = None


@dataclass(frozen=True)
class Units:
    """Units in canonical order.

    Attributes
    ----------
    kind : str
        ``cells``, ``zones`` or ``addresses``.
    crs : str
        Reference system of positions and geometries, projected, in metres.
    unit_id : object (str), shape (n_units,)
    easting, northing : float64, shape (n_units,)
        Centres: of the cell, the centroid of the zone, or the address itself.
    residents : int64, shape (n_units,)
    numerator, denominator : int64, shape (n_units, n_criteria)
        The sums of each criterion over the unit alone.
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        What of each sum makes one (1, or a million for sums of millionths).
    row, col : int64, shape (n_units,), or None
        Cells only.
    grid : Grid or None
        Cells only.
    geometry : object (shapely), shape (n_units,), or None
        Zones only.
    residents_known : bool, shape (n_units,), or None
        False where `residents` is 0 only because the unit table has no number; None where all are known.
    name : object (str), shape (n_units,), or None
        From a unit table whose policy names the column.
    bounds : Bounds or None
        The least and the most that the sums can be, where counts of a unit table are intervals.
    regions : Regions or None
        Where the policy compares units with their region.
    quantiles : mapping
        Number of a criterion that is a quantile -> its values, by unit; its sums are 0.
    since : tuple of int, n_criteria, or None
        Where criteria are changes between years: the column of each one's sums of the earlier year, which stand after
        those of the criteria, so that all sums have more columns than there are criteria; -1 of a criterion that is no
        change. None where none is.
    errors : Errors or None
        Standard errors of the sums, where a unit table states margins of error.
    beyond : Beyond or None
        Units that are not here, where these are some of very many.
    """

    kind: str
    crs: str
    unit_id: NDArray[np.object_]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    residents: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    numerator_unit: NDArray[np.int64]
    denominator_unit: NDArray[np.int64]
    row: NDArray[np.int64] | None = None
    col: NDArray[np.int64] | None = None
    grid: Grid | None = None
    geometry: NDArray[np.object_] | None = None
    residents_known: NDArray[np.bool_] | None = None
    name: NDArray[np.object_] | None = None
    bounds: Bounds | None = None
    regions: Regions | None = None
    quantiles: Quantiles = field(default_factory=dict)
    since: tuple[int, ...] | None = None
    errors: Errors | None = None
    beyond: Beyond | None = None

    def __len__(self) -> int:
        return len(self.residents)

    def all_ids(self) -> NDArray[np.object_]:
        """The ids of these units and those beyond them, in their order."""
        if self.beyond is None or self.beyond.places is None or self.grid is None:
            return self.unit_id
        return self.grid.ids(*self.beyond.places())

    def rate(self, numerator: NDArray[np.int64], denominator: NDArray[np.int64]) -> NDArray[np.float64]:
        """Rates from sums of these units, NaN where the denominator is 0; of a change, now less then.

        Parameters
        ----------
        numerator, denominator : int64, shape (..., n_columns)
            As the units have them.

        Returns
        -------
        float64, shape (..., n_criteria)
            See `rates_of_sums`.
        """
        return rates_of_sums(numerator, denominator, self.numerator_unit, self.denominator_unit, self.since)

    def own_rates(self) -> NDArray[np.float64]:
        """The rates of every unit alone, shape (n_units, n_criteria)."""
        rate = self.rate(self.numerator, self.denominator)
        return fill_quantiles(rate, self.quantiles, np.arange(len(self), dtype=np.int64))

    def sums_of(
        self, members: NDArray[np.int64] | NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numerators and denominators of some units, or of all, added up, shape (n_columns,) each."""
        if members is None:
            here = np.einsum("ij->j", self.numerator), np.einsum("ij->j", self.denominator)
            return here if self.beyond is None else (here[0] + self.beyond.numerator, here[1] + self.beyond.denominator)
        chosen = np.flatnonzero(members) if members.dtype == bool else members
        return self.numerator.take(chosen, axis=0).sum(axis=0), self.denominator.take(chosen, axis=0).sum(axis=0)

    def rates_of(self, members: NDArray[np.int64] | NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """The rates of some units, or of all, taken together, shape (n_criteria,); numbers, or flags of all units."""
        rate = self.rate(*self.sums_of(members))
        if not self.quantiles:
            return rate
        group = np.full(len(self), -1, dtype=np.int64)
        group[... if members is None else members] = 0
        together: NDArray[np.float64] = fill_quantiles(rate[None, :], self.quantiles, group)[0]
        return together

    def rates_outside(self, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The rates of all units but those `inside`, taken together, shape (n_criteria,)."""
        if self.beyond is None:
            return self.rates_of(~inside)
        whole, members = self.sums_of(), self.sums_of(inside)
        return self.rate(whole[0] - members[0], whole[1] - members[1])

    def rates_of_groups(
        self,
        group_of_unit: NDArray[np.int64],
        n_groups: int,
        sums: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
    ) -> NDArray[np.float64]:
        """The rates of groups of units, shape (n_groups, n_criteria); -1 is no group.

        `sums` are the numerators and denominators of the groups, where they are added up already.
        """
        if sums is None:
            sums = total(group_of_unit, self.numerator, n_groups), total(group_of_unit, self.denominator, n_groups)
        return fill_quantiles(self.rate(*sums), self.quantiles, group_of_unit)


def bounds_of_rates(units: Units, bounds: Bounds, capped: Flags) -> tuple[Floats, Floats]:
    """The least and the most that each unit's own rate can be.

    Parameters
    ----------
    units : Units
    bounds : Bounds
    capped : bool, shape (n_criteria,)
        Of shares, which lie at 1 or below.

    Returns
    -------
    lower, upper : float64, shape (n_units, n_criteria)
        NaN where a unit has no rate, and where the denominator may be 0 so that no number bounds it.
    """
    tops = (bounds.numerator_lower, bounds.numerator_upper)
    belows = (bounds.denominator_lower, bounds.denominator_upper)
    n_criteria = tops[0].shape[1]
    of_one = units.numerator_unit[:n_criteria], units.denominator_unit[:n_criteria]
    corners = np.stack([rates_of_sums(top, below, *of_one) for top in tops for below in belows])
    lower: Floats = np.fmin.reduce(corners)
    upper: Floats = np.fmax.reduce(corners)
    open_ended = (belows[0] <= 0) & (belows[1] > 0)
    upper[open_ended & (tops[1] > 0)] = np.inf
    lower[open_ended & (tops[0] < 0)] = np.nan
    upper = np.where(capped, np.minimum(upper, 1.0), upper)
    upper[np.isinf(upper)] = np.nan
    # nothing bounds a change, whose other year may be an interval too
    changes = np.array(units.since or (-1,) * n_criteria) >= 0
    lower[:, changes] = upper[:, changes] = np.nan
    return lower, upper


def rates_of_sums(
    numerator: NDArray[np.int64],
    denominator: NDArray[np.int64],
    numerator_unit: NDArray[np.int64],
    denominator_unit: NDArray[np.int64],
    since: tuple[int, ...] | None = None,
) -> NDArray[np.float64]:
    """Rates from exact sums, NaN where the denominator is 0; of a change, the rate of now less that of then.

    Parameters
    ----------
    numerator, denominator : int64, shape (..., n_columns)
    numerator_unit, denominator_unit : int64, shape (n_columns,)
        How many of each sum make one.
    since : tuple of int, n_criteria, optional
        As in `Units`; without it there is a column for each criterion, and no change.

    Returns
    -------
    float64, shape (..., n_criteria)
        ``(numerator / numerator_unit) / (denominator / denominator_unit)``, rounded once as long as the sums,
        brought to one unit, stay below 2^53, which a float64 holds exactly.
    """
    common = np.gcd(numerator_unit, denominator_unit)
    # as floats: sums of millionths times a million would leave 64-bit integers
    over = denominator.astype(np.float64) * (numerator_unit // common)
    top = numerator.astype(np.float64) * (denominator_unit // common)
    result = np.full(np.shape(over), np.nan)
    np.divide(top, over, out=result, where=over != 0)
    if since is None:
        return result
    for criterion, then in enumerate(since):
        if then >= 0:
            columns = [criterion, then]
            units = zip(numerator_unit[columns].tolist(), denominator_unit[columns].tolist(), strict=True)
            result[..., criterion] = _changes(numerator[..., columns], denominator[..., columns], list(units))
    return result[..., : len(since)]


def _changes(
    numerator: NDArray[np.int64], denominator: NDArray[np.int64], units: list[tuple[int, int]]
) -> NDArray[np.float64]:
    """One ratio less another, rounded once, so that a change of just a limit is at it; NaN where either has no base.

    Parameters
    ----------
    numerator, denominator : int64, shape (..., 2)
        Of now and of then.
    units : two of (numerator's unit, denominator's unit)
    """
    # as Python integers: products of sums leave 64 bits, and their division is rounded right
    top = [numerator[..., i].astype(object) * units[i][1] for i in (0, 1)]
    below = [denominator[..., i].astype(object) * units[i][0] for i in (0, 1)]
    known = (denominator != 0).all(axis=-1)
    result: NDArray[np.float64] = np.full(known.shape, np.nan)
    over = np.asarray(below[0] * below[1], dtype=object)
    change = np.asarray(top[0] * below[1] - top[1] * below[0], dtype=object)
    result[known] = (change[known] / over[known]).astype(np.float64)
    return result


def grid_of(policy: Policy) -> Grid:
    """The grid of a policy over cells."""
    return Grid(policy.units.size, policy.units.id_pattern or DANISH_ID, policy.units.id_unit)


def cells_from_registers(
    folder: Path, policy: Policy, threads: int | None = None, year: int | None = None
) -> tuple[Units, RegisterSums]:
    """Make cells from registers: every cell that holds at least one dwelling, lived in or not.

    Parameters
    ----------
    folder : Path
        Holds residents, dwellings and addresses.
    policy : Policy
    threads : int, optional
    year : int, optional
        Which year of a folder that holds several.

    Returns
    -------
    units : Units
    sums : RegisterSums
        For its counts and notes.

    Raises
    ------
    InputError
        See `udsat_geo.registers.read.read_registers`.
    """
    grid = grid_of(policy)
    found: list[NDArray[np.int64]] = []

    def place(located: Located) -> tuple[NDArray[np.int32], int]:
        from udsat_geo.kernels.cells import distinct_cells

        row, col = grid.cell_of(located.easting, located.northing)
        first_address, cell_of_address = distinct_cells(row, col)
        found.extend((row[first_address], col[first_address]))
        return cell_of_address, len(first_address)

    sums = read_registers(folder, policy, place, threads, year)
    row, col = found
    return lived_in_cells(grid, row, col, sums, str(folder), working_crs(policy))[0], sums


def cells_of_addresses(
    sums: RegisterSums, easting: NDArray[np.float64], northing: NDArray[np.float64], policy: Policy
) -> tuple[Units, NDArray[np.int64]]:
    """Make the cells of a policy from sums that are by address already: exactly what the registers themselves give.

    Parameters
    ----------
    sums : RegisterSums
        Whose places are addresses.
    easting, northing : float64, shape (n_addresses,)
    policy : Policy

    Returns
    -------
    units : Units
    unit_of_address : int64, shape (n_addresses,)
        -1 where no dwelling is in the cell.

    Raises
    ------
    InputError
        If no dwelling lies in a cell.
    """
    from udsat_geo.kernels.cells import distinct_cells

    grid = grid_of(policy)
    row, col = grid.cell_of(easting, northing)
    first, cell_of_address = distinct_cells(row, col)
    cell, n_cells = cell_of_address.astype(np.int64), len(first)
    of_cells = replace(
        sums,
        residents=total(cell, sums.residents, n_cells),
        dwellings=total(cell, sums.dwellings, n_cells),
        numerator=total(cell, sums.numerator, n_cells),
        denominator=total(cell, sums.denominator, n_cells),
        quantiles={j: replace(values, place=cell_of_address[values.place]) for j, values in sums.quantiles.items()},
    )
    units, order = lived_in_cells(grid, row[first], col[first], of_cells, policy.id, working_crs(policy))
    unit_of_cell = np.full(n_cells, -1, dtype=np.int64)
    unit_of_cell[order] = np.arange(len(order))
    return units, unit_of_cell[cell]


def lived_in_cells(
    grid: Grid, row: NDArray[np.int64], col: NDArray[np.int64], sums: RegisterSums, where: str, crs: str
) -> tuple[Units, NDArray[np.int64]]:
    """The cells with a dwelling as units, and where each stands among all.

    Parameters
    ----------
    grid : Grid
    row, col : int64, shape (n_cells,)
        Distinct, in any order.
    sums : RegisterSums
        Whose places are these cells.
    where : str
        What they were read from, for the message.
    crs : str
        That their rows and columns count in.

    Returns
    -------
    units : Units
    order : int64, shape (n_units,)
        The number of each unit's cell.

    Raises
    ------
    InputError
        If no cell has a dwelling.
    """
    order = np.lexsort((col, row))
    order = order[sums.dwellings[order] > 0]
    if not len(order):
        raise InputError(Problem(where, _("no dwelling could be placed in a cell"), _("Check addresses and keys.")))
    return _cells(grid, row[order], col[order], sums, order, crs), order


def _cells(
    grid: Grid,
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    sums: RegisterSums,
    order: NDArray[np.int64],
    crs: str,
) -> Units:
    easting, northing = grid.centres(row, col)
    return Units(
        kind="cells",
        crs=crs,
        unit_id=grid.ids(row, col),
        easting=easting,
        northing=northing,
        residents=sums.residents[order],
        numerator=sums.numerator[order],
        denominator=sums.denominator[order],
        numerator_unit=sums.numerator_unit,
        denominator_unit=sums.denominator_unit,
        row=row,
        col=col,
        grid=grid,
        quantiles=_quantiles(sums, order),
    )


def _quantiles(sums: RegisterSums, order: NDArray[np.int64]) -> Quantiles:
    """The values of quantiles by unit; `order` holds the place of each, shape (n_units,)."""
    return {j: values.at(order, len(sums.residents)) for j, values in sums.quantiles.items()}


def addresses_from_registers(
    folder: Path, policy: Policy, threads: int | None = None, year: int | None = None
) -> tuple[Units, RegisterSums]:
    """Make units of addresses from registers: every address that holds at least one dwelling, lived in or not.

    Addresses at one point stay units of their own. Those without a position are no units, and are counted.

    Parameters
    ----------
    folder : Path
        Holds residents, dwellings and addresses.
    policy : Policy
    threads : int, optional
        For DuckDB; no result depends on it.
    year : int, optional
        Which year of a folder that holds several.

    Returns
    -------
    units : Units
        By northing, then easting, then id (as text, by code point).
    sums : RegisterSums
        For its counts and notes.

    Raises
    ------
    InputError
        See `udsat_geo.registers.read.read_registers`.
    """
    found: list[Located] = []
    ids: list[Any] = []

    def place(located: Located) -> tuple[NDArray[np.int32], int]:
        found.append(located)
        ids.append(located.address_id)  # while the registers are open
        return np.arange(len(located.easting), dtype=np.int32), len(located.easting)

    sums = read_registers(folder, policy, place, threads, year)
    located, address_id = found[0], ids[0]
    held = np.flatnonzero(sums.dwellings > 0)
    if not len(held):
        raise InputError(
            Problem(str(folder), _("no dwelling could be placed at an address"), _("Check addresses and keys."))
        )
    held = held[_canonical_order(located.easting[held], located.northing[held], address_id.take(held))]
    units = Units(
        kind="addresses",
        crs=working_crs(policy),
        unit_id=_as_objects(address_id.take(held)),
        easting=located.easting[held],
        northing=located.northing[held],
        residents=sums.residents[held],
        numerator=sums.numerator[held],
        denominator=sums.denominator[held],
        numerator_unit=sums.numerator_unit,
        denominator_unit=sums.denominator_unit,
        quantiles=_quantiles(sums, held),
    )
    return units, sums


def _canonical_order(easting: NDArray[np.float64], northing: NDArray[np.float64], address_id: Any) -> NDArray[np.int64]:
    """By northing, then easting, then id, shape (n_addresses,); `address_id` is an Arrow column of texts."""
    order = np.lexsort((easting, northing))
    shares = np.zeros(len(order) + 1, dtype=bool)
    shares[1:-1] = (np.diff(easting[order]) == 0) & (np.diff(northing[order]) == 0)
    # only the ids of addresses that share their point are compared: texts are slow to sort
    tied = np.flatnonzero(shares[1:] | shares[:-1])
    if len(tied):
        members = order[tied]
        rank = np.argsort(np.argsort(_as_objects(address_id.take(members)), kind="stable"))
        order[tied] = members[np.lexsort((rank, easting[members], northing[members]))]
    return order


def _as_objects(texts: Any) -> NDArray[np.object_]:
    """An Arrow column of texts as an array of str."""
    result: NDArray[np.object_] = texts.to_numpy()
    return result
