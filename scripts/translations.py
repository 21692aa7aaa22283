"""Collect the texts of the package for translation, and compile the Danish catalogues.

    python scripts/translations.py            # update locale/da from the code, and compile it
    python scripts/translations.py --check    # say what lacks Danish, differs or is out of step, and change nothing

There are two catalogues: ``udsat_geo`` has the texts of the package, ``messages`` those of click, which reads the
command line. Needs Babel (the extra ``test`` brings it).
"""

from __future__ import annotations

import argparse
import io
import string
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from udsat_geo.report.page.words import marked_texts

PACKAGE = Path(__file__).parents[1] / "udsat_geo"
FOLDER = PACKAGE / "messages" / "locale" / "da" / "LC_MESSAGES"
OURS, OF_CLICK = "udsat_geo", "messages"
"""The domains of gettext: click asks for its texts in the one that a program has by default."""
KEYWORDS = {"_": (1,), "N_": (1,), "Np_": ((1, "c"), 2), "ngettext": (1, 2)}
HEADS = {
    OURS: "# Danish texts of udsat_geo: results, notes, errors and help.\n"
    "# Update and compile: python scripts/translations.py",
    OF_CLICK: "# Danish texts of click, which reads the command line of udsat_geo.\n"
    "# Update and compile: python scripts/translations.py",
}


class DanishCatalogue(Catalog):
    """A catalogue whose head says what it is, and no dates: the same file for the same texts."""

    @property  # type: ignore[misc]
    def mime_headers(self) -> list[tuple[str, str]]:
        """The head that a program reads."""
        return [
            ("Project-Id-Version", "udsat_geo"),
            ("Language", "da"),
            ("Language-Team", "udsat_geo"),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def template(domain: str = OURS) -> Catalog:
    """Every text of the package, or of the installed click, with the file that it stands in."""
    catalogue = Catalog(domain=domain, charset="utf-8")
    folder = PACKAGE if domain == OURS else _folder_of_click()
    found = extract_from_dir(folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("i18n:",))
    for name, _line, message, comments, context in found:
        # files without line numbers: a line that moves changes no catalogue
        where: list[Any] = [(f"{folder.name}/{name}", None)]
        catalogue.add(message, locations=where, auto_comments=comments, context=context)
    for path in sorted((PACKAGE / "report").glob("*/*.[hj]*")) if domain == OURS else ():
        for context, text in marked_texts(path.read_text(encoding="utf-8")):
            place = f"{folder.name}/report/{path.parent.name}/{path.name}"
            catalogue.add(text, locations=[(place, None)], context=context)
    return catalogue


def _folder_of_click() -> Path:
    spec = find_spec("click")
    if spec is None or spec.origin is None:
        sys.exit("click is not installed: pip install -e .")
    return Path(spec.origin).parent


def danish(domain: str = OURS) -> Catalog:
    """The Danish catalogue as it stands."""
    path = FOLDER / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="da", domain=domain, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="da", domain=domain, charset="utf-8")


def updated(domain: str) -> Catalog:
    """The Danish catalogue with the texts of now; those of other releases of click are kept."""
    catalogue = danish(domain)
    stored = list(catalogue)
    catalogue.update(template(domain), no_fuzzy_matching=True)
    if domain == OF_CLICK:
        for message in stored:
            if message.id and message.id not in catalogue:
                catalogue[message.id] = message
    return catalogue


def texts(catalogue: Catalog, compiled: bool) -> bytes:
    """The catalogue as a file: readable, or compiled."""
    domain = catalogue.domain or OURS
    clean = DanishCatalogue(locale="da", domain=domain, charset="utf-8", header_comment=HEADS[domain], fuzzy=False)
    for message in catalogue:
        if message.id:
            clean.add(
                message.id,
                message.string,
                sorted(set(message.locations)),
                auto_comments=message.auto_comments,
                context=message.context,
            )
    out = io.BytesIO()
    if compiled:
        write_mo(out, clean)
    else:
        write_po(out, clean, width=110, sort_output=True)
    return out.getvalue()


def lacking(catalogue: Catalog) -> list[str]:
    """Texts without Danish."""
    return [repr(message.id) for message in catalogue if message.id and not all(_translations(message))]


def differing(catalogue: Catalog) -> list[str]:
    """Texts whose Danish has other placeholders, or writes them in another way; one of click's may leave some out."""
    found = []
    for message in catalogue:
        if not message.id or not all(_translations(message)):
            continue
        for english, translation in zip(_originals(message), _translations(message), strict=True):
            wanted, has = placeholders(english), placeholders(translation)
            if has != wanted and not (catalogue.domain == OF_CLICK and set(has) <= set(wanted)):
                found.append(f"{english!r}: {translation!r}")
    return found


def placeholders(text: str) -> list[tuple[str, str, str]]:
    """Name, format and conversion of each placeholder of a text, in alphabetical order."""
    parts = string.Formatter().parse(text)
    return sorted((name, form or "", how or "") for _text, name, form, how in parts if name is not None)


def _originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _translations(message: Message) -> tuple[str, ...]:
    translations = (message.string,) if isinstance(message.string, str) else message.string
    return tuple(translations or ("",))


def faults(catalogue: Catalog) -> Iterator[str]:
    """What is to be mended by hand in a catalogue, one line each."""
    yield from (f"no Danish yet: {text}" for text in lacking(catalogue))
    yield from (f"other placeholders than the English: {text}" for text in differing(catalogue))


def files_of(catalogue: Catalog) -> dict[Path, bytes]:
    """The files of a catalogue, and what should stand in them."""
    domain = catalogue.domain or OURS
    return {FOLDER / f"{domain}.po": texts(catalogue, False), FOLDER / f"{domain}.mo": texts(catalogue, True)}


def main() -> None:
    """Update and compile, or check."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something is lacking")
    asked = parser.parse_args()
    found, stale = [], []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for domain in HEADS:
        catalogue = updated(domain)
        found += list(faults(catalogue))
        for path, content in files_of(catalogue).items():
            if path.exists() and path.read_bytes() == content:
                continue
            stale.append(path.name)
            if not asked.check:
                path.write_bytes(content)
        print(f"{domain}: {len(catalogue)} texts, {len(lacking(catalogue))} without Danish")
    print("\n".join(found))
    print(("out of step: " if asked.check else "written: ") + ", ".join(stale) if stale else "in step with the code")
    sys.exit(bool(found or stale) if asked.check else 0)


if __name__ == "__main__":
    main()
