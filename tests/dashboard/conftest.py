from pathlib import Path

import pytest

from promo_cli.dashboard.folder import replace_folder
from promo_cli.dashboard.site import build
from tests.dashboard.samples import site


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the made-up site, on disk."""
    target = tmp_path_factory.mktemp("dashboard") / "site"
    replace_folder(target, build(site()))
    return target
