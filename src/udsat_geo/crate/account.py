"""The crate of an output folder: all runs whose results lie there.

RO-Crate has one file of a fixed name in a folder, and results of several years share a folder. So the crate lists every
run whose results still lie there as it left them: a run of this year takes the place of the one before, and one whose
results were replaced without a crate is left out. The order in which years are designated makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from udsat_geo.crate.read import read_crate
from udsat_geo.crate.run import NAME, Run
from udsat_geo.crate.taken import Call, run_of, time_of_build
from udsat_geo.crate.write import crate_text
from udsat_geo.designation import Designation
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.results import Account
from udsat_geo.io.summary import sha256


def account_of(call: Call, environment: dict[str, str]) -> Account:
    """What writes the crate of a call when its results are there.

    Parameters
    ----------
    call : Call
    environment : dict
        For ``SOURCE_DATE_EPOCH``, which is checked before the work.

    Raises
    ------
    InputError
        If the output folder holds a crate that is damaged or not ours.
    """
    time_of_build(environment)
    try:
        earlier = read_crate(call.out / NAME) if (call.out / NAME).exists() else ()
    except InputError as error:
        remedy = Problem(str(call.out / NAME), "would be written over", "Choose another --out, or move it away.")
        raise InputError([*error.messages, remedy]) from None

    def text(designation: Designation, folder: Path, names: Sequence[str]) -> str:
        now = run_of(call, designation, folder, names)
        kept = [run for run in earlier if run.year != now.year and lies_as_left(run, call.out)]
        return crate_text([*kept, now])

    return Account(NAME, text)


def lies_as_left(run: Run, folder: Path) -> bool:
    """Whether all results of a run lie in a folder with the bytes that it wrote."""
    return all(
        (folder / output.name).is_file() and sha256(folder / output.name) == output.sha256 for output in run.outputs
    )
