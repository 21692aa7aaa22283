"""Where tests find what lies in the repository, and open data beside it, which is not part of it."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
POLICIES = REPOSITORY / "tests" / "policies"
SHARED = REPOSITORY.parent / "shared"
REAL = SHARED / "real"
