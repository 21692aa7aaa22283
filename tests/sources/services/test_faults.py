"""A service in trouble is told in words, asked again only where that may help, and never waited for without end."""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import faulty_proxy as faulty
import pytest
from faulty_proxy import Fault, Proxy, proxied
from loopback import running
from small_service import exception, handler
from test_layers_of_a_service import QUICK, lines, read, refused

from udsat_geo.messages.errors import InputError
from udsat_geo.messages.limits import Limits
from udsat_geo.sources.copies import local_copies
from udsat_geo.sources.fetch import Fetcher
from udsat_geo.sources.gdal import HttpResult

SOON = replace(QUICK, answer_s=1, whole_s=8)
LOGIN = b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with running(handler({"lines": lines()}, [])) as address, proxied(address) as found:
        yield found


def address_of(proxy: Proxy) -> str:
    return f"WFS:{proxy.address}/ows?SERVICE=WFS"


PASSING: list[tuple[Fault, str]] = [
    (faulty.state(502), "HTTP 502"),
    (faulty.state(503, LOGIN), "HTTP 503"),
    (faulty.state(504), "HTTP 504"),
    (faulty.reset, "connection was broken off"),
    (faulty.cut, "not whole"),
    (faulty.shortened, "not whole"),
    (faulty.late(2.6), "no answer in time"),
]


@pytest.mark.parametrize(
    ("place", "fault", "reason"),
    [
        *((5, *each) for each in PASSING),
        *((place, *PASSING[1]) for place in range(5)),
        (3, faulty.shortened, "not whole"),
    ],
)
def test_what_passes_is_asked_again_and_told(proxy: Proxy, place: int, fault: Fault, reason: str) -> None:
    """Be it the capabilities, the number of features, the schema, the first page or the second."""
    whole = read(address_of(proxy), SOON)
    asked = len(proxy.requests)
    proxy.faults = [*[None] * place, fault]
    features, sha256, notes = read(address_of(proxy), SOON)
    assert sha256 == whole[1]
    assert features.attributes.equals(whole[0].attributes)
    assert len(notes) == 1
    assert "read at the second attempt" in notes[0]
    assert reason in notes[0]
    assert len(proxy.requests) == 2 * asked + 1


@pytest.mark.parametrize(("fault", "reason"), PASSING)
def test_what_does_not_pass_ends_after_three_attempts(proxy: Proxy, fault: Fault, reason: str) -> None:
    proxy.every = {"GetFeature": fault}
    message = refused(address_of(proxy), SOON)
    assert "tried 3 times" in message
    assert "Try again later" in message
    assert len([path for path in proxy.requests if "GetFeature" in path]) == 3


def test_types_are_guessed_only_where_a_service_has_no_description_of_them(proxy: Proxy) -> None:
    proxy.every = {"DescribeFeatureType": faulty.state(501)}
    features, _, _ = read(address_of(proxy), SOON)
    assert features.attributes["number"].to_pylist() == list(range(11))
    proxy.every = {"DescribeFeatureType": faulty.state(503)}
    assert "tried 3 times" in refused(address_of(proxy), SOON)


def test_the_third_attempt_may_help_and_pauses_grow(proxy: Proxy) -> None:
    proxy.faults = [faulty.state(503), faulty.state(503)]
    begun = time.monotonic()
    notes = read(address_of(proxy), replace(SOON, pause_s=0.1))[2]
    assert time.monotonic() - begun > 0.1 + 0.2
    assert "third attempt" in notes[0]


LASTING: list[tuple[str, Fault, str]] = [
    ("", faulty.state(500), "HTTP 500"),
    ("", faulty.state(500, exception("no memory", "Busy").encode()), "HTTP 500: Busy: no memory"),
    ("", faulty.state(404), "HTTP 404"),
    ("", faulty.state(401), "lets nobody in without valid credentials"),
    ("", faulty.state(403), "lets nobody in without valid credentials"),
    ("", faulty.says(LOGIN, "text/html"), "web page"),
    ("hits", faulty.says(LOGIN), "web page"),
    ("COUNT", faulty.says(b"\n<html><head/></html>"), "web page"),
    ("", faulty.says(b""), "answers with nothing"),
    ("COUNT", faulty.says(b"  \n"), "answers with nothing"),
    ("", faulty.says(b'{"error": "no"}'), "no XML"),
    ("COUNT", faulty.says(b"gone"), "no XML"),
    ("", faulty.says(b"<a><b></a>"), "broken XML"),
    ("COUNT", faulty.replaced(b"</wfs:member>", b"</wfs:other>"), "broken XML"),
    ("", faulty.says(exception("not today").encode()), "InvalidParameterValue: not today"),
    ("hits", faulty.says(exception("not today").encode()), "refuses: InvalidParameterValue: not today"),
    ("COUNT", faulty.says(exception("not today").encode()), "refuses: InvalidParameterValue: not today"),
    ("COUNT", faulty.says(b"<ServiceExceptionReport><ServiceException code='X'>y</ServiceException>"
                          b"</ServiceExceptionReport>"), "refuses: X: y"),
    ("", faulty.says(b"<WMS_Capabilities version='1.3.0'/>"), "WMS_Capabilities"),
    ("", faulty.replaced(b'version="2.0.0"', b'version="3.0.0"'), "WFS_Capabilities 3.0.0"),
    ("COUNT", faulty.says(b"<something/>"), "'something'"),
    ("COUNT", faulty.replaced(b"</wfs:FeatureCollection>", b"<wfs:truncatedResponse/></wfs:FeatureCollection>"),
     "stopped within its answer"),
    ("COUNT", faulty.replaced(b"EPSG::25832", b"EPSG::999999"), "not known"),
    ("STARTINDEX=4", faulty.replaced(b"EPSG::25832", b"EPSG::3857"), "different reference systems"),
    ("STARTINDEX=4", faulty.replaced(b'numberMatched="11"', b'numberMatched="12"'), "changed while it was read"),
    ("COUNT", faulty.replaced(b'numberMatched="11"', b'numberMatched="9"'), "changed while it was read"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "fault", "what"), LASTING)
def test_what_does_not_pass_is_told_at_once(proxy: Proxy, part: str, fault: Fault, what: str) -> None:
    proxy.every = {part: fault}
    message = refused(address_of(proxy), SOON)
    assert what in message
    assert re.match(r"WFS:http://127\.0\.0\.1:\d+/ows\?SERVICE=WFS: ", message)
    addresses = [path for path in proxy.requests if part in path]
    assert len(addresses) == len(set(addresses)), "asked again, though that cannot help"


def test_an_entity_that_grows_without_end_is_not_read(proxy: Proxy) -> None:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><WFS_Capabilities>&e9;</WFS_Capabilities>'.encode()
    for part in ("", "COUNT"):
        proxy.every = {part: faulty.says(bomb)}
        assert "no XML of a service" in refused(address_of(proxy))


def test_files_of_this_machine_are_not_read_for_a_service(proxy: Proxy) -> None:
    proxy.every = {"COUNT": faulty.replaced(b"<wfs:FeatureCollection", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                                            b"<wfs:FeatureCollection")}  # fmt: skip
    assert "no XML of a service" in refused(address_of(proxy))


@pytest.mark.long
@pytest.mark.parametrize("fault", [faulty.drips, faulty.drips_headers, faulty.endless])
def test_an_answer_without_end_is_given_up_in_time(proxy: Proxy, fault: Fault) -> None:
    proxy.every = {"COUNT": fault}
    begun = time.monotonic()
    limits = replace(SOON, whole_s=1.0)
    assert "not read in full within 1 s" in refused(address_of(proxy), limits)
    assert time.monotonic() - begun < 4


def test_an_answer_without_end_is_given_up_by_its_size(proxy: Proxy) -> None:
    proxy.every = {"COUNT": faulty.endless}
    assert "sends more than 1 MiB" in refused(address_of(proxy), replace(QUICK, bytes=1024**2))


def test_an_answer_of_two_gigabytes_is_more_than_gdal_takes() -> None:
    cut = HttpResult(status=23, error=b"Failure writing output to destination")
    with pytest.raises(InputError, match=r"a service: sends more than 2[.,]048 MiB"):
        Fetcher("a service", Limits())._look(b"http://127.0.0.1", cut, lambda _address, _body: None)


def test_slow_pauses_do_not_outlast_the_whole_time(proxy: Proxy) -> None:
    proxy.every = {"": faulty.state(503)}
    begun = time.monotonic()
    assert "not read in full within 1 s" in refused(address_of(proxy), replace(SOON, whole_s=1, pause_s=30))
    assert time.monotonic() - begun < 2


def test_a_server_that_is_down_is_told_at_once() -> None:
    with running(handler({}, [])) as address:
        pass
    begun = time.monotonic()
    assert "does not answer: no connection is made" in refused(f"WFS:{address}/ows")
    assert time.monotonic() - begun < 1


def test_a_host_that_is_not_known_is_told() -> None:
    assert "cannot be found" in refused("WFS:https://no-such-host.invalid/ows")


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_redirections_lead_to_the_web_only(proxy: Proxy, to: str) -> None:
    def sent_on(exchange: faulty.Exchange, _: bytes) -> None:
        exchange.send_response(302)
        exchange.send_header("Location", to)
        exchange.send_header("Content-Length", "0")
        exchange.end_headers()

    proxy.every = {"": sent_on}
    assert "sends on to another place that is not followed" in refused(address_of(proxy))


def test_a_redirection_to_itself_ends(proxy: Proxy) -> None:
    def sent_on(exchange: faulty.Exchange, _: bytes) -> None:
        exchange.send_response(302)
        exchange.send_header("Location", exchange.path)
        exchange.send_header("Content-Length", "0")
        exchange.end_headers()

    proxy.every = {"": sent_on}
    assert "sends on to another place that is not followed" in refused(address_of(proxy))
    assert len(proxy.requests) < 15


def test_what_a_service_says_is_told_without_secrets(proxy: Proxy) -> None:
    said = exception("cannot read https://me:hush@inner/ows?token=t0psecret, password=t0psecret")
    proxy.every = {"": faulty.says(said.encode())}
    message = refused(f"{address_of(proxy)}&token=t0psecret")
    assert "cannot read https://inner/ows" in message
    assert "t0psecret" not in message
    assert "hush" not in message


def test_the_faults_of_all_sources_are_told_at_once(proxy: Proxy) -> None:
    named = {"barriers": f"{address_of(proxy)}|layername=a", "places": f"{address_of(proxy)}|layername=b", "units": "x"}
    with pytest.raises(InputError) as caught, local_copies(named, QUICK):
        pass
    assert len(caught.value.messages) == 2


def test_nothing_is_left_behind(proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    threads = threading.active_count()
    proxy.every = {"COUNT": faulty.shortened}
    refused(address_of(proxy), SOON)
    proxy.every = {}
    read(address_of(proxy), Limits())
    assert list(tmp_path.iterdir()) == []
    time.sleep(0.1)
    assert threading.active_count() <= threads
