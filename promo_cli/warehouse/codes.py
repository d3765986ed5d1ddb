"""Every finding of ingest: ING (uploads and the warehouse), SEC (a store that speaks for another)."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

UNREADABLE = Code(
    code="ING001",
    name="unreadable-upload",
    severity=Severity.ERROR,
    doc="""An uploaded object cannot be unpacked: its gzip is cut off or damaged, or it is larger than the limit.

    Why: half a file must never be loaded as if it were the whole. The object counts as one quarantined line.
    Fix: have the till upload the batch again. An object that is replaced is read again by the next ingest.""",
)
HASH_MISMATCH = Code(
    code="ING002",
    name="upload-hash-mismatch",
    severity=Severity.ERROR,
    doc="""The content of an upload is not what its key says: the key ends in the first 16 digits of another SHA-256.

    Why: the content changed on its way, or the key was not made from it. Nothing in it can be trusted.
    Fix: compute the hash over the uncompressed bytes, and upload the batch under the key made from it.""",
)
FOREIGN_KEY = Code(
    code="ING003",
    name="upload-key-layout",
    severity=Severity.ERROR,
    doc="""An object under uploads/ does not have the layout `uploads/v1/dt=DATE/store=ID/pos=ID/NAME`.

    Why: the key says which store is speaking; without it nobody can be held to the store's own permissions.
    Fix: upload it under its store's own prefix.""",
)
NOT_JSON = Code(
    code="ING004",
    name="line-not-json",
    severity=Severity.ERROR,
    doc="""A line is not one JSON object: it is cut off, not UTF-8, nested too deeply, or has a key twice or a NaN.

    Why: readers disagree about such text, so any reading of it would be a guess.
    Fix: write each event as one JSON object (RFC 8259) on one line, and upload it again with the same event_id.""",
)
TOO_LONG = Code(
    code="ING005",
    name="line-too-long",
    severity=Severity.ERROR,
    doc="""A line is longer than one mebibyte.

    Why: no event is that large; it is almost always a missing line break or a runaway till.
    Fix: write one event per line.""",
)
UNKNOWN_KIND = Code(
    code="ING006",
    name="unknown-event-kind",
    severity=Severity.ERROR,
    doc="""The `kind` of an event is not known to this version.

    Why: a newer till may send kinds that this version cannot place; they are kept, not dropped.
    Fix: update this tool and run `promo ingest replay`; or correct the till.""",
)
UNKNOWN_VERSION = Code(
    code="ING007",
    name="unknown-event-version",
    severity=Severity.ERROR,
    doc="""The `v` of an event is not one that this version reads.

    Why: a new version means that a key has changed its meaning, so reading it the old way would give wrong figures.
    Fix: update this tool and run `promo ingest replay`.""",
)
WRONG_SHAPE = Code(
    code="ING008",
    name="event-shape",
    severity=Severity.ERROR,
    doc="""A key of an event is missing, has another type than it must, or is out of bounds.

    Why: a coerced value (1.7 read as 2, "8" as 8) is a wrong figure that nobody sees.
    Fix: correct the till's software. The JSON Schema of each kind says what is expected; unknown keys are allowed.""",
)
CONFLICT = Code(
    code="ING009",
    name="event-conflict",
    severity=Severity.ERROR,
    doc="""Two different events have the same event_id, or the same number of the same till.

    Why: a second delivery has the same content. Another content under the same key means that one of them is not
    what happened: a till was restored from a backup, or two tills share one pos_id. The first to arrive is kept.
    Fix: give each till its own pos_id and let its counter never go back.""",
)
FOREIGN_STORE = Code(
    code="SEC501",
    name="store-speaks-for-another",
    severity=Severity.ERROR,
    doc="""An event names another store or till than the key it was uploaded under.

    Why: a till may write only under its own store's prefix. If its lines could name other stores, one stolen
    credential could change the figures of the whole chain.
    Fix: find out which till wrote it. If the till is yours, correct its store_id and pos_id.""",
)
OTHER_KEY = Code(
    code="SEC502",
    name="tombstone-of-another-key",
    severity=Severity.ERROR,
    doc="""A member was erased while the environment had another secret than the one at hand.

    Why: tombstones and phones are kept as hashes made with the environment's secret. With another one nobody who was
    erased would be recognised, and would come back with the next upload; and every customer would be counted twice.
    Fix: set PROMO_HMAC_KEY to the secret that the environment had from the beginning. `promo doctor` says where the
    one in use comes from.""",
)
BAD_TOMBSTONE = Code(
    code="SEC503",
    name="tombstone-unreadable",
    severity=Severity.ERROR,
    doc="""An object under events/privacy/, which says who was erased, cannot be read.

    Why: without it somebody who was erased would come back, so nothing is loaded.
    Fix: restore the object from the bucket's earlier versions, or erase the member again and delete the broken one.""",
)
LOCKED = Code(
    code="ING101",
    name="warehouse-in-use",
    severity=Severity.ERROR,
    doc="""Another process is writing to the warehouse.

    Why: one writer at a time keeps every line counted once. Reports are not affected; they read the last published
    state.
    Fix: wait until it has finished. The lock ends with its process, so there is nothing to remove.""",
)
OTHER_VERSION = Code(
    code="ING102",
    name="warehouse-version",
    severity=Severity.ERROR,
    doc="""The warehouse was written by another version of this tool.

    Why: its tables may have another meaning.
    Fix: for a newer one update this tool; an older one is brought up to date by the next `promo ingest`.""",
)
NO_WAREHOUSE = Code(
    code="ING103",
    name="no-warehouse",
    severity=Severity.ERROR,
    doc="""There is no warehouse yet.

    Why: reports read what `promo ingest` has loaded.
    Fix: run `promo ingest --env NAME`.""",
)
OTHER_ENVIRONMENT = Code(
    code="ING104",
    name="warehouse-environment",
    severity=Severity.ERROR,
    doc="""The warehouse holds the uploads of another environment.

    Why: sales of a test environment must never be added to real ones.
    Fix: give each environment its own warehouse. It is a cache: deleting it loses nothing.""",
)
NOT_A_WAREHOUSE = Code(
    code="ING105",
    name="warehouse-unreadable",
    severity=Severity.ERROR,
    doc="""The warehouse cannot be opened: it is damaged, not a DuckDB file, or open for writing in another program.

    Why: figures from a damaged file would be wrong.
    Fix: close the other program. A damaged file can be deleted; the next ingest makes it again from the bucket.""",
)
ROWS_AT_RISK = Code(
    code="ING108",
    name="rows-only-the-warehouse-has",
    severity=Severity.ERROR,
    doc="""A rebuild would lose rows: their uploads were deleted by retention, and the warehouse cannot be read.

    Why: a rebuild takes over what the bucket no longer has from the warehouse that it replaces.
    Fix: restore the warehouse's file from a copy. To begin anew all the same, move the file away: figures then begin
    with the oldest upload in the bucket.""",
)
BAD_QUERY = Code(
    code="ING106",
    name="query-refused",
    severity=Severity.ERROR,
    doc="""An SQL query cannot be run: it has a mistake, or it would do something else than read the warehouse.

    Why: questions see the state last published, read-only and without access to other files, so that no question can
    change the figures.
    Fix: the message says where and what. `SHOW TABLES` and `DESCRIBE bills` say what there is.""",
)
NOT_AN_EXPORT = Code(
    code="ING107",
    name="export-folder-in-use",
    severity=Severity.ERROR,
    doc="""The folder to export to holds something else than an earlier export.

    Why: an export replaces the folder as a whole, and must never remove files that it did not write.
    Fix: name a folder that does not exist yet.""",
)
