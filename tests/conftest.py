"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# repeatable, and never too slow for a busy machine: the first call of a kernel compiles it
settings.register_profile("repeatable", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
