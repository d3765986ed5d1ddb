import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from promo_cli.storage import Storage, open_storage

_bucket_numbers = itertools.count(1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A moto server in a process of its own, spoken to over HTTP.

    PROMO_TEST_S3_ENDPOINT names another server to run the same tests against, with the usual AWS credentials.
    """
    if os.environ.get("PROMO_TEST_S3_ENDPOINT"):
        yield os.environ["PROMO_TEST_S3_ENDPOINT"]
        return
    pytest.importorskip("moto.server", reason="moto is not installed, so there is no S3 server to test against")
    port = _free_port()
    environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                with urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the moto server did not start within 15 s")
        yield endpoint
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def s3_environment(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Credentials and endpoint the usual AWS way: in the environment."""
    import boto3

    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # another test's would go on with that test's credentials
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint)
    if not os.environ.get("PROMO_TEST_S3_ENDPOINT"):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return s3_endpoint


def _new_bucket() -> str:
    import boto3

    name = f"bucket-{os.getpid()}-{next(_bucket_numbers)}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


OpenStorage = Callable[[], Storage]


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> OpenStorage:
    """A function that opens the same fresh target anew each time, as another process would."""
    if request.param == "folder":
        return lambda: open_storage("bucket", base=tmp_path)
    request.getfixturevalue("s3_environment")
    bucket = _new_bucket()
    return lambda: open_storage(f"s3://{bucket}/prod", base=tmp_path)


@pytest.fixture
def storage(reopen: OpenStorage) -> Storage:
    """One storage, of each kind in turn."""
    return reopen()
