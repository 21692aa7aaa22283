"""Files that `udsat init` makes: never over what is there, unless that is asked for, and together or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.files.atomic_write import all_or_none, cannot_write
from udsat_geo.messages.errors import OutputError, Problem, reason_of
from udsat_geo.messages.translate import _

if TYPE_CHECKING:
    from udsat_geo.sources.features import Features


def check_free(paths: list[Path], force: bool) -> None:
    """Refuse to write over files.

    Raises
    ------
    OutputError
        If one is there and `force` does not allow it.
    """
    there = [path for path in paths if path.exists() and not (force and path.is_file())]
    if there:
        remedy = _("Name another --out, or write over it with --force.")
        raise OutputError(Problem(str(path), _("is there already"), remedy) for path in there)


def write_new(folder: Path, files: dict[str, str | Features]) -> None:
    """Write texts, and layers as GeoPackage or GeoParquet, as their names end, together or not at all.

    Parameters
    ----------
    folder : Path
    files : dict
        File name -> content.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    try:
        with all_or_none(folder, list(files)) as hidden:
            for name, content in files.items():
                if isinstance(content, str):
                    (hidden / name).write_bytes(content.encode("utf-8"))
                else:
                    _write_table(content, hidden / name)
    except OSError as error:
        raise OutputError(cannot_write(folder, reason_of(error))) from None


def _write_table(features: Features, path: Path) -> None:
    import pyarrow as pa
    import shapely

    from udsat_geo.files.geopackage import write_polygons
    from udsat_geo.sources.content import Content

    shapes = None if features.geometry is None else pa.array(shapely.to_wkb(features.geometry), pa.binary())
    if path.suffix.lower() == ".gpkg":
        write_polygons(path, features.attributes.append_column("geometry", shapes), str(features.crs))
    else:
        Content(features.attributes, shapes, features.crs).write(path)
