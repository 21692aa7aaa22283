"""Measuring whole processes: wall seconds and peak memory.

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


@dataclass
class Timing:
    """Wall seconds and peak memory (bytes) of every measured run of one command."""

    wall_s: list[float] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)

    @property
    def median_wall_s(self) -> float:
        """Median wall seconds."""
        return median(self.wall_s)

    @property
    def median_peak_mb(self) -> float:
        """Median peak memory in MB (10^6 bytes)."""
        return median(self.peak_bytes) / 1e6


def run_once(command: Command) -> tuple[float, int]:
    """Run a process to its end.

    Returns
    -------
    wall_s : float
        From the start of the process to its end, in seconds.
    peak_bytes : int
        Largest resident memory of the process itself.

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
    return wall_s, usage.ru_maxrss * RSS_UNIT_BYTES


def measure_interleaved(commands: Sequence[Command], repeats: int) -> dict[str, Timing]:
    """Warm every command up once, then run them in turn, the order reversed in every second round."""
    for command in commands:
        run_once(command)
    timings = {command.name: Timing() for command in commands}
    for turn in range(repeats):
        for command in commands if turn % 2 == 0 else reversed(commands):
            wall_s, peak_bytes = run_once(command)
            timings[command.name].wall_s.append(wall_s)
            timings[command.name].peak_bytes.append(peak_bytes)
    return timings
