"""The variants of a policy that are designated: each key changed by itself, and a sample in which all change at once.

The sample is that of Saltelli and others (2010): two matrices A and B of a low-discrepancy sequence (Sobol', scrambled
as Owen 1998), and for every key the matrix A with that key's column from B. It is what the estimators of
`udsat_geo.analysis.variance` need. Values of a key are equally likely, and keys independent of each other: every value
of one must go together with every value of the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from udsat_geo.analysis.space import (
    CORE,
    EAST,
    EDGE,
    LEAST,
    LEFT_OUT,
    METHOD,
    NORTH,
    OF_GRID,
    SIZE,
    WEIGHTS,
    Space,
    Value,
    own_value,
    plain,
    policy_at,
    space_of,
)
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy, WorstShare

VARIANTS = 2500
"""Of the sample, at most, without another word. Own choice."""
POLICY, ONE, A, B, AB = range(5)
"""What a variant belongs to: the policy itself, one key changed, or the sample's matrices."""
PARTS = ("policy", "one_at_a_time", "a", "b", "ab")
"""What they are called in tables."""
_OWN = -1
_METHODS = ("gap_sd", "percentile", "exponential")
_FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Of numbers of residents, and of what an area may bridge or fill, by default: times the policy's own. Own choice."""
_WEIGHTS, _SIZES, _MOVES = (0.5, 1.0, 2.0), (0.8, 1.0, 1.25), (0.0, 0.25, 0.5, 0.75)
"""Of weights, times the policy's own; of the side of cells likewise; moves, in sides of a cell. Own choices."""
_STEPS = {"gap_sd": (0.05, 5), "percentile": (1.0, 5), "exponential": (1.0, 5)}
"""Of the thresholds: the step, and how many of them to either side of the policy's own. Own choice."""
_MOST_CRITERIA = 10
"""Of policies with more, weights stay, and none is left out. Own choice."""
_DIGITS = 10


@dataclass(frozen=True)
class Design:
    """Which variants are made.

    Attributes
    ----------
    space : Space
    place : int16, shape (n_variants, n_keys)
        In the values of each key of the space; -1 is the policy's own, where it is not among them.
    part : int8, shape (n_variants,)
        `POLICY`, `ONE`, `A`, `B` or `AB`; in that order, `AB` key by key.
    key : int16, shape (n_variants,)
        The key that is changed by itself, or taken from B; -1 is none.
    base : int
        Rows of A, and of B; 0 without a sample.
    """

    space: Space
    place: np.ndarray
    part: np.ndarray
    key: np.ndarray
    base: int

    def __len__(self) -> int:
        return len(self.place)

    @property
    def factors(self) -> tuple[int, ...]:
        """The keys that vary, by their number in the space."""
        return factors_of(self.space)

    def settings(self, row: int, policy: Policy) -> dict[str, Value]:
        """What a variant sets."""
        space = self.space
        found = {
            key: values[i] if i >= 0 else own_value(policy, key)
            for key, values, i in zip(space.keys, space.values, self.place[row].tolist(), strict=True)
        }
        return without_edge(space, found)


def factors_of(space: Space) -> tuple[int, ...]:
    """The keys that vary, by their number; an edge that is the core does not vary by itself."""
    return tuple(
        number
        for number, (key, values) in enumerate(zip(space.keys, space.values, strict=True))
        if len(values) > 1 and not (key == EDGE and space.edge_is_core)
    )


def without_edge(space: Space, settings: dict[str, Value]) -> dict[str, Value]:
    """Settings without an edge where that is the core, as in the policy."""
    return {key: value for key, value in settings.items() if not (key == EDGE and space.edge_is_core)}


# --- by default -------------------------------------------------------------------------------------------------


def space_around(policy: Policy, has_grid: bool) -> Space:
    """The space about the settings of a policy: own choice of what an office might as well have written.

    Parameters
    ----------
    policy : Policy
    has_grid : bool
        Whether its cells are made from registers, so that others can be.

    Raises
    ------
    InputError
        If a threshold of the policy is a share of the units.
    """
    given: dict[str, tuple[Value, ...]] = {}
    if has_grid:
        side = policy.units.size
        given[SIZE] = _whole(side, _SIZES)
        given[EAST] = given[NORTH] = tuple(round(share * side, _DIGITS) for share in _MOVES)
    if policy.context.method == "nearest" and policy.context.residents and policy.context.reach > 0:
        given["context.residents"] = _whole(policy.context.residents, _FACTORS)
    if not policy.context.reads_beyond:
        given["rates.shrink"] = ("none", "global", "local")
    if policy.score.method != "none" and policy.score.scale_of is None:
        given[METHOD] = _METHODS
    given |= _of_criteria(policy) | _of_thresholds(policy)
    areas = policy.areas
    if areas.residents:
        most = areas.most_residents or 10 * areas.residents
        given[LEAST] = tuple(least for least in _whole(areas.residents, _FACTORS) if least <= most)
    for name in ("bridge", "holes"):
        own = getattr(areas, name)
        if own:
            given[f"areas.{name}"] = tuple(dict.fromkeys(round(factor * own, _DIGITS) for factor in _WEIGHTS))
    fits = {key: values for key, values in given.items() if len(values) > 1}
    return space_of(policy.id, policy, fits)


def _whole(own: int, factors: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(max(1, round(factor * own)) for factor in factors))


def _of_criteria(policy: Policy) -> dict[str, tuple[Value, ...]]:
    """Each criterion left out in turn, its weight, and how many must be exceeded."""
    given: dict[str, tuple[Value, ...]] = {}
    counted = sum(criterion.counted for criterion in policy.criteria)
    few = len(policy.criteria) <= _MOST_CRITERIA
    named = {key for group in policy.rule.groups for key in (*group.criteria, *group.require)}
    free = [key for key in policy.keys if key not in policy.rule.require and key not in named]
    # one that is left out is not counted
    enough = policy.rule.criteria < counted
    if few and enough and len(policy.criteria) > 2 and free and policy.score.method != "none":
        given[LEFT_OUT] = ((), *((key,) for key in free))
    if few and policy.score.method != "none":
        weighed = [one for one in policy.criteria if one.weight and not one.is_index]
        if len(weighed) > 1:
            for one in weighed:
                given[f"{WEIGHTS}.{one.key}"] = tuple(round(factor * one.weight, _DIGITS) for factor in _WEIGHTS)
    most = counted - (LEFT_OUT in given)
    asked, rule = policy.rule.criteria, policy.rule
    # without a composite nothing else decides
    least = 1 if rule.core is None and not rule.require and not rule.groups else 0
    given["rule.criteria"] = tuple(n for n in (asked - 1, asked, asked + 1) if least <= n <= most)
    return given


def _of_thresholds(policy: Policy) -> dict[str, tuple[Value, ...]]:
    """The core and the edge to either side of the policy's own, no edge above any core."""
    core, edge = policy.rule.core, policy.rule.edge
    if core is None or isinstance(core, WorstShare) or isinstance(edge, WorstShare):
        return {}
    step, n = _STEPS[policy.score.method]
    below = n
    if edge is not None:
        below = min(n, int((core - edge) / step / 2 + 1e-9))
    steps = {CORE: range(-below, n + 1)}
    if edge is not None:
        steps[EDGE] = range(-n, below + 1)
    own = {CORE: core, EDGE: core if edge is None else edge}
    return {key: tuple(round(own[key] + i * step, _DIGITS) for i in of) for key, of in steps.items()}


# --- whether it can be -------------------------------------------------------------------------------------------


def check_space(space: Space, policy: Policy, has_grid: bool) -> None:
    """Check that every value goes together with every value of the other keys.

    Raises
    ------
    InputError
        Naming all that do not; if nothing varies; or if cells are to be laid anew that are given.
    """
    factors, problems = factors_of(space), []
    if not factors:
        remedy = _("Give at least one key several values.")
        raise InputError(Problem(space.name, _("varies nothing: each key has one value"), remedy))
    for key in OF_GRID:
        if key in space.keys and not has_grid:
            what = _("would lay other cells, and only those made from registers can be")
            problems.append(Problem(f"{space.name}: {key}", what, _("Leave it out.")))
    for keys, values, fault in _apart(space, policy, factors):
        none = _("none")
        told = ", ".join(f"{key} = {plain(value) or none}" for key, value in zip(keys, values, strict=True))
        what = _("{values}: does not go together ({reason})").format(values=told, reason=fault)
        remedy = _("Every value must go together with every value of the other keys: take out what does not.")
        problems.append(Problem(f"{space.name}: {', '.join(keys)}", what, remedy))
    if problems:
        raise InputError(problems)


def _apart(
    space: Space, policy: Policy, factors: tuple[int, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[Value, ...], str]]:
    """Keys with values that the policy does not bear, alone or two by two: the first of each, and why."""
    keys = [space.keys[number] for number in range(len(space.keys))]
    own = {key: own_value(policy, key) for key in keys}
    # a key of one value is set to it in every variant
    own |= {key: values[0] for key, values in zip(keys, space.values, strict=True) if len(values) == 1}
    alone: set[str] = set()
    for size in (1, 2):
        for chosen in itertools.combinations(factors, size):
            named = tuple(keys[number] for number in chosen)
            if alone.intersection(named):
                continue
            for values in itertools.product(*(space.values[number] for number in chosen)):
                settings = own | dict(zip(named, values, strict=True))
                faults = policy_at(policy, without_edge(space, settings)).misfits()
                if faults:
                    alone |= set(named) if size == 1 else set()
                    yield named, values, faults[0]
                    break


# --- which of them ----------------------------------------------------------------------------------------------


def design_of(space: Space, variants: int, seed: int) -> Design:
    """The policy, each key changed by itself, and the sample.

    Parameters
    ----------
    space : Space
    variants : int
        At most so many in the sample; 0 is none.
    seed : int
        Of the scrambling.

    Raises
    ------
    InputError
        If there are too few for a sample.
    """
    factors = factors_of(space)
    own = np.array([i if len(values) > 1 else 0 for i, values in zip(space.own, space.values, strict=True)])
    places, parts, keys = [own[None, :]], [POLICY], [_OWN]
    for number in factors:
        for i in range(len(space.values[number])):
            if i != space.own[number]:
                row = own.copy()
                row[number] = i
                places.append(row[None, :])
                parts.append(ONE)
                keys.append(number)
    base = _base(variants, len(factors))
    if base:
        first, second = (_sample(space, factors, own, part) for part in _unit_sample(len(factors), base, seed))
        mixed = []
        for number in factors:
            one = first.copy()
            one[:, number] = second[:, number]
            mixed.append(one)
        places += [first, second, *mixed]
        parts += [A] * base + [B] * base + [AB] * base * len(factors)
        keys += [_OWN] * 2 * base + np.repeat(factors, base).tolist()
    return Design(
        space, np.vstack(places).astype(np.int16), np.array(parts, np.int8), np.array(keys, dtype=np.int16), base
    )


def _base(variants: int, n_factors: int) -> int:
    """How many rows A has: a power of two, at which the sequence is balanced."""
    least = 2 * (n_factors + 2)
    if variants == 0:
        return 0
    if variants < least:
        what = _("is too few for a sample of {keys} keys").format(keys=n_factors)
        remedy = _("Ask for at least {least}, or for 0: each key by itself alone.").format(least=least)
        raise InputError(Problem(f"--variants {variants}", what, remedy))
    return 1 << int(np.log2(variants // (n_factors + 2)))


def _unit_sample(n_factors: int, base: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The two halves of a sample of the unit cube, shape (base, n_factors) each."""
    from scipy.stats import qmc

    points = qmc.Sobol(2 * n_factors, scramble=True, seed=seed).random(base)
    return points[:, :n_factors], points[:, n_factors:]


def _sample(space: Space, factors: tuple[int, ...], own: Ints, points: np.ndarray) -> np.ndarray:
    """Places from points of the unit cube: each value of a key is as likely as any other."""
    place = np.repeat(own[None, :], len(points), axis=0)
    for column, number in enumerate(factors):
        n = len(space.values[number])
        place[:, number] = np.minimum((points[:, column] * n).astype(np.int64), n - 1)
    return place
