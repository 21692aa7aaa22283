"""What of the plugin needs no QGIS: its zip, finding the program, running and ending it."""

from __future__ import annotations

import ast
import importlib.util
import os
import stat
import sys
import threading
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import plugin_zip
from qgis_sessions import contents, program


def module_of(name: str) -> ModuleType:
    """A module of the plugin that knows no QGIS; the plugin's own name is that of the product here."""
    if "plugin_of_qgis" not in sys.modules:
        source = plugin_zip.SOURCE / "__init__.py"
        spec = importlib.util.spec_from_file_location(
            "plugin_of_qgis", source, submodule_search_locations=[str(source.parent)]
        )
        assert spec is not None
        assert spec.loader is not None
        sys.modules["plugin_of_qgis"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["plugin_of_qgis"])
    return importlib.import_module(f"plugin_of_qgis.{name}")


programs, running = module_of("program"), module_of("running")


class Feedback:
    """What `QgsProcessingFeedback` is to the plugin."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []
        self.cancelled = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.said.append((name, *given))

    def isCanceled(self) -> bool:  # noqa: N802
        return self.cancelled.is_set()

    def of(self, name: str) -> list[Any]:
        return [given[0] for said, *given in self.said if said == name]


# --- the zip --------------------------------------------------------------------------------------------------


def test_the_zip_has_what_the_plugin_repository_asks_for(tmp_path: Path) -> None:
    path = plugin_zip.make_zip(tmp_path)
    assert path.name == f"udsat_geo_qgis-{plugin_zip.version()}.zip"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        metadata = archive.read("udsat_geo/metadata.txt").decode("utf-8")
        assert archive.read("udsat_geo/LICENSE") == (plugin_zip.ROOT / "LICENSE").read_bytes()
    assert {name.split("/")[0] for name in names} == {"udsat_geo"}
    assert {Path(name).suffix for name in names} == {".py", ".txt", ".svg", ""}
    assert {"udsat_geo/__init__.py", "udsat_geo/icon.svg", "udsat_geo/wording/common.py"} <= set(names)
    for line in (f"version={plugin_zip.version()}", "qgisMinimumVersion=3.22", "hasProcessingProvider=yes"):
        assert line in metadata.splitlines()


def test_the_zip_has_the_same_bytes_whenever_it_is_made(tmp_path: Path) -> None:
    first = plugin_zip.make_zip(tmp_path / "first")
    os.utime(plugin_zip.SOURCE / "plugin.py")
    assert plugin_zip.make_zip(tmp_path / "second").read_bytes() == first.read_bytes()


@pytest.mark.parametrize("key", plugin_zip.REQUIRED)
def test_metadata_that_lacks_something_makes_no_zip(key: str) -> None:
    text = (plugin_zip.SOURCE / "metadata.txt").read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.startswith(f"{key}="))
    with pytest.raises(SystemExit, match=f"lacks {key}"):
        plugin_zip.check_metadata(kept)


@pytest.mark.parametrize("path", sorted(plugin_zip.SOURCE.rglob("*.py")), ids=lambda path: path.name)
def test_nothing_but_qgis_and_python_is_imported(path: Path) -> None:
    """And by a Python as old as QGIS 3.22 may bring."""
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    known = sys.stdlib_module_names | {"qgis", "processing"}
    assert {name.split(".")[0] for name in imported} <= known
    assert "__future__" in imported, "or annotations are read by a Python that does not know them"


# --- finding the program --------------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment with both programs."""
    for name in ("udsat", "designate"):
        program(tmp_path / "et miljø" / "bin" / name, "print('udsat_geo, version 1.2.3')")
    return tmp_path / "et miljø"


@pytest.mark.parametrize("setting", ["bin/udsat", "bin/designate", "bin", ""])
def test_the_program_is_found_by_its_path_or_its_folder(environment: Path, setting: str) -> None:
    found = programs.find_program(f" {environment / setting} ")
    assert Path(found) == environment / "bin" / "udsat"
    assert programs.check_version(found) == (1, 2, 3)


def test_without_a_setting_the_path_is_looked_through(environment: Path) -> None:
    assert programs.find_program("", {"PATH": f"/nowhere:{environment / 'bin'}"}) == str(environment / "bin" / "udsat")


def test_a_user_s_own_programs_are_looked_through_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(programs.ProgramError, match="not_found"):
        programs.find_program("", {"PATH": "/nowhere"})
    own = program(tmp_path / ".local" / "bin" / "udsat", "")
    assert programs.find_program("", {"PATH": "/nowhere"}) == str(own)


@pytest.mark.parametrize(
    ("code", "mode", "word"),
    [
        ("print('udsat_geo, version 0.0.9')", 0o755, "too_old"),
        ("print('udsat_geo, version 0.1.0')", 0o644, "not_ours"),
        ("print('udsat_geo, version unknown')", 0o755, "not_ours"),
        ("raise SystemExit('udsat_geo, version 0.1.0')", 0o755, "not_ours"),
    ],
)
def test_a_program_that_will_not_do_is_told(tmp_path: Path, code: str, mode: int, word: str) -> None:
    path = program(tmp_path / "udsat", code)
    path.chmod(mode)
    if os.access(path, os.X_OK) and not mode & stat.S_IXUSR:
        pytest.skip("everything can be run here")
    with pytest.raises(programs.ProgramError, match=word):
        programs.check_version(str(path))


def test_the_program_runs_without_what_qgis_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONHOME", "PYTHONPATH", "PROJ_LIB", "GDAL_DATA"):
        monkeypatch.setenv(name, "/of/qgis")
    given = programs.environment_of_program()
    assert "/of/qgis" not in given.values()
    assert given["UDSAT_PROGRESS"] == "lines"
    assert given["PATH"] == os.environ["PATH"]


# --- running it -----------------------------------------------------------------------------------------------


def run(code: str, folder: Path, feedback: Feedback, steps: int = 4, stem: str = "designation_2025") -> bool:
    path = program(folder / "program" / "udsat", code)
    return bool(running.run([str(path)], folder, steps, folder / "out", stem, feedback))


def test_steps_results_and_warnings_are_passed_on(tmp_path: Path) -> None:
    feedback = Feedback()
    code = """
import sys
for step in range(6):
    print(f"progress: 2025: trin {step} æøå", file=sys.stderr, flush=True)
print("something odd", file=sys.stderr)
print("Områder    2025")
"""
    assert run(code, tmp_path, feedback)
    assert feedback.of("setProgressText") == [f"2025: trin {step} æøå" for step in range(6)]
    assert feedback.of("setProgress") == [0, 25, 50, 75, 95, 95, 100]
    assert feedback.of("pushConsoleInfo") == [
        "Områder\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}2025"
    ]
    assert feedback.of("pushWarning") == ["something odd"]


@pytest.mark.parametrize(
    ("said", "exit_code", "messages"),
    [
        (["error: a.csv: no such file", "error: b.csv: is empty"], 2, ["a.csv: no such file", "b.csv: is empty"]),
        (["Usage: udsat", "Try 'udsat --help'", "", "Error: Invalid value"], 2, ["Invalid value"]),
        (["Traceback", "ZeroDivisionError"], 1, ["Traceback", "ZeroDivisionError"]),
    ],
)
def test_what_is_at_fault_is_told_with_the_exit_code(
    tmp_path: Path, said: list[str], exit_code: int, messages: list[str]
) -> None:
    code = f"import sys\nprint(*{said!r}, sep='\\n', file=sys.stderr)\nsys.exit({exit_code})"
    with pytest.raises(running.RunError) as error:
        run(code, tmp_path, Feedback())
    assert (error.value.exit_code, error.value.messages) == (exit_code, messages)


@pytest.mark.long
def test_much_that_is_said_blocks_nothing(tmp_path: Path) -> None:
    feedback = Feedback()
    lines = 20_000
    code = f"import sys\nfor i in range({lines}):\n    print('x' * 60)\n    print('y' * 60, file=sys.stderr)"
    assert run(code, tmp_path, feedback)
    assert len(feedback.of("pushConsoleInfo")) == len(feedback.of("pushWarning")) == lines


HALF_MADE = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.makedirs("out/.designation_2025-abc", exist_ok=True)
if os.path.exists("out/designation_2025.gpkg"):
    os.replace("out/designation_2025.gpkg", "out/.designation_2025-abc/designation_2025.gpkg.before")
open("out/designation_2025.gpkg", "w").write("new")
open("out/designation_2025.tif", "w").write("new")
open("out/.designation_2025-abc/designation_2025.json", "w").write("new")
print("progress: writing", file=sys.stderr, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("earlier", [True, False])
def test_one_that_does_not_end_when_asked_is_killed_and_tidied_up_after(
    tmp_path: Path, earlier: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where nobody can be asked: half of the results are in place, what was there before is kept aside."""
    monkeypatch.setattr(running, "_PATIENCE_S", 0.3)
    if earlier:
        others = ("designation_2025.gpkg", "designation_2025.json", "designation_2021.gpkg", ".designation_2025-b/x")
        for name in others:
            (tmp_path / "out" / name).parent.mkdir(exist_ok=True, parents=True)
            (tmp_path / "out" / name).write_text("old")
    before = contents(tmp_path / "out")
    feedback = Feedback()
    feedback.setProgressText = lambda step: feedback.cancelled.set()  # type: ignore[attr-defined]
    assert not run(HALF_MADE, tmp_path, feedback)
    assert contents(tmp_path / "out") == before
    assert (tmp_path / "out").exists() == earlier


def test_one_that_is_asked_to_end_tidies_up_itself(tmp_path: Path) -> None:
    feedback = Feedback()
    feedback.setProgressText = lambda step: feedback.cancelled.set()  # type: ignore[attr-defined]
    code = """
import sys, time
try:
    print("progress: reading", file=sys.stderr, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    open("tidied", "w").close()
    sys.exit(130)
"""
    assert not run(code, tmp_path, feedback)
    assert (tmp_path / "tidied").exists()


def test_one_that_had_just_finished_is_done(tmp_path: Path) -> None:
    feedback = Feedback()
    feedback.setProgressText = lambda step: feedback.cancelled.set()  # type: ignore[attr-defined]
    code = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
print("progress: writing", file=sys.stderr, flush=True)
time.sleep(60)
"""
    assert run(code, tmp_path, feedback)
