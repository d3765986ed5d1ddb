"""The warehouse's files: one writer on a working copy, any number of readers on what was last published.

`warehouse.duckdb` is only ever replaced whole, by a rename, so readers never wait and never see half an ingest. The
writer works on `warehouse.duckdb.work`. A working copy that a crash left behind holds whole batches only (DuckDB
replays its log), so the next writer goes on with it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli.diagnostics import Failure, Location
from promo_cli.warehouse import codes, meta, personal
from promo_cli.warehouse.migrate import migrate, migrations, version_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COMPACT = "compact"
"""In `meta` when something was removed that must not stay in the file."""

READ_AGAIN = "read_again"
"""In `meta` when the next ingest has to read everything again."""

HASHES_CHANGED = 3
"""The migration since which lines are hashed as they are now."""


@contextmanager
def writing(warehouse: Path, hmac_key: bytes, *, fresh: bool = False) -> Iterator[DuckDBPyConnection]:
    """Give the one writer's connection, and publish what it did when the block ends without an exception.

    A `fresh` one begins with nothing, also after an interrupted one; what was published stays until the end.

    Raises Failure (ING101) when another process is writing, (ING102) when a newer version wrote the warehouse,
    (ING105) when it cannot be opened.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with _lock(warehouse):
        _remove_leftovers(warehouse)
        work = _working_copy(warehouse, fresh)
        with opened(work, warehouse) as con:
            _require_readable(con, warehouse)
            migrate(con)
            con.execute("SET preserve_insertion_order = false")
            personal.install(con, hmac_key)
            yield con
            con.execute("CHECKPOINT")
            compact = meta.get(con, COMPACT)
        if compact:
            _compact(work)
        if fresh:
            _work(warehouse).unlink(missing_ok=True)
        work.replace(warehouse)
        _sync_folder(warehouse.parent)


@contextmanager
def reading(warehouse: Path) -> Iterator[DuckDBPyConnection]:
    """Give a read-only connection to the state last published.

    Raises Failure (ING103) when nothing was published yet, (ING102) when another version wrote it, (ING105) when it
    cannot be opened.
    """
    if not warehouse.is_file():
        advice = "run `promo ingest --env NAME`; `promo demo` makes one to try"
        raise Failure([codes.NO_WAREHOUSE.at(Location(str(warehouse)), "there is no warehouse yet", help=advice)], 2)
    with published(warehouse) as con:
        if not is_current(con):
            message = "the warehouse was written by an older version of this tool"
            raise Failure([codes.OTHER_VERSION.at(Location(str(warehouse)), message, help="run `promo ingest`")], 2)
        yield con


@contextmanager
def published(warehouse: Path) -> Iterator[DuckDBPyConnection]:
    """As `reading`, of a file that exists, and also of an older version."""
    with opened(warehouse, warehouse, read_only=True) as con:
        _require_readable(con, warehouse)
        yield con


def is_current(con: DuckDBPyConnection) -> bool:
    """Tell whether the tables are those of this version."""
    return version_of(con) == len(migrations())


def unfinished(warehouse: Path) -> bool:
    """Tell whether a writer was interrupted before it could publish."""
    return _work(warehouse).is_file()


def must_read_again(warehouse: Path) -> bool:
    """Tell whether an update of this tool needs more than the rows that there are: the lines that they came from."""
    if not warehouse.is_file():
        return False
    with published(warehouse) as con:
        if version_of(con) >= HASHES_CHANGED:
            return meta.get(con, READ_AGAIN) is not None
        return bool(con.execute("SELECT 1 FROM ledger LIMIT 1").fetchall())


def opened(path: Path, warehouse: Path, *, read_only: bool = False) -> DuckDBPyConnection:
    """Open a file of the warehouse. Raises Failure (ING105) when it is damaged or not one."""
    import duckdb

    try:
        return duckdb.connect(path, read_only=read_only)
    except duckdb.Error as error:
        message = f"cannot open {path.name}: {str(error).splitlines()[0]}"
        raise Failure([codes.NOT_A_WAREHOUSE.at(Location(str(warehouse)), message)], 2) from None


def _work(warehouse: Path) -> Path:
    return warehouse.with_name(warehouse.name + ".work")


def _remove_leftovers(warehouse: Path) -> None:
    """Remove what a killed writer left and nobody goes on with: it may name somebody who was erased since."""
    for name in (".fresh", ".fresh.copy", ".fresh.compact", ".carried", ".work.copy", ".work.compact"):
        for end in ("", ".wal"):
            warehouse.with_name(warehouse.name + name + end).unlink(missing_ok=True)


def _working_copy(warehouse: Path, fresh: bool) -> Path:
    # A fresh one has a name of its own: nobody may go on with half of it as if it were the warehouse.
    work = warehouse.with_name(warehouse.name + ".fresh") if fresh else _work(warehouse)
    if not work.is_file():
        # Under another name first: half a copy, or half a new file, must not look like a working copy.
        copy = work.with_name(work.name + ".copy")
        for left in (copy, copy.with_name(copy.name + ".wal"), work.with_name(work.name + ".wal")):
            left.unlink(missing_ok=True)
        if warehouse.is_file() and not fresh:
            shutil.copyfile(warehouse, copy)
        else:
            _create(copy)
        copy.replace(work)
    return work


def _create(path: Path) -> None:
    import duckdb

    duckdb.connect(path).close()


def _compact(work: Path) -> None:
    """Write the file anew: DuckDB leaves what was changed or deleted in it, in pages that are free."""
    import duckdb

    fresh = work.with_name(work.name + ".compact")
    fresh.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{quoted(work)}' AS old (READ_ONLY)")
        con.execute(f"ATTACH '{quoted(fresh)}' AS fresh")
        con.execute("COPY FROM DATABASE old TO fresh")
        con.execute("DELETE FROM fresh.meta WHERE name = $1", [COMPACT])
        con.execute("DETACH fresh")
    fresh.replace(work)


def quoted(path: Path) -> str:
    """Write a path as SQL text goes between quotes; ATTACH and COPY take no parameters."""
    return str(path).replace("'", "''")


def _require_readable(con: DuckDBPyConnection, warehouse: Path) -> None:
    found, known = version_of(con), len(migrations())
    if found > known:
        message = f"expected tables of version {known} or older, found {found}"
        raise Failure([codes.OTHER_VERSION.at(Location(str(warehouse)), message, help="update this tool")], 2)


@contextmanager
def _lock(warehouse: Path) -> Iterator[None]:
    path = warehouse.with_name(warehouse.name + ".lock")
    with path.open("a+") as file:
        try:
            # The operating system lets go of it when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            message = f"process {file.read().strip() or 'unknown'} is writing to the warehouse"
            help_ = "wait until it has finished; reports work meanwhile"
            raise Failure([codes.LOCKED.at(Location(str(warehouse)), message, help=help_)], 3) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
