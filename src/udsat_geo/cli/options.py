"""Options that several commands have, each said once. Imported by every command: nothing heavy here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def language_option(help_text: str) -> Decorator:
    """``--lang``, Danish unless told otherwise."""
    return click.option(
        "--lang", "language", type=click.Choice(["da", "en"]), default="da", show_default=True, help=help_text
    )


def policy_option(help_text: str) -> Decorator:
    """``--policy``, Copenhagen's unless told otherwise."""
    return click.option("--policy", default="kbh-2017", show_default=True, metavar="NAME|FILE", help=help_text)


def registers_by_year_option() -> Decorator:
    """``--raw`` of commands over several years."""
    return click.option(
        "--raw",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Register folder; DIR/Y for each year. "
        "[default: data/raw; without registers there, the synthetic Copenhagen]",
    )


def place(_context: click.Context, _option: click.Parameter, value: str) -> Path | str:
    """A folder as a path; the address of a database, which is no path, as it is."""
    from udsat_geo.io.database import is_database

    return value if is_database(value) else Path(value)


def seed_option() -> Decorator:
    """``--seed``: another synthetic city."""
    return click.option("--seed", type=click.IntRange(min=0), default=None, metavar="N", help="Of the synthetic city.")


def threads_option() -> Decorator:
    """``--threads``: how many at most."""
    return click.option(
        "--threads", type=click.IntRange(min=1), metavar="N", help="At most so many; results do not depend on it."
    )


def json_option() -> Decorator:
    """``--json`` in the place of tables."""
    return click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, alone on standard output.")
