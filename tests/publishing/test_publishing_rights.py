"""The policies of the roles on a server that enforces them: each role's work goes through, everything else does not.

Needs PROMO_TEST_S3_ENDPOINT and a second user without rights of its own: PROMO_TEST_S3_USER, its ARN, with
PROMO_TEST_S3_USER_KEY and PROMO_TEST_S3_USER_SECRET.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from promo_cli.publishing.gc import gc
from promo_cli.publishing.policy import policy
from promo_cli.storage import Storage, StorageUnavailable
from promo_cli.till.pull import pull
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, keys_in, put, writer
from tests.storage.conftest import reopen, s3_endpoint, s3_environment

__all__ = ["reopen", "s3_endpoint", "s3_environment"]

USER = "PROMO_TEST_S3_USER"

pytestmark = [
    pytest.mark.s3,
    pytest.mark.parametrize("reopen", ["s3"], indirect=True),
    pytest.mark.skipif(
        not os.environ.get(USER),
        reason=f"moto grants every user everything; {USER} names a user of a server that does not",
    ),
]

OLD, NEW = {"s1": make_bundle("OLD"), "s2": make_bundle("TWO")}, {"s1": make_bundle("NEW"), "s2": make_bundle("TWO")}
UPLOAD = "uploads/v1/dt=2026-02-07/store=s1/pos=1/1-2-ab.ndjson.gz"
RECEIPT = "receipts/v1/dt=2026-02-07/store=s1/pos=1/1-2-ab.ndjson.gz.json"
OpenStorage = Callable[[], Storage]


class Bucket:
    """One bucket as its owner has it, and as the second user does under a role's policy."""

    def __init__(self, reopen: OpenStorage, patch: pytest.MonkeyPatch) -> None:
        self._reopen, self._patch = reopen, patch
        self.owner = reopen()
        self._name, _, self._prefix = self.owner.where.removeprefix("s3://").partition("/")

    def as_role(self, role: str, store_id: str | None = None) -> Storage:
        """Give the second user a role's rights, and open the bucket as that user.

        Conditions on headers are left out where the server does not know their keys (Ceph 16 refuses every write
        that depends on one); which keys a role may touch is what is tested here.
        """
        import boto3

        rules = policy(role, self._name, self._prefix, store_id)
        for rule in rules["Statement"]:
            rule["Principal"] = {"AWS": [os.environ[USER]]}
            rule.pop("Condition", None)
        boto3.client("s3").put_bucket_policy(Bucket=self._name, Policy=json.dumps(rules))
        with self._patch.context() as patch:
            patch.setenv("AWS_ACCESS_KEY_ID", os.environ[f"{USER}_KEY"])
            patch.setenv("AWS_SECRET_ACCESS_KEY", os.environ[f"{USER}_SECRET"])
            patch.setattr(boto3, "DEFAULT_SESSION", None)  # it would go on with the owner's credentials
            return self._reopen()


@pytest.fixture
def bucket(reopen: OpenStorage, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A bucket of the owner's."""
    return Bucket(reopen, monkeypatch)


def _refused(call: Callable[[], Any]) -> None:
    with pytest.raises(StorageUnavailable, match="refused"):
        call()


def test_a_publisher_publishes_and_touches_nothing_else(bucket: Bucket, tmp_path: Path) -> None:
    """From nothing and again; uploads are not its business, nor is deleting a blob."""
    keys = keys_in(tmp_path)
    storage = bucket.as_role("publisher")
    assert put(storage, keys, OLD).outcome == "published"
    assert put(storage, keys, NEW).changed_stores == ("s1",)
    blob = next(entry.key for entry in storage.list("blobs/"))
    _refused(lambda: storage.delete(blob))
    _refused(lambda: storage.put(UPLOAD, b"x"))
    bucket.owner.put(UPLOAD, b"x")
    _refused(lambda: storage.get(UPLOAD))


def test_gc_clears_away_and_cannot_publish(bucket: Bucket, tmp_path: Path) -> None:
    """It marks and deletes; HEAD and the releases it can only read."""
    keys = keys_in(tmp_path)
    put(bucket.owner, keys, OLD)
    put(bucket.owner, keys, NEW)
    storage = bucket.as_role("gc")
    assert gc(writer(storage, keys, "GC"), lambda: NOW, keep=0, dry_run=False).marked > 0
    for key in ("HEAD", "releases/x.json", "root/1.json", "blobs/sha256/aa/aa"):
        _refused(lambda key=key: storage.put(key, b"x"))  # type: ignore[misc]
    _refused(lambda: storage.delete("HEAD"))


def test_a_till_reads_its_release_and_writes_its_own_uploads(bucket: Bucket, tmp_path: Path) -> None:
    """Another store's uploads and receipts are closed to it, and so are listing, deleting and HEAD."""
    keys = keys_in(tmp_path)
    put(bucket.owner, keys, OLD)
    for store in ("s1", "s2"):
        bucket.owner.put(RECEIPT.replace("s1", store), b"{}")
    storage = bucket.as_role("till", "s1")
    pulled = pull(storage, keys.trusted, "s1")
    assert pulled is not None
    assert pulled.bundle == OLD["s1"]
    storage.put(UPLOAD, b"x", if_none_match=True)
    assert storage.get(RECEIPT) is not None
    for call in (
        lambda: storage.get(RECEIPT.replace("s1", "s2")),
        lambda: storage.put(UPLOAD.replace("s1", "s2"), b"x", if_none_match=True),
        lambda: storage.get("ctl/probe"),
        lambda: storage.put("HEAD", b"x"),
        lambda: list(storage.list("")),
        lambda: storage.delete(UPLOAD),
    ):
        _refused(call)


def test_an_ingester_reads_uploads_and_answers(bucket: Bucket) -> None:
    """It cannot change what a till has said, nor what tills are told to run."""
    bucket.owner.put(UPLOAD, b"x")
    storage = bucket.as_role("ingester")
    assert [entry.key for entry in storage.list("uploads/")] == [UPLOAD]
    assert storage.get(UPLOAD) is not None
    storage.put(RECEIPT, b"{}")
    for call in (lambda: storage.put(UPLOAD, b"y"), lambda: storage.delete(UPLOAD), lambda: storage.put("HEAD", b"x")):
        _refused(call)


def test_whoever_erases_deletes_uploads_and_never_a_tombstone(bucket: Bucket) -> None:
    """What was erased cannot be taken back with the same rights, nor an upload be changed."""
    bucket.owner.put(UPLOAD, b"x")
    storage = bucket.as_role("privacy")
    storage.put("events/privacy/erased-1.json", b"{}", if_none_match=True)
    assert storage.get("events/privacy/erased-1.json") is not None
    for call in (
        lambda: storage.delete("events/privacy/erased-1.json"),
        lambda: storage.put(UPLOAD, b"y"),
        lambda: storage.put("HEAD", b"x"),
    ):
        _refused(call)
    storage.delete(UPLOAD)
    assert bucket.owner.get(UPLOAD) is None


def test_a_granter_signs_for_what_it_may_do_itself(bucket: Bucket, tmp_path: Path) -> None:
    """It reads releases and receipts and writes uploads; it cannot publish."""
    keys = keys_in(tmp_path)
    put(bucket.owner, keys, OLD)
    storage = bucket.as_role("granter")
    assert pull(storage, keys.trusted, "s2") is not None
    storage.put(UPLOAD, b"x")
    for key in ("HEAD", "blobs/sha256/aa/aa", RECEIPT):
        _refused(lambda key=key: storage.put(key, b"x"))  # type: ignore[misc]
