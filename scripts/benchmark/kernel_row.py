"""What every comparison of a kernel with its peers is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CELL_M = 100
REACH = 1000.0
LEAST_RESIDENTS = 500
"""The context of the policy ``kbh-2017``, as is the reach."""
ROUNDING = 1e-12
"""How far sums of floats may differ, relatively: NumPy adds them in another order."""


@dataclass(frozen=True)
class KernelRow:
    """One kernel and its peer, on the same inputs.

    Attributes
    ----------
    name : str
        The kernel, and how much it works on.
    peer_name : str
        What the peer is made of.
    ours, peer : callable
        Take nothing and return a result; inputs are bound beforehand.
    equal : callable
        Takes both results, ours first, and says whether they are equal.
    """

    name: str
    peer_name: str
    ours: Callable[[], Any]
    peer: Callable[[], Any]
    equal: Callable[[Any, Any], bool]


def many(number: int) -> str:
    """A count in words short enough for a table."""
    return f"{number / 1e6:.1f} M" if number >= 1_000_000 else f"{number // 1000} k"
