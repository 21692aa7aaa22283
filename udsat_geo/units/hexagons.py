"""Hexagons of H3 as zones: their ids say where they lie (the extra ``h3``)."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import shapely

from udsat_geo.kernels.arrays import Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem, check_installed
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.sources.crs import check_crs, reproject
from udsat_geo.sources.features import Features

_INDEX = re.compile(r"8[0-9a-f]{14}")
"""An H3 index of a cell, as text: 15 hexadecimal digits."""
_DEGREES = "EPSG:4326"


def with_hexagons(features: Features, ids: Objects, policy: Policy, language: str = "en") -> Features:
    """A table of zones without geometry with the hexagons that its ids name; any other as it is.

    Parameters
    ----------
    features : Features
    ids : object (str), shape (n_units,)
    policy : Policy
        Its units are zones, and it states the reference system to work in.
    language : {"da", "en"}
        Of the note.

    Raises
    ------
    InputError
        If the policy states no reference system, an id names no hexagon, or the library is not installed.
    """
    if policy.units.kind != "zones" or features.geometry is not None or not _INDEX.fullmatch(ids[0].lower()):
        return features
    where = _("{name}, column {column}").format(name=features.name, column=policy.units.id)
    check_installed(where, "h3", "h3")
    import h3

    wanted = policy.units.crs
    if wanted is None:
        what = _("is missing, and ids are H3 indexes, whose hexagons are in degrees")
        raise InputError(Problem(policy.place("units.crs"), what, _("Set it to a projected system.")))
    check_crs(wanted, policy.place("units.crs"))
    wrong = [one for one in ids.tolist() if not _INDEX.fullmatch(one.lower()) or not h3.is_valid_cell(one.lower())]
    if wrong:
        remedy = _("Give every unit the index of its cell.")
        raise InputError(Problem(where, _("ids that are no H3 indexes"), remedy, len(wrong), repr(wrong[0])))
    # corners by their own indexes: neighbours share them to the last digit
    corners = [[h3.vertex_to_latlng(vertex) for vertex in h3.cell_to_vertexes(one.lower())] for one in ids.tolist()]
    degrees = as_objects(shapely.Polygon(np.array(ring)[:, ::-1]) for ring in corners)
    note = _("{where}: read as H3 indexes, hexagons in {crs}", language).format(where=where, crs=wanted)
    geometry = reproject(degrees, _DEGREES, wanted, features.name)
    return dataclasses.replace(features, geometry=geometry, crs=wanted, notes=(*features.notes, note))
