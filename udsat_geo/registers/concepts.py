"""What a figure about people may be called, and which way is worse: the vocabulary of `udsat init policy`.

Patterns look in names as `udsat_geo.registers.guessing.phrase_of` writes them. Which of these a policy should count is
its makers' choice; the list holds what policies of this kind count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from udsat_geo.messages.translate import N_


@dataclass(frozen=True)
class Concept:
    """A figure about people.

    Attributes
    ----------
    key : str
    label : str
        Marked.
    pattern : re.Pattern
    worse : {"high", "low"}
    form : {"people", "mean", "m2", "dwellings"}
        ``people``: how many, or which share of them. ``mean``: a figure for each. ``m2``: square metres in all.
    doubt : str
        Marked: why a column of such a name is shown, and not used; empty where it is used.
    """

    key: str
    label: str
    pattern: re.Pattern[str]
    worse: Literal["high", "low"]
    form: Literal["people", "mean", "m2", "dwellings"] = "people"
    doubt: str = ""


_DIRECTION = N_("its name does not say which way is worse, or of whom it speaks")
_CHOICE = N_("whether origin counts as a disadvantage is for the makers of a policy to say")

CONCEPTS = (
    Concept("overcrowded", N_("Overcrowded"), re.compile("overcrowd|crowded|crowding|trangt|_trange_"), "high"),
    Concept(
        "area_per_resident",
        N_("Dwelling area per resident"),
        re.compile("(areal?|m2|sqm|space)_(per|pr)_(pe|capita|res|beb|indb|inh|inw|head)"),
        "low",
        "mean",
    ),
    Concept(
        "dwelling_area",
        N_("Dwelling area per resident"),
        re.compile("_(dwelling|floor|living|bolig|etage|sum|samlet)_?(areal?|space)_|boligareal|_area_m2_"),
        "low",
        "m2",
    ),
    Concept(
        "low_income",
        N_("Low income"),
        re.compile("low_?inc|_lave?_?indkomst|poverty|_poor_|fattig|_low_wage|_pobre|_armut"),
        "high",
    ),
    Concept(
        "outside_labour_market",
        N_("Outside the labour market"),
        re.compile(
            "unemploy|_ledige?_|ledighed|arbejdsloes|jobless|workless|out_of_work|outside_(the_)?labou?r|"
            "uden_?for_arbejdsm|werkloo|arbeitslos|_parados?_|desemple|chomage"
        ),
        "high",
    ),
    Concept(
        "no_education",
        N_("Without education"),
        re.compile(
            "_no_?(qual|educ|diploma|degree)|without_educ|_(uden|ingen)_(\\w+_)?uddann|ufaglaert|unskilled|"
            "_(low|lav)_?(educ|uddann)|less_than_high|kun_grundskole"
        ),
        "high",
    ),
    Concept(
        "benefits",
        N_("On social benefits"),
        re.compile("benefit|welfare|kontanthj|overfoersel|social_assist|offentlig_forsoerg|bijstand|uitkering"),
        "high",
    ),
    Concept(
        "origin",
        N_("Non-western or foreign origin"),
        re.compile("non_?west|ikke_?vest|foreign|immigra|indvandr|efterkom|udlaend|migrant|extranj|auslaend|herkomst"),
        "high",
        doubt=_CHOICE,
    ),
    Concept(
        "income", N_("Income"), re.compile("incom|indkomst|ingreso|_renta_|einkommen|inkomen|earning"), "low", "mean"
    ),
    Concept("education", N_("Education"), re.compile("educ|uddann|schooling"), "low", "mean"),
    Concept("employment", N_("Employment"), re.compile("employ|beskaeftig"), "high", doubt=_DIRECTION),
    Concept(
        "dwellings_per_resident",
        N_("Dwellings per resident"),
        re.compile("dwellings|households|_boliger_|husstande|woningen|_won_|wohnungen|viviendas|housing_units"),
        "low",
        "dwellings",
    ),
)
"""The first whose pattern is found is the one."""

WORKING_AGE = re.compile("work(ing)?_?age|erhvervsaktiv|arbejdsdygtig|_1[5-8]_6[4-9]_")
OF_A_SHARE = re.compile("_(pct|percent|percentage|procent|pc|share|rate|ratio|andel|proportion)_|_pct|percent")
OF_A_COUNT = re.compile("_(count|number|antal|aantal|anzahl|num|n|total|tot)_")
OF_A_MEAN = re.compile("_(avg|average|mean|median|gennemsnit\\w*|gns|snit|medio|media)_")


def concept_of(phrase: str) -> Concept | None:
    """What a name speaks of; None if of nothing known.

    Parameters
    ----------
    phrase : str
        As `udsat_geo.registers.guessing.phrase_of` gives it.
    """
    return next((concept for concept in CONCEPTS if concept.pattern.search(phrase)), None)
