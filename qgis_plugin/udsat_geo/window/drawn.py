"""What the areas become, drawn as a temporary layer."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRendererCategory,
    QgsVectorLayer,
)

from ..wording import language, said

_FIELDS = (
    "kind:string(10)", "number:integer", "area_id:string(40)", "name:string(120)", "residents:integer",
    "composite:double", "since:integer", "reason:string(2000)",
)  # fmt: skip
_INK, _BLUE = "26,26,26,255", "0,114,178,255"
_SYMBOLS = {
    "area": {"style": "no", "outline_color": _BLUE, "outline_width": "0.9"},
    "added": {"style": "f_diagonal", "color": _BLUE, "outline_style": "no"},
    "removed": {"style": "diagonal_x", "color": _INK, "outline_style": "no"},
}
"""Blue and ink, as the explorer's page draws what comes in and falls out: to be told apart on purple and orange."""


class Drawn:
    """The layer, made when it is drawn first, and made anew where somebody took it away."""

    def __init__(self) -> None:
        self._id = ""

    def layer(self) -> Any:
        """The layer in the project; None where there is none."""
        return QgsProject.instance().mapLayer(self._id) if self._id else None

    def draw(self, answer: dict[str, Any], begun: dict[str, Any], title: str) -> Any:
        """Show an answer of the explorer; `begun` says where its steps are counted from."""
        layer = self.layer() or self._made(begun["crs"])
        layer.setName(title)
        provider = layer.dataProvider()
        provider.truncate()
        provider.addFeatures(_features(layer, answer, begun))
        layer.updateExtents()
        layer.triggerRepaint()
        return layer

    def remove(self) -> None:
        """Take it out of the project."""
        if self.layer() is not None:
            QgsProject.instance().removeMapLayer(self._id)
        self._id = ""

    def _made(self, crs: str) -> Any:
        layer = QgsVectorLayer("MultiPolygon?" + "&".join(f"field={field}" for field in _FIELDS), "", "memory")
        system = QgsCoordinateReferenceSystem()
        system.createFromUserInput(crs)
        layer.setCrs(system)
        categories = [
            QgsRendererCategory(kind, QgsFillSymbol.createSimple(symbol), said(f"drawn_{kind}"))
            for kind, symbol in _SYMBOLS.items()
        ]
        layer.setRenderer(QgsCategorizedSymbolRenderer("kind", categories))
        # QGIS would ask whether to keep it each time that it closes
        layer.setCustomProperty("skipMemoryLayersCheck", 1)
        project = QgsProject.instance()
        project.addMapLayer(layer, False)
        project.layerTreeRoot().insertLayer(0, layer)
        self._id = layer.id()
        return layer


def _features(layer: Any, answer: dict[str, Any], begun: dict[str, Any]) -> list[Any]:
    """The areas, and the ground that came in and fell out."""
    rows = [
        (
            ["area", area["number"], area["id"], area["name"], area["residents"], area["composite"], area["since"],
             area["reason"][language()]],
            area["shape"],
        )
        for area in answer["year"]["areas"]
    ]  # fmt: skip
    compared = answer["compared"]
    rows += [([part["event"]], part["shape"]) for part in (compared["ground"] if compared else ())]
    made = []
    for values, shape in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(values + [None] * (len(_FIELDS) - len(values)))
        feature.setGeometry(_polygons(shape, begun))
        made.append(feature)
    return made


def _polygons(shape: list[list[list[int]]], begun: dict[str, Any]) -> Any:
    """Rings as the explorer tells them: steps from one corner to the next, the first from the corner of the map."""
    east, north = begun["corner"]
    polygons = []
    for polygon in shape:
        rings = []
        for ring in polygon:
            x = y = 0
            points = []
            for dx, dy in zip(ring[::2], ring[1::2]):
                x, y = x + dx, y + dy
                points.append(QgsPointXY(east + x * begun["step"], north + y * begun["step"]))
            rings.append([*points, points[0]])
        polygons.append(rings)
    return QgsGeometry.fromMultiPolygonXY(polygons)
