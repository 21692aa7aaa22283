"""Make the QGIS plugin as a zip: ``python scripts/plugin_zip.py`` writes ``dist/udsat_geo_qgis-VERSION.zip``.

The same sources give the same bytes: files in order of their names, without times, and stored as they are, since
compressed bytes depend on the machine's zlib.
"""

from __future__ import annotations

import argparse
import configparser
import re
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = "udsat_geo"
SOURCE = ROOT / "qgis_plugin" / PLUGIN
KEPT = (".py", ".txt", ".svg")
REQUIRED = ("name", "description", "about", "version", "qgisMinimumVersion", "author", "email", "hasProcessingProvider")
"""What the QGIS plugin repository wants in ``metadata.txt``, and what Processing needs there; the repository also wants
``repository`` and ``tracker``, addresses that the project does not have yet."""
_START_OF_TIME = (1980, 1, 1, 0, 0, 0)


def version() -> str:
    """The version of the package; the plugin has the same."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def files() -> dict[str, bytes]:
    """Path in the zip -> content, in order."""
    found = {
        f"{PLUGIN}/{path.relative_to(SOURCE).as_posix()}": path.read_bytes()
        for path in SOURCE.rglob("*")
        if path.suffix in KEPT and path.is_file()
    }
    metadata = f"{PLUGIN}/metadata.txt"
    found[metadata] = re.sub(rb"(?m)^version=.*$", f"version={version()}".encode(), found[metadata])
    check_metadata(found[metadata].decode("utf-8"))
    found[f"{PLUGIN}/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    return dict(sorted(found.items()))


def check_metadata(text: str) -> None:
    """Refuse a ``metadata.txt`` that lacks something.

    Raises
    ------
    SystemExit
        Naming what is missing.
    """
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    missing = [key for key in REQUIRED if not parser.get("general", key, fallback="").strip()]
    if missing:
        raise SystemExit(f"metadata.txt lacks {', '.join(missing)}")


def make_zip(folder: Path) -> Path:
    """Write the zip into a folder and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PLUGIN}_qgis-{version()}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files().items():
            entry = zipfile.ZipInfo(name, _START_OF_TIME)
            entry.external_attr = 0o644 << 16
            # the same on Windows
            entry.create_system = 3
            archive.writestr(entry, content)
    return target


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where the zip goes [dist]")
    print(make_zip(parser.parse_args().out))


if __name__ == "__main__":
    main()
