"""Units that only one of two designations has, and whether their ids only changed their writing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal


@dataclass(frozen=True)
class UnitsOfOne:
    """The units that only one of two designations has.

    Attributes
    ----------
    before, now : tuple of str
        Their ids, in order.
    in_common : int
        How many units both have.
    renamed : tuple of (str, str)
        Earlier id and id of now, of units whose ids differ by leading zeros, letter case, spaces or the form of their
        letters alone.
    """

    before: tuple[str, ...]
    now: tuple[str, ...]
    in_common: int
    renamed: tuple[tuple[str, str], ...]

    @property
    def are_suspicious(self) -> bool:
        """Whether ids seem to have changed, rather than units to have come and gone."""
        return bool(self.renamed) or (bool(self.before and self.now) and 2 * self.in_common < len(self.now))

    def told(self, language: str) -> tuple[str, ...]:
        """What is said of them; nothing where both have the same units."""
        if not self.before and not self.now:
            return ()
        text = _(
            "Units that only one designation has: {before} before, {now} now; nobody counts in the former now", language
        )
        text = text.format(before=decimal(len(self.before), 0, language), now=decimal(len(self.now), 0, language))
        examples = [
            _("{examples} before", language).format(examples=", ".join(self.before[:3])) if self.before else "",
            _("{examples} now", language).format(examples=", ".join(self.now[:3])) if self.now else "",
        ]
        text += f" ({'; '.join(filter(None, examples))})"
        if self.renamed:
            text += _(
                ". {n} of them have ids that are written in two ways: {now} here, {before} there; write them alike, or "
                "areas do not go on",
                language,
            ).format(n=decimal(len(self.renamed), 0, language), now=self.renamed[0][1], before=self.renamed[0][0])
        return (text,)


def units_of_one(before: Sequence[str], now: Sequence[str]) -> UnitsOfOne:
    """Hold the ids of two designations against each other.

    Parameters
    ----------
    before, now : sequence of str
        The ids of all units.
    """
    earlier, current = set(before), set(now)
    gone, new = sorted(earlier - current), sorted(current - earlier)
    place = {_plain(unit): unit for unit in gone}
    renamed = tuple((place[_plain(unit)], unit) for unit in new if _plain(unit) in place)
    return UnitsOfOne(tuple(gone), tuple(new), len(earlier & current), renamed)


def _plain(unit: str) -> str:
    """An id without what programs change when they write it anew."""
    text = "".join(unicodedata.normalize("NFKC", unit).casefold().split())
    if text.endswith(".0"):
        text = text[:-2]
    return text.lstrip("0") or "0"
