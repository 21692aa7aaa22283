"""What the plugin adds to a window of QGIS: two buttons, and a panel for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt import QtGui, QtWidgets
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon

from ..wording import said
from .explain_tool import ExplainTool, Explanation
from .what_if import WhatIf

_MENU = "udsat_geo"
_PICTURES = Path(__file__).parents[1]
# Qt 6 has it elsewhere; QGIS 3 has not had it there from its beginning
QAction = getattr(QtGui, "QAction", None) or QtWidgets.QAction


class Window:
    """Buttons and panels.

    Parameters
    ----------
    interface : QgisInterface
    """

    def __init__(self, interface: Any):
        self._interface = interface
        parent = interface.mainWindow()
        self.explanation, self.what_if = Explanation(parent), WhatIf(parent)
        for panel in (self.explanation, self.what_if):
            interface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, panel)
            panel.hide()
        canvas = interface.mapCanvas()
        self.tool = ExplainTool(canvas, interface.activeLayer, self.explanation.explain)
        self.explain_button = self._button("explain", "explain_button")
        self.explain_button.setCheckable(True)
        self.explain_button.triggered.connect(lambda _checked: canvas.setMapTool(self.tool))
        self.tool.setAction(self.explain_button)
        self.what_if_button = self._button("what_if", "what_if_button")
        self.what_if_button.setCheckable(True)
        self.what_if_button.triggered.connect(self._show_what_if)
        self.what_if.visibilityChanged.connect(lambda _seen: self._follow())

    def unload(self) -> None:
        """Take everything out again, and leave nothing running."""
        canvas = self._interface.mapCanvas()
        if canvas.mapTool() == self.tool:
            canvas.unsetMapTool(self.tool)
        for panel in (self.explanation, self.what_if):
            panel.stop()
            self._interface.removeDockWidget(panel)
            panel.deleteLater()
        for button in (self.explain_button, self.what_if_button):
            self._interface.removeToolBarIcon(button)
            self._interface.removePluginMenu(_MENU, button)

    def _button(self, picture: str, word: str) -> Any:
        button = QAction(QIcon(str(_PICTURES / f"{picture}.svg")), said(word), self._interface.mainWindow())
        button.setObjectName(f"udsat_geo_{picture}")
        self._interface.addToolBarIcon(button)
        self._interface.addPluginToMenu(_MENU, button)
        return button

    def _show_what_if(self, is_wanted: bool) -> None:
        if is_wanted:
            self.what_if.show()
            self.what_if.raise_()
        else:
            self.what_if.close()

    def _follow(self) -> None:
        # a panel behind another tab is there still
        self.what_if_button.setChecked(not self.what_if.isHidden())
