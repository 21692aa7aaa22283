"""No kernel without a plain-Python twin of the same name, to which some test holds it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import ModuleType

import reference
import reference_crossings
import reference_draws
import reference_elimination
import reference_gaps
import reference_keys
import reference_neighbours
import reference_outline
import reference_permutations
import reference_polygons
import reference_quantiles
import udsat_geo.kernels

FOLDER = Path(udsat_geo.kernels.__file__).parent
KERNELS = [
    function
    for path in sorted(FOLDER.glob("*.py"))
    if path.name not in ("__init__.py", "_jit.py", "arrays.py")
    for function in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(function, ast.FunctionDef)
]
TWINS: tuple[ModuleType, ...] = (
    reference,
    reference_crossings,
    reference_draws,
    reference_elimination,
    reference_gaps,
    reference_keys,
    reference_neighbours,
    reference_outline,
    reference_permutations,
    reference_polygons,
    reference_quantiles,
)


def test_every_function_among_the_kernels_is_compiled() -> None:
    decorators = {function.name: [ast.unparse(each) for each in function.decorator_list] for function in KERNELS}
    assert len(decorators) > 50
    assert {name: each for name, each in decorators.items() if each != ["kernel"]} == {}


def test_every_kernel_is_held_to_its_twin_by_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for kernel in KERNELS:
        calls = [f"{module.__name__}.{kernel.name}(" for module in TWINS if hasattr(module, kernel.name)]
        assert any(call in tests for call in calls), f"{kernel.name} has no twin that a test calls"


def test_the_twins_know_neither_numpy_nor_numba() -> None:
    for twins in TWINS:
        lines = inspect.getsource(twins).splitlines()
        imports = [line.split()[1] for line in lines if line.startswith(("import", "from"))]
        assert set(imports) <= {"__future__", "math", "collections.abc", "fractions", "typing", "reference_crossings"}
