"""Where labels go: inside what they name if there is room, else near it with a line to it; never over each other.

All positions are in centimetres on paper. The same input gives the same places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DISTANCES_CM = tuple(0.35 + 0.2 * step for step in range(30))
"""How far from its anchor the middle of a label may lie, the nearest first; own choice."""
DIRECTIONS = 16
MARGIN_CM = 0.04
"""Between two labels."""
NEARLY = 0.85
"""A label lies inside a polygon if so much of its width and height does; own choice."""
OVER_ANOTHER = 3.0
"""Centimetres farther that a label goes rather than lie wholly on another polygon, or lead across one; own choice."""


@dataclass(frozen=True)
class Place:
    """Where a label lies.

    Attributes
    ----------
    x, y : float
        Its middle.
    width, height : float
    anchor_x, anchor_y : float
        The point that it names.
    leads : bool
        Whether a line joins it to that point: it lies outside what it names.
    """

    x: float
    y: float
    width: float
    height: float
    anchor_x: float
    anchor_y: float
    leads: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the label."""
        return (
            self.x - self.width / 2,
            self.y - self.height / 2,
            self.x + self.width / 2,
            self.y + self.height / 2,
        )


def anchors_of(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    """The middle of the largest circle in each polygon's largest part, shape (n_polygons, 2).

    Parameters
    ----------
    polygons : object (shapely), shape (n_polygons,)
        None of them empty.
    """
    import shapely

    anchors = np.empty((len(polygons), 2))
    for i, polygon in enumerate(polygons):
        parts = shapely.get_parts(polygon)
        largest = parts[int(np.argmax(shapely.area(parts)))]
        radius = shapely.maximum_inscribed_circle(largest, tolerance=float(np.sqrt(shapely.area(largest))) / 100)
        anchors[i] = shapely.get_coordinates(radius)[0]
    return anchors


def place_labels(
    polygons: NDArray[np.object_],
    sizes: NDArray[np.float64],
    frame: tuple[float, float, float, float],
    taken: NDArray[np.object_] | None = None,
    others: NDArray[np.object_] | None = None,
) -> list[Place]:
    """Place one label for each polygon.

    Parameters
    ----------
    polygons : object (shapely), shape (n_polygons,)
        What is named, on paper.
    sizes : float64, shape (n_polygons, 2)
        Width and height of each label.
    frame : tuple of float
        West, south, east, north: no label leaves it while there is room.
    taken : object (shapely), shape (n_taken,), optional
        Boxes that no label may lie on.
    others : object (shapely), shape (n_others,), optional
        More polygons that labels and lines keep off where they can.
    """
    import shapely

    anchors = anchors_of(polygons)
    boxes: list[object] = [] if taken is None else list(taken)
    lines: list[object] = []
    all_polygons = polygons if others is None else np.concatenate([polygons, others])
    wide = sizes + 2 * MARGIN_CM
    fits = [
        bool(shapely.contains(polygon, _boxes(anchor[None], NEARLY * size)[0]))
        for polygon, anchor, size in zip(polygons, anchors, sizes, strict=True)
    ]
    places: list[Place | None] = [None] * len(polygons)
    # those inside first, as they have no other place; then the others as they are numbered
    for i in sorted(range(len(polygons)), key=lambda i: (not fits[i], i)):
        at = anchors[i]
        leads = not fits[i] or bool(shapely.intersects(_boxes(at[None], wide[i])[0], boxes).any())
        if leads:
            at = _nearest_free(i, all_polygons, anchors, wide[i], frame, boxes, lines)
            lines.append(_line(anchors[i], at))
        (width, height), (anchor_x, anchor_y) = sizes[i].tolist(), anchors[i].tolist()
        places[i] = Place(float(at[0]), float(at[1]), width, height, anchor_x, anchor_y, leads)
        boxes.append(_boxes(at[None], wide[i])[0])
    return [place for place in places if place is not None]


def _nearest_free(
    i: int,
    polygons: NDArray[np.object_],
    anchors: NDArray[np.float64],
    size: NDArray[np.float64],
    frame: tuple[float, float, float, float],
    taken: list[object],
    drawn: list[object],
) -> NDArray[np.float64]:
    """The cheapest place around an anchor, in the frame, whose label and line touch no other label or line.

    Where there is no such place, a label touches no other label rather than no line.
    """
    import shapely

    at = _candidates(anchors[i], size)
    boxes = _boxes(at, size)
    lines = np.array([_line(anchors[i], end) for end in at], dtype=object)
    west, south, east, north = shapely.bounds(boxes).T
    outside = (west < frame[0]) | (south < frame[1]) | (east > frame[2]) | (north > frame[3])
    on_label, on_line = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
    for other in taken:
        on_label += shapely.intersects(boxes, other)
        on_line += shapely.intersects(lines, other)
    for other in drawn:
        on_line += shapely.intersects(boxes, other).astype(np.int64) + shapely.intersects(lines, other)
    most = 1 + 2 * (len(taken) + len(drawn))
    wrong = (outside * most + on_label) * most + on_line
    at, boxes, lines = (each[wrong == wrong.min()] for each in (at, boxes, lines))
    over = np.zeros(len(at))
    for j, polygon in enumerate(polygons):
        smaller = min(shapely.area(boxes[0]), shapely.area(polygon))
        over += shapely.area(shapely.intersection(boxes, polygon)) / smaller
        if j != i:  # its own polygon may lie under the line, not under the label
            over += shapely.length(shapely.intersection(lines, polygon))
    cost = np.hypot(*(at - anchors[i]).T) + OVER_ANOTHER * over
    best: NDArray[np.float64] = at[int(np.argmin(cost))]
    return best


def _candidates(anchor: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places around an anchor, shape (n_places, 2); the nearest keep the anchor free of the label."""
    angle = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    stretch = size / 2 + 0.1
    return np.concatenate([anchor + ring * (stretch + distance - DISTANCES_CM[0]) for distance in DISTANCES_CM])


def _boxes(middle: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.object_]:
    import shapely

    half = size / 2
    boxes: NDArray[np.object_] = shapely.box(*(middle - half).T, *(middle + half).T)
    return boxes


def _line(start: NDArray[np.float64], end: NDArray[np.float64]) -> object:
    import shapely

    return shapely.linestrings([start, end])
