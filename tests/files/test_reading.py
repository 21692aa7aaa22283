"""A designation read back is the one that was written; what is none of ours is refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from edge_registers import write_edge_registers
from two_years import designated, write_town
from udsat_geo.designation.columns import as_typed
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.layers import Layers, differences, layers_of
from udsat_geo.files.read import read_layers
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy


@dataclass(frozen=True)
class Written:
    stored: Layers
    folder: Path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A town's second year, compared with its first."""
    folder = tmp_path_factory.mktemp("written")
    write_town(folder)
    made = designated(folder, folder / "town.toml", 2021)
    write_results(made, folder / "again", ("gpkg",))
    return Written(layers_of(made), folder / "again")


@pytest.fixture
def copied(written: Written, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written.folder, tmp_path / "out"))


@pytest.mark.long
def test_a_designation_written_and_read_back_is_the_same(written: Written) -> None:
    read = read_layers(written.folder / "designation_2021.gpkg")
    assert len(read.layers["changed_units"].table) > 0
    assert differences(written.stored, read) == []
    assert read.year == 2021


@pytest.mark.long
def test_without_areas_and_without_a_previous_one(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "raw")
    made = designate(2021, load_policy("kbh-2017"), Inputs(tmp_path / "raw", None, "registers"))
    write_results(made, tmp_path, ("gpkg",))
    read = read_layers(str(tmp_path / "designation_2021.gpkg"))
    assert len(read.layers["changes"].table) == 0
    assert differences(layers_of(made), read) == []


def change_value(stored: Layers) -> Layers:
    units = stored.layers["units"]
    column = units.table.schema.get_field_index("composite")
    values = units.table["composite"].to_pylist()
    values[0] += 1e-15
    table = units.table.set_column(column, "composite", pa.array(values))
    return with_layer(stored, "units", table)


def narrow_numbers(stored: Layers) -> Layers:
    areas = stored.layers["areas"].table
    fields = [field.with_type(pa.int32()) if field.name == "since" else field for field in areas.schema]
    return with_layer(stored, "areas", areas.cast(pa.schema(fields)))


def with_layer(stored: Layers, name: str, table: pa.Table) -> Layers:
    layer = stored.layers[name]
    changed = type(layer)(name, table, layer.geometry_type, layer.crs)
    return Layers(stored.summary, {**stored.layers, name: changed})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s: Layers(s.summary.model_copy(update={"residents": -1}), s.layers), "summary: residents"),
        (lambda s: Layers(s.summary, dict(reversed(s.layers.items()))), "layers: areas"),
        (lambda s: with_layer(s, "units", s.layers["units"].table.slice(1)), "rows against"),
        (lambda s: with_layer(s, "status", s.layers["status"].table.drop_columns("gap")), "status: columns"),
        (change_value, "units: composite: 1 values, the first in row 0"),
        (narrow_numbers, "areas: since: type int64 against int32"),
    ],
)
def test_every_difference_is_told(written: Written, change: Callable[[Layers], Layers], told: str) -> None:
    assert differences(written.stored, written.stored) == []
    assert told in "\n".join(differences(written.stored, change(written.stored)))


def test_minus_zero_is_not_zero_and_no_number_is_no_number(written: Written) -> None:
    status = written.stored.layers["status"].table
    zero, minus, none = (
        with_layer(written.stored, "status", status.set_column(3, "gap", pa.array([value] * len(status))))
        for value in (0.0, -0.0, float("nan"))
    )
    assert differences(zero, minus)
    assert differences(none, none) == []


def drop_layer(folder: Path) -> None:
    with sqlite3.connect(folder / "designation_2021.gpkg") as connection:
        for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions", "gpkg_ogr_contents"):
            connection.execute(f"DELETE FROM {table} WHERE table_name = 'changes'")


def other_type(folder: Path) -> None:
    with sqlite3.connect(folder / "designation_2021.gpkg") as connection:
        connection.execute("ALTER TABLE status DROP COLUMN gap")
        connection.execute("ALTER TABLE status ADD COLUMN gap TEXT DEFAULT 'then'")


def other_column(folder: Path) -> None:
    with sqlite3.connect(folder / "designation_2021.gpkg") as connection:
        connection.execute("ALTER TABLE status ADD COLUMN shoe_size INTEGER")


def other_run(folder: Path) -> None:
    path = folder / "designation_2021.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["areas"].pop()
    path.write_text(json.dumps(summary), encoding="utf-8")


def nothing_ours(folder: Path) -> None:
    (folder / "designation_2021.gpkg").write_bytes(b"GIF89a" * 100)


def cut_short(folder: Path) -> None:
    path = folder / "designation_2021.gpkg"
    path.write_bytes(path.read_bytes()[:20_000])


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (drop_layer, "is no designation of ours (it has no changes)"),
        (other_type, "status.gap"),
        (other_column, "a column shoe_size, which is not ours"),
        (other_run, "holds other areas or units than the summary says"),
        (nothing_ours, "designation_2021.gpkg: cannot be read"),
        (cut_short, "designation_2021.gpkg: cannot be read"),
        (lambda folder: (folder / "designation_2021.json").unlink(), "It belongs beside the other files"),
        (lambda folder: (folder / "designation_2021.json").write_text("[1]"), "is not the summary of a designation"),
        (lambda folder: (folder / "designation_2021.gpkg").unlink(), "no such designation"),
    ],
)
def test_what_is_no_designation_is_refused(copied: Path, spoil: Callable[[Path], None], told: str) -> None:
    spoil(copied)
    with pytest.raises(InputError) as refused:
        read_layers(copied / "designation_2021.gpkg")
    assert told in str(refused.value)


def test_what_no_reader_knows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "designation_2021.docx").touch()
    with pytest.raises(InputError, match="is no designation that can be read"):
        read_layers(tmp_path / "designation_2021.docx")


def test_the_schema_knows_every_column(written: Written) -> None:
    for layer in written.stored:
        assert as_typed(layer.name, layer.table).schema.equals(layer.table.schema)


TERMINAL = "\x1b]0;x\x07\x9b2J\u202e"


def test_what_a_terminal_would_obey_in_a_file_of_others_is_shown_as_it_stands(copied: Path) -> None:
    summary = copied / "designation_2021.json"
    content = json.loads(summary.read_text(encoding="utf-8"))
    content["criteria"][0]["label"] = TERMINAL
    summary.write_text(json.dumps(content), encoding="utf-8")
    changed(copied, f"UPDATE areas SET name = '{TERMINAL}'")
    read = read_layers(copied / "designation_2021.gpkg")
    told = "\\x1b]0;x\\x07\\x9b2J\\u202e"
    assert read.summary.criteria[0].label == told
    assert set(read.layers["areas"].table["name"].to_pylist()) == {told}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("ALTER TABLE status DROP COLUMN criterion", "it has no status.criterion"),
        ("UPDATE areas SET name = CAST(x'ff' AS TEXT)", "Invalid UTF8"),
    ],
)
def test_a_file_of_others_that_would_be_noticed_later_is_refused_at_once(
    copied: Path, change: str, reason: str
) -> None:
    changed(copied, change)
    with pytest.raises(InputError, match=reason):
        read_layers(copied / "designation_2021.gpkg")


def changed(folder: Path, change: str) -> None:
    """The GeoPackage in a folder changed past its triggers."""
    with closing(sqlite3.connect(folder / "designation_2021.gpkg")) as file:
        for (trigger,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{trigger}"')
        file.execute(change)
        file.commit()
