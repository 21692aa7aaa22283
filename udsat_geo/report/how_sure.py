"""How sure a designation is, for whoever reads about it: three colours and three sentences.

Of chance (`udsat_geo.analysis.certainty`) and of settings (`udsat_geo.analysis.sensitivity`) the same is told: what is
in whatever happens, what could go either way, and what is out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.analysis.certainty import SURE as SURE_OF_CHANCE
from udsat_geo.analysis.certainty import Certainty
from udsat_geo.analysis.sensitivity import SURE as SURE_OF_SETTINGS
from udsat_geo.analysis.sensitivity import Sensitivity
from udsat_geo.analysis.space_words import key_in_words
from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.report.few import tens_in_words

CERTAINTY, SENSITIVITY = "certainty", "sensitivity"
"""What is asked: chance, or settings."""
SURE_FROM = {CERTAINTY: SURE_OF_CHANCE, SENSITIVITY: SURE_OF_SETTINGS}
"""From which share on a place is sure."""
UNKNOWN, OUT, EITHER, SURE = -1, 0, 1, 2
"""Of a unit: without a share, out, could go either way, sure."""
TITLES = {
    CERTAINTY: N_("How sure the areas are: if chance fell otherwise"),
    SENSITIVITY: N_("How sure the areas are: if the policy were set otherwise"),
}
CLASSES = {SURE: N_("sure"), EITHER: N_("could go either way"), OUT: N_("out")}
"""What the three colours stand for."""
_FIRST = {
    CERTAINTY: N_(
        "Of {inside} residents in the areas, {sure} ({share} %) live where the designation is sure: it would be the "
        "same in at least {percent} of 100 cities that chance could as well have made of the same homes."
    ),
    SENSITIVITY: N_(
        "Of {inside} residents in the areas, {sure} ({share} %) live where the settings hardly matter: at least "
        "{percent} of 100 variants of the policy designate it."
    ),
}
_SECOND = {
    CERTAINTY: N_("{inside} in the areas and {outside} outside them live where it could have gone either way."),
    SENSITIVITY: N_("{inside} in the areas and {outside} outside them live where it depends on how the policy is set."),
}
_BY_CHANCE = N_(
    "If chance fell otherwise, about {leaving} of those in areas would be left out, and about {coming} others would "
    "come in."
)
_BY_SETTINGS = N_("How many are designated depends most on this: {settings}.")
_BY_NONE = N_("None of the settings tried changes how many are designated.")
_NAMED = 2
"""So many of the settings that matter most are named."""


@dataclass(frozen=True)
class HowSure:
    """How often each unit is designated, by chance or by settings.

    Attributes
    ----------
    about : str
        `CERTAINTY` or `SENSITIVITY`.
    share : float64, shape (n_units,)
        Of the draws or variants; NaN is not known.
    inside : bool, shape (n_units,)
        Whether the designation has it in an area.
    residents : int64, shape (n_units,)
    settings : tuple of str
        The keys that matter for how many are designated, the most first; of settings alone.
    """

    about: str
    share: Floats
    inside: NDArray[np.bool_]
    residents: Ints
    settings: tuple[str, ...] = ()

    @property
    def classes(self) -> Ints:
        """`SURE`, `EITHER`, `OUT` or `UNKNOWN`, shape (n_units,)."""
        sure = SURE_FROM[self.about]
        found = np.full(len(self.share), OUT, dtype=np.int64)
        found[(self.inside & (self.share < sure)) | (~self.inside & (self.share > 1 - sure))] = EITHER
        found[self.inside & (self.share >= sure)] = SURE
        found[np.isnan(self.share)] = UNKNOWN
        return found

    def sentences(self, labels: dict[str, str], language: str) -> tuple[str, str, str]:
        """What it comes to, in three plain sentences; `labels` are those of the criteria by key.

        Numbers are in tens, and none is told of a few people: beside a map they could be those of a single unit.
        """
        classes, people, share = self.classes, self.residents, np.nan_to_num(self.share)
        inside, sure = int(people[self.inside].sum()), int(people[classes == SURE].sum())
        either = classes == EITHER
        first = _(_FIRST[self.about], language).format(
            inside=tens_in_words(inside, language),
            sure=tens_in_words(sure, language),
            share=decimal(100 * sure / inside, 0, language) if inside else "–",
            percent=round(100 * SURE_FROM[self.about]),
        )
        second = _(_SECOND[self.about], language).format(
            inside=tens_in_words(int(people[either & self.inside].sum()), language),
            outside=tens_in_words(int(people[either & ~self.inside].sum()), language),
        )
        if self.about == CERTAINTY:
            third = _(_BY_CHANCE, language).format(
                leaving=tens_in_words(round(float((people * (1 - share))[self.inside].sum())), language),
                coming=tens_in_words(round(float((people * share)[~self.inside].sum())), language),
            )
        elif self.settings:
            named = [f"“{key_in_words(key, labels, language)}”" for key in self.settings[:_NAMED]]
            third = _(_BY_SETTINGS, language).format(settings=_(", then ", language).join(named))
        else:
            third = _(_BY_NONE, language)
        return first, second, third


def of_certainty(found: Certainty) -> HowSure:
    """What draws say."""
    made = found.designation
    return HowSure(CERTAINTY, found.p_designated, made.areas.area_of_unit >= 0, made.units.residents)


def of_sensitivity(found: Sensitivity) -> HowSure:
    """What variants say."""
    made = found.designation
    totals = [] if found.shares is None else found.shares.total[0].tolist()
    settings = most_first(list(zip(found.factors, totals, strict=False)))
    return HowSure(SENSITIVITY, found.share_of_variants, made.areas.area_of_unit >= 0, made.units.residents, settings)


def most_first(settings: list[tuple[str, Any]]) -> tuple[str, ...]:
    """Keys by their total shares of the variance, the largest first; those without any are left out."""
    known = [(key, share) for key, share in settings if share is not None and share > 0]
    return tuple(key for key, _share in sorted(known, key=lambda each: -each[1]))
