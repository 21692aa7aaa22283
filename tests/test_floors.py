"""The rooms of the house: what each may import, and the habits that can be read off the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest
import udsat_geo

PACKAGE = Path(udsat_geo.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

DESIGNATION = {
    "errors", "policy", "wording", "grid", "vector", "kernels", "registers", "units", "unit_table",
    "addresses", "barriers", "contiguity", "scoring", "areas", "outline", "diff", "status",
    "places", "parcels", "overrides", "surroundings", "naming", "running", "zones", "polygon_file", "overlaps",
}  # fmt: skip
CHANGES = {"comparison", "change_wording", "lineage", "decomposition"}
IO = DESIGNATION | CHANGES | {"designation", "published", "reasons", "goals"}
JOB = IO | {"io", "synthetic"}

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "wording": set(),
    "policies": set(),
    "kernels": set(),
    "policy": {"errors"},
    "grid": {"errors"},
    "vector": {"errors", "registers"},
    "services": {"errors", "vector"},
    "registers": {"errors", "policy", "kernels", "vector"},
    "units": {"errors", "grid", "policy", "registers", "kernels"},
    "addresses": {"errors", "policy", "registers", "units"},
    "zones": {"kernels"},
    "unit_table": {"errors", "vector", "policy", "registers", "units", "grid", "zones"},
    "polygon_file": {"errors", "registers", "vector", "wording"},
    "barriers": {"errors", "vector", "wording", "kernels"},
    "contiguity": {"barriers", "errors", "grid", "policy", "units", "kernels"},
    "scoring": {"grid", "policy", "units", "kernels"},
    "areas": {"barriers", "contiguity", "outline", "policy", "scoring", "units", "kernels"},
    "outline": {"barriers", "grid", "kernels", "policy", "units"},
    "overlaps": set(),
    "diff": {"errors", "overlaps"},
    "change_wording": set(),
    "comparison": {"diff"},
    "lineage": {"diff", "errors", "overlaps"},
    "decomposition": {"errors"},
    "running": {"policy"},
    "status": {"policy", "scoring", "units", "wording"},
    "places": {"errors", "vector", "wording"},
    "parcels": {"errors", "outline", "vector", "wording"},
    "overrides": {"areas", "errors", "units", "vector", "wording"},
    "surroundings": {"barriers", "errors", "overrides", "parcels", "places", "policy", "units", "vector", "wording"},
    "naming": {"areas", "diff", "places", "units", "wording"},
    "designation": DESIGNATION,
    "goals": {"errors", "policy", "polygon_file", "registers", "vector", "unit_table", "wording", "zones"},
    "reasons": {"areas", "designation", "wording"},
    "synthetic": {"errors", "published"},
    "published": {"errors", "synthetic"},
    "io": IO,
    "job": JOB,
    "area_set": IO | {"io"},
    "status_job": JOB | {"job", "area_set"},
    "reproduction": {"errors", "published"},
    "remeasured": JOB | {"job", "reproduction"},
    "comparing": JOB | {"job"},
    "series": JOB | {"job"},
    "why": JOB | {"job", "series"},
    "report": IO | {"io"},
    "figures_job": JOB | {"job", "series", "area_set", "status_job", "report"},
    "crate": IO | {"io"},
    "rerun": JOB | {"job", "crate", "services"},
    "cli": JOB
    | {"job", "reproduction", "remeasured", "status_job", "comparing", "series", "why"}
    | {"report", "figures_job", "services", "crate", "rerun"},
    "api": JOB | {"job", "reproduction", "status_job", "comparing", "series", "why", "report", "services"},
}
"""Room -> the rooms it may import beside itself; a room is the first name under the package."""

ONLY_FROM = {("vector", "registers"): {"registers.dialect", "registers.settings", "registers.sql"}}
"""Where a room may import only some modules of another."""

OUTSIDE = {
    "kernels": {"numpy", "numba"},
    "synthetic": {"numpy", "pyarrow"},
    "published": {"numpy", "pyarrow"},
    "reproduction": set(),
    "report": {"numpy", "shapely", "matplotlib", "bokeh", "jinja2", "markupsafe"},
}
"""Rooms with few dependencies -> the packages they may import."""

HEAVY = (
    "numpy", "numba", "duckdb", "pandas", "geopandas", "pyogrio", "rasterio", "shapely", "pyarrow", "pydantic", "rich",
    "matplotlib", "openpyxl", "psycopg", "rocrate", "bokeh", "jinja2",
)  # fmt: skip

OF_EXTRAS = {
    "openpyxl": {"io.workbook"},
    "psycopg": {"io.database", "io.postgis", "io.postgis_reading"},
}
"""Libraries that come with an extra -> the modules that use them: all else works without."""

LONGEST_FUNCTION, LONGEST_FILE = 60, 450


def name_of(path: Path) -> str:
    """`kernels/cells.py` is `kernels.cells`, `io/__init__.py` is `io`, the package itself is empty."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def is_type_checking(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports_of(tree: ast.AST, package: str) -> Iterator[str]:
    """Every module that a file imports, inside functions too; those for type checkers alone left out.

    ``from a import b`` gives ``a.b``, whether b is a module or a name in one.
    """
    for node in ast.iter_child_nodes(tree):
        if is_type_checking(node):
            yield from imports_of(ast.Module(body=node.orelse, type_ignores=[]), package)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, node.module] if node.module else above)
            yield from (f"{source}.{alias.name}" for alias in node.names)
        yield from imports_of(node, package)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def all_imports(path: Path) -> set[str]:
    name = name_of(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return set(imports_of(tree_of(path), f"udsat_geo.{package}".rstrip(".")))


def rooms_imported(path: Path) -> set[str]:
    """`room.module` of every import from the package; names of the package itself (its version) are no room."""
    inside = {name.removeprefix("udsat_geo.") for name in all_imports(path) if name.startswith("udsat_geo.")}
    return {name for name in inside if name.split(".")[0] != "__version__"}


by_file = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


# --- arrows -------------------------------------------------------------------------------------------------


@by_file
def test_no_arrow_points_up(path: Path) -> None:
    room = name_of(path).split(".")[0]
    if not room:
        assert not rooms_imported(path), "the package itself imports no room"
        return
    assert room in MAY_IMPORT, f"say in MAY_IMPORT what the room {room} may import"
    for imported in sorted(rooms_imported(path)):
        other = imported.split(".")[0]
        assert other == room or other in MAY_IMPORT[room], f"{name_of(path)} imports {imported}"
        only = ONLY_FROM.get((room, other))
        assert only is None or any(f"{imported}.".startswith(f"{module}.") for module in only), imported


def test_there_is_no_way_round_among_rooms() -> None:
    """Rooms that may import each other are one room; there are two such pairs, and both are stated."""
    mutual = {
        tuple(sorted((room, other)))
        for room, others in MAY_IMPORT.items()
        for other in others
        if room in MAY_IMPORT.get(other, set())
    }
    assert mutual == {("published", "synthetic"), ("registers", "vector")}


@by_file
def test_rooms_with_few_dependencies_keep_them(path: Path) -> None:
    allowed = OUTSIDE.get(name_of(path).split(".")[0])
    if allowed is not None:
        outside = {name.split(".")[0] for name in all_imports(path)} - sys.stdlib_module_names - {"udsat_geo"}
        assert outside <= allowed


@by_file
def test_only_the_figures_need_matplotlib(path: Path) -> None:
    """It is an extra of the package: all else works without it."""
    if name_of(path).split(".")[0] != "report":
        assert "matplotlib" not in {name.split(".")[0] for name in all_imports(path)}


@by_file
def test_only_the_page_needs_bokeh(path: Path) -> None:
    """It is an extra of the package too."""
    if not name_of(path).startswith("report.page"):
        assert not {name.split(".")[0] for name in all_imports(path)} & {"bokeh", "jinja2", "markupsafe"}


@by_file
def test_libraries_of_extras_are_used_where_they_belong(path: Path) -> None:
    used = {name.split(".")[0] for name in all_imports(path)}
    for library, rooms in OF_EXTRAS.items():
        assert library not in used or name_of(path) in rooms


@by_file
def test_what_qgis_reads_is_written_without_a_library(path: Path) -> None:
    """Neither QGIS nor anything else has to be there: its documents are XML by Python's own means."""
    if name_of(path).startswith("io.qgis"):
        outside = {name.split(".")[0] for name in all_imports(path)} - sys.stdlib_module_names - {"udsat_geo"}
        assert not outside


@by_file
def test_only_the_crate_needs_rocrate(path: Path) -> None:
    """It is an extra of the package: all else works without it, reading a crate and repeating it too."""
    if name_of(path) != "crate.write":
        assert "rocrate" not in {name.split(".")[0] for name in all_imports(path)}


@by_file
def test_pandas_is_only_in_the_interface_for_notebooks(path: Path) -> None:
    """There it is imported by what gives a frame; it is an extra, and nothing else waits for it."""
    frames = {"pandas", "geopandas", "folium", "mapclassify"}
    if name_of(path).split(".")[0] != "api":
        assert not {name.split(".")[0] for name in all_imports(path)} & frames
    else:
        top = ast.Module(body=[node for node in tree_of(path).body if not is_type_checking(node)], type_ignores=[])
        at_once = {alias.name for node in top.body if isinstance(node, ast.Import) for alias in node.names}
        at_once |= {node.module or "" for node in top.body if isinstance(node, ast.ImportFrom)}
        assert not {name.split(".")[0] for name in at_once} & {*frames, *HEAVY}


@by_file
def test_only_the_synthetic_city_knows_what_was_planted(path: Path) -> None:
    if name_of(path).split(".")[0] != "synthetic":
        assert "planted_areas" not in path.read_text(encoding="utf-8")


def test_help_is_instant() -> None:
    """The command line imports nothing heavy until a command runs."""
    code = f"import sys, udsat_geo.cli.main; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""


def test_the_imports_are_read_as_python_reads_them() -> None:
    source = """
from typing import TYPE_CHECKING
import numpy as np
from . import sibling
from ..grid import rings
if TYPE_CHECKING:
    from udsat_geo.cli import main
else:
    import csv
def inside():
    from udsat_geo.files.write import write_results
    if True:
        import json
"""
    assert set(imports_of(ast.parse(source), "udsat_geo.kernels")) == {
        "typing.TYPE_CHECKING", "numpy", "udsat_geo.kernels.sibling", "udsat_geo.units.grid.rings", "csv",
        "udsat_geo.files.write.write_results", "json",
    }  # fmt: skip


# --- habits -------------------------------------------------------------------------------------------------


@by_file
def test_only_the_command_line_prints(path: Path) -> None:
    if name_of(path).split(".")[0] != "cli":
        calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        assert "print" not in [ast.unparse(call) for call in calls]


@by_file
def test_nothing_is_asserted(path: Path) -> None:
    assert not [node.lineno for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assert)]


@by_file
def test_no_error_is_caught_broadly(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except in line {node.lineno}"
            caught = re.findall(r"\w+", ast.unparse(node.type))
            assert not {"Exception", "BaseException"} & set(caught), f"line {node.lineno}"


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@by_file
def test_functions_and_files_are_short(path: Path) -> None:
    """Docstrings, which say shapes and units, do not count in a function."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = lines_of(node) - (lines_of(node.body[0]) if ast.get_docstring(node) else 0)
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"
