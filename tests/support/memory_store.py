"""A folder of a store in this process's memory, which has no folders, as object stores do."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from udsat_geo.sources import stores
from udsat_geo.sources.stores import StorePath


def folder_of_objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[StorePath]:
    """Such a folder, removed in the end."""
    monkeypatch.setattr(stores, "_OBJECT_STORES", frozenset(["memory"]))
    folder = StorePath(f"memory://{uuid4().hex}")
    yield folder
    folder.remove()
