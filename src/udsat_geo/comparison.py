"""Two sets of areas compared, with what they were weighed by: the data that tables and files are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.diff import Atoms, Changes, Designated


@dataclass(frozen=True)
class Side:
    """One of the two sets of areas.

    Attributes
    ----------
    file : str
        Its name.
    kind : {"designation", "polygons"}
    designated : Designated
    """

    file: str
    kind: str
    designated: Designated

    @property
    def year(self) -> int | None:
        """The year of a designation; None where it is not known."""
        return None if self.designated.year < 0 else self.designated.year


@dataclass(frozen=True)
class Weights:
    """Whom a comparison counts.

    Attributes
    ----------
    kind : {"units", "points", "addresses"}
        Units that both have; the middles of units; addresses.
    file : str
        What they were read from.
    year : int or None
    source : str
        ``registers``, ``synthetic``, ``unit_table``; empty where that is not known.
    places, residents : int
        How many of them there are in all, and who lives there.
    """

    kind: str
    file: str
    year: int | None
    source: str
    places: int
    residents: int


@dataclass(frozen=True)
class Comparison:
    """Two sets of areas compared through the residents that they share.

    Attributes
    ----------
    before, now : Side
    weights : Weights
    atoms : Atoms
    geometry : object (shapely), shape (n_atoms,)
        Where each of them lies, in `crs`.
    crs : str
    outline_before, outline_now : object (shapely), shape (n_areas,)
        In `crs`.
    changes : Changes
    notes : tuple of str
        What is to be said about it.
    language : str
    """

    before: Side
    now: Side
    weights: Weights
    atoms: Atoms
    geometry: NDArray[np.object_]
    crs: str
    outline_before: NDArray[np.object_]
    outline_now: NDArray[np.object_]
    changes: Changes
    notes: tuple[str, ...]
    language: str = "da"

    @property
    def added(self) -> int:
        """Residents of areas of now who were in none before."""
        return int(self.changes.residents_added.sum())

    @property
    def removed(self) -> int:
        """Residents of earlier areas who are in none now."""
        return int(self.changes.residents_removed.sum())

    @property
    def kept(self) -> int:
        """Residents who were in an area before and are in one now."""
        return int(self.changes.residents_kept.sum())

    @property
    def share_still_in(self) -> float:
        """Share of the residents of the earlier areas who are in an area now; NaN where nobody lives there."""
        return share(self.kept, self.kept + self.removed)

    @property
    def intersection_over_union(self) -> float:
        """Residents in areas both times over residents in areas at either time; NaN where there are none."""
        return share(self.kept, self.kept + self.removed + self.added)


def share(part: int, whole: int) -> float:
    """A share; NaN of nothing."""
    return part / whole if whole else float("nan")
