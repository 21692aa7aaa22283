"""Measuring whole processes: wall seconds, seconds of CPU and peak memory.

Only the standard library is imported here and in the runner. A child's peak memory starts from its parent's
at the moment of the fork, so a parent that had loaded numpy would hide the memory of a small child.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

# ru_maxrss is in KiB on Linux and in bytes on macOS.
RSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


class ProcessError(RuntimeError):
    """A measured process did not end with 0; the message holds the end of its standard error."""


@dataclass(frozen=True)
class Command:
    """A process to measure.

    Attributes
    ----------
    name : str
        As shown in the table.
    arguments : sequence of str
    environment : mapping of str to str
        Added to the environment of the runner.
    folder : Path or None
        Working folder; None is the runner's.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


@dataclass(frozen=True)
class Run:
    """What one run of a process took.

    Attributes
    ----------
    wall_s, cpu_s : float
        From its start to its end; of all its threads, in the system's code too.
    peak_bytes : int
        Largest resident memory of the process itself.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int


@dataclass
class Timing:
    """Every measured run of one command."""

    runs: list[Run] = field(default_factory=list)

    @property
    def median_wall_s(self) -> float:
        """Median wall seconds."""
        return median(run.wall_s for run in self.runs)

    @property
    def median_cpu_s(self) -> float:
        """Median seconds of CPU."""
        return median(run.cpu_s for run in self.runs)

    @property
    def median_peak_mb(self) -> float:
        """Median peak memory in MB (10^6 bytes)."""
        return median(run.peak_bytes for run in self.runs) / 1e6


def run_once(command: Command) -> Run:
    """Run a process to its end.

    Raises
    ------
    ProcessError
        If it ends with anything but 0.
    """
    environment = {**os.environ, **command.environment}
    started = time.perf_counter()
    with subprocess.Popen(
        list(command.arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=command.folder,
        text=True,
        errors="replace",
    ) as process:
        message = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise ProcessError(f"{command.name} ended with {process.returncode}:\n{message[-2000:]}")
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT_BYTES)


def measure_interleaved(commands: Sequence[Command], repeats: int) -> dict[str, Timing]:
    """Warm every command up once, then run them in turn, the order reversed in every second round."""
    for command in commands:
        run_once(command)
    timings = {command.name: Timing() for command in commands}
    for turn in range(repeats):
        for command in commands if turn % 2 == 0 else reversed(commands):
            timings[command.name].runs.append(run_once(command))
    return timings
