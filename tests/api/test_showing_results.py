"""What results show of themselves, and what they do not let through."""

from __future__ import annotations

import os
import re
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from shapely.geometry import box

import browsing
import udsat_geo as ug
from api_town import Tags, Town

HOSTILE = "<script>alert('x')</script> & $x^2$ \"y\""


@pytest.fixture(scope="module")
def hostile(town: Town) -> ug.Result:
    """Every area is called after a place whose name is a tag."""
    west, south, east, north = town.designate().units.total_bounds
    places = gpd.GeoDataFrame({"name": [HOSTILE]}, geometry=[box(west, south, east, north)], crs="EPSG:25832")
    found = town.designate(places=places, previous=None)
    assert found.areas["name"].iloc[0] == HOSTILE
    return found


def test_a_few_lines_say_what_it_is(made: ug.Result) -> None:
    first, share, source, compared = repr(made).splitlines()
    assert first == "<Result: Designation of 2021 by town"
    assert re.fullmatch(r"  \d areas with \d+ of \d+ residents \(\d+\.\d %\)", share)
    assert source == "  Source: registers."
    assert compared.startswith("  Compared with 2017: ")


def test_the_page_in_a_notebook_is_whole(made: ug.Result) -> None:
    page = Tags(made._repr_html_())
    assert page.open == []
    assert {"table", "th", "td"} <= set(page.seen)
    for words in ("Designation of 2021 by town", "Source: registers.", "Low income", "Rest of the city", "points"):
        assert words in page.text
    assert not re.search(r"#[0-9a-f]{3,6}\b|\brgb|background", made._repr_html_()), (
        "its colours are the page's around it"
    )


@pytest.mark.long
def test_names_are_texts_and_no_tags(hostile: ug.Result) -> None:
    page = Tags(hostile._repr_html_())
    assert "script" not in page.seen
    assert HOSTILE in page.text


@pytest.mark.long
def test_it_speaks_the_language_of_the_designation(town: Town) -> None:
    danish = town.designate(language="da", previous=None)
    page = Tags(danish._repr_html_())
    for words in ("Udpegning 2021 efter town", "Kilde: registre.", "Resten af byen", "pct.point"):
        assert words in page.text
    assert "Ikke sammenlignet" in repr(danish)


def test_a_long_list_is_cut(monkeypatch: pytest.MonkeyPatch, made: ug.Result) -> None:
    from udsat_geo.api import display as showing

    monkeypatch.setattr(showing, "MOST_ROWS", 1)
    page = Tags(made._repr_html_())
    assert f"and {len(made.areas) - 1} areas more" in page.text
    assert made.areas["name"].iloc[1] not in page.text


@pytest.mark.long
@pytest.mark.parametrize(("layer", "column"), [("units", "composite"), ("units", "role"), ("areas", None)])
def test_a_figure_has_names_a_legend_and_its_source(made: ug.Result, layer: str, column: str | None) -> None:
    axes = made.plot(column, layer=layer)
    assert isinstance(axes, Axes)
    texts = [text.get_text() for text in axes.texts]
    assert set(made.areas["name"]) <= set(texts)
    assert "Source: registers." in texts
    assert axes.get_title() == "Designation of 2021 by town"
    if column == "composite":
        assert axes.get_figure().axes[1].get_ylabel() == "Composite"
    if column == "role":
        legend = axes.get_legend()
        assert legend.get_title().get_text() == "Role"
        assert {text.get_text() for text in legend.get_texts()} == set(made.units["role"])
    plt.close("all")


@pytest.mark.long
def test_a_figure_goes_into_axes_that_are_given(made: ug.Result) -> None:
    _, axes = plt.subplots()
    assert made.plot("rate_low_income", layer="areas", ax=axes, names=False, outlines=False, legend=False) is axes
    assert [text.get_text() for text in axes.texts] == ["Source: registers."]
    plt.close("all")


@pytest.mark.long
def test_a_dollar_in_a_name_is_no_formula(hostile: ug.Result, tmp_path: Path) -> None:
    axes = hostile.plot()
    axes.get_figure().savefig(tmp_path / "hostile.png")
    assert any(r"\$x^2\$" in text.get_text() for text in axes.texts)
    plt.close("all")


@pytest.mark.long
def test_a_column_without_a_value_is_drawn_plain(made: ug.Result) -> None:
    axes = made.plot("until", layer="areas")
    assert axes.get_legend() is None
    plt.close("all")


@pytest.mark.long
def test_wrong_layers_and_columns_are_told(made: ug.Result) -> None:
    with pytest.raises(ug.InputError, match=r"no layer with geometries is called 'status'\. Known: areas, units"):
        made.plot(layer="status")
    with pytest.raises(ug.InputError, match="the layer areas has no column 'colour'"):
        made.map("colour")


@pytest.mark.long
def test_an_interactive_map_holds_no_tag_of_the_data(hostile: ug.Result, tmp_path: Path) -> None:
    """What the data say is shown as HTML by the map's own script: it is escaped before it comes there."""
    drawn = hostile.map("composite")
    drawn.save(str(tmp_path / "map.html"))
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "alert(" in page
    assert not re.search(r"<script>\s*alert|\\u003cscript|alert\('", page)
    assert "Composite" in page
    assert "openstreetmap" not in page.lower(), "no background map is fetched unless it is asked for"


@pytest.mark.long
def test_labels_of_a_policy_are_no_tags_either(town: Town, tmp_path: Path) -> None:
    policy = tmp_path / "hostile.toml"
    criterion = "[[criteria]]\nkey = 'low_income'\nlabel = '<img onerror=alert(1)>'\n"
    policy.write_text(f"extends = '{town.policy}'\nid = 'hostile'\n{criterion}", encoding="utf-8")
    found = town.designate(policy=policy, previous=None)
    assert "img" not in Tags(found._repr_html_()).seen
    for column in ("rate_low_income", "exceeded"):
        found.map(column).save(str(tmp_path / "map.html"))
        page = (tmp_path / "map.html").read_text(encoding="utf-8")
        assert "onerror" in page
        assert "<img onerror" not in page
        # as a text of its own, where it is not made HTML
        assert all('.text("' in page[max(0, at.start() - 20) : at.start()] for at in re.finditer("u003cimg", page))


@pytest.mark.long
def test_kinds_may_be_mapped_as_well(made: ug.Result) -> None:
    assert type(made.map("role", layer="units")).__name__ == "Map"
    assert type(made.map(layer="near_misses")).__name__ == "Map"


@pytest.mark.long
def test_the_figure_of_the_synthetic_city_says_so(tmp_path: Path) -> None:
    """Also the picture of the documentation, where the folder of pictures is named."""
    found = ug.designate(year=2021, previous=None, language="en")
    assert found.source == "synthetic"
    assert "Source: the synthetic Copenhagen, whose residents do not exist." in repr(found)
    axes = found.plot()
    assert "Source: the synthetic Copenhagen, whose residents do not exist." in [t.get_text() for t in axes.texts]
    folder = Path(os.environ.get("UDSAT_PICTURES", tmp_path))
    axes.get_figure().savefig(folder / "api_plot.png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    assert (folder / "api_plot.png").stat().st_size > 20_000
    plt.close("all")


@pytest.mark.long
def test_the_page_in_a_notebook_looks_right(tmp_path: Path) -> None:
    """In a real browser, on light and on dark ground: all of it is there, in the window, in the ground's colours."""
    if browsing.program() is None:
        pytest.skip("Chromium is not installed")
    pytest.importorskip("tornado", reason="tornado, which comes with ipykernel, is not installed")
    shown = ug.designate(year=2025, language="en")._repr_html_()
    grounds = {"light": "background:#fff;color:#222", "dark": "background:#1e1e1e;color:#ddd"}
    for ground, style in grounds.items():
        head = "<!doctype html><meta charset=utf-8><link rel=icon href=data:>"
        page = f"{head}<body style='font:14px sans-serif;{style}'>{shown}"
        (tmp_path / f"{ground}.html").write_text(page, encoding="utf-8")
    script = """(() => {
        const cells = [...document.querySelectorAll('td')], wide = document.documentElement.scrollWidth;
        return {cells: cells.length, fits: wide <= innerWidth, colour: getComputedStyle(cells[0]).color};
    })()"""
    folder = Path(os.environ.get("UDSAT_PICTURES", tmp_path))
    with browsing.served(tmp_path) as address, browsing.browser() as port:
        for ground, colour in (("light", "rgb(34, 34, 34)"), ("dark", "rgb(221, 221, 221)")):
            seen = browsing.look(port, f"{address}/{ground}.html", script, folder / f"api_notebook_{ground}.png")
            assert seen.complaints == []
            assert seen.value == {"cells": 10 * 7 + 5 * 5, "fits": True, "colour": colour}
