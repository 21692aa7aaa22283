"""Folders in object stores and on other machines, as fsspec reaches them: listed, fetched, and written whole.

Registers that lie in one are mirrored: Parquet files as files of the same size that hold nothing but their ends, which
say what columns there are. What reads rows on this machine has them brought first (`bring`); workers fetch their parts.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from udsat_geo.messages.errors import InputError, Problem, check_installed, reason_of
from udsat_geo.messages.translate import _
from udsat_geo.sources.origins import forget_origin, origin_of, sha256_of, tell_origin

_ADDRESS = re.compile(r"(?!https?:)([a-z][a-z0-9+.\-]*)://\S+", re.IGNORECASE)
_DRIVERS = (
    ("botocore.exceptions", ("BotoCoreError", "ClientError")),
    ("paramiko.ssh_exception", ("SSHException",)),
    ("aiohttp.client_exceptions", ("ClientError",)),
    ("azure.core.exceptions", ("AzureError",)),
    ("google.auth.exceptions", ("GoogleAuthError",)),
)
"""What libraries of stores raise that is no OSError."""
_OBJECT_STORES = frozenset(["s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "r2"])
"""Where an object is there whole or not at all; elsewhere files are written aside and renamed."""
_FOLDER = ".folder"
_REMOVALS = 3
"""Of a folder that somebody still writes into; own choice."""
_PIECE = 1 << 22
_MOST_OF_AN_END = 1 << 26
"""Of a Parquet file, in bytes: its end is as long as it has columns and groups of rows."""


def place_named(text: str) -> Path | StorePath:
    """The folder that a text names, of this machine or of a store."""
    return StorePath(text.rstrip("/")) if is_store(text) else Path(text)


def is_store(text: str) -> bool:
    """Whether a text is the address of a folder that fsspec is to reach, as in ``s3://bucket/registers``."""
    return _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True)
class StorePath:
    """A file or folder of a store; what tasks need of it is called as of a `pathlib.Path`.

    Attributes
    ----------
    url : str
        Without a slash at its end.
    """

    url: str

    def __str__(self) -> str:
        return re.sub(r"://[^/@]*@", "://", self.url)

    def __truediv__(self, name: str) -> StorePath:
        return StorePath(f"{self.url}/{name}")

    @property
    def name(self) -> str:
        """Its last part."""
        return PurePosixPath(self.url).name

    @property
    def _reached(self) -> tuple[Any, str]:
        """The file system, which is the same object each time, and the path in it."""
        import fsspec

        system, path = fsspec.core.url_to_fs(self.url)
        return system, path

    def exists(self) -> bool:
        """Whether there is such a file."""
        with reaching(self):
            system, path = self._reached
            return bool(system.isfile(path))

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Make it a folder; where a store has none, an object says so, but of one that is made with `parents`."""
        with reaching(self):
            system, path = self._reached
            if not _is_object_store(system):
                system.makedirs(path, exist_ok=True)
            elif not parents:
                system.pipe_file(f"{path}/{_FOLDER}", b"")

    def write_bytes(self, data: bytes) -> None:
        """Write a small file."""
        with reaching(self):
            system, path = self._reached
            system.pipe_file(path, data)

    def put(self, file: Path) -> None:
        """Write what a file of this machine holds: whole, or not at all; and not where its folder is gone."""
        with reaching(self):
            system, path = self._reached
            if _is_object_store(system):
                system.put_file(str(file), path)
                if not system.isfile(f"{path.rpartition('/')[0]}/{_FOLDER}"):
                    system.rm_file(path)
                    raise FileNotFoundError(path)
                return
            aside = f"{path}.{uuid.uuid4().hex}"
            try:
                system.put_file(str(file), aside)
                system.mv(aside, path)
            finally:
                with suppress(FileNotFoundError):
                    system.rm_file(aside)

    def fetch(self, file: Path) -> None:
        """Fetch it as a file of this machine."""
        with reaching(self):
            system, path = self._reached
            system.get_file(path, str(file))

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove it."""
        with reaching(self):
            system, path = self._reached
            with suppress(*([FileNotFoundError] if missing_ok else [])):
                system.rm_file(path)

    def remove(self) -> None:
        """Remove it and all that it holds; what is not there is not missed."""
        with reaching(self):
            system, path = self._reached
            for _again in range(_REMOVALS):
                system.invalidate_cache()
                with suppress(FileNotFoundError):
                    system.rm(path, recursive=True)
                    continue
                return

    def sha256(self) -> str:
        """The hash of its content, read once from its begin to its end."""
        digest = hashlib.sha256()
        with reaching(self):
            system, path = self._reached
            with system.open(path, "rb", block_size=_PIECE) as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
        return digest.hexdigest()


def sizes_of(files: Sequence[StorePath]) -> list[int]:
    """How long files of one store are, in bytes, asked side by side where it can.

    Raises
    ------
    OSError
        If one is not there.
    """
    if not files:
        return []
    with reaching(files[0]):
        return [int(size) for size in files[0]._reached[0].sizes([file._reached[1] for file in files])]


def ranges_of(files: Sequence[StorePath], starts: Sequence[int], ends: Sequence[int]) -> list[bytes]:
    """Parts of files of one store, read side by side where it can.

    Parameters
    ----------
    files : sequence of StorePath
    starts, ends : sequence of int
        In bytes, from the begin of each.

    Raises
    ------
    OSError
        If one cannot be read.
    """
    # of a range without bytes some stores send the whole file
    asked = [place for place, (start, end) in enumerate(zip(starts, ends, strict=True)) if start < end]
    found = [b""] * len(files)
    if not asked:
        return found
    with reaching(files[0]):
        system = files[0]._reached[0]
        sides = ([side[place] for place in asked] for side in (starts, ends))
        parts = system.cat_ranges([files[place]._reached[1] for place in asked], *sides, on_error="raise")
    for place, part in zip(asked, parts, strict=True):
        found[place] = bytes(part)
    return found


def _is_object_store(system: Any) -> bool:
    protocols = system.protocol if isinstance(system.protocol, tuple | list) else (system.protocol,)
    return not _OBJECT_STORES.isdisjoint(protocols)


@contextmanager
def reaching(place: StorePath) -> Iterator[None]:
    """Tell all that goes wrong with a store as an OSError of that file.

    Raises
    ------
    OSError
    """
    others = tuple(
        getattr(sys.modules[module], name) for module, names in _DRIVERS if module in sys.modules for name in names
    )
    try:
        yield
    except (OSError, *others) as error:
        kind = next((kind for kind in (FileNotFoundError, PermissionError) if isinstance(error, kind)), OSError)
        # the words of a store say more than a number does
        reason = str(error).split("\n")[0]
        told = kind(reason if " " in reason else _("No such file or directory"))
        told.strerror, told.filename = str(told), str(place)
        raise told from None


def check_store(place: StorePath, where: str) -> None:
    """Check that what speaks a store's protocol is installed.

    Raises
    ------
    InputError
    """
    check_installed(where, "fsspec", "cluster")
    import fsspec

    protocol = place.url.partition("://")[0]
    try:
        fsspec.get_filesystem_class(protocol)
    except (ImportError, ValueError) as error:
        what = _("{protocol}:// cannot be read: {reason}").format(protocol=protocol, reason=str(error).split("\n")[0])
        raise InputError(Problem(where, what, _("Install the package of that store, as s3fs for s3://."))) from None


# --- registers ----------------------------------------------------------------------------------------------------


class _Stored:
    """The origin of a file of a mirror; as `udsat_geo.sources.origins.Origin`, its hash read when it is asked for."""

    def __init__(self, mirror: Mirror, file: Path):
        self.mirror, self.file, self.known = mirror, file, ""

    @property
    def name(self) -> str:
        """As of `udsat_geo.sources.origins.Origin`."""
        return self.file.name

    @property
    def sha256(self) -> str:
        """Likewise; read from the store where no worker told it and the file is not here."""
        if not self.known:
            with _told(place := self.mirror.place_of(self.file)):
                self.known = place.sha256() if self.file in self.mirror.ends else sha256_of(self.file)
        return self.known


@dataclass
class Mirror:
    """A folder of this machine that stands for one in a store.

    Attributes
    ----------
    folder : Path
    place : StorePath
    ends : list of Path
        Files of which only the end is here.
    """

    folder: Path
    place: StorePath
    ends: list[Path] = field(default_factory=list)

    def place_of(self, file: Path) -> StorePath:
        """Where a file of the mirror comes from."""
        return self.place / file.relative_to(self.folder).as_posix()

    def tell(self, file: Path, sha256: str) -> None:
        """Say what is known of the hash of a file, so that it need not be fetched for it."""
        origin = origin_of(file)
        if isinstance(origin, _Stored):
            origin.known = sha256

    def bring(self) -> None:
        """Fetch the whole of all files.

        Raises
        ------
        InputError
            If one cannot be fetched.
        """
        while self.ends:
            file = self.ends[-1]
            with _told(self.place_of(file)):
                self.place_of(file).fetch(file)
            self.ends.pop()


_MIRRORS: dict[Path, Mirror] = {}
"""By their folders."""


def mirror_of(folder: Path) -> Mirror | None:
    """The mirror that a folder or file lies in; None where it is of this machine."""
    return next((_MIRRORS[each] for each in (folder, *folder.parents) if each in _MIRRORS), None)


def bring(folder: Path) -> bool:
    """Fetch what is not here of a folder that mirrors a store; whether there was anything to fetch.

    Raises
    ------
    InputError
        If it cannot be fetched.
    """
    mirror = mirror_of(folder)
    if mirror is None or not mirror.ends:
        return False
    mirror.bring()
    return True


@contextmanager
def mirrored(registers: Path | StorePath, option: str) -> Iterator[Path]:
    """A folder of this machine that stands for the registers in a store, for as long as the context lasts.

    Parameters
    ----------
    registers : Path or StorePath
        Where they are; a folder of this machine stands for itself.
    option : str
        What they were named with, for the message.

    Raises
    ------
    InputError
        If the store cannot be reached or has no such folder.
    """
    if isinstance(registers, Path):
        yield registers
        return
    place = registers
    check_store(place, option)
    folder = Path(tempfile.mkdtemp(prefix="udsat_geo-mirror-")).resolve() / place.name
    mirror = _MIRRORS[folder] = Mirror(folder, place)
    files = list[Path]()
    try:
        with _told(place):
            for name, size, changed in _listed(place):
                file = folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                _copy(mirror, file, size)
                os.utime(file, (changed, changed))
                tell_origin(file, _Stored(mirror, file))
                files.append(file)
        if not files:
            raise InputError(Problem(str(place), _("no such folder"), _("Name the folder that holds the registers.")))
        yield folder
    finally:
        for file in files:
            forget_origin(file)
        _MIRRORS.pop(folder, None)
        shutil.rmtree(folder.parent, ignore_errors=True)


@contextmanager
def _told(place: StorePath) -> Iterator[None]:
    """Tell a store that cannot be read as such.

    Raises
    ------
    InputError
    """
    try:
        yield
    except OSError as error:
        where, what = error.filename or str(place), _("cannot be read: {reason}").format(reason=reason_of(error))
        remedy = _("Check the address, and that this machine has the right to read it.")
        raise InputError(Problem(where, what, remedy)) from None


def _listed(place: StorePath) -> list[tuple[str, int, float]]:
    """The files of a folder and of those in it: name, size, and when it was changed (0 where that is not told)."""
    with reaching(place):
        system, path = place._reached
        system.invalidate_cache()
        found = []
        for each, told in sorted(system.find(path, detail=True).items()):
            name = each.removeprefix(path.rstrip("/")).lstrip("/")
            changed = told.get("LastModified", told.get("mtime", told.get("last_modified")))
            if name and ".." not in PurePosixPath(name).parts:
                seconds = changed.timestamp() if hasattr(changed, "timestamp") else float(changed or 0)
                found.append((name, int(told["size"]), seconds))
    return found


def _copy(mirror: Mirror, file: Path, size: int) -> None:
    """The end of a Parquet file; the whole of any other, and of one that has no such end."""
    place = mirror.place_of(file)
    if file.suffix.lower() == ".parquet" and size >= 12:
        (begin, end) = ranges_of([place, place], [0, size - 8], [4, size])
        length = int.from_bytes(end[:4], "little") + 8
        if begin == end[4:] == b"PAR1" and length <= min(size, _MOST_OF_AN_END):
            (end,) = ranges_of([place], [size - length], [size])
            with file.open("wb") as out:
                out.write(begin)
                out.truncate(size)
                out.seek(size - length)
                out.write(end)
            mirror.ends.append(file)
            return
    place.fetch(file)
