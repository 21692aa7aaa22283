"""udsat_geo: designation of disadvantaged urban areas from registers, by a stated policy.

The Python interface is here: `designate`, `read`, `diff` and their like (`udsat_geo.api`). None of it is loaded by
``import udsat_geo as ug``, but each when it is asked for. The command line is `designate` and `udsat`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from udsat_geo.api.asking import StatusTables, Why, explain, lineage, status, why
    from udsat_geo.api.difference import Difference, diff
    from udsat_geo.api.making import designate, read
    from udsat_geo.api.published import goals, policies, reproduce
    from udsat_geo.api.result import Result
    from udsat_geo.errors import InputError, MissingPackageError, OutputError, UdsatError
    from udsat_geo.io.explain import Explained
    from udsat_geo.policy import LoadedPolicy, load_policy

__version__ = "0.1.0"

__all__ = [
    "Difference",
    "Explained",
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

_STANDS_IN = {
    "Difference": "udsat_geo.api.difference",
    "Explained": "udsat_geo.io.explain",
    "InputError": "udsat_geo.errors",
    "LoadedPolicy": "udsat_geo.policy",
    "MissingPackageError": "udsat_geo.errors",
    "OutputError": "udsat_geo.errors",
    "Result": "udsat_geo.api.result",
    "StatusTables": "udsat_geo.api.asking",
    "UdsatError": "udsat_geo.errors",
    "Why": "udsat_geo.api.asking",
    "designate": "udsat_geo.api.making",
    "diff": "udsat_geo.api.difference",
    "explain": "udsat_geo.api.asking",
    "goals": "udsat_geo.api.published",
    "lineage": "udsat_geo.api.asking",
    "load_policy": "udsat_geo.policy",
    "policies": "udsat_geo.api.published",
    "read": "udsat_geo.api.making",
    "reproduce": "udsat_geo.api.published",
    "status": "udsat_geo.api.asking",
    "why": "udsat_geo.api.asking",
}
"""Public name -> the module that has it, which is loaded when the name is asked for."""


class _Package(ModuleType):
    """This package, which loads a public name when it is asked for.

    Importing a room (a submodule) binds it as an attribute of its package. Some rooms are called like functions of the
    interface (``diff``, ``status``): the functions keep the names, and rooms are imported by ``from udsat_geo.diff
    import ...``.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in _STANDS_IN:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(_STANDS_IN[name]), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _STANDS_IN and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
