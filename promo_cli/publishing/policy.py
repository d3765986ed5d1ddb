"""The least rights each role needs in a bucket, as an IAM policy. Conditions make S3 itself enforce the protocol.

``s3:if-none-match`` and ``s3:if-match`` are condition keys of S3 (Amazon S3 user guide, "Enforce conditional writes on
Amazon S3 buckets"): a write without the header is refused, so nobody can overwrite what must never change.
"""

from __future__ import annotations

from typing import Any

from promo_cli.protocol.layout import BLOBS, HEAD, INTENTS, PINS, PROBE, RECEIPTS, RELEASES, TOMBSTONES, UPLOADS

ROLES = ("publisher", "gc", "till", "ingester", "privacy", "granter")
_ROOTS = "root/"
_IF_NEW = {"Null": {"s3:if-none-match": "false"}}
_IF_SAME = {"Null": {"s3:if-match": "false"}}


def policy(role: str, bucket: str, prefix: str = "", store_id: str | None = None) -> dict[str, Any]:
    """Return the policy of a role below ``prefix`` of a bucket; a till's is for one store.

    Raises ValueError for an unknown role, or a till without a store.
    """
    base = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    if role not in ROLES or (role == "till" and not store_id):
        raise ValueError(f"expected {', '.join(ROLES)}, and a store for a till; found {role!r}")
    return {"Version": "2012-10-17", "Statement": _statements(role, bucket, base, store_id)}


def _statements(role: str, bucket: str, base: str, store_id: str | None) -> list[dict[str, Any]]:
    def on(sid: str, action: str, *keys: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = {
            "Sid": sid,
            "Effect": "Allow",
            "Action": f"s3:{action}",
            "Resource": [f"arn:aws:s3:::{bucket}/{base}{key}" for key in keys],
        }
        return found if condition is None else {**found, "Condition": condition}

    # Without a condition on the prefix: S3 tells an object that is missing from one that is forbidden (404 from 403)
    # only to who may list the bucket, and a GET carries no prefix.
    listing = {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": [f"arn:aws:s3:::{bucket}"]}
    released = (HEAD, f"{_ROOTS}*", f"{RELEASES}*", f"{BLOBS}*")
    match role:
        case "publisher":
            return [
                on("Read", "GetObject", *released, "ctl/*"),
                listing,
                on("WriteOnce", "PutObject", *released[1:], f"{INTENTS}*", f"{PINS}*", f"{PROBE}-*", condition=_IF_NEW),
                on("FirstHead", "PutObject", HEAD, condition=_IF_NEW),
                on("NextHead", "PutObject", HEAD, f"{TOMBSTONES}*", f"{PROBE}-*", condition=_IF_SAME),
                on("NoteProbe", "PutObject", PROBE),
                on("TidyUp", "DeleteObject", f"{INTENTS}*", f"{PINS}*", f"{PROBE}-*"),
            ]
        case "gc":
            return [
                on("Read", "GetObject", *released, f"{INTENTS}*", f"{PINS}*", f"{TOMBSTONES}*"),
                listing,
                on("Mark", "PutObject", f"{TOMBSTONES}*", condition=_IF_NEW),
                on("Move", "PutObject", f"{TOMBSTONES}*", condition=_IF_SAME),
                on("Delete", "DeleteObject", f"{BLOBS}*", f"{INTENTS}*", f"{TOMBSTONES}*"),
            ]
        case "till":
            return [
                on("Read", "GetObject", *released, f"{RECEIPTS}*/store={store_id}/*"),
                on("Upload", "PutObject", f"{UPLOADS}*/store={store_id}/*", condition=_IF_NEW),
            ]
        case "granter":
            # A form cannot carry the condition: what it may write is held to a key prefix and a size instead.
            return [
                on("Read", "GetObject", *released, f"{RECEIPTS}*"),
                listing,
                on("Upload", "PutObject", f"{UPLOADS}*"),
            ]
    ingesting = [
        on("Read", "GetObject", f"{UPLOADS}*", f"{RECEIPTS}*", "events/*"),
        listing,
        on("Answer", "PutObject", f"{RECEIPTS}*"),
    ]
    if role == "ingester":
        return ingesting
    return [
        *ingesting,
        on("Remember", "PutObject", "events/privacy/*", condition=_IF_NEW),
        on("Forget", "DeleteObject", f"{UPLOADS}*"),
    ]
