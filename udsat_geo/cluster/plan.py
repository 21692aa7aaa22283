"""What every task of a run is told: where files lie, what is read of the registers, and by which program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from udsat_geo.cluster.exchange import SUFFIX, Place
from udsat_geo.kernels.arrays import Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.cleaning import CleanTable
from udsat_geo.registers.distributions import KeptValues
from udsat_geo.registers.read import RowValues
from udsat_geo.registers.value_counts import CountedTotal, Middle
from udsat_geo.sources.stores import StorePath

TILE = 512
"""Cells on a side of a tile."""

Tile = tuple[int, int]
"""Row and column of a tile: those of its cells, divided by `TILE`."""


@dataclass(frozen=True)
class Once:
    """Keys that stand once in a table: of persons, or those that ``unique`` names.

    Attributes
    ----------
    table : str
    key : str
        SQL over the raw row.
    """

    table: str
    key: str


@dataclass(frozen=True)
class Run:
    """What every task of any run is told.

    Attributes
    ----------
    folder : Path or StorePath
        Of the run's files, which all workers see.
    program : str
        See `program`.
    language : str
        Of messages.
    """

    folder: Place
    program: str
    language: str

    def path(self, stage: str, number: int) -> Place:
        """The file that a task of a stage writes."""
        return self.folder / f"{stage}-{number:06d}{SUFFIX}"

    def n_tasks(self, stage: str) -> int:
        """How many tasks a stage has."""
        raise NotImplementedError

    def paths(self, stage: str) -> list[Place]:
        """The files of all tasks of a stage."""
        return [self.path(stage, number) for number in range(self.n_tasks(stage))]


@dataclass(frozen=True)
class Plan(Run):
    """What every task is told that reads registers.

    Attributes
    ----------
    policy : Policy
    crs : str
        The reference system to work in.
    tables : mapping
        Name -> the table as it is cleaned.
    columns : tuple of str
        Those of dwellings that travel, beside keys.
    totals : mapping
        Name in ``[let]`` of residents -> how it is counted.
    once : tuple of Once
    n_buckets : int
        How many parts rows are scattered to by their keys.
    middles : mapping
        Number of a total -> where the middle of its values lies, once that is known.
    let : mapping
        Name in ``[let]`` of residents -> its value, once it is known.
    values : RowValues
        What is read of each resident for the criteria that are ratios.
    kept : mapping
        Number of a criterion over residents that is a quantile -> what is read for it.
    salt : str
        What keys are hashed with; empty but where two hashes were equal without.
    mirror : (Path, StorePath), or None
        The folder by whose paths the tables' files are called, where they lie in a store, and the folder there.
    tiles : tuple of tuples of Tile
        Those that have cells, once they are known, by the tasks that unite them: each opens the file of every bucket.
    """

    policy: Policy
    crs: str
    tables: Mapping[str, CleanTable]
    columns: tuple[str, ...]
    totals: Mapping[str, CountedTotal]
    once: tuple[Once, ...]
    n_buckets: int
    middles: Mapping[int, Middle] = field(default_factory=dict)
    let: Mapping[str, float | None] = field(default_factory=dict)
    values: RowValues = field(default_factory=lambda: RowValues((), ()))
    kept: Mapping[int, KeptValues] = field(default_factory=dict)
    salt: str = ""
    mirror: tuple[Path, StorePath] | None = None
    tiles: tuple[tuple[Tile, ...], ...] = field(default=())

    def n_tasks(self, stage: str) -> int:
        """How many tasks a stage has: one for each part of a table, bucket or tile."""
        kind, _dash, which = stage.partition("-")
        if kind in self.tables:
            return len(self.tables[kind].source.parts)
        if kind in ("checks", "values", "middle"):
            return len(self.tables["residents"].source.parts)
        if kind == "keys":
            return len(self.tables[self.once[int(which)].table].source.parts)
        return {"positions": 1, "tiles": len(self.tiles)}.get(kind, self.n_buckets)

    def group_of(self, row: Ints, col: Ints) -> Ints:
        """The task that unites the sums of each tile, by rows and columns of tiles; shape (n_tiles,)."""
        known = np.array([tile for tiles in self.tiles for tile in tiles], dtype=np.int64).reshape(-1, 2)
        group = np.repeat(np.arange(len(self.tiles)), [len(tiles) for tiles in self.tiles])
        keys = (known[:, 0] << 32) + known[:, 1]
        order = np.argsort(keys)
        return group[order[np.searchsorted(keys[order], (row << 32) + col)]]


@cache
def program() -> str:
    """What tells this version of the program from any other: the hash of its source."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def place_of(part: Path, mirror: tuple[Path, StorePath] | None) -> Place:
    """Where a part of a table is read from."""
    return part if mirror is None else mirror[1] / part.relative_to(mirror[0]).as_posix()


def name_of_run(tables: Mapping[str, CleanTable], mirror: tuple[Path, StorePath] | None, *rest: str) -> str:
    """The name of a run's folder: a hash of its inputs (their paths, sizes and times), and of what else is said."""
    parts = {
        name: [
            [str(place_of(part, mirror)), (told := part.stat()).st_size, told.st_mtime_ns]
            for part in table.source.parts
        ]
        for name, table in tables.items()
    }
    return hashlib.sha256(json.dumps([parts, *rest]).encode()).hexdigest()[:20]
