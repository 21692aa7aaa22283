"""What a rule is: the policy file, read and checked.

A policy says what the criteria are, over what units, and when a unit and an area qualify. It is a TOML file whose
format is described in the README; a wrong file is answered with every fault in it, each with its key and reason.
Expressions are kept as text here; `udsat_geo.registers.expressions` checks them against the columns they may use.
"""

from __future__ import annotations

import difflib
import hashlib
import string
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from udsat_geo.errors import InputError, Problem

BUILT_IN = ("kbh-2017",)

MOST_CELLS_IN_REACH = 1000
"""From a cell to the farthest it is read with: all cells within reach are listed in memory. Own choice."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Expression = Annotated[str, Field(min_length=1, max_length=4000)]
Text = str | dict[str, str]
Register = Literal["residents", "dwellings", "units"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class UnitsRule(_Part):
    """`[units]`: the places judged.

    Attributes
    ----------
    kind : {"cells", "zones"}
    size : int
        Of cells, in metres.
    id, residents, name : str or None
        Columns of a unit table (`residents` may be an expression).
    columns : dict
        Our name -> the names a column of a unit table has had; the first that the table has is used.
    missing : tuple of float
        Codes for missing values in a unit table.
    id_pattern : str or None
        How cells are named, where not as in the Danish grid.
    crs : str or None
        The projected reference system to work in; without it, the unit table's own.
    reproject_from : tuple of str
        Other reference systems that a unit table may come in.
    """

    kind: Literal["cells", "zones"] = "cells"
    size: int = Field(100, ge=1, le=100_000)
    id: str | None = None
    residents: str | None = None
    name: str | None = None
    columns: dict[Key, tuple[str, ...]] = Field(default_factory=dict)
    missing: tuple[float, ...] = ()
    id_pattern: str | None = None
    crs: str | None = None
    reproject_from: tuple[str, ...] = ()

    @field_validator("id_pattern")
    @classmethod
    def _pattern_names_a_cell(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        try:
            parts = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
        except ValueError as error:
            raise ValueError(f"cannot be read: {error}") from None
        places = sorted(str(part[1]) for part in parts)
        plain = all(not part[2] and part[3] is None for part in parts)
        if not plain or places not in (["easting", "northing"], ["easting", "northing", "size"]):
            raise ValueError("must hold {northing} and {easting}, and may hold {size}, each once")
        return pattern


class ContextRule(_Part):
    """`[context]`: how much of the surroundings a unit is read with."""

    residents: int = Field(0, ge=0)
    reach: float = Field(0.0, ge=0, le=100_000)


class Criterion(_Part):
    """`[[criteria]]`: a ratio of two sums over the rows of one register."""

    key: Key
    label: Text = ""
    register_name: Register = Field(alias="register")
    where: Expression = "TRUE"
    numerator: Expression
    denominator: Expression = "1"
    worse: Literal["high", "low"]
    weight: float = Field(1.0, gt=0)
    limit: float | None = None
    unit: str = ""

    @property
    def is_share(self) -> bool:
        """Whether the rate is a share, shown per cent: said by ``unit = "share"``, or a count of rows."""
        return self.unit == "share" or (not self.unit and self.denominator.strip() == "1")

    def label_in(self, language: str) -> str:
        """The criterion's name in a language, or its key where it has none."""
        return text_in(self.label, language) or self.key


class ScoreRule(_Part):
    """`[score]`: how gaps are put on one scale."""

    method: Literal["gap_sd"] = "gap_sd"


class AreaThresholds(_Part):
    """`[rule]`: when a unit makes an area (core) or joins one (edge)."""

    core: float
    edge: float | None = None
    criteria: int = Field(0, ge=0)

    @property
    def edge_threshold(self) -> float:
        """The edge threshold; without one, areas do not grow beyond their core."""
        return self.core if self.edge is None else self.edge


class AreasRule(_Part):
    """`[areas]`: what an area is."""

    neighbours: Literal["queen", "rook"] = "queen"
    tolerance: float = Field(0.0, ge=0, le=1000)
    residents: int = Field(1000, ge=0)
    bridge: float = 0.0
    holes: float = 0.0

    @model_validator(mode="after")
    def _only_what_is_built(self) -> AreasRule:
        if self.bridge or self.holes:
            raise ValueError("bridge and holes are not built yet; set both to 0")
        return self


class Policy(_Part):
    """A whole policy, checked.

    Attributes
    ----------
    criteria : tuple of Criterion
        In the order of the file; every array over criteria has this order.
    let : dict
        Register -> name -> expression, evaluated once over the whole register.
    years : (int, int)
        First and last year the policy may be used for.
    cadence : int
        Years between designations.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
    title: Text = ""
    source: str = ""
    years: tuple[int, int]
    cadence: int = Field(4, ge=1, le=100)
    let: dict[Register, dict[Key, Expression]] = Field(default_factory=dict)
    units: UnitsRule = UnitsRule()
    context: ContextRule = ContextRule()
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=100)]
    score: ScoreRule = ScoreRule()
    rule: AreaThresholds
    areas: AreasRule = AreasRule()

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Policy:
        faults = list(self._misfits())
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _misfits(self) -> list[str]:
        faults = []
        keys = [criterion.key for criterion in self.criteria]
        faults += [
            f"criteria: the key {key!r} stands more than once" for key in sorted(set(keys)) if keys.count(key) > 1
        ]
        if self.years[0] > self.years[1]:
            faults.append(f"years: {self.years[0]} lies after {self.years[1]}; write the first year first")
        if self.rule.edge is not None and self.rule.edge > self.rule.core:
            faults.append("rule.edge: lies above rule.core; growing must not be harder than starting")
        if self.rule.criteria > len(keys):
            faults.append(f"rule.criteria: asks for {self.rule.criteria} of {len(keys)} criteria")
        if self.context.residents > 0 and self.context.reach <= 0:
            faults.append("context.reach: say how far (m) the context may reach")
        if self.units.kind == "cells" and self.context.reach > MOST_CELLS_IN_REACH * self.units.size:
            faults.append(f"context.reach: is farther than {MOST_CELLS_IN_REACH:,} cells of {self.units.size} m")
        registers = {criterion.register_name for criterion in self.criteria}
        if "units" in registers and len(registers) > 1:
            faults.append('criteria: register "units" cannot be mixed with residents or dwellings')
        if "units" in registers and self.units.residents is None:
            faults.append("units.residents: name the column (or expression) of the residents of a unit")
        return faults

    @property
    def keys(self) -> tuple[str, ...]:
        """The criteria's keys, in their order."""
        return tuple(criterion.key for criterion in self.criteria)

    @property
    def reads_unit_table(self) -> bool:
        """Whether the criteria are columns of a ready-made unit table."""
        return self.criteria[0].register_name == "units"


class LoadedPolicy(_Part):
    """A policy with the file it came from.

    Attributes
    ----------
    policy : Policy
    name : str
        Name of the built-in policy or of the file.
    sha256 : str
        Of the file's bytes.
    """

    policy: Policy
    name: str
    sha256: str


def text_in(text: Text, language: str) -> str:
    """A text in one language; a text without languages serves for all."""
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def load_policy(name_or_path: str) -> LoadedPolicy:
    """Read a built-in policy or a policy file.

    Parameters
    ----------
    name_or_path : str
        A name of `BUILT_IN`, or the path of a TOML file.

    Raises
    ------
    InputError
        If there is no such policy, the file is not TOML, or anything in it is wrong; every fault is told.
    """
    if name_or_path in BUILT_IN:
        data = resources.files("udsat_geo.policies").joinpath(f"{name_or_path}.toml").read_bytes()
    else:
        data = _file_bytes(name_or_path)
    name = Path(name_or_path).name
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(Problem(name, f"is not UTF-8 text ({error.reason})", "Save it as UTF-8.")) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(Problem(name, f"is not valid TOML: {error}", "Mend the file at that line.")) from None
    return LoadedPolicy(policy=check_policy(content, name), name=name, sha256=hashlib.sha256(data).hexdigest())


def check_policy(content: dict[str, Any], name: str) -> Policy:
    """A `Policy` from the content of its file.

    Raises
    ------
    InputError
        With every fault, each named by its key.
    """
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        problems = [problem for entry in error.errors() for problem in _problems_of(entry, name, content)]
        raise InputError(problems) from None


def _file_bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        near = difflib.get_close_matches(path, BUILT_IN, 1)
        hint = f"Did you mean {near[0]!r}?" if near else "`udsat policies` lists the built-in ones."
        reason = error.strerror or str(error)
        raise InputError(Problem(path, f"no built-in policy and no readable file ({reason})", hint)) from None


def _problems_of(entry: Any, name: str, content: dict[str, Any]) -> list[Problem]:
    """The problems of one pydantic error entry: its key as written, its reason in plain words."""
    kind, message = entry["type"], entry["msg"].removeprefix("Value error, ")
    if not entry["loc"]:
        return [Problem(name, line) for line in message.split("\n")]
    where = f"{name}: {_key_path(entry['loc'], content)}"
    if kind == "extra_forbidden":
        known = _known_keys(entry["loc"])
        near = difflib.get_close_matches(str(entry["loc"][-1]), known, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}."
        return [Problem(where, "unknown key", hint)]
    if kind == "missing":
        return [Problem(where, "is missing", "Add it.")]
    if kind == "string_pattern_mismatch":
        message = "must be lower case letters, digits and underscores, beginning with a letter"
    given = entry.get("input")
    example = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return [Problem(where, message[0].lower() + message[1:] + example)]


def _key_path(location: tuple[int | str, ...], content: dict[str, Any]) -> str:
    """`criteria[2] (low_income).worse` from pydantic's location."""
    parts: list[str] = []
    for place in location:
        if isinstance(place, int) and parts:
            parts[-1] += f"[{place + 1}]"
            if parts[0].startswith("criteria["):
                entry = content["criteria"][place] if place < len(content["criteria"]) else {}
                key = entry.get("key") if isinstance(entry, dict) else None
                parts[-1] += f" ({key})" if key else ""
        elif place != "[key]":
            parts.append(str(place))
    return ".".join(parts)


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at this place knows."""
    models: dict[str, type[BaseModel]] = {
        "units": UnitsRule,
        "context": ContextRule,
        "criteria": Criterion,
        "score": ScoreRule,
        "rule": AreaThresholds,
        "areas": AreasRule,
    }
    model = models.get(str(location[0]), Policy) if len(location) > 1 else Policy
    return sorted(field.alias or name for name, field in model.model_fields.items())
