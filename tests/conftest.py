"""Settings of all tests: which run when, in how many processes, with how many examples, and what they print.

``pytest`` runs the quick tests, which need nothing but Python, in as many processes as there are processors.
``pytest -m all`` runs all of them, also those that need QGIS, Chromium or PostgreSQL, or take long. Where files or
folders are named, everything runs in one process (``-n 2`` has two); where files are named, long tests are left in.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import compiled_once
import made_once

LONG_FIXTURES = frozenset({"browser", "port", "site", "server", "profile"})
"""What stands for a program beside Python: a test that asks for one of these is a long one."""

LONGEST = "test_docs"
"""The file of tests that take longest."""

FEW_KERNELS = frozenset({"messages", "policy", "registers", "sources"})
"""Rooms whose tests compile little."""

# repeatable, and never too slow for a busy machine: the first call of a kernel compiles it
settings.register_profile("quick", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("few", deadline=None, max_examples=8, derandomize=True)
settings.register_profile("repeatable", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=2000)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: needs a program beside Python, or takes long; left out unless asked for")
    config.addinivalue_line("markers", "all: every test has it, so that `-m all` runs them all")
    names_files = _names_paths(config) and any(".py" in argument for argument in config.args)
    if not config.option.markexpr and not names_files:
        config.option.markexpr = "not long"
    usual = "quick" if config.option.markexpr == "not long" else "repeatable"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", usual))
    worker = getattr(config, "workerinput", None)
    if worker is None:
        compiled_once.take_over()
    else:
        compiled_once.one_at_a_time(Path(worker["locks"]))
    if config.get_verbosity() < 0 and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ProgressLine(), "progress-line")


def _names_paths(config: pytest.Config) -> bool:
    return config.args_source is pytest.Config.ArgsSource.ARGS


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many processes as processors; one where paths are named, so that a debugger works there."""
    # Windows and macOS do not say which processors a process may use
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if _names_paths(config) else min(processors, 8)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Marks come before pytest leaves out what is not asked for, and the order after."""
    for item in items:
        item.add_marker("all")
        if LONG_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("long")
    yield
    items[:] = _few_kernels_in_the_middle(items)


def _few_kernels_in_the_middle(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of two processes the other one begins in the middle: there it need not wait for what the first one compiles."""
    # the pages of the documentation take longest: no process may be left alone with them at the end
    longest = [item for item in items if item.path.stem == LONGEST]
    rest = [item for item in items if item.path.stem != LONGEST]
    few = [item for item in rest if FEW_KERNELS & set(item.path.parts)]
    others = [item for item in rest if not FEW_KERNELS & set(item.path.parts)]
    half = max(min(len(items) // 2 - len(longest), len(others)), 0)
    return [*longest, *others[:half], *few, *others[half:]]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: it is not gone through again whenever memory is tidied."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """What every process of the run is told as it starts."""
    node.workerinput["locks"] = str(made_once.store())


def pytest_sessionfinish() -> None:
    made_once.forget()


class ProgressLine:
    """One line of progress in place of a dot for each test, where pytest is told to be quiet."""

    def __init__(self) -> None:
        self._done = self._told = 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session
        self._terminal = session.config.pluginmanager.getplugin("terminalreporter")

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Nothing is printed of a test that passed or was skipped."""
        ended = report.skipped or (report.passed and report.when == "call")
        return (report.outcome, "", "") if ended and not hasattr(report, "wasxfail") else None

    def pytest_runtest_logfinish(self) -> None:
        self._done += 1
        tenths = 10 * self._done // max(self._session.testscollected, 1)
        if tenths > self._told:
            self._told = tenths
            self._terminal.write(f" {10 * tenths}%", flush=True)
