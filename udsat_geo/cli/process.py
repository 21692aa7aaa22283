"""The console scripts: a process of their own around the commands."""

from __future__ import annotations

import atexit
import codecs
import gc
import os
import sys
import warnings
from importlib.abc import MetaPathFinder
from io import TextIOWrapper
from typing import Any
from unicodedata import normalize

from udsat_geo.cli import options
from udsat_geo.cli.main import designate as designate_command
from udsat_geo.cli.main import udsat as udsat_command

_LIKE = dict(zip("\u2212\u2013\u2014\u2018\u2019\u201c\u201d\u00d7\u2502\u2588", "---''\"\"x|#", strict=True))
_LIKE |= {"\u2026": "...", "\u2260": "!=", "\u2264": "<=", "\u2265": ">=", "\u2192": "->"}
_LIKE |= {"å": "aa", "æ": "ae", "ø": "oe", "Å": "Aa", "Æ": "Ae", "Ø": "Oe", "Ł": "L", "ł": "l"}
"""Signs that a console may lack (Windows-1252, ASCII), and what stands for them there, as is customary."""


_DONE_WITHOUT = {
    "pandas": "pyogrio._compat",
    "geopandas": "pyogrio._compat",
    "scipy.linalg": "numba.np.arraymath",
    "coverage": "numba.misc.coverage_support",
    "yaml": "numba.core.config",
}
"""Library -> the module that takes it in, while it is imported itself, wherever it is installed, and does without."""
_SETTINGS_OF_NUMBA = ".numba_config.yaml"
_FEW_COLLECTIONS = 400_000
"""Objects made before Python looks for cycles: importing makes half a million that stay, and to look at them again and
again takes a tenth of the main job's processor time. Own choice; cycles still go, so that long commands do not grow."""


class _WithoutLookers(MetaPathFinder):
    """Keeps libraries out of the imports that only look whether they are there.

    pandas and geopandas are 0.3 s of a job that takes two and SciPy's linear algebra is 0.1 s; commands read and write
    Arrow tables, and kernels multiply no matrices. Numba takes in coverage to trace compiled lines, and yaml to read a
    file of settings, where there is one. Whoever imports them at any other time gets them.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Refuse a library to whom looks for it; all else is left to the next finder."""
        looking = sys.modules.get(_DONE_WITHOUT.get(fullname, ""))
        is_looking = getattr(getattr(looking, "__spec__", None), "_initializing", False)
        if fullname == "yaml" and os.path.exists(_SETTINGS_OF_NUMBA):
            return
        if is_looking or fullname in options.done_without:
            raise ModuleNotFoundError(f"done without here: {fullname}", name=fullname)


def _print_any_sign(error: Any) -> tuple[str, int]:
    """What is printed for signs that the console's encoding lacks: a sign like it, or a question mark."""
    lacking = error.object[error.start : error.end]
    return "".join(_LIKE.get(sign) or _letter(sign) or "?" for sign in lacking), error.end


def _letter(sign: str) -> str:
    return normalize("NFKD", sign).encode("ascii", "ignore").decode()


def _begin() -> None:
    """Set up the process: it is the script's own, so nothing else can miss what is changed."""
    gc.set_threshold(_FEW_COLLECTIONS)
    # the last collection, as Python ends, has nothing to look at
    atexit.register(gc.freeze)
    sys.meta_path.insert(0, _WithoutLookers())
    # NumPy's linear algebra would start threads that wait in a busy loop, a tenth of the main job's processor time; and
    # what few numbers go through it are the same on any number of processors
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # pydantic would read the metadata of every installed package to find plugins, of which a job has no use
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    codecs.register_error("sign_like_it", _print_any_sign)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="sign_like_it")
    # what a library warns its users of is no fault of the person at the console, whatever PYTHONWARNINGS makes of it
    if any(action == "error" for action, *_ in warnings.filters):
        warnings.simplefilter("default")


def designate() -> None:
    """The console script `designate`."""
    _begin()
    designate_command()


def udsat() -> None:
    """The console script `udsat`."""
    _begin()
    udsat_command(prog_name="udsat")
