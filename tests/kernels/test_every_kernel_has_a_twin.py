"""No kernel without a plain-Python twin, and no twin without a kernel."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reference
import udsat_geo.kernels

KERNELS = Path(udsat_geo.kernels.__file__).parent

TWINS: dict[str, Callable[..., Any]] = {
    "cells.slot_of_cell": reference.slot_of_cell,
    "cells.find_cell": reference.find_cell,
    "cells.index_cells": reference.index_cells,
    "cells.distinct_cells": reference.distinct_cells,
    "cells.cell_edges": reference.cell_edges,
    "components.root_of": reference.root_of,
    "components.label_components": reference.label_components,
    "context.context_of_cells": reference.context_of_cells,
    "context.square_with_enough": reference.square_with_enough,
    "context.context_of_points": reference.context_of_points,
    "pairs.pairs_within": reference.pairs_within,
    "scores.spread_of_gaps": reference.spread_of_gaps,
    "scores.composite_of_gaps": reference.composite_of_gaps,
    "strips.squared_distance": reference.squared_distance,
    "strips.points_in_strips": reference.points_in_strips,
    "strips.points_within": reference.points_within,
    "sums.count_rows": reference.count_rows,
    "sums.add_values": reference.add_values,
    "sums.add_flags": reference.add_flags,
    "sums.follow": reference.follow,
}
"""Module and name of a kernel -> its twin."""


def functions_of(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def modules() -> list[Path]:
    return [path for path in sorted(KERNELS.glob("*.py")) if path.name not in ("__init__.py", "_jit.py")]


def test_every_kernel_has_a_twin_and_every_twin_a_kernel() -> None:
    kernels = {f"{path.stem}.{function.name}" for path in modules() for function in functions_of(path)}
    assert kernels == TWINS.keys()


def test_every_function_among_the_kernels_is_compiled() -> None:
    for path in modules():
        for function in functions_of(path):
            decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
            assert decorators == ["kernel"], f"{path.name}: {function.name}"


@pytest.mark.parametrize("name", sorted(TWINS))
def test_a_twin_has_the_name_of_its_kernel_and_is_used_by_its_test(name: str) -> None:
    module, _, kernel = name.partition(".")
    assert TWINS[name].__name__ == kernel
    assert f"reference.{kernel}(" in (Path(__file__).parent / f"test_{module}.py").read_text(encoding="utf-8")


def test_the_twins_know_neither_numpy_nor_numba() -> None:
    imports = [line for line in inspect.getsource(reference).splitlines() if line.startswith(("import", "from"))]
    assert imports == ["from __future__ import annotations", "import math", "from collections.abc import Sequence"]
