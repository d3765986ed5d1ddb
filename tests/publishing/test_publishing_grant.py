"""Tills without credentials: what a grant lets them do, and where S3 itself stops them."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from promo_cli.publishing import KeyRing
from promo_cli.publishing.grant import UPLOAD_BYTES, grant
from promo_cli.publishing.live import read_live
from promo_cli.storage import Found, NotModified, Storage
from promo_cli.storage.s3 import S3Storage
from promo_cli.till.pull import pull
from tests.conftest import Promo
from tests.protocol.repository import make_bundle
from tests.publishing.harness import keys_in, put
from tests.storage.conftest import reopen, s3_endpoint, s3_environment

__all__ = ["reopen", "s3_endpoint", "s3_environment"]

pytestmark = [pytest.mark.s3, pytest.mark.parametrize("reopen", ["s3"], indirect=True)]

enforcing = pytest.mark.skipif(
    not os.environ.get("PROMO_TEST_S3_ENDPOINT"),
    reason="moto checks neither signatures nor conditions of forms; PROMO_TEST_S3_ENDPOINT names a server that does",
)

BUNDLES = {f"s{n}": make_bundle("A", f"P{n}") for n in range(6)}
OpenStorage = Callable[[], Storage]


class _Granted:
    """The storage interface over nothing but a grant's URLs, as a till without credentials has it."""

    where = "a grant"

    def __init__(self, urls: list[dict[str, str]]) -> None:
        self._urls = {one["key"]: one["url"] for one in urls}

    def get(self, key: str, *, if_none_match: str | None = None, max_size: int | None = None) -> Any:
        """Read; see the interface."""
        request = urllib.request.Request(self._urls[key])
        if if_none_match:
            request.add_header("If-None-Match", f'"{if_none_match}"')
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Found(answer.read(), answer.headers["ETag"].strip('"'))
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return NotModified()
            if error.code == 404:
                return None
            raise


@pytest.fixture
def granted(reopen: OpenStorage, tmp_path: Path) -> tuple[S3Storage, KeyRing, dict[str, Any]]:
    """A bucket with a release, and a grant for store s3."""
    storage, keys = reopen(), keys_in(tmp_path)
    assert isinstance(storage, S3Storage)
    put(storage, keys, BUNDLES)
    storage.put("receipts/v1/" + _day() + "/store=s3/pos=1/1-2-ab.ndjson.gz.json", b"{}")
    storage.put("receipts/v1/" + _day() + "/store=s4/pos=1/1-2-ab.ndjson.gz.json", b"{}")
    return storage, keys, grant(storage, read_live(storage, keys.trusted), "local", "s3", datetime.now(UTC), 2)


def _day() -> str:
    return f"dt={datetime.now(UTC).date().isoformat()}"


def _post(form: dict[str, Any], key: str, data: bytes, **changed: str) -> int:
    """Send a form as curl -F would, and return the status."""
    line = b"--boundary\r\nContent-Disposition: form-data; name="
    parts = [
        line + f'"{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in {"key": key, **form["fields"], **changed}.items()
    ]
    parts.append(
        line + b'"file"; filename="x"\r\nContent-Type: application/gzip\r\n\r\n' + data + b"\r\n--boundary--\r\n"
    )
    request = urllib.request.Request(
        form["url"], b"".join(parts), {"Content-Type": "multipart/form-data; boundary=boundary"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _today(found: dict[str, Any]) -> dict[str, Any]:
    (form,) = [one for one in found["upload"] if f"dt={one['business_date']}" == _day()]
    return dict(form)


def test_a_grant_is_enough_to_sync(granted: tuple[S3Storage, KeyRing, dict[str, Any]]) -> None:
    """Every key the store's till reads has a URL; an unchanged poll is a 304 all the same."""
    _, keys, found = granted
    storage: Any = _Granted(found["get"])
    pulled = pull(storage, keys.trusted, "s3")
    assert pulled is not None
    assert pulled.bundle == BUNDLES["s3"]
    known = pulled.trusted
    assert known.head is not None
    assert pull(storage, known, "s3", etag=pulled.etag, release_at_hand=known.head.release.sha256) is None
    assert [one["key"].split("/")[3] for one in found["receipts"]] == ["store=s3"]


def test_a_grant_says_what_it_is_good_for(granted: tuple[S3Storage, KeyRing, dict[str, Any]]) -> None:
    """Store, release, expiry in the document and in every URL; forms for every date a till may deliver."""
    _, _, found = granted
    assert (found["schema"], found["store_id"], found["seq"]) == ("promo.store-grant/1", "s3", 1)
    for one in (*found["get"], *found["receipts"]):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(one["url"]).query)
        assert query["X-Amz-Expires"] == ["7200"]
    dates = [one["business_date"] for one in found["upload"]]
    assert len(dates) >= 9
    assert (datetime.now(UTC).date() - timedelta(days=7)).isoformat() in dates
    assert all(one["key_begins"].endswith(f"dt={one['business_date']}/store=s3/") for one in found["upload"])
    json.dumps(found)


def test_a_form_delivers_a_batch(granted: tuple[S3Storage, KeyRing, dict[str, Any]]) -> None:
    """What is sent is what lies in the bucket."""
    storage, _, found = granted
    form = _today(found)
    assert _post(form, form["key_begins"] + "pos=1/1-2-ab.ndjson.gz", b"batch") in (200, 201, 204)
    stored = storage.get(f"uploads/v1/{_day()}/store=s3/pos=1/1-2-ab.ndjson.gz")
    assert isinstance(stored, Found)
    assert stored.data == b"batch"


@enforcing
def test_a_form_is_held_to_its_store_its_day_its_size_and_its_signature(
    granted: tuple[S3Storage, KeyRing, dict[str, Any]],
) -> None:
    """Another store's key, another day's, HEAD, nothing, too much, a changed policy: the server refuses each."""
    storage, _, found = granted
    form = _today(found)
    key = form["key_begins"] + "pos=1/1-2-ab.ndjson.gz"
    refused = {
        "another store": (key.replace("store=s3", "store=s4"), b"x"),
        "another day": (key.replace(_day(), "dt=2020-01-01"), b"x"),
        "HEAD": ("prod/HEAD", b"x"),
        "nothing": (key, b""),
        "too much": (key, b"x" * (UPLOAD_BYTES + 1)),
    }
    for what, (wrong, data) in refused.items():
        assert 400 <= _post(form, wrong, data) < 500, what
    assert 400 <= _post(form, key, b"x", **{"x-amz-signature": "0" * 64}) < 500
    assert list(storage.list("uploads/")) == []


@enforcing
def test_a_url_is_for_its_key_only(granted: tuple[S3Storage, KeyRing, dict[str, Any]]) -> None:
    """Another key, or another signature, is refused."""
    _, _, found = granted
    url = found["get"][0]["url"]
    for wrong in (url.replace("/HEAD?", "/ctl/probe?"), url[:-4] + "0000"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(wrong, timeout=10)
        assert caught.value.code == 403
        caught.value.close()


def test_the_command_writes_a_grant(reopen: OpenStorage, promo: Promo, starter: Path, tmp_path: Path) -> None:
    """To a file only its owner reads; a folder has nothing to grant, an unknown store neither."""
    settings = starter / "promo.yaml"
    environments = f"environments:\n  bucket: {{target: '{reopen().where}'}}\n"
    settings.write_text(settings.read_text().replace("environments:\n", environments))
    file = tmp_path / "grant.json"
    command = ("store", "grant", "jkt-sabang", "--env", "bucket", "--hours", "1", "--out", file)
    assert promo("key", "init", "--env", "bucket", cwd=starter).code == 0
    assert promo(*command).code == 2, "nothing is published yet"
    assert promo("publish", "--env", "bucket", "--allow-dirty").code == 0
    done = promo(*command)
    assert done.code == 0, done.err
    assert "after the next publication" in done.err
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["store_id"] == "jkt-sabang"
    assert promo("store", "grant", "jkt-saban", "--env", "bucket").code == 2
    assert promo("store", "grant", "jkt-sabang", "--env", "local").code == 2
