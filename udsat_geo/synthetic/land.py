"""The ground of the synthetic city: districts, water and parks, and the blocks between its streets.

Blocks are the meshes of a net of streets that turns and widens from place to place, so that neither streets nor estates
follow the 100 m cells. The net is our own; the districts' outlines are those that the municipality publishes.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats
from udsat_geo.synthetic.chance import uniform_of_key

ORIGIN = (720_000.0, 6_170_000.0)
"""Subtracted from the corners in ``districts.toml`` and ``choices.toml``, which are in hundreds of metres."""
SHAPE = (192, 256)
"""Blocks along and across the net."""
PITCH_M = (104.0, 78.0)
"""Between streets before the net is bent: along and across."""
_CENTRE, _TURN = (723_250.0, 6_175_500.0), 0.55  # metres; radians
# how the net is bent: metres, and the wave length along the two directions, in metres, with its phase
_BENDS = (
    ((95.0, (0.0, 1_900.0), 0.7), (40.0, (1_100.0, 1_100.0), 2.1)),
    ((95.0, (2_300.0, 0.0), 1.9), (40.0, (1_300.0, -1_300.0), 0.4)),
)
_UNEVEN_M = 7.0  # how far a crossing is from where the net would have it


@dataclass(frozen=True)
class Land:
    """The blocks of the window around the city; all of shape ``SHAPE`` but for the corners.

    Attributes
    ----------
    corner : float array, (``SHAPE[0] + 1``, ``SHAPE[1] + 1``, 2)
        Crossings of streets, easting and northing in metres.
    easting, northing : float array
        Of the block's middle, metres.
    hectares : float array
    district : int8 array
        District number 1 to 10 of the middle, -1 for none.
    buildable : bool array
        The whole block is in a district, and neither water nor park.
    dry : bool array
        The middle is in a district, and neither water nor park.
    """

    corner: Floats
    easting: Floats
    northing: Floats
    hectares: Floats
    district: NDArray[np.int8]
    buildable: Flags
    dry: Flags


@lru_cache(maxsize=1)
def geography() -> dict[str, Any]:
    """The facts about Copenhagen's districts and areas (``geography.toml``); treat it as read-only."""
    return _content("geography.toml")


@lru_cache(maxsize=1)
def choices() -> dict[str, Any]:
    """What we chose ourselves where nothing is published (``choices.toml``); treat it as read-only."""
    return _content("choices.toml")


@lru_cache(maxsize=1)
def outlines() -> tuple[tuple[int, Floats], ...]:
    """Number of the district and ring of corners in metres, shape (n, 2), for each part of the municipality."""
    return tuple((each["district"], _metres(each["ring"])) for each in _content("districts.toml")["outline"])


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _metres(ring: list[list[float]]) -> Floats:
    return np.array(ring) * 100.0 + ORIGIN


def inside_polygon(easting: Floats, northing: Floats, ring: Floats) -> Flags:
    """Which points lie inside a simple ring of shape (n, 2), by the even-odd rule."""
    (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
    inside = np.zeros(easting.shape, dtype=bool)
    near = np.flatnonzero((easting >= west) & (easting <= east) & (northing >= south) & (northing <= north))
    x, y = easting.ravel()[near], northing.ravel()[near]
    odd = np.zeros(len(near), dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    inside.ravel()[near] = odd
    return inside


def _corners() -> Floats:
    """Crossings of the bent net, in half metres: the same on every machine."""
    i, j = np.mgrid[0 : SHAPE[0] + 1, 0 : SHAPE[1] + 1]
    flat = np.stack([(i - SHAPE[0] / 2) * PITCH_M[0], (j - SHAPE[1] / 2) * PITCH_M[1]], axis=-1)
    bent = flat.copy()
    for axis, bends in enumerate(_BENDS):
        for metres, lengths, phase in bends:
            waves = sum(flat[..., k] / length for k, length in enumerate(lengths) if length)
            bent[..., axis] += metres * np.sin(2 * np.pi * waves + phase)
        bent[..., axis] += _UNEVEN_M * (2.0 * uniform_of_key(i * 1_000 + j, 0, 101 + axis) - 1.0)
    cos, sin = np.cos(_TURN), np.sin(_TURN)
    along, across = bent[..., 0], bent[..., 1]
    placed = np.stack([along * cos - across * sin, along * sin + across * cos], axis=-1) + _CENTRE
    corner: Floats = np.rint(placed * 2.0) / 2.0
    return corner


def corners_of(corner: Floats, row: NDArray[np.integer], col: NDArray[np.integer]) -> Floats:
    """The four corners of blocks in the order of their outline, shape (n, 4, 2)."""
    steps = ((0, 0), (1, 0), (1, 1), (0, 1))
    return np.stack([corner[row + down, col + right] for down, right in steps], axis=1)


def _area_m2(ring: Floats) -> Floats:
    """Area of rings of shape (n, k, 2) by the shoelace formula."""
    x, y = (ring - ring[:, :1]).transpose(2, 0, 1)
    area: Floats = 0.5 * np.abs((x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1))
    return area


@lru_cache(maxsize=1)
def build_land() -> Land:
    """The land of the synthetic city: the same for every seed."""
    corner = _corners()
    row, col = (each.ravel() for each in np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]])
    quads = corners_of(corner, row, col)
    easting, northing = quads.mean(axis=1).T.reshape(2, *SHAPE)
    district = np.full(SHAPE, -1, dtype=np.int8)
    crossing_in_city = np.zeros(corner.shape[:2], dtype=bool)
    taken = np.zeros(SHAPE, dtype=bool)
    for number, ring in outlines():
        district[inside_polygon(easting, northing, ring)] = number
        crossing_in_city |= inside_polygon(corner[..., 0], corner[..., 1], ring)
    for sketch in choices()["sketches"].values():
        ring = _metres(sketch)
        taken |= inside_polygon(easting, northing, ring)
        crossing_in_city &= ~inside_polygon(corner[..., 0], corner[..., 1], ring)
    dry = (district > 0) & ~taken
    whole = crossing_in_city[row, col] & crossing_in_city[row + 1, col]
    whole &= crossing_in_city[row, col + 1] & crossing_in_city[row + 1, col + 1]
    buildable = dry & whole.reshape(SHAPE)
    return Land(corner, easting, northing, _area_m2(quads).reshape(SHAPE) / 10_000, district, buildable, dry)


def blurred(field: Floats, radius_m: float) -> Floats:
    """A field over the blocks, shape ``SHAPE``, blurred by a Gaussian of the given radius, the net taken as even."""
    row_frequency = np.fft.fftfreq(SHAPE[0])[:, None] * radius_m / PITCH_M[0]
    col_frequency = np.fft.rfftfreq(SHAPE[1])[None, :] * radius_m / PITCH_M[1]
    kernel = np.exp(-2.0 * np.pi**2 * (row_frequency**2 + col_frequency**2))
    smooth: Floats = np.fft.irfft2(np.fft.rfft2(field) * kernel, s=SHAPE)
    return smooth


def smooth_field(rng: Generator, radius_m: float) -> Floats:
    """White noise blurred by a Gaussian of the given radius, standardised to mean 0 and standard deviation 1."""
    field = blurred(rng.standard_normal(SHAPE), radius_m)
    standardised: Floats = (field - field.mean()) / field.std()
    return standardised


def dilate(mask: Flags) -> Flags:
    """The mask with every block that touches it, corners included."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    tall = wide.copy()
    tall[:, 1:] |= wide[:, :-1]
    tall[:, :-1] |= wide[:, 1:]
    return tall


def write_places(path: Path, quarters: list[tuple[str, tuple[float, float]]]) -> None:
    """Write districts and quarters as GeoJSON in EPSG:25832, the same for every year and seed.

    Parameters
    ----------
    path : Path
    quarters : list of (name, (easting, northing))
    """
    names = {district["number"]: district["name"] for district in geography()["district"]}
    features = [
        _feature(names[number], "district", {"type": "Polygon", "coordinates": [[*ring.tolist(), ring[0].tolist()]]})
        for number, ring in outlines()
    ]
    features += [_feature(name, "quarter", {"type": "Point", "coordinates": list(at)}) for name, at in quarters]
    _write_features(path, features)


def _write_features(path: Path, features: list[dict[str, Any]]) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    content = {"type": "FeatureCollection", "crs": crs, "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def write_ground(path: Path) -> None:
    """Write land, parks, water, roads and railways as GeoJSON in EPSG:25832, the same for every year and seed."""
    features = []
    for kind, named in _content("ground.toml").items():
        for name, points in named.items():
            at = _metres(points).tolist()
            lines = kind in ("road", "railway")
            shape = {"type": "LineString", "coordinates": at}
            features.append(
                _feature(name, kind, shape if lines else {"type": "Polygon", "coordinates": [[*at, at[0]]]})
            )
    _write_features(path, features)


def _feature(name: str, kind: str, geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name, "kind": kind}, "geometry": geometry}
