"""What every layer and column is called and means, in Danish and English: what data dictionaries, styles, comments on
columns and the documentation are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from udsat_geo.io.column_wording import COLUMN_TEXTS, CRITERION_TEXTS, LAYER_TEXTS, MEASURED

PER_CRITERION = ("rate_", "gap_")
"""How the columns begin that there is one of for each criterion."""


@dataclass(frozen=True)
class Described:
    """A title of a few words, and what it means in a sentence or two."""

    title: str
    text: str


def describe_layer(layer: str, language: str) -> Described:
    """The title and the meaning of a layer.

    Parameters
    ----------
    layer : str
        One of `udsat_geo.io.layers.SPATIAL` or `TABLES`, or ``links``.
    language : {"da", "en"}
    """
    return Described(*LAYER_TEXTS[language][layer])


def describe_column(
    layer: str, column: str, language: str, criteria: Iterable[Mapping[str, Any]] = ()
) -> Described | None:
    """The title and the meaning of a column; None of one that is not ours.

    Parameters
    ----------
    layer, column : str
    language : {"da", "en"}
    criteria : iterable of mappings
        As in the summary: ``key``, ``label`` in the summary's language, ``share`` (a fraction of 0 to 1) and ``unit``.

    Notes
    -----
    A column means the same in every layer but where `COLUMN_TEXTS` has a text for ``layer.column``.
    """
    texts = COLUMN_TEXTS[language]
    known = texts.get(f"{layer}.{column}") or texts.get(column)
    if known is not None:
        return Described(*known)
    for criterion in criteria:
        for beginning in PER_CRITERION:
            if column == f"{beginning}{criterion['key']}":
                return _of_criterion(layer, beginning, criterion, language)
    return None


def _of_criterion(layer: str, beginning: str, criterion: Mapping[str, Any], language: str) -> Described:
    words = MEASURED[language]
    unit = words["share"] if criterion.get("share") else str(criterion.get("unit") or words["no_unit"])
    told = {"label": criterion["label"], "unit": unit, "against": words["city" if layer == "units" else "rest_of_city"]}
    title, text = (part.format(**told) for part in CRITERION_TEXTS[language][beginning])
    return Described(title, text)
