"""Kernels are compiled once for all processes that run tests, and not at all where the installed program has done so.

`python -m pytest` tests the source beside it, which keeps its machine code apart from the installed program's. And
Numba lets each process compile what it lacks: processes that begin together all compile the same, and two that write
a kernel's index at once lose what one of them wrote.
"""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows: each process compiles by itself
    fcntl = None  # type: ignore[assignment]

KERNELS = Path(__file__).parents[2] / "udsat_geo" / "kernels"


def take_over(kernels: Path = KERNELS, installed: Path | None = None) -> None:
    """Copy the machine code that the installed program has kept, where its kernels are the same to the letter.

    Numba takes it only if it is of its own version, and of a source file of the same content.
    """
    installed = installed or Path(sysconfig.get_path("purelib")) / "udsat_geo" / "kernels"
    kept = installed / "__pycache__"
    if installed == kernels or not kept.is_dir() or _sources(installed) != _sources(kernels):
        return
    own = kernels / "__pycache__"
    own.mkdir(exist_ok=True)
    if any(own.glob("*.nbi")):
        return
    # an index names its machine code: that is there before the index is
    for suffix in ("nbc", "nbi"):
        for path in kept.glob(f"*.{suffix}"):
            shutil.copy2(path, own)


def _sources(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.py")}


def one_at_a_time(locks: Path) -> None:
    """From here on this process waits while another one compiles the same kernel, and takes what that made.

    Parameters
    ----------
    locks
        A folder that all processes of the run know.
    """
    if fcntl is None:
        return
    from numba.core.compiler_lock import global_compiler_lock
    from numba.core.dispatcher import Dispatcher

    compile_alone = Dispatcher.compile
    held: set[Path] = set()

    def compile_once(self: Any, signature: Any) -> Any:
        # one thread at a time, as Numba has it; kernels that call others have these compiled meanwhile
        with global_compiler_lock:
            lock = locks / f"{self.py_func.__module__}.{self.py_func.__qualname__}"
            if lock in held:
                return compile_alone(self, signature)
            held.add(lock)
            try:
                with _locked(lock):
                    return compile_alone(self, signature)
            finally:
                held.remove(lock)

    Dispatcher.compile = compile_once


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # ends when the file is closed
        yield
