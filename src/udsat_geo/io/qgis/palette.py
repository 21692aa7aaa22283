"""Colours, all told apart by the colour-blind, and in grey by lightness or pattern.

The scale of values is PuOr of ColorBrewer 2.0 (Cynthia A. Brewer, Mark Harrower and The Pennsylvania State University,
colorbrewer2.org), which it lists as colour-blind safe; the colours of kinds are those of Masataka Okabe and Kei Ito,
Color Universal Design (jfly.uni-koeln.de/color), 2008, but for greys and tints.
"""

from __future__ import annotations

BETTER = ("#b2abd2", "#d8daeb")
"""Purples of PuOr, the most first."""
WORSE = ("#fee0b6", "#fdb863", "#e08214", "#b35806", "#7f3b08")
"""Oranges of PuOr, the least first."""

BLACK, GREEN, BLUE, SKY, VERMILION, ORANGE, ROSE = (
    "#000000", "#009e73", "#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#cc79a7",
)  # fmt: skip
INK, GREY, PALE, PAPER = "#1a1a1a", "#9a9a9a", "#ececec", "#ffffff"
DEEP_BLUE, TINT = "#0b3c5d", "#dcebf5"
"""Own choice: a darker shade of the blue, and a tint of it under patterns."""


def rgba(colour: str, alpha: int = 255) -> str:
    """A colour as QGIS writes it: red, green, blue and opacity, each of 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"
