"""What the plugin says of itself in QGIS: parameters, help and dialogs, in Danish and English."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import pytest

from qgis_sessions import Profile, has_qgis, launcher  # noqa: F401 - asked in the condition below
from udsat_geo.cli.main import udsat
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.release.policy import BUILT_IN as BUILT_IN_RELEASES

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("not has_qgis()", reason="QGIS with its Python and Processing (python3-qgis) is not here"),
]

ALGORITHMS = ("designate", "diff", "status", "explain", "release")
NOT_IN_QGIS = {
    "--quiet", "--json", "--version", "--memory", "--categories", "--show-examples", "--cluster", "--exchange",
}  # fmt: skip
"""How the command line prints, QGIS having a log of its own and files that hold all, and which keys its messages show;
the ceiling of machines that many share, and many machines."""
WITHOUT_OPTION = {"LOAD", "POLICY_FILE", "BEFORE", "NOW", "FILE", "WANTED"}
"""Parameters that are no option of their own: of QGIS, another way to say --policy, and arguments of commands."""

DESCRIBE = """
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QGroupBox
from qgis.gui import QgsCollapsibleGroupBoxBasic
from processing.gui.AlgorithmDialog import AlgorithmDialog
from udsat_geo.algorithm import POLICIES
from udsat_geo.release import FORMS, RELEASE_POLICIES
folder, language, names = arguments
settings = [one.description for one in ProcessingConfig.getSettings()["udsat_geo"]]
qgis.utils.plugin_paths = [os.path.dirname(os.path.dirname(udsat_geo.__file__))]
qgis.utils.updateAvailablePlugins()
about = qgis.utils.pluginMetadata("udsat_geo", "about[da]" if language == "da" else "about")
found = {"policies": POLICIES, "of_release": [RELEASE_POLICIES, FORMS], "settings": settings, "about": about}
for name in names:
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(f"udsat_geo:{name}")
    advanced = QgsProcessingParameterDefinition.FlagAdvanced
    found[name] = {
        "title": algorithm.displayName(),
        "help": algorithm.shortHelpString(),
        "options": algorithm.OPTIONS,
        "outputs": {one.name(): one.description() for one in algorithm.outputDefinitions()},
        "parameters": {
            one.name(): [one.description(), one.help(), bool(one.flags() & advanced), one.type()]
            for one in algorithm.parameterDefinitions()
        },
    }
    dialog = AlgorithmDialog(algorithm, parent=None)
    dialog.resize(1100, 1000)
    dialog.show()
    for kind in ("", "_advanced"):
        if kind:
            group = sip.cast(dialog.findChild(QGroupBox, "grpAdvanced"), QgsCollapsibleGroupBoxBasic)
            group.setCollapsed(False)
        application.processEvents()
        assert dialog.grab().save(f"{folder}/qgis_{name}{kind}_{language}.png")
answer(found)
"""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """By language; the dialogs are drawn on the way."""
    home = tmp_path_factory.mktemp("words")
    pictures = Path(os.environ.get("UDSAT_PICTURES", home))
    found = {}
    for language in ("da", "en"):
        profile = Profile(home / language, launcher(home / "bin"), language)
        found[language] = profile.session(DESCRIBE, pictures, language, ALGORITHMS)
        for name in ALGORITHMS:
            assert (pictures / f"qgis_{name}_advanced_{language}.png").stat().st_size > 20_000
    return found


def test_the_policies_are_those_built_in(described: dict[str, dict[str, Any]]) -> None:
    assert tuple(described["en"]["policies"]) == BUILT_IN
    policies, forms = described["en"]["of_release"]
    assert tuple(policies) == BUILT_IN_RELEASES
    (units,) = [one for one in udsat.all_commands()["release"].params if one.name == "units"]
    assert forms == list(units.type.choices)  # type: ignore[attr-defined]


def test_the_plugin_manager_says_what_it_is(described: dict[str, dict[str, Any]]) -> None:
    assert described["en"]["about"].startswith("Brings algorithms into Processing: designate")
    assert described["da"]["about"].startswith("Føjer algoritmer til Processering: udpeg")


def test_the_setting_says_what_belongs_there(described: dict[str, dict[str, Any]]) -> None:
    assert described["da"]["settings"] == ["Programmet udsat, eller mappen det ligger i (tom: findes i PATH)"]
    assert described["en"]["settings"] == ["The program udsat, or the folder it lies in (empty: found on the PATH)"]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_option_of_the_command_is_a_parameter(described: dict[str, dict[str, Any]], name: str) -> None:
    command = udsat.all_commands()[name]
    options = {one.opts[-1] for one in command.params if isinstance(one, click.Option)}
    told = described["en"][name]
    assert set(told["options"].values()) == options - NOT_IN_QGIS
    assert set(told["options"]) | WITHOUT_OPTION >= set(told["parameters"]) >= set(told["options"])


@pytest.mark.parametrize("name", ALGORITHMS)
def test_everything_is_said_in_both_languages(described: dict[str, dict[str, Any]], name: str) -> None:
    danish, english = (described[language][name] for language in ("da", "en"))
    assert danish["title"] != english["title"]
    assert danish["parameters"].keys() == english["parameters"].keys()
    assert danish["outputs"].keys() == english["outputs"].keys()
    for parameter, (title, explanation, advanced, kind) in danish["parameters"].items():
        other_title, other_explanation, *same = english["parameters"][parameter]
        assert [advanced, kind] == same
        assert title
        assert len(explanation) > 10
        assert explanation != other_explanation
        assert title in danish["help"]
        assert other_title in english["help"]


@pytest.mark.parametrize("name", ["designate", "diff", "status"])
@pytest.mark.parametrize(
    ("language", "told"),
    [("da", ("det syntetiske København", "eget valg")), ("en", ("the synthetic Copenhagen", "own choice"))],
)
def test_the_help_says_what_is_made_up(
    described: dict[str, dict[str, Any]], name: str, language: str, told: tuple[str, str]
) -> None:
    for words in told:
        assert words in described[language][name]["help"]


def test_few_parameters_stand_in_the_open(described: dict[str, dict[str, Any]]) -> None:
    for name in ALGORITHMS:
        shown = [key for key, (_, _, advanced, _) in described["en"][name]["parameters"].items() if not advanced]
        assert len(shown) <= 8


def test_messages_are_danish_in_a_danish_qgis(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile", tmp_path / "intet", "da")
    done = profile.run("designate", {"YEAR": 2025, "OUTPUT": tmp_path / "out"}, LANG="da_DK.UTF-8", LC_ALL="")
    assert f"Programmet udsat_geo findes ikke her: {tmp_path / 'intet'}." in done.stderr
    assert "Installér det i et Python-miljø" in done.stderr
