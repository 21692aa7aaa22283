"""A run over a service is repeated where the service still gives the same; nothing is fetched that nobody names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from loopback import running
from small_service import Layer, handler

from crate_towns import NAME, build_town, made, rerun, states
from udsat_geo.files.crate import read_crate

pytestmark = pytest.mark.long  # whole jobs


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def town(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "somewhere"
    shutil.copytree(built, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def service(town: Path) -> Iterator[tuple[str, Layer, list[dict[str, str]]]]:
    import geopandas as gpd

    lines = gpd.read_file(town / "lines.gpkg", layer="railways")
    layer = Layer([({"number": number}, shape) for number, shape in enumerate(lines.geometry)])
    asked: list[dict[str, str]] = []
    with running(handler({"railways": layer}, asked)) as address:
        yield f"{address}/ows?SERVICE=WFS", layer, asked


def test_a_run_over_a_service_is_repeated(town: Path, service: tuple[str, Layer, list[dict[str, str]]]) -> None:
    address, layer, asked = service
    secret = f"WFS:{address.replace('//', '//me:hush@')}&token=t0psecret"
    path = made(2021, town / "out", "--barriers", f"{secret}|layername=railways")
    text = path.read_text(encoding="utf-8")
    assert "hush" not in text
    assert "t0psecret" not in text
    barriers = next(each for each in read_crate(path)[0].inputs if each.what == "barriers")
    assert barriers.fetched
    assert barriers.name == f"WFS:{address}|layername=railways"
    assert (barriers.path, barriers.size, barriers.rows) == (None, None, 12)
    asked.clear()
    code, _, error = rerun("out")
    assert code == 2
    assert f'It was fetched: give --barriers "{barriers.name}"' in error
    assert asked == [], "an address in a crate is no reason to ask it"
    code, found, error = rerun("out", "--barriers", f"{secret}|layername=railways")
    assert (code, error) == (0, "")
    assert set(states(found).values()) == {(True, "as_written")}
    layer.features[3] = (layer.features[3][0], shapely.transform(layer.features[3][1], lambda xy: xy + 1))
    code, _, error = rerun("out", "--barriers", f"{secret}|layername=railways")
    assert code == 2
    assert "is another one now" in error
    assert "t0psecret" not in error


@pytest.mark.long
def test_a_second_attempt_is_part_of_the_run(town: Path, service: tuple[str, Layer, list[dict[str, str]]]) -> None:
    """It stands in the summary, so the run tells it, and its repetition has it too."""
    import faulty_proxy as faulty
    from faulty_proxy import proxied

    with proxied(service[0].partition("/ows")[0]) as proxy:
        proxy.faults = [faulty.state(503)]
        text = f"WFS:{proxy.address}/ows?SERVICE=WFS|layername=railways"
        path = made(2021, town / "out", "--barriers", text, "--lang", "en")
        assert ["second attempt" in note for note in read_crate(path)[0].notes] == [True]
        code, found, error = rerun("out", "--barriers", text)
    assert (code, error) == (0, "")
    assert set(states(found).values()) == {(True, "as_written")}


@pytest.mark.long
def test_a_file_of_the_web_may_be_kept_and_named_instead(town: Path, tmp_path: Path) -> None:
    import faulty_proxy as faulty
    from faulty_proxy import proxied

    body = (town / "lines.gpkg").read_bytes()
    with proxied("") as web:
        web.every = {"": faulty.says(body)}
        made(2021, town / "out", "--barriers", f"{web.address}/lines.gpkg|layername=railways")
    kept = tmp_path / "kept.gpkg"
    kept.write_bytes(body)
    code, found, error = rerun("out", "--barriers", f"{kept}|layername=railways")
    assert (code, error) == (0, "")
    assert set(states(found).values()) == {(True, "as_written")}
    assert (town / "out" / NAME).exists()
