"""Formats that hold one layer a file: what the files are called, and how the others are found from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from udsat_geo.designation import Designation
from udsat_geo.io.earlier import read_summary
from udsat_geo.io.layers import LAYERS, Layer
from udsat_geo.io.stored import Stored

ReadLayer = Callable[[Path, str, dict[str, Any]], Layer]


def layer_ends(suffix: str) -> Callable[[Designation], tuple[str, ...]]:
    """How the names of the files end that a designation has in such a format."""

    def ends(designation: Designation) -> tuple[str, ...]:
        return tuple(f"_{name}{suffix}" for name in LAYERS if name != "overrides" or designation.overrides is not None)

    return ends


def stems_of(path: Path) -> Iterator[str]:
    """What a file of a layer may be called without the layer, the most likely first."""
    for name in sorted(LAYERS, key=len, reverse=True):
        if path.stem.endswith(f"_{name}"):
            yield path.stem.removesuffix(f"_{name}")


def read_files(path: Path, read_layer: ReadLayer) -> Stored:
    """The layers of a designation from one of its files, the others beside it.

    Parameters
    ----------
    path : Path
        Of any layer.
    read_layer : callable
        The file, the layer's name, and the summary -> the layer.

    Raises
    ------
    InputError
        If there is no summary.
    ValueError, KeyError
        If the file is not called after a layer, or one cannot be read.
    """
    stems = list(stems_of(path))
    if not stems:
        raise ValueError("its name does not end in the name of a layer")
    stem = next((stem for stem in stems if (path.parent / f"{stem}.json").is_file()), stems[0])
    summary = read_summary(path.parent / f"{stem}.json")
    files = {name: path.parent / f"{stem}_{name}{path.suffix}" for name in LAYERS}
    return Stored(summary, {name: read_layer(file, name, summary) for name, file in files.items() if file.is_file()})
