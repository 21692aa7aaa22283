"""A town of two years as tests of the Python interface use it, and a reader of the pages that results show."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import udsat_geo as ug


@dataclass(frozen=True)
class Town:
    """Where its registers, its policy and the command's files of both years are."""

    folder: Path

    @property
    def registers(self) -> Path:
        return self.folder / "raw"

    @property
    def policy(self) -> Path:
        return self.folder / "town.toml"

    def file(self, year: int) -> Path:
        return self.folder / "out" / f"designation_{year}.gpkg"

    def designate(self, year: int = 2021, **wanted: object) -> ug.Result:
        """In English, compared with 2017 unless told otherwise."""
        usual = {"policy": self.policy, "registers": self.registers, "language": "en"}
        usual |= {"previous": None if year == 2017 else 2017, "designations": self.folder / "no"}
        return ug.designate(year=year, **{**usual, **wanted})  # type: ignore[arg-type]


class Tags(HTMLParser):
    """The tags of a page, those that are not closed, and its text."""

    def __init__(self, page: str):
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"
