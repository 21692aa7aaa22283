"""A QGIS with the plugin, and a small town, for all of its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from qgis_sessions import AWKWARD, Profile, launcher
from two_years import write_town


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("qgis")


@pytest.fixture(scope="session")
def profile(home: Path) -> Profile:
    return Profile(home / "profile", launcher(home / "program med mellemrum"))


@pytest.fixture(scope="session")
def town(home: Path) -> Path:
    """Registers, policies and designations of two years, in a folder with an awkward name."""
    folder = home / AWKWARD
    folder.mkdir()
    write_town(folder)
    return folder
