import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from promo_cli.cli.main import run

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

# How long an example takes is the machine's affair.
settings.register_profile("promo", deadline=None)
settings.load_profile("promo")


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the document on stdout."""
        return json.loads(self.out, parse_float=Decimal)


Promo = Callable[..., Outcome]


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the key of the caches out of the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture
def promo(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Promo:
    """Return a function that runs a `promo` command line in this process, in the folder `cwd`."""

    def call(*arguments: object, cwd: Path | None = None) -> Outcome:
        if cwd is not None:
            monkeypatch.chdir(cwd)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def starter(tmp_path: Path, promo: Promo) -> Path:
    """Return a fresh workspace as `promo init` makes it."""
    folder = tmp_path / "starter"
    assert promo("init", folder).code == 0
    return folder


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a copy of the example chain."""
    folder = tmp_path / "chain"
    folder.mkdir()
    shutil.copy(ROOT / "promo.yaml", folder)
    for name in ("stores", "promotions"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as somebody with a name, and return what it prints."""
    identity = ("-c", "user.name=Marketer", "-c", "user.email=marketer@example.com")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the distribution's Chromium, headless."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no Chromium here; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page without a network, whose complaints fail the test."""
    context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("requestfailed", lambda request: complaints.append(f"fetched {request.url}"))
    yield opened
    context.close()
    assert complaints == []
