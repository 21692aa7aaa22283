"""What public sets say in words: the classes of composites, and by which rule numbers are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

CLASSES = (-0.5, 0.0, 0.5, 1.0)
"""The classes of composites, by their bounds; own choice."""


def class_texts(composite: Floats, language: str) -> list[str | None]:
    """The class of each composite in words; None where there is none."""
    names = list(class_names(language))
    number = np.searchsorted(np.array(CLASSES), composite, side="right")
    return [None if np.isnan(value) else names[n] for value, n in zip(composite.tolist(), number.tolist(), strict=True)]


def class_names(language: str) -> Iterator[str]:
    """The classes of composites in words, from the least."""
    shown = [decimal(bound, 1, language) for bound in CLASSES]
    yield _("below {bound}", language).format(bound=shown[0])
    for low, high in pairwise(shown):
        yield _("{low} to {high}", language).format(low=low, high=high)
    yield _("from {bound}", language).format(bound=shown[-1])


def released(content: Mapping[str, Any]) -> str:
    """By which rule a public set was made, in words."""
    release, language = content["release"], content["language"]
    if release["most_noise"]:
        how = _("Numbers of people are changed by at most {n}", language).format(n=release["most_noise"])
    else:
        how = _("Numbers of people are rounded to the nearest {n}", language).format(n=release["round_to"])
    text = _("{how}, and fewer than {least} are withheld, by the release policy {id}.", language)
    return text.format(how=how, least=release["withheld_below"], id=release["id"])
