"""The console scripts: a process of their own around the commands."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

from udsat_geo.cli.main import designate as designate_command
from udsat_geo.cli.main import udsat as udsat_command


class _NoFramesForPyogrio(MetaPathFinder):
    """Keeps pandas and geopandas out of the import of pyogrio, which takes them in wherever they are installed.

    They are 0.3 s of processor time of a job that takes two, and commands read and write Arrow tables. Whoever imports
    them at any other time gets them. The script owns its process, so nothing else can miss them.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Refuse the two while pyogrio looks for them; all else is left to the next finder."""
        looking = sys.modules.get("pyogrio._compat")
        if fullname in ("pandas", "geopandas") and looking is not None and not hasattr(looking, "HAS_GEOPANDAS"):
            raise ModuleNotFoundError(f"pyogrio goes without {fullname} here", name=fullname)


def designate() -> None:
    """The console script `designate`."""
    sys.meta_path.insert(0, _NoFramesForPyogrio())
    designate_command()


def udsat() -> None:
    """The console script `udsat`."""
    sys.meta_path.insert(0, _NoFramesForPyogrio())
    udsat_command(prog_name="udsat")
