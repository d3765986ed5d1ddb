"""What a till without credentials of its own needs: URLs that read, and forms that upload, for a limited time.

A URL is for one key, and the keys of a release are only known once it is published: a grant is for one release, and a
new one is handed out after the next. Forms are for one store and business date each, and S3 itself holds the sender to
the beginning of the key and to the size (Amazon S3 API reference, "POST policy").
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from promo_cli.protocol.fields import time_text
from promo_cli.protocol.layout import HEAD, RECEIPTS, UPLOADS, root_key
from promo_cli.protocol.shard import blobs_of
from promo_cli.protocol.trust import shard_of
from promo_cli.publishing.live import Live

if TYPE_CHECKING:
    from promo_cli.storage.s3 import S3Storage

SCHEMA = "promo.store-grant/1"
MOST_HOURS = 7 * 24
"""S3 signs for a week at most."""
UPLOAD_BYTES = 8 * 1024 * 1024
"""A till's batch of one business date, compressed."""
BACKLOG = timedelta(days=7)
"""Business dates before today that a till may still deliver."""


def grant(storage: S3Storage, live: Live, env: str, store_id: str, now: datetime, hours: int) -> dict[str, Any]:
    """Return what lets one store's tills read the live release, upload, and read receipts, as JSON values.

    ``now`` is UTC. The store is in the release, or has nothing to read but HEAD. Raises StorageError.
    """
    assert live.head is not None
    seconds = hours * 3600
    until = now + timedelta(hours=hours)
    first, last = (now - BACKLOG).date(), (until + timedelta(days=1)).date()  # somewhere it is tomorrow already
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def urls(keys: Iterator[str]) -> list[dict[str, str]]:
        return [{"key": key, "url": storage.presign_get(key, seconds)} for key in keys]

    def form(day: str) -> dict[str, Any]:
        url, fields, begins = storage.presign_post(f"{UPLOADS}dt={day}/store={store_id}/", UPLOAD_BYTES, seconds)
        return {"business_date": day, "url": url, "fields": fields, "key_begins": begins, "max_bytes": UPLOAD_BYTES}

    receipts = (
        entry.key for day in days for entry in storage.list(f"{RECEIPTS}dt={day.isoformat()}/store={store_id}/")
    )
    return {
        "schema": SCHEMA,
        "env": env,
        "store_id": store_id,
        "target": storage.where,
        "issued_at": time_text(now),
        "expires_at": time_text(until),
        "seq": live.head.seq,
        "get": urls(_released(live, store_id)),
        "upload": [form(day.isoformat()) for day in days],
        "receipts": urls(receipts),
    }


def _released(live: Live, store_id: str) -> Iterator[str]:
    """Yield the keys that a till of the store reads: HEAD first, then as it comes to them."""
    assert live.head is not None
    assert live.release is not None
    yield HEAD
    # The next root too: it is there when keys change, and a till has to walk to it before it believes HEAD.
    for version in range(1, live.trusted.root.version + 2):
        yield root_key(version)
    yield live.head.release.key
    yield shard_of(live.release, store_id).key
    entry = (live.entries or {}).get(store_id)
    yield from sorted(blob.key for blob in blobs_of([entry] if entry is not None else []))
