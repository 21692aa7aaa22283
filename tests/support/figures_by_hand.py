"""Figures by hand: what three criteria, three years and a few areas show."""

from __future__ import annotations

import numpy as np
from udsat_geo.report.canvas import Origin
from udsat_geo.report.charts import Compared, GapLines
from udsat_geo.report.flow_chart import AreaFlows, FlowChart

REGISTERS = Origin("registers", "kbh-2017", 2021, {"Low income": 2019, "Origin": 2020, "Space": 2021})

STATUS = Compared(
    year=2021,
    designated=2017,
    until=None,
    label=("Space", "Low income", "Origin"),
    unit=("m²", "", ""),
    areas=np.array([36.0, 40.0, np.nan]),
    rest_of_city=np.array([42.0, 35.5, 10.0]),
    gap=np.array([6.0, 4.5, np.nan]),
    origin=REGISTERS,
    language="en",
)

GAPS = GapLines(
    years=(2017, 2019, 2021),
    designated=2017,
    since=2017,
    by=2025,
    share_left=0.5,
    needed=2,
    label=("Space", "Low income", "Origin"),
    unit=("m²", "", ""),
    gap=np.array([[6.0, 8.0, -1.0], [5.0, 9.0, np.nan], [4.0, 9.5, -2.0]]),
    target=np.array([3.0, 4.0, np.nan]),
    state=("on_the_way", "behind", "no_gap"),
    origin=REGISTERS,
    language="en",
)


def flows_of_three_years() -> AreaFlows:
    """West goes on and grows, East is removed in 2021, North is added in 2021 and goes on."""

    def ints(*values: int) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    return AreaFlows(
        years=(2017, 2021, 2025),
        year=ints(2017, 2017, 2021, 2021, 2025, 2025),
        residents=ints(5000, 2000, 6000, 1500, 6500, 1600),
        from_outside=ints(0, 0, 900, 1500, 400, 0),
        to_outside=ints(100, 2100, 0, 0, 0, 0),
        tail=ints(0, 2, 3),
        head=ints(2, 4, 5),
        shared=ints(5100, 6100, 1600),
    )


CHART = FlowChart(
    flows_of_three_years(),
    ("West", "East", "West", "North", "West", "North"),
    ends=(False, True, False, False, False, False),
    begins=(False, False, False, True, False, False),
    origin=REGISTERS,
    language="en",
)
