"""The table of all bad input, a module for each kind; `test_bad_input.py` runs it."""

from __future__ import annotations

from bad_input.calls import CALLS
from bad_input.files import FILES
from bad_input.places import PLACES
from bad_input.policies import POLICIES
from bad_input.row import CELLS_CSV, CSV, LAW, MINE, RAW, ZONES, Row
from bad_input.rows import ROWS
from bad_input.rules import RULES, RUNNING
from bad_input.surrounding_files import SURROUNDING_FILES
from bad_input.surroundings import SURROUNDINGS

ALL = (*FILES, *ROWS, *PLACES, *POLICIES, *RULES, *RUNNING, *SURROUNDINGS, *SURROUNDING_FILES, *CALLS)

__all__ = ["ALL", "CELLS_CSV", "CSV", "LAW", "MINE", "RAW", "ZONES", "Row"]
