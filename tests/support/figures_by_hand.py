"""Figures by hand: what three criteria, three years and a few areas show."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from udsat_geo.changes.lineage import Flows, Lineage, Nodes
from udsat_geo.report.canvas import Origin
from udsat_geo.report.charts import Compared, GapLines
from udsat_geo.report.flow_chart import FlowChart

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


def lineage_of(
    years: tuple[int, ...], name: Sequence[str], flows: Sequence[tuple[int, int, int]], **nodes: Any
) -> Lineage:
    """A lineage of areas by hand: its flows as (tail, head, residents), arrays of its nodes by name; others are 0."""
    tail, head, residents = np.array(flows, dtype=np.int64).reshape(-1, 3).T
    plain = np.zeros(len(name), dtype=np.int64)
    names = np.array([*name, None], dtype=object)[:-1]
    known = {field.name: plain for field in dataclasses.fields(Nodes)}
    known |= {"area_id": names, "name": names, "chain": names, "event": names == "", "ends": plain > 0}
    of_flows = {"units": tail, "linked": tail >= 0, "continues": tail >= 0}
    return Lineage(years, Nodes(**known | nodes), Flows(tail, head, residents, **of_flows))


def ints(*values: int) -> np.ndarray:
    """Whole numbers as an array."""
    return np.array(values, dtype=np.int64)


CHART = FlowChart(
    lineage_of(
        (2017, 2021, 2025),
        ("West", "East", "West", "North", "West", "North"),
        [(0, 2, 5100), (2, 4, 6100), (3, 5, 1600)],
        year=ints(2017, 2017, 2021, 2021, 2025, 2025),
        residents=ints(5000, 2000, 6000, 1500, 6500, 1600),
        from_outside=ints(0, 0, 900, 1500, 400, 0),
        to_outside=ints(100, 2100, 0, 0, 0, 0),
        event=np.array([None, None, "grown", "added", "grown", "grown"], dtype=object),
        ends=np.array([False, True, False, False, False, False]),
    ),
    REGISTERS,
    "en",
)
"""West goes on and grows, East is removed in 2021, North is added in 2021 and goes on."""
