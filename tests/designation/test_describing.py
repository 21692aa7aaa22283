"""Every column of every layer has a title and a meaning in both languages."""

from __future__ import annotations

import pytest

from edge_registers import write_edge_registers
from udsat_geo.designation.columns import (
    DESCRIBED,
    GEOMETRY,
    LAYERS,
    describe_column,
    describe_layer,
)
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.layers import Layers, layers_of
from udsat_geo.messages.translate import in_language
from udsat_geo.policy.load import load_policy


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    folder = tmp_path_factory.mktemp("registers")
    write_edge_registers(folder)
    return layers_of(designate(2021, load_policy("kbh-2017"), Inputs(folder, None, "registers")))


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_layer_and_column_is_described(stored: Layers, language: str) -> None:
    for layer in stored:
        assert describe_layer(layer.name, language).title
        for column in layer.table.column_names:
            if column != GEOMETRY:
                described = describe_column(layer.name, column, language, stored.criteria)
                assert described is not None, f"{layer.name}.{column}"
                assert described.title
                assert described.text.endswith(".")


def test_a_rate_carries_the_label_of_its_criterion_and_what_it_is_measured_in(stored: Layers) -> None:
    criteria = stored.criteria
    described = describe_column("units", "gap_outside_labour_market", "da", criteria)
    assert described is not None
    assert described.title == "Andel uden for arbejdsmarkedet, forskel"
    assert "andel (0 til 1)" in described.text
    assert "hele byen" in described.text
    of_area = describe_column("areas", "gap_outside_labour_market", "da", criteria)
    assert of_area is not None
    assert "resten af byen" in of_area.text


def test_a_column_that_is_not_ours_is_not_described() -> None:
    assert describe_column("areas", "shoe_size", "en") is None
    assert describe_column("areas", "rate_shoe_size", "en", [{"key": "other", "label": "Other"}]) is None


def test_every_text_is_translated() -> None:
    for layer in DESCRIBED.values():
        for column in layer.columns:
            for text in (layer.title, layer.meaning, column.title, column.meaning, *(column.values or {}).values()):
                assert text in SAME or in_language(text, "da") != in_language(text, "en"), text


SAME = ("{label}", "Status", "Overlap", "Segregation", "land", "park")
"""What is the same word in both languages."""
OF_CERTAINTY = ("composite_se", "p_designated", "p_area", "residents_sure", "residents_grey")
OF_SCALES = ("composite_yardstick", "composite_year")
OF_COMPARING = ("region", "against_<key>", "limit_<key>")


def test_columns_stand_in_the_order_of_the_table(stored: Layers) -> None:
    assert list(stored.layers) == [name for name in LAYERS if name not in ("overrides", "ground", "ground_lines")]
    for layer in stored:
        described = DESCRIBED[layer.name]
        found = [described.column(name) for name in layer.table.column_names if name != GEOMETRY]
        # of tables of units, of some policies, and where it was asked how sure they are, alone
        optional = OF_CERTAINTY
        if layer.name == "units":
            optional += ("name", "lower_<key>", "upper_<key>", "class_<key>", *OF_COMPARING, *OF_SCALES)
        names = [column.name for column in described.columns if column.name not in optional]
        assert list(dict.fromkeys(column.name for column in found if column)) == names
        assert (layer.geometry_type is not None) == described.spatial
