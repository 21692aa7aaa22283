"""One scale for all criteria, and the composite of a unit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel

LIMB_BITS = 32
"""Bits of a digit of an exact sum."""
_LIMBS = 69
"""Digits that hold any float64, from 2^-1074 on; the last counts numbers that are infinite."""
_LOW = (1 << LIMB_BITS) - 1
_LOWEST = 1074
_MANTISSA = 53


@kernel
def squares_of_gaps(
    gap: NDArray[np.float64], residents: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sums of ``residents * gap * gap`` over units, without any rounding of the sum.

    Sums of several parts of the units are added as they are, digit by digit, and are those of all units together.
    Each digit has room for 2^30 units.

    Parameters
    ----------
    gap : float64, shape (n_units, n_criteria)
        NaN where a unit has no rate.
    residents : int64, shape (n_units,)

    Returns
    -------
    squares : int64, shape (n_criteria, n_digits)
        Whole numbers in digits of `LIMB_BITS` bits, lowest first, of which one is 2^-1074.
    weight : int64, shape (n_criteria,)
        Residents of the units that have a rate.
    """
    n_units, n_criteria = gap.shape
    squares = np.zeros((n_criteria, _LIMBS), dtype=np.int64)
    weight = np.zeros(n_criteria, dtype=np.int64)
    for j in range(n_criteria):
        for unit in range(n_units):
            own = gap[unit, j]
            if math.isnan(own):
                continue
            weight[j] += residents[unit]
            term = residents[unit] * own * own
            if not term > 0.0:
                continue
            if term == np.inf:
                squares[j, _LIMBS - 1] += 1
                continue
            part, exponent = math.frexp(term)
            mantissa = np.int64(math.ldexp(part, _MANTISSA))
            place = exponent - _MANTISSA + _LOWEST
            if place < 0:
                # of the smallest numbers the last bits are zeros
                mantissa >>= -place
                place = 0
            digit, shift = place // LIMB_BITS, place % LIMB_BITS
            low, high = (mantissa & _LOW) << shift, (mantissa >> LIMB_BITS) << shift
            squares[j, digit] += low & _LOW
            squares[j, digit + 1] += (low >> LIMB_BITS) + (high & _LOW)
            squares[j, digit + 2] += high >> LIMB_BITS
    return squares, weight


@kernel
def composite_of_gaps(
    gap: NDArray[np.float64], spread: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Weighted mean of the gaps in units of their spread, over the criteria that have a rate.

    Parameters
    ----------
    gap : float64, shape (n_units, n_criteria)
        Positive is worse, NaN is none.
    spread : float64, shape (n_criteria,)
        A criterion without spread scores 0 everywhere.
    weight : float64, shape (n_criteria,)

    Returns
    -------
    composite : float64, shape (n_units,)
        NaN where a unit has no rate at all.
    criteria_with_rate : int64, shape (n_units,)
    """
    n_units, n_criteria = gap.shape
    composite = np.full(n_units, np.nan, dtype=np.float64)
    criteria_with_rate = np.zeros(n_units, dtype=np.int64)
    for unit in range(n_units):
        total = 0.0
        weights = 0.0
        for j in range(n_criteria):
            if not math.isnan(gap[unit, j]):
                criteria_with_rate[unit] += 1
                weights += weight[j]
                if spread[j] > 0.0:
                    total += weight[j] * (gap[unit, j] / spread[j])
        if weights > 0.0:
            composite[unit] = total / weights
    return composite, criteria_with_rate


_SIGN = np.uint64(1 << 63)
_LAST = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_DIGIT_BITS = np.uint64(11)
_DIGIT = np.uint64((1 << 11) - 1)
_N_DIGITS = 6
"""Six digits of eleven bits hold the 64 bits of a key; as many counters as a first-level cache holds."""


@kernel
def rising_order(value: NDArray[np.float64]) -> NDArray[np.int64]:
    """The numbers of values in rising order, equal ones in the order they come in, NaN last.

    A radix sort over the bits of the values, turned so that they rise as the values do: -0.0 comes before 0.0.

    Parameters
    ----------
    value : float64, shape (n_values,)
        Contiguous.

    Returns
    -------
    order : int64, shape (n_values,)
    """
    n_values = value.shape[0]
    bits = value.view(np.uint64)
    key = np.empty(n_values, dtype=np.uint64)
    count = np.zeros((_N_DIGITS, 1 << 11), dtype=np.int64)
    for i in range(n_values):
        own = bits[i]
        # negative numbers are written by size: turned round, they rise towards zero
        turned = _LAST if math.isnan(value[i]) else ~own if own & _SIGN else own | _SIGN
        key[i] = turned
        for digit in range(_N_DIGITS):
            count[digit, (turned >> (np.uint64(digit) * _DIGIT_BITS)) & _DIGIT] += 1
    order = np.arange(n_values)
    key_there, order_there = np.empty_like(key), np.empty_like(order)
    for digit in range(_N_DIGITS):
        shift = np.uint64(digit) * _DIGIT_BITS
        if n_values > 0 and count[digit, (key[0] >> shift) & _DIGIT] == n_values:
            continue
        place = 0
        for bucket in range(count.shape[1]):
            size = count[digit, bucket]
            count[digit, bucket] = place
            place += size
        for i in range(n_values):
            bucket_of_key = (key[i] >> shift) & _DIGIT
            to = count[digit, bucket_of_key]
            count[digit, bucket_of_key] = to + 1
            key_there[to], order_there[to] = key[i], order[i]
        key, key_there = key_there, key
        order, order_there = order_there, order
    return order


@kernel
def ranks_on_scale(
    value: NDArray[np.float64], order: NDArray[np.int64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The rank that each value has, or would have, on a scale of values; equal ones share the mean of their ranks.

    With `below` values of the scale smaller and `equal` ones equal, the rank is ``below + (equal + 1) / 2``: for a
    value of the scale its mean rank, from 1; for one between two others, half way between their ranks; beyond either
    end, half a rank beyond the last.

    Parameters
    ----------
    value : float64, shape (n_values,)
        NaN has no rank.
    order : int64, shape (n_values,)
        The values' numbers in rising order of the values, NaN last; equal ones in any order.
    scale : float64, shape (n_scale,)
        In rising order, without NaN.

    Returns
    -------
    rank : float64, shape (n_values,)
        NaN where there is none; without a scale, everywhere.
    """
    n_scale = scale.shape[0]
    rank = np.full(value.shape[0], np.nan, dtype=np.float64)
    below = 0
    up_to = 0
    for i in range(order.shape[0]):
        own = value[order[i]]
        if math.isnan(own) or n_scale == 0:
            break
        while below < n_scale and scale[below] < own:
            below += 1
        up_to = max(up_to, below)
        while up_to < n_scale and scale[up_to] <= own:
            up_to += 1
        rank[order[i]] = below + (up_to - below + 1) / 2.0
    return rank
