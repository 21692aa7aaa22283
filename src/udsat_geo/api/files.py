"""Results as files, by their suffix or by the names of formats."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from udsat_geo.api.result import Result


def write_file(result: Result, path: Path) -> Path:
    """Write one file and the summary beside it; see `Result.to_file`.

    Raises
    ------
    InputError
        If the suffix is that of no format.
    OutputError
        If it cannot be written.
    """
    from udsat_geo.io.together import cannot_write, put_together

    wanted = path.suffix.lower().removeprefix(".")
    names = [path.name, f"{path.stem}.json"]
    try:
        with tempfile.TemporaryDirectory(prefix="udsat-") as folder:
            made = write_folder(result, Path(folder), (wanted,))
            with put_together(path.parent, names) as aside:
                for source, name in zip((made[0], made[-1]), names, strict=True):
                    (aside / name).write_bytes(source.read_bytes())
    except OSError as error:
        raise OutputError(cannot_write(path.parent, error.strerror or str(error))) from None
    return path


def write_folder(result: Result, out: Path, formats: str | tuple[str, ...]) -> list[Path]:
    """Write the files of the command `designate`; see `Result.to_folder`."""
    from udsat_geo.io.geopackage import steady_gdal, write_layer
    from udsat_geo.io.results import check_formats
    from udsat_geo.io.summary import as_json
    from udsat_geo.io.together import put_together

    check_formats(formats if isinstance(formats, str) else ",".join(formats))
    stem = f"designation_{result.year}"
    names = [f"{stem}.gpkg", f"{stem}.json"]
    with put_together(out, names) as folder:
        with steady_gdal(result.year):
            for layer in result.stored:
                write_layer(folder / names[0], layer, _stamp(result) if layer.name == "areas" else None)
        (folder / names[1]).write_text(as_json(result.summary), encoding="utf-8")
    return [out / name for name in names]


def _stamp(result: Result) -> dict[str, str]:
    policy: dict[str, Any] = result.summary["policy"]
    return {
        "source": result.source,
        "year": str(result.year),
        "policy": result.policy,
        "policy_sha256": str(policy["sha256"]),
    }


__all__ = ["InputError", "Problem", "write_file", "write_folder"]
