"""The panel "what if": thresholds are moved, and what becomes of the areas is drawn beside the designation."""

from __future__ import annotations

import hashlib
import os
import shlex
from html import escape
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QSettings, QStandardPaths, Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..installed import told
from ..program import ProgramError
from ..wording import language, said
from .designations import designations
from .drawn import Drawn
from .explorer import Explorer
from .sliders import MAIN, Slider, taken_along

_SETTINGS = "udsat_geo/what_if"


class WhatIf(QDockWidget):
    """The panel.

    Attributes
    ----------
    sliders : dict
        By the key of the setting, while the engine runs.
    drawn : Drawn
        The temporary layer.
    """

    def __init__(self, parent: Any):
        super().__init__(said("what_if_title"), parent)
        self.setObjectName("udsat_geo_what_if")
        self.explorer = Explorer(self)
        self.explorer.begun.connect(self._begun)
        self.explorer.failed.connect(self._failed)
        self.explorer.step.connect(lambda step: self._tell(state=step))
        self.drawn = Drawn()
        self.sliders: dict[str, Slider] = {}
        self._settled: dict[str, Any] = {}
        self._asking = self._ask_again = False
        self._refused_name = ""
        self._build()
        # a closed QGIS leaves nothing running
        QCoreApplication.instance().aboutToQuit.connect(self.stop)

    # --- what one sees

    def _build(self) -> None:
        self.file, self.registers, self.options = QComboBox(self), QLineEdit(self), QLineEdit(self)
        self.file.currentIndexChanged.connect(lambda _at: self._recall())
        self.registers.setPlaceholderText(said("registers_empty"))
        self.options.setToolTip(said("options_help"))
        choose, self.begin = QPushButton(said("choose"), self), QPushButton(said("begin"), self)
        choose.clicked.connect(lambda _checked: self._choose())
        self.begin.clicked.connect(lambda _checked: self.start())
        folder = QHBoxLayout()
        folder.addWidget(self.registers, 1)
        folder.addWidget(choose)
        form = QFormLayout()
        form.addRow(said("designation"), self.file)
        form.addRow(said("registers"), folder)
        form.addRow(said("options"), self.options)
        form.addRow(self.begin)
        self.against = QComboBox(self)
        self.against.currentIndexChanged.connect(lambda _at: self.ask())
        self.state, self.problems, self.totals = (QLabel(self) for _each in range(3))
        for label in (self.state, self.problems, self.totals):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problems.setStyleSheet("color: #a40000")
        self.reset, self.save = QPushButton(said("reset"), self), QPushButton(said("save"), self)
        self.reset.clicked.connect(lambda _checked: self.reset_all())
        self.save.clicked.connect(lambda _checked: self._save_as())
        buttons = QHBoxLayout()
        for button in (self.reset, self.save):
            buttons.addWidget(button)
        self._moving = QWidget(self)
        self._rows = QVBoxLayout()
        column = QVBoxLayout(self._moving)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._rows)
        column.addWidget(self.against)
        column.addLayout(buttons)
        whole = QWidget(self)
        page = QVBoxLayout(whole)
        page.addLayout(form)
        for widget in (self.state, self.problems, self.totals, self._moving):
            page.addWidget(widget)
        page.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(whole)
        self.setWidget(area)
        self._moving.hide()
        self._tell(state="", problems="", totals="")

    def _tell(self, **texts: str) -> None:
        """What stands in the labels; those without a text take no room."""
        for name, text in texts.items():
            label = getattr(self, name)
            label.setText(text)
            label.setVisible(bool(text))

    def showEvent(self, event: Any) -> None:
        """The designations in the project, as they are now."""
        chosen, files = self.file.currentData(), designations()
        self.file.clear()
        for file in files:
            self.file.addItem(Path(file).name, file)
            self.file.setItemData(self.file.count() - 1, file, Qt.ItemDataRole.ToolTipRole)
        if chosen in files:
            self.file.setCurrentIndex(files.index(chosen))
        self.begin.setEnabled(bool(files))
        if not files:
            self._tell(state=said("no_designation"))
        elif not self._settled:
            self._tell(state="")
        super().showEvent(event)

    def closeEvent(self, event: Any) -> None:
        """Nothing is left running; what was drawn stays until it is removed."""
        self.stop()
        super().closeEvent(event)

    def _choose(self) -> None:
        found = QFileDialog.getExistingDirectory(self, said("registers"), self.registers.text())
        if found:
            self.registers.setText(found)

    def _key(self, name: str) -> str:
        # registers belong to one designation: those of another would answer about other people
        of_file = hashlib.sha256(str(self.file.currentData() or "").encode()).hexdigest()[:16]
        return f"{_SETTINGS}/{of_file}/{name}"

    def _recall(self) -> None:
        for name, box in (("registers", self.registers), ("options", self.options)):
            box.setText(str(QSettings().value(self._key(name)) or ""))

    # --- the engine

    def start(self) -> None:
        """Read the people of the chosen designation, and begin."""
        file = str(self.file.currentData() or "")
        self.stop()
        self._tell(problems="")
        for name, box in (("registers", self.registers), ("options", self.options)):
            QSettings().setValue(self._key(name), box.text().strip())
        arguments = [file, f"--policies={_where_to_save(file)}"]
        if self.registers.text().strip():
            arguments.append(f"--registers={Path(self.registers.text().strip()).expanduser().absolute()}")
        try:
            arguments += shlex.split(self.options.text())
            self.explorer.start(arguments)
        except ValueError:
            self._failed([said("no_options")])
        except ProgramError as error:
            self._failed([told(error)])
        else:
            self._tell(state=said("reading"))
            self.begin.setText(said("begin_again"))

    def stop(self) -> None:
        """End the engine; the sliders go with it."""
        self.explorer.stop()
        self._settled, self._asking, self._ask_again = {}, False, False
        self._moving.hide()
        self._tell(state="", totals="")

    def _failed(self, faults: list[str]) -> None:
        self.stop()
        self._tell(problems="\n".join(faults))

    def _begun(self, settled: dict[str, Any]) -> None:
        if "refused" in settled:
            self._failed(settled["refused"])
            return
        self._settled = settled
        for slider in self.sliders.values():
            self._rows.removeWidget(slider)
            slider.deleteLater()
        self.sliders = {}
        for knob in settled["knobs"]:
            if knob["key"] in MAIN and knob["kind"] != "choice" and knob["value"] is not None:
                slider = self.sliders[knob["key"]] = Slider(knob, self._moving)
                slider.moved.connect(self._moved)
                self._rows.addWidget(slider)
        self.against.blockSignals(True)
        self.against.clear()
        self.against.addItem(said("against_shipped", policy=settled["policy"]["id"]), "shipped")
        if settled["last"] is not None:
            self.against.addItem(said("against_last", year=str(settled["last"])), "last")
        self.against.blockSignals(False)
        title = settled["policy"]["title"][language()]
        self._tell(state=said("running", policy=title, year=str(settled["year"])))
        self._moving.show()
        self.ask()

    # --- moving

    def _moved(self, key: str, _value: float) -> None:
        values = {name: slider.value() for name, slider in self.sliders.items()}
        worst = any(knob["key"] == "rule.core" and knob["kind"] == "share" for knob in self._settled["knobs"])
        for name, value in taken_along(key, values, worst).items():
            self.sliders[name].show_value(value)
        self.ask()

    def set_value(self, key: str, value: float) -> None:
        """Move a setting, as its box does."""
        self.sliders[key].box.setValue(value)

    def reset_all(self) -> None:
        """Go back to the policy begun with."""
        for slider in self.sliders.values():
            slider.show_value(slider.shipped)
        self.ask()

    def settings(self) -> dict[str, Any]:
        """All that is set: what differs from the policy, and the decisions begun with."""
        values = {key: slider.value() for key, slider in self.sliders.items() if slider.value() != slider.shipped}
        return {**self._settled["begun"], "values": values}

    def ask(self) -> None:
        """Ask for the areas: one question at a time, the last settings always."""
        if not self._settled:
            return
        self._ask_again = self._asking
        if self._asking:
            return
        self._asking = True
        asked = {"settings": self.settings(), "against": self.against.currentData(), "kept": None}
        self.explorer.ask("answer", asked, self._answered)

    def _answered(self, answer: dict[str, Any]) -> None:
        self._asking = False
        if "refused" in answer:
            self._tell(problems="\n".join([said("refused"), *answer["refused"]]))
        else:
            replaced = answer["replaced"]
            self._tell(problems=said("replaced", files=", ".join(replaced)) if replaced else "")
            self._tell(totals=_totals(answer, str(self.against.currentText())))
            title = said("drawn_title", year=str(self._settled["year"]))
            self.drawn.draw(answer, self._settled, title)
        if self._ask_again:
            self.ask()

    # --- saving

    def _save_as(self) -> None:
        name, is_ok = QInputDialog.getText(self, said("save"), said("save_name"))
        if is_ok and name.strip():
            self.save_policy(name.strip())

    def save_policy(self, name: str) -> None:
        """Save what is set as a policy; one of that name is replaced when it is saved a second time."""

        def answered(answer: dict[str, Any]) -> None:
            if "refused" in answer:
                self._refused_name = name
                self._tell(problems="\n".join(answer["refused"]))
                return
            self._refused_name = ""
            self._tell(problems="")
            self._tell(state="\n".join([said("saved"), *answer["files"], "", said("commands"), *answer["commands"]]))

        asked = {"settings": self.settings(), "id": name, "replace": name == self._refused_name}
        self.explorer.ask("save", asked, answered)


def _where_to_save(file: str) -> str:
    """The folder of the designation, or the user's documents where nothing may be written there."""
    folder = str(Path(file).parent)
    if os.access(folder, os.W_OK):
        return folder
    return str(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


def _totals(answer: dict[str, Any], against: str) -> str:
    """What the areas come to, and beside what."""
    found, compared = answer["totals"], answer["compared"]
    in_words = QLocale(language())

    def whole(value: float) -> str:
        return str(in_words.toString(int(value)))

    share = "" if found["share"] is None else said("share", share=str(in_words.toString(100 * found["share"], "f", 1)))
    lines = [f"<b>{said('totals', areas=whole(found['areas']), residents=whole(found['residents']))}{share}</b>"]
    if compared:
        moved = {name: whole(compared[name]) for name in ("added", "removed", "kept")}
        lines.append(escape(said("compared", against=against, **moved)))
        other = compared["totals"]
        if other is not None:
            areas, residents = (int(found[name]) - int(other[name]) for name in ("areas", "residents"))
            lines.append(escape(said("difference", areas=f"{areas:+d}", residents=_signed(residents, in_words))))
        gone = [each["name"] or each["id"] for each in compared["gone"]]
        if gone:
            lines.append(escape(said("gone", names=", ".join(gone))))
    return "<br>".join(lines)


def _signed(value: int, in_words: Any) -> str:
    return ("+" if value > 0 else "") + str(in_words.toString(value))
