"""Layers as the files that the program reads."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingException, QgsProcessingUtils, QgsProviderRegistry, QgsVectorFileWriter

from .wording import said

OF_A_DESIGNATION = {"areas", "units"}
"""Layers that tell a designation from other files."""


def file_of_layer(layer: Any, context: Any, feedback: Any, whole_designation: bool = False) -> str:
    """What the program is to read for a layer.

    A layer that is a whole file's layer as it is stored stands for that file. Anything else (a database's, one with a
    filter or with edits that are not saved, one in memory) is written to a temporary file first.

    Parameters
    ----------
    layer : QgsVectorLayer
    context : QgsProcessingContext
    feedback : QgsProcessingFeedback
    whole_designation : bool
        Whether a layer of a designation of ours stands for the designation.

    Returns
    -------
    str
        A path, with ``|layername=NAME`` where the file has several layers.

    Raises
    ------
    QgsProcessingException
        If the layer cannot be written.
    """
    parts = _stored_as(layer)
    if parts is None:
        return _written(layer, context, feedback)
    path, layers = parts["path"], layers_of(parts["path"])
    if len(layers) == 1 or (whole_designation and set(layers) >= OF_A_DESIGNATION):
        return path
    # without a name it is the first layer that is shown
    return f"{path}|layername={parts['layerName'] or layers[0]}"


def _stored_as(layer: Any) -> Any:
    """Path and layer name of a layer that is a file's as it is stored; else None."""
    if layer.providerType() != "ogr" or layer.subsetString() or layer.isModified():
        return None
    parts: dict[str, Any] = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    path = str(parts.get("path") or "")
    # one of several types of geometry in a layer, or a number of a layer: more than a name says
    more = {key for key, value in parts.items() if value and key not in ("path", "layerName")}
    if more or not Path(path).exists():
        return None
    return {"path": str(Path(path).resolve()), "layerName": parts.get("layerName")}


def layers_of(path: str) -> list[str]:
    """The names of the layers of a file."""
    return [layer.name() for layer in QgsProviderRegistry.instance().querySublayers(path)]


def _written(layer: Any, context: Any, feedback: Any) -> str:
    """A temporary file of a layer: FlatGeobuf, the same bytes for the same features; a plain table is CSV."""
    driver, suffix = ("FlatGeobuf", "fgb") if layer.isSpatial() else ("CSV", "csv")
    folder = Path(tempfile.mkdtemp(dir=QgsProcessingUtils.tempFolder()))
    readable = "".join(letter if letter.isalnum() or letter in "-_ " else "_" for letter in layer.name()).strip()
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.fileEncoding = "UTF-8"
    path = folder / f"{readable or 'layer'}.{suffix}"
    answer = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), context.transformContext(), options)
    if answer[0] != QgsVectorFileWriter.NoError:
        raise QgsProcessingException(said("not_exported", layer=layer.name(), reason=answer[1]))
    feedback.pushInfo(said("exported", layer=layer.name()))
    return str(path)
