"""The plugin: brings the provider into Processing, and takes it out again."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication

from .provider import UdsatProvider


class UdsatPlugin:
    """A plugin of Processing alone: no menu, no toolbar.

    Parameters
    ----------
    interface : QgisInterface or None
        None where no window is open, as in ``qgis_process``.
    """

    def __init__(self, interface: Any):
        self.provider: Any = None

    def initProcessing(self) -> None:
        """Called by ``qgis_process`` in the place of `initGui`."""
        self.provider = UdsatProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Called when a window opens."""
        self.initProcessing()

    def unload(self) -> None:
        """Called when the plugin is switched off."""
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
