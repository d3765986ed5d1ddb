"""What is particular to S3: answers in doubt, repeated reads, advice."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import boto3
import pytest

from promo_cli.storage import OutcomeUnknown, PreconditionFailed, Storage, StorageUnavailable, open_storage


class _Server(HTTPServer):
    """Answers every request with the next of a list of statuses; the last one stays."""

    statuses: list[int]
    seen: list[str]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"  # or the client waits a second for "100 Continue"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append(self.command)
        status = self.server.statuses.pop(0) if len(self.server.statuses) > 1 else self.server.statuses[0]
        self.close_connection = True
        if status == 0:  # hang up without an answer
            return
        body = b"data" if status == 200 else b"<Error><Code>Odd</Code><Message>odd</Message></Error>"
        self.send_response(status)
        self.send_header("ETag", '"abc"')
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_DELETE = _answer  # noqa: N815 -- names the base class looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    """A server on this machine that misbehaves as told, addressed by the environment."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.seen = []
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _storage(server: _Server, *statuses: int) -> Storage:
    server.statuses = list(statuses)
    return open_storage("s3://bucket/prod", base=Path(), region="us-east-1")


@pytest.mark.parametrize("status", [409, 500, 502, 503, 504, 0])
def test_a_write_in_doubt_is_sent_once_and_reported_as_unknown(server: _Server, status: int) -> None:
    """A conflict, a server error, a lost answer: the write may have happened, so it is not repeated here."""
    storage = _storage(server, status)
    with pytest.raises(OutcomeUnknown):
        storage.put("HEAD", b"x", if_match="abc")
    assert server.seen == ["PUT"]


def test_a_condition_that_does_not_hold_is_told_apart_from_a_refusal(server: _Server) -> None:
    """412 is an answer; 403 and 501 are refusals; neither is repeated."""
    storage = _storage(server, 412, 403, 501)
    with pytest.raises(PreconditionFailed):
        storage.put("HEAD", b"x", if_none_match=True)
    with pytest.raises(StorageUnavailable, match="access refused"):
        storage.put("HEAD", b"x", if_none_match=True)
    with pytest.raises(StorageUnavailable):
        storage.put("HEAD", b"x", if_none_match=True)
    assert server.seen == ["PUT"] * 3


def test_reads_and_deletes_are_repeated_until_they_are_answered(server: _Server) -> None:
    """With backoff, a few times; then the storage is unavailable."""
    storage = _storage(server, 503, 0, 500, 200)
    found = storage.get("HEAD")
    assert getattr(found, "data", None) == b"data"
    assert getattr(found, "etag", None) == "abc"
    assert server.seen == ["GET"] * 4
    server.seen.clear()
    server.statuses = [500, 204]
    storage.delete("HEAD")
    assert server.seen == ["DELETE"] * 2
    server.seen.clear()
    server.statuses = [503]
    with pytest.raises(StorageUnavailable):
        storage.get("HEAD")
    assert server.seen == ["GET"] * 5


def test_a_server_that_is_not_there_is_unavailable_for_reads_and_unknown_for_writes(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused connection sent nothing, but the writer cannot know how far a request got."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    storage = _storage(server, 200)
    with pytest.raises(StorageUnavailable):
        storage.get("HEAD")
    with pytest.raises(OutcomeUnknown):
        storage.put("HEAD", b"x")


def test_missing_credentials_say_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message names the variables."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it remembers credentials
    storage = open_storage("s3://bucket", base=tmp_path, region="us-east-1")
    with pytest.raises(StorageUnavailable, match="AWS_PROFILE"):
        storage.get("HEAD")
    with pytest.raises(StorageUnavailable, match="AWS_ACCESS_KEY_ID"):
        storage.put("HEAD", b"x")


def test_messages_name_the_target(server: _Server) -> None:
    """As it is written in promo.yaml."""
    assert _storage(server, 200).where == "s3://bucket/prod"
    assert open_storage("s3://bucket", base=Path(), region="us-east-1").where == "s3://bucket"


def test_opening_a_folder_does_not_load_the_sdk() -> None:
    """boto3 takes a tenth of a second that only S3 users should pay."""
    import subprocess
    import sys

    code = "import sys; from promo_cli.storage import open_storage; from pathlib import Path; "
    code += "open_storage('bucket', base=Path('.')); print('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
