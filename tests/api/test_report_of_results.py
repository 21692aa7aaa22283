"""The report page of a designation in Python's hands is that of its files."""

from __future__ import annotations

from pathlib import Path

import pytest

import udsat_geo as ug
from udsat_geo.report.page.build import make_page
from udsat_geo.report.page.read import read_all

pytestmark = pytest.mark.long  # whole jobs

pytest.importorskip("bokeh")


@pytest.mark.long
def test_a_page_of_a_result_is_that_of_its_files(tmp_path: Path) -> None:
    before, now = (ug.designate(year=year) for year in (2021, 2025))
    page = now.report(tmp_path / "report.html", earlier=(before,))
    files = [result.to_folder(tmp_path / "files")[0] for result in (before, now)]
    assert page.read_text(encoding="utf-8") == make_page(read_all(files, False, None), "da")
    assert ug.read(files[1]).report(tmp_path / "alone.html").stat().st_size < page.stat().st_size


def test_designations_of_one_year_make_no_page_together(made: ug.Result, tmp_path: Path) -> None:
    with pytest.raises(ug.InputError, match="2021"):
        made.report(tmp_path / "report.html", earlier=(made,))
    assert not (tmp_path / "report.html").exists()
