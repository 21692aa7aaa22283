"""A slider and a box for each setting of a policy that is moved most."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QLocale, QSignalBlocker, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from ..wording import language, said

MAIN = (
    "rule.core", "rule.edge", "rule.own", "rule.criteria", "areas.residents", "areas.bridge", "areas.holes",
    "context.residents", "incumbents.leave",
)  # fmt: skip
"""Those that are moved here; the explorer's page has all of them."""
_FAR = 1e9


class Slider(QWidget):
    """One setting.

    Signals
    -------
    moved : str, float
        Its key and its new value, when somebody has moved it.
    """

    moved = pyqtSignal(str, float)

    def __init__(self, knob: dict[str, Any], parent: Any):
        super().__init__(parent)
        self.key, self.shipped = str(knob["key"]), float(knob["value"])
        self._least, self._step = float(knob["least"]), float(knob["step"])
        self._label, self._title = QLabel(self), knob["label"][language()]
        if knob["unit"][language()]:
            self._title = f"{self._title} ({knob['unit'][language()]})"
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, round((float(knob["most"]) - self._least) / self._step))
        self.box = QDoubleSpinBox(self)
        self.box.setLocale(QLocale(language()))
        self.box.setDecimals(_decimals(self.shipped, self._step))
        self.box.setSingleStep(self._step)
        # a number may be written beyond the ends of the slider
        self.box.setRange(-_FAR, _FAR)
        self.box.setKeyboardTracking(False)
        self._label.setBuddy(self.box)
        for each in (self.slider, self.box):
            each.setAccessibleName(self._title)
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.addWidget(self._label)
        column.addLayout(row)
        self.show_value(self.shipped)
        self.slider.valueChanged.connect(lambda at: self._told(self._least + at * self._step))
        self.box.valueChanged.connect(self._told)

    def value(self) -> float:
        """What it stands at."""
        return self._value

    def show_value(self, value: float) -> None:
        """Stand at a value, and tell nobody."""
        self._value = value
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            self.slider.setValue(round((value - self._least) / self._step))
            self.box.setValue(value)
        was = "" if value == self.shipped else said("was", value=self.box.textFromValue(self.shipped))
        self._label.setText(f"{self._title} {was}".strip())

    def _told(self, value: float) -> None:
        # a slider has only so many places: where it meets the policy's own, that is meant
        near = abs(value - self.shipped) < self._step / 1e6
        self.show_value(self.shipped if near else round(float(value), self.box.decimals()))
        self.moved.emit(self.key, self.value())


def _decimals(value: float, step: float) -> int:
    """As many as a step has, and as the policy's own number has."""
    return next((n for n in range(6) if all(abs(round(each, n) - each) < 1e-9 for each in (value, step))), 6)


_HARDEST_FIRST = ("rule.core", "rule.edge", "incumbents.leave")


def taken_along(key: str, values: dict[str, float], worst: bool) -> dict[str, float]:
    """What has to move with a setting: growing must not be harder than starting, nor staying harder than joining.

    Parameters
    ----------
    key : str
        That was moved.
    values : dict
        Where all settings stand, this one too.
    worst : bool
        Whether thresholds are shares of the worst, of which the smaller is the harder.
    """
    order = [each for each in _HARDEST_FIRST if each in values]
    if key not in order:
        return {}
    at, sign = values[key], -1 if worst else 1
    before, after = order[: order.index(key)], order[order.index(key) + 1 :]
    too_easy = [each for each in before if sign * (at - values[each]) > 0]
    too_hard = [each for each in after if sign * (values[each] - at) > 0]
    return dict.fromkeys([*too_easy, *too_hard], at)
