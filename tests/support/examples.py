"""How many examples a test that makes up its own tries, by how thorough the run is."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

IN_A_WHOLE_CHECK = 60
"""What a test without a wish of its own tries where all tests run; see `conftest.py`."""


def examples(number: int, **others: Any) -> settings:
    """So many in a whole check, a tenth of them among the quick tests."""
    quick = settings.default.max_examples < IN_A_WHOLE_CHECK
    return settings(max_examples=max(number // 10, 5) if quick else number, **others)
