"""What lies behind the areas of a map: land, where people live, districts and barriers, with scale bar and north."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.report.canvas import BUILT, GREY, INK, LAND, SMALL_PT, text_width
from udsat_geo.surroundings import Surroundings
from udsat_geo.units import Units
from udsat_geo.wording import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BOTTOM_CM, SIDES_CM = 1.1, 0.15
"""Paper kept free under the city, for scale bar and north arrow, and around it."""
ADDRESS_M = 25.0
"""An address is drawn as a disc of so many metres; own choice."""
BARRIER_STYLES: tuple[dict[str, Any], ...] = (
    {"color": INK, "linewidth": 1.4},
    {"color": "white", "linewidth": 0.7, "linestyle": (0, (4, 4))},
)
"""A barrier is drawn as maps draw railways: two lines on top of each other."""
CROSSING_STYLE: dict[str, Any] = {
    "linestyle": "none", "marker": "o", "markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK,
    "markeredgewidth": 0.9,
}  # fmt: skip
BAR_SHARE = 0.25
"""The scale bar is the longest round length of at most this share of a map's width; own choice."""
_ROUND = (1, 2, 5)


@dataclass(frozen=True)
class Backdrop:
    """What lies behind the areas.

    Attributes
    ----------
    built : shapely geometry
        Where anybody can live: all units.
    district : tuple of str, n_districts
    district_geometry : object (shapely), shape (n_districts,)
    barriers : shapely geometry or None
        Lines that no area spans.
    crossings : float64, shape (n_crossings, 2)
        Where they are open.
    crs : str
    """

    built: Any
    district: tuple[str, ...]
    district_geometry: NDArray[np.object_]
    barriers: Any
    crossings: NDArray[np.float64]
    crs: str


@dataclass(frozen=True)
class Frame:
    """How ground lies on paper.

    Attributes
    ----------
    west, south : float
        Of the map's lower left corner, in metres.
    metres_per_cm : float
    width_cm, height_cm : float
    """

    west: float
    south: float
    metres_per_cm: float
    width_cm: float
    height_cm: float

    def on_paper(self, geometry: Any) -> Any:
        """Geometries in centimetres from the map's lower left corner."""
        import shapely

        return shapely.transform(geometry, lambda points: (points - (self.west, self.south)) / self.metres_per_cm)

    def on_ground(self, x: float, y: float) -> tuple[float, float]:
        """Metres of a point on paper."""
        return self.west + x * self.metres_per_cm, self.south + y * self.metres_per_cm


def backdrop_of(units: Units, surroundings: Surroundings) -> Backdrop:
    """What lies behind areas made of units.

    Parameters
    ----------
    units : Units
    surroundings : Surroundings
    """
    import shapely

    names, geometry = _districts(surroundings)
    lines, crossings = None, np.empty((0, 2))
    barriers = surroundings.barriers
    if barriers is not None:
        starts = np.column_stack([barriers.easting_start, barriers.northing_start])
        ends = np.column_stack([barriers.easting_end, barriers.northing_end])
        lines = shapely.multilinestrings(shapely.linestrings(np.stack([starts, ends], axis=1)))
        crossings = np.column_stack([barriers.crossing_easting, barriers.crossing_northing])
    built = shapely.union_all(ground_of_units(units, np.arange(len(units))))
    return Backdrop(built, names, geometry, lines, crossings, units.crs)


def ground_of_units(units: Units, members: NDArray[np.int64]) -> NDArray[np.object_]:
    """The ground of some units, shape (n_members,): of an address, a small disc."""
    import shapely

    from udsat_geo.outline import unit_polygons

    if units.kind != "addresses":
        return unit_polygons(units, members)
    points = shapely.points(units.easting[members], units.northing[members])
    discs: NDArray[np.object_] = shapely.buffer(points, ADDRESS_M, quad_segs=2)
    return discs


def _districts(surroundings: Surroundings) -> tuple[tuple[str, ...], NDArray[np.object_]]:
    """The districts that are polygons, each once, by name."""
    import shapely

    places = surroundings.places
    if places is None:
        return (), np.empty(0, dtype=object)
    chosen = places.is_district & np.isin(shapely.get_type_id(places.geometry), (3, 6))
    names = tuple(sorted(set(places.name[chosen].tolist())))
    geometry = np.empty(len(names), dtype=object)
    for i, name in enumerate(names):
        geometry[i] = shapely.union_all(places.geometry[chosen & (places.name == name)])
    return names, geometry


def frame_of(backdrop: Backdrop, areas: NDArray[np.object_], width_cm: float, tallest_cm: float) -> Frame:
    """The largest frame of a width, and of at most a height, that shows everything."""
    import shapely

    west, south, east, north = shapely.total_bounds(
        np.array([backdrop.built, *backdrop.district_geometry, *areas], dtype=object)
    )
    metres_per_cm = max(
        (east - west) / (width_cm - 2 * SIDES_CM), (north - south) / (tallest_cm - BOTTOM_CM - SIDES_CM)
    )
    height_cm = (north - south) / metres_per_cm + BOTTOM_CM + SIDES_CM
    middle = (west + east) / 2
    return Frame(
        float(middle - width_cm / 2 * metres_per_cm),
        float(south - BOTTOM_CM * metres_per_cm),
        float(metres_per_cm),
        width_cm,
        float(height_cm),
    )


def draw_backdrop(axes: Axes, backdrop: Backdrop, frame: Frame, language: str) -> None:
    """Draw land, districts, barriers, scale bar and north arrow; the axes are in metres."""
    axes.set_xlim(frame.west, frame.west + frame.width_cm * frame.metres_per_cm)
    axes.set_ylim(frame.south, frame.south + frame.height_cm * frame.metres_per_cm)
    axes.set_axis_off()
    for geometry in backdrop.district_geometry:
        fill(axes, geometry, facecolor=LAND, edgecolor="none", zorder=1)
    fill(axes, backdrop.built, facecolor=BUILT, edgecolor="none", zorder=2)
    for geometry in backdrop.district_geometry:
        fill(axes, geometry, facecolor="none", edgecolor="white", linewidth=1.2, zorder=3)
    if backdrop.barriers is not None:
        _draw_barriers(axes, backdrop)
    draw_scale_bar(axes, frame, language)
    draw_north(axes, frame)


def _draw_barriers(axes: Axes, backdrop: Backdrop) -> None:
    import shapely
    from matplotlib.collections import LineCollection

    segments = [shapely.get_coordinates(line) for line in shapely.get_parts(backdrop.barriers)]
    for place, style in enumerate(BARRIER_STYLES):
        axes.add_collection(LineCollection(segments, zorder=7.6 + place / 10, **style), autolim=False)
    easting, northing = backdrop.crossings.T
    axes.plot(easting, northing, zorder=7.8, **CROSSING_STYLE)


def fill(axes: Axes, geometry: Any, **style: Any) -> None:
    """Draw polygons with their holes; nothing where there are none."""
    import shapely
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    vertices, codes = [], []
    for polygon in shapely.get_parts(geometry):
        if shapely.get_type_id(polygon) != 3:
            continue
        for ring in shapely.get_rings(polygon):
            points = shapely.get_coordinates(ring)
            vertices.append(points)
            codes.append(np.full(len(points), Path.LINETO, dtype=Path.code_type))
            codes[-1][0], codes[-1][-1] = Path.MOVETO, Path.CLOSEPOLY
    if vertices:
        axes.add_artist(PathPatch(Path(np.concatenate(vertices), np.concatenate(codes)), **style))


def bar_length(frame: Frame) -> float:
    """The length of the scale bar in metres: one, two or five times a power of ten."""
    longest = BAR_SHARE * frame.width_cm * frame.metres_per_cm
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(power * part for part in _ROUND if power * part <= longest))


def draw_scale_bar(axes: Axes, frame: Frame, language: str) -> None:
    """Draw the scale bar in the lower left corner, in two halves."""
    from matplotlib.patches import Rectangle

    length = bar_length(frame)
    unit, per_unit = ("km", 1000.0) if length >= 1000 else ("m", 1.0)
    left, bottom = frame.on_ground(SIDES_CM + 0.1, 0.18)
    height = 0.13 * frame.metres_per_cm
    for half, colour in enumerate((INK, "white")):
        corner = (left + half * length / 2, bottom)
        axes.add_patch(
            Rectangle(
                corner, length / 2, height, facecolor=colour, edgecolor=INK, linewidth=0.6, zorder=9, gid="scale bar"
            )
        )
    over = bottom + height + 0.08 * frame.metres_per_cm
    for share in (0.0, 0.5, 1.0):
        value = share * length / per_unit
        told = decimal(value, 0 if value == int(value) else 1, language)
        axes.text(left + share * length, over, told, ha="center", va="bottom", fontsize=SMALL_PT, zorder=9)
    last = text_width(decimal(length / per_unit, 0, language), SMALL_PT) / 2 + 0.08
    axes.text(
        left + length + last * frame.metres_per_cm, over, unit, ha="left", va="bottom", fontsize=SMALL_PT, zorder=9
    )


def draw_north(axes: Axes, frame: Frame) -> None:
    """Draw an arrow to grid north in the lower right corner: straight up, as the map is drawn on its own grid."""
    from matplotlib.patches import Polygon

    x, y, half, height = frame.width_cm - SIDES_CM - 0.35, 0.18, 0.17, 0.62
    for side, colour in ((-1, INK), (1, "white")):
        corners = ((x, y + height), (x + side * half, y), (x, y + 0.16))
        points = [frame.on_ground(*corner) for corner in corners]
        axes.add_patch(Polygon(points, facecolor=colour, edgecolor=INK, linewidth=0.6, zorder=9, gid="north arrow"))
    axes.text(
        *frame.on_ground(x - half - 0.12, y + height / 2), "N", ha="right", va="center", fontsize=9, weight="bold",
        zorder=9,
    )  # fmt: skip


def draw_district_names(axes: Axes, backdrop: Backdrop, frame: Frame, taken: NDArray[np.object_]) -> None:
    """Write the names of districts where they lie on nothing, each as near as can be to the middle of its district.

    Parameters
    ----------
    axes : Axes
    backdrop : Backdrop
    frame : Frame
    taken : object (shapely), shape (n_taken,)
        Areas and labels, on paper.
    """
    import shapely
    from matplotlib.patheffects import withStroke

    free = list(taken)
    for name, geometry in zip(backdrop.district, backdrop.district_geometry, strict=True):
        lines = name.replace("-", "-\n") if len(name) > 16 else name
        width = max(text_width(line, SMALL_PT) for line in lines.split("\n")) + 0.1
        height = 0.33 * (lines.count("\n") + 1)
        district = frame.on_paper(geometry)
        middle = shapely.get_coordinates(shapely.centroid(district))[0]
        west, south, east, north = shapely.bounds(district)
        steps = np.stack(np.meshgrid(np.arange(west, east, 0.2), np.arange(south, north, 0.2)), axis=-1).reshape(-1, 2)
        steps = np.concatenate([middle[None], steps])
        half = np.array([width, height]) / 2
        boxes = shapely.box(*(steps - half).T, *(steps + half).T)
        over = sum(shapely.area(shapely.intersection(boxes, other)) for other in free)
        out = shapely.area(shapely.difference(boxes, district))
        # a name that must lie on an area would be taken for the area's: then it is left out
        cost = np.hypot(*(steps - middle).T) + 4 * out
        cost[over > 0] = np.inf
        best = int(np.argmin(cost))
        if not np.isfinite(cost[best]):
            continue
        free.append(boxes[best])
        axes.text(
            *frame.on_ground(*steps[best]), lines, ha="center", va="center", fontsize=SMALL_PT, color=GREY,
            style="italic", linespacing=1.1, zorder=5, path_effects=[withStroke(linewidth=1.5, foreground=LAND)],
        )  # fmt: skip
