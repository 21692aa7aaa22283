"""Options that several commands have, each said once. Imported by every command: nothing heavy here."""

from __future__ import annotations

import errno
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from udsat_geo.messages.errors import InputError

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
    from udsat_geo.files.postgis import is_database

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


INPUT_AT_FAULT, OUR_FAULT, INTERRUPTED = 2, 1, 130


def answers_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors into messages and exit codes: 2 for the input, 130 for an interruption.

    What is left, a fault of ours, keeps its traceback and exits with 1.
    """

    @wraps(command)
    def answered(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except InputError as error:
            for message in error.messages:
                click.echo(f"error: {message}", err=True)
            sys.exit(INPUT_AT_FAULT)
        except OSError as error:
            # no file has such a name, so it can only stand in the call
            if error.errno != errno.ENAMETOOLONG:
                raise
            click.echo(f"error: {str(error.filename)[:80]}...: the name is too long. Check the path.", err=True)
            sys.exit(INPUT_AT_FAULT)
        except (KeyboardInterrupt, RuntimeError) as error:
            # DuckDB answers Ctrl-C during a query with a RuntimeError of this text
            if isinstance(error, RuntimeError) and str(error) != "Query interrupted":
                raise
            click.echo("interrupted: nothing was written", err=True)
            sys.exit(INTERRUPTED)

    return answered


@contextmanager
def interruption_held() -> Iterator[None]:
    """Hold Ctrl-C back while modules load: DuckDB's aborts the whole process when it strikes just then."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    struck: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: struck.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if struck:
        raise KeyboardInterrupt
