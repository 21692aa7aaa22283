"""What the page asks, and what it is answered."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from udsat_geo.designation.designation import Designation
from udsat_geo.files.atomic_write import write_texts
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import LANGUAGES, _
from udsat_geo.messages.version import __version__
from udsat_geo.policy.rules import text_in
from udsat_geo.report.explorer.engine import Engine
from udsat_geo.report.explorer.knobs import GROUPS
from udsat_geo.report.explorer.picture import (
    compared,
    ground_told,
    places_told,
    sure_told,
    totals_of,
    unit_told,
    year_of,
)
from udsat_geo.report.explorer.settings import Settings, name_for, overrides_text
from udsat_geo.report.page.build import as_script_data, map_item
from udsat_geo.report.page.data import corner_of, ground
from udsat_geo.report.page.words import html_in_language, own_file, texts
from udsat_geo.units.barriers import segment_lines

SCRIPTS = ("words.js", "map.js", "labels.js", "tables.js", "downloads.js")
"""Of the report's page: they draw here what they draw there."""
OWN_SCRIPTS = ("settings.js", "drawing.js", "explorer.js")
FOLDER = "udsat_geo.report.explorer"
AGAINST = ("shipped", "last", "kept")
"""What a designation is held against: the policy begun with, the last round, other settings."""
_LAND_TOLERANCE_M = 10.0


class Answers:
    """An engine as the page knows it.

    Parameters
    ----------
    engine : Engine
    out : Path
        Where policies are saved.
    base : str
        The policy begun with, as it was named.
    call : tuple of str
        The options of the command that the job was made of, which a saved policy is run with.
    language : {"da", "en"}
        In which the page opens.
    """

    def __init__(
        self, engine: Engine, out: Path, base: str = "kbh-2017", call: tuple[str, ...] = (), language: str = "da"
    ):
        self.engine, self.out, self.base, self.call, self.language = engine, out, base, call, language
        made = engine.made
        units = made.units
        places = shapely.points(units.easting, units.northing) if units.geometry is None else units.geometry
        bounds = shapely.total_bounds(np.concatenate([places, made.outline]))
        self.corner = corner_of(bounds)
        self._bounds = self.corner.steps(bounds.reshape(2, 2)).ravel().tolist()
        self._stamps = {path: _stamp(path) for path in {*made.files.values()}}
        self._page = ""
        self._asked: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "begin": self._begin,
            "answer": self._answer,
            "unit": self._unit,
            "certainty": self._certainty,
            "save": self._save,
        }

    # --- the page -------------------------------------------------------------------------------------------------

    def page(self, nonce: str) -> str:
        """The page; `nonce` is what lets its own scripts run."""
        if not self._page:
            self._page = self._made_page()
        return self._page.replace(_NONCE, nonce)

    def _made_page(self) -> str:
        from bokeh.resources import Resources
        from jinja2 import Environment
        from markupsafe import Markup

        data, made = self._first(), self.engine.made
        bokeh_js = str(Resources(mode="inline", components=["bokeh"], log_level="warn").js_raw[0])
        plot = map_item(data["places"]["kind"], data["places"]["size"], LAYERS_ABOVE)
        script = "\n".join([*map(own_file, SCRIPTS), *(own_file(name, FOLDER) for name in OWN_SCRIPTS)])
        environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        return environment.from_string(html_in_language(self.language, "explorer.html", FOLDER)).render(
            nonce=_NONCE,
            language=self.language,
            title=f"{text_in(made.policy.policy.title, self.language) or made.policy.policy.id} {made.year}",
            synthetic=made.inputs.source == "synthetic",
            style=Markup(own_file("page.css") + own_file("explorer.css", FOLDER)),
            script=Markup(script),
            library=Markup(bokeh_js.replace("</script", "<\\/script")),
            data=Markup(as_script_data(data)),
            plot=Markup(as_script_data(plot)),
        )

    def _first(self) -> dict[str, Any]:
        """What the page begins with: all that no setting changes, and the first answer."""
        made = self.engine.made
        files = [("", name) for name in SCRIPTS] + [(FOLDER, name) for name in (*OWN_SCRIPTS, "explorer.html")]
        barriers = made.surroundings.barriers
        return {
            **self._settled(),
            "language": self.language,
            "texts": {lang: texts(lang, files) for lang in LANGUAGES},
            "help": {lang: {} for lang in LANGUAGES},
            "fewest": 0,
            "bounds": self._bounds,
            "places": places_told(made, self.corner),
            "land": self._land(),
            "base": ground_told(made, self.corner),
            "years": [year_of(made, self.corner)],
            "unit_ids": made.units.unit_id.tolist(),
            "barriers": []
            if barriers is None
            else shapely.get_coordinates(segment_lines(barriers)).reshape(-1, 2, 2).tolist(),
        }

    def _settled(self) -> dict[str, Any]:
        """What can be moved, and where the steps of all outlines are counted from."""
        made = self.engine.made
        policy = made.policy.policy
        return {
            "version": __version__,
            "step": self.corner.step,
            "corner": [self.corner.east, self.corner.north],
            "crs": made.units.crs,
            "begun": self.engine.begun.as_data(),
            "knobs": [knob.as_data() for knob in self.engine.knobs],
            "groups": {lang: {key: _(text, lang) for key, text in GROUPS.items()} for lang in LANGUAGES},
            "policy": {
                "id": policy.id,
                "title": {lang: text_in(policy.title, lang) or policy.id for lang in LANGUAGES},
            },
            "last": None if made.previous is None else made.previous.year,
        }

    def _land(self) -> Any:
        units = self.engine.made.units
        if units.geometry is not None:
            return self.corner.shape(ground(units.geometry, _LAND_TOLERANCE_M))
        size = float(self.engine.made.policy.policy.units.size) if units.kind == "cells" else 100.0
        half = size / 2
        east, north = units.easting, units.northing
        return self.corner.shape(shapely.union_all(shapely.box(east - half, north - half, east + half, north + half)))

    # --- what it asks ---------------------------------------------------------------------------------------------

    def of(self, what: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question.

        Raises
        ------
        InputError
            If it cannot be answered: everything that is at fault.
        """
        if what not in self._asked:
            raise InputError(Problem(what[:40], _("is no question"), ""))
        return self._asked[what](asked)

    def _begin(self, _asked: Mapping[str, Any]) -> dict[str, Any]:
        """What another program than the page begins with."""
        return {**self._settled(), "year": self.engine.made.year}

    def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The designation by settings, beside another."""
        settings = self.engine.settings(asked.get("settings"))
        made = self.engine.designation(settings)
        kept_refused: tuple[str, ...] = ()
        try:
            beside = self._compared(made, asked)
        except InputError as error:
            # other settings are at fault, not these
            beside, kept_refused = None, error.messages
        return {
            "settings": settings.as_data(),
            "year": year_of(made, self.corner),
            "totals": totals_of(made),
            "compared": beside,
            "kept_refused": list(kept_refused),
            "replaced": self.replaced(),
        }

    def _compared(self, made: Designation, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        against, engine = asked.get("against"), self.engine
        if against == "last" and engine.made.previous is not None:
            return compared(engine.made.previous, made, self.corner)
        if against == "kept" and asked.get("kept") is not None:
            other = engine.designation(engine.settings(asked["kept"]))
        elif against == "shipped":
            other = engine.made
        else:
            return None
        return compared(other.area_set(), made, self.corner, other)

    def _unit(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        made = self.engine.designation(self.engine.settings(asked.get("settings")))
        unit = asked.get("unit")
        if not isinstance(unit, int) or not 0 <= unit < len(made.units):
            raise InputError(Problem(_("unit"), _("there is none of that number")))
        return unit_told(made, unit)

    def _certainty(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = self.engine.certainty(self.engine.settings(asked.get("settings")))
        return sure_told(found)

    def replaced(self) -> list[str]:
        """The files that are not any more what was read."""
        return sorted(path.name for path, stamp in self._stamps.items() if _stamp(path) != stamp)

    def _save(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Write what is set as files that ``designate`` takes, and tell how."""
        engine, settings = self.engine, self.engine.settings(asked.get("settings"))
        stem = name_for(str(asked.get("id", "")))
        # what cannot be designated is not saved either
        engine.designation(settings)
        files = self.files_of(settings, stem)
        if not asked.get("replace"):
            there = [name for name in files if (self.out / name).exists()]
            if there:
                what, remedy = _("is there already"), _("Choose another name, or save again to replace it.")
                raise InputError([Problem(name, what, remedy) for name in there])
        written = write_texts(self.out, files)
        return {
            "files": [str(path) for path in written],
            "text": files[f"{stem}.toml"],
            "commands": self.commands_of(settings, stem),
        }

    def files_of(self, settings: Settings, stem: str) -> dict[str, str]:
        """Names of files -> what they hold: the policy, and barriers and decisions where there are any."""
        files = {f"{stem}.toml": self.engine.policy(settings, stem).to_toml(self.out)}
        if settings.barriers:
            files[f"{stem}-barriers.geojson"] = self.engine.barriers_text(settings.barriers)
        if settings.decisions:
            files[f"{stem}-overrides.csv"] = overrides_text(settings.decisions)
        return files

    def commands_of(self, settings: Settings, stem: str) -> list[str]:
        """The commands that designate by saved files what the page showed, into a folder of their own."""
        engine, out = self.engine, self.out / stem
        files = {"policy": f"{stem}.toml"}
        files |= {"barriers": f"{stem}-barriers.geojson"} if settings.barriers else {}
        files |= {"overrides": f"{stem}-overrides.csv"} if settings.decisions else {}
        rounds: list[tuple[int, dict[str, Path | str]]] = []
        if engine.last_round_made is not None:
            rounds.append((engine.last_round_made, {"policy": self.base}))
        rounds.append((engine.made.year, {name: self.out / file for name, file in files.items()}))
        store, before = engine.bench.job.store, engine.made.previous
        if engine.last_round_made is None and before is not None and engine.bench.job.previous is None:
            rounds[-1][1]["previous"] = store.place(before.year)
        return [
            shlex.join(
                [
                    "designate", "--year", str(year), *self.call,
                    *(word for name, at in named.items() for word in (f"--{name}", str(at))), "--out", str(out),
                ]
            )
            for year, named in rounds
        ]  # fmt: skip


LAYERS_ABOVE = ("before", "barriers")
"""What the explorer's map has beside the page's: the areas that are held against, and barriers."""
_NONCE = "NONCE-OF-THIS-ANSWER"


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
