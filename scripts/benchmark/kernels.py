"""Rows that hold one kernel of ours to what a user would otherwise write."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class KernelRow:
    """One kernel and its peer, on the same inputs.

    Attributes
    ----------
    name : str
        What the kernel does.
    ours, peer : callable
        Take nothing and return a result; inputs are bound beforehand.
    equal : callable
        Takes both results, ours first, and says whether they are equal.
    """

    name: str
    ours: Callable[[], Any]
    peer: Callable[[], Any]
    equal: Callable[[Any, Any], bool]


@dataclass(frozen=True)
class KernelTiming:
    """Median wall seconds of one row; ``equal`` is False where the results differ."""

    name: str
    ours_s: float
    peer_s: float
    equal: bool


ROWS: list[KernelRow] = []


def run_rows(rows: Sequence[KernelRow], repeats: int) -> list[KernelTiming]:
    """Measure every row: one warm-up that also compares the results, then both sides in turn."""
    timings = []
    for row in rows:
        equal = bool(row.equal(row.ours(), row.peer()))
        ours_s, peer_s = [], []
        for _ in range(repeats if equal else 0):
            ours_s.append(_seconds(row.ours))
            peer_s.append(_seconds(row.peer))
        nothing = float("nan")
        timings.append(
            KernelTiming(row.name, median(ours_s) if equal else nothing, median(peer_s) if equal else nothing, equal)
        )
    return timings


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
