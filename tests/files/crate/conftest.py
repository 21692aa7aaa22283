"""One town for all tests of the crate."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crate_towns import build_town


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def town(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town of its own, as the working directory."""
    folder = tmp_path / "somewhere"
    shutil.copytree(built, folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return folder
