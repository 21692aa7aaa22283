"""How much chance moves the map: the same city drawn again and again, with and without a threshold for leaving.

    python scripts/flicker.py [--draws 50] [--year 2021]

Every draw takes as many residents as the registers hold, with replacement, and designates; each is the previous
designation of the next. Prints how many units change side from one draw to the next. Without `leave` a unit near the
edge threshold goes in and out by who happened to be drawn.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import Memory
from udsat_geo.designation.designation import Inputs, read_units
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import score_units
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.units.edges import find_edges

LEAVE = (None, 0.4, 0.3, 0.2)
KEPT_AS_THEY_ARE = ("dwellings.parquet", "addresses.parquet", "registers.toml")


@dataclass
class Flicker:
    """What changed from draw to draw under one policy.

    Attributes
    ----------
    units, residents, areas : list of int
        Units that changed side, their residents, and how many areas there are, draw by draw.
    """

    policy: Policy
    inside: dict[str, int] | None = None
    units: list[int] = field(default_factory=list)
    residents: list[int] = field(default_factory=list)
    areas: list[int] = field(default_factory=list)


def draw_registers(source: Path, folder: Path, rng: np.random.Generator) -> None:
    """Registers in which every row of the residents is one drawn from the source, with replacement."""
    folder.mkdir()
    for name in KEPT_AS_THEY_ARE:
        shutil.copy(source / name, folder / name)
    # who is drawn twice is two people
    residents = pq.read_table(source / "residents.parquet").drop_columns("person_id")
    drawn = np.sort(rng.integers(0, residents.num_rows, residents.num_rows))
    pq.write_table(residents.take(drawn), folder / "residents.parquet", compression="none")


def designate_draw(folder: Path, year: int, policy: LoadedPolicy, flickers: list[Flicker]) -> None:
    """One draw under every policy, each against its own draw before."""
    units, _ = read_units(Inputs(folder, None, "synthetic"), policy)
    scores = score_units(units, policy.policy)
    for flicker in flickers:
        edges = find_edges(units, flicker.policy)
        memory = None
        names = units.unit_id.tolist()
        if flicker.inside is not None:
            before = np.array([flicker.inside.get(name, -1) for name in names], dtype=np.int64)
            memory = Memory(year, before, np.full(int(before.max(initial=-1)) + 1, -1, dtype=np.int64))
        areas = form_areas(units, scores, edges, flicker.policy, None, memory)
        now = areas.area_of_unit
        if memory is not None:
            turned = (now >= 0) != (memory.area_of_unit >= 0)
            flicker.units.append(int(turned.sum()))
            flicker.residents.append(int(units.residents[turned].sum()))
        flicker.areas.append(len(areas))
        flicker.inside = dict(zip(names, now.tolist(), strict=True))


def main() -> None:
    """Draw, designate and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--year", type=int, default=2021)
    options = parser.parse_args()
    policy = load_policy("kbh-2017")
    rule = policy.policy
    flickers = [
        Flicker(rule.model_copy(update={"incumbents": rule.incumbents.model_copy(update={"leave": leave})}))
        for leave in LEAVE
    ]
    source = cached_registers(options.year)
    rng = np.random.default_rng(2021)
    for number in range(options.draws):
        with tempfile.TemporaryDirectory(prefix="udsat-flicker-") as name:
            draw_registers(source, Path(name) / "registers", rng)
            designate_draw(Path(name) / "registers", options.year, policy, flickers)
        print(f"draw {number + 1} of {options.draws}", end="\r", file=sys.stderr)
    print(f"kbh-2017 over the synthetic city of {options.year}, {options.draws} draws of its residents")
    print(f"  {'leave':>6} {'units that change side':>24} {'their residents':>16} {'areas, least-most':>18}")
    for leave, flicker in zip(LEAVE, flickers, strict=True):
        units, residents = np.array(flicker.units), np.array(flicker.residents)
        spread = f"{min(flicker.areas)}-{max(flicker.areas)}"
        told = "off" if leave is None else f"{leave:g}"
        print(f"  {told:>6} {units.mean():>17.1f} a draw {residents.mean():>16,.0f} {spread:>18}")


if __name__ == "__main__":
    main()
