"""The ground that maps are drawn on: land, parks, water, districts, roads and railways. Nothing is judged by it.

A file of polygons and lines with a column ``kind`` (or ``type``), and a ``name`` where they have one; without such a
column each layer of the file is of the kind that it is called after.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from udsat_geo.kernels.arrays import Flags, Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import in_one_line
from udsat_geo.sources.crs import short_crs
from udsat_geo.sources.features import Features, features_in, file_of, spatial_layers, texts_of
from udsat_geo.sources.kinds import table_kind
from udsat_geo.sources.positions import Extent
from udsat_geo.units.places import KIND_COLUMNS, NAME_COLUMNS

LAND, PARK, WATER, DISTRICT, ROAD, RAILWAY = "land", "park", "water", "district", "road", "railway"
AREAL, LINEAR = (LAND, DISTRICT, PARK, WATER), (ROAD, RAILWAY)
"""What is made of polygons and what of lines, in the order in which it is drawn."""
CALLED = {
    LAND: ("land", "island", "ø"),
    PARK: ("park", "parks", "parker", "green", "grønt", "forest", "skov", "cemetery", "kirkegård"),
    WATER: ("water", "waters", "vand", "sea", "hav", "lake", "lakes", "sø", "søer", "harbour", "havn", "river"),
    DISTRICT: ("district", "districts", "bydel", "bydele"),
    ROAD: ("road", "roads", "vej", "veje", "motorway", "motorvej"),
    RAILWAY: ("railway", "railways", "rail", "jernbane", "jernbaner", "bane", "baner"),
}
"""What each kind may be called in a file; own choice."""
_KIND_OF = {name: kind for kind, names in CALLED.items() for name in names}
_POLYGON_TYPES, _LINE_TYPES = (3, 6), (1, 2, 5)
_TOLD = 5


@dataclass(frozen=True)
class Ground:
    """What maps show beneath what was judged, in the order in which it is drawn.

    Attributes
    ----------
    kind : object (str), shape (n_features,)
        `AREAL`, then `LINEAR`.
    name : object (str or None), shape (n_features,)
    geometry : object (shapely), shape (n_features,)
        Polygons or lines, in the units' reference system.
    notes : tuple of str
    window : tuple of float or None
        West, south, east and north of what is drawn; None where it ends nowhere.
    """

    kind: Objects
    name: Objects
    geometry: Objects
    notes: tuple[str, ...] = ()
    window: Extent | None = None

    def of(self, *kinds: str) -> Flags:
        """Which features are of some kinds, shape (n_features,)."""
        return np.isin(self.kind.astype(str), kinds)


def in_order(
    kind: Objects, name: Objects, geometry: Objects, notes: tuple[str, ...] = (), window: Extent | None = None
) -> Ground:
    """Features in the order in which they are drawn; within a kind as they came."""
    drawn = (*AREAL, *LINEAR)
    order = np.argsort(np.array([drawn.index(str(each)) for each in kind], dtype=np.int64), kind="stable")
    return Ground(kind[order], name[order], geometry[order], notes, window)


def with_sea(ground: Ground) -> Ground:
    """The ground with what is neither land nor district as water, where its land is known."""
    dry = ground.of(LAND, DISTRICT)
    if ground.window is None or not ground.of(LAND).any():
        return ground
    sea = shapely.difference(shapely.box(*ground.window), shapely.union_all(ground.geometry[dry]))
    kind, name, geometry = (
        np.concatenate([of_file, as_objects([more])])
        for of_file, more in ((ground.kind, WATER), (ground.name, None), (ground.geometry, sea))
    )
    return in_order(kind, name, geometry, window=ground.window)


def read_ground(path: Path, crs: str, extent: Extent, language: str) -> Ground:
    """Read the ground and cut it to the window around the units.

    Parameters
    ----------
    path : Path
        ``file.gpkg|layername=water`` names one of several layers; else all are read.
    crs : str
        Of the units.
    extent : tuple of float
        West, south, east and north of what maps may show.
    language : {"da", "en"}
        Of the notes.

    Raises
    ------
    InputError
        If the file cannot be read, holds no kind that is known, or lines where a kind is of polygons, and the other way
        round.
    """
    parts = [_read_layer(each, crs, layer, language) for each, layer in _layers_of(path)]
    kinds, names, geometry = (np.concatenate([part[i] for part in parts]) for i in range(3))
    file, notes = parts[0][3].name, tuple(dict.fromkeys(note for part in parts for note in part[4]))
    known = as_objects(_KIND_OF.get(str(kind)) for kind in kinds)
    other = np.array([kind is None for kind in known], dtype=bool)
    unknown = ", ".join(sorted({str(kind) or "-" for kind in kinds[other]})[:_TOLD])
    if other.all():
        what = _("holds no kind of ground that is known (it has {value})").format(value=unknown or _("none"))
        listed = ", ".join((*AREAL, *LINEAR))
        remedy = _("Tell it in a column kind, or name the layers so: {kinds}.").format(kinds=listed)
        raise InputError(Problem(file, what, remedy))
    if other.any():
        told = _("{name}: {n} features of other kinds ({kinds}) are not drawn", language)
        notes += (told.format(name=file, n=int(other.sum()), kinds=unknown),)
    _check_types(file, known[~other], geometry[~other])
    shown = shapely.intersection(shapely.make_valid(geometry[~other]), shapely.box(*extent))
    kept = ~shapely.is_empty(shown)
    if not kept.any():
        notes += (_("{name}: nothing in it lies where units are, so no ground is drawn", language).format(name=file),)
    return in_order(known[~other][kept], names[~other][kept], shown[kept], notes, extent)


def _layers_of(path: Path) -> list[tuple[Path, str]]:
    """What is to be read, and what each is called: the layers of a file, or the one that is named."""
    text, _bar, named = str(path).partition("|layername=")
    file = file_of(path)
    if named or not file.is_file() or table_kind(file) != "vector":
        return [(path, named or file.stem)]
    try:
        layers = spatial_layers(file)
    except (InputError, ValueError):
        # reading it tells what is wrong with it
        return [(path, file.stem)]
    return [(Path(f"{text}|layername={layer}"), layer) for layer in layers] or [(path, file.stem)]


def _read_layer(
    path: Path, crs: str, called: str, language: str
) -> tuple[Objects, Objects, Objects, Features, tuple[str, ...]]:
    """Kind (as the file has it, in small letters), name and geometry of the features of a layer."""
    features, told = features_in(path, crs)
    if features.geometry is None:
        raise InputError(Problem(features.name, _("holds no geometries"), _("The ground is polygons and lines.")))
    drawn = ~(shapely.is_missing(features.geometry) | shapely.is_empty(features.geometry))
    kinds, names = (_column(features, columns) for columns in (KIND_COLUMNS, NAME_COLUMNS))
    n = len(features.geometry)
    kind = np.full(n, called, dtype=object) if kinds is None else kinds
    kind = as_objects(in_one_line(str(each or "")).strip().lower() for each in kind)
    name = np.full(n, None, dtype=object) if names is None else as_objects(in_one_line(each) or None for each in names)
    given = {"name": features.name, "source": told, "target": short_crs(crs)}
    notes = () if told is None else (_("{name}: reprojected from {source} to {target}", language).format(**given),)
    return kind[drawn], name[drawn], features.geometry[drawn], features, notes


def _column(features: Features, columns: tuple[str, ...]) -> Objects | None:
    lower = {column.lower(): column for column in features.attributes.column_names}
    found = next((lower[column] for column in columns if column in lower), None)
    return None if found is None else as_objects(texts_of(features, found))


def _check_types(file: str, kind: Objects, geometry: Objects) -> None:
    """Refuse kinds that are drawn otherwise than they are meant."""
    types, areal = shapely.get_type_id(geometry), np.isin(kind.astype(str), AREAL)
    problems = []
    for wrong, what, remedy in (
        (areal & ~np.isin(types, _POLYGON_TYPES), _("land, parks, water or districts that are no polygons"),
         _("Keep polygons of them.")),
        (~areal & ~np.isin(types, _LINE_TYPES), _("roads or railways that are no lines"), _("Keep lines of them.")),
    ):  # fmt: skip
        if wrong.any():
            problems.append(Problem(file, what, remedy, int(wrong.sum()), str(kind[np.flatnonzero(wrong)[0]])))
    if problems:
        raise InputError(problems)
