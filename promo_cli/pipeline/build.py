"""Check, compile, write: the bundles of a day as files."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from promo_cli.pipeline.check import Checked, without_errors


@dataclass(frozen=True, slots=True)
class WrittenBundle:
    """One store's file; size in bytes."""

    store_id: str
    path: Path
    sha256: str
    size: int
    promotions: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a build wrote, and for which day."""

    as_of: dt.date
    folder: Path
    bundles: list[WrittenBundle]


def write_bundles(
    start: Path, folder: Path | None, *, stores: Collection[str] | None = None, as_of: dt.date | None = None
) -> Written:
    """Write `<store>.json` for every store, or for `stores`, and nothing else; files that are as they should be stay.

    Where nothing has changed since they were written, nothing is compiled.

    `as_of` is a day in the company's time zone. Raises Failure: exit 1 for a workspace with errors,
    2 for an unknown store.
    """
    checked = without_errors(start, today=as_of)
    target = folder or checked.snapshot.root / "out" / "bundles"
    made_from = ("bundles", checked.snapshot.digest, checked.day.isoformat(), repr(stores and sorted(stores)))
    cache = checked.snapshot.cache
    kept = (cache and cache.get(*made_from)) or []
    facts = [WrittenBundle(store_id, target / f"{store_id}.json", *rest) for store_id, *rest in kept]
    if not facts or not _present(facts):
        facts = _build(checked, target, stores)
        if cache:
            cache.put([(one.store_id, one.sha256, one.size, one.promotions) for one in facts], *made_from)
    return Written(checked.day, target, facts)


def _build(checked: Checked, target: Path, stores: Collection[str] | None) -> list[WrittenBundle]:
    from promo_cli.pipeline.compiled import compiled
    from promo_cli.pipeline.environment import check_store

    for store_id in stores or ():
        check_store(checked.workspace, store_id)
    target.mkdir(parents=True, exist_ok=True)
    bundles = compiled(checked.workspace, checked.day, only=stores or None)
    write_files({target / f"{store_id}.json": data for store_id, data in bundles.items()})
    facts = {data: _facts(data) for data in set(bundles.values())}
    return [WrittenBundle(store_id, target / f"{store_id}.json", *facts[data]) for store_id, data in bundles.items()]


def _present(bundles: Collection[WrittenBundle]) -> bool:
    """Tell whether every file is as it was written; files that are links to one another are read once."""
    known: dict[tuple[int, int], str] = {}
    for bundle in bundles:
        try:
            status = os.stat(bundle.path)  # noqa: PTH116  thousands of them
            inode = (status.st_dev, status.st_ino)
            if inode not in known:
                known[inode] = hashlib.sha256(bundle.path.read_bytes()).hexdigest()
        except OSError:
            return False
        if known[inode] != bundle.sha256:
            return False
    return True


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write files whole or not at all; equal content is written once and linked, so a fleet fits on a laptop.

    A file that holds its content already is left alone.
    """
    known: dict[tuple[int, int], bytes] = {}
    first: dict[bytes, Path] = {}
    for path, data in files.items():
        if _holds(path, data, known):
            first.setdefault(data, path)
            continue
        scratch = path.with_name(f".{path.name}.{os.getpid()}")
        if data in first:
            os.link(first[data], scratch)
        else:
            scratch.write_bytes(data)
            first[data] = path
        scratch.replace(path)


def _holds(path: Path, data: bytes, known: dict[tuple[int, int], bytes]) -> bool:
    """Tell whether the file holds the data; files that are links to one another are read once."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    if status.st_size != len(data):
        return False
    inode = (status.st_dev, status.st_ino)
    if inode not in known:
        known[inode] = path.read_bytes()
    return known[inode] == data


def _facts(data: bytes) -> tuple[str, int, int]:
    """Return a bundle's SHA-256, its size, and how many promotions it holds."""
    from promo_cli.protocol.bundle import split

    return hashlib.sha256(data).hexdigest(), len(data), len(split(data).lines)
