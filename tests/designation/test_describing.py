"""Every column of every layer has a title and a meaning in both languages."""

from __future__ import annotations

import pytest
from edge_registers import write_edge_registers
from udsat_geo.designation.columns import COLUMN_TEXTS, LAYER_TEXTS, describe_column, describe_layer
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.layers import GEOMETRY, SPATIAL, TABLES, Layers, layers_of
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


def test_both_languages_describe_the_same() -> None:
    assert COLUMN_TEXTS["da"].keys() == COLUMN_TEXTS["en"].keys()
    assert LAYER_TEXTS["da"].keys() == LAYER_TEXTS["en"].keys() == {*SPATIAL, *TABLES, "links"}
