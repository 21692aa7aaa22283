"""Whether positions can be those of their reference system, and what they look like where they cannot."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.sources.crs import area_of_use, bounds_in, coordinates_in, short_crs

Extent = tuple[float, float, float, float]
"""Least easting and northing, greatest easting and northing."""

MARGIN_M = 400_000.0
"""How far beyond a system's area of use positions may lie: countries use one zone for more than it is made for (Norway
zone 33 from Bergen to Vardø, Spain zone 30 to Menorca, Denmark zone 32 to Bornholm). Own choice."""

LARGEST_AREA_M = 15_000_000.0
"""An area of use that is wider or higher tells nothing. Own choice."""

LONE_M, LONE_RANGES = 50_000.0, 5.0
"""A position is far from the rest when a gap parts it from most of them that is as wide as this, and so many times as
wide as 98 of 100 of those lie apart. Own choice."""

_FAR_FROM_ZERO_M = 100_000.0
"""Where most positions lie this far from 0, one at exactly 0 is none. Own choice."""

_FAR_M = 2_000_000.0
"""Without an area of use, positions may lie this far from the middle of them all. Own choice."""

_BESIDE_DEGREES = 4.0
"""Positions this far beside the area of use may be another system's: Denmark's lie up to three from zone 32."""

_MOST_DEGREES, _KILOMETRE = 180.0, 1000.0

_LOOKS = {
    "zero": (
        N_("positions at 0, which are none"),
        N_("Leave a position that is not known empty."),
    ),
    "degrees": (
        N_("positions look like degrees, not metres"),
        N_("Project them to {crs}."),
    ),
    "kilometres": (
        N_("positions look like kilometres, not metres"),
        N_("Give them in metres."),
    ),
    "swapped": (
        N_("easting and northing look swapped"),
        N_("Exchange the two columns."),
    ),
    "turned": (
        N_("latitude and longitude look swapped"),
        N_("Give longitude first, then latitude."),
    ),
    "mercator": (
        N_("positions look like Web Mercator (EPSG:3857)"),
        N_("Project them to {crs}, or name the reference system that they are in."),
    ),
    "beyond": (
        N_("positions outside the area that {crs} is used in ({area})"),
        N_("Check the positions and their reference system; leave a position that is not known empty."),
    ),
}
"""What positions look like -> what is told, and what to do."""


def check_positions(
    where: str,
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    crs: str,
    label: Callable[[int], str],
    reprojected: bool = False,
) -> None:
    """Check that positions lie where their reference system is used, or where most of them lie.

    Parameters
    ----------
    where : str
        File and columns, for the message.
    easting, northing : float64, shape (n,)
    crs : str
        Projected.
    label : callable
        What one of them is called, by its number.
    reprojected : bool
        Whether they come from another system, so that they are nothing but positions in it, or exchanged.

    Raises
    ------
    InputError
        If some do not: how many, one of them, what they look like and what to do.
    """
    if not len(easting):
        return
    used = area_of_use(crs)
    box = _allowed(crs) or _around_the_middle(easting, northing)
    extent = _extent(easting, northing)
    west, south, east, north = box
    is_beside_zero = (extent[0] > 0 or extent[2] < 0) and (extent[1] > 0 or extent[3] < 0)
    if is_beside_zero and _is_within(extent, box):
        return
    small = _is_small(extent)
    inside = (easting >= west) & (easting <= east) & (northing >= south) & (northing <= north)
    for values in (easting, northing):
        if abs(float(np.median(values))) > _FAR_FROM_ZERO_M:
            inside &= values != 0
    if inside.all() and not small:
        return
    outside = np.arange(len(easting)) if small else np.flatnonzero(~inside)
    look = "degrees" if small else _look(easting[outside], northing[outside], crs, box, reprojected)
    first = int(outside[0])
    example = _("{name} at ({easting}, {northing})").format(
        name=label(first), easting=_number(easting[first]), northing=_number(northing[first])
    )
    what, remedy = _LOOKS[look]
    told = {"crs": short_crs(crs), "area": "-" if used is None else used[1]}
    raise InputError(Problem(where, _(what).format(**told), _(remedy).format(**told), len(outside), example))


def _is_within(extent: Extent, box: Extent) -> bool:
    """Whether an extent lies within a box, and is not what numbers of degrees may be: those lie at its corner."""
    within = box[0] <= extent[0] and extent[2] <= box[2] and box[1] <= extent[1] and extent[3] <= box[3]
    return within and not _is_small(extent)


def _is_small(extent: Extent) -> bool:
    return max(map(abs, extent)) <= _MOST_DEGREES


Held = tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True)
class Spread:
    """Where positions lie, in a form that adds up over the parts of a table.

    Attributes
    ----------
    count : int
    extent : tuple of float
    at_zero : int
        How many have a coordinate of 0.
    beside : (int, int)
        How many lie west and east of the area that their system is used in.
    held : pair of (sequence of int, sequence of int)
        The kilometres of each axis that hold some, rising, and how many each holds.
    """

    count: int
    extent: Extent
    at_zero: int
    beside: tuple[int, int]
    held: tuple[Held, Held]

    def is_sound(self, crs: str) -> bool:
        """Whether this alone tells that `check_positions` and `doubts` find nothing; if not, they may or may not."""
        box = _allowed(crs)
        if box is None or not _is_within(self.extent, box) or self.at_zero:
            return False
        if any(sum(counts) != self.count for _kilometres, counts in self.held):
            return False
        # where fewer than half lie on either side of an area, the median lies in it
        return all(2 * n < self.count for n in self.beside) and all(map(_hangs_together, self.held))


def _hangs_together(held: Held) -> bool:
    """Whether it is sure that `_apart_from_most` finds none; numbers within a kilometre may be anywhere in it.

    Where more than half lie between two gaps, they are of the group of most, whatever else is: its range is as wide as
    theirs at least, but for a hundredth of all on either side, and it begins and ends no nearer.
    """
    kilometre, count = (np.asarray(side, dtype=np.int64) for side in held)
    begins = np.flatnonzero(np.diff(kilometre, prepend=kilometre[:1] - 100) > LONE_M / _KILOMETRE - 2)
    of_groups = np.add.reduceat(count, begins)
    most, n = int(of_groups.argmax()), int(count.sum())
    if 2 * of_groups[most] <= n:
        return False
    mine = slice(begins[most], begins[most + 1] if most + 1 < len(begins) else None)
    upto, left_out = np.cumsum(count[mine]), n // 100 + 2
    low = np.searchsorted(upto, left_out, side="right")
    high = np.searchsorted(upto, of_groups[most] - left_out - 1, side="right")
    width = kilometre[mine][high] - kilometre[mine][low] - 1 if left_out < of_groups[most] // 2 else 0
    reach = LONE_M / _KILOMETRE + LONE_RANGES * max(int(width), 0)
    first, last = kilometre[mine][0] + 1, kilometre[mine][-1]
    return bool(first - reach <= kilometre[0] and kilometre[-1] + 1 <= last + reach)


def spread_of(easting: NDArray[np.float64], northing: NDArray[np.float64], crs: str) -> Spread | None:
    """Where positions lie; None of none.

    Parameters
    ----------
    easting, northing : float64, shape (n,)
    crs : str
        Projected.
    """
    if not len(easting):
        return None
    box = _allowed(crs)
    beside = (0, 0)
    if box is not None:
        beside = int((easting < box[0] + MARGIN_M).sum()), int((easting > box[2] - MARGIN_M).sum())
    at_zero = int(((easting == 0) | (northing == 0)).sum())
    return Spread(len(easting), _extent(easting, northing), at_zero, beside, (_held(easting), _held(northing)))


def _held(values: NDArray[np.float64]) -> tuple[list[int], list[int]]:
    least, most = float(values.min()), float(values.max())
    if not most - least <= LARGEST_AREA_M:
        return [], []  # within no area
    first = int(least // _KILOMETRE)
    count = np.bincount((values // _KILOMETRE).astype(np.int64) - first)
    held = np.flatnonzero(count)
    return (held + first).tolist(), count[held].tolist()


def together(spreads: Sequence[Spread]) -> Spread | None:
    """Where the positions of all parts lie; None of no parts."""
    if not spreads:
        return None
    sides = list(zip(*(each.extent for each in spreads), strict=True))
    extent = (min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3]))
    west, east = (sum(each.beside[side] for each in spreads) for side in (0, 1))
    held = [Counter[int](), Counter[int]()]
    for each in spreads:
        for axis, (kilometres, counts) in zip(held, each.held, strict=True):
            axis.update(dict(zip(kilometres, counts, strict=True)))
    eastings, northings = ((sorted(axis), [axis[km] for km in sorted(axis)]) for axis in held)
    count, at_zero = (sum(getattr(each, name) for each in spreads) for name in ("count", "at_zero"))
    return Spread(count, extent, at_zero, (west, east), (eastings, northings))


def doubts(file: str, easting: NDArray[np.float64], northing: NDArray[np.float64], crs: str) -> tuple[Note, ...]:
    """What is told of positions that may be right: those far from all others, and all where they look like others.

    Parameters
    ----------
    file : str
    easting, northing, crs
        See `check_positions`.
    """
    if not len(easting):
        return ()
    return (*_like_mercator(file, easting, northing, crs), *_far_from_others(file, easting, northing))


def _like_mercator(
    file: str, easting: NDArray[np.float64], northing: NDArray[np.float64], crs: str
) -> tuple[Note, ...]:
    """Positions that lie beside the area of use, and within it if they are Web Mercator's."""
    used, box = area_of_use(crs), _allowed(crs)
    if used is None or box is None:
        return ()
    first, last = box[0] + MARGIN_M, box[2] - MARGIN_M
    n_beside = max(int((easting < first).sum()), int((easting > last).sum()))
    # then the middle one lies within
    if 2 * n_beside < len(easting):
        return ()
    east, north = np.array([np.median(easting)]), np.array([np.median(northing)])
    if first <= east[0] <= last:
        return ()
    (longitude,), _latitude = coordinates_in(east, north, crs, "EPSG:4326")
    west, south, end_east, end = used[0]
    (of_mercator,), (latitude,) = coordinates_in(east, north, "EPSG:3857", "EPSG:4326")
    beside = not west - _BESIDE_DEGREES <= longitude <= end_east + _BESIDE_DEGREES
    if not (beside and west <= of_mercator <= end_east and south <= latitude <= end):
        return ()
    text = N_(
        "{file}: positions lie beside the area that {crs} is used in ({area}); as Web Mercator they would lie in it"
    )
    return (Note(text, {"file": file, "crs": short_crs(crs), "area": used[1]}),)


def _far_from_others(file: str, easting: NDArray[np.float64], northing: NDArray[np.float64]) -> tuple[Note, ...]:
    if len(easting) < 10:
        return ()
    far = _apart_from_most(easting) | _apart_from_most(northing)
    if not far.any():
        return ()
    # notes go out with the results: which address it is and where, they must not say
    text = N_("{file}: {count} positions lie far from all others: look for the least and the greatest of each column")
    return (Note(text, {"file": file, "count": int(far.sum())}),)


def _apart_from_most(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which numbers a wide gap parts from most of the others, however many they are themselves.

    Towns of one country lie less than `LONE_M` apart along either axis, so that they hang together.
    """
    least = float(values.min())
    if float(values.max()) - least <= LONE_M:
        return np.zeros(len(values), dtype=bool)
    # between two strips of this width with an empty one in between there is a gap of that width at least
    strip = ((values - least) / LONE_M).astype(np.int32)
    counts = np.bincount(strip)
    held = np.flatnonzero(counts)
    group_of_held = np.concatenate(([0], np.cumsum(np.diff(held) > 1)))
    sizes = np.bincount(group_of_held, weights=counts[held])
    if len(sizes) == 1:
        return np.zeros(len(values), dtype=bool)
    most = held[group_of_held == sizes.argmax()]
    first, last = most[0], most[-1]
    inside = (strip >= first) & (strip <= last)
    others = values[~inside]
    together = values[inside]
    start, end = float(together.min()), float(together.max())
    far: NDArray[np.bool_] = np.zeros(len(values), dtype=bool)
    # where 98 of 100 lie, told by strips alone, is wide enough for nearly every country: then nothing is far
    ranks = (math.ceil(0.01 * (len(together) - 1)), math.floor(0.99 * (len(together) - 1)))
    low_strip, high_strip = np.searchsorted(np.cumsum(counts[most]), np.add(ranks, 1)).tolist()
    at_least = max(high_strip - low_strip - 1, 0) * LONE_M
    reach = LONE_M + LONE_RANGES * at_least
    if start - float(others.min()) <= reach and float(others.max()) - end <= reach:
        return far
    low, high = np.percentile(together, (1, 99))
    reach = LONE_M + LONE_RANGES * (high - low)
    far = (values < start - reach) | (values > end + reach)
    return far


def extent_of(easting: NDArray[np.float64], northing: NDArray[np.float64]) -> Extent | None:
    """Where positions lie; None of none."""
    return _extent(easting, northing) if len(easting) else None


def _extent(easting: NDArray[np.float64], northing: NDArray[np.float64]) -> Extent:
    return (float(easting.min()), float(northing.min()), float(easting.max()), float(northing.max()))


def in_words(extent: Extent | None) -> str:
    """Where something lies, for a reader."""
    if extent is None:
        return "-"
    west, south, east, north = (f"{side:.0f}" for side in extent)
    return f"({west}-{east}, {south}-{north})"


@cache
def _allowed(crs: str) -> Extent | None:
    """Where positions in a reference system may lie; None where its area of use tells nothing."""
    used = area_of_use(crs)
    box = None if used is None else bounds_in(used[0], crs)
    if box is None or max(box[2] - box[0], box[3] - box[1]) > LARGEST_AREA_M:
        return None
    return (box[0] - MARGIN_M, box[1] - MARGIN_M, box[2] + MARGIN_M, box[3] + MARGIN_M)


def _around_the_middle(easting: NDArray[np.float64], northing: NDArray[np.float64]) -> Extent:
    east, north = float(np.median(easting)), float(np.median(northing))
    return (east - _FAR_M, north - _FAR_M, east + _FAR_M, north + _FAR_M)


def _look(easting: NDArray[np.float64], northing: NDArray[np.float64], crs: str, box: Extent, reprojected: bool) -> str:
    """What positions that lie outside a box look like: a key of `_LOOKS`."""

    def mostly(east: NDArray[np.float64], north: NDArray[np.float64], bounds: Extent = box) -> bool:
        within = (east >= bounds[0]) & (east <= bounds[2]) & (north >= bounds[1]) & (north <= bounds[3])
        return bool(within.mean() > 0.9)

    degrees = (-_MOST_DEGREES, -_MOST_DEGREES, _MOST_DEGREES, _MOST_DEGREES)
    for look, found in (
        ("zero", lambda: ((easting == 0) | (northing == 0)).mean() > 0.9),
        ("degrees", lambda: mostly(easting, northing, degrees)),
        ("kilometres", lambda: mostly(easting * _KILOMETRE, northing * _KILOMETRE)),
        ("swapped", lambda: mostly(northing, easting)),
        ("mercator", lambda: mostly(*coordinates_in(easting, northing, "EPSG:3857", crs))),
    ):
        if not reprojected and found():
            return look
    longitude, latitude = coordinates_in(easting, northing, crs, "EPSG:4326")
    if mostly(*coordinates_in(latitude, longitude, "EPSG:4326", crs)):
        return "turned"
    return "beyond"


def _number(value: float) -> str:
    """A coordinate as it stands in the file."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.10g}"
