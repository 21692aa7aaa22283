"""Names of columns are compared however their letters and marks are put together."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from small_registers import make_registers
from udsat_geo.registers.addressed import residents_by_address

pytestmark = pytest.mark.long  # whole jobs

COMPOSED, APART = "\u00e5lder", "a\u030alder"


@pytest.mark.parametrize(("in_file", "in_settings"), [(COMPOSED, APART), (APART, COMPOSED), (APART.upper(), COMPOSED)])
def test_a_column_that_registers_toml_names_is_found(in_file: str, in_settings: str, tmp_path: Path) -> None:
    make_registers(0).write(tmp_path)
    expected = residents_by_address(tmp_path).residents.tolist()
    path = tmp_path / "residents.parquet"
    table = pq.read_table(path)
    pq.write_table(table.rename_columns([in_file if name == "age" else name for name in table.column_names]), path)
    (tmp_path / "registers.toml").write_text(f'[residents.columns]\nage = "{in_settings}"\n', encoding="utf-8")
    assert residents_by_address(tmp_path).residents.tolist() == expected
