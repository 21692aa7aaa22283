"""Glasgow and Amsterdam with and without bridges and holes, as pictures side by side.

    python scripts/bridges_and_holes.py [--real ../shared/real] [--out docs/pictures]

Writes ``bridges_and_holes_glasgow.png`` and ``..._amsterdam.png``, and prints what changed.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from udsat_geo.areas.ground import unit_polygons
from udsat_geo.areas.roles import BRIDGE, FILL
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.policy.load import LoadedPolicy, load_policy

POLICIES = Path(__file__).parent.parent / "tests" / "policies"
IN_AREA, BRIDGED, FILLED, LAND, EDGE = "#d9d4ec", "#1b9e77", "#e6ab02", "#f3d98b", "#3d2f84"


@dataclass(frozen=True)
class City:
    """A city of the open data.

    Attributes
    ----------
    bridge, holes : float
        Metres; hectares. What the second picture allows.
    fill_below : float or None
        The composite from which inhabited units come into a filled hole.
    window : (float, float, float, float)
        What of the areas' extent is shown: west, south, east, north as shares.
    """

    name: str
    policy: str
    file: str
    year: int
    bridge: float
    holes: float
    fill_below: float | None
    window: tuple[float, float, float, float]


CITIES = (
    City("Glasgow", "glasgow.toml", "glasgow/simd2020.gpkg", 2020, 150, 40, 0.0, (0.3, 0.2, 1.0, 0.85)),
    City("Amsterdam", "amsterdam.toml", "amsterdam/vk100_amsterdam.gpkg", 2021, 100, 6, 0.0, (0.55, 0.0, 1.0, 0.45)),
)


def with_areas(policy: LoadedPolicy, city: City | None) -> LoadedPolicy:
    """The policy with the bridges and holes of a city; without any for None."""
    allowed = {"bridge": 0.0, "holes": 0.0, "fill_below": None}
    if city is not None:
        allowed = {"bridge": float(city.bridge), "holes": float(city.holes), "fill_below": city.fill_below}
    rule = policy.policy
    areas = rule.areas.model_copy(update=allowed)
    return policy.model_copy(update={"policy": rule.model_copy(update={"areas": areas})})


def draw(axes: Axes, made: Designation, title: str, frame: tuple[float, ...]) -> None:
    """One designation: members, what bridges and filled holes added, outlines."""
    crs, role = made.units.crs, made.areas.role
    everyone = np.arange(len(made.units))
    gpd.GeoSeries(unit_polygons(made.units, everyone), crs=crs).plot(ax=axes, color="#f2f2f2", linewidth=0)
    inside = made.areas.area_of_unit >= 0
    for who, colour in ((inside, IN_AREA), (role == BRIDGE, BRIDGED), (role == FILL, FILLED)):
        members = np.flatnonzero(who)
        if len(members):
            gpd.GeoSeries(unit_polygons(made.units, members), crs=crs).plot(ax=axes, color=colour, linewidth=0)
    ground = made.areas.ground
    if ground.row is not None and ground.col is not None and len(ground):
        west, south = ground.col * made.policy.policy.units.size, ground.row * made.policy.policy.units.size
        size = made.policy.policy.units.size
        land = shapely.box(west, south, west + size, south + size)
        gpd.GeoSeries(land, crs=crs).plot(ax=axes, color=LAND, linewidth=0)
    gpd.GeoSeries(made.outline, crs=crs).boundary.plot(ax=axes, color=EDGE, linewidth=0.9)
    west, south, east, north = frame
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()


def frame_of(outlines: np.ndarray, city: City) -> tuple[float, ...]:
    """West, south, east and north of what is shown, in metres."""
    left, bottom, right, top = shapely.total_bounds(outlines)
    west, south, east, north = city.window
    width, height = right - left, top - bottom
    return left + west * width, bottom + south * height, left + east * width, bottom + north * height


def told(made: Designation) -> str:
    """How many areas there are, and how many live in them."""
    parts = sum(len(outline.geoms) for outline in made.outline)
    residents = made.status.residents_in_areas
    return f"{len(made.areas)} areas in {parts} parts, {residents:,} residents"


def main() -> None:
    """Draw every city whose data are there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=Path, default=Path(__file__).parent.parent.parent / "shared" / "real")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    options = parser.parse_args()
    for city in CITIES:
        file = options.real / city.file
        if not file.is_file():
            print(f"{city.name}: {file} is not there: left out")
            continue
        policy = load_policy(str(POLICIES / city.policy))
        inputs = Inputs(None, file, "unit_table")
        before = designate(city.year, with_areas(policy, None), inputs, language="en")
        after = designate(city.year, with_areas(policy, city), inputs, language="en")
        frame = frame_of(np.concatenate([before.outline, after.outline]), city)
        figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5))
        draw(left, before, f"{city.name} {city.year}: {told(before)}", frame)
        draw(right, after, f"bridges of {city.bridge:g} m, holes of {city.holes:g} ha: {told(after)}", frame)
        patches = [Patch(color=IN_AREA, label="in an area"), Patch(color=BRIDGED, label="bridge"),
                   Patch(color=FILLED, label="people in a filled hole"),
                   Patch(color=LAND, label="ground without units, bridged or enclosed")]  # fmt: skip
        figure.legend(handles=patches, loc="lower center", ncols=4, frameon=False, fontsize=9)
        path = options.out / f"bridges_and_holes_{city.name.lower()}.png"
        figure.savefig(path, dpi=90, bbox_inches="tight", metadata={"Software": ""})
        plt.close(figure)
        print(f"{city.name} {city.year}: {told(before)} -> {told(after)}; {path}")


if __name__ == "__main__":
    main()
