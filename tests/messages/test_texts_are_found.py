"""Every text that is marked for translation gets into the catalogue."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import udsat_geo

MARKS = {"_", "N_", "Np_"}
MODULES = sorted(Path(udsat_geo.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_text_is_marked_where_the_collector_does_not_look(module: Path) -> None:
    """Babel reads tokens: before Python 3.12 an f-string is a single one, and a text that is computed is none."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    in_f_strings = {inner for outer in ast.walk(tree) if isinstance(outer, ast.JoinedStr) for inner in ast.walk(outer)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS and call.args:
            assert call not in in_f_strings or not isinstance(call.args[0], ast.Constant), (
                f"{module.name}:{call.lineno}"
            )
            assert not isinstance(call.args[0], ast.JoinedStr), f"{module.name}:{call.lineno}"
