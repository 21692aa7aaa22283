"""``import udsat_geo as ug`` loads nothing heavy, and gives every public name when it is asked for."""

from __future__ import annotations

import inspect
import pkgutil
import statistics
import subprocess
import sys

import pytest

import udsat_geo as ug
from udsat_geo.cli.main import designate

MOST_SECONDS = 0.1
RUNS = 9
HEAVY = ("numpy", "numba", "pandas", "geopandas", "pyarrow", "shapely", "pydantic", "duckdb", "matplotlib", "click")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, timeout=60)


@pytest.mark.long
def test_importing_takes_less_than_a_tenth_of_a_second() -> None:
    """Of a processor, so that other programs do not count; the median, so that one slow run does not."""
    code = "import time; began = time.process_time(); import udsat_geo; print(time.process_time() - began)"
    seconds = [float(python("-c", code).stdout) for _ in range(RUNS)]
    assert statistics.median(seconds) < MOST_SECONDS, seconds


def test_nothing_heavy_is_loaded_by_it_or_by_naming_a_function() -> None:
    code = "import sys, udsat_geo as ug; ug.designate, ug.read, ug.diff, ug.status, ug.goals, ug.Result, ug.InputError;"
    done = python("-c", f"{code} print(*sorted(set(sys.modules) & set({HEAVY!r})))")
    assert done.stdout.split() == []


def test_every_public_name_is_there() -> None:
    assert sorted(["__version__", *ug._MODULE_OF]) == ug.__all__
    for name in ug.__all__:
        assert getattr(ug, name).__doc__, name
    assert set(ug.__all__) <= set(dir(ug))
    with pytest.raises(AttributeError, match="'udsat_geo' has no attribute 'designat'"):
        _ = ug.designat  # type: ignore[attr-defined]


def test_no_room_is_called_like_a_function() -> None:
    rooms = {module.name for module in pkgutil.iter_modules(ug.__path__)}
    assert rooms & set(ug.__all__) == set()


OLD = {"designations"}
"""Names that were used before, and still work."""
OF_FILES = {"format", "agent", "license", "release"}
OF_THE_TERMINAL = {"quiet", "json", "version", "help", "show_examples"}


@pytest.mark.long
def test_whatever_the_command_may_be_told_the_function_may_too() -> None:
    options = {parameter.opts[0].removeprefix("--").replace("-", "_") for parameter in designate.params}
    wanted = options - OF_FILES - OF_THE_TERMINAL
    parameters = dict(inspect.signature(ug.designate).parameters)
    assert set(parameters) == wanted | {"progress", *OLD}
    assert parameters.pop("year").kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())
