"""How commands answer errors and interruptions. Imported by every command: nothing heavy here."""

from __future__ import annotations

import errno
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from udsat_geo.errors import InputError

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
