"""Dask's workers: reached, looked at before anything is asked of them, and given tasks until all are done."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from udsat_geo.cluster.exchange import Place
from udsat_geo.cluster.plan import Run, program
from udsat_geo.cluster.stages import Done, perform
from udsat_geo.messages.errors import InputError, Problem, check_installed, reason_of
from udsat_geo.messages.translate import _
from udsat_geo.sources.stores import StorePath, check_store

WAIT_S = 20
"""How long a scheduler, and then a worker, is waited for; own choice."""
_WAIT_LOCAL_S = 120
"""How long workers of this machine may take to begin."""
_LOCAL, _REMOTE = re.compile(r"local:([1-9]\d{0,3})"), re.compile(r"(tcp|tls|ucx|ws|wss)://\S+")
OPTION = "--cluster"
_MOST_TOLD = 50
"""Problems; own choice."""
Task = tuple[str, int]
"""A stage, and the number of the task in it."""


@dataclass(frozen=True)
class Workers:
    """The workers of a scheduler.

    Attributes
    ----------
    client : distributed.Client
    address : str
        As it was named.
    exchange : Path or StorePath
        The folder that all workers see.
    costs : dict
        Stage -> what its tasks told of themselves.
    """

    client: Any
    address: str
    exchange: Place
    costs: dict[str, list[Done]] = field(default_factory=lambda: defaultdict(list))

    def __len__(self) -> int:
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def check(self, files: Sequence[Place]) -> None:
        """Check that every worker runs this program, reads these files and may write into the exchange folder.

        Raises
        ------
        InputError
            Naming each worker that does not.
        """
        probe = self.exchange / f".probe-{uuid.uuid4().hex}"
        try:
            probe.write_bytes(b"")
            found = self.client.run(look, [probe, *files], self.exchange, on_error="return")
        except OSError as error:
            what = _("cannot write into {folder}: {reason}").format(folder=self.exchange, reason=reason_of(error))
            raise InputError(
                Problem(f"{OPTION} {self.address}", what, _("Name another folder with --exchange."))
            ) from None
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
        here = {"program": program(), **versions()}
        problems = [
            Problem(f"{OPTION} {self.address}", _("worker {worker} {what}").format(worker=worker, what=what), remedy)
            for worker, told in sorted(found.items())
            for what, remedy in _faults(told, here, probe)
        ]
        if problems:
            raise InputError(problems)

    def run(self, plan: Run, stages: Sequence[str]) -> list[str]:
        """Have all tasks of some stages done, which need nothing of each other.

        Returns
        -------
        list of str
            The stages of tasks that found what only the whole can tell about.

        Raises
        ------
        InputError
            With the faults that tasks found in their input, or where workers or the scheduler are no more.
        """
        tasks = {self._submit(plan, (stage, n)): (stage, n) for stage in stages for n in range(plan.n_tasks(stage))}
        avoided: dict[Task, set[str]] = defaultdict(set)
        problems, odd = list[str](), list[str]()
        ended = Queue[Any]()
        for future in tasks:
            future.add_done_callback(ended.put)
        try:
            while tasks:
                future = self._next(ended)
                task, done = tasks.pop(future), self._result(future)
                if done.refused:
                    avoided[task].add(done.worker)
                    again = self._submit(plan, task, self._others(avoided[task], done))
                    tasks[again] = task
                    again.add_done_callback(ended.put)
                    continue
                self.costs[task[0].partition("-")[0]].append(done)
                problems += done.problems
                odd += [task[0]] if done.odd else []
        finally:
            self.client.cancel(list(tasks))
        if problems:
            raise InputError(_shortened(list(dict.fromkeys(sorted(problems)))))
        return odd

    def _submit(self, plan: Run, task: Task, workers: Sequence[str] | None = None) -> Any:
        stage, number = task
        key = f"{stage}-{number}-{uuid.uuid4().hex}"
        return self.client.submit(perform, plan, stage, number, key=key, pure=False, workers=workers)

    def _next(self, ended: Queue[Any]) -> Any:
        """The next task that comes to an end.

        Raises
        ------
        InputError
            If there is no scheduler or no worker any more.
        """
        alone_since = time.monotonic()
        while True:
            with suppress(Empty):
                return ended.get(timeout=1)
            if self.client.status != "running":
                raise self._lost()
            if len(self):
                alone_since = time.monotonic()
            if time.monotonic() - alone_since > WAIT_S:
                what, remedy = _("no worker is left"), _("Start workers, and run the same command again.")
                raise InputError(Problem(f"{OPTION} {self.address}", what, remedy))

    def _lost(self) -> InputError:
        what, remedy = _("the scheduler went away"), _("Start it, and run the same command again.")
        return InputError(Problem(f"{OPTION} {self.address}", what, remedy))

    def _others(self, avoided: set[str], done: Done) -> list[str]:
        """The workers that a task has not failed on.

        Raises
        ------
        InputError
            If there are none.
        """
        others = sorted(set(self.client.scheduler_info(n_workers=-1)["workers"]) - avoided)
        if not others:
            what = _("worker {worker} {what}").format(worker=done.worker, what=done.refused)
            remedy = _("Look at that worker's disk and folders; the others refused as well.")
            raise InputError(Problem(f"{OPTION} {self.address}", what, remedy))
        return others

    def _result(self, future: Any) -> Done:
        """What a task told.

        Raises
        ------
        InputError
            If it never came to an end.
        """
        from distributed import KilledWorker

        where = f"{OPTION} {self.address}"
        if future.status in ("cancelled", "lost"):
            raise self._lost()
        try:
            done: Done = future.result()
        except KilledWorker:
            what = _("workers were lost again and again over one task")
            remedy = _("Give each more memory, or see what their logs say.")
            raise InputError(Problem(where, what, remedy)) from None
        return done


@contextmanager
def workers_at(address: str, exchange: Place | None) -> Iterator[Workers]:
    """The workers of a scheduler, or of this machine, for as long as the context lasts.

    Parameters
    ----------
    address : str
        ``tcp://host:8786``, or ``local:N`` for so many processes of this machine.
    exchange : Path or StorePath or None
        A folder that all workers see; a temporary one for those of this machine.

    Raises
    ------
    InputError
        If nobody answers there, or the folder is none.
    """
    check_installed(OPTION, "distributed", "cluster")
    local = _LOCAL.fullmatch(address)
    if local is None and _REMOTE.fullmatch(address) is None:
        what = _("{text!r} is no address").format(text=address)
        raise InputError(Problem(OPTION, what, _("Write it as tcp://scheduler:8786, or local:4.")))
    if local is None and exchange is None:
        what = _("needs a folder that all workers see")
        raise InputError(Problem(f"{OPTION} {address}", what, _("Name it with --exchange.")))
    with ExitStack() as stack:
        folder = _folder(exchange, stack)
        client = stack.enter_context(_client(address, None if local is None else int(local[1])))
        yield Workers(client, address, folder)


def _folder(exchange: Place | None, stack: ExitStack) -> Place:
    """The exchange folder, made where it is missing.

    Raises
    ------
    InputError
        If it cannot be made.
    """
    if exchange is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="udsat_geo-")))
    if isinstance(exchange, StorePath):
        check_store(exchange, str(exchange))
    try:
        exchange.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = _("cannot be made: {reason}").format(reason=reason_of(error))
        raise InputError(Problem(str(exchange), what, _("Name another folder with --exchange."))) from None
    return exchange if isinstance(exchange, StorePath) else exchange.resolve()


@contextmanager
def _client(address: str, n_local: int | None) -> Iterator[Any]:
    """A client of a scheduler, with a worker at least.

    Raises
    ------
    InputError
        If there is none.
    """
    import distributed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        where: Any = address if n_local is None else stack.enter_context(_on_this_machine(n_local))
        try:
            client = stack.enter_context(distributed.Client(where, timeout=WAIT_S, set_as_default=False))
            client.wait_for_workers(n_local or 1, timeout=_WAIT_LOCAL_S if n_local else WAIT_S)
        except TimeoutError:
            what = _("no worker within {seconds} seconds").format(seconds=WAIT_S)
            raise InputError(
                Problem(f"{OPTION} {address}", what, _("Start workers, and look at their logs."))
            ) from None
        except OSError as error:
            what = _("no scheduler answers: {reason}").format(reason=str(error).split("\n")[0])
            raise InputError(Problem(f"{OPTION} {address}", what, _("Check the address, and that it runs."))) from None
        yield client


@contextmanager
def _on_this_machine(n_workers: int) -> Iterator[Any]:
    """A scheduler in this process, and workers in others, on the loopback.

    They are programs of their own, which Ctrl-C does not reach, and not copies of this one: a script without
    ``if __name__ == "__main__"`` is not run again by each.
    """
    import distributed

    settings = {"n_workers": 0, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with ExitStack() as stack:
        space = stack.enter_context(tempfile.TemporaryDirectory(prefix="udsat_geo-", ignore_cleanup_errors=True))
        cluster = stack.enter_context(distributed.LocalCluster(silence_logs=logging.CRITICAL, **settings))
        for _worker in range(n_workers):
            stack.callback(_end, start_worker(cluster.scheduler_address, space))
        yield cluster


def start_worker(scheduler: str, space: str) -> subprocess.Popen[bytes]:
    """Start a worker on this machine, which nobody else reaches.

    Parameters
    ----------
    scheduler : str
        Its address.
    space : str
        A folder for what the worker keeps.
    """
    call = [sys.executable, "-m", "distributed.cli.dask_worker", scheduler, "--host", "127.0.0.1", "--nthreads", "1"]
    call += ["--no-nanny", "--no-dashboard", "--local-directory", space, "--death-timeout", str(_WAIT_LOCAL_S)]
    return subprocess.Popen(
        call,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(timeout=2)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def versions() -> dict[str, str]:
    """The versions of what results rest on: two engines of other versions may scatter keys otherwise."""
    import platform
    from importlib.metadata import version

    found = {name: version(name) for name in ("duckdb", "numpy", "pyarrow", "distributed")}
    return {"python": ".".join(platform.python_version_tuple()[:2]), **found}


def look(files: Sequence[Place], folder: Place) -> dict[str, Any]:
    """What a worker has: its versions, the files that it does not see, and why it cannot write into a folder."""
    told: dict[str, Any] = {"program": program(), **versions()}
    own = folder / f".probe-{uuid.uuid4().hex}"
    lacks = list[str]()
    try:
        lacks += [str(file) for file in files if not file.exists()]
        own.write_bytes(bytes(1 << 16))
    except OSError as error:
        return {**told, "lacks": lacks, "refused": reason_of(error)}
    finally:
        with suppress(OSError):
            own.unlink(missing_ok=True)
    return {**told, "lacks": lacks, "refused": ""}


def _shortened(problems: list[str]) -> list[str]:
    """Problems of many files, the first of them told and the others counted."""
    more = len(problems) - _MOST_TOLD
    if more <= 0:
        return problems
    return [*problems[:_MOST_TOLD], _("... and {n} more problems like these.").format(n=more)]


def _faults(told: Any, here: dict[str, str], probe: Place) -> Iterator[tuple[str, str]]:
    """What is wrong with a worker, and what to do."""
    exchange = str(probe).rpartition("/")[0] if isinstance(probe, StorePath) else probe.parent
    if isinstance(told, BaseException):
        reason = str(told).split("\n")[0]
        what = _("cannot load the program: {reason}").format(reason=reason)
        yield what, _("Install the same version of udsat_geo[cluster] there.")
        return
    others = {name: value for name, value in here.items() if told[name] != value}
    if others.pop("program", None):
        yield _("runs another version of the program"), _("Install the same version of udsat_geo[cluster] there.")
    for name, value in others.items():
        what = _("has {name} {there}, and here it is {here}").format(name=name, there=told[name], here=value)
        yield what, _("Install the same versions on all machines.")
    if str(probe) in told["lacks"]:
        what = _("does not see the exchange folder {folder}").format(folder=exchange)
        yield what, _("Name a folder with --exchange that all machines share under one path.")
        return
    for file in told["lacks"]:
        yield _("does not see {file}").format(file=file), _("Put the registers where all machines see them.")
    if told["refused"]:
        what = _("cannot write into {folder}: {reason}").format(folder=exchange, reason=told["refused"])
        yield what, _("Free space there, or name another folder with --exchange.")
