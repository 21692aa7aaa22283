"""The public set of a designation: its areas, status, changes and units, as a release policy lets them be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from udsat_geo.designation.columns import GEOMETRY
from udsat_geo.designation.layers import Layer, Layers, as_table
from udsat_geo.kernels.arrays import Floats, Ints, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.release.audit import Region
from udsat_geo.release.cell_key import keys_of_units, perturb
from udsat_geo.release.policy import ReleasePolicy, Told, rate_step, round_counts
from udsat_geo.release.quadtree import join_cells
from udsat_geo.release.words import class_texts

OUTSIDE = "outside all areas"
AREA, CHANGE, SQUARE, RATES = "area ", "change: ", "square: ", "rates: "
"""How the names of numbers begin; those of changes and squares can be left out, and rates."""
CHANCE_STEP = 0.1
"""In which shares of draws are told; own choice."""
_SURE = 0.95
"""Of draws, as `udsat certainty` has it."""
_POLYGON = 3


@dataclass(frozen=True)
class Counted:
    """A number of people that is told: whom it counts.

    Attributes
    ----------
    name : str
        What the number is of, for the ledger and the report.
    units : int64, shape (n_units_counted,)
        Unit numbers, in order.
    """

    name: str
    units: Ints


@dataclass(frozen=True)
class PublicSet:
    """What is published of a designation.

    Attributes
    ----------
    layers : tuple of Layer
        ``public_areas``, ``public_status``, ``public_changes``, ``public_units``: the last two where there are any.
    regions : tuple of Region
        Every number of residents that is told, or withheld, and whom it counts.
    rates : dict
        By criterion that is a share: every rate that is told, or withheld as next to nobody or everybody, as what it
        leaves possible of the persons among the residents counted.
    content : dict
        The same as plain data, for JSON.
    cost : dict
        What it took: how many numbers and rates are told and withheld, how many units were joined, and the largest
        change of a number that is told.
    """

    layers: tuple[Layer, ...]
    regions: tuple[Region, ...]
    rates: dict[str, tuple[Region, ...]]
    content: dict[str, Any]
    cost: dict[str, int]


def public_set(
    layers: Layers, policy: ReleasePolicy, salt: bytes | None = None, hidden: frozenset[str] = frozenset()
) -> PublicSet:
    """Make the public set of a designation, whatever has been published before.

    Parameters
    ----------
    layers : Layers
    policy : ReleasePolicy
    salt : bytes, optional
        The secret of the cell keys, where the policy has them.
    hidden : frozenset of str
        Names of numbers that are not told at all.

    Raises
    ------
    InputError
        If units cannot be told in the form that is asked for.
    """
    house = _House(layers, policy, salt, hidden)
    areas, told = _areas(house)
    made = [areas]
    made.append(_status(house))
    if layers.summary.changes is not None:
        made.append(_changes(house))
    sure = _certainty(house)
    if policy.units.form != "none":
        made.append(_units(house))
    content = {**_content(house, made, told), **sure}
    rates = {key: tuple(of_name.values()) for key, of_name in house.rates.items()}
    return PublicSet(tuple(made), tuple(house.regions), rates, content, dict(house.cost))


class _House:
    """What the house knows of a designation, and what has been told of it so far."""

    def __init__(self, layers: Layers, policy: ReleasePolicy, salt: bytes | None, hidden: frozenset[str]):
        units, self.hidden = layers.layers["units"].table, hidden
        self.layers, self.policy, self.summary = layers, policy, layers.summary
        self.unit_id: list[str] = units["unit_id"].to_pylist()
        self.residents = np.array([n or 0 for n in units["residents"].to_pylist()], dtype=np.int64)
        self.composite = units["composite"].to_numpy(zero_copy_only=False).astype(np.float64)
        self.area_id = as_objects(units["area_id"].to_pylist())
        self.keys = None if salt is None else keys_of_units(self.unit_id, salt)
        self.regions: list[Region] = []
        self.rates: dict[str, dict[str, Region]] = {}
        self.cost = {"numbers": 0, "numbers_withheld": 0, "rates": 0, "rates_withheld": 0, "largest_change": 0}

    @property
    def shares(self) -> dict[str, bool]:
        """Whether each criterion is a share, by key."""
        return {criterion.key: criterion.share for criterion in self.summary.criteria}

    def tell(self, counted: Sequence[Counted]) -> Told:
        """Numbers of people, as they may be told; noted for the attack."""
        count = np.array([self.residents[each.units].sum() for each in counted], dtype=np.int64)
        if self.keys is None:
            told = round_counts(count, self.policy.counts)
        else:
            with np.errstate(over="ignore"):
                key = np.array([self.keys[each.units].sum(dtype=np.uint64) for each in counted], dtype=np.uint64)
            told = perturb(count, key, self.policy.counts)
        for each, least, most in zip(counted, told.least.tolist(), told.most.tolist(), strict=True):
            if len(each.units) and each.name not in self.hidden:
                ids = tuple(self.unit_id[unit] for unit in each.units.tolist())
                self.regions.append(Region(each.name, ids, least, most))
        of_any = np.array([len(each.units) > 0 for each in counted], dtype=bool)
        value = np.where([each.name in self.hidden for each in counted], -1, told.value)
        told, known = dataclasses.replace(told, value=value), value >= 0
        self.cost["numbers"] += int((known & of_any).sum())
        self.cost["numbers_withheld"] += int((~known & of_any).sum())
        change = int(np.abs(told.value - count)[known].max(initial=0))
        self.cost["largest_change"] = max(self.cost["largest_change"], change)
        return told

    def rate(self, value: float | None, counted: Counted, key: str) -> float | None:
        """A rate of some units, as it may be told; None where it may not. Noted for the attack."""
        if value is None:
            return None
        residents, is_share = int(self.residents[counted.units].sum()), self.shares.get(key, True)
        hidden = f"{RATES}{counted.name}" in self.hidden
        hidden = hidden or (not is_share and self.policy.amounts.is_sensitive(self.amounts(key)[counted.units]))
        found = None if hidden else told_rate(value, residents, is_share, self.policy)
        self.cost["rates" if found is not None else "rates_withheld"] += 1
        step = rate_step(residents, self.policy)
        if is_share and step is not None and not hidden:
            ids = tuple(self.unit_id[unit] for unit in counted.units.tolist())
            low, high = rate_bounds(value, step)
            told = Region(f"{RATES}{counted.name}", ids, low * residents, high * residents)
            self.rates.setdefault(key, {})[counted.name] = told
        return found

    def amounts(self, key: str) -> Floats:
        """What all residents of each unit contribute to an amount, float64, shape (n_units,).

        No person contributes more than the unit: what is safe of units is safe of persons.
        """
        table = self.layers.layers["units"].table
        name = next((name for name in (f"rate_own_{key}", f"rate_{key}") if name in table.column_names), None)
        if name is None:
            return np.zeros(len(self.residents))
        mean = np.array([0.0 if each is None else each for each in table[name].to_pylist()], dtype=np.float64)
        found: Floats = np.nan_to_num(mean) * self.residents
        return found

    def score(self, value: float | None, residents: int) -> float | None:
        """A composite in the steps of the policy, coarser where rates are; None where no rate is told."""
        step = rate_step(residents, self.policy)
        if value is None or step is None:
            return None
        wide = self.policy.rates.composite_step * max(step / self.policy.rates.step, 1.0)
        return round(round(value / wide) * wide, 10)


def told_rate(value: float, residents: int, is_share: bool, policy: ReleasePolicy) -> float | None:
    """A rate of so many residents, as it may be told; None where it may not.

    A share stands to the nearest step of `rate_step`; one that is next to nobody, or to everybody, is withheld, as
    "0 %" would tell it of each. What is no share has two significant digits.

    Parameters
    ----------
    value : float
    residents : int
    is_share : bool
    policy : ReleasePolicy
    """
    step = rate_step(residents, policy)
    if step is None or not np.isfinite(value):
        return None
    if not is_share:
        return float(f"{value:.2g}")
    steps = round(value / step)
    # the classes of nobody and of everybody would hold fewer persons than all others
    return round(steps * step, 10) if 2 <= steps <= round(1 / step) - 2 else None


def rate_bounds(value: float, step: float) -> tuple[float, float]:
    """What a share may be for all that is told of it: one that is next to nobody or to everybody is known to be."""
    steps = round(value / step)
    if steps < 2:
        return 0.0, 1.5 * step
    if steps > round(1 / step) - 2:
        return 1 - 1.5 * step, 1.0
    return (steps - 0.5) * step, (steps + 0.5) * step


def _areas(house: _House) -> tuple[Layer, Told]:
    """The areas, each number and rate as it may be told."""
    layer = house.layers.layers["areas"]
    rows = layer.table.drop_columns([GEOMETRY]).to_pylist()
    counted = [Counted(f"{AREA}{row['area_id']}", _where(house.area_id, row["area_id"])) for row in rows]
    told = house.tell(counted)
    keys = [criterion.key for criterion in house.summary.criteria]
    rest = {entry.criterion: entry.rest_of_city for entry in house.summary.status}
    outside = Counted(OUTSIDE, _outside(house))
    columns: dict[str, list[Any]] = {
        name: [row[name] for row in rows] for name in ("area_id", "name", "district", "since", "event", "exceeded")
    }
    columns["residents"] = [None if n < 0 else n for n in told.value.tolist()]
    # which criteria few people exceed says how they live
    columns["exceeded"] = [
        None if n < 0 else text for n, text in zip(told.value.tolist(), columns["exceeded"], strict=True)
    ]
    is_told = [n >= 0 for n in told.value.tolist()]
    columns["composite"] = [
        house.score(row["composite"], row["residents"]) if tells and f"{RATES}{of.name}" not in house.hidden else None
        for row, of, tells in zip(rows, counted, is_told, strict=True)
    ]
    columns["rate_step"] = [
        rate_step(int(house.residents[of.units].sum()), house.policy) if tells else None
        for of, tells in zip(counted, is_told, strict=True)
    ]
    if "p_area" in rows[0] if rows else False:
        columns["p_area"] = [
            _in_steps(row["p_area"], CHANCE_STEP) if tells else None for row, tells in zip(rows, is_told, strict=True)
        ]
    withheld: list[list[str]] = [[] if tells else ["residents"] for tells in is_told]
    for key in keys:
        of_rest = house.rate(rest.get(key), outside, key)
        rates = [
            house.rate(row[f"rate_{key}"], of, key) if tells else None
            for row, of, tells in zip(rows, counted, is_told, strict=True)
        ]
        columns[f"rate_{key}"] = rates
        columns[f"gap_{key}"] = [_gap(rate, of_rest, key, house) for rate in rates]
        for missing, rate in zip(withheld, rates, strict=True):
            missing += [key] if rate is None else []
    columns["withheld"] = [", ".join(missing) or None for missing in withheld]
    return Layer("public_areas", _table(columns, layer.table[GEOMETRY]), layer.geometry_type, layer.crs), told


def _in_steps(value: float | None, step: float) -> float | None:
    """A share in steps, none where there is none."""
    return None if value is None or np.isnan(value) else round(round(value / step) * step, 10)


def _gap(rate: float | None, rest: float | None, key: str, house: _House) -> float | None:
    """The gap between two rates that are told: so it tells nothing more."""
    if rate is None or rest is None:
        return None
    worse = next(criterion.worse for criterion in house.summary.criteria if criterion.key == key)
    return round((rate - rest) * (1 if worse == "high" else -1), 10)


def _status(house: _House) -> Layer:
    """The areas taken together, the rest of the city, and the city."""
    rest = Counted(OUTSIDE, _outside(house))
    house.tell([rest])
    inside = Counted("all areas", np.flatnonzero(~_is_outside(house)))
    of = (inside, rest, Counted("the city", np.arange(len(house.residents))))
    names = ("criterion", "areas", "rest_of_city", "gap", "city", "rate_step")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    steps = [rate_step(int(house.residents[counted.units].sum()), house.policy) for counted in of]
    coarsest = max((step for step in steps if step is not None), default=None)
    for entry in house.summary.status:
        three = [
            house.rate(value, counted, entry.criterion)
            for value, counted in zip((entry.areas, entry.rest_of_city, entry.city), of, strict=True)
        ]
        columns["criterion"].append(entry.criterion)
        columns["areas"].append(three[0])
        columns["rest_of_city"].append(three[1])
        columns["gap"].append(_gap(three[0], three[1], entry.criterion, house))
        columns["city"].append(three[2])
        columns["rate_step"].append(coarsest)
    return Layer("public_status", _table(columns))


def _changes(house: _House) -> Layer:
    """What became of each area, and how many residents came in, left and stayed."""
    rows = house.layers.layers["changes"].table.drop_columns([GEOMETRY]).to_pylist()
    changed = house.layers.layers["changed_units"].table.drop_columns([GEOMETRY]).to_pylist()
    number = {unit: place for place, unit in enumerate(house.unit_id)}
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in ("event", "area_id", "name")}
    columns["previous_ids"] = [row["previous_ids"] or None for row in rows]
    for name, event, of in (("added", "added", "area_id"), ("removed", "removed", "previous_area_id")):
        counted = []
        for row in rows:
            mine = {row["area_id"]} if name == "added" else {*(row["previous_ids"] or "").split(","), row["area_id"]}
            units = [
                number[each["unit_id"]]
                for each in changed
                if each["event"] == event and each[of] in mine and each["unit_id"] in number
            ]
            counted.append(Counted(f"{CHANGE}{name}, area {row['area_id']}", np.array(sorted(units), dtype=np.int64)))
        told = house.tell(counted)
        # what another rule attributes otherwise, as that of zones that changed, is not told at all
        agrees = [
            int(house.residents[each.units].sum()) == row[f"residents_{name}"]
            for each, row in zip(counted, rows, strict=True)
        ]
        columns[f"residents_{name}"] = [
            0 if not len(each.units) and fits else None if n < 0 or not fits else n
            for each, n, fits in zip(counted, told.value.tolist(), agrees, strict=True)
        ]
    return Layer("public_changes", _table(columns))


def _certainty(house: _House) -> dict[str, Any]:
    """How many are surely in the areas, or could go either way, where draws were made: as other numbers are told."""
    units, certainty = house.layers.layers["units"].table, house.summary.certainty
    if certainty is None or "p_designated" not in units.column_names:
        return {}
    p = np.array([np.nan if each is None else each for each in units["p_designated"].to_pylist()], dtype=np.float64)
    inside = ~_is_outside(house)
    of = {
        "residents_sure": inside & (p >= _SURE),
        "residents_grey": inside & (p < _SURE),
        "residents_grey_outside": ~inside & (p > 1 - _SURE),
    }
    told = house.tell([Counted(f"{CHANGE}{name}", np.flatnonzero(where)) for name, where in of.items()])
    numbers = {
        name: (None if n < 0 else n) if where.any() else 0
        for (name, where), n in zip(of.items(), told.value.tolist(), strict=True)
    }
    return {"certainty": {"draws": certainty.draws, "drawn": certainty.drawn, **numbers}}


def _units(house: _House) -> Layer:
    """The units: as squares that hold enough persons, or each by its class alone."""
    layer = house.layers.layers["units"]
    outline = shapely.from_wkb(layer.table[GEOMETRY].to_pylist())
    if house.policy.units.form == "classes":
        if len(outline) and (shapely.get_type_id(outline) < _POLYGON).any():
            what = _("units are addresses, of which none is published")
            raise InputError(Problem("--units classes", what, _("Ask for --units none.")))
        enough = np.flatnonzero(house.residents >= house.policy.units.least_persons)
        columns: dict[str, list[Any]] = {
            "unit_id": [house.unit_id[unit] for unit in enough.tolist()],
            "class": class_texts(house.composite[enough], house.layers.language),
        }
        return Layer(
            "public_units", _table(columns, layer.table[GEOMETRY].take(enough)), layer.geometry_type, layer.crs
        )
    size = _cell_size(outline)
    bounds = shapely.bounds(outline)
    row, col = (np.rint(bounds[:, place] / size).astype(np.int64) for place in (1, 0))
    squares = join_cells(row, col, house.residents, house.policy.units.least_persons)
    members = [np.flatnonzero(squares.square_of_cell == number) for number in range(len(squares.row))]
    side = squares.size * size
    north, east = squares.row * size, squares.col * size
    ids = [f"{int(m)}mN{n:.0f}E{e:.0f}" for m, n, e in zip(side, north, east, strict=True)]
    told = house.tell([Counted(f"{SQUARE}{of}", units) for of, units in zip(ids, members, strict=True)])
    house.cost["units_joined"] = int((squares.size > 1).sum())
    mean = np.array([_mean(house.composite[units], house.residents[units]) for units in members])
    columns = {
        "unit_id": ids,
        "residents": [None if n < 0 else n for n in told.value.tolist()],
        "class": class_texts(mean, house.layers.language),
    }
    drawn = shapely.to_wkb(shapely.box(east, north, east + side, north + side))
    return Layer("public_units", _table(columns, drawn), "Polygon", layer.crs)


def _cell_size(outline: Any) -> float:
    """The side of the squares that units are.

    Raises
    ------
    InputError
        If they are no squares of one size.
    """
    bounds = shapely.bounds(outline) if len(outline) else np.zeros((0, 4))
    width, height = bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]
    size = float(width[0]) if len(width) else 0.0
    is_square = np.isclose(width, size) & np.isclose(height, size) & np.isclose(shapely.area(outline), size * size)
    if size <= 0 or not is_square.all():
        what = _("units are no cells of a grid, which alone can be joined into squares")
        raise InputError(Problem("--units quadtree", what, _("Ask for --units classes or none.")))
    return size


def _mean(composite: Floats, residents: Ints) -> float:
    """The composite of some units together: their mean by residents; NaN where none has one."""
    known = ~np.isnan(composite) & (residents > 0)
    return float(np.average(composite[known], weights=residents[known])) if known.any() else np.nan


def _content(house: _House, made: Sequence[Layer], areas: Told) -> dict[str, Any]:
    """The set as plain data."""
    summary, counts = house.summary, house.policy.counts
    tables = {layer.name.removeprefix("public_"): _rows(layer) for layer in made if layer.name != "public_units"}
    return {
        "audience": "public",
        "year": summary.year,
        "language": summary.language,
        "source": summary.source,
        "policy": {"id": summary.policy.id, "sha256": summary.policy.sha256},
        **({} if summary.publisher is None else {"publisher": summary.publisher.model_dump()}),
        "release": {
            "id": house.policy.id,
            "least_persons": counts.least_persons,
            "round_to": counts.round_to,
            "most_noise": counts.most_noise,
            "withheld_below": counts.least_told,
            "units": house.policy.units.form,
        },
        "version": summary.version,
        # the sum of what is told of each area, so that it tells nothing of one that is withheld
        "residents_in_areas": int(areas.value[areas.value >= 0].sum()),
        "criteria": [
            {name: getattr(criterion, name) for name in ("key", "label", "unit", "share", "worse")}
            for criterion in summary.criteria
        ],
        **tables,
    }


def _rows(layer: Layer) -> list[dict[str, Any]]:
    table = layer.table
    plain = table.drop_columns([GEOMETRY]) if GEOMETRY in table.column_names else table
    rows: list[dict[str, Any]] = plain.to_pylist()
    return rows


def _table(columns: Mapping[str, list[Any]], wkb: Any = None) -> Any:
    """Columns of plain values as an Arrow table: None is null."""
    import pyarrow as pa

    table = (
        as_table({}, None)
        if not columns
        else pa.table({name: _arrow(name, values) for name, values in columns.items()})
    )
    if wkb is None:
        return table
    return table.append_column(GEOMETRY, wkb if isinstance(wkb, pa.ChunkedArray) else pa.array(list(wkb), pa.binary()))


def _arrow(name: str, values: list[Any]) -> Any:
    import pyarrow as pa

    if name.startswith(("rate_", "gap_")) or name in ("composite", "p_area", "areas", "rest_of_city", "gap", "city"):
        return pa.array(values, pa.float64())
    return pa.array(values, pa.int64() if name.startswith("residents") or name == "since" else pa.string())


def _where(area_id: Any, area: str) -> Ints:
    return np.flatnonzero(area_id == area)


def _is_outside(house: _House) -> Any:
    return np.array([area is None for area in house.area_id], dtype=bool)


def _outside(house: _House) -> Ints:
    return np.flatnonzero(_is_outside(house))
