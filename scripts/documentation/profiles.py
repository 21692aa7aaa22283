"""The code lists of a profile of registers, with their sources and choices."""

from __future__ import annotations

from documentation.tables import code, table
from udsat_geo.registers.settings import RegisterSettings, profile_content


def code_lists(name: str) -> str:
    """What each code means, by which source, and what of it is our own choice."""
    settings = RegisterSettings.model_validate(profile_content(name))
    parts = []
    for named, codes in settings.codes.items():
        meant: dict[str, list[str]] = {}
        for theirs, ours in codes.values.items():
            meant.setdefault(ours, []).append(theirs)
        rows = [(code(ours) or "no value", ", ".join(theirs)) for ours, theirs in meant.items()]
        columns = ", ".join(map(code, codes.columns or (named,)))
        parts += [
            f"**{columns}.** Source: {' '.join(codes.source.split())}.",
            f"Own choice: {' '.join(codes.choice.split())}",
            table(("our code", "theirs"), rows),
        ]
    return "\n\n".join(parts)
