"""The paper that figures are drawn on: sizes in centimetres, one palette, one font, titles and notes.

Nothing here touches pyplot, so no figure depends on what was drawn before, or on a user's settings.

Colours are those of Okabe and Ito ("Color Universal Design", 2008), which people with any kind of colour vision tell
apart. Where two of them meet in a figure they also differ in lightness, or one of them is hatched, so that a grey print
says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from udsat_geo.messages.errors import check_installed
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import source_text
from udsat_geo.policy.rules import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


ORANGE, BLUE, VERMILION, BLACK = "#E69F00", "#0072B2", "#D55E00", "#000000"
SKY = "#56B4E9"
"""Of the palette of Okabe and Ito."""
INK, GREY, PALE, LAND, BUILT = "#1A1A1A", "#5F5F5F", "#BDBDBD", "#F4F4F2", "#DEDEDA"
"""Text, secondary text, rules, land, and land that somebody lives on."""

WIDTH_CM = 17.0
"""The text of an A4 page with margins of 2 cm."""
TALLEST_CM = 25.7
"""The height of that text."""
TITLE_PT, TEXT_PT, SMALL_PT = 11.0, 8.0, 7.0
TITLE = "title"
"""What the lines of a figure's title are called in it."""
LEADING = 1.3
"""Distance between lines of text in its size."""
ASCENT = 0.95
"""From the top of a line to its baseline, in its size."""
DOTS_PER_INCH = 300

_SAFE = 1.01
"""Renderers place letters on whole dots, which makes a line this much wider at most."""
_CM_PER_INCH, _PT_PER_CM = 2.54, 72 / 2.54
_SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that text has the same size everywhere
    "font.size": TEXT_PT,
    "text.hinting": "none",  # letters as wide as they are measured
    "text.parse_math": False,  # a name may hold dollar signs
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": TEXT_PT,
    "svg.hashsalt": "udsat_geo",
    "svg.fonttype": "path",
    "path.simplify": True,
    "figure.dpi": 100,
    "savefig.dpi": DOTS_PER_INCH,
}

_Arguments = ParamSpec("_Arguments")


def require_matplotlib() -> None:
    """Check that matplotlib is there; it is an extra of the package.

    Raises
    ------
    InputError
        Saying how to install it.
    """
    check_installed(_("figures"), "matplotlib", "report")


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's own settings with ours on top, whatever the user's are."""
    require_matplotlib()
    from matplotlib import rc_context, style

    with style.context("default"), rc_context(_SETTINGS):
        yield


def drawn(draw: Callable[_Arguments, Figure]) -> Callable[_Arguments, Figure]:
    """Draw under our `settings`; without matplotlib, an InputError says how to get it."""

    @wraps(draw)
    def under_settings(*args: _Arguments.args, **options: _Arguments.kwargs) -> Figure:
        with settings():
            return draw(*args, **options)

    return under_settings


class Sheet:
    """A figure measured in centimetres from its upper left corner, filled from the top."""

    def __init__(self, height_cm: float, width_cm: float = WIDTH_CM):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width_cm, self.height_cm = width_cm, height_cm
        self.figure = Figure(figsize=(width_cm / _CM_PER_INCH, height_cm / _CM_PER_INCH), facecolor="white")
        FigureCanvasAgg(self.figure)

    def axes(self, left: float, top: float, width: float, height: float, label: str = "") -> Axes:
        """Axes whose upper left corner lies so far from the sheet's."""
        corner = (left / self.width_cm, 1 - (top + height) / self.height_cm)
        axes: Axes = self.figure.add_axes((*corner, width / self.width_cm, height / self.height_cm), label=label)
        return axes

    def write(self, left: float, top: float, text: str, size: float = TEXT_PT, **style: Any) -> None:
        """A text whose upper left corner lies so far from the sheet's: each line on a baseline of its own."""
        for number, line in enumerate(text.split("\n")):
            down = top + (number * LEADING + ASCENT) * size / _PT_PER_CM
            at = (left / self.width_cm, 1 - down / self.height_cm)
            self.figure.text(*at, line, fontsize=size, **{"ha": "left", "va": "baseline", **style})

    def patch(self, left: float, top: float, width: float, height: float, **style: Any) -> None:
        """A rectangle whose upper left corner lies so far from the sheet's."""
        from matplotlib.patches import Rectangle

        corner = (left / self.width_cm, 1 - (top + height) / self.height_cm)
        size = (width / self.width_cm, height / self.height_cm)
        self.figure.add_artist(Rectangle(corner, *size, transform=self.figure.transFigure, **style))

    def line(self, left: float, right: float, top: float, **style: Any) -> None:
        """A level line so far from the sheet's upper left corner; a point where both ends are one."""
        from matplotlib.lines import Line2D

        ends = sorted({left / self.width_cm, right / self.width_cm})
        down = [1 - top / self.height_cm] * len(ends)
        self.figure.add_artist(Line2D(ends, down, transform=self.figure.transFigure, **style))

    def title(self, text: str) -> None:
        """The title, in bold; whoever sets it as a caption finds it by its name."""
        lines = wrapped(text, self.width_cm, TITLE_PT, bold=True)
        self.write(0.0, 0.05, lines, TITLE_PT, weight="bold", gid=TITLE)

    def notes(self, top: float, texts: list[str]) -> None:
        """What stands under a figure: where it comes from, and what is to be known."""
        self.write(0.0, top, wrapped_all(texts, self.width_cm), SMALL_PT, color=GREY)


def wrapped_all(texts: list[str], width_cm: float, size: float = SMALL_PT) -> str:
    """Texts wrapped to a width, each on lines of its own."""
    return "\n".join(wrapped(text, width_cm, size) for text in texts if text)


def height_of(text: str, size: float) -> float:
    """Height in centimetres of a text of one or more lines."""
    return (text.count("\n") + 1) * size * LEADING / _PT_PER_CM if text else 0.0


def title_height(text: str, width_cm: float = WIDTH_CM) -> float:
    """What a title takes from the top of a sheet, with the space under it."""
    return height_of(wrapped(text, width_cm, TITLE_PT, bold=True), TITLE_PT) + 0.25


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width in centimetres of one line of text, measured on its outlines."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return len(text) * size * 0.3 / _PT_PER_CM
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    outlines = TextPath((0, 0), text, size=size, prop=font)
    # control points may lie a trifle beyond the letters, and to look for those takes a hundred times as long
    return _SAFE * float(outlines.vertices[:, 0].max()) / _PT_PER_CM


def wrapped(text: str, width_cm: float, size: float, bold: bool = False) -> str:
    """Text with line breaks between its words, so that no line is wider than a width if its words are not."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width_cm:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def shortened(text: str, width_cm: float, size: float, bold: bool = False) -> str:
    """Text cut off with an ellipsis where it is wider than a width."""
    if text_width(text, size, bold) <= width_cm:
        return text
    while text and text_width(f"{text}…", size, bold) > width_cm:
        text = text[:-1].rstrip()
    return f"{text}…"


@dataclass(frozen=True)
class Origin:
    """Where data come from.

    Attributes
    ----------
    source : {"registers", "synthetic", "unit_table"}
    policy : str
        Id of the policy.
    year : int
        Of the data, where `vintage` says nothing else.
    vintage : dict
        Name of a criterion -> year of its data.
    areas : str
        The file that the areas come from; empty where they were designated.
    """

    source: str
    policy: str
    year: int
    vintage: dict[str, int] = field(default_factory=dict)
    areas: str = ""

    def lines(self, language: str) -> list[str]:
        """What is said of it: the source, and the years of the data."""
        return [f"{self.told(language)} {self._years(language)}"]

    def told(self, language: str) -> str:
        """The source alone, for what is of several years."""
        told = _("Source: {source}.", language).format(source=source_text(self.source, language))
        told += _(" Policy: {policy}.", language).format(policy=self.policy)
        if self.areas:
            told += _(" Areas: {file}.", language).format(file=self.areas)
        return told

    def _years(self, language: str) -> str:
        years = list(dict.fromkeys(sorted(self.vintage.values(), reverse=True)))
        if len(years) < 2:
            return _("Data from {years}.", language).format(years=years[0] if years else self.year)
        last = _("and", language)
        told = [f"{_joined([name for name, of in self.vintage.items() if of == year], last)} {year}" for year in years]
        return _("Data of {year}: {years}.", language).format(year=self.year, years="; ".join(told))


def _joined(names: list[str], last: str) -> str:
    lower = [name[:1].lower() + name[1:] for name in names]
    return lower[0] if len(lower) == 1 else f"{', '.join(lower[:-1])} {last} {lower[-1]}"


def origin_of(source: str, policy: Policy, year: int, vintage: dict[str, int], language: str) -> Origin:
    """Where data come from, with the year of those of each criterion: where none is told, that of the registers."""
    years = {criterion.label_in(language): vintage.get(criterion.key, year) for criterion in policy.criteria}
    return Origin(source, policy.id, year, years)
