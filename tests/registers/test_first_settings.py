"""`udsat init registers`: tables, keys, columns and codes as people have them become settings that can be read."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from udsat_geo.cli.main import udsat
from udsat_geo.registers.first_settings import first_settings, stem_of
from udsat_geo.registers.roles import likely_meaning, meaning_of
from udsat_geo.registers.settings import read_settings

pytestmark = pytest.mark.long  # whole jobs

N = 40


def tables() -> dict[str, pd.DataFrame]:
    """Forty dwellings at twenty addresses, and two people in each dwelling."""
    places = pd.DataFrame(
        {
            "adr_nr": [f"A{n:03}" for n in range(N // 2)],
            "etrs89_x": [720_050.5 + 100 * (n % 5) for n in range(N // 2)],
            "etrs89_y": [6_170_050.5 + 100 * (n // 5) for n in range(N // 2)],
        }
    )
    homes = pd.DataFrame(
        {
            "bolig_nr": [1001 + n for n in range(N)],
            "adr_nr": [f"A{n // 2:03}" for n in range(N)],
            "boligareal": [60.5 + n for n in range(N)],
            "ejerform": ["Almen" if n % 2 else "Ejerbolig" for n in range(N)],
        }
    )
    people = pd.DataFrame(
        {
            "bolig": [1001 + n // 2 for n in range(2 * N)],
            "alder": [20 + n % 60 for n in range(2 * N)],
            "arbejdsmarked": [["Beskæftiget", "Ledig", "Efterløn", "Andet"][n % 4] for n in range(2 * N)],
            "uddannelse": [["Grundskole", "LVU"][n % 2] for n in range(2 * N)],
            "disponibel_indkomst": [150_000 + 1000 * n for n in range(2 * N)],
            "herkomst": [["Dansk", "Ikke-vestlig"][n % 2] for n in range(2 * N)],
        }
    )
    return {"cpr_udtræk": people, "bbr": homes, "Adresser": places}


def written(folder: Path, made: dict[str, pd.DataFrame], **settings: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, table in made.items():
        table.to_csv(folder / f"{name}.csv", index=False, **{"sep": ";", "decimal": ",", **settings})
    return folder


def call(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(udsat, ["init", "registers", str(folder), *options])


def test_tables_keys_columns_and_codes_are_found(tmp_path: Path) -> None:
    folder = written(tmp_path / "raw", tables(), encoding="latin-1")
    done = call(folder, "--language", "en")
    assert done.exit_code == 0, done.output
    settings = read_settings(folder)
    assert settings.residents.columns == {
        "dwelling_id": "bolig",
        "age": "alder",
        "labour_status": "arbejdsmarked",
        "education": "uddannelse",
        "disposable_income": "disponibel_indkomst",
        "origin": "herkomst",
    }
    assert (settings.residents.file, settings.residents.encoding) == ("cpr_udtræk.csv", "latin-1")
    assert settings.residents.values["labour_status"] == {
        "Beskæftiget": "employed",
        "Ledig": "unemployed",
        "Efterløn": "early_retirement",
    }
    assert settings.dwellings.columns == {
        "dwelling_id": "bolig_nr",
        "address_id": "adr_nr",
        "area_m2": "boligareal",
        "tenure": "ejerform",
    }
    assert settings.addresses.columns == {"address_id": "adr_nr", "easting": "etrs89_x", "northing": "etrs89_y"}
    text = (folder / "registers.toml").read_text(encoding="utf-8")
    assert '# "Andet" = ""  # 20 rows' in text
    assert "doubtful, as comments: residents.labour_status: 1" in done.output


@pytest.mark.long
def test_the_registers_can_be_read_when_the_doubtful_codes_are_mapped(tmp_path: Path) -> None:
    folder = written(tmp_path / "raw", tables())
    assert call(folder).exit_code == 0
    path = folder / "registers.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('# "Andet" = ""', '"Andet" = "permanently_outside"'), encoding="utf-8")
    done = CliRunner().invoke(udsat, ["validate", str(folder), "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "residents placed: 80" in done.output


def test_nothing_is_written_over_but_by_force(tmp_path: Path) -> None:
    folder = written(tmp_path / "raw", tables())
    (folder / "registers.toml").write_text("# mine\n")
    assert call(folder).exit_code == 2
    assert (folder / "registers.toml").read_text() == "# mine\n"
    assert call(folder, "--force").exit_code == 0


def test_our_own_names_and_codes_need_no_word(tmp_path: Path) -> None:
    made = tables()
    ours = {"bolig": "dwelling_id", "alder": "age", "uddannelse": "education", "herkomst": "origin"}
    ours |= {"arbejdsmarked": "labour_status", "disponibel_indkomst": "disposable_income"}
    people = made["cpr_udtræk"].rename(columns=ours)
    people["labour_status"], people["education"], people["origin"] = "employed", "basic", "danish"
    people.loc[0, ["labour_status", "education", "origin"]] = ["unemployed", "none", "western"]
    homes = made["bbr"].rename(columns={"bolig_nr": "dwelling_id", "adr_nr": "address_id", "boligareal": "area_m2"})
    places = made["Adresser"].rename(columns={"adr_nr": "address_id", "etrs89_x": "easting", "etrs89_y": "northing"})
    named = {"residents": people, "dwellings": homes.drop(columns="ejerform"), "addresses": places}
    found = first_settings(written(tmp_path / "raw", named))
    assert (found.missing, found.doubtful) == ((), ())
    assert ".columns" not in found.text
    assert ".values" not in found.text


def test_years_in_the_names_of_files_are_told(tmp_path: Path) -> None:
    made = {f"{name}_{year}": table for name, table in tables().items() for year in (2021, 2025)}
    folder = written(tmp_path / "raw", made)
    found = first_settings(folder)
    assert 'years = ["files"]' in found.text
    assert found.files == {"addresses": "Adresser", "dwellings": "bbr", "residents": "cpr_udtræk"}


def test_registers_as_statistics_denmark_delivers_them_are_known(tmp_path: Path) -> None:
    bef = pd.DataFrame({"PNR": ["1", "2"], "ADRESSE_ID": ["a", "b"], "ALDER": [30, 40], "OPR_LAND": [5100, 5172]})
    bef["REFERENCETID"] = "2024-12-31"
    akm = pd.DataFrame({"PNR": ["1", "2"], "SOCIO13": [131, 330]})
    bol = pd.DataFrame({"ADRESSE_ID": ["a", "b"], "OPGANG_ID": ["x", "y"], "BOLIGAREAL": [80, 90]})
    where = pd.DataFrame({"ADRESSE_ID": ["x", "y"], "EASTING": [720_000.0, 720_100.0], "NORTHING": [6_170_000.0] * 2})
    studies = pd.DataFrame({"PNR": ["2"], "ENROLLED": [True]})
    for name, table in {"bef": bef, "akm": akm, "bol": bol, "koordinater": where, "kotre": studies}.items():
        part = tmp_path / name / "year=2024"
        part.mkdir(parents=True)
        table.to_parquet(part / "part-0.parquet")
    found = first_settings(tmp_path)
    assert found.profile == "dst"
    assert found.missing == ("disced15", "ind")
    (tmp_path / "registers.toml").write_text(found.text, encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.profile is not None
    assert settings.dwellings.columns["address_id"] == "OPGANG_ID"
    assert settings.dwellings.columns["area_m2"] == "BOLIGAREAL"
    assert settings.residents.in_education == "labour_status"
    # another register of persons, which may say it better, stands as lines that need no more than to be taken in
    proposed = found.text.partition("take this in:\n")[2].partition("\n\n")[0].replace("# ", "")
    (tmp_path / "registers.toml").write_text(f"{found.text}\n{proposed}", encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.residents.in_education == "enrolled"
    assert settings.residents.columns["enrolled"] == "kotre.ENROLLED"


@pytest.mark.long
def test_what_a_profile_leaves_open_is_looked_for(tmp_path: Path) -> None:
    home = {"KOMMUNEKODE": ["101"] * 4, "VEJKODE": ["4", "4", "5", "5"], "HUSNR": ["1", "2"] * 2}
    door = {**home, "ETAGE": ["st"] * 4, "SIDEDOER": ["tv"] * 4}
    people = {**door, "ALDER": [30, 40, 50, 20], "HERKOMST": ["Dansk", "Vestlig", "Dansk", "?"]}
    where = {**home, "x": [720_000.0, 720_100, 720_200, 720_300], "y": [6_170_000.0] * 4}
    homes = {**door, "BOLIGAREAL": [50, 60, 70, 80]}
    written(tmp_path, {name: pd.DataFrame(of) for name, of in {"cpr": people, "bbr": homes, "adresser": where}.items()})
    found = first_settings(tmp_path)
    assert found.profile == "kbh"
    assert 'origin = "HERKOMST"' in found.text
    assert '"Vestlig" = "western"  # 1 row' in found.text
    assert '# education = ""' in found.text
    assert "residents.education" in found.doubtful
    (tmp_path / "registers.toml").write_text(found.text, encoding="utf-8")
    assert read_settings(tmp_path).residents.columns["origin"] == "HERKOMST"


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing")
    done = call(tmp_path)
    assert done.exit_code == 2
    assert "holds no table that can be read" in done.stderr
    assert call(tmp_path / "nowhere").exit_code == 2


@pytest.mark.parametrize(
    ("ours", "value", "code"),
    [
        ("origin", "Ikke-vestlig", "non_western"),
        ("origin", "VESTLIG", "western"),
        ("labour_status", "Førtidspension", "early_retirement"),
        ("labour_status", "330", None),
        ("education", "Lang videregående", "long_tertiary"),
        ("tenure", "?", None),
    ],
)
def test_words_mean_one_code_or_none(ours: str, value: str, code: str | None) -> None:
    assert meaning_of(ours, value) == code


@pytest.mark.parametrize("name", ["BEF2021.sas7bdat", "bef_2021.csv", "bef-202112.parquet", "Bef.CSV", "bef"])
def test_a_table_is_named_without_its_year(name: str) -> None:
    assert stem_of(Path(name)) == "bef"


def doubtful_folder(folder: Path) -> Path:
    """The same tables with one code that says nothing, one that almost does, and ages that are none."""
    made = tables()
    people = made["cpr_udtræk"]
    people["arbejdsmarked"] = [["Beskæftiget", "Ledig", "Førtidspens.", "Andet"][n % 4] for n in range(2 * N)]
    people["alder"] = people["alder"] - 40
    return written(folder, made)


def at_a_terminal(folder: Path, typed: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setattr("udsat_geo.cli.questions._is_terminal", lambda _stream: True)
    arguments = ["init", "registers", str(folder), "--language", "en"]
    return CliRunner().invoke(udsat, arguments, input=typed)


def test_what_is_doubtful_is_asked_at_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = doubtful_folder(tmp_path / "raw")
    done = at_a_terminal(folder, "\nnonsense\npermanently_outside\n\n", monkeypatch)
    assert done.exit_code == 0, done.output
    assert "residents.age: alder is called so, but its values are not such; which column is it? [alder]:" in done.output
    assert "values and rows: 'Andet' 20, 'Beskæftiget' 20, 'Førtidspens.' 20, 'Ledig' 20" in done.output
    assert "what is 'Andet' (20 rows)? [-]:" in done.output
    assert "'nonsense' is none of: employed, unemployed" in done.output
    assert "what is 'Førtidspens.' (20 rows)? [early_retirement]:" in done.output
    assert "doubtful, as" not in done.output
    settings = read_settings(folder)
    assert settings.residents.columns["age"] == "alder"
    given = {"Andet": "permanently_outside", "Førtidspens.": "early_retirement"}
    assert given.items() <= settings.residents.values["labour_status"].items()


@pytest.mark.long
def test_a_dash_leaves_a_comment_and_two_leave_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = doubtful_folder(tmp_path / "plain")
    assert call(plain, "--language", "en").exit_code == 0
    unasked = (plain / "registers.toml").read_bytes()
    for typed in ("-\n-\n-\n", "--\n"):
        asked = tmp_path / f"asked{len(typed)}" / "plain"  # the file names its folder
        asked.parent.mkdir()
        asked = doubtful_folder(asked)
        done = at_a_terminal(asked, typed, monkeypatch)
        assert done.exit_code == 0, done.output
        assert (asked / "registers.toml").read_bytes() == unasked
        assert "doubtful, as comments: residents.age, residents.labour_status: 2" in done.output


def test_a_column_that_was_not_found_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tables()
    made["cpr_udtræk"] = made["cpr_udtræk"].rename(columns={"arbejdsmarked": "v17"})
    folder = written(tmp_path / "raw", made)
    done = at_a_terminal(folder, "V17\n-\n", monkeypatch)
    assert "residents.labour_status: no column was found; which is it? [-]:" in done.output
    settings = read_settings(folder)
    assert settings.residents.columns["labour_status"] == "v17"
    assert settings.residents.values["labour_status"]["Ledig"] == "unemployed"


@pytest.mark.parametrize("end", ["", None])
def test_questions_that_are_not_answered_to_their_end_write_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str | None
) -> None:
    folder = doubtful_folder(tmp_path / "raw")
    if end is None:
        monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    done = at_a_terminal(folder, "\n", monkeypatch)
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, "interrupted: nothing was written")
    assert not (folder / "registers.toml").exists()


def interrupted(_prompt: str) -> str:
    raise KeyboardInterrupt


@pytest.mark.long
def test_nothing_is_asked_with_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = doubtful_folder(tmp_path / "raw")
    unasked = call(folder)
    monkeypatch.setattr("udsat_geo.cli.questions._is_terminal", lambda _stream: True)
    assert call(folder, "--force", "--yes").output == unasked.output


def test_no_number_is_put_forward_as_a_code() -> None:
    assert likely_meaning("labour_status", "330") == ""
    assert likely_meaning("labour_status", "Førtidspensionist i fleksjob") == "early_retirement"
    assert likely_meaning("education", "Grundskolen, 9. klasse") == "basic"
    assert likely_meaning("tenure", "almene boliger") == "social_housing"


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("typed", "code"), [(b"\n\n\n", 0), (b"\n\x03", 130)])
def test_questions_are_put_at_a_real_terminal(tmp_path: Path, typed: bytes, code: int) -> None:
    folder = doubtful_folder(tmp_path / "raw")
    told, ended = at_a_real_terminal(typed, "init", "registers", str(folder), "--language", "en")
    assert ended == code, told
    assert ("(20 rows)? [early_retirement]:" if code == 0 else "nothing was written") in told
    assert (folder / "registers.toml").exists() == (code == 0)


def at_a_real_terminal(typed: bytes, *arguments: str) -> tuple[str, int]:
    """What is shown at a terminal, and the exit code; each question is answered by the next sign."""
    import pty

    ours, theirs = pty.openpty()
    # a session of its own, whose terminal this is: so Ctrl-C is a signal there
    own = "import fcntl, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    # whoever runs the tests may have told their processes to leave Ctrl-C alone
    own += "signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT]); "
    own += "signal.signal(signal.SIGINT, signal.default_int_handler); from udsat_geo.cli.process import udsat; "
    command = [sys.executable, "-c", own + "sys.argv[0] = 'udsat'; udsat()", *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown, left, until, struck = b"", list(typed), time.monotonic() + 60, 0.0
    try:
        while time.monotonic() < until:
            with suppress(OSError):  # of a terminal that is closed
                shown += os.read(ours, 4096) if select.select([ours], [], [], 0.1)[0] else b""
            asked = shown.count(b"]: ")
            if left and asked > len(typed) - len(left):
                time.sleep(0.2)  # the question is shown before it is listened for: Ctrl-C in between is lost to Python
                os.write(ours, bytes([left.pop(0)]))
                struck = time.monotonic()
            elif not left and typed.endswith(b"\x03") and time.monotonic() > struck + 5:
                os.write(ours, b"\x03")  # as anybody would whom nothing answers
                struck = time.monotonic()
            is_over = b"next: " in shown or b"nothing was written" in shown
            if is_over and process.poll() is not None:
                break
        return shown.decode(errors="replace"), process.poll() or 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
