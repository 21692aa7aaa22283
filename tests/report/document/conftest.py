"""A small document by hand, with one of everything."""

from __future__ import annotations

import base64

import pytest

from udsat_geo.messages.tables import Table
from udsat_geo.report.document.content import Document, Picture, Section, Slot

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
)
"""A picture of one dot."""
HOSTILE = "<script>alert(1)</script> & \x00Bø"
COMMENT = f"""# Fra forvaltningen

Det går **fremad** for *alle*, se [planen](https://example.org) {HOSTILE}

- et punkt
- endnu et

3. tredje

| Sted | Antal |
| --- | --- |
| Nord | -5 |

![et billede](https://example.org/track.png) [fælde](javascript:alert(1))
"""


@pytest.fixture
def by_hand() -> Document:
    table = Table(
        "Tal", ("Sted", "Antal"), (("Byen", ""), (HOSTILE, "-1.234,5")), strong=frozenset({0}), notes=("Note.",)
    )
    picture = Picture(DOT, "Kort", f"Et kort over {HOSTILE}", 17.0, 10.0)
    sections = (
        Section("Indledning", 1, ("Et afsnit.", ("en", "to"), Slot("", "[Plads: introduction.md]", 1))),
        Section(f"Område {HOSTILE}", 2, ("Om tallene:", table, picture, table)),
        Section("Bilag", 1, (table, Slot(COMMENT, "", 1)), appendix=True),
    )
    return Document("Status 2021", "Fra 2017", ("Internt.",), sections, "da")
