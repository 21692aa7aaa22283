"""The one way kernels are compiled: kept on disk where that can be, without the GIL, IEEE arithmetic kept.

Division by zero gives what NumPy gives, an infinity or NaN: kernels raise nothing, and the check costs time.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


not_kept: list[str] = []
"""Names of the kernels whose machine code no folder may keep, so that each process compiles them anew."""


_OF_DAMAGE = (EOFError, pickle.UnpicklingError, ValueError, TypeError, LookupError, AttributeError, ImportError)
"""What unpickling raises over a file that is not whole, or not what it was."""


def _mend(files: Any) -> None:
    """Take a kept file that is damaged as one that is not there: Numba would stumble over it until it is deleted."""
    load_index, load_data = files._load_index, files._load_data

    def index_or_none() -> Any:
        try:
            return load_index()
        except _OF_DAMAGE:
            return {}

    def data_or_none(name: str) -> Any:
        try:
            return load_data(name)
        except _OF_DAMAGE as damage:
            raise FileNotFoundError(name) from damage

    files._load_index, files._load_data = index_or_none, data_or_none


def kernel(function: Kernel) -> Kernel:
    """Compile `function` at its first call and keep the machine code in Numba's cache, if any folder may be written."""
    compiled: Kernel
    try:
        compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
        if (kept := getattr(compiled, "_cache", None)) is not None and hasattr(kept, "_cache_file"):
            _mend(kept._cache_file)
    except RuntimeError:
        # "no locator available": neither beside the code nor in the user's home
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
        not_kept.append(function.__name__)
    return compiled
