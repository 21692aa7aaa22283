"""What the algorithms have in common: words, parameters by name, the call of the program."""

from __future__ import annotations

import re
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from qgis.core import (
    NULL,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterVectorLayer,
    QgsProcessingUtils,
)
from qgis.PyQt.QtCore import QCoreApplication, QThread
from qgis.PyQt.QtGui import QIcon

from .installed import installed_program, setting, told
from .loading import each_layer, load_when_done, show_anew
from .program import ProgramError, find_program
from .running import INPUT_AT_FAULT, RunError, run
from .sources import file_of_layer
from .wording import LANGUAGES, language, said
from .wording.common import SHARED

POLICIES = (
    "kbh-2017", "boligomraade-2021", "parallelsamfund-2021", "omdannelsesomraade-2021", "forebyggelsesomraade-2021",
    "boligomraade-2018", "ghettoomraade-2018", "haardt-ghettoomraade-2018", "ghettoomraade-2014", "qpv-2024",
    "iod-2025", "cejst-1", "mss-berlin",
)  # fmt: skip
"""The built-in policies."""
EARLIER_NAMES = {"--registers": "--raw", "--language": "--lang", "--references": "--reference"}
"""What options were called before, and some messages of the program call them still."""
WHOLE = QgsProcessingParameterNumber.Integer
EARLIEST, LATEST = 1900, 2200
"""Years that a box lets one turn to; own choice."""


class UdsatAlgorithm(QgsProcessingAlgorithm):
    """An algorithm that is a command of the program.

    Subclasses say their words and options, make their parameters, and say what came out.
    """

    COMMAND = ""
    WORDS: dict[str, dict[str, Any]] = {}
    OPTIONS: dict[str, str] = {}
    """Parameter -> the option of the command that it becomes."""
    LAYERS: tuple[str, ...] = ()
    """The tables of the result that may be loaded, from the top of the project to the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.arguments: list[str] = []
        self.synthetic = False

    # --- what QGIS asks for

    def createInstance(self) -> Any:
        """A new one."""
        return type(self)()

    def name(self) -> str:
        """As in ``udsat_geo:designate``."""
        return self.COMMAND

    def displayName(self) -> str:
        """As the toolbox shows it."""
        return str(self.words["title"])

    def tags(self) -> list[str]:
        """What it is found by."""
        return str(self.words["tags"]).split(",")

    def icon(self) -> Any:
        """The provider's."""
        return QIcon(str(Path(__file__).parent / "icon.svg"))

    def shortHelpString(self) -> str:
        """What it does, and what each parameter means."""
        parts = [f"<p>{paragraph}</p>" for paragraph in self.words["about"]]
        parts.append(f"<h3>{said('parameters')}</h3>")
        for definition in self.parameterDefinitions():
            title, explanation = self.titled(definition.name())
            parts.append(f"<p><b>{_html(title)}</b><br>{_html(explanation)}</p>")
        parts.append(f"<h3>{said('outputs')}</h3>")
        titles = [_html(title) for title in self.words["outputs"].values()]
        return "".join([*parts, f"<p>{', '.join(dict.fromkeys(titles))}</p>"])

    def canExecute(self) -> Any:
        """Whether the program is there; what it answers is asked when it runs."""
        try:
            find_program(setting())
        except ProgramError as error:
            return False, told(error)
        return True, ""

    # --- words and parameters

    @property
    def words(self) -> dict[str, Any]:
        """Of the algorithm, in QGIS's language."""
        return self.WORDS[language()]

    def titled(self, name: str) -> tuple[str, str]:
        """Title and explanation of a parameter."""
        found: tuple[str, str] = self.words["parameters"].get(name) or SHARED[language()][name]
        return found

    def add(self, kind: Any, name: str, *given: Any, advanced: bool = False, **named: Any) -> None:
        """Add a parameter with its words; `given` and `named` are what its kind needs beside name and title."""
        title, explanation = self.titled(name)
        parameter = kind(name, title, *given, **named)
        parameter.setHelp(explanation)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        self.addParameter(parameter)

    def add_output(self, kind: Any, name: str) -> None:
        """Add an output beside the destination."""
        self.addOutput(kind(name, self.words["outputs"][name]))

    def add_designation(self) -> None:
        """A designation, by any layer of it."""
        self.add(QgsProcessingParameterVectorLayer, "FILE", [QgsProcessing.TypeVector])

    def add_policy(self, names: tuple[str, ...] = POLICIES, usual: str = POLICIES[0]) -> None:
        """A built-in policy by its name, or one in a file."""
        self.add(
            QgsProcessingParameterEnum,
            "POLICY",
            options=list(names),
            defaultValue=usual,
            usesStaticStrings=True,
        )
        self.add(QgsProcessingParameterFile, "POLICY_FILE", fileFilter="TOML (*.toml)", optional=True)

    def add_language(self) -> None:
        """The language of what the program says; that of QGIS unless told otherwise."""
        self.add(
            QgsProcessingParameterEnum, "LANGUAGE", options=list(LANGUAGES), defaultValue=language(),
            usesStaticStrings=True, advanced=True,
        )  # fmt: skip

    def add_common(self, seed: bool = True, threads: bool = True) -> None:
        """Language, seed, threads, and what is loaded."""
        self.add_language()
        if seed:
            self.add(QgsProcessingParameterNumber, "SEED", WHOLE, optional=True, minValue=0, advanced=True)
        if threads:
            self.add(QgsProcessingParameterNumber, "THREADS", WHOLE, optional=True, minValue=1, advanced=True)

    def add_load(self, chosen: tuple[str, ...]) -> None:
        """Which tables of the result are loaded."""
        self.add(
            QgsProcessingParameterEnum, "LOAD", options=list(self.LAYERS), defaultValue=list(chosen),
            allowMultiple=True, optional=True, usesStaticStrings=True,
        )  # fmt: skip

    # --- the call

    def option(self, name: str, value: Any) -> None:
        """Say an option of the command, where there is a value."""
        if value is not None and value != "":
            self.arguments.append(f"{self.OPTIONS[name]}={value}")

    def number(self, parameters: Any, name: str, context: Any) -> int | None:
        """A whole number, None where none is given."""
        return self.parameterAsInt(parameters, name, context) if is_given(parameters, name) else None

    def path(self, parameters: Any, name: str, context: Any) -> str:
        """An absolute path, empty where none is given: the program runs in a folder of its own."""
        return absolute(self.parameterAsString(parameters, name, context))

    def layer(self, parameters: Any, name: str, context: Any, feedback: Any, designation: bool = False) -> str:
        """The file of a layer, empty where none is given."""
        layer = self.parameterAsVectorLayer(parameters, name, context)
        return "" if layer is None else file_of_layer(layer, context, feedback, designation)

    def common_options(self, parameters: Any, context: Any) -> None:
        """Say language, seed and threads."""
        self.option("LANGUAGE", self.parameterAsEnumString(parameters, "LANGUAGE", context))
        for name in ("SEED", "THREADS"):
            if name in self.OPTIONS:
                self.option(name, self.number(parameters, name, context))

    def policy_option(self, parameters: Any, context: Any) -> None:
        """Say the policy's file, or else the built-in one."""
        own = self.path(parameters, "POLICY_FILE", context)
        self.option("POLICY", own or self.parameterAsEnumString(parameters, "POLICY", context))

    def call(self, usual_steps: int, written: Path, stem: str, feedback: Any) -> bool:
        """Run the command.

        Parameters
        ----------
        usual_steps : int
        written : Path
            The folder that results go to.
        stem : str
            How their files begin.
        feedback : QgsProcessingFeedback

        Returns
        -------
        bool
            False if it was cancelled.

        Raises
        ------
        QgsProcessingException
            With what is at fault.
        """
        try:
            program = installed_program()
        except ProgramError as error:
            raise QgsProcessingException(told(error)) from None
        if self.synthetic:
            feedback.pushWarning(said("synthetic"))
        folder = Path(tempfile.mkdtemp(dir=QgsProcessingUtils.tempFolder()))
        try:
            done = run([program, self.COMMAND, *self.arguments], folder, usual_steps, written, stem, feedback)
        except RunError as failed:
            raise QgsProcessingException(self._told_of(failed, feedback)) from None
        except OSError as error:
            answer = error.strerror or str(error)
            raise QgsProcessingException(told(ProgramError("not_ours", path=program, answer=answer))) from None
        if not done:
            feedback.pushInfo(said("cancelled"))
        return done

    def _told_of(self, failed: RunError, feedback: Any) -> str:
        """Pass on what is at fault, with the titles of parameters in the place of options."""
        messages = [self.in_titles(message) for message in failed.messages]
        if failed.exit_code != INPUT_AT_FAULT:
            for message in messages:
                feedback.reportError(message)
            return said("our_fault", code=str(failed.exit_code))
        return said("at_fault", messages="\n".join(["", *messages]) if len(messages) > 1 else "".join(messages))

    def in_titles(self, message: str) -> str:
        """A message of the program, in which an option is called as its parameter is here."""
        # of two parameters for one option the first; of a title what comes before its explanation
        titles = {
            option: re.split(r" \(|:", self.titled(name)[0])[0] for name, option in reversed(self.OPTIONS.items())
        }
        titles.update({earlier: titles[option] for option, earlier in EARLIER_NAMES.items() if option in titles})

        def titled(found: Any) -> str:
            return said("quoted", title=titles[found[0]]) if found[0] in titles else str(found[0])

        return re.sub(r"(?<![\w-])--[a-z-]+", titled, message)

    # --- the results

    def results(self) -> list[Path]:
        """The files that the program writes."""
        raise NotImplementedError

    def refuse_unsaved(self, context: Any) -> None:
        """Refuse to replace a file of which the project has a layer with edits that are not saved.

        Raises
        ------
        QgsProcessingException
        """
        for layer in each_layer(context.project(), self.results()):
            if getattr(layer, "isModified", bool)():
                raise QgsProcessingException(said("unsaved", layer=layer.name()))

    def postProcessAlgorithm(self, context: Any, feedback: Any) -> dict[str, Any]:
        """What the project showed of earlier results it now shows of these; layers belong to QGIS's own thread."""
        # an algorithm of a model may be in another one
        if QThread.currentThread() == QCoreApplication.instance().thread():
            for layer in each_layer(context.project(), self.results()):
                show_anew(layer)
        return {}

    def load(self, parameters: Any, context: Any, made: dict[str, tuple[str, str, str]]) -> None:
        """Let the chosen tables be loaded; `made` is table -> output, URI and name."""
        # QGIS reads a choice of nothing as no choice, which is the default
        if parameters.get("LOAD") == []:
            return
        for table in self.parameterAsEnumStrings(parameters, "LOAD", context):
            if table in made:
                output, uri, name = made[table]
                load_when_done(context, uri, name, self.id(), output, self.LAYERS.index(table))


def is_given(parameters: Any, name: str) -> bool:
    """Whether a parameter has a value: dialogs, models and scripts each leave one out in their own way."""
    value = parameters.get(name)
    return not (value is None or value == NULL or value == "")


def absolute(path: str) -> str:
    """A path from where QGIS runs; empty stays empty."""
    return str(Path(path).expanduser().absolute()) if path else ""


def _html(text: str) -> str:
    return escape(text, quote=False)
