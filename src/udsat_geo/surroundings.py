"""What lies around the units: barriers with their crossings, named places, parcels."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

from udsat_geo.barriers import Barriers, read_barriers
from udsat_geo.parcels import Parcels, read_parcels
from udsat_geo.places import Places, read_places
from udsat_geo.policy import Policy


@dataclass(frozen=True)
class Around:
    """The files of what lies around the units; None where there is none.

    Attributes
    ----------
    barriers, crossings, places, parcels, overrides : Path or None
    """

    barriers: Path | None = None
    crossings: Path | None = None
    places: Path | None = None
    parcels: Path | None = None
    overrides: Path | None = None

    def named(self) -> dict[str, Path]:
        """The files that there are, by what they hold."""
        found = {part.name: getattr(self, part.name) for part in dataclasses.fields(self)}
        return {name: path for name, path in found.items() if path is not None}


@dataclass(frozen=True)
class Surroundings:
    """What the files hold, in the units' reference system.

    Attributes
    ----------
    barriers : Barriers or None
    places : Places or None
    parcels : Parcels or None
    notes : tuple of str
    rows : dict
        What -> how many features there are of it.
    """

    barriers: Barriers | None = None
    places: Places | None = None
    parcels: Parcels | None = None
    notes: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)


def read_surroundings(around: Around, crs: str, policy: Policy, language: str) -> Surroundings:
    """Read what lies around the units.

    Raises
    ------
    InputError
        If a file is at fault.
    """
    rows: dict[str, int] = {}
    barriers, places, parcels = None, None, None
    if around.barriers is not None:
        barriers = read_barriers(around.barriers, around.crossings, crs, policy.areas.crossing, language)
        rows["barriers"] = barriers.features
        if around.crossings is not None:
            rows["crossings"] = len(barriers.crossing_easting)
    if around.places is not None:
        places = read_places(around.places, crs, language)
        rows["places"] = len(places.name)
    if around.parcels is not None:
        parcels = read_parcels(around.parcels, crs, language)
        rows["parcels"] = len(parcels.geometry)
    notes = tuple(note for part in (barriers, places, parcels) if part is not None for note in part.notes)
    return Surroundings(barriers, places, parcels, notes, rows)
