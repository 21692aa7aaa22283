"""Areas of several files followed through time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from udsat_geo.comparing.files import compare_sides
from udsat_geo.comparing.points import Named
from udsat_geo.diff import Changes
from udsat_geo.io.areas_file import AreasFile
from udsat_geo.lineage import Lineage, check_years, trace


def trace_files(
    sides: Sequence[AreasFile], named: Named, language: str = "da", progress: Callable[[str], None] | None = None
) -> tuple[Lineage, tuple[str, ...]]:
    """Follow areas from file to file.

    Parameters
    ----------
    sides : sequence of AreasFile
        From the earliest to the latest, each of a known year.
    named : Named
        Whom to weigh them by where they have no common units.
    language : {"da", "en"}
    progress : callable, optional

    Returns
    -------
    lineage : Lineage
    notes : tuple of str
        What is to be said about the comparisons.

    Raises
    ------
    InputError
        If the years do not rise, or two sets cannot be compared.
    """
    check_years([side.designated.year for side in sides], [side.name for side in sides])
    changes: list[Changes] = []
    notes: list[str] = []
    for before, now in pairwise(sides):
        compared = compare_sides(before, now, named, language, progress)
        changes.append(compared.changes)
        notes += compared.notes
    return trace([side.designated for side in sides], changes), tuple(dict.fromkeys(notes))
