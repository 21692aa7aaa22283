"""The rooms of the house and their floors, and the habits that can be read off the source."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

import udsat_geo

PACKAGE = Path(udsat_geo.__file__).parent
SCRIPTS = Path(__file__).parent.parent / "scripts"

FLOORS = (
    ("kernels", "messages"),
    ("policy", "sources"),
    ("registers", "synthetic"),
    ("units",),
    ("scoring",),
    ("areas",),
    ("changes",),
    ("designation",),
    ("analysis", "monitoring", "release"),
    ("files", "cluster"),
    ("report",),
    ("cli", "api"),
)
"""From the ground up. A room imports itself and rooms of lower floors."""
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS, start=1) for room in rooms}

BESIDE = {"synthetic": {"registers.schema"}}
"""What a room may import of its own floor."""

ONLY_LIBRARIES = {
    "kernels": {"numpy", "numba"},
    "messages": set(),
    "synthetic": {"numpy", "pyarrow"},
}
"""Rooms with few dependencies -> the libraries that they may import."""

ROOMS_OF = {
    "matplotlib": {"report", "api"},
    "bokeh": {"report"},
    "tornado": {"report"},
    "docx": {"report"},
    "lxml": {"report"},
    "markdown_it": {"report"},
    "xlsxwriter": {"files"},
    "adbc_driver_postgresql": {"files"},
    "rocrate": {"files"},
    "h3": {"units"},
    "distributed": {"cluster"},
    "fsspec": {"sources"},
    "pandas": {"api"},
    "geopandas": {"api"},
    "folium": {"api"},
    "mapclassify": {"api"},
}
"""Libraries of extras, or of one thing alone -> the rooms that use them: all else works without."""

HEAVY = (
    "numpy", "numba", "scipy", "duckdb", "pandas", "geopandas", "pyogrio", "rasterio", "shapely", "pyproj", "pyarrow",
    "pydantic", "rich", "matplotlib", "xlsxwriter", "adbc_driver_postgresql", "rocrate", "bokeh", "jinja2", "h3",
    "tornado", "docx", "lxml",
    "distributed", "dask",
)  # fmt: skip

LONGEST_FUNCTION, LONGEST_FILE = 60, 900


def name_of(path: Path, root: Path) -> str:
    """`kernels/cells.py` is `kernels.cells`, `files/__init__.py` is `files`, the package itself is empty."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@functools.cache
def trees(root: Path) -> dict[str, ast.Module]:
    """The source of every file under a folder, by the file's name as a module."""
    return {
        name_of(path, root): ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(root.rglob("*.py"))
    }


def is_type_checking(node: ast.AST) -> TypeGuard[ast.If]:
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Name | ast.Attribute):
        return False
    return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


@functools.cache
def imports_of(tree: ast.AST, for_types: bool = True) -> tuple[str, ...]:
    """Every name that a file imports, inside functions too, as `a.b` for ``from a import b``.

    ``for_types`` says whether what is imported for type checkers alone counts as well.
    """
    return tuple(_imports_below(tree, for_types))


def _imports_below(tree: ast.AST, for_types: bool) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if is_type_checking(node) and not for_types:
            yield from _imports_below(ast.Module(body=node.orelse, type_ignores=[]), for_types)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)
        if not isinstance(node, ast.expr):
            yield from _imports_below(node, for_types)


def modules_imported(name: str, root: Path, prefix: str = "", for_types: bool = True) -> set[str]:
    """The files under a folder that one of them imports, by their names as modules."""
    known = trees(root)
    found = set()
    for imported in imports_of(known[name], for_types):
        if not imported.startswith(prefix):
            continue
        inside = imported.removeprefix(prefix)
        # the longest beginning that is a file: `a.b.c` may be the name c of the file a.b
        while inside and inside not in known:
            inside = inside.rpartition(".")[0]
        if inside and inside != name:
            found.add(inside)
    return found


def circles(graph: dict[str, set[str]]) -> set[str]:
    """Every file that can be reached from itself."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = list(graph[start])
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead.extend(graph[name])
        return seen

    return {name for name in graph if name in reached(name)}


def libraries_imported(tree: ast.Module) -> set[str]:
    return {name.split(".")[0] for name in imports_of(tree)} - sys.stdlib_module_names - {"udsat_geo"}


# --- floors -------------------------------------------------------------------------------------------------------


def test_every_room_has_a_floor() -> None:
    assert {name.split(".")[0] for name in trees(PACKAGE)} - {"", "__main__"} <= set(FLOOR_OF)


def test_a_room_imports_lower_floors_only() -> None:
    upward = set()
    for name in trees(PACKAGE):
        room = name.split(".")[0]
        for imported in modules_imported(name, PACKAGE, "udsat_geo."):
            other = imported.split(".")[0]
            beside = BESIDE.get(room, set())
            allowed = other == room or imported in beside
            if room in FLOOR_OF and not allowed and FLOOR_OF[other] >= FLOOR_OF[room]:
                upward.add((name, imported))
    assert upward == set()


def test_no_two_files_import_each_other() -> None:
    graph = {name: modules_imported(name, PACKAGE, "udsat_geo.", for_types=False) for name in trees(PACKAGE)}
    graph[""] = set()  # the package itself loads on demand what users ask for
    assert circles(graph) == set()


def test_no_two_scripts_import_each_other() -> None:
    """Scripts of a folder import each other by their names alone, or by the folder's name."""
    for folder in (SCRIPTS, *(path for path in SCRIPTS.iterdir() if path.is_dir())):
        assert circles({name: modules_imported(name, folder) for name in trees(folder)}) == set()


def test_rooms_with_few_dependencies_keep_them() -> None:
    for name, tree in trees(PACKAGE).items():
        allowed = ONLY_LIBRARIES.get(name.split(".")[0])
        assert allowed is None or libraries_imported(tree) <= allowed, name


def test_libraries_of_extras_are_used_where_they_belong() -> None:
    for name, tree in trees(PACKAGE).items():
        for library in libraries_imported(tree):
            assert name.split(".")[0] in ROOMS_OF.get(library, {name.split(".")[0]}), (name, library)


def test_only_the_synthetic_city_knows_what_was_planted() -> None:
    """A designation that could look the answer up would prove nothing."""
    for path in PACKAGE.rglob("*.py"):
        if name_of(path, PACKAGE).split(".")[0] != "synthetic":
            assert "planted_areas" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("imported", ["udsat_geo", "udsat_geo.cli.main, udsat_geo.cli.process"])
def test_nothing_heavy_is_loaded_before_it_is_asked_for(imported: str) -> None:
    """Importing the package is instant, and so is `designate --help`."""
    asked = "" if imported == "udsat_geo" else "; udsat_geo.cli.main.designate.main(['--help'], standalone_mode=False)"
    code = f"import sys, {imported}{asked}; print('loaded', *sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "loaded"


def test_imports_are_read_as_python_reads_them() -> None:
    source = """
from typing import TYPE_CHECKING
import numpy as np
if TYPE_CHECKING:
    from udsat_geo.cli import main
else:
    import csv
def inside():
    from udsat_geo.files.write import write_results
    if True:
        import json
"""
    at_run_time = {"typing.TYPE_CHECKING", "numpy", "csv", "udsat_geo.files.write.write_results", "json"}
    assert set(imports_of(ast.parse(source), for_types=False)) == at_run_time
    assert set(imports_of(ast.parse(source))) == {*at_run_time, "udsat_geo.cli.main"}
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == {"a", "b", "c"}


# --- habits -------------------------------------------------------------------------------------------------------


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_only_the_command_line_prints() -> None:
    for name, tree in trees(PACKAGE).items():
        calls = {getattr(node.func, "id", None) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert "print" not in calls or name.split(".")[0] == "cli", name


def test_nothing_is_asserted_and_no_error_is_caught_broadly() -> None:
    for name, tree in trees(PACKAGE).items():
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Assert), (name, node.lineno)
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, (name, node.lineno)
                caught = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)}
                assert not {"Exception", "BaseException"} & caught, (name, node.lineno)


def test_functions_are_short() -> None:
    """Docstrings, which say shapes and units, do not count."""
    long = set()
    for name, tree in trees(PACKAGE).items():
        for function in functions_of(tree):
            length = lines_of(function) - (lines_of(function.body[0]) if ast.get_docstring(function) else 0)
            if length > LONGEST_FUNCTION:
                long.add(f"{name}.{function.name}")
    assert long == set()


def test_files_are_one_thought() -> None:
    long = {
        name_of(path, PACKAGE)
        for path in PACKAGE.rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    }
    assert long == set()


def public_names(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Functions and classes of a file, and methods of any of its classes, that do not begin with `_`."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    at_top = [node for node in tree.body if isinstance(node, kinds)]
    classes = [node for node in at_top if isinstance(node, ast.ClassDef)]
    within = [node for each in classes for node in each.body if isinstance(node, kinds)]
    for node in (*at_top, *within):
        overloads = [each for each in node.decorator_list if ast.unparse(each) == "overload"]
        if not node.name.startswith("_") and not overloads:
            yield node


def test_what_is_public_is_documented() -> None:
    undocumented = {
        name
        for name, tree in trees(PACKAGE).items()
        if not ast.get_docstring(tree) or any(not ast.get_docstring(node) for node in public_names(tree))
    }
    assert undocumented == set()
