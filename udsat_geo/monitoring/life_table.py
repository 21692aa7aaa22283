"""Abridged life tables with their sampling variance, and years lived in health."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Floats, Ints


@dataclass(frozen=True)
class LifeTable:
    """An abridged life table; the last age interval is open.

    Attributes
    ----------
    age : float64, shape (n_ages,)
        Where each interval begins, years.
    lived : float64, shape (n_ages,)
        What those who die in an interval live of it, as a share of its width; of the open one it is not used.
    dying : float64, shape (n_ages,)
        Chance to die in an interval of those who reach it; 1 in the open one.
    deaths : int64, shape (n_ages,)
    surviving : float64, shape (n_ages,)
        Share of the newborn (of those at the first age) who reach an interval.
    person_years : float64, shape (n_ages,)
        Years lived in an interval for each of them.
    """

    age: Floats
    lived: Floats
    dying: Floats
    deaths: Ints
    surviving: Floats
    person_years: Floats


def life_table(age: Floats, population: Floats, deaths: Ints, lived: Floats) -> LifeTable:
    """Make an abridged life table by Chiang's method.

    Parameters
    ----------
    age : float64, shape (n_ages,)
        Where each interval begins, rising.
    population : float64, shape (n_ages,)
        Person-years at risk, more than 0.
    deaths : int64, shape (n_ages,)
        At least one in the last, open interval.
    lived : float64, shape (n_ages,)
        Chiang's a: what those who die in an interval live of it, as a share of its width.

    Raises
    ------
    ValueError
        If more die in an interval than reach it, or nobody dies in the open one.

    Notes
    -----
    With n the width of an interval and M its death rate, the chance to die in it is q = n M / (1 + (1 - a) n M), and
    the years lived in it are n (l' + a (l - l')) with l who reach it and l' who reach the next; in the open one l / M.

    References
    ----------
    Chiang, C. L. (1984): The Life Table and Its Applications. Krieger, Malabar.
    """
    rate, width = deaths / population, np.diff(age)
    if deaths[-1] < 1:
        raise ValueError("nobody dies in the open interval")
    dying = np.ones(len(age))
    dying[:-1] = width * rate[:-1] / (1 + (1 - lived[:-1]) * width * rate[:-1])
    if dying.max() > 1:
        raise ValueError("more die in an interval than reach it")
    surviving = np.concatenate([[1.0], np.cumprod(1 - dying[:-1])])
    person_years = np.empty(len(age))
    person_years[:-1] = width * (surviving[1:] + lived[:-1] * (surviving[:-1] - surviving[1:]))
    person_years[-1] = surviving[-1] / rate[-1]
    return LifeTable(age, lived, dying, deaths, surviving, person_years)


def expectancy(table: LifeTable, share: Floats | None = None) -> Floats:
    """Years that are left at each age, or those of them that are lived in health (Sullivan's method).

    Parameters
    ----------
    table : LifeTable
    share : float64, shape (n_ages,), optional
        Who is in health in each interval; everybody without it, which gives the life expectancy.

    Returns
    -------
    float64, shape (n_ages,)
        NaN at ages that nobody reaches.

    References
    ----------
    Sullivan, D. F. (1971): A single index of mortality and morbidity. HSMHA Health Reports 86, 347-354.
    """
    years = table.person_years if share is None else table.person_years * share
    to_come, left = np.cumsum(years[::-1])[::-1], np.full(len(years), np.nan)
    np.divide(to_come, table.surviving, out=left, where=table.surviving > 0)
    return left


def variance_of_deaths(table: LifeTable, start: int, share: Floats | None = None) -> float:
    """The part of the variance of `expectancy` at an age that chance deaths make up.

    Parameters
    ----------
    table : LifeTable
    start : int
        Which age.
    share : float64, shape (n_ages,), optional
        As in `expectancy`.

    Returns
    -------
    float
        Square years.

    Notes
    -----
    Chiang's: the sum over intervals of (l / l_start)^2 (e' + (1 - a) n)^2 q^2 (1 - q) / D, with e' what is left at the
    next age and D the deaths. In Chiang's the open interval adds nothing; Silcocks et al. add that its death rate is
    uncertain too: (l / l_start)^2 / (M^2 D). With shares in health h, (1 - a) n is multiplied by h, and the last by
    h^2: the same derivatives of a sum of healthy years (own derivation; with h = 1 it is Chiang's).

    References
    ----------
    Chiang (1984), as in `life_table`. Silcocks, Jenner and Reza (2001): Life expectancy as a summary of mortality in a
    population. J. Epidemiol. Community Health 55, 38-43.
    """
    health = np.ones(len(table.age)) if share is None else share
    left, q, n_deaths = expectancy(table, share), table.dying, table.deaths
    with np.errstate(invalid="ignore"):
        reached = (table.surviving / table.surviving[start]) ** 2
    inner = slice(start, len(q) - 1)
    of_chance = np.zeros(len(q))
    np.divide(q**2 * (1 - q), n_deaths, out=of_chance, where=n_deaths > 0)
    lost = np.nan_to_num(left[1:]) + (1 - table.lived[:-1]) * np.diff(table.age) * health[:-1]
    closed = reached[inner] * lost[start:] ** 2 * of_chance[inner]
    last = left[-1] ** 2 / n_deaths[-1] * reached[-1] if table.surviving[-1] > 0 else 0.0
    return float(closed.sum() + last)


def variance_of_answers(table: LifeTable, start: int, share: Floats, band: Ints, asked: Floats) -> float:
    """The part of the variance of healthy years at an age that the sample of a survey makes up.

    Parameters
    ----------
    table : LifeTable
    start : int
        Which age.
    share : float64, shape (n_bands,)
        Who is in health of those asked, by age band of the survey.
    band : int64, shape (n_ages,)
        The survey's band of each interval; those before `start` do not matter.
    asked : float64, shape (n_bands,)

    Returns
    -------
    float
        Square years.

    Notes
    -----
    The sum over bands of (L / l_start)^2 h (1 - h) / N, with L the years lived in a band and N how many were asked.

    References
    ----------
    Hauet, E. (1996, revised 1997): Practical Guide on Health Expectancy Calculation: Sullivan Method. EURO-REVES,
    annex, equation 21, of shares whose variance is that of a simple sample.
    """
    years = np.zeros(len(share))
    np.add.at(years, band[start:], table.person_years[start:] / table.surviving[start])
    used = years > 0
    return float((years[used] ** 2 * share[used] * (1 - share[used]) / asked[used]).sum())
