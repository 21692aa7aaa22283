"""The files by which tasks hand rows to each other: each written whole by one task, and read in parts by many.

A file is Arrow's, compressed. It holds chapters of as many batches as there are receivers, one batch for each, so that
a receiver reads its own rows and no others; its last batch is empty and carries facts about the whole. It is written
aside and renamed: a task that runs twice, or half, changes nothing, and one whose file is there need not run.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Ints

SUFFIX = ".arrow"
_FACTS, _RECEIVERS = b"facts", b"receivers"
_LEVEL = 1
"""Of zstd: more saves little and costs time."""
_ROWS_OF_A_CHAPTER = 1 << 20
"""So many are held before they are written: fewer make more batches, which take longer to read."""


class _Chapters:
    """Rows for receivers, held until there are enough for a chapter."""

    def __init__(self, out: Any, schema: Any, n_receivers: int):
        self.out, self.schema, self.n_receivers = out, schema, n_receivers
        self.held: list[tuple[Any, Ints]] = []

    def put(self, rows: Any, receiver: Any) -> None:
        """Add rows (pyarrow.Table) and the receiver of each (integer, shape (n_rows,))."""
        self.held.append((rows, receiver))
        if sum(len(receivers) for _rows, receivers in self.held) >= _ROWS_OF_A_CHAPTER:
            self.write()

    def write(self) -> None:
        """Write a chapter of what is held."""
        import pyarrow as pa

        if not self.held:
            return
        # numbers of 16 bits are sorted in time that grows with them alone
        kind = np.uint16 if self.n_receivers <= 1 << 16 else np.int64
        receiver = np.concatenate([receivers for _rows, receivers in self.held]).astype(kind)
        rows = pa.concat_tables([rows.cast(self.schema) for rows, _receivers in self.held])
        self.held = []
        order = np.argsort(receiver, kind="stable")
        bounds = np.concatenate([[0], np.cumsum(np.bincount(receiver, minlength=self.n_receivers))]).tolist()
        turned = rows.take(pa.array(order)).combine_chunks()
        for start, end in pairwise(bounds):
            self.out.write_batch(_one_batch(turned.slice(start, end - start), self.schema))


@contextmanager
def writing_parts(
    path: Path, schema: Any, n_receivers: int, facts: Mapping[str, Any], compressed: bool = True
) -> Iterator[_Chapters]:
    """Write rows for their receivers, within this block.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema
        Of all rows.
    n_receivers : int
    facts : mapping
        What is to be known of the file; read at the end of the block, so that it may be filled meanwhile.
    compressed : bool
        Else rows that are read take no memory that the system cannot have back.

    Yields
    ------
    object
        Whose ``put(rows, receiver)`` adds a pyarrow.Table and the receiver of each row.
    """
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", _LEVEL) if compressed else None, use_threads=False)
    schema = schema.with_metadata({_RECEIVERS: str(n_receivers)})
    with (
        aside(path) as beside,
        pa.OSFile(str(beside), "wb") as file,
        pa.ipc.new_file(file, schema, options=options) as out,
    ):
        chapters = _Chapters(out, schema, n_receivers)
        yield chapters
        chapters.write()
        told = {_FACTS: json.dumps(facts).encode()}
        out.write_batch(_one_batch(schema.empty_table(), schema), custom_metadata=told)


def write_parts(path: Path, rows: Any, receiver: Any, n_receivers: int, facts: Mapping[str, Any]) -> None:
    """Write a pyarrow.Table of rows for their receivers, integer of shape (n_rows,); else as `writing_parts`."""
    with writing_parts(path, rows.schema, n_receivers, facts) as chapters:
        chapters.put(rows, receiver)


def write_whole(path: Path, rows: Any, facts: Mapping[str, Any], compressed: bool = True) -> None:
    """Write a pyarrow.Table of rows for one receiver; else as `writing_parts`."""
    with writing_parts(path, rows.schema, 1, facts, compressed) as chapters:
        chapters.put(rows, np.zeros(rows.num_rows, dtype=np.uint16))


def _one_batch(table: Any, schema: Any) -> Any:
    import pyarrow as pa

    batches = table.to_batches()
    return batches[0] if batches else pa.record_batch([pa.array([], kind) for kind in schema.types], schema=schema)


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A path beside another that takes its place in the end, and is gone after a fault."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def read_part(paths: Sequence[Path], receiver: int) -> Any:
    """The rows of all chapters of files for one receiver.

    Parameters
    ----------
    paths : sequence of Path
        At least one.
    receiver : int

    Returns
    -------
    pyarrow.Table
        In the order of the files; a column is as wide as it is in the widest of them.
    """
    import pyarrow as pa

    found = []
    for path in paths:
        with pa.memory_map(str(path)) as file:
            reader = pa.ipc.open_file(file)
            n_receivers = int(reader.schema.metadata[_RECEIVERS])
            places = range(receiver, reader.num_record_batches - 1, n_receivers)
            batches = [batch for place in places if (batch := reader.get_batch(place)).num_rows]
            found.append(pa.Table.from_batches(batches, reader.schema).replace_schema_metadata())
    return pa.concat_tables(found, promote_options="permissive")


def facts_of(path: Path) -> dict[str, Any]:
    """What a file says of itself."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as file:
        reader = pa.ipc.open_file(file)
        last = reader.get_batch_with_custom_metadata(reader.num_record_batches - 1)
        told: dict[str, Any] = json.loads(last.custom_metadata[_FACTS])
        return told
