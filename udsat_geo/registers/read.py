"""From a folder of registers to exact sums by place.

The order: open the three tables, lock the connection, check them, evaluate ``[let]``, place the addresses, link
dwellings to addresses and residents to dwellings, and add up each criterion's numerator and denominator over the
rows that count. A row counts in a criterion when its `where` is true and neither side of the ratio is NULL.

Sums are integers. Whole numbers and yes/no are added as they are; other numbers in millionths (`FRACTION`), rounded
once per row, so that no order of rows can change a sum. A unit table's columns may be of any size: there a millionth is
divided by the power of two that the column has room for (`_finer`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import Note, _
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.registers.cleaning import fetch_one
from udsat_geo.registers.distributions import Distribution, read_distributions, with_constants
from udsat_geo.registers.expressions import (
    check_policy_expressions,
    check_policy_fits,
    evaluate_let,
    evaluating,
    limited,
    names_in,
    raise_if_any,
    working_crs,
)
from udsat_geo.registers.key_index import NO_KEY, Linked, kernels_loading
from udsat_geo.registers.layout import columns_of
from udsat_geo.registers.linking import Place, count_unplaced, link
from udsat_geo.registers.opening import Opened, check, open_registers
from udsat_geo.registers.schema import SURVEY
from udsat_geo.registers.settings import RegisterSettings
from udsat_geo.registers.survey import (
    ANSWERED,
    PlaceOfDistrict,
    count_answers,
    is_answered_by_survey,
    keep_answers,
    places_of_answers,
    weighted,
)
from udsat_geo.registers.tables import is_whole_type
from udsat_geo.sources.engine import batches_of, check_room

FRACTION = 1_000_000
"""Numbers that are not whole are added up in millionths."""

_LARGEST_SUM = 2.0**62
_EXACT_AS_FLOAT, _LARGEST_UNIT = 2.0**52, 2.0**62
_MOST_FLAGS = 60
_FLAGS_OF_AN_INTEGER = 30


@dataclass(frozen=True)
class Ratios:
    """The sums of all criteria, added to in place.

    Attributes
    ----------
    numerator, denominator : int64, shape (n_places, n_criteria)
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        1, `FRACTION`, or `FRACTION` times a power of two.
    distributions : dict
        Number of a criterion that is a quantile -> its values; its sums are 0.
    """

    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    numerator_unit: NDArray[np.int64]
    denominator_unit: NDArray[np.int64]
    distributions: dict[int, Distribution] = field(default_factory=dict)

    @staticmethod
    def empty(n_places: int, n_criteria: int) -> Ratios:
        """All sums zero."""
        return Ratios(
            np.zeros((n_places, n_criteria), dtype=np.int64),
            np.zeros((n_places, n_criteria), dtype=np.int64),
            np.ones(n_criteria, dtype=np.int64),
            np.ones(n_criteria, dtype=np.int64),
        )


@dataclass(frozen=True)
class _Side:
    """One side of one criterion's ratio, as a column of the query: `value` where `counts`, scaled by `unit`."""

    criterion: int
    is_numerator: bool
    counts: str
    value: str
    flag: bool
    unit: int = 1

    @property
    def condition(self) -> str:
        """Of a flag, what it is set on."""
        return f"{self.counts}{self.value}"

    @property
    def sql(self) -> str:
        """The column, a whole number."""
        if self.flag:
            return f"coalesce({self.condition}, FALSE)"
        whole = self.value if self.unit == 1 else f"round({self.value} * {self.unit})"
        return f"CASE WHEN {self.counts} THEN CAST({whole} AS BIGINT) ELSE 0 END"


@dataclass(frozen=True)
class RowValues:
    """What is read of each row of a register for the sums of its criteria: whole numbers.

    Attributes
    ----------
    flags, others : tuple of sides
        Those that travel as the bits of ``flags``, and those with a column ``v0``, ``v1`` ... each.
    """

    flags: tuple[_Side, ...]
    others: tuple[_Side, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return ("flags", *(f"v{k}" for k in range(len(self.others))))

    @property
    def kind(self) -> str:
        """The type of ``flags``; a query of INTEGERs is a fifth faster than one of BIGINTs."""
        return "INTEGER" if len(self.flags) <= _FLAGS_OF_AN_INTEGER else "BIGINT"

    @property
    def columns(self) -> str:
        """SQL of the columns."""
        # a condition of a CASE is left at its first part that is not true, and one that is reckoned with is not
        bits = [f"CASE WHEN {side.condition} THEN {1 << k} ELSE 0 END" for k, side in enumerate(self.flags)]
        values = "".join(f", {side.sql} AS v{k}" for k, side in enumerate(self.others))
        return f"CAST({' + '.join(bits) or '0'} AS {self.kind}) AS flags{values}"


@limited
def add_ratios(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    register: str,
    relation: str,
    row_column: str,
    place_of: Callable[[NDArray[Any]], NDArray[np.int32]],
    let: Mapping[str, float | None],
    ratios: Ratios,
) -> Tally:
    """Add the rows of one register to the sums.

    Parameters
    ----------
    relation : str
        SQL of the rows.
    row_column : str
        SQL of the integer that `place_of` turns into a place.
    place_of : callable
        Rows to places; called once for every batch of rows.
    let : mapping
        Values that expressions may use by name.
    ratios : Ratios
        Added to in place.

    Raises
    ------
    InputError
        If an expression cannot be evaluated over the rows, or a sum exceeds 64 bits.
    """
    rows = with_values(policy, register, relation, let)
    values = row_values(connection, policy, register, rows)
    tally = Tally(policy, values, ratios)
    with evaluating_rows(policy, register):
        for found in batches_of(connection, f"SELECT {row_column} AS row, {values.columns} FROM {rows}"):
            tally.add(place_of(found["row"]), found)
    tally.close()
    return tally


def with_values(policy: Policy, register: str, relation: str, let: Mapping[str, float | None]) -> str:
    """SQL of rows with what ``[let]`` gave beside their columns.

    Raises
    ------
    InputError
        If it gave no finite number.
    """
    for name, value in let.items():
        if value is not None and not math.isfinite(value):
            where = policy.place(f"let.{register}.{name}")
            raise InputError(
                Problem(where, _("gives {value}, not a finite number").format(value=value), _("Mend the expression."))
            )
    return with_constants(relation, let)


@contextmanager
def evaluating_rows(policy: Policy, register: str) -> Iterator[None]:
    """Tell criteria that cannot be evaluated over the rows of a register as such, and rows that cannot be read.

    Raises
    ------
    InputError
    """
    try:
        with evaluating(_("{id}: criteria over {register}").format(id=policy.id, register=register)):
            yield
    except OSError as error:
        # a page that is damaged behind the first rows
        what = _("cannot be read: {reason}").format(reason=str(error).strip().split("\n")[0])
        raise InputError(Problem(register, what, _("Export the table again."))) from None


def row_values(connection: duckdb.DuckDBPyConnection, policy: Policy, register: str, rows: str) -> RowValues:
    """What is read of each row for the criteria of a register that are ratios.

    Parameters
    ----------
    connection, policy, register
        As of `add_ratios`.
    rows : str
        SQL of the rows, as of `with_values`.

    Raises
    ------
    InputError
        If an expression cannot be evaluated, or gives no number.
    """
    sides = _sides(connection, policy, register, rows)
    flags = tuple(side for side in sides if side.flag)[:_MOST_FLAGS]
    return RowValues(flags, tuple(side for side in sides if side not in flags))


def _sides(connection: duckdb.DuckDBPyConnection, policy: Policy, register: str, rows: str) -> list[_Side]:
    """Both sides of each criterion of a register, with their types found by DuckDB."""
    mine = [
        # the values of a quantile are kept one by one, but where a unit table has it ready-made
        (j, c)
        for j, c in enumerate(policy.criteria)
        if c.register_name == register and (register == "units" or not c.is_quantile)
    ]
    if not mine:
        return []
    columns = ", ".join(f"({c.numerator}\n), ({c.denominator}\n)" for _ignored, c in mine)
    try:
        types = [row[1] for row in connection.execute(f"DESCRIBE SELECT {columns} FROM {rows}").fetchall()]
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            Problem(
                _("{id}: criteria over {register}").format(id=policy.id, register=register),
                _("cannot be evaluated: {reason}").format(reason=reason),
            )
        ) from None
    sides = []
    for place, (j, criterion) in enumerate(mine):
        for is_numerator in (True, False):
            sides.append(_side(j, criterion, is_numerator, types[2 * place + (not is_numerator)]))
    return _finer(connection, sides, rows) if register == "units" else sides


def _finer(connection: duckdb.DuckDBPyConnection, sides: list[_Side], rows: str) -> list[_Side]:
    """The same sides, those in millionths scaled to the size of their column.

    A millionth is divided by the largest power of two with which the sum of all rows surely stays below 2^52, so that
    a float holds it: decimals of six digits remain exact, and columns of tiny numbers (to 1e-8) keep their digits.
    """
    mine = [side for side in sides if side.unit == FRACTION]
    if not mine:
        return sides
    sizes = ", ".join(f"max(abs({side.value})) FILTER (WHERE {side.counts})" for side in mine)
    n_rows, *largest = connection.execute(f"SELECT count(*), {sizes} FROM {rows}").fetchall()[0]
    units = {}
    for side, size in zip(mine, largest, strict=True):
        bound = FRACTION * float(size or 0) * max(n_rows, 1)
        room = min(_EXACT_AS_FLOAT / bound, _LARGEST_UNIT / FRACTION) if 0 < bound < math.inf else 1.0
        units[id(side)] = FRACTION * 2 ** max(math.frexp(room)[1] - 1, 0)
    return [dataclasses.replace(side, unit=units.get(id(side), side.unit)) for side in sides]


def _side(j: int, criterion: Criterion, is_numerator: bool, kind: str) -> _Side:
    expression = criterion.numerator if is_numerator else criterion.denominator
    other = criterion.denominator if is_numerator else criterion.numerator
    counts = f"({criterion.where}\n)"
    # a constant is never NULL, and a side that is tested for truth below need not be tested for NULL as well
    counts += "".join(
        f" AND ({side}\n) IS NOT NULL"
        for side in (expression, other)
        if side.strip() != "1" and not (side is expression and kind == "BOOLEAN")
    )
    if kind == "BOOLEAN":
        return _Side(j, is_numerator, counts, f" AND ({expression}\n)", True)
    if expression.strip() == "1":
        return _Side(j, is_numerator, counts, "", True)
    if is_whole_type(kind):
        return _Side(j, is_numerator, counts, f"({expression}\n)", False)
    if kind in ("DOUBLE", "FLOAT", "HUGEINT", "UBIGINT") or kind.startswith("DECIMAL"):
        return _Side(j, is_numerator, counts, f"CAST(({expression}\n) AS DOUBLE)", False, FRACTION)
    side = "numerator" if is_numerator else "denominator"
    where = _("criteria ({key}).{side}").format(key=criterion.key, side=side)
    raise InputError(Problem(where, _("gives {kind}, not a number").format(kind=kind)))


class Tally:
    """Adds up batches of rows.

    Parameters
    ----------
    policy : Policy
    values : RowValues
    ratios : Ratios
        Added to in place; the flags only at the end.
    """

    def __init__(self, policy: Policy, values: RowValues, ratios: Ratios):
        self.policy, self.flags, self.others, self.ratios = policy, values.flags, values.others, ratios
        # rows fit 32 bits, and half the width is twice the sums in a cache
        self.sums_of_flags = np.zeros((len(ratios.numerator), len(values.flags)), dtype=np.int32)
        self.largest = np.zeros(len(values.others))

    def add(self, place: NDArray[np.int32], found: Mapping[str, NDArray[Any]]) -> None:
        """Add one batch: ``flags`` and ``v0``, ``v1`` ... of `found`, each of shape (n_rows,)."""
        from udsat_geo.kernels.sums import add_flags, add_values

        if self.flags:
            add_flags(place, found["flags"], self.sums_of_flags)
        for k, side in enumerate(self.others):
            values = np.asarray(found[f"v{k}"])
            self.largest[k] += np.abs(values).sum(dtype=np.float64)
            key = self.policy.criteria[side.criterion].key
            check_sums_fit(self.policy.id, {key: float(self.largest[k])})
            ratios = self.ratios
            units = ratios.numerator_unit if side.is_numerator else ratios.denominator_unit
            units[side.criterion] = side.unit
            add_values(place, values, ratios.numerator if side.is_numerator else ratios.denominator, side.criterion)

    def close(self) -> None:
        """Bring the flags to their sums."""
        for k, side in enumerate(self.flags):
            target = self.ratios.numerator if side.is_numerator else self.ratios.denominator
            target[:, side.criterion] += self.sums_of_flags[:, k]

    def largest_sums(self) -> NDArray[np.float64]:
        """Sums of the absolute values of each criterion's numerator and denominator, shape (n_criteria, 2)."""
        found = np.zeros((len(self.policy.criteria), 2))
        for side, largest in zip(self.others, self.largest, strict=True):
            found[side.criterion, 0 if side.is_numerator else 1] = largest
        return found


def check_sums_fit(policy_id: str, largest: Mapping[str, float]) -> None:
    """Refuse sums that may leave 64-bit integers.

    Parameters
    ----------
    policy_id : str
    largest : mapping
        Criterion -> the sum of all absolute values.

    Raises
    ------
    InputError
    """
    what = _("the sum is too large to be added exactly")
    where = _("{id}: criteria ({key})")
    raise_if_any(
        [Problem(where.format(id=policy_id, key=key), what) for key, sum_ in largest.items() if sum_ > _LARGEST_SUM]
    )


@dataclass(frozen=True)
class RegisterSums:
    """What the registers say of each place.

    Attributes
    ----------
    residents : int64, shape (n_places,)
        Residents placed there.
    dwellings : int64, shape (n_places,)
        Dwellings there, occupied or not.
    numerator, denominator : int64, shape (n_places, n_criteria)
        Sums over the rows that count.
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        How many of the sum make one: 1, `FRACTION` for sums of millionths, or that times a power of two.
    counts : dict
        Rows that do not count, by reason.
    rows : dict
        Table -> number of rows.
    files : dict
        Table -> its file; ``settings`` -> registers.toml, where there is one.
    notes : tuple of Note
        What was found out about the files: how they are written.
    settings : RegisterSettings
    let : dict
        Name -> value of what ``[let]`` evaluated.
    answers : int64, shape (n_places, n_criteria), or None
        How many answers of a survey each criterion counts; 0 for those over other registers. None without a survey.
    quantiles : mapping
        Number of a criterion that is a quantile -> its values; its sums are 0.
    """

    residents: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    numerator_unit: NDArray[np.int64]
    denominator_unit: NDArray[np.int64]
    counts: dict[str, int]
    rows: dict[str, int]
    files: dict[str, Path]
    notes: tuple[Note, ...]
    settings: RegisterSettings
    let: dict[str, float | None] = field(default_factory=dict)
    answers: NDArray[np.int64] | None = None
    quantiles: Mapping[int, Distribution] = field(default_factory=dict)


def read_registers(
    folder: Path,
    policy: Policy,
    place: Place,
    threads: int | None = None,
    year: int | None = None,
    crs: str | None = None,
) -> RegisterSums:
    """Read a folder of registers and add up the criteria of a policy by place.

    Parameters
    ----------
    folder : Path
    policy : Policy
        Its criteria read ``residents`` and ``dwellings``.
    place : callable
        Where an address lies.
    threads : int, optional
        For DuckDB; results do not depend on it.
    year, crs : optional
        Which year of a folder that holds several; what positions are brought to, if not to the policy's own.

    Raises
    ------
    InputError
        With every problem found: files, columns, codes, numbers, keys, positions, expressions.
    """
    check_policy_fits(policy)
    with kernels_loading():
        opened = open_registers(folder, threads, year=year, crs=crs or working_crs(policy))
        return sums_of_opened(opened, policy, place)


Follow = Callable[[Opened, Policy, Linked, NDArray[np.int64], dict[str, float | None]], None]
"""Reads more of open registers: those, the policy, the dwellings and their residents, ``[let]`` of residents."""


def sums_of_opened(
    opened: Opened,
    policy: Policy,
    place: Place,
    districts: PlaceOfDistrict | None = None,
    follow: Follow | None = None,
) -> RegisterSums:
    """Add up the criteria of a policy over opened registers, and close them.

    Parameters
    ----------
    opened, policy, place
    districts, follow : callable, optional
        Where answers of a survey lie that name a district; what is read besides.

    Raises
    ------
    InputError
        See `read_registers`.
    """
    check_policy_expressions(opened, policy)
    opened, rows, counts = check(opened)
    if opened.survey is not None:
        keep_answers(opened.connection, opened.survey, opened.residents)
    let = evaluate_let(opened.connection, policy, "residents", opened.residents.select())
    linked, n_places, doubted = link(opened, place, rows, counts)
    check_room(n_places, policy.context.reads_beyond)
    from udsat_geo.kernels.sums import count_rows

    dwellings = np.zeros(n_places, dtype=np.int64)
    count_rows(linked.place, dwellings)
    ratios = Ratios.empty(n_places, len(policy.criteria))
    residents, residents_of_dwelling = add_up_residents(opened, policy, linked, let, ratios, counts)
    count_unplaced(opened, rows, counts, residents_of_dwelling, linked)
    of_residents = dict(let)
    let |= add_up_dwellings(opened, policy, residents_of_dwelling, linked.place, ratios)
    answers = _add_up_answers(opened, policy, linked, districts, ratios, counts)
    if follow is not None:
        follow(opened, policy, linked, residents_of_dwelling, of_residents)
    notes = (*opened.notes(), *doubted)
    opened.connection.close()
    return RegisterSums(
        residents,
        dwellings,
        ratios.numerator,
        ratios.denominator,
        ratios.numerator_unit,
        ratios.denominator_unit,
        counts,
        rows,
        opened.files,
        notes,
        opened.settings,
        let,
        answers,
        ratios.distributions,
    )


def add_up_residents(
    opened: Opened,
    policy: Policy,
    linked: Linked,
    let: dict[str, float | None],
    ratios: Ratios,
    counts: dict[str, int] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Add up the criteria over residents, whom one pass counts by place and by dwelling as well.

    Parameters
    ----------
    counts : dict, optional
        Added to in place: residents without a dwelling.

    Returns
    -------
    residents : int64, shape (n_places,)
    residents_of_dwelling : int64, shape (n_dwellings,)
        Placed or not.
    """
    from udsat_geo.kernels.sums import count_rows, follow

    residents = np.zeros(len(ratios.numerator), dtype=np.int64)
    residents_of_dwelling = np.zeros(len(linked), dtype=np.int64)
    without_dwelling = 0

    def place_of(dwelling_of_row: NDArray[np.int32]) -> NDArray[np.int32]:
        place_of_row = np.empty(len(dwelling_of_row), dtype=np.int32)
        follow(dwelling_of_row, linked.place, place_of_row)
        return place_of_row

    def place_residents(key: NDArray[np.uint64]) -> NDArray[np.int32]:
        nonlocal without_dwelling
        dwelling_of_row = linked.index.rows_of(key)
        without_dwelling += int((dwelling_of_row == NO_KEY).sum())
        count_rows(dwelling_of_row, residents_of_dwelling)
        place_of_row = place_of(dwelling_of_row)
        count_rows(place_of_row, residents)
        return place_of_row

    relation, key = opened.residents.select(), linked.index.hash_of("dwelling_id")
    try:
        add_ratios(opened.connection, policy, "residents", relation, key, place_residents, let, ratios)
    except InputError:
        # where it is the keys that cannot be read, the file is told and not the policy
        fetch_one(opened.connection, opened.residents.source, f"SELECT count(dwelling_id) FROM {relation}")
        raise
    if counts is not None:
        counts["residents_without_dwelling"] = without_dwelling
    in_dwellings = f"(SELECT * FROM {relation} WHERE dwelling_id IS NOT NULL)"
    values = ("residents", in_dwellings, key, lambda hashes: place_of(linked.index.rows_of(hashes)), let)
    ratios.distributions.update(read_distributions(opened.connection, policy, *values))
    return residents, residents_of_dwelling


def add_up_dwellings(
    opened: Opened,
    policy: Policy,
    residents_of_dwelling: NDArray[np.int64],
    place_of_dwelling: NDArray[np.int32],
    ratios: Ratios,
) -> dict[str, float | None]:
    """Add up the criteria over dwellings; `residents` is known by now. What ``[let]`` gave over them."""
    import pyarrow as pa

    if not any(criterion.register_name == "dwellings" for criterion in policy.criteria):
        return {}
    row_of_dwelling = np.arange(len(place_of_dwelling), dtype=np.int32)
    opened.connection.register(
        "counted", pa.table({"residents": residents_of_dwelling, "dwelling_row": row_of_dwelling})
    )
    relation = f"(SELECT * FROM {opened.dwellings.select()} POSITIONAL JOIN counted)"
    let = evaluate_let(opened.connection, policy, "dwellings", relation)

    def place_dwellings(row: NDArray[np.int32]) -> NDArray[np.int32]:
        return place_of_dwelling[row]

    add_ratios(opened.connection, policy, "dwellings", relation, "dwelling_row", place_dwellings, let, ratios)
    values = ("dwellings", relation, "dwelling_row", place_dwellings, let)
    ratios.distributions.update(read_distributions(opened.connection, policy, *values))
    return let


def _add_up_answers(
    opened: Opened,
    policy: Policy,
    linked: Linked,
    districts: PlaceOfDistrict | None,
    ratios: Ratios,
    counts: dict[str, int],
) -> NDArray[np.int64] | None:
    """Add up the criteria over a survey, weighted; how many answers each counts, shape (n_places, n_criteria)."""
    import pyarrow as pa

    if opened.survey is None:
        return None
    connection = opened.connection
    place = places_of_answers(connection, opened.survey, opened.residents, linked, districts)
    count_answers(connection, place, counts)
    connection.register(
        "places", pa.table({"answer": np.arange(len(place), dtype=np.int32), "place_of_answer": np.maximum(place, -1)})
    )
    own, criterion = weighted(policy)
    sums = Ratios.empty(len(ratios.numerator), len(own.criteria))
    add_ratios(connection, own, SURVEY, ANSWERED, "place_of_answer", lambda place: place, {}, sums)
    ratios.numerator[:, criterion], ratios.denominator[:, criterion] = sums.numerator[:, ::2], sums.denominator[:, ::2]
    ratios.numerator_unit[criterion] = sums.numerator_unit[::2]
    ratios.denominator_unit[criterion] = sums.denominator_unit[::2]
    answers = np.zeros_like(ratios.numerator)
    answers[:, criterion] = sums.denominator[:, 1::2]
    return answers


Missing = dict[str, tuple[str, ...]]
"""Key of a criterion -> the columns it would need and the registers lack, each with its table."""


def read_partial_registers(
    folder: Path,
    policy: Policy,
    place: Place,
    threads: int | None = None,
    year: int | None = None,
    districts: PlaceOfDistrict | None = None,
    follow: Follow | None = None,
    crs: str | None = None,
) -> tuple[RegisterSums, Missing]:
    """Read registers as `udsat_geo.registers.read.read_registers` does, criteria without their columns left out.

    Keys and positions must be there.

    Parameters
    ----------
    folder : Path
    policy : Policy
    place : callable
    threads, year, crs
        As of `read_registers`.
    districts, follow : callable, optional
        As of `sums_of_opened`; the policy that is followed is without what is left out.

    Returns
    -------
    sums : RegisterSums
        Over all criteria of the policy; 0 for those that are left out.
    missing : dict
        Criterion -> columns, as in ``residents.education``.

    Raises
    ------
    InputError
        See `udsat_geo.registers.read.read_registers`.
    """
    check_policy_fits(policy, may_read_survey=True)
    opened = open_registers(folder, threads, True, year, is_answered_by_survey(policy), crs or working_crs(policy))
    lacking = _lacking(opened, policy)
    missing = {key: lacking[key] for key in policy.keys if lacking[key]}
    if not missing:
        return sums_of_opened(opened, policy, place, districts, follow), missing
    sums = sums_of_opened(opened, _without(policy, lacking), place, districts, follow)
    kept = np.flatnonzero([key not in missing for key in policy.keys])

    def widened(values: NDArray[np.int64], fill: int) -> NDArray[np.int64]:
        whole = np.full((*values.shape[:-1], len(policy.keys)), fill, dtype=np.int64)
        whole[..., kept] = values
        return whole

    return dataclasses.replace(
        sums,
        numerator=widened(sums.numerator, 0),
        denominator=widened(sums.denominator, 0),
        numerator_unit=widened(sums.numerator_unit, 1),
        denominator_unit=widened(sums.denominator_unit, 1),
        answers=None if sums.answers is None else widened(sums.answers, 0),
        quantiles={int(kept[j]): values for j, values in sums.quantiles.items()},
    ), missing


def _lacking(opened: Opened, policy: Policy) -> Missing:
    """What each criterion, and each value of ``[let]``, would need that these registers do not have."""
    lacking: Missing = {}
    for register, expressions in policy.let.items():
        for name, expression in expressions.items():
            lacking[f"{register}.{name}"] = tuple(_absent(opened, register, expression))
    for criterion in policy.criteria:
        register = criterion.register_name
        if register == SURVEY and opened.survey is None:
            lacking[criterion.key] = (SURVEY,)
            continue
        sides = (criterion.where, criterion.numerator, criterion.denominator)
        used = {name for side in sides for name in _names_in(opened, side)}
        found = [column for side in sides for column in _absent(opened, register, side)]
        for name in policy.let.get(register, {}):
            found += lacking[f"{register}.{name}"] if name in used else ()
        lacking[criterion.key] = tuple(dict.fromkeys(found))
    return lacking


def _absent(opened: Opened, register: str, expression: str) -> list[str]:
    """The columns that an expression names and a register could have, but does not."""
    tables = {"residents": opened.residents, "dwellings": opened.dwellings}
    tables |= {} if opened.survey is None else {SURVEY: opened.survey}
    if register not in tables:
        return []
    used = _names_in(opened, expression)
    here = tables[register].columns
    names = [column.name for column in columns_of(register, opened.settings.table(register)) if column.name not in here]
    return [f"{register}.{name}" for name in names if name in used]


def _names_in(opened: Opened, expression: str) -> set[str]:
    """The names that an expression uses; none if it is no expression, which is told when it is checked."""
    try:
        return names_in(opened.connection, expression)
    except duckdb.Error:
        return set()


def _without(policy: Policy, lacking: Missing) -> Policy:
    """The policy without what these registers cannot answer."""
    let = {
        register: {name: text for name, text in expressions.items() if not lacking[f"{register}.{name}"]}
        for register, expressions in policy.let.items()
    }
    criteria = tuple(criterion for criterion in policy.criteria if not lacking[criterion.key])
    return policy.model_copy(update={"let": let, "criteria": criteria})
