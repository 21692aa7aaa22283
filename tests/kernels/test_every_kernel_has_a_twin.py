"""No kernel without a plain-Python twin, and no twin without a kernel."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import reference
import reference_crossings
import reference_gaps
import reference_outline
import reference_polygons
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
    "crossings.orientation": reference_crossings.orientation,
    "crossings.middle_of_overlap": reference_crossings.middle_of_overlap,
    "crossings.meeting_point": reference_crossings.meeting_point,
    "crossings.span_of": reference_crossings.span_of,
    "crossings.columns_in_row": reference_crossings.columns_in_row,
    "crossings.grid_over": reference_crossings.grid_over,
    "crossings.index_segments": reference_crossings.index_segments,
    "crossings.is_reopened": reference_crossings.is_reopened,
    "crossings.find_cut_lines": reference_crossings.find_cut_lines,
    "gaps.is_way_clear": reference_gaps.is_way_clear,
    "gaps.bridge_links": reference_gaps.bridge_links,
    "gaps.flood": reference_gaps.flood,
    "gaps.enclosed_cells": reference_gaps.enclosed_cells,
    "polygon_grid.edges_by_row": reference_polygons.edges_by_row,
    "polygon_grid.edges_across": reference_polygons.edges_across,
    "polygon_grid.cover_buckets": reference_polygons.cover_buckets,
    "polygon_grid.reference_of": reference_polygons.reference_of,
    "polygon_grid.ends_in_buckets": reference_polygons.ends_in_buckets,
    "polygon_grid.place_references": reference_polygons.place_references,
    "polygon_grid.locate_points": reference_polygons.locate_points,
    "polygons.first_edge_of": reference_polygons.first_edge_of,
    "polygons.place_in_polygon": reference_polygons.place_in_polygon,
    "polygons.place_by_reference": reference_polygons.place_by_reference,
    "ranks.rising_order": reference.rising_order,
    "ranks.ranks_on_scale": reference.ranks_on_scale,
    "pairs.pairs_within": reference.pairs_within,
    "borders.turn_of_border": reference_outline.turn_of_border,
    "borders.border_steps": reference_outline.border_steps,
    "borders.trace_borders": reference_outline.trace_borders,
    "borders.crossings_into": reference_outline.crossings_into,
    "straight.cross": reference_outline.cross,
    "straight.extend_way": reference_outline.extend_way,
    "straight.cheapest_way": reference_outline.cheapest_way,
    "straight.straighten": reference_outline.straighten,
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
    assert f"{TWINS[name].__module__}.{kernel}(" in (Path(__file__).parent / f"test_{module}.py").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    "twins", [reference, reference_crossings, reference_gaps, reference_outline, reference_polygons]
)
def test_the_twins_know_neither_numpy_nor_numba(twins: ModuleType) -> None:
    imports = [line.split()[1] for line in inspect.getsource(twins).splitlines() if line.startswith(("import", "from"))]
    assert imports
    assert set(imports) <= {"__future__", "math", "collections.abc", "fractions", "reference_crossings"}
