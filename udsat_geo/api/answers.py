"""What the questions beside a designation share in Python: the job they ask, and how their answers show themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from udsat_geo.api.asking import CADENCE, Asked, Language, within
from udsat_geo.api.frames import PathLike, layer_as_frame, table_as_frame

if TYPE_CHECKING:
    import pandas as pd

    from udsat_geo.designation.job import Job
    from udsat_geo.designation.layers import Layer
    from udsat_geo.policy.load import LoadedPolicy


class Answer:
    """An answer with layers, whose notebook form is a table below its one line."""

    @property
    def _layers(self) -> Iterable[Layer]:
        raise NotImplementedError

    @property
    def _shown(self) -> pd.DataFrame:
        raise NotImplementedError

    def _frame(self, name: str) -> Any:
        """A layer by its name: a GeoDataFrame, or a DataFrame where it has no geometries; None where there is none."""
        for layer in self._layers:
            if layer.name == name:
                return table_as_frame(layer.table) if layer.geometry_type is None else layer_as_frame(layer)
        return None

    def _repr_html_(self) -> str:
        from udsat_geo.api.display import frame_as_html

        shown = self._shown
        return frame_as_html(repr(self), shown.drop(columns="geometry", errors="ignore"))


@contextmanager
def job_of(
    year: int,
    policy: LoadedPolicy,
    registers: PathLike | None,
    units: object,
    around: Mapping[str, object],
    overrides: object,
    previous: object,
    language: Language,
    seed: int | None,
    threads: int | None,
    memory: str | None,
    sums: PathLike | Sequence[PathLike] | None = None,
) -> Iterator[Job]:
    """A designation to be made, as a call names it, for as long as the context lasts.

    Raises
    ------
    InputError
        If an input is no file and no frame, or an address cannot be fetched.
    """
    before = CADENCE if previous is None else previous
    asked = Asked(
        year, policy, registers, units, None, before, language=language, seed=seed, threads=threads, sums=sums
    )
    with asked.as_job({**around, "overrides": overrides}) as job, within(threads, memory):
        yield job
