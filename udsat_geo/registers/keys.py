"""Keys that are one and the same, written in two ways: what a spreadsheet or another program made of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from udsat_geo.messages.translate import N_, _


def written_alike(key: str) -> str:
    """SQL of what is left of a key without zeros in front, decimals that are zero, spaces and letter case.

    Parameters
    ----------
    key : str
        SQL of a text.
    """
    bare = f"regexp_replace(lower(nfc_normalize({key})), '[\\s\u00a0\u202f]', '', 'g')"
    return f"ltrim(regexp_replace({bare}, '[.,]0+$', ''), '0')"


_STEPS: dict[str, Callable[[str], str]] = {
    N_("how letters and their marks are put together"): lambda key: unicodedata.normalize("NFC", key),
    N_("spaces"): lambda key: "".join(key.split()),
    N_("letter case"): str.lower,
    N_("decimals that are zero"): lambda key: re.sub(r"[.,]0+$", "", key),
    N_("zeros in front"): lambda key: key.lstrip("0"),
}
"""What keys may differ in -> what takes it away, in this order."""


def difference_of_keys(here: str, there: str) -> str:
    """In words, what two keys differ in that `written_alike` makes one of."""

    def equal_but_for(left_out: str) -> bool:
        texts = [here, there]
        for name, step in _STEPS.items():
            texts = texts if name == left_out else [step(text) for text in texts]
        return texts[0] == texts[1]

    found = [name for name in _STEPS if not equal_but_for(name)]
    return _(" and ").join(_(name) for name in found or ["how letters and their marks are put together"])
