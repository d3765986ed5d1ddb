"""The guide for POS vendors does what it says: its commands are run, its examples are checked."""

import gzip
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from promo_cli.model.events import EVENTS
from promo_cli.protocol import canonical, dsse, head, layout
from promo_cli.storage import Found, PreconditionFailed, Storage, open_storage
from tests.publishing.harness import keys_in, put
from tests.till.shop import promotion, shop_bundle

GUIDE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
START = (Path(__file__).parents[2] / "docs" / "till-vendors.md").read_text()
SCRIPTS, FIRST_STEPS = (re.findall(r"<!-- run -->\n```sh\n(.*?)```", page, flags=re.S) for page in (GUIDE, START))

needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "jq", "openssl", "sha256sum"))),
    reason="the guide's commands need curl, jq and openssl",
)


class _Bucket(ThreadingHTTPServer):
    storage: Storage


class _Handler(BaseHTTPRequestHandler):
    server: _Bucket

    def do_GET(self) -> None:
        """Serve an object."""
        found = self.server.storage.get(self.path[1:])
        if not isinstance(found, Found):
            return self._answer(404)
        same = self.headers["If-None-Match"] == f'"{found.etag}"'
        return self._answer(304, etag=found.etag) if same else self._answer(200, found.data, found.etag)

    def do_PUT(self) -> None:
        """Store an object where there is none."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            self.server.storage.put(self.path[1:], data, if_none_match=self.headers["If-None-Match"] == "*")
        except PreconditionFailed:
            return self._answer(412)
        return self._answer(200)

    def _answer(self, status: int, body: bytes = b"", etag: str = "") -> None:
        self.send_response(status)
        if etag:
            self.send_header("ETag", f'"{etag}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Say nothing."""


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """A bucket with one release for 22 stores."""
    storage = open_storage("bucket", base=tmp_path)
    bundle = shop_bundle(promotion("WEEKEND20"), promotion("TEA10"))
    put(storage, keys_in(tmp_path), {f"store-{n}": bundle for n in range(22)})
    return storage


@pytest.fixture
def address(storage: Storage) -> Iterator[str]:
    """The bucket over plain HTTP."""
    server = _Bucket(("127.0.0.1", 0), _Handler)
    server.storage = storage
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def _run(script: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_tools
@pytest.mark.parametrize("store", ["store-0", "store-7", "store-21"])
def test_the_commands_find_a_stores_promotions(address: str, tmp_path: Path, store: str) -> None:
    """curl, jq and sha256sum go from HEAD to the bundle, checking every hash."""
    assert _run(SCRIPTS[0], tmp_path, BUCKET=address, STORE=store) == "TEA10  Tea10\nWEEKEND20  Weekend20\n"


@needs_tools
def test_the_first_steps_lead_from_head_to_a_receipt(address: str, storage: Storage, tmp_path: Path) -> None:
    """Every command of the page for vendors, in one go: the signature, the bundle, a 304, an upload, its receipt."""
    keys = keys_in(tmp_path).trusted.root.keys_of("head")
    ((keyid, key),) = keys.items()
    events = b'{"v":1}\n{"v":1}\n'
    tail = f"dt=2026-02-07/store=store-7/pos=pos-1/1-2-{layout.sha256_hex(events)[:16]}.ndjson.gz"
    storage.put(f"receipts/v1/{tail}.json", json.dumps({"sha256": layout.sha256_hex(events)}).encode())
    (tmp_path / "events.ndjson").write_bytes(events)
    given = {"STORE": "store-7", "HEAD_KEY": key.raw.hex(), "KEYID": keyid, "POS": "pos-1", "DAY": "2026-02-07"}
    out = _run("\n".join(FIRST_STEPS), tmp_path, BUCKET=address, FIRST="1", LAST="2", **given)
    assert out == "Signature Verified Successfully\n304\n"
    assert (tmp_path / "bundle.json").read_bytes() == shop_bundle(promotion("WEEKEND20"), promotion("TEA10"))
    assert not (tmp_path / "events.ndjson").exists(), "confirmed, and so deleted"
    assert storage.get(f"uploads/v1/{tail}") is not None


@needs_tools
def test_the_first_steps_stop_at_a_head_of_another_key(address: str, storage: Storage, tmp_path: Path) -> None:
    """The signature is over the payload; with a key that did not sign nothing goes on."""
    keyid = next(iter(keys_in(tmp_path).trusted.root.keys_of("head")))
    command = ["bash", "-euo", "pipefail", "-c", FIRST_STEPS[0]]
    given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "BUCKET": address, "KEYID": keyid, "HEAD_KEY": "ab" * 32}
    assert subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, check=False).returncode != 0


@needs_tools
def test_the_commands_deliver_a_batch_once(address: str, storage: Storage, tmp_path: Path) -> None:
    """The key is the one the reference till computes; a second delivery is a 412."""
    data = b'{"v":1}\n{"v":1}\n'
    (tmp_path / "events.ndjson").write_bytes(data)
    names = {"DAY": "2026-02-07", "STORE": "s1", "POS": "pos-1", "FIRST": "1", "LAST": "2"}
    for _ in range(2):
        _run(SCRIPTS[1], tmp_path, BUCKET=address, **names)
    (entry,) = storage.list("uploads/")
    import datetime as dt

    assert entry.key == layout.upload_key(dt.date(2026, 2, 7), "s1", "pos-1", 1, 2, data)
    found = storage.get(entry.key)
    assert isinstance(found, Found)
    assert gzip.decompress(found.data) == data


def test_the_guide_lists_every_field_of_head(storage: Storage) -> None:
    """No more and no less."""
    found = storage.get(layout.HEAD)
    assert isinstance(found, Found)
    payload = canonical.loads(dsse.open_envelope(found.data).payload)
    table = GUIDE.partition("## HEAD")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", "".join(rows))) == sorted(payload)


def test_the_guide_shows_the_signed_bytes_as_they_are() -> None:
    """The prefix of DSSE's encoding, with the right length of the type."""
    assert f"`{dsse.pae(head.PAYLOAD_TYPE, b'').decode().removesuffix('0 ')}<length> <payload>`" in GUIDE


def test_the_guides_bill_is_one() -> None:
    """The smallest bill fits the model that ingest holds it to."""
    (example,) = re.findall(r"```json\n(.*?)```", GUIDE, flags=re.S)
    event = json.loads(example)
    EVENTS[event["kind"]].model_validate(event)
