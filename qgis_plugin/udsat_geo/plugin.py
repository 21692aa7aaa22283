"""The plugin: brings the provider into Processing, buttons into a window, and takes them out again."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication

from .provider import UdsatProvider
from .renamed import follow_no_more, follow_renamed_files


class UdsatPlugin:
    """Algorithms everywhere, and buttons and panels where a window is open.

    Parameters
    ----------
    interface : QgisInterface or None
        None where no window is open, as in ``qgis_process``.
    """

    def __init__(self, interface: Any):
        self._interface = interface
        self.provider: Any = None
        self.window: Any = None

    def initProcessing(self) -> None:
        """Called by ``qgis_process`` in the place of `initGui`."""
        self.provider = UdsatProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)
        follow_renamed_files()

    def initGui(self) -> None:
        """Called when a window opens."""
        self.initProcessing()
        if self._interface is not None:
            from .window import Window

            self.window = Window(self._interface)

    def unload(self) -> None:
        """Called when the plugin is switched off."""
        follow_no_more()
        if self.window is not None:
            self.window.unload()
            self.window = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
