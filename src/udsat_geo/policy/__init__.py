"""What a rule is: the policy file, read and checked.

A policy says what the criteria are, over what units, and when a unit and an area qualify. It is a TOML file whose
format is described in the README.
"""

from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import Base, LoadedPolicy, check_policy, load_policy
from udsat_geo.policy.references import with_references
from udsat_geo.policy.rules import (
    MOST_CELLS_IN_REACH,
    AreasRule,
    AreaThresholds,
    ContextRule,
    Criterion,
    Expression,
    IncumbentsRule,
    Key,
    MilestoneRule,
    Policy,
    Reference,
    Register,
    ScoreRule,
    Text,
    UnitsRule,
    text_in,
)

__all__ = [
    "BUILT_IN",
    "MOST_CELLS_IN_REACH",
    "AreaThresholds",
    "AreasRule",
    "Base",
    "ContextRule",
    "Criterion",
    "Expression",
    "IncumbentsRule",
    "Key",
    "LoadedPolicy",
    "MilestoneRule",
    "Policy",
    "Reference",
    "Register",
    "ScoreRule",
    "Text",
    "UnitsRule",
    "check_policy",
    "load_policy",
    "text_in",
    "with_references",
]
