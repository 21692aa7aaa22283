"""Elimination in plain Python, and what equations determine, by fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def inverse_modulo(value: int, prime: int) -> int:
    return pow(value, -1, prime)


def echelon_modulo(
    row_start: Sequence[int], unknown: Sequence[int], sums: Sequence[Sequence[int]], n_unknowns: int, prime: int
) -> tuple[dict[int, tuple[list[int], list[int]]], int]:
    """For each unknown that an equation leads with: all its coefficients, and its sums; then the contradictions."""
    leading: dict[int, tuple[list[int], list[int]]] = {}
    contradictions = 0
    for equation, told in enumerate(sums):
        members = unknown[row_start[equation] : row_start[equation + 1]]
        row, right = [int(u in members) for u in range(n_unknowns)], [value % prime for value in told]
        first = next((u for u in range(n_unknowns) if row[u]), None)
        while first in leading:
            (other, other_right), times = leading[first], row[first]
            row = [(a - times * b) % prime for a, b in zip(row, other, strict=True)]
            right = [(a - times * b) % prime for a, b in zip(right, other_right, strict=True)]
            first = next((u for u in range(n_unknowns) if row[u]), None)
        if first is None:
            contradictions += any(right)
        else:
            by = inverse_modulo(row[first], prime)
            leading[first] = [a * by % prime for a in row], [a * by % prime for a in right]
    return leading, contradictions


def back_substitute(
    leading: dict[int, tuple[list[int], list[int]]], free: Sequence[Sequence[int]], prime: int
) -> list[list[int]]:
    solution = [list(values) for values in free]
    for lead, (row, right) in sorted(leading.items(), reverse=True):
        for j, value in enumerate(right):
            others = sum(row[u] * solution[u][j] for u in range(lead + 1, len(row)))
            solution[lead][j] = (value - others) % prime
    return solution


def determined(equations: Sequence[tuple[Sequence[int], int]], n_unknowns: int) -> dict[int, Fraction]:
    """What equations with coefficients 1 determine, by Gauss and Jordan over the fractions."""
    rows = [[Fraction(u in members) for u in range(n_unknowns)] + [Fraction(total)] for members, total in equations]
    done = 0
    for column in range(n_unknowns):
        found = next((r for r in range(done, len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for r in range(len(rows)):
            if r != done and rows[r][column]:
                times = rows[r][column]
                rows[r] = [a - times * b for a, b in zip(rows[r], rows[done], strict=True)]
        done += 1
    alone = [row for row in rows[:done] if sum(value != 0 for value in row[:n_unknowns]) == 1]
    return {next(u for u in range(n_unknowns) if row[u]): row[n_unknowns] for row in alone}
