"""The notebooks run from beginning to end in a fresh kernel, and are kept without output.

They work on the synthetic city of the user's cache (or ``$UDSAT_CACHE``), and write into the folder they run in.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

import udsat_geo

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
TIMEOUT_S = 600
"""Of one cell; a whole notebook takes less than a minute on a quiet machine."""

by_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

PICTURES = {"designate_2025": 6, "reproduce_2021": 8}
"""How many pictures each shows."""


def test_there_are_two() -> None:
    assert {path.stem for path in NOTEBOOKS} == set(PICTURES)


@by_notebook
def test_notebooks_are_kept_without_output_and_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) > 10
    for cell in code:
        assert cell.outputs == [], cell.id
        assert cell.execution_count is None, cell.id
        assert cell.metadata == {}, cell.id
    # words between any two steps, cells that are called after what they do, and one line of the file a line of source
    assert sum(cell.cell_type == "markdown" for cell in notebook.cells) > len(code) / 2
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@pytest.mark.long
@by_notebook
def test_notebooks_run_from_a_clean_kernel(path: Path, tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient", reason="the extra test-all has nbclient and ipykernel")
    pytest.importorskip("ipykernel", reason="the extra test-all has nbclient and ipykernel")
    notebook = nbformat.read(path, as_version=4)
    source = Path(udsat_geo.__file__).parent.parent
    known = [str(source), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in known if part)}
    client = nbclient.NotebookClient(
        notebook, timeout=TIMEOUT_S, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=environment)
    outputs: list[Any] = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    complaints = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    assert complaints == [], "warnings would stand between the results"
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= PICTURES[path.stem]
    assert {written.name for written in tmp_path.iterdir()} == {"out"}
    assert list((tmp_path / "out").glob("*.svg"))
