"""The language of the program: the call's, else that of the user's locale, else English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge_registers import write_edge_registers
from udsat_geo.cli.main import designate, udsat

NO_LOCALE = dict.fromkeys(("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
DANISH_LOCALE = {**NO_LOCALE, "LANG": "da_DK.UTF-8"}
ENGLISH_WORDS = re.compile(r"\b(the|and|of|with|which|from|not|is|are|error|usage|options)\b", re.IGNORECASE)
SAID = {
    "da": ("Brug: ", "Tilvalg:", "Udpeg et års udsatte områder", "Vis denne tekst, og afslut.", "--out MAPPE"),
    "en": ("Usage: ", "Options:", "Designate the disadvantaged areas", "Show this message and exit.", "--out DIR"),
}
OF_CLICK = {"da": "Fejl: Der er intet tilvalg '--polcy'.", "en": "Error: No such option '--polcy'."}
OF_INPUT = {"da": "fejl: --year 2040: politikken kbh-2017", "en": "error: --year 2040: the policy kbh-2017"}


def call(*arguments: str | Path, locale: dict[str, str | None] = NO_LOCALE) -> Result:
    return CliRunner().invoke(udsat, [str(argument) for argument in arguments], env=locale)


@pytest.mark.parametrize(
    ("option", "locale", "language"),
    [
        ((), NO_LOCALE, "en"),
        ((), {**NO_LOCALE, "LANG": "C.UTF-8"}, "en"),
        ((), {**NO_LOCALE, "LANG": "sv_SE.UTF-8"}, "en"),
        ((), DANISH_LOCALE, "da"),
        ((), {**DANISH_LOCALE, "LC_ALL": "en_GB.UTF-8"}, "en"),
        (("--language", "da"), NO_LOCALE, "da"),
        (("--lang=da",), NO_LOCALE, "da"),
        (("--lang", "en"), DANISH_LOCALE, "en"),
        (("--lang", "xx"), DANISH_LOCALE, "da"),
    ],
)
def test_help_and_errors_have_one_language(
    option: tuple[str, ...], locale: dict[str, str | None], language: str
) -> None:
    shown = call("designate", *option, "--help", locale=locale).output
    wrong = call("designate", *option, "--year", "2025", "--polcy", "x", locale=locale).output
    told = "" if option == ("--lang", "xx") else call("designate", *option, "--year", "2040", locale=locale).output
    for one, pieces in SAID.items():
        assert [piece in shown for piece in pieces] == [one == language] * len(pieces), shown
        assert (OF_CLICK[one] in wrong) == (one == language), wrong
        assert (OF_INPUT[one] in told) == (one == language and bool(told)), told


def test_the_help_of_every_command_is_danish_throughout() -> None:
    for name in ("", "init", *udsat.all_commands()):
        shown = call(*name.split(), "--language", "da", "--help").output
        # names of options, files, columns and formats are the same in every language
        shown = re.sub(r"FROM,TO,WEIGHT|\(from\)|\bfrom, to\b", "", shown)
        words = re.sub(r"\[standard: [^]]*\]|\[[\w|]+\]|--?[\w-]+|`[^`]*`|\S*[._/]\S*", "", shown)
        assert not ENGLISH_WORDS.findall(words), (name, shown)


def test_what_is_no_number_is_told_without_a_word_of_english() -> None:
    told = CliRunner().invoke(designate, ["--year", "20x5"], env=DANISH_LOCALE).stderr
    assert "Ugyldig værdi for '--year': '20x5' er ikke et gyldigt tal her." in told


def test_the_language_before_the_command_is_that_of_the_command() -> None:
    before, after = call("--lang", "en", "policies"), call("policies", "--language", "en")
    assert before.output == after.output != call("policies").output
    assert "Fejl: Manglende argument 'MAPPE'." in call("--language", "da", "validate").output


@pytest.mark.long
def test_english_is_english_throughout_on_a_danish_machine(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "raw")
    job = ["--year", "2021", "--registers", tmp_path / "raw", "--out", tmp_path / "out", "--lang", "en"]
    for done in (
        CliRunner().invoke(designate, [str(part) for part in job], env=DANISH_LOCALE),
        call("validate", tmp_path / "raw", "--lang", "en", locale=DANISH_LOCALE),
        call("designate", "--help", "--lang", "en", locale=DANISH_LOCALE),
    ):
        assert done.exit_code == 0, done.output
        assert not re.search(r"\b(og|af|ikke|områder|beboere|fejl|brug)\b", done.output, re.IGNORECASE), done.output


@pytest.mark.long
def test_what_is_told_of_registers_is_danish_with_its_numbers(tmp_path: Path) -> None:
    write_edge_registers(tmp_path)
    (tmp_path / "registers.toml").write_text('[residents]\ndecimal = "x"\n', encoding="utf-8")
    told = call("validate", tmp_path, locale=DANISH_LOCALE).output
    assert "fejl: registers.toml: residents.decimal: skal være '.' eller ','" in told
    (tmp_path / "registers.toml").unlink()
    checked = call("validate", tmp_path, locale=DANISH_LOCALE).output
    assert re.search(r"residents: \d+\.\d{3} rækker", checked)
    assert "Registrene kan bruges med kbh-2017." in checked
    assert not ENGLISH_WORDS.findall(checked)
    missing = call("validate", tmp_path / "none", locale=DANISH_LOCALE).output
    assert "mappen findes ikke. Angiv den mappe, som registrene ligger i." in missing


@pytest.mark.long
def test_results_are_the_same_whatever_the_program_speaks(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "raw")
    printed = []
    for name, locale in (("english", NO_LOCALE), ("danish", DANISH_LOCALE)):
        job = ["--year", "2021", "--registers", tmp_path / "raw", "--out", tmp_path / name, "--format", "gpkg,csv"]
        done = CliRunner().invoke(designate, [str(part) for part in job], env=locale)
        assert done.exit_code == 0, done.output
        printed.append(done.stdout.replace(name, ""))
    assert printed[0] == printed[1]
    files = sorted((tmp_path / "english").iterdir())
    assert files
    assert all(path.read_bytes() == (tmp_path / "danish" / path.name).read_bytes() for path in files)
