"""What a designation carries of its policy: who publishes it (``[publisher]``), and the text of the file itself."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from test_qgis import asked, has_module, in_qgis  # noqa: F401 (the mark asks by name)

from dressed_worlds import LABELLED, made, rows
from udsat_geo.cli.main import udsat
from udsat_geo.files.crate import Input, Run, crate_text
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy, policy_of_texts, text_of_chain
from udsat_geo.policy.publisher import Publisher
from udsat_geo.report.page.build import make_page
from udsat_geo.report.page.read import read_all

NAME = "Køge & <b>Omegn</b>"
PUBLISHER = """
[publisher]
name = "{name}"
contact = "kontor@example.org"
licence = "CC BY 4.0"
date = 2026-03-01
"""
TINT = (200, 30, 90)


def published(folder: Path, more: str = "") -> Path:
    """The GeoPackage of a small designation by a policy that names its publisher."""
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / "office.toml"
    policy.write_text(LABELLED.format('"A label"') + PUBLISHER.format(name=NAME) + more, encoding="utf-8")
    return write_results(made("cells", folder, policy=str(policy)), folder / "out", ("gpkg",))[0]


def test_the_publisher_stands_in_the_summary_and_the_metadata(tmp_path: Path) -> None:
    package = published(tmp_path)
    summary = json.loads(package.with_suffix(".json").read_text(encoding="utf-8"))
    assert summary["publisher"] == {
        "name": NAME, "contact": "kontor@example.org", "licence": "CC BY 4.0", "date": "2026-03-01", "basemap": None,
    }  # fmt: skip
    ((iso,),) = rows(package, "SELECT metadata FROM gpkg_metadata WHERE md_standard_uri LIKE '%gmd'")
    assert iso.count("Køge &amp; &lt;b&gt;Omegn&lt;/b&gt;") == 2
    assert iso.count("<gco:CharacterString>kontor@example.org</gco:CharacterString></gmd:electronicMailAddress>") == 2
    assert "CC BY 4.0" in iso
    assert "<gco:Date>2026-03-01</gco:Date>" in iso


def test_a_crate_names_the_publisher_once(tmp_path: Path) -> None:
    policy = Input(2021, "policy", "office.toml", "0" * 64)
    ran = Run(2021, "registers", "0.1.0", "Linux", (), (), (policy,), (), ())
    found = json.loads(crate_text([ran], Publisher(name=NAME, contact="https://example.org")))
    entity = {each["@id"]: each for each in found["@graph"]}
    office = entity[entity["./"]["publisher"]["@id"]]
    assert (office["@type"], office["name"]) == ("Organization", NAME)
    assert entity[office["contactPoint"]["@id"]]["url"] == "https://example.org"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('date = "1 March"', "publisher.date: must be a date, as in 2026-03-01"),
        ('contact = "a\\u001bb"', "publisher.contact: holds a control character"),
        ('basemap = "file:///etc/passwd"', "publisher.basemap: must begin with https:// or http://"),
        ('basemap = "https://me:secret@maps.org/{z}/{x}/{y}"', "publisher.basemap: holds a user or a password"),
        ('basemap = "https://maps.org/wms"', "publisher.basemap: must be the address of tiles"),
        ('adress = "x"', "publisher.adress: unknown key"),
    ],
)
def test_what_no_publisher_can_be_is_refused(tmp_path: Path, line: str, told: str) -> None:
    policy = tmp_path / "office.toml"
    policy.write_text(f'extends = "kbh-2017"\nid = "office"\n[publisher]\nname = "x"\n{line}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_policy(str(policy))
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


def shown(*names: str | Path) -> Result:
    """What `udsat policies --show` answers."""
    return CliRunner().invoke(udsat, ["policies", "--show", *map(str, names)])


def test_the_policy_travels_with_the_file(tmp_path: Path) -> None:
    package = published(tmp_path)
    text = (tmp_path / "office.toml").read_text(encoding="utf-8")
    assert shown(package).stdout == shown(package.with_suffix(".json")).stdout == text
    package.with_suffix(".json").unlink()
    assert shown(package).stdout == text, "the GeoPackage holds it by itself"


@pytest.mark.long
def test_the_page_tells_the_publisher_as_text_and_the_policy_of_any_file(tmp_path: Path) -> None:
    page = make_page(read_all([published(tmp_path)], False, None), "en", with_units=False)
    foot = page[page.index("<footer>") :]
    assert "<dd>Køge &amp; &lt;b&gt;Omegn&lt;/b&gt;</dd>" in foot
    assert all(f"<dd>{told}</dd>" in foot for told in ("kontor@example.org", "2026-03-01", "CC BY 4.0"))
    assert "A unit makes an area (it is a core) with a composite of at least 1.00." in page


def test_what_an_office_s_own_file_is_laid_over_is_put_together(tmp_path: Path) -> None:
    (tmp_path / "town.toml").write_text('extends = "kbh-2017"\nid = "town"\n[rule]\ncore = 1.5\n', encoding="utf-8")
    (tmp_path / "own.toml").write_text(
        'extends = "town.toml"\nid = "own"\n[publisher]\nname = "We"\ndate = 2026-03-01\n', encoding="utf-8"
    )
    own = load_policy(str(tmp_path / "own.toml"))
    assert len(own.texts) == 3
    (tmp_path / "whole.toml").write_text(text_of_chain(own.texts, "here"), encoding="utf-8")
    whole = load_policy(str(tmp_path / "whole.toml"))
    assert whole.policy.model_dump(exclude={"extends"}) == own.policy.model_dump(exclude={"extends"})


def test_settings_changed_from_a_program_travel_too() -> None:
    changed = load_policy("kbh-2017").with_(core=1.2, publisher={"name": "We"})
    again = policy_of_texts(changed.texts, "here")
    assert again.policy.model_dump() == changed.policy.model_dump()
    assert (again.policy.rule.core, again.policy.publisher) == (1.2, Publisher(name="We"))


def test_a_text_that_was_put_into_a_file_is_not_obeyed(tmp_path: Path) -> None:
    package = published(tmp_path)
    for text, told in (
        ("id = 1", "must be a text"), ('id = "\x1b[2J"', "is not valid TOML"), ("# \x9b2J", "is missing"),
    ):  # fmt: skip
        with closing(sqlite3.connect(package)) as connection, connection:
            connection.execute("UPDATE gpkg_metadata SET metadata = ? WHERE mime_type = 'application/toml'", [text])
        found = shown(package)
        assert (found.exit_code, "\x1b" in found.output, "\x9b" in found.output) == (2, False, False)
        assert told in found.output


@contextmanager
def map_server(log: Path) -> Iterator[str]:
    """Tiles of one colour, and a WMS of them, on loopback; what was asked is written down."""
    picture = BytesIO()
    Image.new("RGB", (256, 256), TINT).save(picture, "PNG")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with log.open("a") as file:
                file.write(self.path + "\n")
            capable = "GetCapabilities" in self.path
            body = CAPABILITIES.format(at=self.headers["Host"]).encode() if capable else picture.getvalue()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml" if capable else "image/png")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


CAPABILITIES = """<?xml version="1.0"?>
<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Name>WMS</Name><Title>t</Title></Service><Capability><Request><GetMap><Format>image/png</Format><DCPType>
<HTTP><Get><OnlineResource xlink:href="http://{at}/wms"/></Get></HTTP></DCPType></GetMap></Request><Layer>
<Title>t</Title><CRS>EPSG:25832</CRS><Layer><Name>grey</Name><Title>g</Title><CRS>EPSG:25832</CRS>
<EX_GeographicBoundingBox><westBoundLongitude>5</westBoundLongitude><eastBoundLongitude>16</eastBoundLongitude>
<southBoundLatitude>54</southBoundLatitude><northBoundLatitude>58</northBoundLatitude></EX_GeographicBoundingBox>
<BoundingBox CRS="EPSG:25832" minx="100000" miny="6000000" maxx="900000" maxy="6500000"/></Layer></Layer></Capability>
</WMS_Capabilities>"""


@pytest.mark.long
@in_qgis
@pytest.mark.parametrize("address", ["/tiles/{z}/{x}/{y}.png", "/wms?layers=grey&token=a%26b"])
def test_the_office_s_own_map_is_off_until_somebody_turns_it_on(tmp_path: Path, address: str) -> None:
    log = tmp_path / "map.png.asked"
    log.touch()
    with map_server(log) as at:
        package = published(tmp_path, f'basemap = "{at}{address}"')
        assert not log.read_text(), "writing asks nobody"
        found = asked("basemap", package, tmp_path, str(tmp_path / "map.png"))
    assert (found["on"], found["last"], found["valid"], found["name"]) == (False, True, True, f"Kort fra {NAME}")
    if address.startswith("/tiles"):
        assert found["asked_before"] == 0, "opening the project asks for no tile"
    assert Image.open(tmp_path / "map.png").convert("RGB").getpixel((150, 150)) == TINT
