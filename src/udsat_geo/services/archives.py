"""One layer's files out of a zip archive."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from udsat_geo.errors import InputError, Problem
from udsat_geo.services.limits import Limits

SUFFIXES = (".gpkg", ".geojson", ".json", ".parquet", ".geoparquet", ".fgb", ".shp", ".gml", ".csv")
"""What may be meant where no file of an archive is named, and one alone has such a name."""


def unpack(archive: Path, wanted: str, name: str, limits: Limits, folder: Path) -> Path:
    """Unpack a file, and those beside it that have its stem, as a shapefile needs.

    Parameters
    ----------
    archive : Path
    wanted : str
        Path within the archive; empty for the only file that can be meant.
    name : str
        Of the source, for messages.
    limits : Limits
        Its bytes hold for what is unpacked.
    folder : Path
        Where it goes; nothing is written elsewhere, whatever the archive calls its files.

    Raises
    ------
    InputError
        If it is no archive, damaged, locked by a password, too large when unpacked, or has no such file.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            files = [entry for entry in opened.infolist() if not entry.is_dir()]
            chosen = _chosen(files, wanted, name)
            stem = PurePosixPath(chosen.filename).with_suffix("")
            beside = [entry for entry in files if PurePosixPath(entry.filename).with_suffix("") == stem]
            if sum(entry.file_size for entry in beside) > limits.bytes:
                raise InputError(Problem(name, f"unpacks to more than {limits.bytes / 1024**2:,.0f} MiB", ""))
            for entry in beside:
                _write(opened, entry, folder)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        what = (
            f"is a damaged archive ({error})" if isinstance(error, zipfile.BadZipFile) else f"cannot be read: {error}"
        )
        raise InputError(Problem(name, what, "Fetch or make it again.")) from None
    except (RuntimeError, NotImplementedError) as error:
        # zipfile tells a password, and ways of packing that it does not know, in these ways
        raise InputError(Problem(name, f"cannot be unpacked: {error}", "Unpack it, and name the file.")) from None
    return folder / PurePosixPath(chosen.filename).name


def _chosen(files: list[zipfile.ZipInfo], wanted: str, name: str) -> zipfile.ZipInfo:
    names = [entry.filename for entry in files]
    if wanted:
        found = [entry for entry in files if entry.filename == wanted]
    else:
        found = [entry for entry in files if PurePosixPath(entry.filename).suffix.lower() in SUFFIXES]
    if len(found) == 1:
        return found[0]
    told = ", ".join(names[:20]) or "nothing"
    if wanted:
        raise InputError(Problem(name, f"holds no file {wanted!r}", f"It holds {told}."))
    what = "holds several files that can be meant" if found else "holds no file that can be meant"
    raise InputError(Problem(name, what, f"Name one after the archive; it holds {told}."))


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    """Unpack one file; its size is that of the archive's list, and reading stops there."""
    left = entry.file_size
    with opened.open(entry) as packed, (folder / PurePosixPath(entry.filename).name).open("wb") as file:
        while left > 0 and (piece := packed.read(min(left, 1 << 20))):
            file.write(piece)
            left -= len(piece)
