"""The one way kernels are compiled: kept on disk where that can be, without the GIL, IEEE arithmetic kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


not_kept: list[str] = []
"""Names of the kernels whose machine code no folder may keep, so that each process compiles them anew."""


def kernel(function: Kernel) -> Kernel:
    """Compile `function` at its first call and keep the machine code in Numba's cache, if any folder may be written."""
    compiled: Kernel
    try:
        compiled = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        # "no locator available": neither beside the code nor in the user's home
        compiled = numba.njit(nogil=True)(function)
        not_kept.append(function.__name__)
    return compiled
