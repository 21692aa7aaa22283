"""Two scales for one city: the year's own, which asks who is worst off now, and a yardstick that stays.

A mean and a spread that are taken anew each year cannot see that a whole city gets better: halve every gap, and the
same areas come out. By the city's rates and spreads of one year that are held, they shrink.
"""

from __future__ import annotations

from dataclasses import dataclass

from udsat_geo.areas.decisions import Decisions
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import Areas, Memory
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, Yardstick, on_scale
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units


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
            "By the year's own scale {areas} areas and {residents} residents; by the yardstick of {of} {areas_of} and "
            "{residents_of}. The year's own scale decides."
        )
        if self.decides == "yardstick":
            text = N_(
                "By the year's own scale {areas} areas and {residents} residents; by the yardstick of {of} {areas_of} "
                "and {residents_of}. The yardstick decides."
            )
        return _(text, language).format(
            areas=self.by_year.areas,
            residents=decimal(self.by_year.residents, 0, language),
            of=self.yardstick.year,
            areas_of=self.by_yardstick.areas,
            residents_of=decimal(self.by_yardstick.residents, 0, language),
        )


def form_on_both_scales(
    year: int,
    yardstick: Yardstick | None,
    units: Units,
    scores: Scores,
    edges: Edges,
    policy: Policy,
    barriers: Barriers | None = None,
    memory: Memory | None = None,
    ran_before: Flags | None = None,
    decisions: Decisions | None = None,
    places: Ints | None = None,
) -> tuple[Scores, Areas, Scales | None]:
    """Form the areas by the scale that decides, and count those of the other.

    Parameters
    ----------
    year : int
    yardstick : Yardstick or None
        Of the year that ``score.scale_of`` names, where one was found; of the year itself none is needed.
    scores : Scores
        By the year's own scale.
    units, edges, policy, barriers, memory, ran_before, decisions, places
        As for `udsat_geo.areas.forming.form_areas`.

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

    def formed(by: Scores) -> Areas:
        return form_areas(units, by, edges, policy, barriers, memory, ran_before, decisions, places)

    held = policy.score.scale_of
    if held is None:
        return scores, formed(scores), None
    if yardstick is None and held == year:
        yardstick = Yardstick(year, policy.keys, scores.city, scores.spread)
    by_yardstick = policy.score.decides == "yardstick"
    if yardstick is None:
        if by_yardstick:
            what = _("decides by the scale of {year}, and neither a designation nor registers of that year are there")
            remedy = _("Designate {year} into the same folder first, or write its numbers into [score.scale].")
            where = policy.place("score.scale_of")
            raise InputError(Problem(where, what.format(year=held), remedy.format(year=held)))
        return scores, formed(scores), None
    by_held = on_scale(scores, policy, yardstick.city, yardstick.spread)
    own, other = formed(scores), formed(by_held)
    by_year, by_that = (Designated(len(areas), int(areas.residents.sum())) for areas in (own, other))
    beside = scores.composite if by_yardstick else by_held.composite
    scales = Scales(yardstick, policy.score.decides, by_year, by_that, beside)
    return (by_held, other, scales) if by_yardstick else (scores, own, scales)
