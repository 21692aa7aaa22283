"""A continent in pieces: registers of any size, read by workers, and what 450 million residents would take.

``python scripts/continent.py --millions 3,6,12`` makes registers of so many million residents, piece by piece (each a
part of the size of half a million people, with towns and estates of its own), has them read by two workers, makes the
designation on this machine of the cells that can matter to areas, and has it written as GeoParquet. It prints what each
stage took of a processor, what workers handed to each other and how much memory they took; fits how each grows with the
residents; and reckons from that what 450 million residents would take on 16 machines of 4 processors. That line is an
extrapolation, and says so.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "benchmark"))

from make_denmark import Scale, scale_of, write_registers

from udsat_geo.cluster.registers import OnWorkers
from udsat_geo.cluster.workers import workers_at
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.layers import differences, layers_of
from udsat_geo.files.read import read_layers
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy

OF_A_PIECE = 500_000
SIDE_M, PIECES_IN_A_ROW = 117_000, 10
"""As densely settled as Denmark; so many pieces from west to east lie where EPSG:25832 is used."""
WEST, SOUTH = -100_000, 4_600_000
KEYS_OF_A_PIECE = 1 << 24
CONTINENT, MACHINES, PROCESSORS = 450_000_000, 16, 4
TABLES = ("addresses", "dwellings", "residents")
STAGES = ("addresses", "dwellings", "checks", "values", "middle", "residents", "places", "sums", "tiles",
          "bands", "chosen", "units", "written")  # fmt: skip
HERE, FILES = "this machine", "its files"
YEAR = 2025


@dataclass(frozen=True)
class Taken:
    """What a run took.

    Attributes
    ----------
    residents : int
    seconds : dict
        Stage -> seconds of a processor; `HERE` is what this machine did by itself up to the designation, and `FILES`
        what it did to write it.
    exchanged : int
        Bytes that workers wrote for each other.
    peak, here : int
        The most memory that a worker, and this process, took, in bytes.
    wall : float
        Seconds from the first task to the last file.
    cells, held, areas : int
        `held` are the cells that this machine had.
    """

    residents: int
    seconds: Mapping[str, float]
    exchanged: int
    peak: int
    here: int
    wall: float
    cells: int
    held: int
    areas: int


def scale_of_piece(number: int) -> Scale:
    """The totals of a piece, and where it lies."""
    like = scale_of(OF_A_PIECE, "country")
    west = WEST + number % PIECES_IN_A_ROW * SIDE_M
    south = SOUTH + number // PIECES_IN_A_ROW * SIDE_M
    sides = (west, south, west + SIDE_M, south + SIDE_M)
    return Scale(like.residents, like.dwellings, like.addresses, like.cells, like.towns, *sides, like.urban_share)


def make_pieces(folder: Path, n_pieces: int) -> None:
    """Write the pieces that are not there, one after the other; each is a part of all three tables."""
    for name in TABLES:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number in range(n_pieces):
        if (folder / TABLES[-1] / f"part-{number:05d}.parquet").exists():
            continue
        piece = folder / "piece"
        write_registers(piece, scale_of_piece(number), seed=number, first=number * KEYS_OF_A_PIECE)
        for name in TABLES:
            (piece / f"{name}.parquet").rename(folder / name / f"part-{number:05d}.parquet")
        shutil.rmtree(piece)


def first_pieces(folder: Path, n_pieces: int, into: Path) -> Path:
    """Registers of the first pieces: the same files under another folder."""
    for name in TABLES:
        (into / name).mkdir(parents=True)
        for number in range(n_pieces):
            part = f"part-{number:05d}.parquet"
            (into / name / part).hardlink_to(folder / name / part)
    return into


def run(folder: Path, n_pieces: int, n_workers: int, check: bool) -> Taken:
    """Designate registers by workers; with `check`, hold the files to those of one machine."""
    policy, began, out = load_policy("kbh-2017"), time.process_time(), folder.parent / "out"
    with workers_at(f"local:{n_workers}", None) as workers:
        started = time.perf_counter()
        elsewhere = OnWorkers(workers, holds_few=True, least_cells=0)
        made = designate(YEAR, policy, Inputs(folder, None, "registers", year=YEAR, elsewhere=elsewhere))
        until_made = time.process_time()
        summary = json.loads(write_results(made, out, ("parquet",))[-1].read_text(encoding="utf-8"))
        wall = time.perf_counter() - started
        costs, here = dict(workers.costs), _peak_here()
    taken = {HERE: until_made - began, FILES: time.process_time() - until_made}
    if check:
        whole = designate(YEAR, policy, Inputs(folder, None, "registers", year=YEAR))
        if unlike := differences(layers_of(whole), read_layers(out)):
            raise SystemExit("\n".join(unlike))
    told = [done for stage in costs.values() for done in stage]
    seconds = {stage: sum(done.seconds for done in costs.get(stage, ())) for stage in STAGES}
    return Taken(
        n_pieces * OF_A_PIECE,
        {**seconds, **taken},
        sum(done.size for done in told),
        max(done.peak for done in told),
        here,
        wall,
        summary["units"],
        len(made.units),
        len(made.areas),
    )


def _peak_here() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def exponent(residents: list[int], seconds: list[float]) -> float:
    """How seconds grow: with residents to this power, by least squares of the logarithms."""
    known = [(math.log(r), math.log(s)) for r, s in zip(residents, seconds, strict=True) if s > 0]
    return float(np.polyfit(*zip(*known, strict=True), 1)[0]) if len(known) > 1 else math.nan


def table(runs: list[Taken]) -> list[str]:
    """What each stage took, a column for each run, and how it grows."""
    head = "".join(f"{each.residents / 1e6:>9.1f} M" for each in runs)
    lines = [f"{'seconds of a processor':<26}{head}   power  a million"]
    for stage in (*STAGES, HERE, FILES):
        taken = [each.seconds[stage] for each in runs]
        grows = exponent([each.residents for each in runs], taken)
        last = taken[-1] / runs[-1].residents * 1e6
        lines.append(f"  {stage:<24}" + "".join(f"{each:>11.2f}" for each in taken) + f"{grows:>8.2f}{last:>11.3f}")
    whole = [sum(each.seconds.values()) for each in runs]
    grows = exponent([each.residents for each in runs], whole)
    million = "".join(f"{each:>11.2f}" for each in whole)
    lines.append(f"  {'all':<24}{million}{grows:>8.2f}{whole[-1] / runs[-1].residents * 1e6:>11.3f}")
    for what, values in (
        ("wall, seconds", [f"{each.wall:.1f}" for each in runs]),
        ("exchanged, bytes each", [f"{each.exchanged / each.residents:.1f}" for each in runs]),
        ("a worker's peak, MB", [f"{each.peak / 1e6:.0f}" for each in runs]),
        ("this machine's peak, MB", [f"{each.here / 1e6:.0f}" for each in runs]),
        ("cells", [f"{each.cells:,}" for each in runs]),
        ("of them held here", [f"{each.held:,}" for each in runs]),
        ("areas", [f"{each.areas:,}" for each in runs]),
    ):
        lines.append(f"{what:<26}" + "".join(f"{value:>11}" for value in values))
    return lines


def slope(runs: list[Taken], of: list[float]) -> float:
    """What one resident more adds, by least squares: what every run takes, whatever its size, is left out."""
    return float(np.polyfit([each.residents for each in runs], of, 1)[0])


def extrapolation(runs: list[Taken]) -> list[str]:
    """What a continent would take, each stage growing on as it grew; never less than with the residents."""
    if len(runs) < 2:
        # what the program takes before it reads a row would grow with the residents
        return [f"{CONTINENT / 1e6:.0f} million are reckoned from two sizes at least, as --millions 6,12,24"]
    last, residents = runs[-1], [each.residents for each in runs]
    grown = {}
    for stage in (*STAGES, HERE, FILES):
        taken = [each.seconds[stage] for each in runs]
        power = exponent(residents, taken)
        beyond = (CONTINENT / last.residents) ** max(0.0, 0.0 if math.isnan(power) else power - 1)
        each = slope(runs, taken)
        grown[stage] = (each if each > 0 else taken[-1] / last.residents) * CONTINENT * beyond
    shared = sum(grown[stage] for stage in STAGES)
    n_processors = MACHINES * PROCESSORS
    by_itself = grown[HERE] + grown[FILES]
    minutes = (shared / n_processors + by_itself) / 60
    exchanged, here, cells = (
        slope(runs, [float(getattr(each, name)) for each in runs]) * CONTINENT
        for name in ("exchanged", "here", "cells")
    )
    return [
        f"{CONTINENT / 1e6:.0f} million on {MACHINES} machines of {PROCESSORS} processors (reckoned, not run):",
        f"  workers {shared:,.0f} s of a processor, {shared / n_processors:,.0f} s of wall; alone",
        f"  this machine {by_itself:,.0f} s: {minutes:.1f} minutes",
        f"  exchanged {exchanged / 1e9:,.0f} GB; a worker {last.peak / 1e6:,.0f} MB, "
        f"this machine {here / 1e9:,.0f} GB ({cells / 1e6:,.0f} million cells)",
    ]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--millions", default="1,2", help="of residents, rising, in steps of half a million")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--work", type=Path, help="keeps the registers in this folder; without, they are removed")
    parser.add_argument("--check", action="store_true", help="hold the files of the smallest to those of one machine")
    asked = parser.parse_args()
    sizes = [round(float(text) * 1e6 / OF_A_PIECE) for text in asked.millions.split(",")]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch) if asked.work is None else asked.work
        began = time.process_time()
        make_pieces(work / "pieces", max(sizes))
        size = sum(path.stat().st_size for path in (work / "pieces").rglob("*.parquet"))
        print(
            f"made {max(sizes)} pieces, {size / 1e9:.2f} GB, in {time.process_time() - began:.0f} s of a processor",
            flush=True,
        )
        runs = []
        for place, n_pieces in enumerate(sizes):
            with tempfile.TemporaryDirectory(dir=work) as folder:
                registers = first_pieces(work / "pieces", n_pieces, Path(folder) / "registers")
                runs.append(run(registers, n_pieces, asked.workers, asked.check and not place))
            print(f"{n_pieces * OF_A_PIECE / 1e6:g} million: {runs[-1].wall:.1f} s of wall", flush=True)
    print("\n".join([*table(runs), *extrapolation(runs)]))


if __name__ == "__main__":
    main()
