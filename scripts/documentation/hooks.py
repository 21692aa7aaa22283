"""MkDocs' hooks: a comment ``<!-- made: NAME -->`` in a page becomes what the code says of it.

The functions are in the modules beside this one; `MADE` names them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
for folder in (ROOT / "scripts", ROOT):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from documentation import columns, commands, problems, profiles, published  # noqa: E402

MADE: dict[str, Callable[[], str]] = {
    "columns in English": lambda: columns.dictionary("en"),
    "columns in Danish": lambda: columns.dictionary("da"),
    "codes of registers": columns.register_codes,
    "codes of dst": lambda: profiles.code_lists("dst"),
    "codes of kbh": lambda: profiles.code_lists("kbh"),
    "formats": commands.formats,
    "commands": commands.reference,
    "problems": problems.collected,
    "changelog": lambda: published.changelog(ROOT),
    "policies": published.policies,
    "glossary": published.glossary,
}
SEARCH = '<div class="md-search" data-md-component="search"'
MARK = re.compile(r"^<!-- made: (.+?) -->$", re.MULTILINE)


def fill(markdown: str) -> str:
    """A page with everything made that it asks for.

    Raises
    ------
    KeyError
        If it asks for something that nobody makes.
    """
    return MARK.sub(lambda found: MADE[found[1]](), markdown)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by MkDocs with the text of each page."""
    return fill(markdown)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Called by MkDocs with each finished page: what the theme does not say to who hears the page read out.

    That is the name of the search, and the language of the Danish pages.
    """
    if page.url.startswith("da/"):
        output = output.replace('<html lang="en"', '<html lang="da"', 1)
    return output.replace(SEARCH, f'{SEARCH} aria-label="Search"')
