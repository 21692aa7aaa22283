"""The console scripts: a process of their own around the commands."""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

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


class _LeftOut(MetaPathFinder, Loader):
    """Answers for modules that are not to be imported as if they could not be: those that ask find them, none loads."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The modules left out, which this loads in its way; all others are left to the next finder."""
        # Bokeh asks whether pandas is there and, unless somebody has imported it, goes without
        return ModuleSpec(fullname, self) if fullname in NOT_USED else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Refuse, as an import of what is not installed does."""
        raise ModuleNotFoundError(f"{spec.name} is not used here", name=spec.name)


def _leave_out() -> None:
    """Keep libraries that no command uses from being imported by those that do.

    pyogrio imports pandas and geopandas, and Numba scipy.linalg, wherever they are installed: together most of a
    second of a job that takes two. The script owns its process, so nothing else can miss them.
    """
    sys.meta_path.insert(0, _LeftOut())
