"""Local copies of whatever is named: from here on every source is a file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.words import Words
from udsat_geo.sources.addresses import LAYER, Limits, Source, is_remote, limits_of, source_of, without_secrets
from udsat_geo.sources.origins import Origin, forget_origin, tell_origin

if TYPE_CHECKING:
    from udsat_geo.sources.http import Asker


@dataclass
class LocalCopies:
    """Sources as files.

    Attributes
    ----------
    paths : dict of str to Path
        By the names that the sources were given under; a layer of a file stands in its path as it was named.
    notes : list of mapping of str
        What was found out on the way, Danish and English.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    notes: list[Words] = field(default_factory=list)

    def text(self, name: str, given: str | None) -> str | None:
        """A source as a text: the path of its copy, or what was given where it is a file, a year or nothing."""
        return given if given is None or not is_remote(given) else str(self.paths[name])

    def told(self, language: str) -> tuple[str, ...]:
        """The notes in a language, each once."""
        return tuple(dict.fromkeys(words[language] for words in self.notes))


@contextmanager
def local_copies(named: Mapping[str, str | None], limits: Limits | None = None) -> Iterator[LocalCopies]:
    """Fetch what is no file; the copies are gone afterwards.

    Parameters
    ----------
    named : mapping of str to str or None
        Name -> file, service, web address or archive; None is left out. What two names share is fetched once.
    limits : Limits, optional
        Those of the environment without.

    Yields
    ------
    LocalCopies

    Raises
    ------
    InputError
        If sources cannot be fetched whole; the faults of all of them are told at once.
    """
    sources = {name: source_of(text) for name, text in named.items() if text is not None}
    found = LocalCopies({name: source.path for name, source in sources.items()})
    fetched = {source.text: source for source in sources.values() if source.kind != "file"}
    if not fetched:
        yield found
        return
    folder = Path(tempfile.mkdtemp(prefix="udsat_geo-fetched-"))
    copies: dict[str, Path] = {}
    try:
        _fetch_all(fetched, limits or limits_of(os.environ), folder, copies, found.notes)
        for name, source in sources.items():
            if source.text in copies:
                found.paths[name] = copies[source.text]
        yield found
    finally:
        for path in copies.values():
            forget_origin(_file_of(path))
        shutil.rmtree(folder, ignore_errors=True)


def _fetch_all(
    sources: Mapping[str, Source], limits: Limits, folder: Path, copies: dict[str, Path], notes: list[Words]
) -> None:
    problems: list[str] = []
    for number, (text, source) in enumerate(sources.items()):
        own = folder / str(number)
        own.mkdir()
        try:
            copies[text], told = _fetch(source, limits, own)
        except InputError as error:
            problems += error.messages
        else:
            notes += told
    if problems:
        raise InputError(problems)


def _fetch(source: Source, limits: Limits, folder: Path) -> tuple[Path, list[Words]]:
    """One source as a file of its own, its origin told."""
    if source.kind == "wfs":
        from udsat_geo.sources.wfs import read_service, service_of

        content, notes = read_service(service_of(source.place, source.layer), source.name, limits, folder)
        return _kept(content, source, folder), list(notes)
    if source.kind == "gdal":
        return _kept(_read_by_gdal(source, limits), source, folder), []
    from udsat_geo.sources.http import Asker, exception_text

    asker = Asker(source.name, limits, exception_text)
    is_web = source.kind == "web"
    copy = _from_web(source.place, "", asker, folder) if is_web else _from_archive(source, asker, folder)
    return _with_layer(copy, source), asker.notes


def _kept(content: Any, source: Source, folder: Path) -> Path:
    from udsat_geo.sources.wfs import fingerprint, store

    path = folder / "layer.parquet"
    store(content, path)
    tell_origin(path, Origin(source.name, fingerprint(content)))
    return path


def _with_layer(copy: Path, source: Source) -> Path:
    """A copy with the layer that was named; it is as it was sent, so its hash is that of its bytes."""
    with copy.open("rb") as file:
        tell_origin(copy, Origin(source.name, hashlib.file_digest(file, "sha256").hexdigest()))
    return Path(f"{copy}{LAYER}{source.layer}") if source.layer else copy


def _from_web(address: str, inside: str, asker: Asker, folder: Path) -> Path:
    from udsat_geo.sources.http import fetch_file, unpack

    file = fetch_file(address, asker, folder)
    if file.suffix != ".zip":
        return file
    (folder / "unpacked").mkdir()
    return unpack(file, inside, asker.name, asker.limits, folder / "unpacked")


def _from_archive(source: Source, asker: Asker, folder: Path) -> Path:
    """A file in an archive, of this machine or of the web."""
    from udsat_geo.sources.http import unpack

    place = source.place[len("/vsizip/") :].replace("{", "").replace("}", "")
    web = place.removeprefix("/vsicurl/")
    if web.lower().startswith(("http://", "https://")):
        end = web.lower().find(".zip")
        cut = len(web) if end < 0 else end + 4
        return _from_web(web[:cut], web[cut:].strip("/"), asker, folder)
    parts = place.split("/")
    for cut in range(len(parts), 0, -1):
        archive = Path("/".join(parts[:cut]))
        if archive.is_file():
            return unpack(archive, "/".join(parts[cut:]).strip("/"), asker.name, asker.limits, folder)
    raise InputError(Problem(source.name, "no such file", "Check the path."))


def _read_by_gdal(source: Source, limits: Limits) -> Any:
    """Whatever else GDAL has a driver for; time and attempts are GDAL's own then."""
    from udsat_geo.sources.features import geometry_column, list_layers, read_layer, reading_gdal
    from udsat_geo.sources.wfs import Content, as_straight, joined

    options = {
        "GDAL_HTTP_TIMEOUT": limits.answer_s,
        "GDAL_HTTP_CONNECTTIMEOUT": limits.connect_s,
        "GDAL_HTTP_MAX_RETRY": limits.tries - 1,
        "GDAL_HTTP_RETRY_DELAY": limits.pause_s,
    }
    reading_gdal().set_gdal_config_options({name: str(value) for name, value in options.items()})
    try:
        layers = list_layers(source.place)
        if not source.layer and len(layers) > 1:
            remedy = f'Name one at the end: "...{LAYER}{layers[0]}".'
            raise InputError(Problem(source.name, f"holds several layers: {', '.join(layers)}", remedy))
        meta, table = read_layer(source.place, source.layer or None, max_features=limits.features + 1)
    except ValueError as error:
        what = f"cannot be read: {without_secrets(str(error))}"
        raise InputError(Problem(source.name, what, "Check that GDAL opens it.")) from None
    if table.num_rows > limits.features:
        raise InputError(Problem(source.name, f"has more than {limits.features:,} features", "Ask for less."))
    column = geometry_column(meta)
    geometry = as_straight(table.column(column)) if column in table.column_names else None
    kept = [name for name in table.column_names if name != column]
    ids = tuple(f"row.{row}" for row in range(table.num_rows))
    return joined(
        [Content(table.select(kept), geometry, meta["crs"] if geometry is not None else None, ids)], source.name
    )


def _file_of(path: Path) -> Path:
    return Path(str(path).partition(LAYER)[0])
