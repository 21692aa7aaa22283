"""Where the bars and bands of a flow chart of areas lie: numbers only, in centimetres.

A column is a year, a bar an area as high as it has residents, a band the residents that an area shares with one of the
next year. Bars are ordered so that bands cross little: each lies near those that it descends from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HALVINGS = 60


@dataclass(frozen=True)
class AreaFlows:
    """Areas of several years and the residents that they share; see `udsat_geo.lineage.Lineage`.

    Attributes
    ----------
    years : tuple of int
        Rising.
    year, residents : int64, shape (n_areas,)
    from_outside, to_outside : int64, shape (n_areas,)
        Of its residents, those who were in no area of the year before; by the residents of the next year, those who
        are in no area then.
    tail, head, shared : int64, shape (n_flows,)
        An area, one of the next year, and the residents of then that they share.
    """

    years: tuple[int, ...]
    year: Ints
    residents: Ints
    from_outside: Ints
    to_outside: Ints
    tail: Ints
    head: Ints
    shared: Ints


@dataclass(frozen=True)
class Layout:
    """Where bars and bands lie, in centimetres down from the top of the chart.

    Attributes
    ----------
    column : int64, shape (n_areas,)
    top, height : float64, shape (n_areas,)
        Of the bar.
    middle : float64, shape (n_areas,)
        Of the room that the area has, which may be higher than its bar: where its label stands.
    band : float64, shape (n_flows, 4)
        Top and bottom where a band leaves its bar, top and bottom where it ends.
    came, left : float64, shape (n_areas, 2)
        Top and bottom of the residents from outside on the left side of a bar, and of those to outside on the right.
    """

    column: Ints
    top: Floats
    height: Floats
    middle: Floats
    band: Floats
    came: Floats
    left: Floats


def lay_out(flows: AreaFlows, height_cm: float, least_cm: float, between_cm: float) -> Layout:
    """Lay out bars and bands.

    All bars have one scale, the largest at which every column fits.

    Parameters
    ----------
    flows : AreaFlows
    height_cm : float
    least_cm : float
        The room that each area has at least, so that labels do not overlap; not more than an even share of the height.
    between_cm : float
        Between the rooms of two areas.
    """
    column = np.searchsorted(np.array(flows.years), flows.year).astype(np.int64)
    columns = [np.flatnonzero(column == place) for place in range(len(flows.years))]
    scale = _scale([flows.residents[members] for members in columns], height_cm, least_cm, between_cm)
    height: Floats = scale * flows.residents.astype(np.float64)
    room = np.maximum(height, least_cm)
    top = np.zeros(len(column))
    ordered = _ordered(flows, columns)
    for members in ordered:
        ends = np.cumsum(room[members] + between_cm) - between_cm
        # a column that needs less stands in the middle
        spare = (height_cm - ends[-1]) / 2 if len(ends) else 0.0
        top[members] = spare + ends - room[members]
    middle = top + room / 2
    top = (middle - height / 2).astype(np.float64)
    band, came, left = _bands(flows, top, height)
    return Layout(column, top, height, middle, band, came, left)


def _scale(residents: list[Ints], height_cm: float, least_cm: float, between_cm: float) -> float:
    """Centimetres a resident, the most at which every column fits; found by halving."""

    def fits(scale: float) -> bool:
        return all(
            np.maximum(scale * each, least_cm).sum() + between_cm * (len(each) - 1) <= height_cm for each in residents
        )

    most = height_cm / max(int(max((each.sum() for each in residents), default=0)), 1)
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _ordered(flows: AreaFlows, columns: list[Ints]) -> list[Ints]:
    """The areas of each column from top to bottom: at first by residents, then near those they descend from."""
    rank = np.zeros(len(flows.year))
    ordered: list[Ints] = []
    for place, members in enumerate(columns):
        key: Floats = -flows.residents[members].astype(np.float64)
        if place:
            key = _near_ancestors(flows, members, rank, len(columns[place - 1]))
        order = members[np.lexsort((members, key))]
        rank[order] = np.arange(len(order))
        ordered.append(order)
    return ordered


def _near_ancestors(flows: AreaFlows, members: Ints, rank: Floats, n_before: int) -> Floats:
    """The mean place of those that each area descends from, weighed by residents; new ones come last."""
    key = np.full(len(members), float(n_before))
    for i, area in enumerate(members.tolist()):
        into = (flows.head == area) & (flows.shared > 0)
        if into.any():
            key[i] = np.average(rank[flows.tail[into]], weights=flows.shared[into])
    return key


def _bands(flows: AreaFlows, top: Floats, height: Floats) -> tuple[Floats, Floats, Floats]:
    """Ends of the bands on their bars, and what is left of a bar on either side.

    On its right side a bar of one year is shared out among residents of the next, who may be more or fewer.
    """
    n_areas = len(top)
    band = np.zeros((len(flows.shared), 4))
    came, left = np.zeros((n_areas, 2)), np.zeros((n_areas, 2))
    # the end of a band at one bar is ordered by where its other end is, so that bands of one bar do not cross
    for here, there, outside, columns, rest in (
        (flows.tail, flows.head, flows.to_outside, (0, 1), left),
        (flows.head, flows.tail, flows.from_outside, (2, 3), came),
    ):
        whole = outside.astype(np.float64)
        np.add.at(whole, here, flows.shared)
        per_resident = np.divide(height, whole, out=np.zeros(n_areas), where=whole > 0)
        at = top.copy()
        for flow in np.lexsort((there, top[there], here)).tolist():
            area = int(here[flow])
            end = at[area] + flows.shared[flow] * per_resident[area]
            band[flow, columns[0]], band[flow, columns[1]] = at[area], end
            at[area] = end
        rest[:, 0], rest[:, 1] = at, at + outside * per_resident
    return band, came, left
