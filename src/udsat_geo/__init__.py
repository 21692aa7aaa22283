"""udsat_geo: designation of disadvantaged urban areas from registers, by a stated policy.

The Python interface is here: `designate`, `read`, `diff` and their like, see `udsat_geo.api`; ``import udsat_geo as ug``
loads none of it before it is used. The command line is `designate` and `udsat`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from udsat_geo.api import (
        BUILT_IN_POLICIES,
        Difference,
        Explanation,
        InputError,
        LoadedPolicy,
        MissingPackageError,
        OutputError,
        Result,
        StatusTables,
        UdsatError,
        Why,
        designate,
        diff,
        explain,
        goals,
        lineage,
        load_policy,
        policies,
        read,
        reproduce,
        status,
        why,
    )

__version__ = "0.1.0"

__all__ = [
    "BUILT_IN_POLICIES",
    "Difference",
    "Explanation",
    "InputError",
    "LoadedPolicy",
    "MissingPackageError",
    "OutputError",
    "Result",
    "StatusTables",
    "UdsatError",
    "Why",
    "__version__",
    "designate",
    "diff",
    "explain",
    "goals",
    "lineage",
    "load_policy",
    "policies",
    "read",
    "reproduce",
    "status",
    "why",
]


class _Package(ModuleType):
    """This package, which loads a public name when it is asked for.

    Importing a room (a submodule) binds it as an attribute of its package. Some rooms are called like functions of the
    interface (``diff``, ``status``): the functions keep the names, and rooms are imported by ``from udsat_geo.diff
    import ...``.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module("udsat_geo.api"), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
