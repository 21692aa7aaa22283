"""What the installed program has compiled is not compiled again to test it."""

from __future__ import annotations

import runpy
from pathlib import Path

import numba
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


TRIPLE = """
from udsat_geo.kernels._jit import kernel

@kernel
def triple(number):
    return 3 * number
"""


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="there is no machine code without the JIT")
@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("left", [b"", b"\x80\x05\x95", b"no machine code at all"])
def test_damaged_machine_code_is_compiled_anew(tmp_path: Path, ending: str, left: bytes) -> None:
    """As a machine leaves it that lost its power: told by nobody, and mended for the next one."""
    (tmp_path / "thrice.py").write_text(TRIPLE, encoding="utf-8")
    found = []
    for damages in (False, True, False):
        if damages:
            for path in tmp_path.rglob(f"*{ending}"):
                path.write_bytes(left)
        triple = runpy.run_path(str(tmp_path / "thrice.py"))["triple"]
        found.append((triple(2), bool(triple.stats.cache_hits)))
    assert found == [(6, False), (6, False), (6, True)]
