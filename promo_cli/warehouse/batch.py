"""One batch of objects: staged beside the warehouse, then stored in one transaction, whole or not at all."""

# ruff: noqa: S608 -- names of tables are our own; values are parameters

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from promo_cli.storage.interface import Entry
from promo_cli.warehouse import content, dedupe, erasing, staging, writing
from promo_cli.warehouse.codes import CONFLICT
from promo_cli.warehouse.keys import Origin
from promo_cli.warehouse.unpack import Refused
from promo_cli.warehouse.verdicts import Bad, Good

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Upload:
    """An object to ingest: its content, or why it is refused as a whole. A refused object counts as one line.

    `sha256` is that of the content, or of what arrived where there is none; None where nothing was read.
    """

    entry: Entry
    origin: Origin
    content: bytes | Refused
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What became of an object's lines: each is exactly one of loaded, duplicate, quarantined."""

    key: str
    lines: int
    loaded: int
    duplicate: int
    quarantined: int


class UnbalancedError(RuntimeError):
    """A line was lost or counted twice. Nothing of its batch has been kept."""


def stage(con: DuckDBPyConnection, files: Mapping[int, Upload]) -> dict[int, list[Bad]]:
    """Put every acceptable line of the files, given by number, into temporary tables; return the others by file.

    Nothing of the warehouse is read or changed, so that several connections can do this at once.
    """
    staging.drop(con)
    bad: dict[int, list[Bad]] = {file_id: [] for file_id in files}
    texts: dict[int, str] = {}
    contents: dict[int, bytes] = {}
    by_itself: dict[int, Collection[int] | None] = {}
    for file_id, upload in files.items():
        if isinstance(upload.content, Refused):
            bad[file_id].append(Bad(upload.content.code.code, upload.content.message))
            continue
        contents[file_id] = upload.content
        if (text := content.as_lines(upload.content)) is None:
            by_itself[file_id] = None
        else:
            texts[file_id] = text
    _create_origins(con, files)
    staging.read(con, list(texts), list(texts.values()))
    texts.clear()
    staging.stage_raw(con)
    staging.doubt_foreign_speakers(con)
    by_itself |= staging.take_doubtful(con)
    con.execute("DROP TABLE raw")  # the largest, and not needed while this batch waits to be stored
    good: list[tuple[int, Good]] = []
    for file_id, numbers in by_itself.items():
        for verdict in content.examine(contents[file_id], files[file_id].origin, numbers):
            if isinstance(verdict, Good):
                good.append((file_id, verdict))
            else:
                bad[file_id].append(verdict)
    if good:
        staging.read_tidied(con, good)
        staging.stage_tidied(con)
    erasing.scrub_staged(con)
    return bad


def store(
    con: DuckDBPyConnection, files: Mapping[int, Upload], bad: Mapping[int, list[Bad]], now: dt.datetime
) -> list[FileCounts]:
    """Store what was staged, in one transaction: rows, quarantine and ledger, or nothing at all.

    What the warehouse had of these objects before is replaced. `now` is an aware moment. Raises UnbalancedError when
    the counts of an object do not add up.
    """
    con.begin()
    try:
        counts = _store(con, files, bad, now.astimezone(dt.UTC).replace(tzinfo=None))
        con.commit()
    except BaseException:
        con.rollback()
        raise
    return counts


def _store(
    con: DuckDBPyConnection, files: Mapping[int, Upload], bad: Mapping[int, list[Bad]], now: dt.datetime
) -> list[FileCounts]:
    writing.delete_files(con, list(files))
    conflicts = dedupe.find(con)
    for file_id, refused in _as_bad(con, conflicts, files):
        bad[file_id].append(refused)
    writing.insert_staged(con)
    writing.insert_conflicts(con, conflicts)
    writing.insert_quarantine(con, bad, now)
    erasing.scrub_quarantine(con, list(files))
    counts = _balanced_counts(con, files, bad)
    _insert_ledger(con, files, counts, now)
    return list(counts.values())


def _create_origins(con: DuckDBPyConnection, files: Mapping[int, Upload]) -> None:
    con.execute("CREATE TEMP TABLE origins (file_id INTEGER, store_id VARCHAR, pos_id VARCHAR)")
    writing.insert(
        con,
        "origins",
        file_id=list(files),
        store_id=[upload.origin.store_id for upload in files.values()],
        pos_id=[upload.origin.pos_id for upload in files.values()],
    )


def _as_bad(
    con: DuckDBPyConnection, conflicts: Sequence[dedupe.Conflict], files: Mapping[int, Upload]
) -> Iterator[tuple[int, Bad]]:
    keys = _keys_of(con, {each.kept.file_id for each in conflicts} - files.keys())
    keys |= {file_id: upload.entry.key for file_id, upload in files.items()}
    for file_id, several in groupby(conflicts, key=lambda each: each.refused.file_id):
        by_line = {each.refused.line: each for each in several}
        data = files[file_id].content
        raws = {} if isinstance(data, Refused) else content.raw_lines(data, by_line)
        for line, conflict in by_line.items():
            refused, kept = conflict.refused, conflict.kept
            same = "event_id" if conflict.same == "event_id" else f"seq {refused.seq} of till {refused.pos_id}"
            raw, offset = raws.get(line, ("", None))
            yield (
                file_id,
                Bad(
                    code=CONFLICT.code,
                    message=f"expected the same {same} only once, found it in line {kept.line} of {keys[kept.file_id]}",
                    raw=raw,
                    line=line,
                    byte_offset=offset,
                    pointer=f"/{conflict.same}",
                    kind=refused.kind,
                    event_id=str(refused.event_id),
                    store_id=refused.store_id,
                    pos_id=refused.pos_id,
                    seq=refused.seq,
                ),
            )


def _keys_of(con: DuckDBPyConnection, files: Collection[int]) -> dict[int, str]:
    if not files:
        return {}
    found = con.execute("SELECT file_id, key FROM ledger WHERE file_id IN (SELECT unnest($1))", [list(files)])
    return dict(found.fetchall())


def _balanced_counts(
    con: DuckDBPyConnection, files: Mapping[int, Upload], bad: Mapping[int, Sequence[Bad]]
) -> dict[int, FileCounts]:
    """Count lines in the content, rows in the tables, and what was held back: three sources that must agree."""
    # The bounds let DuckDB skip what other batches have stored.
    bounds = f"file_id BETWEEN {min(files)} AND {max(files)}"
    loaded = _by_file(con, f"events WHERE {bounds} AND file_id IN (FROM origins SELECT file_id)")
    held = _by_file(con, "unloaded")
    counts = {}
    for file_id, upload in files.items():
        conflicts = sum(each.code == CONFLICT.code for each in bad[file_id])
        parts = (loaded.get(file_id, 0), held.get(file_id, 0) - conflicts, len(bad[file_id]))
        lines = 1 if isinstance(upload.content, Refused) else content.count(upload.content, sum(parts))
        each = FileCounts(upload.entry.key, lines, *parts)
        if each.lines != each.loaded + each.duplicate + each.quarantined:
            raise UnbalancedError(f"expected loaded, duplicate and quarantined to add up to lines, found {each}")
        counts[file_id] = each
    return counts


def _by_file(con: DuckDBPyConnection, source: str) -> dict[int, int]:
    return dict(con.execute(f"SELECT file_id, count(*) FROM {source} GROUP BY file_id").fetchall())


def _insert_ledger(
    con: DuckDBPyConnection, files: Mapping[int, Upload], counts: Mapping[int, FileCounts], now: dt.datetime
) -> None:
    uploads = list(files.values())
    writing.insert(
        con,
        "ledger",
        file_id=list(files),
        key=[upload.entry.key for upload in uploads],
        sha256=[upload.sha256 for upload in uploads],
        size=[upload.entry.size for upload in uploads],
        etag=[upload.entry.etag for upload in uploads],
        store_id=[upload.origin.store_id for upload in uploads],
        pos_id=[upload.origin.pos_id for upload in uploads],
        business_date=[upload.origin.day for upload in uploads],
        lines=[each.lines for each in counts.values()],
        loaded=[each.loaded for each in counts.values()],
        duplicate=[each.duplicate for each in counts.values()],
        quarantined=[each.quarantined for each in counts.values()],
        refused=[upload.content.code.code if isinstance(upload.content, Refused) else None for upload in uploads],
        ingested_at=[now] * len(uploads),
    )
