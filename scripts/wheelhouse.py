"""Make an archive of this product and all that it needs, to be carried to a computer without a network.

Usage: python scripts/wheelhouse.py [--extras report,excel] [--platform windows linux] [--python 3.11] [--out FOLDER]
                                    [--newest] [--sbom]

For each platform there is a file ``udsat_geo-VERSION-PLATFORM-pyVERSION.zip``: a folder of wheels, the list of them
with their SHA-256 (``requirements.txt``, to which pip holds every wheel), and the two lines that install them
(``INSTALL.txt``). The archive of the same wheels has the same bytes.

Versions are those of ``scripts/wheelhouse.lock``, for any Python and system; ``--newest`` takes the newest instead. uv
locks them anew: ``uv pip compile pyproject.toml --extra report --extra excel --extra crate --universal
--python-version 3.11 --no-header --no-annotate -o scripts/wheelhouse.lock``. ``--sbom`` writes what an archive holds
beside it as CycloneDX (JSON), by ``cyclonedx-py`` (``pip install cyclonedx-bom``).
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
LOCK = REPOSITORY / "scripts" / "wheelhouse.lock"
PLATFORMS = {
    "windows": ("win_amd64",),
    # wheels of the libraries carry one of these, by the age of the system that they still run on
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "macos": ("macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64"),
}
INSTALL = {
    "windows": "py -{python} -m venv .venv\n"
    ".venv\\Scripts\\pip install --no-index --find-links wheels --require-hashes -r requirements.txt\n",
    "unix": "python{python} -m venv .venv\n"
    ".venv/bin/pip install --no-index --find-links wheels --require-hashes -r requirements.txt\n",
}


def own_wheel(folder: Path) -> Path:
    """The product's own wheel."""
    _pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(REPOSITORY))
    return next(folder.glob("udsat_geo-*.whl"))


def download(folder: Path, extras: str, platform: str, python: str, newest: bool) -> None:
    """Fetch the wheels of everything that the product needs on a platform, of the locked versions or the newest."""
    tags = [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
    wanted = f"udsat_geo[{extras}]" if extras else "udsat_geo"
    _pip(
        "download", "--quiet", "--only-binary=:all:", "--python-version", python, "--implementation", "cp", *tags,
        "--find-links", str(folder), "--dest", str(folder), *([] if newest else ["--constraint", str(LOCK)]), wanted,
    )  # fmt: skip


def requirements(wheels: list[Path]) -> str:
    """A line for each wheel, with its version and its SHA-256, as pip checks them."""
    lines = []
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{re.sub('[-_.]+', '-', name).lower()}=={version} --hash=sha256:{digest}\n")
    return "".join(sorted(lines))


def write_sbom(archive: Path, listed: str) -> Path:
    """The list of an archive's packages as CycloneDX.

    Raises
    ------
    subprocess.CalledProcessError
        If it cannot be made: the tool is not installed.
    """
    out = archive.with_suffix(".cdx.json")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "requirements.txt").write_text(listed, encoding="utf-8")
        tool = [sys.executable, "-m", "cyclonedx_py", "requirements", f"{folder}/requirements.txt"]
        subprocess.run([*tool, "--output-reproducible", "--of", "JSON", "-o", str(out)], check=True)
    return out


def pack(archive: Path, wheels: list[Path], install: str) -> None:
    """Write the archive; a stamp of its own would make it another one each time."""
    texts = {"requirements.txt": requirements(wheels), "INSTALL.txt": install}
    with zipfile.ZipFile(archive, "w") as packed:
        for name, text in texts.items():
            packed.writestr(zipfile.ZipInfo(name), text)
        for wheel in wheels:
            packed.writestr(zipfile.ZipInfo(f"wheels/{wheel.name}"), wheel.read_bytes())


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


def arguments() -> argparse.Namespace:
    """The call."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--extras", default="report,excel,crate", help="of the package, separated by commas")
    parser.add_argument("--platform", nargs="+", choices=list(PLATFORMS), default=["windows", "linux"])
    parser.add_argument("--python", default="3.11", metavar="VERSION", help="that the server has")
    parser.add_argument("--out", type=Path, default=Path("data/out"), metavar="FOLDER")
    parser.add_argument("--newest", action="store_true", help="versions, not the locked ones")
    parser.add_argument("--sbom", action="store_true", help="write what is in each archive as CycloneDX")
    return parser.parse_args()


def main() -> int:
    """Make the archives and say where they are."""
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    for platform in options.platform:
        with tempfile.TemporaryDirectory() as folder:
            own = own_wheel(Path(folder))
            try:
                download(Path(folder), options.extras, platform, options.python, options.newest)
            except subprocess.CalledProcessError:
                print(
                    f"no wheels of all packages for {platform} and Python {options.python}: see above", file=sys.stderr
                )
                return 1
            wheels = sorted(Path(folder).glob("*.whl"))
            version = own.name.split("-")[1]
            archive = options.out / f"udsat_geo-{version}-{platform}-py{options.python}.zip"
            system = "windows" if platform == "windows" else "unix"
            pack(archive, wheels, INSTALL[system].format(python=options.python))
            print(f"{archive}: {len(wheels)} wheels, {archive.stat().st_size / 1e6:.0f} MB")
            if options.sbom:
                print(write_sbom(archive, requirements(wheels)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
