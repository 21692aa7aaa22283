"""udsat_geo: designation of disadvantaged urban areas from registers, by a stated policy.

The Python interface is here: `designate`, `read`, `diff` and their like. ``import udsat_geo as ug`` loads none of it;
each is loaded when it is asked for (PEP 562). The command line is `designate` and `udsat`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from udsat_geo.messages.version import __version__

if TYPE_CHECKING:
    from udsat_geo.api.agreement import ComparedPolicies, compare_policies
    from udsat_geo.api.calls import (
        Difference,
        StatusTables,
        Why,
        designate,
        diff,
        explain,
        goals,
        lineage,
        read,
        reproduce,
        status,
        sums,
        why,
        workbench,
    )
    from udsat_geo.api.certainty import CertaintyResult, certainty
    from udsat_geo.api.concentration import ConcentrationResult, concentration
    from udsat_geo.api.explorer import Explorer
    from udsat_geo.api.exploring import explore
    from udsat_geo.api.inferring import Inferred, infer
    from udsat_geo.api.policies import ExaminedPolicy, policies
    from udsat_geo.api.reporting import write_report
    from udsat_geo.api.result import Result
    from udsat_geo.api.sensitivity import SensitivityResult, sensitivity
    from udsat_geo.designation.explained import Explained
    from udsat_geo.designation.workbench import Workbench
    from udsat_geo.messages.errors import InputError, MissingPackageError, OutputError, UdsatError
    from udsat_geo.policy.load import LoadedPolicy, load_policy


__all__ = [
    "CertaintyResult",
    "ComparedPolicies",
    "ConcentrationResult",
    "Difference",
    "ExaminedPolicy",
    "Explained",
    "Explorer",
    "Inferred",
    "InputError",
    "LoadedPolicy",
    "MissingPackageError",
    "OutputError",
    "Result",
    "SensitivityResult",
    "StatusTables",
    "UdsatError",
    "Why",
    "Workbench",
    "__version__",
    "certainty",
    "compare_policies",
    "concentration",
    "designate",
    "diff",
    "explain",
    "explore",
    "goals",
    "infer",
    "lineage",
    "load_policy",
    "policies",
    "read",
    "reproduce",
    "sensitivity",
    "status",
    "sums",
    "why",
    "workbench",
    "write_report",
]

_MODULE_OF = {
    "CertaintyResult": "udsat_geo.api.certainty",
    "ComparedPolicies": "udsat_geo.api.agreement",
    "ConcentrationResult": "udsat_geo.api.concentration",
    "Difference": "udsat_geo.api.calls",
    "ExaminedPolicy": "udsat_geo.api.policies",
    "Explained": "udsat_geo.designation.explained",
    "Explorer": "udsat_geo.api.explorer",
    "Inferred": "udsat_geo.api.inferring",
    "InputError": "udsat_geo.messages.errors",
    "LoadedPolicy": "udsat_geo.policy.load",
    "MissingPackageError": "udsat_geo.messages.errors",
    "OutputError": "udsat_geo.messages.errors",
    "Result": "udsat_geo.api.result",
    "SensitivityResult": "udsat_geo.api.sensitivity",
    "StatusTables": "udsat_geo.api.calls",
    "UdsatError": "udsat_geo.messages.errors",
    "Why": "udsat_geo.api.calls",
    "Workbench": "udsat_geo.designation.workbench",
    "certainty": "udsat_geo.api.certainty",
    "compare_policies": "udsat_geo.api.agreement",
    "concentration": "udsat_geo.api.concentration",
    "designate": "udsat_geo.api.calls",
    "diff": "udsat_geo.api.calls",
    "explain": "udsat_geo.api.calls",
    "explore": "udsat_geo.api.exploring",
    "goals": "udsat_geo.api.calls",
    "infer": "udsat_geo.api.inferring",
    "lineage": "udsat_geo.api.calls",
    "load_policy": "udsat_geo.policy.load",
    "policies": "udsat_geo.api.policies",
    "read": "udsat_geo.api.calls",
    "reproduce": "udsat_geo.api.calls",
    "sensitivity": "udsat_geo.api.sensitivity",
    "status": "udsat_geo.api.calls",
    "sums": "udsat_geo.api.calls",
    "why": "udsat_geo.api.calls",
    "workbench": "udsat_geo.api.calls",
    "write_report": "udsat_geo.api.reporting",
}
"""Public name -> the module that has it."""


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
