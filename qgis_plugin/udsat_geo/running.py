"""Running the program: its steps, messages and errors are passed on, and a cancelled run leaves nothing behind.

No QGIS in this module: a feedback is whatever has the methods of ``QgsProcessingFeedback``.
"""

from __future__ import annotations

import glob
import os
import queue
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from typing import IO, Any

from .program import environment_of_program, hidden_window

INPUT_AT_FAULT = 2
_BY_ITSELF = (1, INPUT_AT_FAULT, 130)
"""Exit codes after which the program has tidied up."""
PROGRESS, _ERRORS = "progress: ", ("error: ", "Error: ", "fejl: ", "Fejl: ")
_CALL = ("Usage: ", "Try '", "Brug: ", "Prøv '")
_ASK_AGAIN_S, _PATIENCE_S = 0.1, 10.0
_MOST = 95.0
_TWO_SPACES = "\N{NO-BREAK SPACE}" * 2


class RunError(Exception):
    """The program ended with a fault.

    Attributes
    ----------
    exit_code : int
    messages : list of str
        What is at fault, where the input or the call is (exit code 2); else everything that it said.
    """

    def __init__(self, exit_code: int, messages: list[str]):
        super().__init__(exit_code, messages)
        self.exit_code, self.messages = exit_code, messages


def run(command: list[str], folder: Path, usual_steps: int, written: Path, stem: str, feedback: Any) -> bool:
    """Run the program to its end.

    Parameters
    ----------
    command : list of str
    folder : Path
        Where it runs; it has no registers of its own there.
    usual_steps : int
        How many steps such a run usually has, for the bar.
    written : Path
        The folder that results go to.
    stem : str
        How the files of the results begin.
    feedback : QgsProcessingFeedback

    Returns
    -------
    bool
        False if it was cancelled; nothing has changed then.

    Raises
    ------
    RunError
    OSError
        If the program does not start.
    """
    before = _Before(written, stem)
    process = subprocess.Popen(
        command, cwd=str(folder), env=environment_of_program(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **hidden_window(),
    )  # fmt: skip
    told = _Told(usual_steps, feedback)
    lines: queue.Queue[tuple[bool, str | None]] = queue.Queue()
    for is_error, stream in ((False, process.stdout), (True, process.stderr)):
        threading.Thread(target=_read, args=(stream, is_error, lines), daemon=True).start()
    still_open = 2
    while still_open:
        if feedback.isCanceled():
            if not _end(process):
                before.restore()
            # one that had just finished has written everything
            return process.returncode == 0
        try:
            is_error, line = lines.get(timeout=_ASK_AGAIN_S)
        except queue.Empty:
            continue
        if line is None:
            still_open -= 1
        else:
            told.line(is_error, line)
    exit_code = process.wait()
    if exit_code:
        if exit_code not in _BY_ITSELF:
            before.restore()
        raise RunError(exit_code, faults(told.said, exit_code))
    told.end()
    return True


class _Told:
    """What the program says, passed on line by line."""

    def __init__(self, usual_steps: int, feedback: Any):
        self.usual_steps, self.feedback = usual_steps, feedback
        self.steps = 0
        self.said: list[str] = []

    def line(self, is_error: bool, line: str) -> None:
        """Pass on a step or a line of the result; what is said of faults waits for the exit code."""
        if not is_error:
            # the log makes one space of many, and tables fall apart
            self.feedback.pushConsoleInfo(line.replace("  ", _TWO_SPACES))
        elif line.startswith(PROGRESS):
            # the first line says that the first step begins
            self.feedback.setProgress(min(_MOST, 100.0 * self.steps / self.usual_steps))
            self.feedback.setProgressText(line[len(PROGRESS) :])
            self.steps += 1
        elif line.strip():
            self.said.append(line)

    def end(self) -> None:
        """After a good end, whatever else stood on standard error is a warning."""
        for line in self.said:
            self.feedback.pushWarning(line)
        self.feedback.setProgress(100.0)


def faults(said: list[str], exit_code: int) -> list[str]:
    """What is at fault, of all that was said; without how the command line is called, which nobody did here."""
    if exit_code != INPUT_AT_FAULT:
        return said
    return [_without(_ERRORS, line) for line in said if not line.startswith(_CALL)]


def _without(beginnings: tuple[str, ...], line: str) -> str:
    for beginning in beginnings:
        if line.startswith(beginning):
            return line[len(beginning) :]
    return line


def _read(stream: IO[bytes], is_error: bool, lines: Any) -> None:
    """Put the lines of a stream into a queue; None is its end."""
    with stream:
        for line in stream:
            lines.put((is_error, line.decode("utf-8", "replace").rstrip()))
    lines.put((is_error, None))


def _end(process: subprocess.Popen[bytes]) -> bool:
    """End a process, and say whether it did so by itself: asked as Ctrl-C asks, else killed."""
    if os.name != "nt":
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            pass
        else:
            return True
    process.kill()
    process.wait()
    return False


class _Before:
    """A folder of results as it was before a run, to make it so again after one that was made to end.

    The program writes into a hidden folder beside the results, ``.STEM-*``, and moves them out of it; what was there
    before is meanwhile kept in it as ``NAME.before``. A program that ends by itself leaves no such folder.
    """

    def __init__(self, written: Path, stem: str):
        self.written, self.stem = written, stem
        self.made = not written.exists()
        self.files, self.hidden = self._files(), self._hidden()

    def _files(self) -> set[Path]:
        return set(self.written.glob(f"{glob.escape(self.stem)}.*"))

    def _hidden(self) -> set[Path]:
        if not self.written.is_dir():
            return set()
        return {path for path in self.written.iterdir() if path.name.startswith(f".{self.stem}-") and path.is_dir()}

    def restore(self) -> None:
        """Put back what was there, and take away what is half made."""
        half_made = self._hidden() - self.hidden
        for new in self._files() - self.files if half_made else ():
            new.unlink()
        for folder in half_made:
            for kept in folder.glob("*.before"):
                os.replace(kept, self.written / kept.name[: -len(".before")])
            shutil.rmtree(folder, ignore_errors=True)
        if self.made and self.written.is_dir() and not any(self.written.iterdir()):
            self.written.rmdir()
