"""The synthetic city of 2017 and 2021, gathered once for all tests of its figures."""

from __future__ import annotations

import pytest

from udsat_geo.policy.load import load_policy
from udsat_geo.report.figures import FiguresJob, Shown, gather


@pytest.fixture(scope="session")
def shown() -> Shown:
    """What the figures of 2017 and 2021 show, in Danish."""
    return gather(FiguresJob((2017, 2021), load_policy("kbh-2017")))
