"""The documentation says what the code does, its examples run, and the site is whole without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

import browsing
import udsat_geo
from documentation import columns, commands, hooks, problems, tables
from udsat_geo.cli.main import udsat
from udsat_geo.designation.columns import DESCRIBED
from udsat_geo.policy import rules
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.publisher import Publisher

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
AT_THE_TOP = [ROOT / name for name in ("README.md", "README.da.md", "CONTRIBUTING.md")]


def name_of(page: Path) -> str:
    """Of a page, by which tests are told apart."""
    return page.relative_to(ROOT).as_posix()


by_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


# --- links --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*AT_THE_TOP, *PAGES], ids=name_of)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("http://", "https://", "mailto:", "#")):
            file = unquote(target).split("#")[0]
            assert (page.parent / file).exists(), f"{page.name} links to {target}"


def test_every_page_is_in_the_table_of_contents() -> None:
    named = set(re.findall(r"(?::|-) ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    assert named == {page.relative_to(DOCS).as_posix() for page in PAGES}


def test_the_readme_is_short_and_has_the_two_commands() -> None:
    """``.ci/run`` takes them from below their markers."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    commands_of = dict(re.findall(r"<!-- command: (\w+) -->\n```sh\n(.+)\n```", text))
    assert set(commands_of) == {"designate", "test"}
    danish = (ROOT / "README.da.md").read_text(encoding="utf-8")
    assert all(command in danish for command in commands_of.values())


@by_page
def test_what_is_made_from_the_code_is_made(page: Path) -> None:
    filled = hooks.fill(page.read_text(encoding="utf-8"))
    assert "<!-- made" not in filled


def test_everything_made_is_asked_for() -> None:
    asked = {name for page in PAGES for name in hooks.MARK.findall(page.read_text(encoding="utf-8"))}
    assert asked == set(hooks.MADE)


# --- made from the code -------------------------------------------------------------------------------------------


def test_the_data_dictionary_has_every_column() -> None:
    for language in ("da", "en"):
        told = columns.dictionary(language)
        for layer in DESCRIBED.values():
            section = told.partition(f"### `{layer.name}`")[2].partition("\n### ")[0]
            rows = re.findall(r"^\| (`.+?`|<code>.+?</code>) \|", section, re.MULTILINE)
            assert rows == [tables.code(column.name) for column in layer.columns]


def test_every_command_and_option_is_in_the_reference() -> None:
    parts = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", commands.reference(), re.DOTALL | re.MULTILINE))
    there = {f"udsat {name}": command for name, command in udsat.all_commands().items() if name != "designate"}
    there["designate"] = udsat.all_commands()["designate"]
    assert set(parts) == set(there)
    for name, command in there.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert f"{parameter.opts[0]}" in parts[name], (name, parameter.opts)


def test_pages_name_no_option_and_no_extra_that_is_not_there() -> None:
    told = {
        option
        for command in udsat.all_commands().values()
        for p in command.params
        for option in (*p.opts, *p.secondary_opts, *getattr(p, "old", ()))
    }
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    others = {"--help", "--strict", "--disable-pip"}  # of MkDocs and pip-audit
    for script in (ROOT / "scripts").rglob("*.py"):
        others |= set(re.findall(r'"(--[a-z][a-z-]+)"', script.read_text(encoding="utf-8")))
    for page in [*AT_THE_TOP, *PAGES]:
        # what pip is told to do is no option of ours
        text = re.sub(r"pip (?:wheel|download|install|compile) .*", "", page.read_text(encoding="utf-8"))
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - others
        assert named <= told, page.name
        for several in re.findall(r'install (?:-e )?"(?:\.|udsat_geo)\[([a-z,-]+)\]"', text):
            assert set(several.split(",")) <= set(extras), page.name


def test_problems_are_collected_with_their_remedies() -> None:
    page = problems.collected()
    assert page.count("\n| ") > 150
    for said in ("no such folder", "Name the folder that holds the registers.", "areas without a name"):
        assert said in page


def test_the_glossary_is_that_of_the_page() -> None:
    assert "| *kerne og kant* | core and edge | A core is a unit that makes an area," in hooks.MADE["glossary"]()


# --- policies -----------------------------------------------------------------------------------------------------

SECTIONS: dict[str, type[BaseModel]] = {
    "top": rules.Policy,
    "units": rules.UnitsRule,
    "context": rules.ContextRule,
    "rates": rules.RatesRule,
    "compare": rules.CompareRule,
    "criteria": rules.Criterion,
    "references": rules.Reference,
    "score": rules.ScoreRule,
    "scale": rules.ScaleNumbers,
    "rule": rules.AreaThresholds,
    "groups": rules.CriteriaGroup,
    "worst": rules.WorstShare,
    "areas": rules.AreasRule,
    "incumbents": rules.IncumbentsRule,
    "milestone": rules.MilestoneRule,
    "publisher": Publisher,
}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_a_policy_is_told_with_its_default(section: str) -> None:
    page = (DOCS / "policy.md").read_text(encoding="utf-8")
    found = re.search(rf"\{{ #{section} \}}\n(.*?)(?=\n##|\Z)", page, re.DOTALL)
    assert found is not None
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", found[1], re.MULTILINE))
    fields = SECTIONS[section].model_fields
    assert told == {field.alias or name: _default(field) for name, field in fields.items()}


def test_there_is_no_other_part_of_a_policy() -> None:
    models = {
        name
        for name, kind in vars(rules).items()
        if isinstance(kind, type) and issubclass(kind, (rules.Rule, Publisher))
    }
    # what `incumbents.leave` may be is told with it
    assert models == {"Rule", "LeaveByChance", *(kind.__name__ for kind in SECTIONS.values())}
    assert all(f"`{name}`" in hooks.MADE["policies"]() for name in BUILT_IN)


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.default if field.default is not PydanticUndefined else field.default_factory()
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, rules.Rule):
        return "table"
    if isinstance(value, str | tuple | dict):
        return f"`{value}`" if value else "empty"
    return str(value)


# --- the tour -----------------------------------------------------------------------------------------------------


def blocks_of(page: str) -> list[tuple[str, str]]:
    """The blocks of ``sh`` and ``python`` of a page of the documentation, in their order."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def run_in_shell(text: str, folder: Path) -> str:
    """What commands print, run by the installed package; the test fails where one of them does."""
    known = [str(Path(udsat_geo.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(part for part in known if part),
    }
    done = subprocess.run(
        ["sh", "-e", "-c", text], capture_output=True, text=True, timeout=600, env=environment, cwd=folder
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.long
def test_the_tour_runs_from_beginning_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one folder, the blocks of Python in one session."""
    monkeypatch.chdir(tmp_path)
    session: dict[str, Any] = {}
    shown = []
    for kind, text in blocks_of("tour"):
        if kind == "python":
            exec(compile(text, "tour.md", "exec"), session)
        else:
            shown.append(run_in_shell(text, tmp_path))
    assert shown[0].startswith("No registers in data/raw: running on the synthetic Copenhagen")
    assert "designation_2025.tif" in shown[1]
    assert "Sydhavnen" in shown[2]
    assert session["difference"].totals["residents_removed"] > 0


@pytest.mark.long
@pytest.mark.parametrize("page", ["data", "monitoring", "da/registre"])
def test_examples_of_the_command_line_on_other_pages_run(tmp_path: Path, page: str) -> None:
    examples = [text for kind, text in blocks_of(page) if kind == "sh"]
    assert examples
    for text in examples:
        run_in_shell(text, tmp_path)


@pytest.mark.long
def test_examples_of_python_on_other_pages_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for page in ("errors", "python"):
        examples = [text for kind, text in blocks_of(page) if kind == "python"]
        assert examples, page
        for text in examples:
            exec(compile(text, f"{page}.md", "exec"), {})


# --- the site -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for package in ("mkdocs", "material", "mkdocstrings"):
        pytest.importorskip(package, reason=f"the site needs the extra docs: {package} is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    """By what they are written to load: scripts, styles, fonts, pictures."""
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = page.read_text(encoding="utf-8")
        tags = re.findall(r"<(?:script|link|img|iframe|source|use)\b[^>]*>", text)
        fetched = [tag for tag in tags if re.search(r"(?:src|href|srcset)=[\"']?(?:https?:)?//", tag)]
        assert fetched == [], page.name
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", text), page.name


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    if browsing.program() is None:
        pytest.skip("Chromium is not installed")
    pytest.importorskip("tornado", reason="tornado, which comes with ipykernel, is not installed")
    with browsing.browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with browsing.served(site) as found:
        yield found


@pytest.mark.parametrize("page", ["index", "python", "policy", "errors"])
def test_a_browser_asks_for_nothing_elsewhere_and_complains_of_nothing(port: int, address: str, page: str) -> None:
    seen = browsing.look(port, f"{address}/{page}.html", "document.readyState == 'complete'")
    assert [asked for asked in seen.requests if not asked.startswith((address, "data:"))] == []
    assert seen.complaints == []


def test_search_finds_what_is_looked_for(port: int, address: str) -> None:
    found = "[...document.querySelectorAll('.md-search-result__item a')].map(a => a.href).join(' ')"
    seen = browsing.look(port, f"{address}/index.html?q=years_running", found)
    assert "policy.html" in seen.value
