"""The files by which tasks hand rows to each other: each written whole by one task, and read in parts by many.

A file is Arrow's, compressed. It holds chapters of as many batches as there are receivers, one batch for each, so that
a receiver reads its own rows and no others; its last batch is empty and carries facts about the whole. It is written
aside and renamed: a task that runs twice, or half, changes nothing, and one whose file is there need not run.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Ints

SUFFIX = ".arrow"
_FACTS = b"facts"
_LEVEL = 1
"""Of zstd: more saves little and costs time."""


def write_parts(
    path: Path, chapters: Iterable[tuple[Any, Ints]], schema: Any, n_receivers: int, facts: Mapping[str, Any]
) -> None:
    """Write rows for their receivers.

    Parameters
    ----------
    path : Path
    chapters : iterable of (pyarrow.Table, int64 of shape (n_rows,))
        Rows, and the receiver of each.
    schema : pyarrow.Schema
        Of all rows.
    n_receivers : int
    facts : mapping
        What is to be known of the file; read when all chapters have been, so that it may be filled meanwhile.
    """
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", _LEVEL))
    with (
        _aside(path) as beside,
        pa.OSFile(str(beside), "wb") as file,
        pa.ipc.new_file(file, schema, options=options) as out,
    ):
        for rows, receiver in chapters:
            order = np.argsort(receiver, kind="stable")
            bounds = np.searchsorted(receiver[order], np.arange(n_receivers + 1))
            turned = rows.cast(schema).take(pa.array(order)).combine_chunks()
            for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
                out.write_batch(_one_batch(turned.slice(start, end - start), schema))
        told = {_FACTS: json.dumps({**facts, "receivers": n_receivers}).encode()}
        out.write_batch(_one_batch(schema.empty_table(), schema), custom_metadata=told)


def _one_batch(table: Any, schema: Any) -> Any:
    import pyarrow as pa

    batches = table.to_batches()
    return batches[0] if batches else pa.record_batch([pa.array([], kind) for kind in schema.types], schema=schema)


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A path beside another that takes its place in the end, and is gone after a fault."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def read_part(paths: Sequence[Path], receiver: int) -> Any:
    """The rows of all chapters of files for one receiver, a pyarrow.Table; in the order of the files."""
    return read_parts(paths, lambda _facts: (receiver,))


def read_parts(paths: Sequence[Path], receivers_of: Callable[[dict[str, Any]], Sequence[int]]) -> Any:
    """The rows of all chapters of files for some receivers, each file opened once.

    Parameters
    ----------
    paths : sequence of Path
        At least one.
    receivers_of : callable
        The facts of a file -> whose rows are read of it.

    Returns
    -------
    pyarrow.Table
        In the order of the files.
    """
    import pyarrow as pa

    found = []
    for path in paths:
        with pa.memory_map(str(path)) as file:
            reader = pa.ipc.open_file(file)
            facts, schema = _facts(reader), reader.schema
            for receiver in receivers_of(facts):
                places = range(receiver, reader.num_record_batches - 1, facts["receivers"])
                found += [batch for place in places if (batch := reader.get_batch(place)).num_rows]
    return pa.Table.from_batches(found, schema)


def facts_of(path: Path) -> dict[str, Any]:
    """What a file says of itself."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as file:
        return _facts(pa.ipc.open_file(file))


def _facts(reader: Any) -> dict[str, Any]:
    last = reader.get_batch_with_custom_metadata(reader.num_record_batches - 1)
    told: dict[str, Any] = json.loads(last.custom_metadata[_FACTS])
    return told
