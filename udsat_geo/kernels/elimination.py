"""Systems of equations whose coefficients are 0 and 1, solved exactly: by elimination modulo a prime.

What equations determine over the fractions they determine modulo almost every prime, and the other way round.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def inverse_modulo(value: int, prime: int) -> int:
    """What `value` must be multiplied by to give 1 modulo a prime below 2^31. Source: Fermat's little theorem."""
    result, exponent = 1, prime - 2
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * value % prime
        value = value * value % prime
        exponent //= 2
    return result


@kernel
def echelon_modulo(
    row_start: NDArray[np.int64], unknown: NDArray[np.int64], sums: NDArray[np.int64], n_unknowns: int, prime: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]:
    """Equations in echelon form modulo a prime.

    Only what lies between the first and the last coefficient of a row is kept: where each equation is of unknowns with
    numbers near each other, as those of a window are, memory and time grow with that width.

    Parameters
    ----------
    row_start : int64, shape (n_equations + 1,)
        The unknowns of equation e are ``unknown[row_start[e]:row_start[e + 1]]``; their coefficients are 1.
    unknown : int64, shape (n_coefficients,)
        In rising order within each equation, at least one.
    sums : int64, shape (n_equations, n_sums)
        What the equations add up to, for several sets of unknowns at once; not negative.
    n_unknowns : int
    prime : int
        Below 2^31, so that products fit.

    Returns
    -------
    coefficient : int64, shape (n_kept,)
    begins : int64, shape (n_unknowns,)
        Where the coefficients of the equation begin that leads with an unknown, the first of them 1; -1 for none.
    width : int64, shape (n_unknowns,)
        How many it has: of that unknown and those after it.
    right : int64, shape (n_unknowns, n_sums)
        What it adds up to.
    n_contradictions : int
        Equations whose left side is that of others, and whose sum is not.
    """
    n_sums = sums.shape[1]
    coefficient, n_kept, n_contradictions = np.zeros(1024, dtype=np.int64), 0, 0
    begins, width = np.full(n_unknowns, -1, dtype=np.int64), np.zeros(n_unknowns, dtype=np.int64)
    right, row = np.zeros((n_unknowns, n_sums), dtype=np.int64), np.zeros(n_unknowns, dtype=np.int64)
    for equation in range(row_start.shape[0] - 1):
        first, beyond = row_start[equation], row_start[equation + 1]
        lead, end = unknown[first], unknown[beyond - 1] + 1
        for place in range(first, beyond):
            row[unknown[place]] = 1
        told = sums[equation] % prime
        while lead < end and (row[lead] == 0 or begins[lead] >= 0):
            if row[lead] != 0:
                less, at = prime - row[lead], begins[lead]
                for k in range(width[lead]):
                    row[lead + k] = (row[lead + k] + less * coefficient[at + k]) % prime
                told = (told + less * right[lead]) % prime
                end = max(end, lead + width[lead])
            lead += 1
        if lead == end:
            n_contradictions += int(np.any(told != 0))
            continue
        if n_kept + end - lead > coefficient.shape[0]:
            coefficient = np.concatenate((coefficient, np.zeros(n_kept + end - lead, dtype=np.int64)))
        times = inverse_modulo(row[lead], prime)
        for k in range(end - lead):
            coefficient[n_kept + k] = row[lead + k] * times % prime
            row[lead + k] = 0
        begins[lead], width[lead], right[lead] = n_kept, end - lead, told * times % prime
        n_kept += end - lead
    return coefficient[:n_kept], begins, width, right, n_contradictions


@kernel
def back_substitute(
    coefficient: NDArray[np.int64],
    begins: NDArray[np.int64],
    width: NDArray[np.int64],
    right: NDArray[np.int64],
    free: NDArray[np.int64],
    prime: int,
) -> NDArray[np.int64]:
    """Unknowns that solve equations in echelon form, where those that no equation leads with are given.

    Parameters
    ----------
    coefficient, begins, width, right
        From `echelon_modulo`.
    free : int64, shape (n_unknowns, n_sums)
        What the unknowns are that no equation leads with; others are passed over.
    prime : int

    Returns
    -------
    solution : int64, shape (n_unknowns, n_sums)
    """
    solution = free.copy()
    for unknown in range(begins.shape[0] - 1, -1, -1):
        if begins[unknown] < 0:
            continue
        for j in range(right.shape[1]):
            value = right[unknown, j]
            for k in range(1, width[unknown]):
                value = (value + (prime - coefficient[begins[unknown] + k]) * solution[unknown + k, j]) % prime
            solution[unknown, j] = value
    return solution
