"""The built-in policies, the changelog and the page's own words as they are."""

from __future__ import annotations

import re
from pathlib import Path

from documentation.tables import code, table
from udsat_geo.messages.translate import _
from udsat_geo.policy.chain import GROUPS
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import text_in
from udsat_geo.report.page.words import own_file


def changelog(root: Path) -> str:
    """The changelog without its own heading."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return text.split("\n", 1)[1].strip()


def policies() -> str:
    """The policies that come with the product."""
    rows = []
    for group, names in GROUPS.items():
        for place, name in enumerate(names):
            policy = load_policy(name).policy
            first, last = policy.years
            open_ = ", ".join(code(key) for key, figure in policy.references.items() if figure.value is None)
            whose, title = ("" if place else group), text_in(policy.title, "en")
            rows.append((whose, code(name), title, f"{first}-{last}", policy.source, open_))
    return table(("", "name", "title", "years", "source", "figures to give"), rows)


def glossary() -> str:
    """What the report page explains, in the order in which it does, with the Danish words of it."""
    pairs = re.findall(r'<dt data-t="([^"]+)"></dt>\s*<dd data-t="([^"]+)"></dd>', own_file("page.html"))
    rows = [(f"*{_(term, 'da')}*", term, " ".join(told.split())) for term, told in pairs]
    return table(("Danish", "English here", "what it is"), rows)
