"""The explorer's engine as a process: ``udsat explore`` without a browser, asked at the address that it prints."""

from __future__ import annotations

import json
import re
from typing import Any, Callable

from qgis.PyQt.QtCore import QByteArray, QObject, QUrl, pyqtSignal
from qgis.PyQt.QtNetwork import QNetworkAccessManager, QNetworkProxy, QNetworkReply, QNetworkRequest

from ..wording import language, said
from .process import Program

_ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]+/[\w-]+/")


class Explorer(QObject):
    """A running engine.

    Signals
    -------
    begun : dict
        What can be moved, once people are read.
    failed : list of str
        What is at fault; it runs no more.
    step : str
        What it does while one waits.
    """

    begun, failed, step = pyqtSignal(object), pyqtSignal(object), pyqtSignal(str)

    def __init__(self, parent: Any):
        super().__init__(parent)
        self._address = ""
        self._program: Any = None
        self._manager = QNetworkAccessManager(self)
        # what is asked of this machine goes by way of no other
        self._manager.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))

    @property
    def pid(self) -> int:
        """Of the process; 0 where none runs."""
        return 0 if self._program is None else int(self._program.pid)

    def start(self, arguments: list[str]) -> None:
        """Run the engine by the options of ``udsat explore``.

        Raises
        ------
        ProgramError
            If there is no program.
        """
        self.stop()
        self._program = Program(self, self._ended, self._line, self.step.emit)
        self._program.start(["explore", *arguments, "--no-browser", f"--language={language()}"], keeps_on=True)

    def stop(self) -> None:
        """End it, if it runs."""
        program, self._program, self._address = self._program, None, ""
        if program is not None:
            program.stop()
            program.deleteLater()

    def ask(self, what: str, content: dict[str, Any], answered: Callable[[dict[str, Any]], None]) -> None:
        """Ask a question; `answered` takes the answer, or ``{"refused": [...]}``."""
        address = self._address
        request = QNetworkRequest(QUrl(address + what))
        request.setHeader(QNetworkRequest.KnownHeaders.ContentTypeHeader, "application/json")
        # it answers its own page alone
        request.setRawHeader(b"Origin", address.rsplit("/", 2)[0].encode())
        asked = json.dumps({"language": language(), **content}).encode()
        reply = self._manager.post(request, QByteArray(asked))

        def finished() -> None:
            reply.deleteLater()
            if address != self._address:
                return
            if reply.error() != QNetworkReply.NetworkError.NoError:
                answered({"refused": [said("no_answer", reason=str(reply.errorString()))]})
            else:
                answered(json.loads(bytes(reply.readAll())))

        reply.finished.connect(finished)

    def _line(self, line: str) -> None:
        found = _ADDRESS.search(line)
        if found is not None and not self._address:
            self._address = found.group()
            self.ask("begin", {}, self.begun.emit)

    def _ended(self, exit_code: int) -> None:
        program, self._program, self._address = self._program, None, ""
        if program is not None:
            self.failed.emit(program.faults(exit_code))
