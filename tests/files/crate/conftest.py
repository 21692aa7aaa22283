"""One town for all tests of the crate."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest

from crate_towns import build_town, made


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def built_with_run(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("with_run") / "town"
    shutil.copytree(built, folder)
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        made(2021, folder / "out", "--barriers", "lines.gpkg|layername=railways")
    return folder


def _moved_into(folder: Path, copied: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(copied, folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return folder


@pytest.fixture
def town(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town of its own, as the working directory."""
    return _moved_into(tmp_path / "somewhere", built, monkeypatch)


@pytest.fixture
def town_with_run(built_with_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with a run of 2021 with barriers in `out`."""
    return _moved_into(tmp_path / "somewhere", built_with_run, monkeypatch)
