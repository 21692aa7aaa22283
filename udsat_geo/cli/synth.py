"""`udsat synth`: the synthetic registers as files."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli.console import progress_on
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.synthetic.write import DEFAULT_SEED, write_registers


def run_synth(year: int, out: Path, seed: int | None) -> None:
    """Write the registers of a year into ``out``.

    Raises
    ------
    InputError
        If the synthetic city has no such year, or the folder cannot be written.
    """
    check_writable(out)
    with progress_on(True) as progress:
        if progress:
            progress(f"making the synthetic Copenhagen of {year}")
        write_registers(year, out, DEFAULT_SEED if seed is None else seed)
    click.echo(f"Synthetic registers of {year} in {out}: these people do not exist.")
