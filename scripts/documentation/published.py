"""The built-in policies and the changelog as they are."""

from __future__ import annotations

from pathlib import Path

from documentation.tables import code, table
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import text_in


def changelog(root: Path) -> str:
    """The changelog without its own heading."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return text.split("\n", 1)[1].strip()


def policies() -> str:
    """The policies that come with the product."""
    rows = []
    for name in BUILT_IN:
        policy = load_policy(name).policy
        first, last = policy.years
        open_ = ", ".join(code(key) for key, figure in policy.references.items() if figure.value is None)
        rows.append((code(name), text_in(policy.title, "en"), f"{first}-{last}", policy.source, open_))
    return table(("name", "title", "years", "source", "figures to give"), rows)
