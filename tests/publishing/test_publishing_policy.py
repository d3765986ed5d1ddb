"""Each role can do its work with its policy, and nothing that would break the protocol."""

import random
from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from promo_cli.protocol.layout import HEAD
from promo_cli.publishing.gc import gc
from promo_cli.publishing.policy import ROLES, policy
from promo_cli.publishing.rollback import rollback
from promo_cli.storage import Entry, Storage, StorageUnavailable, open_storage
from promo_cli.till.journal import Moment, synced
from promo_cli.till.pull import pull
from promo_cli.till.spool import Till, record
from promo_cli.till.upload import upload
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, SOURCE, keys_in, put, seen_by_tills, writer

PREFIX = "prod"
OLD, NEW = {"s1": make_bundle("OLD")}, {"s1": make_bundle("NEW")}


class Guarded:
    """A storage that lets through what a policy allows, as S3 would."""

    where = "guarded"

    def __init__(self, inner: Storage, rules: dict[str, Any]) -> None:
        self._inner = inner
        self._rules = rules["Statement"]

    def get(self, key: str, **conditions: Any) -> Any:
        """Read if allowed."""
        self._check("s3:GetObject", key)
        found = self._inner.get(key, **conditions)
        if found is None and not self._may_list():
            raise StorageUnavailable(key, "denied: 403 for what is missing")
        return found

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write if allowed under these conditions."""
        given = {"s3:if-match"} if if_match is not None else set()
        self._check("s3:PutObject", key, given | ({"s3:if-none-match"} if if_none_match else set()))
        return self._inner.put(key, data, if_match=if_match, if_none_match=if_none_match)

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """List if allowed."""
        if not self._may_list():
            raise StorageUnavailable(prefix, "denied: list")
        return self._inner.list(prefix, start_after=start_after)

    def delete(self, key: str) -> None:
        """Delete if allowed."""
        self._check("s3:DeleteObject", key)
        self._inner.delete(key)

    def _may_list(self) -> bool:
        return any(rule["Action"] == "s3:ListBucket" for rule in self._rules)

    def _check(self, action: str, key: str, given: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        for rule in self._rules:
            named = any(fnmatchcase(f"arn:aws:s3:::bucket/{PREFIX}/{key}", one) for one in rule["Resource"])
            needed = set(rule.get("Condition", {}).get("Null", {}))
            if rule["Action"] == action and named and needed <= given:
                return
        raise StorageUnavailable(key, f"denied: {action} with {sorted(given)}")


def _as(storage: Storage, role: str, store_id: str | None = None) -> Guarded:
    return Guarded(storage, policy(role, "bucket", f"/{PREFIX}/", store_id))


def test_every_role_can_do_its_work(tmp_path: Path) -> None:
    """Publish from nothing, publish again, roll back, clear away, sync: each with its own rights only."""
    storage, keys = open_storage("bucket", base=tmp_path), keys_in(tmp_path)
    for content in (OLD, NEW, OLD, NEW):
        put(_as(storage, "publisher"), keys, content)
    for hours in (0, 25, 50):
        at = NOW + timedelta(hours=hours)
        guarded = _as(storage, "gc")
        gc(writer(guarded, keys, f"GC{hours}", now=at), lambda at=at: at, keep=0, dry_run=False)  # type: ignore[misc]
        put(_as(storage, "publisher"), keys, OLD if hours == 0 else NEW)
    rollback(writer(_as(storage, "publisher"), keys), 6, actor=SOURCE, reason="test")
    assert pull(_as(storage, "till", "s1"), keys.trusted, "s1") is not None
    assert seen_by_tills(storage, keys, NEW) == NEW


@pytest.mark.parametrize("role", ROLES)
def test_nobody_can_overwrite_what_never_changes(tmp_path: Path, role: str) -> None:
    """Not a blob, not a release, not a root, and HEAD only by a conditional write.

    A form cannot carry a condition, so whoever signs forms may write uploads again: that is within one store and day.
    Whoever erases a member deletes the uploads that name them.
    """
    guarded = _as(open_storage("bucket", base=tmp_path), role, "s1")
    uploads = () if role == "granter" else ("uploads/v1/dt=1/store=s1/pos=1/x",)
    for key in (HEAD, "blobs/sha256/aa/aa", "releases/1.json", "root/1.json", *uploads):
        with pytest.raises(StorageUnavailable, match="denied"):
            guarded.put(key, b"")
    kept = () if role == "privacy" else ("uploads/v1/x",)
    for key in (HEAD, "releases/1.json", "root/1.json", "receipts/v1/x", *kept):
        with pytest.raises(StorageUnavailable, match="denied"):
            guarded.delete(key)


def test_a_till_neither_lists_nor_touches_another_store(tmp_path: Path) -> None:
    """Its uploads and receipts are its own store's; control objects are not its business."""
    guarded = _as(open_storage("bucket", base=tmp_path), "till", "s1")
    guarded.put("uploads/v1/dt=2026-02-07/store=s1/pos=1/1-2-x.ndjson.gz", b"", if_none_match=True)
    for attempt in (
        lambda: guarded.put("uploads/v1/dt=2026-02-07/store=s2/pos=1/1-2-x.ndjson.gz", b"", if_none_match=True),
        lambda: guarded.get("receipts/v1/dt=2026-02-07/store=s2/pos=1/x.json"),
        lambda: guarded.get("ctl/probe"),
        lambda: guarded.list("uploads/"),
    ):
        with pytest.raises(StorageUnavailable, match="denied"):
            attempt()


def test_a_till_delivers_although_it_cannot_see_that_there_is_no_receipt(tmp_path: Path) -> None:
    """S3 answers 403, not 404, to who may not list; the batch is delivered all the same."""
    storage = open_storage("bucket", base=tmp_path)
    events = synced("updated", None, Moment(NOW, NOW.date(), 1))
    record(tmp_path / "till", Till("s1", "pos-1", None), events, random.Random(1).randbytes)
    sent = upload(_as(storage, "till", "s1"), tmp_path / "till", "s1")
    assert (sent.delivered, sent.waiting, sent.diagnostics) == (1, 1, ())
    assert len(list(storage.list("uploads/"))) == 1


def test_a_policy_needs_a_role_and_a_till_a_store() -> None:
    """Anything else would grant too much."""
    for role, store_id in (("root", None), ("till", None)):
        with pytest.raises(ValueError, match="expected publisher"):
            policy(role, "bucket", "", store_id)
