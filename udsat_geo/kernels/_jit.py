"""The one way kernels are compiled: cached on disk, without the GIL, IEEE arithmetic kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def kernel(function: Kernel) -> Kernel:
    """Compile `function` at its first call and keep the machine code in Numba's cache."""
    compiled: Kernel = numba.njit(cache=True, nogil=True)(function)
    return compiled
