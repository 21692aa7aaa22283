"""Rows that hold a status over polygons to geopandas: the polygon of each address, and sums over its residents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd  # type: ignore[import-untyped]
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import shapely
from kernel_inputs import N_FLAGS, RESIDENTS, Country, Floats, Ints, Numbers
from kernel_row import CELL_M, KernelRow
from numpy.typing import NDArray
from shapely.affinity import translate

from udsat_geo.kernels.sums import add_flags, follow
from udsat_geo.units.zones import zone_of_points

OFFICIAL = Path(__file__).parents[3] / "shared" / "real" / "copenhagen" / "udsatte_byomraader_2017.gpkg"
"""The 17 polygons of Copenhagen's designation of 2017; where they are absent, as many are drawn."""
BLOCK_M = 2_000
MANY, CORNERS = 2_000, 100
"""Polygons of the larger row, one in a block, and corners of each: as many as the official ones have on average."""
CRS = "EPSG:25832"

Zones = NDArray[np.object_]


@dataclass(frozen=True)
class People:
    """Addresses in no order, and who lives there.

    Attributes
    ----------
    easting, northing : float64, shape (n_addresses,)
        To the centimetre.
    address_of_dwelling : int32, shape (n_dwellings,)
    dwelling_of_row : int32, shape (n_residents,)
        -1 is none.
    flags_of_row : int32, shape (n_residents,)
        `N_FLAGS` bits.
    """

    easting: Floats
    northing: Floats
    address_of_dwelling: Numbers
    dwelling_of_row: Numbers
    flags_of_row: Numbers


def status_rows(country: Country) -> Iterator[KernelRow]:
    """Sums in and around a few polygons and many; the peer gets its points and its columns of flags beforehand."""
    people = people_of(country)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(people.easting, people.northing), crs=CRS)
    flags = [(people.flags_of_row >> k & 1).astype(bool) for k in range(N_FLAGS)]
    frame = pd.DataFrame({k: flag.astype(np.int8) for k, flag in enumerate(flags)})
    for zones in (official_zones(people), drawn_zones(people, MANY)):
        yield status_row(people, zones, points, frame)


def status_row(people: People, zones: Zones, points: Any, frame: Any) -> KernelRow:
    """One row over some polygons; equal where every sum of every polygon and of the rest is."""
    polygons = gpd.GeoDataFrame(geometry=zones, crs=CRS)

    def peer() -> Ints:
        return joined_sums(points, polygons, frame, people)

    name = f"status, {len(zones):,} polygons, {RESIDENTS / 1e6:.1f} M residents"
    return KernelRow(name, "geopandas.sjoin, groupby.sum", lambda: zone_sums(people, zones), peer, np.array_equal)


def zone_sums(people: People, zones: Zones) -> Ints:
    """Ours: sums of flags by zone, the last row being the rest; shape (n_zones + 1, N_FLAGS)."""
    zone, _ = zone_of_points(zones, people.easting, people.northing)
    zone[zone < 0] = len(zones)
    zone_of_dwelling = np.empty(len(people.address_of_dwelling), dtype=np.int32)
    follow(people.address_of_dwelling, zone, zone_of_dwelling)
    zone_of_row = np.empty(len(people.dwelling_of_row), dtype=np.int32)
    follow(people.dwelling_of_row, zone_of_dwelling, zone_of_row)
    sums = np.zeros((len(zones) + 1, N_FLAGS), dtype=np.int32)
    add_flags(zone_of_row, people.flags_of_row, sums)
    return sums.astype(np.int64)


def joined_sums(points: Any, polygons: Any, frame: Any, people: People) -> Ints:
    """The same by a spatial join; points that lie within ask faster than those that intersect, and no border is hit."""
    joined = gpd.sjoin(points, polygons, how="left", predicate="within")
    zone = joined["index_right"].fillna(len(polygons)).to_numpy(dtype=np.int32)
    zone_of_dwelling = np.append(zone[people.address_of_dwelling], np.int32(-1))
    found = frame.groupby(zone_of_dwelling[people.dwelling_of_row], sort=False).sum()
    sums = np.zeros((len(polygons) + 1, N_FLAGS), dtype=np.int64)
    known = found.index.to_numpy() >= 0
    sums[found.index.to_numpy()[known]] = found.to_numpy()[known]
    return sums


def people_of(country: Country, seed: int = 3) -> People:
    """Addresses anywhere in their cells, and dwellings at any of them."""
    random = np.random.default_rng(seed)
    n_addresses = len(country.row_of_address)
    within = random.random((2, n_addresses)) * CELL_M
    return People(
        easting=np.round(country.col_of_address * CELL_M + within[0], 2),
        northing=np.round(country.row_of_address * CELL_M + within[1], 2),
        address_of_dwelling=random.integers(0, n_addresses, len(country.place_of_dwelling), dtype=np.int32),
        dwelling_of_row=country.dwelling_of_row,
        flags_of_row=country.flags_of_row,
    )


def official_zones(people: People) -> Zones:
    """The official polygons, moved to where most addresses are; the two that overlap are cut."""
    if not OFFICIAL.is_file():
        return drawn_zones(people, 17)
    zones: list[Any] = gpd.read_file(OFFICIAL).geometry.tolist()
    zones = [zone.difference(shapely.union_all(zones[:i])) for i, zone in enumerate(zones)]
    centre = shapely.union_all(zones).centroid
    east, north = (middle[0] for middle in blocks_of(people))
    return as_zones([translate(zone, east - centre.x, north - centre.y) for zone in zones])


def drawn_zones(people: People, count: int, seed: int = 4) -> Zones:
    """Lobed polygons of about the official ones' roughness, each in one of the blocks with the most addresses."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    zones = []
    for east, north in zip(*(middle[:count] for middle in blocks_of(people)), strict=True):
        lobes = np.sin(random.integers(2, 6) * angle + 2 * np.pi * random.random())
        radius = BLOCK_M * (0.3 + 0.12 * lobes + 0.03 * random.random(CORNERS))
        corners = np.column_stack([east + radius * np.cos(angle), north + radius * np.sin(angle)])
        # an eighth of a centimetre off: no address lies on a border
        zones.append(shapely.Polygon(np.round(corners, 2) + 0.00125))
    return as_zones(zones)


def blocks_of(people: People) -> tuple[Floats, Floats]:
    """Eastings and northings of the middles of blocks, those with the most addresses first."""
    code = (people.northing // BLOCK_M).astype(np.int64) * 10_000 + (people.easting // BLOCK_M).astype(np.int64)
    blocks, counts = np.unique(code, return_counts=True)
    blocks = blocks[np.argsort(-counts, kind="stable")]
    return (blocks % 10_000 + 0.5) * BLOCK_M, (blocks // 10_000 + 0.5) * BLOCK_M


def as_zones(zones: list[Any]) -> Zones:
    """Polygons as an array."""
    result = np.empty(len(zones), dtype=object)
    result[:] = zones
    return result
