"""`udsat sums` and `designate --sums`, at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from small_registers import make_registers
from udsat_geo.cli.main import designate, udsat
from udsat_geo.policy.load import load_policy


@pytest.mark.long
def test_two_offices_from_their_registers_to_one_designation(tmp_path: Path) -> None:
    policy = load_policy("kbh-2017").with_(
        context={"residents": 20, "reach": 200}, core=0.3, edge=0.0, criteria=2, areas={"residents": 10}, id="small"
    )
    (tmp_path / "small.toml").write_text(policy.to_toml())
    call = CliRunner()
    for office, seed in (("a", 1), ("b", 2)):
        make_registers(seed).write(tmp_path / office / "2025")
        named = ["--registers", str(tmp_path / office), "--policy", str(tmp_path / "small.toml"), "--language", "en"]
        named += ["--let", "low_income=150000", "--out", str(tmp_path / "sums" / office)]
        done = call.invoke(udsat, ["sums", "--years", "2025", *named])
        assert done.exit_code == 0, done.output
        assert "residents, low_income = 150000.0" in done.output
        assert "For the offices themselves: they hold counts of few people." in done.output
    sums = f"{tmp_path / 'sums' / 'a'},{tmp_path / 'sums' / 'b'}"
    asked = ["--year", "2025", "--policy", str(tmp_path / "small.toml"), "--previous", "none", "--language", "en"]
    done = call.invoke(designate, [*asked, "--sums", sums, "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    summary = json.loads(done.output)
    assert summary["residents"] > 0
    assert [each["name"] for each in summary["inputs"]] == ["sums_2025.parquet"] * 2
    refused = call.invoke(designate, [*asked, "--sums", sums, "--registers", str(tmp_path / "a")])
    assert refused.exit_code == 2
    assert "--sums: stands in the place of registers and of a table of units. Name one of them." in refused.output
