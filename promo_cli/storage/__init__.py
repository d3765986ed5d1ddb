"""Object storage behind one interface: a folder or S3. Knows no promotion."""

from promo_cli.storage.interface import (
    Entry,
    Found,
    NotModified,
    OutcomeUnknown,
    PreconditionFailed,
    Storage,
    StorageError,
    StorageUnavailable,
    TooLarge,
    put_once,
)
from promo_cli.storage.opening import open_storage

__all__ = [
    "Entry",
    "Found",
    "NotModified",
    "OutcomeUnknown",
    "PreconditionFailed",
    "Storage",
    "StorageError",
    "StorageUnavailable",
    "TooLarge",
    "open_storage",
    "put_once",
]
