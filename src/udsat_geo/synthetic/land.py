"""Where the synthetic city can be built: districts, water, parks and the enclosed municipality of Frederiksberg.

Districts take their centre, box and hectares from ``geography.toml``. The outlines of water, parks and
neighbours are our own rough sketches, good to a few hundred metres.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

CELL_SIZE_M = 100
FIRST_ROW, FIRST_COL = 61_680, 7_160
SHAPE = (150, 145)
FREDERIKSBERG = 0
FREDERIKSBERG_HECTARES = 850
FREDERIKSBERG_CENTRE = (721_800, 6_176_200)
# straight borders it lies south of, towards Nørrebro and towards Vanløse; our own sketch
FREDERIKSBERG_BORDERS = (((721_700, 6_177_900), (723_300, 6_176_500)), ((719_900, 6_176_700), (721_700, 6_177_900)))
FREDERIKSBERG_BOX = (719_900, 6_174_700, 723_700, 6_177_900)

# Our own sketches, EPSG:25832, in hundreds of metres after subtracting (720 000, 6 170 000).
_SKETCHES: dict[str, tuple[tuple[float, float], ...]] = {
    "Harbour": (
        (74, 105),
        (66, 92),
        (58, 70),
        (53, 58),
        (47, 50),
        (40, 43),
        (33, 34),
        (26, 20),
        (24, 12),
        (29, 12),
        (31, 22),
        (38, 34),
        (44, 41),
        (50, 48),
        (57, 56),
        (61, 64),
        (69, 78),
        (76, 92),
        (82, 105),
    ),
    "The Lakes": ((36, 56), (38, 56), (40, 67), (46, 76), (52, 85), (50, 87), (44, 79), (37, 68)),
    "Fælledparken": ((36, 88), (40, 83), (45, 84), (47, 89), (43, 93), (38, 92)),
    "Utterslev Mose": ((-5, 106), (1, 102), (7, 100), (12, 103), (11, 108), (4, 110), (-4, 112)),
    "Amager Fælled": ((43, 25), (55, 26), (57, 38), (50, 43), (44, 38), (40, 30)),
    "Kalvebod Fælled": ((5, -15), (47, -15), (47, 18), (42, 24), (31, 18), (24, 7), (5, 7)),
    "Valbyparken": ((8, 8), (18, 8), (21, 15), (21, 20), (12, 20), (8, 15)),
    "Vestre Kirkegård": ((12, 38), (18, 38), (20, 42), (13, 43)),
    "Bispebjerg Kirkegård": ((23, 100), (29, 100), (30, 104), (26, 106), (23, 104)),
    "Assistens Kirkegård": ((29, 72), (32, 71), (33, 74), (30, 75)),
    "Damhussøen": ((-18, 55), (-12, 55), (-12, 64), (-17, 64)),
    "Refshaleøen": ((65, 76), (74, 76), (80, 92), (73, 95)),
    "Øresund": ((46, 125), (46, 117), (52, 108), (58, 106), (62, 112), (72, 116), (90, 112), (90, 125)),
    "Tårnby": ((61, -15), (61, 16), (76, 17.5), (88, 22), (100, 22), (100, -15)),
    "Sundby Kirkegård": ((74, 26), (80, 26), (80, 30), (74, 30)),
}


@dataclass(frozen=True)
class Land:
    """The window of 100 m cells around the city.

    Attributes
    ----------
    district : int8 array, ``SHAPE``
        District number 1 to 10, 0 for Frederiksberg, -1 for none.
    buildable : bool array, ``SHAPE``
        Land of a district, neither water nor park.
    dry : bool array, ``SHAPE``
        Neither water nor park nor Frederiksberg, whether or not in a district.
    """

    district: NDArray[np.int8]
    buildable: NDArray[np.bool_]
    dry: NDArray[np.bool_]


@lru_cache(maxsize=1)
def geography() -> dict[str, Any]:
    """The facts about Copenhagen's districts and areas (``geography.toml``); treat it as read-only."""
    text = resources.files(__package__).joinpath("geography.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def cell_centres() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Easting and northing in metres of every cell centre of the window, each of shape ``SHAPE``."""
    rows, cols = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    easting = (cols + FIRST_COL + 0.5) * CELL_SIZE_M
    northing = (rows + FIRST_ROW + 0.5) * CELL_SIZE_M
    return easting, northing


def smooth_field(rng: np.random.Generator, radius_m: float) -> NDArray[np.float64]:
    """White noise blurred by a Gaussian of the given radius, standardised to mean 0 and standard deviation 1."""
    white = rng.standard_normal(SHAPE)
    row_frequency = np.fft.fftfreq(SHAPE[0])[:, None]
    col_frequency = np.fft.rfftfreq(SHAPE[1])[None, :]
    radius = radius_m / CELL_SIZE_M
    kernel = np.exp(-2.0 * (np.pi * radius) ** 2 * (row_frequency**2 + col_frequency**2))
    field = np.fft.irfft2(np.fft.rfft2(white) * kernel, s=SHAPE)
    standardised: NDArray[np.float64] = (field - field.mean()) / field.std()
    return standardised


def inside_polygon(
    easting: NDArray[np.float64], northing: NDArray[np.float64], ring: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which points lie inside a simple ring of shape (n, 2), by the even-odd rule."""
    inside = np.zeros(easting.shape, dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        spans = (y1 > northing) != (y2 > northing)
        inside ^= spans & (easting < (x2 - x1) * (northing - y1) / (y2 - y1) + x1)
    return inside


def _water_and_parks() -> NDArray[np.bool_]:
    easting, northing = cell_centres()
    taken = np.zeros(SHAPE, dtype=bool)
    for ring in _SKETCHES.values():
        metres = np.array(ring) * 100.0 + (720_000.0, 6_170_000.0)
        taken |= inside_polygon(easting, northing, metres)
    return taken


def box_distance(centre: tuple[float, float], box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Squared distance from a centre, 1 at each side of its box, infinite outside the box; shape ``SHAPE``."""
    easting, northing = cell_centres()
    west, south, east, north = box
    across = np.where(easting < centre[0], centre[0] - west, east - centre[0])
    along = np.where(northing < centre[1], centre[1] - south, north - centre[1])
    distance = ((easting - centre[0]) / across) ** 2 + ((northing - centre[1]) / along) ** 2
    outside = (easting < west) | (easting > east) | (northing < south) | (northing > north)
    return np.where(outside, np.inf, distance)


def _district_of_cell(water: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Share the window out: every district ends within its box with close to its hectares, none overlap."""
    districts = geography()["district"]
    distance = np.stack(
        [box_distance(FREDERIKSBERG_CENTRE, FREDERIKSBERG_BOX)]
        + [box_distance(tuple(d["centre"]), tuple(d["box"])) for d in districts]
    )
    distance[0] *= 0.8  # an enclosed municipality, bounded all round by the others
    easting, northing = cell_centres()
    for (west, start), (east, end) in FREDERIKSBERG_BORDERS:
        distance[0][(northing - start) * (east - west) > (easting - west) * (end - start)] = np.inf
    hectares = np.array([FREDERIKSBERG_HECTARES] + [d["hectares"] for d in districts], dtype=float)
    weight = np.ones(len(hectares))
    owner = np.zeros(SHAPE, dtype=np.int64)
    reached = np.isfinite(distance.min(axis=0)) & ~water
    for _ in range(30):
        owner = np.where(reached, np.argmin(distance * weight[:, None, None], axis=0), -1)
        count = np.bincount(owner[reached], minlength=len(hectares))
        weight *= np.clip((np.maximum(count, 1) / hectares) ** 0.3, 0.8, 1.25)
    for index, wanted in enumerate(hectares.astype(int)):
        mine = np.flatnonzero(owner.ravel() == index)
        if len(mine) > wanted:
            nearest = np.argsort(distance[index].ravel()[mine], kind="stable")
            owner.ravel()[mine[nearest[wanted:]]] = -1
    return owner.astype(np.int8)


@lru_cache(maxsize=1)
def build_land() -> Land:
    """The land of the synthetic city: the same for every seed."""
    taken = _water_and_parks()
    district = _district_of_cell(taken)
    dry = ~taken & (district != FREDERIKSBERG)
    return Land(district=district, buildable=dry & (district > 0), dry=dry)
