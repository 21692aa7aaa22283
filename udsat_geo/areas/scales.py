"""Two scales for one city: the year's own, which asks who is worst off now, and a yardstick that stays.

A mean and a spread that are taken anew each year cannot see that a whole city gets better: halve every gap, and the
same areas come out. By the city's rates and spreads of one year that are held, they shrink.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from udsat_geo.areas.roles import Areas
from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, Yardstick, on_scale


@dataclass(frozen=True)
class Designated:
    """How much one scale designates: the number of areas, and the residents in them."""

    areas: int
    residents: int


@dataclass(frozen=True)
class Scales:
    """What is designated by the year's own scale, and by the yardstick.

    Attributes
    ----------
    yardstick : Yardstick
    decides : {"year", "yardstick"}
        Whose areas are the designation's.
    by_year, by_yardstick : Designated
    composite : float64, shape (n_units,), or None
        By the scale that does not decide; None where the designation is read back.
    """

    yardstick: Yardstick
    decides: str
    by_year: Designated
    by_yardstick: Designated
    composite: Floats | None = None

    def told(self, language: str) -> str:
        """Both numbers in a sentence.

        Parameters
        ----------
        language : {"da", "en"}
        """
        text = N_(
            "By the year's own scale, which decides: {areas} areas, {residents} residents. By the yardstick of {of}: "
            "{areas_of} areas, {residents_of} residents."
        )
        if self.decides == "yardstick":
            text = N_(
                "By the year's own scale: {areas} areas, {residents} residents. By the yardstick of {of}, which "
                "decides: {areas_of} areas, {residents_of} residents."
            )
        return _(text, language).format(
            areas=self.by_year.areas,
            residents=decimal(self.by_year.residents, 0, language),
            of=self.yardstick.year,
            areas_of=self.by_yardstick.areas,
            residents_of=decimal(self.by_yardstick.residents, 0, language),
        )


def on_both_scales(
    year: int, yardstick: Yardstick | None, scores: Scores, policy: Policy, form: Callable[[Scores], Areas]
) -> tuple[Scores, Areas, Scales | None]:
    """Form the areas by the scale that decides, and count those of the other.

    Parameters
    ----------
    year : int
    yardstick : Yardstick or None
        Of the year that ``score.scale_of`` names, where one was found; of the year itself none is needed.
    scores : Scores
        By the year's own scale.
    policy : Policy
    form : callable
        Forms the areas of scores, as `udsat_geo.areas.forming.form_areas` does.

    Returns
    -------
    scores : Scores
        By the scale that decides.
    areas : Areas
    scales : Scales or None
        None where the policy holds no scale, or none was found.

    Raises
    ------
    InputError
        If the yardstick is to decide and there is none.
    """
    held, decides = policy.score.scale_of, policy.score.decides
    if held == year and yardstick is None:
        areas = form(scores)
        found, own = _designated(areas), Yardstick(year, policy.keys, scores.city, scores.spread)
        return scores, areas, Scales(own, decides, found, found, scores.composite)
    if yardstick is None:
        if held is not None and decides == "yardstick":
            what = _("decides by the scale of {year}, and neither a designation nor registers of that year are there")
            remedy = _("Designate {year} into the same folder first, or write its numbers into [score.scale].")
            where = policy.place("score.scale_of")
            raise InputError(Problem(where, what.format(year=held), remedy.format(year=held)))
        return scores, form(scores), None
    by_held = on_scale(scores, policy, yardstick.city, yardstick.spread)
    made, made_by_held = form(scores), form(by_held)
    counts = _designated(made), _designated(made_by_held)
    if decides == "yardstick":
        return by_held, made_by_held, Scales(yardstick, decides, *counts, composite=scores.composite)
    return scores, made, Scales(yardstick, decides, *counts, composite=by_held.composite)


def _designated(areas: Areas) -> Designated:
    return Designated(len(areas), int(areas.residents.sum()))
