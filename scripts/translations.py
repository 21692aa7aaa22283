"""Collect the texts of the package for translation, and compile the Danish catalogue.

    python scripts/translations.py            # update locale/da from the code, and compile it
    python scripts/translations.py --check    # say what lacks Danish or is out of step, and change nothing

Needs Babel (the extra ``test`` brings it).
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "udsat_geo"
FOLDER = PACKAGE / "messages" / "locale" / "da" / "LC_MESSAGES"
KEYWORDS = {"_": (1,), "N_": (1,), "Np_": ((1, "c"), 2)}


def template() -> Catalog:
    """Every text of the package, with where it stands."""
    catalogue = Catalog(project="udsat_geo", charset="utf-8")
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("i18n:",))
    for name, _line, message, comments, context in found:
        # files without line numbers: a line that moves changes no catalogue
        catalogue.add(message, locations=[(f"udsat_geo/{name}", None)], auto_comments=comments, context=context)
    return catalogue


def danish() -> Catalog:
    """The Danish catalogue as it stands."""
    path = FOLDER / "udsat_geo.po"
    if not path.exists():
        return Catalog(locale="da", project="udsat_geo", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="da", charset="utf-8")


def texts(catalogue: Catalog, compiled: bool) -> bytes:
    """The catalogue as a file: readable, or compiled. The same for the same texts: no dates."""
    if compiled:
        out = io.BytesIO()
        write_mo(out, catalogue)
        return out.getvalue()
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, omit_header=False, ignore_obsolete=True)
    lines = out.getvalue().decode().split("\n")
    return "\n".join(line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision'))).encode()


def main() -> None:
    """Update and compile, or check."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something is lacking")
    asked = parser.parse_args()
    catalogue = danish()
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.creation_date = catalogue.revision_date = None
    lacking = [message.id for message in catalogue if message.id and not message.string]
    for message in lacking:
        print(f"no Danish yet: {message!r}")
    new = {FOLDER / "udsat_geo.po": texts(catalogue, False), FOLDER / "udsat_geo.mo": texts(catalogue, True)}
    if asked.check:
        stale = [path.name for path, content in new.items() if not path.exists() or path.read_bytes() != content]
        print("out of step: " + ", ".join(stale) if stale else "in step with the code")
        sys.exit(bool(lacking or stale))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, content in new.items():
        path.write_bytes(content)
    print(f"{len(catalogue)} texts, {len(lacking)} without Danish")


if __name__ == "__main__":
    main()
