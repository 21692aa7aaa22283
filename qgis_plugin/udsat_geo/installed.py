"""The program that the settings of QGIS name, and what is said where it will not do."""

from __future__ import annotations

from processing.core.ProcessingConfig import ProcessingConfig

from .program import PROGRAM_SETTING, ProgramError, check_version, find_program
from .wording import said


def setting() -> str:
    """What was chosen; empty where nothing was."""
    return str(ProcessingConfig.getSetting(PROGRAM_SETTING) or "")


def installed_program() -> str:
    """The path of the program, which has answered that it is one.

    Raises
    ------
    ProgramError
    """
    program = find_program(setting())
    check_version(program)
    return program


def told(error: ProgramError) -> str:
    """What is wrong with the program, and what to do about it."""
    remedy = said("upgrade" if error.word == "too_old" else "install")
    return f"{said(error.word, **error.given)} {remedy}"
