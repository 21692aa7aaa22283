"""Adding results to the project: in the style that their file carries, areas above units."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable

from processing.gui.RenderingStyles import RenderingStyles
from qgis.core import QgsProcessingContext, QgsProcessingLayerPostProcessorInterface, QgsProject
from qgis.PyQt import sip


def load_when_done(context: Any, uri: str, name: str, algorithm_id: str, output: str, rank: int) -> None:
    """Let Processing add a layer to the project once the algorithm is done.

    Parameters
    ----------
    context : QgsProcessingContext
    uri, name : str
    algorithm_id, output : str
        Whose output it is.
    rank : int
        Layers of one file lie in this order, the lowest on top.
    """
    if context.project() is None:
        return
    details = QgsProcessingContext.LayerDetails(name, context.project(), output, _hint(uri))
    details.setPostProcessor(_post_processor(algorithm_id, output, rank))
    context.addLayerToLoadOnCompletion(uri, details)


def _hint(uri: str) -> Any:
    from qgis.core import QgsProcessingUtils

    return QgsProcessingUtils.LayerHint.Raster if uri.endswith(".tif") else QgsProcessingUtils.LayerHint.Vector


def each_layer(project: Any, files: Iterable[Path]) -> list[Any]:
    """The layers of a project, if there is one, that show one of some files."""
    paths = {str(file) for file in files}
    layers = project.mapLayers().values() if project is not None else ()
    return [layer for layer in layers if _file_of(layer) in paths]


def show_anew(layer: Any) -> None:
    """Let a layer show what its file holds now: it still has the earlier one open."""
    layer.reload()
    layer.triggerRepaint()


def _file_of(layer: Any) -> str:
    source: str = layer.source()
    return source.split("|")[0]


_KEPT: list[Any] = []
"""Post-processors in use: their C++ half is the context's, which deletes it, and nothing else holds this half."""


def _post_processor(algorithm_id: str, output: str, rank: int) -> Any:
    _KEPT[:] = [one for one in _KEPT if not sip.isdeleted(one)]
    _KEPT.append(_AsInItsFile(algorithm_id, output, rank))
    return _KEPT[-1]


class _AsInItsFile(QgsProcessingLayerPostProcessorInterface):
    """Gives a layer the default style of its file, which Processing leaves out, and puts it in its place."""

    def __init__(self, algorithm_id: str, output: str, rank: int):
        super().__init__()
        self.algorithm_id, self.output, self.rank = algorithm_id, output, rank

    def postProcessLayer(self, layer: Any, context: Any, feedback: Any) -> None:
        """Called when the layer is in the project."""
        # a style that the user has set for this output goes before the file's
        if not RenderingStyles.getStyle(self.algorithm_id, self.output):
            layer.loadDefaultStyle()
            layer.triggerRepaint()
        layer.setCustomProperty(_RANK, self.rank)
        project = context.project() or QgsProject.instance()
        _put_in_order(project, layer, self.rank)


_RANK = "udsat_geo/rank"


def _put_in_order(project: Any, layer: Any, rank: int) -> None:
    """Move a layer below those of the same file that belong above it; what else is in the project stays."""
    node = project.layerTreeRoot().findLayer(layer.id())
    if node is None or node.parent() is None:
        return
    parent = node.parent()
    children = parent.children()
    above = [place for place, other in enumerate(children) if other is not node and _belongs_above(other, layer, rank)]
    if above and above[-1] > children.index(node):
        parent.insertChildNode(above[-1] + 1, node.clone())
        parent.removeChildNode(node)


def _belongs_above(node: Any, layer: Any, rank: int) -> bool:
    other = node.layer() if hasattr(node, "layer") else None
    if other is None or _file_of(other) != _file_of(layer):
        return False
    return int(other.customProperty(_RANK, -1)) in range(rank)
