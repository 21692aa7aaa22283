"""What reads registers and context: this machine, in buckets where it has no room for all keys; or a cluster."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

if TYPE_CHECKING:
    from udsat_geo.areas.area_set import AreaSet
    from udsat_geo.cluster.exchange import Place
    from udsat_geo.designation.designation import Inputs
    from udsat_geo.kernels.arrays import Ints
    from udsat_geo.policy.rules import Policy
    from udsat_geo.registers.read import RegisterSums
    from udsat_geo.scoring.scores import Yardstick
    from udsat_geo.units.units import Units

_OF_A_RESIDENT = 200
"""What a resident of a bucket takes while it is added up, in bytes: measured, and rounded up."""
_LEAST_OF_A_BUCKET = 50_000
"""Own choice: fewer make more files than is worth it."""


@dataclass(frozen=True)
class InBuckets:
    """Reads registers at once, or in buckets where there is no room; as `udsat_geo.designation.designation.Elsewhere`.

    Attributes
    ----------
    progress : callable, optional
        Told the name of each step as it begins.
    """

    progress: Callable[[str], None] | None = None

    def cells(
        self, folder: Path, policy: Policy, threads: int | None = None, year: int | None = None
    ) -> tuple[Units, RegisterSums]:
        """Make cells from registers.

        Parameters
        ----------
        folder, policy, threads, year
            As of `udsat_geo.units.units.cells_from_registers`, whose results they give.

        Raises
        ------
        InputError
            As there; where there is no room, if the registers are no Parquet files or the policy takes what buckets
            cannot give.
        """
        from udsat_geo.sources.engine import NoRoomForKeysError
        from udsat_geo.units.units import cells_from_registers

        try:
            return cells_from_registers(folder, policy, threads, year)
        except NoRoomForKeysError as error:
            refused = error
        from udsat_geo.cluster.alone import Alone
        from udsat_geo.cluster.registers import RESIDENTS_OF_A_BUCKET, CannotBeScatteredError, OnWorkers
        from udsat_geo.sources.engine import room_for_rows

        n_residents = min(max(room_for_rows() // _OF_A_RESIDENT, _LEAST_OF_A_BUCKET), RESIDENTS_OF_A_BUCKET)
        if self.progress is not None:
            what = _("too large for this memory: read in parts of {residents} residents")
            self.progress(what.format(residents=decimal(n_residents, 0)))
        try:
            with tempfile.TemporaryDirectory(prefix="udsat_geo-", ignore_cleanup_errors=True) as exchange:
                alone = Alone(Path(exchange), self.progress)
                return OnWorkers(alone, self.progress, n_residents).cells(folder, policy, threads, year)
        except CannotBeScatteredError:
            raise refused from None

    def for_areas(
        self, inputs: Inputs, policy: Policy, yardstick: Yardstick | None, previous: AreaSet | None
    ) -> InBuckets:
        """This: all cells are held; as `udsat_geo.designation.designation.Elsewhere.for_areas`."""
        return self

    def nearest(self, units: Units, sums: Ints, policy: Policy) -> tuple[Ints, Ints]:
        """Read the context of cells; as `udsat_geo.scoring.rates.sums_of_nearest`."""
        from udsat_geo.scoring.rates import sums_of_nearest

        return sums_of_nearest(units, sums, policy)


def reader_of_registers(
    cluster: tuple[str | None, Place | None],
    option: str,
    policy: Policy,
    has_units: bool,
    progress: Callable[[str], None] | None,
    holds_few: bool = False,
) -> AbstractContextManager[Any]:
    """What reads registers and context: this machine, or the workers of a cluster, for as long as the context lasts.

    Parameters
    ----------
    cluster : (str or None, Path or StorePath or None)
        The address of a scheduler, and the folder that all workers see.
    option : str
        What the folder is called where it was named, for the message.
    policy, has_units, progress, holds_few
        As of `udsat_geo.cluster.registers.on_workers`.

    Raises
    ------
    InputError
        If a folder is named without a scheduler; else as `udsat_geo.cluster.registers.on_workers`.
    """
    address, exchange = cluster
    if address is None and exchange is not None:
        raise InputError(Problem(option, _("is for the workers of a cluster"), _("Name it with --cluster.")))
    if address is None:
        return nullcontext(InBuckets(progress))
    from udsat_geo.cluster.registers import on_workers

    return on_workers(address, exchange, policy, has_units, progress, holds_few)
