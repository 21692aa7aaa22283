"""udsat_geo in QGIS: algorithms, a map tool and a panel, answered by the installed program."""

from __future__ import annotations

from typing import Any


def classFactory(interface: Any) -> Any:
    """What QGIS calls to make the plugin."""
    from .plugin import UdsatPlugin

    return UdsatPlugin(interface)
