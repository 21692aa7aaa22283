"""The files by which tasks hand rows to each other: each written whole by one task, and read in parts by many.

A file is a stream of Arrow's, compressed, in chapters of as many batches as there are receivers, one batch for each.
Behind it stand facts about the whole, and an index of where each batch begins: a receiver reads its own rows and no
others, from a folder or, a range at a time, from a store. A file is there whole or not at all: a task that runs twice,
or half, changes nothing, and one whose file is there need not run.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Ints
from udsat_geo.sources.stores import StorePath, ranges_of, sizes_of

Place = Path | StorePath
"""A file or folder that all workers reach."""

SUFFIX = ".rows"
_LEVEL = 1
"""Of zstd: more saves little and costs time."""
_ROWS_OF_A_CHAPTER = 1 << 20
"""So many are held before they are written: fewer make more batches, which take longer to read."""
_LENGTHS = 16
"""Bytes at the end of a file: how long facts and index before them are."""
_LIKELY_END = 1 << 15
"""So much of a file in a store is read at first to find its index, in bytes; own choice."""


class _Chapters:
    """Rows for receivers, held until there are enough for a chapter."""

    def __init__(self, file: Any, out: Any, schema: Any, n_receivers: int):
        self.file, self.out, self.schema, self.n_receivers = file, out, schema, n_receivers
        self.held: list[tuple[Any, Ints]] = []
        self.begins: list[int] = [file.tell()]

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
            for batch in turned.slice(start, end - start).to_batches():
                self.out.write_batch(batch)
            self.begins.append(self.file.tell())


@contextmanager
def writing_parts(
    path: Place, schema: Any, n_receivers: int, facts: Mapping[str, Any], compressed: bool = True
) -> Iterator[_Chapters]:
    """Write rows for their receivers, within this block.

    Parameters
    ----------
    path : Path or StorePath
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
    with aside(path) as beside, pa.OSFile(str(beside), "wb") as file:
        out = pa.ipc.new_stream(file, schema, options=options)
        chapters = _Chapters(file, out, schema, n_receivers)
        yield chapters
        chapters.write()
        told = base64.b64encode(schema.serialize()).decode("ascii")
        index = {"schema": told, "receivers": n_receivers, "begins": chapters.begins}
        ends = [json.dumps(each).encode() for each in (facts, index)]
        file.write(b"".join([*ends, *(len(end).to_bytes(_LENGTHS // 2, "little") for end in ends)]))


def write_parts(path: Place, rows: Any, receiver: Any, n_receivers: int, facts: Mapping[str, Any]) -> None:
    """Write a pyarrow.Table of rows for their receivers, integer of shape (n_rows,); else as `writing_parts`."""
    with writing_parts(path, rows.schema, n_receivers, facts) as chapters:
        chapters.put(rows, receiver)


def write_whole(path: Place, rows: Any, facts: Mapping[str, Any], compressed: bool = True) -> None:
    """Write a pyarrow.Table of rows for one receiver; else as `writing_parts`."""
    with writing_parts(path, rows.schema, 1, facts, compressed) as chapters:
        chapters.put(rows, np.zeros(rows.num_rows, dtype=np.uint16))


@contextmanager
def aside(path: Place) -> Iterator[Path]:
    """A path beside another, or on this machine, that takes its place in the end, and is gone after a fault."""
    if isinstance(path, StorePath):
        with tempfile.TemporaryDirectory(prefix="udsat_geo-", ignore_cleanup_errors=True) as folder:
            yield (beside := Path(folder) / path.name)
            path.put(beside)
        return
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@dataclass(frozen=True)
class _End:
    """What stands behind the rows of a file."""

    told: bytes
    index: dict[str, Any]

    @cached_property
    def schema(self) -> Any:
        """Of the rows."""
        import pyarrow as pa

        return pa.ipc.read_schema(pa.BufferReader(base64.b64decode(self.index["schema"])))

    @property
    def facts(self) -> dict[str, Any]:
        """What the file says of itself."""
        found: dict[str, Any] = json.loads(self.told)
        return found

    def ranges(self, receiver: int) -> list[tuple[int, int]]:
        """Where the batches of a receiver begin and end."""
        begins, n_receivers = self.index["begins"], self.index["receivers"]
        return [(begins[place], begins[place + 1]) for place in range(receiver, len(begins) - 1, n_receivers)]


_ENDS: dict[str, _End] = {}
"""Of files in stores, which do not change: each of them is read once by a process."""
_MOST_ENDS = 10_000


def _lengths(end: bytes) -> tuple[int, int]:
    half = _LENGTHS // 2
    return int.from_bytes(end[-_LENGTHS:-half], "little"), int.from_bytes(end[-half:], "little")


def _end(data: bytes) -> _End:
    """The end of a file from its last bytes, of which there are enough."""
    of_facts, of_index = _lengths(data)
    begin = len(data) - _LENGTHS - of_index
    return _End(data[begin - of_facts : begin], json.loads(data[begin:-_LENGTHS]))


def _end_of_file(path: Path) -> _End:
    with path.open("rb") as file:
        file.seek(-_LENGTHS, os.SEEK_END)
        length = sum(_lengths(file.read(_LENGTHS))) + _LENGTHS
        file.seek(-length, os.SEEK_END)
        return _end(file.read(length))


def _ends_in_store(paths: Sequence[StorePath]) -> list[_End]:
    """The ends of files, read side by side; those that are longer than most a second time."""
    unknown = [path for path in paths if path.url not in _ENDS]
    if len(_ENDS) + len(unknown) > _MOST_ENDS:
        _ENDS.clear()
        unknown = list(paths)
    sizes = dict(zip(unknown, sizes_of(unknown), strict=True))

    def last(lengths: Mapping[StorePath, int]) -> dict[StorePath, bytes]:
        stops = [sizes[path] for path in lengths]
        starts = [max(stop - length, 0) for stop, length in zip(stops, lengths.values(), strict=True)]
        return dict(zip(lengths, ranges_of(list(lengths), starts, stops), strict=True))

    found = last(dict.fromkeys(unknown, _LIKELY_END))
    lengths = {path: sum(_lengths(end)) + _LENGTHS for path, end in found.items()}
    found |= last({path: length for path, length in lengths.items() if length > _LIKELY_END})
    _ENDS.update({path.url: _end(end) for path, end in found.items()})
    return [_ENDS[path.url] for path in paths]


def read_part(paths: Sequence[Place], receiver: int) -> Any:
    """The rows of all chapters of files for one receiver.

    Parameters
    ----------
    paths : sequence of Path or StorePath
        At least one; all of one folder.
    receiver : int

    Returns
    -------
    pyarrow.Table
        In the order of the files; a column is as wide as it is in the widest of them.
    """
    import pyarrow as pa

    in_store = [path for path in paths if isinstance(path, StorePath)]
    if in_store:
        ends = _ends_in_store(in_store)
        wanted = [(path, *each) for path, end in zip(in_store, ends, strict=True) for each in end.ranges(receiver)]
        files, starts, stops = zip(*wanted, strict=True) if wanted else ((), (), ())
        data = iter(ranges_of(files, starts, stops))
        found = [_rows([next(data) for _each in end.ranges(receiver)], end.schema) for end in ends]
    else:
        found = [_rows_of_file(path, receiver) for path in paths if isinstance(path, Path)]
    return pa.concat_tables(found, promote_options="permissive")


def _rows_of_file(path: Path, receiver: int) -> Any:
    import pyarrow as pa

    end = _end_of_file(path)
    with pa.memory_map(str(path)) as file:
        parts = []
        for start, stop in end.ranges(receiver):
            file.seek(start)
            parts.append(file.read_buffer(stop - start))
        return _rows(parts, end.schema)


def _rows(parts: Sequence[Any], schema: Any) -> Any:
    """The rows of batches as they stand in files; of a receiver without rows there is none."""
    import pyarrow as pa

    batches = []
    for part in parts:
        buffer = pa.py_buffer(part) if isinstance(part, bytes) else part
        reader = pa.BufferReader(buffer)
        while reader.tell() < buffer.size:
            message = pa.ipc.read_message(reader)
            # the first batch of a file has the schema before it
            if message.type != "schema":
                batches.append(pa.ipc.read_record_batch(message, schema))
    return pa.Table.from_batches(batches, schema)


def facts_of(path: Place) -> dict[str, Any]:
    """What a file says of itself."""
    end = _ends_in_store([path])[0] if isinstance(path, StorePath) else _end_of_file(path)
    return end.facts


@contextmanager
def fetched(paths: Sequence[Place]) -> Iterator[list[Path]]:
    """Files on this machine, for as long as the context lasts; what was read of them stays where the system can."""
    with tempfile.TemporaryDirectory(prefix="udsat_geo-", ignore_cleanup_errors=True) as folder:
        files = []
        for path in paths:
            files.append(path if isinstance(path, Path) else Path(folder) / path.name)
            if isinstance(path, StorePath):
                path.fetch(files[-1])
        yield files


def size_of(path: Place) -> int:
    """How long a file is, in bytes; 0 where there is none."""
    if not path.exists():
        return 0
    return path.stat().st_size if isinstance(path, Path) else sizes_of([path])[0]


def remove(folder: Place) -> None:
    """Remove a folder and all that it holds; what cannot be removed stays."""
    if isinstance(folder, Path):
        # a task that still runs finds no folder to write into, and so none that it makes anew
        gone = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
        with suppress(OSError):
            folder.rename(gone)
        for each in (gone, folder):
            shutil.rmtree(each, ignore_errors=True)
        return
    with suppress(OSError):
        folder.remove()
