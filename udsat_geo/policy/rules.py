"""What a rule is: the parts of a policy file, each with what it must hold.

Every model refuses unknown keys and is frozen. What one part cannot know of another is checked in `Policy`.
"""

from __future__ import annotations

import re
import string
import unicodedata
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal, printable
from udsat_geo.policy.misfits import misfits_of_areas, misfits_of_compare, misfits_of_groups, misfits_of_quantiles
from udsat_geo.policy.over_time import faults_of_criterion, misfits_over_time
from udsat_geo.policy.publisher import Publisher

_TOLD = frozenset({"label", "source", "text", "title", "unit"})  # keys of what a reader is told

MOST_CELLS_IN_REACH = 1000
"""From a cell to the farthest it is read with: all cells within reach are listed in memory. Own choice."""


def one_form(text: str) -> str:
    """An expression whose names are in the form in which names of columns are compared (NFC); its texts stay."""
    parts = re.split(r"('(?:[^']|'')*')", text)
    return "".join(part if part.startswith("'") else unicodedata.normalize("NFC", part) for part in parts)


PolicyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Expression = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(one_form)]
ColumnName = Annotated[str, AfterValidator(one_form)]
"""Of a table, or an expression over its columns."""
Codes = tuple[float | str, ...]
"""Values that stand for none."""


def _two_numbers(given: object) -> object:
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise ValueError(_("must be a list of two numbers, the least and the most that the count can be"))
    return given


def _in_order(bounds: tuple[float, float]) -> tuple[float, float]:
    if min(bounds) < 0:
        raise ValueError(_("counts are at least 0"))
    if bounds[0] > bounds[1]:
        raise ValueError(_("the lower bound lies above the upper one"))
    return bounds


Interval = Annotated[tuple[float, float], BeforeValidator(_two_numbers), AfterValidator(_in_order)]
"""The least and the most that a suppressed count can be."""
Text = str | dict[str, str]
Register = Literal["residents", "dwellings", "units", "survey", "index"]


def text_in(text: Text, language: str) -> str:
    """A text in one language; a text without languages serves for all."""
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def _same_code(code: str, other: float | str) -> bool:
    """Whether two codes stand for the same, as texts or as numbers."""
    if code.strip() == str(other).strip():
        return True
    try:
        return float(code) == float(other)
    except ValueError:
        return False


class Rule(BaseModel):
    """One table of a policy file: unknown keys are refused, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _is_readable(cls, value: object, info: ValidationInfo) -> object:
        """A terminal would obey what stands in a title, and no page can hold it."""
        texts = value.values() if isinstance(value, dict) else [value]
        if info.field_name in _TOLD and any(isinstance(text, str) and printable(text) != text for text in texts):
            raise ValueError(_("holds a control character"))
        return value


class UnitsRule(Rule):
    """`[units]`: the places judged.

    Attributes
    ----------
    kind : {"cells", "addresses", "zones"}
    size : int
        Of cells, in metres.
    id, residents, name : str or None
        Columns of a unit table (`residents` may be an expression).
    columns : dict
        Our name -> the names a column of a unit table has had; the first that the table has is used.
    missing : tuple of float or str, or dict
        Numbers and texts that stand for missing values in a unit table, in all columns or by column (``*`` is all).
    intervals : dict
        Column (``*`` is all) -> text or number, as a text -> the least and the most that a count so written can be.
    margins : dict
        Column of a unit table -> the column of its margin of error.
    margins_level : float
        What share of estimates lies within such a margin of the truth; 0.9 in the American Community Survey.
    decimal, thousands : str or None
        How numbers are written where they are text: the sign before decimals, and between thousands.
    round_residents : {"nearest"} or None
        How residents that are no whole numbers are rounded, halves up; without it, they are refused.
    id_pattern : str or None
        How cells are named, where their ids are of no known family.
    id_unit : int or None
        What ``{northing}`` and ``{easting}`` of the pattern count, in metres; without it, `size`.
    crs : str or None
        The projected reference system to work in; without it, the unit table's own.
    reproject_from : tuple of str
        Other reference systems that a unit table may come in.
    """

    kind: Literal["cells", "addresses", "zones"] = "cells"
    size: int = Field(100, ge=1, le=100_000)
    id: ColumnName | None = None
    residents: ColumnName | None = None
    name: ColumnName | None = None
    columns: dict[Key, tuple[ColumnName, ...]] = Field(default_factory=dict)
    missing: Codes | dict[str, Codes] = ()
    intervals: dict[str, dict[str, Interval]] = Field(default_factory=dict)
    margins: dict[ColumnName, ColumnName] = Field(default_factory=dict)
    margins_level: float = Field(0.9, gt=0, lt=1)
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", " ", "'"] | None = None
    round_residents: Literal["nearest"] | None = None
    id_pattern: str | None = None
    id_unit: int | None = Field(None, ge=1, le=100_000)
    crs: str | None = None
    reproject_from: tuple[str, ...] = ()

    @field_validator("thousands")
    @classmethod
    def _signs_differ(cls, thousands: str | None, given: ValidationInfo) -> str | None:
        if thousands is not None and thousands == given.data.get("decimal"):
            raise ValueError(_("is the same sign as decimal"))
        return thousands

    def missing_of(self, column: str) -> tuple[float | str, ...]:
        """What stands for missing values in a column, by its name in the file or ours."""
        if not isinstance(self.missing, dict):
            return self.missing
        names = self._names_of(column)
        found = [codes for name, codes in self.missing.items() if name == "*" or one_form(name).lower() in names]
        return tuple(dict.fromkeys(code for codes in found for code in codes))

    def intervals_of(self, column: str) -> dict[str, Interval]:
        """What stands for intervals in a column, by its name in the file or ours; its own go before those of all."""
        names = self._names_of(column)
        own = [codes for name, codes in self.intervals.items() if name != "*" and one_form(name).lower() in names]
        found = self.intervals.get("*", {}).copy()
        for codes in own:
            found |= codes
        return {code.strip(): bounds for code, bounds in found.items()}

    def _names_of(self, column: str) -> set[str]:
        """All that a column is called, in the file or by us, in lower case."""
        names = {column.lower()}
        for ours, theirs in self.columns.items():
            if names & {ours, *(name.lower() for name in theirs)}:
                names |= {ours, *(name.lower() for name in theirs)}
        return names

    @model_validator(mode="after")
    def _intervals_are_not_missing(self) -> UnitsRule:
        by_column = self.missing if isinstance(self.missing, dict) else {"*": self.missing}
        what = _("{code!r} of {column} stands under missing as well; it can be one of the two")
        faults = []
        for column, intervals in self.intervals.items():
            # what stands for nothing in any column cannot be a count in all of them
            missing = self.missing_of(one_form(column)) if column != "*" else sum(by_column.values(), ())
            both = [code for code in intervals if any(_same_code(code, other) for other in missing)]
            faults += [what.format(code=code, column=column) for code in both]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @field_validator("id_pattern")
    @classmethod
    def _pattern_names_a_cell(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        try:
            parts = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
        except ValueError as error:
            raise ValueError(_("cannot be read: {error}").format(error=error)) from None
        fields = [str(part[1]) for part in parts]
        sides = sorted(field.removesuffix("_m") for field in fields)
        # digits only: {easting_m:6} has six of them
        plain = all(re.fullmatch(r"[1-9]?", part[2] or "") and part[3] is None for part in parts)
        sized = all(not part[2] for part in parts if str(part[1]).startswith("size"))
        if not plain or not sized or sides not in (["easting", "northing"], ["easting", "northing", "size"]):
            raise ValueError(
                _(
                    "must hold {northing} and {easting}, or {northing_m} and {easting_m} in metres, and may hold "
                    "{size} or {size_m}, each once"
                )
            )
        return pattern


class ContextRule(Rule):
    """`[context]`: how much of the surroundings a unit is read with.

    Attributes
    ----------
    method : {"nearest", "neighbours", "none"}
        ``nearest``: with its nearest units until `residents` are in view, no farther than `reach` metres.
        ``neighbours``: with the units it touches. ``none``: alone.
    residents : int
        0 is the unit alone.
    reach : float
        In metres.
    """

    method: Literal["nearest", "neighbours", "none"] = "nearest"
    residents: int = Field(0, ge=0)
    reach: float = Field(0.0, ge=0, le=100_000)

    @property
    def reads_beyond(self) -> bool:
        """Whether a unit is read together with others."""
        return self.method == "neighbours" or (self.method == "nearest" and self.residents > 0)


class RatesRule(Rule):
    """`[rates]`: how far the rates of small units are drawn towards a mean (`udsat_geo.scoring.rates`).

    Attributes
    ----------
    shrink : {"none", "global", "local"}
        Towards the whole city's rate, or that of the unit and those it touches.
    """

    shrink: Literal["none", "global", "local"] = "none"


def _name_references(given: object) -> object:
    if isinstance(given, dict) and any(isinstance(value, int | float) for value in given.values()):
        raise ValueError(_("must name one of [references] for each criterion, which says where its number stands"))
    return given


Comparator = Literal["city", "region", "given"]


class CompareRule(Rule):
    """`[compare]`: what the rates of units are held against (`udsat_geo.scoring.comparators`).

    Attributes
    ----------
    with_ : {"city", "region", "given"}, or dict
        The whole city's rates, those of the region that the unit lies in, figures from outside, or a blend of them:
        each with its weight, which add up to 1.
    column : str or None
        Column of a unit table that names each unit's region; without it, regions are polygons given with the run.
    residents : int
        The least a region holds: units of a smaller one have nothing to be compared with.
    given : dict
        Criterion -> the name of one of ``[references]``, or an expression over them and ``[let]``; a number once the
        registers are read.
    """

    with_: Comparator | dict[Comparator, Annotated[float, Field(gt=0)]] = Field("city", alias="with")
    column: ColumnName | None = None
    residents: int = Field(0, ge=0)
    given: Annotated[dict[Key, float | Expression], BeforeValidator(_name_references)] = Field(default_factory=dict)

    @property
    def weights(self) -> dict[str, float]:
        """What is compared with, each with its weight."""
        return {self.with_: 1.0} if isinstance(self.with_, str) else {str(name): of for name, of in self.with_.items()}

    @property
    def is_city(self) -> bool:
        """Whether all are compared with the whole city alone."""
        return set(self.weights) == {"city"}

    @field_validator("with_")
    @classmethod
    def _weights_add_up(cls, given: Comparator | dict[Comparator, float]) -> Comparator | dict[Comparator, float]:
        if isinstance(given, dict):
            # as they are written: 0.7 and 0.3 are 1, which their binary fractions need not be
            whole = sum((Decimal(repr(weight)) for weight in given.values()), Decimal(0))
            if whole != 1:
                told = ", ".join(f"{name} = {weight}" for name, weight in given.items())
                what = _("the weights of a blend must add up to 1, and add up to {whole} ({weights})")
                raise ValueError(what.format(whole=whole, weights=told or "-"))
        return given


class Reference(Rule):
    """One of `[references]`: a figure from outside that limits are measured against, such as a national share.

    Attributes
    ----------
    value : float or None
        None where it must be given with the run or by a policy that extends this one.
    source : str
        Where the figure stands.
    """

    value: float | None = None
    label: Text = ""
    source: str = ""


class Criterion(Rule):
    """`[[criteria]]`: a ratio of two sums over the rows of one register, or a quantile of their values.

    Attributes
    ----------
    text : str or dict
        What it measures, in a sentence for readers.
    weight : float
        In the composite; 0 leaves it out of that.
    quantile : float or None
        The rate is this quantile of `numerator` over the rows, each with the weight `denominator`: 0.5 is the median.
        Of a unit table, `numerator` is the ready-made quantile of each unit and `denominator` its number of persons.
    least_persons : int
        A quantile of fewer rows (of a unit table: persons) is none.
    limit : float, str or None
        Counts as exceeded at or beyond it; as text, an expression over `[let]` values and `[references]`. Without
        one, a criterion is exceeded where the rate is worse than what it is compared with.
    limit_factor : float or None
        In place of a limit: exceeded at or beyond so many times what the rate is compared with.
    strict : bool
        Beyond the limit only, not at it.
    counted : bool
        Whether it is one of those that ``rule.criteria`` counts; one that is only demanded by ``rule.require`` is not.
    may_exceed_one : bool
        With ``unit = "share"``: whether a unit's share may lie above 1, as an income against the region's mean does.
    change_over, change_since : int or None
        What is judged is the change of the rate: now less what it was so many years before, or in that year.
    of : tuple of str
        With ``register = "index"``: the keys of the criteria that it is made of (`udsat_geo.scoring.indices`).
    bounds, classes : tuple of float, tuple of str
        Classes of the rate, from the lowest, and the rates from which each but the first begins.
    """

    key: Key
    label: Text = ""
    text: Text = ""
    register_name: Register = Field(alias="register")
    where: Expression = "TRUE"
    numerator: Expression
    denominator: Expression = "1"
    quantile: float | None = Field(None, gt=0, lt=1)
    least_persons: int = Field(0, ge=0)
    worse: Literal["high", "low"]
    weight: float = Field(1.0, ge=0)
    limit: float | Expression | None = None
    limit_factor: float | None = Field(None, gt=0)
    strict: bool = False
    counted: bool = True
    unit: str = ""
    may_exceed_one: bool = False
    change_over: int | None = Field(None, ge=1, le=100)
    change_since: int | None = Field(None, ge=1, lt=10_000)
    of: tuple[Key, ...] = ()
    bounds: tuple[float, ...] = ()
    classes: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _an_index_adds_up_nothing(cls, given: object) -> object:
        is_index = isinstance(given, dict) and given.get("register") == "index"
        return {"numerator": "index", "worse": "high", **given} if is_index else given  # type: ignore[dict-item]

    @property
    def is_index(self) -> bool:
        """Whether it is made of other criteria."""
        return self.register_name == "index"

    @model_validator(mode="after")
    def _parts_of_a_criterion_fit(self) -> Criterion:
        if faults := faults_of_criterion(self):
            raise ValueError("; ".join(faults))
        return self

    @property
    def is_change(self) -> bool:
        """Whether the change of a rate is judged, not the rate."""
        return self.change_over is not None or self.change_since is not None

    def changes_from(self, year: int) -> int | None:
        """The year that a change is taken from, of a designation of `year`; None of a criterion that is none."""
        return self.change_since if self.change_over is None else year - self.change_over

    @property
    def is_share(self) -> bool:
        """Whether the rate is a share, shown per cent: said by ``unit = "share"``, or a count of rows."""
        counts_rows = not self.unit and not self.is_quantile and self.denominator.strip() == "1"
        return self.unit == "share" or counts_rows

    @property
    def is_quantile(self) -> bool:
        """Whether its rate is a quantile of values, not a ratio of sums."""
        return self.quantile is not None

    @property
    def has_limit(self) -> bool:
        """Whether it is held to a limit, and not to what its rate is compared with."""
        return self.limit is not None or self.limit_factor is not None

    def label_in(self, language: str) -> str:
        """The criterion's name in a language, or its key where it has none."""
        return text_in(self.label, language) or self.key


class ScaleNumbers(Rule):
    """`[score.scale]`: the scale of the year that is held, as numbers: by criterion, and where they stand."""

    source: str = Field(min_length=1)
    city: dict[Key, float]
    spread: dict[Key, Annotated[float, Field(ge=0)]]


class ScoreRule(Rule):
    """`[score]`: how gaps are put on one scale; ``none`` makes no composite, and criteria alone decide.

    Attributes
    ----------
    method : {"gap_sd", "percentile", "exponential", "none"}
    scale_of : int or None
        The year whose city rates and spreads are held, so that designations of other years can be measured by them.
    decides : {"year", "yardstick"}
        Whether the year's own scale, or the one that is held, draws the areas.
    scale : ScaleNumbers or None
        Without it, the scale is taken from the designation or the registers of that year.
    """

    method: Literal["gap_sd", "percentile", "exponential", "none"] = "gap_sd"
    scale_of: int | None = Field(None, ge=1, lt=10_000)
    decides: Literal["year", "yardstick"] = "year"
    scale: ScaleNumbers | None = None


class WorstShare(Rule):
    """A threshold as a share of the units: the least composite of the worst-off so many.

    Attributes
    ----------
    worst : float
        Of the units that have a composite and residents; a part of a unit is none.
    """

    worst: float = Field(gt=0, lt=1)


def _number_or_share(given: object) -> object:
    """A threshold of either kind; a wrong one is told once, not once for each kind."""
    if isinstance(given, WorstShare) or (isinstance(given, int | float) and not isinstance(given, bool)):
        return given
    share = given.get("worst") if isinstance(given, dict) and set(given) == {"worst"} else None
    if isinstance(share, int | float) and not isinstance(share, bool) and 0 < share < 1:
        return WorstShare(worst=share)
    raise ValueError(_("must be a number, or a share of the units between 0 and 1, as in { worst = 0.1 }"))


Threshold = Annotated[float | WorstShare, BeforeValidator(_number_or_share)]
"""A composite, or the share of the units that reach it."""


class CriteriaGroup(Rule):
    """One of `[[rule.groups]]`: criteria of which so many must be exceeded, and those that must be besides.

    Attributes
    ----------
    criteria : tuple of str
        Keys of criteria.
    at_least : int
        How many of them must be exceeded.
    require : tuple of str
        Keys of criteria each of which must be exceeded as well.
    """

    key: Key
    label: Text = ""
    criteria: Annotated[tuple[Key, ...], Field(min_length=1)]
    at_least: int = Field(1, ge=1)
    require: tuple[Key, ...] = ()

    def label_in(self, language: str) -> str:
        """The group's name in a language, or its key where it has none."""
        return text_in(self.label, language) or self.key


class AreaThresholds(Rule):
    """`[rule]`: when a unit makes an area (core) or joins one (edge).

    Attributes
    ----------
    core, edge : float, WorstShare or None
        Least composites; a policy without a composite has neither. Shares become numbers when units are scored.
    criteria : int
        How many criteria must be exceeded.
    require : tuple of str
        Keys of criteria that must be exceeded whatever the count.
    groups : tuple of CriteriaGroup
    groups_met : int
        How many of `groups` must be met, where there are any.
    surrounded : tuple of str or None
        A unit that touches only units that qualify by themselves is in when it exceeds each of these criteria, whatever
        else it lacks; None takes none in so.
    years_running : int
        In how many designations running, this one included, a unit must have qualified.
    running_by : tuple of str
        Ids of other policies whose designations count for the earlier ones of these.
    own : float or None
        The least composite of a unit's own rates, read without any context: 0 is the city's level.
    """

    core: Threshold | None = None
    edge: Threshold | None = None
    criteria: int = Field(0, ge=0)
    require: tuple[Key, ...] = ()
    groups: Annotated[tuple[CriteriaGroup, ...], Field(max_length=100)] = ()
    groups_met: int = Field(1, ge=1)
    surrounded: tuple[Key, ...] | None = None
    years_running: int = Field(1, ge=1, le=50)
    running_by: tuple[PolicyId, ...] = ()
    own: float | None = None

    @property
    def core_threshold(self) -> float:
        """The core threshold; without a composite there is nothing to reach."""
        return float("-inf") if self.core is None else _number(self.core)

    @property
    def edge_threshold(self) -> float:
        """The edge threshold; without one, areas do not grow beyond their core."""
        return self.core_threshold if self.edge is None else _number(self.edge)


def _number(threshold: float | WorstShare) -> float:
    if isinstance(threshold, WorstShare):
        raise TypeError("a share of the units is a threshold only once they are scored")
    return threshold


HAIR_M = 0.001
"""Zones this near each other touch: what rounding leaves between them. Own choice."""


class AreasRule(Rule):
    """`[areas]`: what an area is.

    Attributes
    ----------
    neighbours : {"queen", "rook", "none"}
        ``none``: each unit is an area by itself.
    reach : float
        Addresses: the farthest, in metres, that two of one area may lie apart.
    tolerance : float
        Zones: the widest digitising gap, in metres, that they still touch across.
    residents : int
        The least an area holds.
    bridge : float
        The widest gap, in metres, without inhabited and scored units, that one area may span.
    holes : float
        Hectares; enclosed gaps up to this size become part of the area.
    fill_below : float or None
        The least composite of inhabited units that a hole may take in; without it, only holes without any are filled.
    crossing : float
        How near, in metres, a crossing must lie to where a barrier is met to open it.
    outline : {"exact", "smooth"}
        Of areas of cells; addresses and zones have outlines of their own.
    most_residents : int
        An area with more is cut at its necks; 0 cuts none.
    compact : float
        An area less compact than this is cut at its neck, where that makes it more so; 0 cuts none.
    """

    neighbours: Literal["queen", "rook", "none"] = "queen"
    reach: float = Field(0.0, ge=0, le=10_000)
    tolerance: float = Field(HAIR_M, ge=0, le=1000)
    residents: int = Field(1000, ge=0)
    bridge: float = Field(0.0, ge=0, le=5000)
    holes: float = Field(0.0, ge=0, le=100_000)
    fill_below: float | None = None
    crossing: float = Field(50.0, ge=0, le=5000)
    outline: Literal["exact", "smooth"] = "exact"
    most_residents: int = Field(0, ge=0)
    compact: float = Field(0.0, ge=0, lt=1)


class LeaveByChance(Rule):
    """A threshold for leaving as the most residents whom chance may put out; ``"chance:500"`` in the file.

    Attributes
    ----------
    residents : int
        Expected to leave by chance, of those in areas.
    """

    residents: int = Field(ge=0)


def _number_or_chance(given: object) -> object:
    """A threshold for leaving of either kind; a wrong one is told once."""
    if given is None or isinstance(given, LeaveByChance) or (isinstance(given, int | float) and given is not True):
        return given
    chance, _colon, residents = str(given).partition(":")
    if chance == "chance" and re.fullmatch("[0-9]{1,9}", residents) is not None:
        return LeaveByChance(residents=int(residents))
    raise ValueError(_('must be a number, or "chance:N", the most residents whom chance may put out'))


class IncumbentsRule(Rule):
    """`[incumbents]`: what the previous designation is still worth; off by default.

    Attributes
    ----------
    leave : float, LeaveByChance or None
        A unit of an earlier area stays in while its composite is at or above this, below what it needs to enter.
    keep_years : int
        An area that no longer qualifies stays for so many years, with an end year.
    """

    leave: Annotated[float | LeaveByChance | None, BeforeValidator(_number_or_chance)] = None
    keep_years: int = Field(0, ge=0, le=100)

    @property
    def remembers(self) -> bool:
        """Whether the result depends on the previous designation."""
        return self.leave is not None or self.keep_years > 0

    @property
    def leave_threshold(self) -> float | None:
        """The threshold as a number; None where there is none, or draws have not found it."""
        return None if isinstance(self.leave, LeaveByChance) else self.leave


class MilestoneRule(Rule):
    """`[milestone]`: by when how much of the gap to the rest of the city may be left, and on how many criteria.

    Attributes
    ----------
    since : int
        The year whose gaps are held against.
    by : int
        The year by when it is to be reached.
    gap : float
        The share of a gap that may be left; 0.5 is halved.
    criteria : float
        The least share of the criteria on which it must be so.
    """

    since: int
    by: int
    gap: float = Field(ge=0, lt=1)
    criteria: float = Field(gt=0, le=1)


class Policy(Rule):
    """A whole policy, checked.

    Attributes
    ----------
    criteria : tuple of Criterion
        In the order of the file; every array over criteria has this order.
    let : dict
        Register -> name -> expression, evaluated once over the whole register.
    years : (int, int)
        First and last year the policy may be used for.
    extends : str or None
        The policy that this one was laid over.
    references : dict
        Name -> a figure from outside, which limits may use.
    cadence : int
        Years between designations.
    milestone : MilestoneRule or None
        What the policy wants to have reached, where it says so.
    publisher : Publisher or None
        Who publishes what it designates.
    """

    id: PolicyId
    extends: str | None = None
    title: Text = ""
    source: str = ""
    years: tuple[int, int]
    cadence: int = Field(4, ge=1, le=100)
    let: dict[Register, dict[Key, Expression]] = Field(default_factory=dict)
    references: dict[Key, Reference] = Field(default_factory=dict)
    units: UnitsRule = UnitsRule()
    context: ContextRule = ContextRule()
    rates: RatesRule = RatesRule()
    compare: CompareRule = CompareRule()
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=100)]
    score: ScoreRule = ScoreRule()
    rule: AreaThresholds
    areas: AreasRule = AreasRule()
    incumbents: IncumbentsRule = IncumbentsRule()
    milestone: MilestoneRule | None = None
    publisher: Publisher | None = None
    _told_by: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("references", mode="before")
    @classmethod
    def _plain_numbers_are_references(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        plain = {
            name: {"value": value}
            for name, value in given.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        return {**given, **plain}

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Policy:
        faults = self.misfits()
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def misfits(self) -> list[str]:
        """What one part of the policy says against another, each beginning with the key that is at fault."""
        faults = []
        keys = [criterion.key for criterion in self.criteria]
        faults += [
            "criteria: " + _("the key {key!r} stands more than once").format(key=key)
            for key in sorted(set(keys))
            if keys.count(key) > 1
        ]
        faults += [
            "criteria: " + _("the key {key!r} is kept for the own rate of {other!r}").format(key=key, other=key[4:])
            for key in keys
            if key.startswith("own_") and key[4:] in keys
        ]
        if self.years[0] > self.years[1]:
            text = _("{years} lies after {years_2}; write the first year first")
            faults.append("years: " + text.format(years=self.years[0], years_2=self.years[1]))
        if self.milestone is not None and self.milestone.by <= self.milestone.since:
            faults.append("milestone.by: " + _("{by} does not lie after milestone.since").format(by=self.milestone.by))
        if self.rates.shrink != "none" and self.context.reads_beyond:
            faults.append("rates.shrink: " + _('is for units read alone; write context.method = "none"'))
        if self.context.residents > 0 and self.context.method != "nearest":
            text = _('is for context.method "nearest", and that is "{method}"; write residents = 0, or that method')
            faults.append("context.residents: " + text.format(method=self.context.method))
        elif self.context.residents > 0 and self.context.reach <= 0:
            faults.append("context.reach: " + _("say how far (m) the context may reach"))
        if self.units.kind == "cells" and self.context.reach > MOST_CELLS_IN_REACH * self.units.size:
            text = _("is farther than {most} cells of {size} m")
            most = decimal(MOST_CELLS_IN_REACH, 0)
            faults.append("context.reach: " + text.format(most=most, size=self.units.size))
        registers = {criterion.register_name for criterion in self.criteria} - {"index"}
        if "units" in registers and len(registers) > 1:
            faults.append("criteria: " + _('register "units" cannot be mixed with residents or dwellings'))
        if "units" in registers and self.units.residents is None:
            faults.append("units.residents: " + _("name the column (or expression) of the residents of a unit"))
        if self.units.id_unit is not None and self.units.id_pattern is None:
            faults.append("units.id_unit: " + _("says nothing without units.id_pattern"))
        if "units" in registers and self.units.kind == "addresses":
            faults.append(
                "units.kind: " + _('addresses are made from registers; criteria over "units" read a unit table')
            )
        faults += misfits_of_quantiles(self) + misfits_over_time(self)
        return faults + misfits_of_compare(self) + self._misfits_of_rule(keys) + misfits_of_areas(self)

    def _misfits_of_rule(self, keys: list[str]) -> list[str]:
        faults = []
        rule, leave = self.rule, self.incumbents.leave
        counted = sum(criterion.counted for criterion in self.criteria)
        if rule.criteria > counted:
            faults.append(
                "rule.criteria: "
                + _("asks for {criteria} of {counted} criteria").format(criteria=rule.criteria, counted=counted)
            )
        faults += [
            "rule.require: " + _("there is no criterion {key!r}").format(key=key)
            for key in rule.require
            if key not in keys
        ]
        touch = self.areas.neighbours != "none" and self.units.kind != "addresses"
        faults += misfits_of_groups(rule, keys, touch)
        if rule.running_by and rule.years_running == 1:
            faults.append("rule.running_by: " + _("says nothing without rule.years_running"))
        if self.score.method == "none":
            if any(threshold is not None for threshold in (rule.core, rule.edge, rule.own, leave)):
                faults.append("score.method: " + _('"none" makes no composite; leave out core, edge, own and leave'))
            if not rule.criteria and not rule.require and not rule.groups:
                text = _('with score.method "none", say which criteria decide (criteria, require, groups)')
                faults.append("rule: " + text)
        elif rule.core is None:
            faults.append("rule.core: " + _("is missing"))
        elif not any(criterion.weight for criterion in self.criteria):
            faults.append("criteria: " + _("all have the weight 0, so that there is nothing to add up"))
        return faults + self._misfits_of_thresholds() + self._misfits_of_scale(keys)

    def _misfits_of_thresholds(self) -> list[str]:
        faults, rule, leave = [], self.rule, self.incumbents.leave
        above = _("lies above rule.core; growing must not be harder than starting")
        shares = [threshold for threshold in (rule.core, rule.edge) if isinstance(threshold, WorstShare)]
        if isinstance(rule.core, float) and isinstance(rule.edge, float) and rule.edge > rule.core:
            faults.append("rule.edge: " + above)
        elif isinstance(rule.core, WorstShare) and isinstance(rule.edge, WorstShare):
            faults += ["rule.edge: " + above] if rule.edge.worst < rule.core.worst else []
        elif shares and rule.edge is not None:
            faults.append("rule.edge: " + _("one of core and edge is a share of the units; make both so, or neither"))
        if shares and (leave is not None or self.score.scale_of is not None):
            told = _("a share of the units cannot stand beside score.scale_of or incumbents.leave")
            faults.append("rule.core: " + told)
        elif isinstance(leave, float) and leave > rule.edge_threshold:
            faults.append("incumbents.leave: " + _("lies above rule.edge; staying must not be harder than joining"))
        return faults

    def _misfits_of_scale(self, keys: list[str]) -> list[str]:
        faults, score = [], self.score
        if score.scale_of is None:
            given = [name for name in ("decides", "scale") if name in score.model_fields_set]
            return [f"score.{name}: " + _("says nothing without score.scale_of") for name in given]
        if score.method != "gap_sd":
            faults.append("score.scale_of: " + _('is for score.method "gap_sd": other scales know no spread to hold'))
        if score.scale is None:
            return faults
        for name, numbers in (("city", score.scale.city), ("spread", score.scale.spread)):
            odd = sorted({*keys} ^ {*numbers})
            if odd:
                text = _("does not name the criteria, each once: {keys}").format(keys=", ".join(odd))
                faults.append(f"score.scale.{name}: " + text)
        return faults

    def told_by(self, key: str) -> str:
        """Where a key stands, in a word: the policy's id, or what messages call the base that has it.

        Parameters
        ----------
        key : str
            As in ``criteria (low_income).where`` or ``let.residents.low_income``.
        """
        return self._told_by.get(key, self.id)

    def place(self, key: str) -> str:
        """How messages name a key: by where it stands, then the key."""
        return f"{self.told_by(key)}: {key}"

    def laid_over(self, told_by: dict[str, str]) -> Policy:
        """The same policy that knows which of its keys stand in a base: key -> how that base is called."""
        copy = self.model_copy()
        copy._told_by = told_by
        return copy

    @property
    def keys(self) -> tuple[str, ...]:
        """The criteria's keys, in their order."""
        return tuple(criterion.key for criterion in self.criteria)

    def change_years(self, year: int) -> tuple[int, ...]:
        """The earlier years that changes are taken from, for a designation of `year`, the latest first."""
        years = {criterion.changes_from(year) for criterion in self.criteria}
        return tuple(sorted((each for each in years if each is not None), reverse=True))

    @property
    def compares_with_city_alone(self) -> bool:
        """Whether neither gaps nor limits follow anything but the whole city's rates and plain numbers."""
        return self.compare.is_city and all(criterion.limit_factor is None for criterion in self.criteria)

    @property
    def reads_unit_table(self) -> bool:
        """Whether the criteria are columns of a ready-made unit table."""
        return any(criterion.register_name == "units" for criterion in self.criteria)

    @property
    def without_indices(self) -> Policy:
        """The same with those criteria alone that rows are added up for."""
        if not any(criterion.is_index for criterion in self.criteria):
            return self
        criteria = tuple(criterion for criterion in self.criteria if not criterion.is_index)
        return self.model_copy(update={"criteria": criteria})
