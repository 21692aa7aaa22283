"""The map tool that explains a place, and the panel that shows the answer."""

from __future__ import annotations

from html import escape
from typing import Any, Callable

from qgis.gui import QgsMapTool
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDockWidget, QTextBrowser

from ..explain import as_html
from ..installed import told
from ..program import ProgramError
from ..wording import language, said
from .designations import Place, designations, places_at
from .process import Program


class ExplainTool(QgsMapTool):
    """Asks why the area or unit at a click is in or out.

    Parameters
    ----------
    canvas : QgsMapCanvas
    active_layer : callable
        The layer that is chosen in the tree: it is asked first.
    show : callable
        Takes the places that were found.
    """

    def __init__(self, canvas: Any, active_layer: Callable[[], Any], show: Callable[[list[Place]], None]):
        super().__init__(canvas)
        self._map, self._active_layer, self._show = canvas, active_layer, show
        self.setCursor(Qt.CursorShape.WhatsThisCursor)

    def canvasReleaseEvent(self, event: Any) -> None:
        """Called when the mouse is let go."""
        self.ask_at(event.mapPoint())

    def ask_at(self, point: Any) -> None:
        """Explain what lies at a point of the map."""
        active, layers = self._active_layer(), list(self._map.layers())
        layers.sort(key=lambda layer: layer is not active and layer != active)
        self._show(places_at(self, layers, point, self.searchRadiusMU(self._map)))


class Explanation(QDockWidget):
    """The panel: what the program answers, and what else lies at the same place."""

    def __init__(self, parent: Any):
        super().__init__(said("explain_title"), parent)
        self.setObjectName("udsat_geo_explanation")
        self.text = QTextBrowser(self)
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(lambda link: self._ask(int(link.toString())))
        self.setWidget(self.text)
        self._places: list[Place] = []
        self._program: Any = None

    def explain(self, places: list[Place]) -> None:
        """Explain the first of some places, and name the others; say so where there are none."""
        self._places = places
        self.show()
        if places:
            self._ask(0)
            return
        self.stop()
        self.text.setHtml(f"<p>{escape(said('nothing_here' if designations() else 'no_designation'))}</p>")

    def stop(self) -> None:
        """End what is still being asked."""
        if self._program is not None:
            self._program.stop()
            self._program = None

    def closeEvent(self, event: Any) -> None:
        """Nothing is left running."""
        self.stop()
        super().closeEvent(event)

    def _ask(self, number: int) -> None:
        self.stop()
        place, head = self._places[number], self._links(number)
        self.text.setHtml(f"{head}<p>{escape(said('asking'))}</p>")

        def ended(exit_code: int) -> None:
            parts = [as_html("\n".join(program.lines))] if not exit_code else []
            parts += [f"<p>{escape(fault)}</p>" for fault in program.faults(exit_code)] if exit_code else []
            self._program = None
            self.text.setHtml(head + "".join(parts))

        program = self._program = Program(self, ended)
        try:
            program.start(["explain", f"--language={language()}", "--", place.file, place.wanted])
        except ProgramError as error:
            self._program = None
            self.text.setHtml(f"<p>{escape(told(error))}</p>")

    def _links(self, number: int) -> str:
        """The places at the click: the one that is shown, and links to the others."""
        if len(self._places) < 2:
            return ""
        told_ = [
            f"<b>{escape(_called(place))}</b>" if i == number else f'<a href="{i}">{escape(_called(place))}</a>'
            for i, place in enumerate(self._places)
        ]
        return f"<p>{' · '.join(told_)}</p>"


def _called(place: Place) -> str:
    return said("unit_called" if place.table == "units" else "area_called", name=place.name)
