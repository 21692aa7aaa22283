"""Local copies of whatever is named: from here on every source is a file."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.limits import Limits
from udsat_geo.messages.limits import limits as limits_now
from udsat_geo.messages.translate import Note, _
from udsat_geo.sources.addresses import ARCHIVE, LAYER, Source, is_remote, source_of
from udsat_geo.sources.fetch import Fetcher, fetch_file
from udsat_geo.sources.formats import check_vector_file
from udsat_geo.sources.gdal import copy_file, files_in
from udsat_geo.sources.kinds import table_kind
from udsat_geo.sources.origins import Origin, forget_origin, sha256_of, tell_origin

SUFFIXES = (".gpkg", ".geojson", ".json", ".parquet", ".geoparquet", ".fgb", ".shp", ".gml", ".csv", ".tab", ".kml")
"""What may be meant where no file of an archive is named, and one alone has such a name."""


@dataclass
class LocalCopies:
    """Sources as files.

    Attributes
    ----------
    paths : dict of str to Path
        By the names that the sources were given under; a layer of a file stands in its path as it was named.
    notes : list of Note
        What was found out on the way.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def text(self, name: str, given: str | None) -> str | None:
        """A source as a text: the path of its copy, or what was given where it is a file, a year or nothing."""
        return given if given is None or not is_remote(given) else str(self.paths[name])

    def told(self, language: str) -> tuple[str, ...]:
        """The notes in a language, each once."""
        return tuple(dict.fromkeys(note.told(language) for note in self.notes))


@contextmanager
def local_copies(named: Mapping[str, str | None], limits: Limits | None = None) -> Iterator[LocalCopies]:
    """Fetch what is no file; the copies are gone afterwards.

    Parameters
    ----------
    named : mapping of str to str or None
        Name -> file, service, web address or archive; None is left out. What two names share is fetched once.
    limits : Limits, optional
        Those of the environment without.

    Raises
    ------
    InputError
        If sources cannot be fetched whole; the faults of all of them are told at once.
    """
    sources = {name: source_of(text) for name, text in named.items() if text is not None}
    found = LocalCopies({name: Path(source.text) for name, source in sources.items()})
    fetched = {source.text: source for source in sources.values() if source.kind != "file"}
    if not fetched:
        yield found
        return
    limits = limits or limits_now()
    folder = Path(tempfile.mkdtemp(prefix="udsat_geo-fetched-"))
    copies: dict[str, Path] = {}
    problems: list[str] = []
    try:
        for number, (text, source) in enumerate(fetched.items()):
            own = folder / str(number)
            own.mkdir()
            fetcher = Fetcher(source.name, limits)
            try:
                copies[text] = _fetch(source, fetcher, own)
            except InputError as error:
                problems += error.messages
            found.notes += fetcher.notes
        if problems:
            raise InputError(problems)
        found.paths.update({name: copies[source.text] for name, source in sources.items() if source.text in copies})
        yield found
    finally:
        for path in copies.values():
            forget_origin(Path(str(path).partition(LAYER)[0]))
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(source: Source, fetcher: Fetcher, folder: Path) -> Path:
    """One source as a file of its own, its origin told."""
    if source.kind == "other":
        remedy = _("Name a file, https://..., WFS:https://..., OAPIF:https://... or /vsizip/...")
        raise InputError(Problem(source.name, _("is nothing that features are read from"), remedy))
    if source.kind in ("wfs", "oapif"):
        from udsat_geo.sources.services import read_oapif, read_wfs

        content = (read_wfs if source.kind == "wfs" else read_oapif)(source, fetcher)
        path = folder / "layer.parquet"
        content.write(path)
        tell_origin(path, Origin(source.name, content.sha256()))
        return path
    fetched = _from_web(source.place, "", fetcher, folder) if source.kind == "web" else None
    copy = fetched or _from_archive(source, fetcher, folder)
    if table_kind(copy) == "vector":
        check_vector_file(copy, source.name)
    # it is as it was sent, so its hash is that of its bytes
    tell_origin(copy, Origin(source.name, sha256_of(copy)))
    return Path(f"{copy}{LAYER}{source.layer}") if source.layer else copy


def _from_web(address: str, inside: str, fetcher: Fetcher, folder: Path) -> Path:
    """A file on the web, or in an archive there."""
    file = fetch_file(address, fetcher, folder)
    handler = {".zip": "zip", ".gz": "gzip"}.get(file.suffix)
    return file if handler is None else _unpack(handler, file, inside, fetcher, folder)


def _from_archive(source: Source, fetcher: Fetcher, folder: Path) -> Path:
    """A file in an archive, of this machine or of the web."""
    found = ARCHIVE.fullmatch(source.place)
    handler, place = (found.group(1), found.group(2).replace("}", "")) if found else ("", "")
    web = re.fullmatch(r"(https?://.*?\.(?:zip|gz))(?:/(.*))?", place, re.IGNORECASE) or re.fullmatch(
        r"(https?://.+)()", place
    )
    if web:
        return _from_web(web.group(1), web.group(2) or "", fetcher, folder)
    parts = place.split("/")
    for cut in range(len(parts), 0, -1):
        archive = Path("/".join(parts[:cut]))
        if archive.is_file():
            return _unpack(handler, archive, "/".join(parts[cut:]).strip("/"), fetcher, folder)
    raise InputError(Problem(source.name, _("no such file"), _("Check the path.")))


def _unpack(handler: str, archive: Path, wanted: str, fetcher: Fetcher, folder: Path) -> Path:
    """Unpack a file, and those beside it that have its stem, as a shapefile needs.

    Parameters
    ----------
    handler : {"zip", "gzip", "tar", "7z"}
    archive : Path
    wanted : str
        Path within the archive; empty for the only file that can be meant.
    fetcher : Fetcher
        Its limit of bytes holds for what is unpacked.
    folder : Path
        Where it goes; nothing is written elsewhere, whatever the archive calls its files.

    Raises
    ------
    InputError
        If it is no archive, damaged, locked by a password, too large when unpacked, or has no such file.
    """
    inner = folder / "unpacked"
    inner.mkdir()
    if handler == "gzip":
        target = inner / archive.name.removesuffix(".gz")
        _copy_all({f"/vsigzip/{archive}": target}, fetcher)
        return target
    whole = f"/vsi{handler}/{{{archive}}}"
    names = files_in(whole)
    chosen = PurePosixPath(_chosen(names, wanted, fetcher))
    beside = [name for name in names if PurePosixPath(name).with_suffix("") == chosen.with_suffix("")]
    _copy_all({f"{whole}/{name}": inner / PurePosixPath(name).name for name in beside}, fetcher)
    return inner / chosen.name


def _copy_all(targets: Mapping[str, Path], fetcher: Fetcher) -> None:
    left = fetcher.limits.bytes
    for path, target in targets.items():
        try:
            size = copy_file(path, target, left)
        except OSError as error:
            reason = str(error).partition("/vsi")[0].strip(" :")
            what = _("cannot be unpacked: it is damaged or locked ({reason})").format(reason=reason)
            fetcher.fail(what, _("Unpack it, and name the file."))
        if size is None:
            fetcher.fail(_("unpacks to more than {size}").format(size=f"{fetcher.limits.bytes / 1024**2:,.0f} MiB"), "")
        left -= size


def _chosen(names: list[str], wanted: str, fetcher: Fetcher) -> str:
    """The file of an archive that is meant."""
    if not names:
        fetcher.fail(_("is a damaged archive, or an empty one"), _("Fetch or make it again."))
    found = [name for name in names if (name == wanted if wanted else PurePosixPath(name).suffix.lower() in SUFFIXES)]
    if len(found) == 1:
        return found[0]
    told = ", ".join(names[:20])
    if wanted:
        fetcher.fail(_("holds no file {name}").format(name=repr(wanted)), _("It holds {names}.").format(names=told))
    what = _("holds several files that can be meant") if found else _("holds no file that can be meant")
    fetcher.fail(what, _("Name one after the archive; it holds {names}.").format(names=told))
