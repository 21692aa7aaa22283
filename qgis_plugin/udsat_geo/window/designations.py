"""Designations in the project, and the areas and units that lie at a point of the map."""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple

from qgis.core import QgsFeatureRequest, QgsGeometry, QgsProject, QgsProviderRegistry

from ..sources import OF_A_DESIGNATION, layers_of

_ASKED_BY = {"areas": ("area_id", "name"), "changes": ("area_id", "name"), "units": ("unit_id", "unit_id")}
"""The columns by which a feature of a layer is asked, and called."""


class Place(NamedTuple):
    """An area or a unit of a designation."""

    file: str
    table: str
    wanted: str
    name: str


def designation_of(layer: Any) -> tuple[str, str]:
    """The file of a designation that a layer shows, and its table; empty of any other layer."""
    if layer is None or not hasattr(layer, "providerType") or layer.providerType() != "ogr":
        return "", ""
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    path, table = str(parts.get("path") or ""), str(parts.get("layerName") or "")
    if not path.endswith(".gpkg") or not set(layers_of(path)) >= OF_A_DESIGNATION:
        return "", ""
    return path, table


def designations() -> list[str]:
    """The files of the designations in the project."""
    layers = QgsProject.instance().mapLayers().values()
    return sorted({file for file, _table in map(designation_of, layers) if file})


def places_at(tool: Any, layers: Iterable[Any], point: Any, radius: float) -> list[Place]:
    """What lies at a point, in the order of the layers, each place once.

    Parameters
    ----------
    tool : QgsMapTool
        Knows the system of the map.
    layers : iterable of QgsMapLayer
    point : QgsPointXY
    radius : float
        How far from the point a place may be, in units of the map.
    """
    found: dict[tuple[str, str], Place] = {}
    for layer in layers:
        file, table = designation_of(layer)
        if not file or table not in _ASKED_BY:
            continue
        nearest = _nearest(tool, layer, point, radius)
        if nearest is not None:
            wanted, name = (str(nearest[column]) for column in _ASKED_BY[table])
            found.setdefault((file, wanted), Place(file, table, wanted, name))
    return list(found.values())


def _nearest(tool: Any, layer: Any, point: Any, radius: float) -> Any:
    """The feature at a point, or the nearest one within the radius; None where there is none."""
    around = tool.toLayerCoordinates(layer, QgsGeometry.fromPointXY(point).buffer(radius, 8).boundingBox())
    at, reach = QgsGeometry.fromPointXY(tool.toLayerCoordinates(layer, point)), around.width() / 2
    there = layer.getFeatures(QgsFeatureRequest().setFilterRect(around))
    by_distance = [(feature.geometry().distance(at), feature.id(), feature) for feature in there]
    near = [one for one in by_distance if one[0] <= reach]
    return min(near, key=lambda one: one[:2])[2] if near else None
