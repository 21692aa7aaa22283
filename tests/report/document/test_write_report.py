"""`udsat write-report` and its function in Python, over a small town; what was written is opened in LibreOffice."""

from __future__ import annotations

import html
import importlib.util
import inspect
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

import browsing
import udsat_geo as ug
from two_years import write_polygons, write_town
from udsat_geo.cli.main import udsat
from udsat_geo.files.read import read_summary
from udsat_geo.report.document.skeleton import SLOTS

WEST, EAST = (719_500.0, 6_175_500.0, 719_850.0, 6_176_500.0), (720_050.0, 6_175_600.0, 720_400.0, 6_176_300.0)
HEADINGS = [
    "Introduction", "Conclusion", "Development in the areas", "Status of the 18 goals", "The areas drawn anew, 2021",
    "Appendix 1: How the criteria are defined", "Appendix 2: The law on parallel societies",
    "Appendix 3: Where the goals start in the areas drawn anew", "About the figures",
]  # fmt: skip


def call(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(udsat, ["write-report", *(str(argument) for argument in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    write_polygons(folder / "areas.gpkg", ["Vest <b>x</b>", "Øst"], [WEST, EAST])
    (folder / "comments").mkdir()
    (folder / "comments" / "goal-1.md").write_text("# Skolerne\n\nDet **hjælper**.", encoding="utf-8")
    return folder


def of_town(town: Path) -> list[str | Path]:
    return ["--registers", town / "raw", "--policy", town / "town.toml", "--language", "en", "--years", "2021,2017"]


@pytest.fixture(scope="module")
def page(town: Path) -> str:
    """Of the town's areas and those drawn anew."""
    asked = ["--areas", "2017", "--updated", "2021", "--comments", town / "comments", "--out", town / "status.html"]
    code, out, err = call(*of_town(town), *asked)
    assert (code, err) == (0, "")
    assert f"the status report, internal; {len(SLOTS) - 1} places for comments and cases are empty" in out
    return (town / "status.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_skeleton_is_that_of_the_report(page: str) -> None:
    assert re.findall(r"<h2 id=.+?>(.+?)</h2>", page) == HEADINGS
    figures = re.findall(r"<figcaption>(Figure \d)", page)
    assert figures == [f"Figure {number}" for number in (1, 2, 3, 4)]
    tables = re.findall(r"<caption>(Table \d+|Appendix table \d)", page)
    assert tables == [*(f"Table {number}" for number in range(1, 23)), "Appendix table 1", "Appendix table 2"]
    assert "Table 22: The areas beside the updated ones, 2021" in page
    assert "<p>Det <strong>hjælper</strong>.</p>" in page
    assert page.count("[Room for") == len(SLOTS) - 1


@pytest.mark.long
def test_residents_are_those_of_the_designation(page: str, town: Path) -> None:
    """Who lives in the areas of 2017 in 2021 `udsat status` says, and what the areas drawn anew hold, `designate`."""
    told = re.findall(r"In 2021, ([\d,]+) of the city&#x27;s ([\d,]+) residents live in the areas", page)
    report = ug.status(2017, years=[2021], registers=town / "raw", policy=town / "town.toml", language="en").report
    status = report.series.last
    assert [tuple(int(n.replace(",", "")) for n in each) for each in told] == [
        (status.residents_in_areas, status.residents)
    ]
    assert f"{len(read_summary(town / 'out' / 'designation_2021.gpkg').areas)} areas, where there were" in page


@pytest.mark.long
def test_what_registers_cannot_answer_is_said(page: str, town: Path) -> None:
    text = html.unescape(page)
    assert "Cannot be computed, since the registers lack the columns: Private dwellings in all" in text
    assert text.count("Registers do not answer this goal") == 14
    alone = ug.write_report(
        town / "areas.gpkg", years=[2017, 2021], registers=town / "raw", policy=town / "town.toml",
        out=town / "alone.html", language="da",
    )  # fmt: skip
    text = html.unescape(alone.read_text(encoding="utf-8"))
    assert "Områderne er ikke udpeget på ny: Figur 3 og 4 og Tabel 22 kræver --updated." in text
    assert "så intet mål har dem som udgangspunkt" in text
    assert "<b>x</b>" not in alone.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.skipif(browsing.program() is None, reason="Chromium is not installed")
def test_axe_finds_nothing(page: str, town: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    script += "; document.readyState == 'complete' && axe.run().then(found => found.violations"
    script += ".map(one => one.id + one.nodes[0].html).join() || 'none')"
    with browsing.browser() as port, browsing.served(town) as address:
        assert browsing.look(port, f"{address}/status.html", script).value == "none"


@pytest.mark.long
@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftoppm")),
    reason="LibreOffice (libreoffice-writer-nogui) or pdftoppm (poppler-utils) is not installed",
)
def test_libreoffice_opens_the_word_document_and_its_pages_are_full(town: Path, tmp_path: Path) -> None:
    pytest.importorskip("docx", reason="python-docx is not installed: the extra docx has it")
    code, _out, err = call(*of_town(town), "--areas", "2017", "--updated", "2021", "--out", tmp_path / "status.docx")
    assert (code, err) == (0, "")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "status.docx"]
    subprocess.run(convert, check=True, capture_output=True, timeout=180)
    subprocess.run(
        ["pdftoppm", "-r", "20", "-gray", tmp_path / "status.pdf", tmp_path / "page"], check=True, timeout=60
    )
    pages = sorted(tmp_path.glob("page-*.pgm"))
    assert 14 <= len(pages) <= 40
    text = subprocess.run(
        ["pdftotext", tmp_path / "status.pdf", "-"], check=True, capture_output=True, timeout=60
    ).stdout
    told = " ".join(text.decode("utf-8").split())
    assert [head for head in HEADINGS if told.count(head) < 2] == [], "each in the contents and in its place"
    assert all(f"Table {number}: " in told for number in range(1, 23))
    ink = [sum(dot < 128 for dot in page.read_bytes()[-165 * 233 :]) for page in pages]
    # the last one may hold a line
    assert min(ink[:-1]) > 100, f"a page is all but empty: {ink}"


BAD = [
    (["--years", "2017", "--areas", "2017", "--out", "status.odt"], ["status.odt: ends in neither .docx nor .html"]),
    (["--years", "2017", "--areas", " ", "--out", "a.html"], ["--areas: is empty"]),
    (["--years", "2017,2021", "--areas", "2021", "--out", "a.html"], ["--areas 2021: --years begins with 2017"]),
    (["--years", "2017", "--areas", "2017", "--updated", "2021", "--out", "a.html"], ["--updated 2021: lies"]),
    (["--years", "2017", "--areas", "2017", "--out", "no-folder.gpkg/a.html"], ["no-folder.gpkg"]),
    (["--years", "2017,2017", "--areas", "2017", "--template", "a.txt", "--comments", "nowhere", "--out", "a.html"],
     ["--years 2017: stands more than once", "--template: is of Word", "nowhere: cannot be read"]),
    (["--years", "2017", "--areas", "no-such.gpkg", "--out", "a.html"], ["no-such.gpkg"]),
    (["--years", "2017", "--areas", "2017", "--policy", "boligomraade-2021", "--out", "a.html"], ["boligomraade-2021"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "messages"), BAD)
def test_bad_calls_are_answered(
    arguments: list[str], messages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no-folder.gpkg").write_text("x")
    (tmp_path / "a.txt").write_text("x")
    code, _out, err = call(*arguments, "--quiet")
    assert code == 2
    assert "Traceback" not in err
    for message in messages:
        assert message in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "no-folder.gpkg"]


def test_without_python_docx_the_command_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "docx" else find(name))
    (tmp_path / "a.docx").write_text("x")
    call_of = ["--years", "2017", "--areas", "2017", "--template", tmp_path / "a.docx", "--out", tmp_path / "b.docx"]
    code, _out, err = call(*call_of, "--quiet")
    assert code == 2
    assert 'pip install "udsat_geo[docx]"' in err


@pytest.mark.long
def test_whatever_the_command_may_be_told_the_function_may_too() -> None:
    options = {parameter.name for parameter in udsat.all_commands()["write-report"].params}
    left = options - {"quiet", "help", "show_examples"}
    assert set(inspect.signature(ug.write_report).parameters) == left | {"progress"}
