"""Collections of OGC API Features are read whole, and from the host that was named alone."""

from __future__ import annotations

import http.server
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from loopback import running
from test_layers_of_a_service import QUICK, read, refused


@dataclass
class Api:
    """What a small service gives, and what it was asked for.

    Attributes
    ----------
    page : int
        Features on one page at most.
    matched : int or None
        What it says it has; None for the truth.
    onward : str
        Where its first page sends on to, instead of its own next page.
    answers : dict of str to bytes
        Path -> what is answered instead.
    """

    features: int = 11
    page: int = 4
    matched: int | None = None
    onward: str = ""
    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, base: str, path: str) -> bytes:
        parts = urlsplit(path)
        if parts.path in self.answers:
            return self.answers[parts.path]
        collection = {
            "id": "points",
            "title": "points",
            "links": [{"rel": "items", "href": f"{base}/ogc/collections/points/items", "type": "application/geo+json"}],
        }
        if parts.path == "/ogc/collections":
            return json.dumps({"collections": [collection], "links": []}).encode()
        if parts.path == "/ogc/collections/points":
            return json.dumps(collection).encode()
        if parts.path == "/ogc/collections/points/items":
            return json.dumps(self.items(base, dict(parse_qsl(parts.query)))).encode()
        return json.dumps({"title": "small", "links": []}).encode()

    def items(self, base: str, question: dict[str, str]) -> dict[str, Any]:
        start, count = int(question.get("offset", 0)), min(int(question.get("limit", 10)), self.page)
        numbers = range(start, min(start + count, self.features))
        links = []
        if numbers and numbers[-1] + 1 < self.features:
            onward = self.onward or f"{base}/ogc/collections/points/items?offset={start + count}&limit={count}"
            links = [{"rel": "next", "href": onward, "type": "application/geo+json"}]
        features = [
            {"type": "Feature", "id": f"p.{i}", "properties": {"number": i},
             "geometry": {"type": "Point", "coordinates": [12.5 + i / 1000, 55.6]}}
            for i in numbers
        ]  # fmt: skip
        matched = self.features if self.matched is None else self.matched
        return {"type": "FeatureCollection", "features": features, "links": links, "numberMatched": matched}


@contextmanager
def serving(api: Api) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.asked.append(self.path)
            answer = api.answer(f"http://{self.headers['Host']}", self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with running(Handler) as address:
        yield f"{address}/ogc"


@pytest.mark.parametrize("page", [4, 1000])
def test_a_collection_is_read_in_all_its_pages(page: int) -> None:
    with serving(Api(page=page)) as address:
        for text in (f"OAPIF:{address}", f"OAPIF:{address}|layername=points"):
            features, sha256, notes = read(text)
            assert features.name == text
            assert features.attributes["number"].to_pylist() == list(range(11))
            assert features.geometry is not None
            assert (features.geometry[1].x, features.geometry[1].y) == (12.501, 55.6)
            assert notes == ()
    with serving(Api(page=3)) as address:
        assert read(f"OAPIF:{address}")[1] == sha256


def test_a_collection_that_is_longer_than_what_comes_is_refused() -> None:
    with serving(Api(matched=12)) as address:
        assert "has 12 features by its own account, and sends 11" in refused(f"OAPIF:{address}")
    with serving(Api()) as address:
        assert "more than 10 features" in refused(f"OAPIF:{address}", replace(QUICK, features=10))
        assert "offers no layer 'lines'" in refused(f"OAPIF:{address}|layername=lines")


def test_a_next_page_of_a_file_or_of_another_host_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.geojson"
    secret.write_text(json.dumps(Api(features=2).items("", {})), encoding="utf-8")
    inside = Api()
    with serving(inside) as other:
        elsewhere = f"{other}/collections/points/items".replace("127.0.0.1", "localhost")
        for onward, told in (
            (elsewhere, "names another place to read from"),
            ("http://[::1]:1/collections/points/items", "names another place to read from"),
            # which GDAL would follow
            (secret.as_uri(), "names another place to read from"),
            ("ftp://127.0.0.1/x", "has 11 features by its own account, and sends 4"),
        ):
            with serving(Api(onward=onward)) as address:
                assert told in refused(f"OAPIF:{address}")
    assert inside.asked == []


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<!doctype html><title>Log in</title>", "web page"),
        (b"", "answers with nothing"),
        (b'{"type": "FeatureCollection", "features": [', "broken JSON"),
        (b"<OGRVRTDataSource/>", "broken JSON"),
    ],
)
def test_what_is_no_page_of_features_is_told(body: bytes, what: str) -> None:
    with serving(Api(answers={"/ogc/collections/points/items": body})) as address:
        assert what in refused(f"OAPIF:{address}")
