"""How the zones of an earlier year belong to those of now: a lookup table of pairs with weights.

A weight is the share of an earlier zone's residents who live in a zone of now; the weights of one earlier zone add up
to 1. Residents are whole: what is shared out goes by largest remainders, so that nobody is lost or counted twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Ints, Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.sources.features import Features, file_of, keys_of, read_features, values_of
from udsat_geo.units.zones import zone_of_points

WHOLE = 10**9
"""Parts that a weight of 1 has: weights are whole numbers of them."""
TOLERANCE = WHOLE // 1000
"""By so much the weights of an earlier zone may miss 1, as published ones are rounded; own choice."""
FROM, TO = ("from", "from_id", "fra", "fra_id"), ("to", "to_id", "til", "til_id")
WEIGHT = ("weight", "share", "vægt", "andel")
"""What the columns may be called, in any letter case."""


AREA, RESIDENTS = "area", "residents"
BY = {AREA: N_("the ground that zones share"), RESIDENTS: N_("the residents at addresses")}
"""What may be named in the place of a table."""


@dataclass(frozen=True)
class Crosswalk:
    """A lookup table as it was read, which may hold zones of other places as well.

    Attributes
    ----------
    name : str
        Of its file.
    path : Path or None
        Of its file.
    from_id, to_id : object (str), shape (n_pairs,)
        A zone of the earlier year, and one of now.
    weight : int64, shape (n_pairs,)
        In parts of `WHOLE`, above 0.
    """

    name: str
    path: Path | None
    from_id: Objects
    to_id: Objects
    weight: Ints

    def __len__(self) -> int:
        return len(self.weight)


@dataclass(frozen=True)
class Pairs:
    """The pairs of a crosswalk between the zones of two designations, by the zone of now, then by the earlier one.

    Attributes
    ----------
    unit_of_earlier, unit_of_now : int64, shape (n_pairs,)
    weight : int64, shape (n_pairs,)
        The share of the earlier zone, in parts of `WHOLE`.
    as_they_are : int
        Earlier zones that the table leads nowhere from, which are the ones of now with their ids.
    """

    unit_of_earlier: Ints
    unit_of_now: Ints
    weight: Ints
    as_they_are: int = 0

    def __len__(self) -> int:
        return len(self.weight)

    def moved(self, residents: Ints) -> Objects:
        """What each pair carries of the earlier zones' `residents`, in parts of `WHOLE`; Python integers."""
        return np.asarray(residents.astype(object)[self.unit_of_earlier] * self.weight.astype(object), dtype=object)


@dataclass(frozen=True)
class Overlay:
    """A crosswalk that is made by laying the zones of two years over each other, once both are known.

    Attributes
    ----------
    by : {"area", "residents"}
    points : object (shapely), shape (n_points,)
        Where residents of the earlier year live; none by area.
    residents : int64, shape (n_points,)
    crs : str
        Of the points.
    """

    by: str
    points: Objects = field(default_factory=lambda: np.empty(0, dtype=object))
    residents: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    crs: str = ""


def lay_over(
    overlay: Overlay, points: Objects, earlier: tuple[Objects, Objects], now: tuple[Objects, Objects]
) -> Crosswalk:
    """The crosswalk that an overlay gives: by residents, and where a zone has none or it is so asked, by ground.

    Parameters
    ----------
    overlay : Overlay
    points : object (shapely), shape (n_points,)
        Those of the overlay, in the reference system of the zones.
    earlier, now : tuple of (object (str), object (shapely))
        Ids and polygons of the zones.
    """
    pairs = _by_points(overlay, points, earlier[1], now[1])
    lived_in = {place for place, _other in pairs}
    pairs |= {pair: part for pair, part in _by_ground(earlier[1], now[1]).items() if pair[0] not in lived_in}
    ordered = sorted(pairs)
    place = np.array([one for one, _other in ordered], dtype=np.int64)
    part = as_objects(pairs[pair] for pair in ordered)
    whole = np.full(len(earlier[0]), WHOLE, dtype=np.int64)
    weight = share_out(whole, place, part, np.ones(len(place), dtype=np.int64))
    other = np.array([other for _one, other in ordered], dtype=np.int64)
    counts = weight > 0
    name = _("crosswalk by {by}").format(by=_(BY[overlay.by]))
    return Crosswalk(name, None, earlier[0][place[counts]], now[0][other[counts]], weight[counts])


def _by_points(overlay: Overlay, points: Objects, earlier: Objects, now: Objects) -> dict[tuple[int, int], int]:
    """Residents at points that lie in a zone of both years, by their zones."""
    import shapely

    if not len(points):
        return {}
    easting, northing = shapely.get_x(points), shapely.get_y(points)
    place, other = (zone_of_points(zones, easting, northing)[0].tolist() for zones in (earlier, now))
    found: dict[tuple[int, int], int] = {}
    for one, two, residents in zip(place, other, overlay.residents.tolist(), strict=True):
        if one >= 0 and two >= 0 and residents:
            found[one, two] = found.get((one, two), 0) + residents
    return found


def _by_ground(earlier: Objects, now: Objects) -> dict[tuple[int, int], int]:
    """Square centimetres that zones of both years share; less than `TOLERANCE` of the earlier one is none."""
    import shapely

    place, other = shapely.STRtree(now).query(earlier, predicate="intersects")
    shared, whole = shapely.area(shapely.intersection(earlier[place], now[other])), shapely.area(earlier)
    counts = shared * WHOLE > TOLERANCE * whole[place]
    ground = np.round(shared[counts] * 10_000).astype(np.int64).tolist()
    return dict(zip(zip(place[counts].tolist(), other[counts].tolist(), strict=True), ground, strict=True))


def read_crosswalk(path: Path, columns: Sequence[str] = ()) -> Crosswalk:
    """Read a lookup table: CSV, Parquet or any vector file, whose geometries do not count.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        Names of the columns: from, to and weight; without the last, or without all, those that are known by name.
        Where there is no column of weights, each earlier zone stands once and goes as a whole.

    Raises
    ------
    InputError
        With all that is wrong: a column that is not there, empty ids, a pair that stands twice, weights that are no
        shares, and those that do not add up to 1 for each earlier zone.
    """
    features = read_features(path)
    names = _columns(features, columns)
    keys = [keys_of(features.attributes, name, features.name) for name in names[:2]]
    weight, problems = _weights(features, names[2] if len(names) > 2 else None)
    problems += _bad_keys(features.name, names, keys)
    if problems:
        raise InputError(problems)
    problems = _bad_sums(features.name, names, keys[0], weight)
    if problems:
        raise InputError(problems)
    counts = weight > 0
    from_id, to_id = (as_objects(each)[counts] for each in keys)
    return Crosswalk(features.name, file_of(path), from_id, to_id, weight[counts])


def _columns(features: Features, wanted: Sequence[str]) -> list[str]:
    """The columns from, to and weight; the last only where there is one."""
    there = list(features.attributes.column_names)
    lower = {name.lower(): name for name in there}
    found, missing = [], []
    for place, (option, known) in enumerate((("from", FROM), ("to", TO), ("weight", WEIGHT))):
        asked = (wanted[place].lower(),) if place < len(wanted) else known
        name = next((lower[each] for each in asked if each in lower), None)
        if name is not None:
            found.append(name)
        elif place < 2 or place < len(wanted):
            missing.append(_("{option} ({names})").format(option=option, names=_(" or ").join(asked)))
    if missing:
        what = _("has no column of {missing} (it has {there})")
        told = what.format(missing=", ".join(missing), there=", ".join(there[:12]) or _("none"))
        remedy = _("Name its columns with --crosswalk-columns FROM,TO,WEIGHT.")
        raise InputError(Problem(features.name, told, remedy))
    return found


def _weights(features: Features, column: str | None) -> tuple[Ints, list[Problem]]:
    """The weight of each row in parts of `WHOLE`, and what is wrong with them."""
    n_rows = features.attributes.num_rows
    if column is None:
        return np.full(n_rows, WHOLE, dtype=np.int64), []
    weight, wrong = np.zeros(n_rows, dtype=np.int64), []
    values = values_of(features.attributes, column, features.name)
    for row, value in enumerate(values):
        share = _share(value)
        if share is None:
            wrong.append(row)
        else:
            weight[row] = math.floor(share * WHOLE + Fraction(1, 2))
    if not wrong:
        return weight, []
    where = _("{file}, column {column}").format(file=features.name, column=column)
    remedy = _("Give the share of the earlier zone's residents, from 0 to 1.")
    return weight, [Problem(where, _("no share"), remedy, len(wrong), repr(values[wrong[0]]))]


def _share(value: Any) -> Fraction | None:
    """A value as a share from 0 to 1, as it is written; None if it is none."""
    try:
        share = Fraction(str(value).strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return None
    return share if 0 <= share <= 1 else None


def _bad_keys(name: str, columns: Sequence[str], keys: Sequence[Sequence[str]]) -> list[Problem]:
    """Empty ids, and pairs that stand twice."""
    problems = []
    for column, ids in zip(columns, keys, strict=False):
        if empty := list(ids).count(""):
            where = _("{file}, column {column}").format(file=name, column=column)
            problems.append(Problem(where, _("empty ids"), _("Give every row a zone, or leave it out."), empty))
    pairs = list(zip(*keys, strict=True))
    if twice := len(pairs) - len(set(pairs)):
        seen: set[tuple[str, ...]] = set()
        first = next(pair for pair in pairs if pair in seen or seen.add(pair))  # type: ignore[func-returns-value]
        problems.append(
            Problem(name, _("pairs that stand twice"), _("Keep one row of each."), twice, " - ".join(first))
        )
    return problems


def _bad_sums(name: str, columns: Sequence[str], from_id: Sequence[str], weight: Ints) -> list[Problem]:
    """Earlier zones whose weights do not add up to 1."""
    sums: dict[str, int] = {}
    for zone, share in zip(from_id, weight.tolist(), strict=True):
        sums[zone] = sums.get(zone, 0) + share
    wrong = [zone for zone, whole in sums.items() if abs(whole - WHOLE) > TOLERANCE]
    if not wrong:
        return []
    if len(columns) == 2:
        what, remedy = _("zones that stand in several rows without weights"), _("Give a column weight.")
        return [Problem(name, what, remedy, len(wrong), wrong[0])]
    what = _("zones whose weights do not add up to 1")
    example = _("{zone}: {sum}").format(zone=wrong[0], sum=f"{sums[wrong[0]] / WHOLE:.6g}")
    remedy = _("Give the shares of all zones of now that it went to.")
    return [
        Problem(_("{file}, column {column}").format(file=name, column=columns[2]), what, remedy, len(wrong), example)
    ]


def pairs_between(crosswalk: Crosswalk, earlier_id: Objects, now_id: Objects) -> Pairs:
    """The pairs of a crosswalk that lead from the zones of an earlier designation to those of now.

    An earlier zone that the table does not have is the one of now with its id. Pairs from zones that the earlier
    designation does not have are of other places. Where both have the same zones and the table leads elsewhere, it is
    of another step between years: each zone is itself.

    Raises
    ------
    InputError
        If it does not know zones of the earlier designation, or leads from them to zones that are not there now.
    """
    earlier = {zone: place for place, zone in enumerate(earlier_id.tolist())}
    now = {zone: place for place, zone in enumerate(now_id.tolist())}
    rows = zip(crosswalk.from_id.tolist(), crosswalk.to_id.tolist(), crosswalk.weight.tolist(), strict=True)
    used = [row for row in rows if row[0] in earlier]
    told = {row[0] for row in used}
    used += [(zone, zone, WHOLE) for zone in earlier if zone not in told and zone in now]
    as_they_are = sum(zone not in told for zone in earlier)
    unknown = [zone for zone in earlier if zone not in told and zone not in now]
    nowhere = sorted({row[1] for row in used if row[1] not in now})
    if nowhere and earlier.keys() == now.keys():
        used, nowhere, as_they_are = [(zone, zone, WHOLE) for zone in earlier], [], len(earlier)
    problems = []
    if unknown:
        what, remedy = _("lacks zones of the earlier designation"), _("Add a row for each, or name another table.")
        problems.append(Problem(crosswalk.name, what, remedy, len(unknown), unknown[0]))
    if nowhere:
        what = _("leads to zones that are not there now")
        remedy = _(
            "Correct their ids; for zones out of town, leave the rows out and let the other weights add up to 1."
        )
        problems.append(Problem(crosswalk.name, what, remedy, len(nowhere), nowhere[0]))
    if problems:
        raise InputError(problems)
    columns = np.array([(earlier[a], now[b], share) for a, b, share in used], dtype=np.int64).reshape(-1, 3)
    columns = columns[np.lexsort((columns[:, 0], columns[:, 1]))]
    return Pairs(columns[:, 0].copy(), columns[:, 1].copy(), columns[:, 2].copy(), as_they_are)


def share_out(whole: Ints, group: Ints, part: Objects, spare: Ints) -> Ints:
    """Whole numbers shared out among the members of groups, by largest remainders; of equal ones the first.

    Parameters
    ----------
    whole : int64, shape (n_groups,)
        What each group has; may be negative.
    group : int64, shape (n_members,)
    part : object (int), shape (n_members,)
        In proportion to these, from 0.
    spare : int64, shape (n_members,)
        In the place of the parts of a group that has none; above 0.

    Returns
    -------
    int64, shape (n_members,)
        They add up to `whole` in every group that has members.
    """
    result = np.zeros(len(group), dtype=np.int64)
    order = np.argsort(group, kind="stable")
    bounds = np.flatnonzero(np.diff(group[order], prepend=-1, append=-1))
    for first, last in pairwise(bounds.tolist()):
        members = order[first:last]
        parts = [int(each) for each in part[members]]
        if not any(parts):
            parts = spare[members].tolist()
        amount, total = int(whole[group[members[0]]]), sum(parts)
        found = [amount * each // total for each in parts]
        left = amount - sum(found)
        rank = sorted(range(len(parts)), key=lambda i: (-(amount * parts[i] % total), i))
        for i in rank[:left]:
            found[i] += 1
        result[members] = found
    return result


def residents_of_pairs(pairs: Pairs, earlier: Ints, now: Ints) -> Ints:
    """The residents of each zone of now shared out among the earlier zones that it is made of, shape (n_pairs,).

    Parameters
    ----------
    pairs : Pairs
    earlier, now : int64, shape (n_earlier_units,) and (n_units,)
        Residents of then and of now. A zone of now in which nobody lived is shared out by the weights alone.
    """
    return share_out(now, pairs.unit_of_now, pairs.moved(earlier), pairs.weight)


def label_carried(pairs: Pairs, residents: Ints, label: Ints, n_units: int) -> Ints:
    """The label that zones of now take over, shape (n_units,): that of most of their residents; -1 is none.

    A zone takes one over where at least half of its residents come from zones that have any; of equal labels the first.

    Parameters
    ----------
    pairs : Pairs
    residents, label : int64, shape (n_earlier_units,)
        Of the earlier zones; -1 is no label.
    n_units : int
        How many zones there are now.
    """
    moved = pairs.moved(residents)
    lived: list[dict[int, int]] = [{} for _unit in range(n_units)]
    for place in range(len(pairs)):
        unit, one = int(pairs.unit_of_now[place]), int(label[pairs.unit_of_earlier[place]])
        # where nobody lived, the weights alone count
        amount = (int(moved[place]) << 64) + int(pairs.weight[place])
        lived[unit][one] = lived[unit].get(one, 0) + amount
    result = np.full(n_units, -1, dtype=np.int64)
    for unit, amounts in enumerate(lived):
        labelled = {one: amount for one, amount in amounts.items() if one >= 0}
        if labelled and 2 * sum(labelled.values()) >= sum(amounts.values()):
            result[unit] = min(labelled, key=lambda one: (-labelled[one], one))
    return result
