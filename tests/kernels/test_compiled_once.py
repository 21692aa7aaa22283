"""What the installed program has compiled is not compiled again to test it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiled_once import take_over


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    folder = tmp_path / "installed"
    (folder / "__pycache__").mkdir(parents=True)
    for name in ("cells.py", "__pycache__/cells.find-1.nbi", "__pycache__/cells.find-1.1.nbc", "__pycache__/cells.pyc"):
        (folder / name).write_text(name)
    return folder


def own(folder: Path, source: str) -> Path:
    folder.mkdir()
    (folder / "cells.py").write_text(source)
    return folder


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("__pycache__/*"))


def test_machine_code_of_the_same_source_is_taken_over(installed: Path, tmp_path: Path) -> None:
    take_over(own(tmp_path / "own", "cells.py"), installed)
    assert kept(tmp_path / "own") == ["cells.find-1.1.nbc", "cells.find-1.nbi"]


def test_that_of_another_source_is_not(installed: Path, tmp_path: Path) -> None:
    """Not even if only one file differs: a kernel holds the code of those that it calls."""
    take_over(own(tmp_path / "own", "other"), installed)
    take_over(own(tmp_path / "none", "cells.py"), tmp_path / "not installed")
    assert kept(tmp_path / "own") == kept(tmp_path / "none") == []


def test_what_is_there_stays(installed: Path, tmp_path: Path) -> None:
    folder = own(tmp_path / "own", "cells.py")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "gaps.flood-1.nbi").write_text("own")
    take_over(folder, installed)
    assert kept(folder) == ["gaps.flood-1.nbi"]
