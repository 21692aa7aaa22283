"""Elimination modulo a prime: held to plain Python, and to fractions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import reference_elimination
from udsat_geo.kernels.elimination import back_substitute, echelon_modulo, inverse_modulo

PRIME = 2_147_483_647


@given(n_unknowns=st.integers(1, 9), data=st.data(), prime=st.sampled_from([5, 101, PRIME]))
def test_the_echelon_form_and_what_solves_it_are_those_of_plain_python(
    n_unknowns: int, data: st.DataObject, prime: int
) -> None:
    members = data.draw(st.lists(st.sets(st.integers(0, n_unknowns - 1), min_size=1), min_size=1, max_size=10))
    sums = [[data.draw(st.integers(0, 40)) for _set in range(2)] for _equation in members]
    unknown = [u for each in members for u in sorted(each)]
    row_start = [0, *np.cumsum([len(each) for each in members]).tolist()]
    wanted, contradictions = reference_elimination.echelon_modulo(row_start, unknown, sums, n_unknowns, prime)
    found = echelon_modulo(*(np.array(each, dtype=np.int64) for each in (row_start, unknown, sums)), n_unknowns, prime)
    coefficient, begins, width, right, n_contradictions = found
    assert n_contradictions == contradictions
    assert np.flatnonzero(begins >= 0).tolist() == sorted(wanted)
    for lead, (row, told) in wanted.items():
        kept = coefficient[begins[lead] : begins[lead] + width[lead]].tolist()
        assert [0] * lead + kept + [0] * (n_unknowns - lead - len(kept)) == row
        assert right[lead].tolist() == told
    free = [[3, 4]] * n_unknowns
    solved = back_substitute(coefficient, begins, width, right, np.array(free, dtype=np.int64), prime)
    assert solved.tolist() == reference_elimination.back_substitute(wanted, free, prime)


def test_many_equations_find_room() -> None:
    """More coefficients than the kernel makes room for at first."""
    n = 60
    members = [list(range(first, n)) for first in range(n)]
    unknown, row_start = np.concatenate(members), np.concatenate([[0], np.cumsum([len(each) for each in members])])
    sums = np.array([[n - first] for first in range(n)])
    found = echelon_modulo(row_start, unknown, sums, n, PRIME)
    assert len(found[0]) == n * (n + 1) // 2
    assert back_substitute(*found[:4], np.zeros((n, 1), dtype=np.int64), PRIME)[:, 0].tolist() == [1] * n


def test_inverses() -> None:
    for value in (1, 2, 3, 1000, PRIME - 1):
        assert inverse_modulo(value, PRIME) == reference_elimination.inverse_modulo(value, PRIME)
