"""The provider: its algorithms and one setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from processing.core.ProcessingConfig import ProcessingConfig, Setting
from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .designate import Designate
from .diff import Diff
from .explain import Explain
from .program import PROGRAM_SETTING
from .release import Release
from .status import Status
from .wording import said

ICON = str(Path(__file__).parent / "icon.svg")


class UdsatProvider(QgsProcessingProvider):
    """udsat_geo among the providers of Processing."""

    def id(self) -> str:
        """As in ``udsat_geo:designate``."""
        return "udsat_geo"

    def name(self) -> str:
        """As the toolbox shows it."""
        return "udsat_geo"

    def longName(self) -> str:
        """With what it is for."""
        return said("provider")

    def icon(self) -> Any:
        """Of the provider."""
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        """Of the same picture."""
        return ICON

    def load(self) -> bool:
        """Put the setting under Settings > Options > Processing > Providers."""
        with_icon = getattr(ProcessingConfig, "settingIcons", {})
        with_icon[self.name()] = self.icon()
        ProcessingConfig.addSetting(
            Setting(self.name(), PROGRAM_SETTING, said("setting"), "", valuetype=Setting.FILE),
        )
        ProcessingConfig.readSettings()
        self.refreshAlgorithms()
        return True

    def unload(self) -> None:
        """Take the setting away; what was chosen stays in the profile."""
        ProcessingConfig.removeSetting(PROGRAM_SETTING)

    def loadAlgorithms(self) -> None:
        """All of them."""
        for algorithm in (Designate, Diff, Status, Explain, Release):
            self.addAlgorithm(algorithm())
