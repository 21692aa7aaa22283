"""The program beside a window that goes on: asked once and answered at its end, or kept until it is told to stop."""

from __future__ import annotations

import os
import signal
from typing import Any, Callable

from qgis.core import QgsProcessingUtils
from qgis.PyQt.QtCore import QObject, QProcess, QProcessEnvironment

from ..installed import installed_program, told
from ..program import ProgramError, environment_of_program
from ..running import PROGRESS, faults
from ..wording import said

_PATIENCE_MS = 3000
_UNTIL_INPUT_ENDS = {"UDSAT_UNTIL": "input-ends"}
"""Lets a program that would go on for ever end with its standard input: whatever becomes of QGIS, nothing stays."""


class Program(QObject):
    """A run of the program.

    Parameters
    ----------
    parent : QObject
    ended : callable
        Called with the exit code when it ends by itself.
    line : callable, optional
        Called with each line of the result as it comes; without it they are kept in `lines`.
    step : callable, optional
        Called with what each step is.
    """

    def __init__(self, parent: Any, ended: Callable[[int], None], line: Any = None, step: Any = None):
        super().__init__(parent)
        self.lines: list[str] = []
        self.said: list[str] = []
        self._ended, self._step = ended, step or (lambda _step: None)
        self._line = line or self.lines.append
        self._process: Any = None
        self._rest = {"out": b"", "err": b""}

    def start(self, arguments: list[str], keeps_on: bool = False) -> None:
        """Run it; `keeps_on` is one that ends only when it is told to.

        Raises
        ------
        ProgramError
            If there is no such program.
        """
        program = installed_program()
        environment = QProcessEnvironment()
        for name, value in {**environment_of_program(), **(_UNTIL_INPUT_ENDS if keeps_on else {})}.items():
            environment.insert(name, value)
        process = QProcess(self)
        process.setProcessEnvironment(environment)
        # it has no registers of its own there
        process.setWorkingDirectory(QgsProcessingUtils.tempFolder())
        process.readyReadStandardOutput.connect(self._read_out)
        process.readyReadStandardError.connect(self._read_err)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        self._process = process
        process.start(program, arguments)
        if not keeps_on:
            process.closeWriteChannel()

    @property
    def pid(self) -> int:
        """Of the process; 0 where none runs."""
        return 0 if self._process is None else int(self._process.processId())

    def stop(self) -> None:
        """End it, if it runs, and wait for that; nothing is told of it."""
        process, self._process = self._process, None
        if process is None or process.state() == QProcess.ProcessState.NotRunning:
            return
        process.closeWriteChannel()
        if os.name != "nt" and process.processId():
            # one that still reads its input, as Ctrl-C asks
            os.kill(int(process.processId()), signal.SIGINT)
        if not process.waitForFinished(_PATIENCE_MS):
            process.kill()
            process.waitForFinished(_PATIENCE_MS)

    def faults(self, exit_code: int) -> list[str]:
        """What is at fault, once it has ended."""
        found = faults(self.said, exit_code)
        return found or [said("our_fault", code=str(exit_code))]

    def _read_out(self) -> None:
        for line in self._lines("out", bytes(self._process.readAllStandardOutput()) if self._process else b""):
            self._line(line)

    def _read_err(self) -> None:
        for line in self._lines("err", bytes(self._process.readAllStandardError()) if self._process else b""):
            if line.startswith(PROGRESS):
                self._step(line[len(PROGRESS) :])
            elif line.strip():
                self.said.append(line)

    def _lines(self, stream: str, more: bytes) -> list[str]:
        *whole, self._rest[stream] = (self._rest[stream] + more).split(b"\n")
        return [line.decode("utf-8", "replace").rstrip("\r") for line in whole]

    def _finished(self, exit_code: int, _status: Any = None) -> None:
        if self._process is None:
            return
        self._read_out()
        self._read_err()
        for line in self._lines("out", b"\n"):
            if line:
                self._line(line)
        self._process = None
        self._ended(exit_code)

    def _failed(self, error: Any) -> None:
        if self._process is not None and error == QProcess.ProcessError.FailedToStart:
            program, answer = str(self._process.program()), str(self._process.errorString())
            self._process = None
            self.said.append(told(ProgramError("not_ours", path=program, answer=answer)))
            self._ended(-1)
