"""Provenance as a Research Object Crate: runs taken down, written, and read back."""

from udsat_geo.crate.account import account_of
from udsat_geo.crate.read import crate_file, is_safe_path, read_crate
from udsat_geo.crate.run import NAME, Input, Output, Run
from udsat_geo.crate.taken import Call, library_versions, run_of
from udsat_geo.crate.write import crate_text

__all__ = [
    "NAME",
    "Call",
    "Input",
    "Output",
    "Run",
    "account_of",
    "crate_file",
    "crate_text",
    "is_safe_path",
    "library_versions",
    "read_crate",
    "run_of",
]
