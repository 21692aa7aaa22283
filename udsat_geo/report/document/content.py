"""What a document is made of, whatever it is written as: sections of sentences, lists, tables, pictures and slots."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import _
from udsat_geo.report.canvas import TITLE, settings, title_height

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 200
_CM_PER_INCH, _MARGIN_IN = 2.54, 0.06
"""The margin keeps texts at the edge whole where a program rounds the size of a picture; own choice."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold. Source: W3C, Extensible Markup Language 1.0, 2.2."""

_NEGATIVE = re.compile(r"(?<![^\s(])-(?=\d)")


@dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes
    ----------
    png : bytes
    caption : str
        The figure's own title, which the picture is without.
    alt : str
        What it shows, for those who do not see it.
    width_cm, height_cm : float
    """

    png: bytes
    caption: str
    alt: str
    width_cm: float
    height_cm: float


@dataclass(frozen=True)
class Slot:
    """A place for what the office writes itself.

    Attributes
    ----------
    markdown : str
        Empty where nothing was given.
    placeholder : str
        What stands there then.
    level : int
        Of the heading that it stands below.
    """

    markdown: str
    placeholder: str
    level: int


Part = str | tuple[str, ...] | Table | Picture | Slot
"""A paragraph, a list, a table with its notes, a figure, or a place for a comment."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    Attributes
    ----------
    title : str
    level : int
        1 is a chapter.
    parts : tuple of Part
    appendix : bool
        Whether its tables are numbered among those of the appendices.
    """

    title: str
    level: int
    parts: tuple[Part, ...]
    appendix: bool = False


@dataclass(frozen=True)
class Document:
    """A whole document.

    Attributes
    ----------
    title, subtitle : str
    front : tuple of str
        What is to be known before all else.
    sections : tuple of Section
    language : {"da", "en"}
    """

    title: str
    subtitle: str
    front: tuple[str, ...]
    sections: tuple[Section, ...]
    language: str

    def numbered(self) -> Iterator[tuple[Section, list[tuple[str, int, Part]]]]:
        """Each section with its parts; before tables and pictures what they are numbered as, and their number."""
        counts: dict[str, int] = {}
        for section in self.sections:
            parts = []
            for part in section.parts:
                kind = ""
                if isinstance(part, Picture):
                    kind = _("Figure", self.language)
                elif isinstance(part, Table):
                    kind = _("Appendix table", self.language) if section.appendix else _("Table", self.language)
                counts[kind] = counts.get(kind, 0) + 1
                parts.append((kind, counts[kind], part))
            yield section, parts


def picture_of(figure: Figure) -> Picture:
    """A figure as a picture, its title cut off and set as the caption."""
    from matplotlib.transforms import Bbox

    caption = " ".join(text.get_text() for text in figure.texts if text.get_gid() == TITLE)
    width, height = (float(size) for size in figure.get_size_inches())
    with settings():
        height -= (title_height(caption, width * _CM_PER_INCH) if caption else 0.0) / _CM_PER_INCH
        # none above, where the title was
        sides, written = (width + 2 * _MARGIN_IN, height + _MARGIN_IN), io.BytesIO()
        figure.savefig(
            written, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None},
            bbox_inches=Bbox.from_bounds(-_MARGIN_IN, -_MARGIN_IN, *sides),
        )  # fmt: skip
    return Picture(written.getvalue(), caption, str(figure.get_label()), *(side * _CM_PER_INCH for side in sides))


def printable_text(text: str) -> str:
    """A text without the characters that no document can hold."""
    return _NOT_IN_XML.sub("", text)


def cell_text(text: str) -> str:
    """The text of a table's cell: the sign of a negative number is no hyphen, at which a line may be broken."""
    return printable_text(_NEGATIVE.sub("−", text))
