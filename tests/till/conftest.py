import os

import pytest


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crashes are exceptions here, so nothing has to reach the platter; tests/storage looks at that."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
