"""Lines through chains of gates: where their corners lie, and how these are rounded.

Points are complex numbers, in cells from the origin of their chain: east is real, north imaginary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.outline.borders import GRAIN, Chains

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Points = NDArray[np.complex128]

CLEARANCE = 0.05
"""Rounding keeps this far from every centre, in cells: own choice. Corners themselves keep farther off."""
TANGENT = 0.6
"""Rounding begins at most so far from a corner, in cells: own choice."""
NEARLY = 0.95
"""Part of the way to where something else begins that rounding may take, so that points which would coincide but for
the last digit stay apart: own choice."""
SHORTER = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
"""Parts of the length of a rounding that are tried, where a centre is near: own choice."""
TURN_PER_LINE = np.pi / 12
"""A corner is rounded by lines that turn by about so much each (six to a right angle): own choice."""


@dataclass(frozen=True)
class Corners:
    """Corners of all chains, in the order of their gates.

    Attributes
    ----------
    gate : int64, shape (n_corners,)
    before, after : int64, shape (n_corners,)
        The neighbouring corners; at an end of a chain with two ends, the corner itself.
    position : complex128, shape (n_corners,)
    """

    gate: Ints
    before: Ints
    after: Ints
    position: Points


@dataclass(frozen=True)
class Lines:
    """What chains became.

    Attributes
    ----------
    start : int64, shape (n_chains + 1,)
    closed : bool, shape (n_chains,)
    x, y : int64, shape (n_points,)
        In grains, from the common origin.
    junction : int64, shape (n_points,)
        The gate after which another border ends in this point, -1 for points in which none does.
    """

    start: Ints
    closed: NDArray[np.bool_]
    x: Ints
    y: Ints
    junction: Ints


def corners_of(chains: Chains, share: Floats) -> Corners:
    """Corners on the gates where `share`, shape (n_gates,), is no NaN."""
    gate = np.flatnonzero(~np.isnan(share))
    start = np.searchsorted(gate, chains.start)
    first, last = start[:-1], start[1:] - 1
    before, after = np.arange(len(gate)) - 1, np.arange(len(gate)) + 1
    before[first] = np.where(chains.closed, last, first)
    after[last] = np.where(chains.closed, first, last)
    return Corners(gate, before, after, chains.left[gate] + share[gate] * chains.width[gate])


def rounded(chains: Chains, corners: Corners, tangent: float) -> Lines:
    """Lines through the corners, these rounded from up to `tangent` cells away; 0 leaves them sharp.

    A rounded corner is a quadratic Bézier curve, which stays in the triangle of the corner and the curve's ends.
    """
    split_gate, split_corner, split = _junctions(chains, corners)
    toward, away, room = _directions(corners, split_corner, split)
    length = _clear_of_centres(chains, corners, toward, away, np.minimum(NEARLY * room, tangent))
    turn = np.abs(np.angle(-away * toward.conj()))
    n_lines = np.maximum(np.ceil(turn / TURN_PER_LINE - 1e-6), 1)
    n_points = np.where(length > 0, n_lines + 1, 1).astype(np.int64)
    corner = np.repeat(np.arange(len(n_points)), n_points)
    step = np.arange(len(corner)) - np.repeat(np.cumsum(n_points) - n_points, n_points)
    part = step / np.maximum(n_points[corner] - 1, 1)
    bend = (1 - part) ** 2 * toward[corner] + part**2 * away[corner]
    curve = corners.position[corner] + length[corner] * bend

    # points of curves and junctions in the order of the gates that they lie on or after
    place = np.append(corners.gate[corner], split_gate + 0.5)
    order = np.lexsort((np.append(step, np.zeros(len(split), dtype=np.int64)), place))
    junction = np.append(np.full(len(corner), -1), split_gate)
    return _in_grains(chains, place[order].astype(np.int64), np.append(curve, split)[order], junction[order])


def _junctions(chains: Chains, corners: Corners) -> tuple[Ints, Ints, Points]:
    """Where other borders end: half way between the crossings of two gates.

    Returns
    -------
    gate, corner : int64, shape (n_junctions,)
        The gate and the corner before each.
    position : complex128, shape (n_junctions,)
    """
    gate = np.flatnonzero(chains.junction)
    chain = chains.chain_of_gate()[gate]
    following = np.where(gate + 1 == chains.start[chain + 1], chains.start[chain], gate + 1)
    corner = np.searchsorted(corners.gate, gate, side="right") - 1
    # before the first corner of a ring comes its last one
    first, last = (np.searchsorted(corners.gate, chains.start[chain + k]) - k for k in (0, 1))
    corner = np.where(corner < first, last, corner)
    middle = (_crossing(chains, corners, corner, gate) + _crossing(chains, corners, corner, following)) / 2
    return gate, corner, middle


def _crossing(chains: Chains, corners: Corners, corner: Ints, gate: Ints) -> Points:
    """Where the line from a corner to the next one crosses a gate."""
    begin, end = corners.position[corner], corners.position[corners.after[corner]]
    across = _cross(end - begin, chains.width[gate])
    part = _cross(chains.left[gate] - begin, chains.width[gate]) / np.where(across == 0, 1.0, across)
    crossed = begin + part * (end - begin)
    # at the corners themselves, to the last digit
    crossed = np.where(corners.gate[corner] == gate, begin, crossed)
    return np.where(corners.gate[corners.after[corner]] == gate, end, crossed)


def _directions(corners: Corners, split_corner: Ints, split: Points) -> tuple[Points, Points, Floats]:
    """Directions from each corner to those before and after it, and the room for rounding, shape (n_corners,) each.

    The room is half the way to either, and no more than the way to where another border ends; 0 at the end of a
    border.
    """
    back = corners.position[corners.before] - corners.position
    forth = corners.position[corners.after] - corners.position
    room = np.minimum(abs(back), abs(forth)) / 2
    for corner in (split_corner, corners.after[split_corner]):
        np.minimum.at(room, corner, abs(split - corners.position[corner]))
    toward, away = (way / np.where(way == 0, 1.0, abs(way)) for way in (back, forth))
    return toward, away, room


def _clear_of_centres(chains: Chains, corners: Corners, toward: Points, away: Points, length: Floats) -> Floats:
    """The lengths, shortened where the centre inside the turn would come too near.

    That centre is one end of the corner's own gate; no other is within reach of the rounding.
    """
    turns_left = _cross(-toward, away) > 0
    end = np.where(turns_left, 0.0, 1.0)
    centre = chains.left[corners.gate] + end * chains.width[corners.gate] - corners.position
    result = np.zeros(len(length))
    for part in SHORTER:
        begin, chord = part * length * toward, part * length * (away - toward)
        along = (chord.conj() * (centre - begin)).real / np.maximum(abs(chord) ** 2, 1e-12)
        apart = abs(begin + np.clip(along, 0.0, 1.0) * chord - centre)
        # seen from the chord, the corner lies on the other side
        beyond = _cross(chord, centre - begin) * _cross(chord, -begin) <= 0
        result = np.where((apart >= CLEARANCE) & beyond, part * length, result)
    return result


def _cross(one: Points, other: Points) -> Floats:
    """The cross product: above 0 where the second direction lies to the left of the first."""
    product: Floats = (one.conj() * other).imag
    return product


def _in_grains(chains: Chains, gate: Ints, position: Points, junction: Ints) -> Lines:
    """The points in whole grains, without repetitions; `gate` says which chain each belongs to."""
    chain = chains.chain_of_gate()[gate]
    x = chains.origin_x[chain] * GRAIN + np.rint(position.real * GRAIN).astype(np.int64)
    y = chains.origin_y[chain] * GRAIN + np.rint(position.imag * GRAIN).astype(np.int64)
    start = np.searchsorted(chain, np.arange(len(chains.closed) + 1))
    following = np.arange(1, len(x) + 1)
    following[start[1:] - 1] = np.where(chains.closed, start[:-1], start[1:] - 1)
    same = (x == x[following]) & (y == y[following]) & (following != np.arange(len(x)))
    # of two equal points the first goes, unless another border ends there
    gone = same & (junction < 0)
    gone[following[same & (junction >= 0)]] = True
    start = np.append(0, np.cumsum(~gone))[start]
    return Lines(start, chains.closed, x[~gone], y[~gone], junction[~gone])
