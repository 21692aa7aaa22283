"""What a WFS says of itself: its version, its layers, their reference systems and where they lie."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from udsat_geo.errors import InputError, Problem
from udsat_geo.services.answers import local_name, read_document

VERSIONS = ("2.0.2", "2.0.0", "1.1.0", "1.0.0")
_LAYERS_TOLD = 30


@dataclass(frozen=True)
class Layer:
    """One feature type.

    Attributes
    ----------
    name : str
    crs : str
        Its default reference system, as the service writes it; empty where it has none.
    box : tuple of float or None
        West, south, east and north in degrees, where the service says them.
    """

    name: str
    crs: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Capabilities:
    """What a service offers.

    Attributes
    ----------
    version : str
    layers : tuple of Layer
    """

    version: str
    layers: tuple[Layer, ...]


def read_capabilities(path: Path, name: str) -> Capabilities:
    """Read the answer to GetCapabilities.

    Raises
    ------
    InputError
        If it is no description of a WFS, or of a version that is not known.
    """
    root = read_document(path, name, "_Capabilities")
    version = root.get("version", "")
    if local_name(root.tag) != "WFS_Capabilities" or version not in VERSIONS:
        what = f"describes itself as {local_name(root.tag)[:60]} {version[:20]}".rstrip()
        raise InputError(Problem(name, what, f"WFS {', '.join(VERSIONS)} can be read."))
    layers = [_layer(element) for element in root.iter() if local_name(element.tag) == "FeatureType"]
    return Capabilities(version, tuple(layer for layer in layers if layer.name))


def choose_layer(offered: Sequence[Layer], wanted: str, name: str) -> Layer:
    """The layer that is meant: by its whole name, by its name without prefix, or the only one.

    Raises
    ------
    InputError
        If there is no such layer, none at all, or several and none is named; the layers there are are told.
    """
    names = [layer.name for layer in offered]
    if not names:
        raise InputError(Problem(name, "offers no layer", "Ask whoever runs the service."))
    told = ", ".join(names[:_LAYERS_TOLD]) + (f" and {len(names) - _LAYERS_TOLD} more" * (len(names) > _LAYERS_TOLD))
    if not wanted:
        if len(offered) == 1:
            return offered[0]
        what = f"offers several layers: {told}"
        raise InputError(Problem(name, what, f'Name one at the end of the address: "...|layername={names[0]}".'))
    exact = [layer for layer in offered if layer.name == wanted]
    alike = exact or [layer for layer in offered if layer.name.rpartition(":")[2] == wanted.rpartition(":")[2]]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(wanted, names, 1, 0.6)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise InputError(Problem(name, f"offers no layer {wanted!r}", f"{hint}It offers: {told}."))


def _layer(element: ElementTree.Element) -> Layer:
    text = {local_name(child.tag): (child.text or "").strip() for child in element}
    crs = next((text[key] for key in ("DefaultCRS", "DefaultSRS", "SRS") if text.get(key)), "")
    return Layer(text.get("Name", ""), crs, _box(element))


def _box(element: ElementTree.Element) -> tuple[float, float, float, float] | None:
    """Where a layer lies, in degrees; None where that is not said or makes no sense."""
    for child in element:
        try:
            if local_name(child.tag) == "WGS84BoundingBox":
                corners = {local_name(corner.tag): (corner.text or "").split() for corner in child}
                west, south = (float(value) for value in corners["LowerCorner"])
                east, north = (float(value) for value in corners["UpperCorner"])
            elif local_name(child.tag) == "LatLongBoundingBox":
                west, south, east, north = (float(child.get(key, "nan")) for key in ("minx", "miny", "maxx", "maxy"))
            else:
                continue
        except (KeyError, ValueError):
            return None
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    return None
