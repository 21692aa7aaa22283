"""What a page that goes by e-mail tells of few people: classes in place of counts. All breaks are own choices.

A single unit's rates, composite and count of residents never stand in the page. It has a class of residents and a class
of composite; where fewer than `FEWEST` live, or nobody knows how many, and the unit is in no area, neither its class of
composite nor its reason is told. An area of fewer than `FEWEST` residents has no figures. Residents that areas gained
or lost are told in tens, since they may all live in one unit.
"""

from __future__ import annotations

from udsat_geo.policy import Policy

FEWEST, MANY = 20, 100
"""Fewer than 20, 20 to 99, 100 and more."""
TENS = 10
_HUNDREDTH = 0.01


def residents_class(residents: int | None) -> int:
    """0 below `FEWEST`, 1 below `MANY`, 2 from there; -1 where nobody knows."""
    return -1 if residents is None else int(residents >= FEWEST) + int(residents >= MANY)


def in_tens(residents: int) -> int:
    """A count in tens; -1 for one that is not 0 and below `FEWEST`."""
    if 0 < residents < FEWEST:
        return -1
    return TENS * ((residents + TENS // 2) // TENS)


def composite_breaks(policy: Policy | None, core: float | None, edge: float | None) -> tuple[float, ...]:
    """Where classes of composite begin, rising: the middle of the scale, the edge threshold, the core threshold.

    The middle is the city's level where gaps are in standard deviations, else half the edge threshold. Without a
    composite there are none.
    """
    if core is None:
        return ()
    edge = core if edge is None else edge
    middle = 0.0 if policy is None or policy.score.method == "gap_sd" else edge / 2
    return tuple(sorted({value for value in (middle, edge, core) if value <= edge - _HUNDREDTH or value >= edge}))


def composite_class(composite: float | None, breaks: tuple[float, ...]) -> int:
    """The number of breaks at or below; -1 where there is no composite."""
    if composite is None or composite != composite or not breaks:
        return -1
    return sum(composite >= value for value in breaks)
