"""From the target written in promo.yaml to a storage."""

from __future__ import annotations

from pathlib import Path

from promo_cli.storage.folder import FolderStorage
from promo_cli.storage.interface import Storage


def open_storage(target: str, *, base: Path, region: str | None = None) -> Storage:
    """Open ``s3://bucket/prefix``, or a folder relative to ``base``; nothing is read or written yet.

    Raises ValueError for an address that is neither.
    """
    scheme, separator, rest = target.partition("://")
    if not separator:
        return FolderStorage(base / target)
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise ValueError(f"expected a folder or s3://bucket/prefix, found {target!r}")
    from promo_cli.storage.s3 import S3Storage  # boto3 costs 0.1 s that folder users need not pay

    return S3Storage(bucket, prefix, region=region)
