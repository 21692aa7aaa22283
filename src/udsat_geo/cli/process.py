"""The console scripts: a process of their own around the commands."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

from udsat_geo.cli.main import designate as designate_command
from udsat_geo.cli.main import udsat as udsat_command

NOT_USED = ("pandas", "geopandas", "scipy")


def designate() -> None:
    """The console script `designate`."""
    _leave_out()
    designate_command()


def udsat() -> None:
    """The console script `udsat`."""
    _leave_out()
    udsat_command()


class _LeftOut(MetaPathFinder):
    """Answers for modules that are not to be imported as if they were not installed."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Raise for the modules left out; leave all others to the next finder."""
        if fullname in NOT_USED:
            raise ModuleNotFoundError(f"{fullname} is not used here", name=fullname)


def _leave_out() -> None:
    """Keep libraries that no command uses from being imported by those that do.

    pyogrio imports pandas and geopandas, and Numba scipy.linalg, wherever they are installed: together most of a
    second of a job that takes two. The script owns its process, so nothing else can miss them.
    """
    sys.meta_path.insert(0, _LeftOut())
