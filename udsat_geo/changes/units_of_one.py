"""Units that only one of two designations has, and whether their ids only changed their writing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.units.crosswalk import Pairs, pairs_between


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

    def told(self, language: str, residents: tuple[int, int] | None = None) -> tuple[str, ...]:
        """What is said of them; nothing where both have the same units. `residents` are those of zones, of either."""
        if not self.before and not self.now:
            return ()
        text, lived = (
            _(
                "Units that only one designation has: {before} before, {now} now; nobody counts in the former now",
                language,
            ),
            residents or (0, 0),
        )
        if residents is not None:
            text = _(
                "Zones that only one designation has: {before} before with {residents_before} residents, {now} now "
                "with {residents_now}; they count in no change: say with --crosswalk how they belong together",
                language,
            )
        counts = {
            "before": len(self.before),
            "now": len(self.now),
            "residents_before": lived[0],
            "residents_now": lived[1],
        }
        text = text.format(**{name: decimal(count, 0, language) for name, count in counts.items()})
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


def told_of_one(before: AreaSet, now: Members, language: str, always: bool = True) -> tuple[str, ...]:
    """What is said of the units that only one of two designations has; with a crosswalk, of what it carries.

    Parameters
    ----------
    before : AreaSet
    now : Members
        The units of the later one.
    language : {"da", "en"}
    always : bool
        Else only where ids seem to have changed, rather than units to have come and gone.
    """
    then = before.members
    if before.crosswalk is not None:
        pairs = pairs_between(before.crosswalk, then.unit_id, now.unit_id)
        return (_told_of_pairs(before.crosswalk.name, pairs, then, now, language),)
    alone = units_of_one(then.unit_id.tolist(), now.unit_id.tolist())
    if not always and not alone.are_suspicious:
        return ()
    if not now.are_zones:
        return alone.told(language)
    lived = [
        sum(count for unit, count in zip(side.unit_id.tolist(), side.residents.tolist(), strict=True) if unit in ids)
        for side, ids in ((then, set(alone.before)), (now, set(alone.now)))
    ]
    return alone.told(language, (lived[0], lived[1]))


def _told_of_pairs(name: str, pairs: Pairs, then: Members, now: Members, language: str) -> str:
    from_none = np.bincount(pairs.unit_of_now, minlength=len(now)) == 0
    text = N_(
        "{name}: {pairs} pairs carry {before} earlier zones over to {now} of now; zones of now that none leads to: "
        "{alone} with {residents} residents, who count in no change"
    )
    as_they_are = N_("Earlier zones that it leads nowhere from, which are those of now with their ids: {count}")
    counts = {
        "pairs": len(pairs),
        "before": len(then),
        "now": len(now) - int(from_none.sum()),
        "alone": int(from_none.sum()),
        "residents": int(now.residents[from_none].sum()),
    }
    shown = {name: decimal(count, 0, language) for name, count in counts.items()}
    told = _(text, language).format(name=name, **shown)
    if not pairs.as_they_are:
        return told
    return f"{told}. {_(as_they_are, language).format(count=decimal(pairs.as_they_are, 0, language))}"
