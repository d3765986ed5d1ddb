"""Reads a whole workspace in one pass, keeps everything that can be used, and reports everything that cannot."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from promo_cli.diagnostics import Diagnostic, Failure, sort_key
from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Store
from promo_cli.model.settings import Settings
from promo_cli.workspace import codes, csv_reader, reader, reference
from promo_cli.workspace.exact import from_json, to_json
from promo_cli.workspace.files import ROOT_FILE
from promo_cli.workspace.limits import PROMOTION, REFERENCE, Limits
from promo_cli.workspace.memo import UNKNOWN, Memo, digest_of
from promo_cli.workspace.promotions import promotion
from promo_cli.workspace.record import Origin, Workspace
from promo_cli.workspace.shape import Place, build
from promo_cli.workspace.snapshot import Snapshot, take
from promo_cli.workspace.sources import Sources
from promo_cli.workspace.spread import spread
from promo_cli.workspace.tree import pointer


def load(start: Path) -> Workspace:
    """The workspace at or above `start`.

    Raises Failure (exit 2) where there is no promo.yaml, or where it cannot be used; the latter with everything that
    is wrong with the other files as well.
    """
    return load_snapshot(take(start))


def load_snapshot(snapshot: Snapshot, memo: Memo | None = None) -> Workspace:
    """The workspace as it was when the snapshot was taken. Raises Failure (exit 2) as `load` does.

    `memo` knows what files hold that were read before.
    """
    with _without_collections():
        return _Loader(snapshot, memo or Memo("files")).load()


@contextmanager
def _without_collections() -> Iterator[None]:
    """Nothing made while loading is garbage, and looking for it takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Loader:
    """What has been read so far."""

    def __init__(self, snapshot: Snapshot, memo: Memo) -> None:
        self.snapshot = snapshot
        self.memo = memo
        self.sources = Sources(dict(snapshot.texts))
        self.diagnostics: list[Diagnostic] = list(snapshot.diagnostics)
        self.origins: dict[int, Origin] = {}
        self.mentioned: dict[str, set[str]] = defaultdict(set)
        self.incomplete: set[str] = set()

    def load(self) -> Workspace:
        settings = self.settings()
        entries = self.reference_data()
        promotions = self.promotions()
        if settings is None:
            raise Failure(sorted(self.diagnostics, key=sort_key), exit_code=2)
        return Workspace(
            root=self.snapshot.root,
            settings=settings,
            **{kind: tuple(entries[kind]) for kind in reference.KINDS},  # type: ignore[arg-type]
            promotions=tuple(promotions),
            diagnostics=tuple(sorted(self.diagnostics, key=sort_key)),
            mentioned={kind: frozenset(ids) for kind, ids in self.mentioned.items()},
            incomplete=frozenset(self.incomplete),
            sources=self.sources,
            origins=self.origins,
        )

    def settings(self) -> Settings | None:
        document = self.read(ROOT_FILE, PROMOTION)
        if document is None:
            return None
        place = Place(self.sources, ROOT_FILE, (), document.doubtful)
        if not self.is_map(document, place):
            return None
        settings, found = build(Settings, document.value, place)
        self.diagnostics += found
        if settings is None or document.doubtful:
            return None
        if not self.known_timezone(settings.timezone, place):
            return None
        self.origins[id(settings)] = Origin(ROOT_FILE, "")
        return settings

    def reference_data(self) -> dict[str, list[BaseModel]]:
        entries: dict[str, list[BaseModel]] = defaultdict(list)
        for path in self.snapshot.reference:
            document = self.read(path, REFERENCE)
            if document is None or document.diagnostics:
                self.incomplete.update(reference.kinds_of(path))
            if document is None:
                continue
            place = Place(self.sources, path, (), document.doubtful)
            for kind, at, model, stated, found in reference.models(path, document.value, place):
                self.diagnostics += found
                if model is None:
                    self.mention(kind, stated)
                    continue
                if isinstance(model, Store) and model.timezone:
                    known = self.known_timezone(model.timezone, Place(self.sources, path, at))
                    # The others look at its clock, and that is said once.
                    model = model if known else model.model_copy(update={"timezone": None})
                self.origins[id(model)] = Origin(path, pointer(at))
                entries[kind].append(model)
        return entries

    def promotions(self) -> list[Promotion[Any]]:
        promotions = []
        for path, document in self.documents(self.snapshot.promotions).items():
            if document is not None:
                self.diagnostics += document.diagnostics
            if document is None or not document.readable:
                self.incomplete.add("promotions")
                continue
            place = Place(self.sources, path, (), document.doubtful)
            if not self.is_map(document, place):
                continue
            model, found = promotion(document.value, place)  # type: ignore[arg-type]
            if model is None or document.doubtful:
                self.diagnostics += found
                self.mention("promotions", document.value.get("code"))  # type: ignore[union-attr]
            else:
                self.origins[id(model)] = Origin(path, "")
                promotions.append(model)
        return promotions

    def documents(self, paths: Sequence[str]) -> dict[str, reader.Document | None]:
        """Every promotion file's content, in order, or None for one that is not there; new ones are read."""
        texts = self.sources.texts
        digests = {path: digest_of(texts[path]) for path in paths if path in texts}
        found = {path: self.recalled(digests.get(path)) for path in paths}
        new = [path for path in digests if found[path] is None]

        def read_part(part: Sequence[str]) -> list[reader.Document]:
            return [reader.read(path, texts[path], PROMOTION) for path in part]

        read = [document for part in spread(read_part, new) for document in part]
        for path, document in zip(new, read, strict=True):
            found[path] = document
            self.learn(digests[path], document)
        return found

    def learn(self, digest: str, document: reader.Document) -> None:
        """Keep what a text holds if there is nothing to say about it."""
        if document.readable and not document.diagnostics:
            self.memo.put(digest, to_json(document.value))

    def recalled(self, digest: str | None) -> reader.Document | None:
        """The content of a text that was read before without finding anything."""
        kept: Any = UNKNOWN if digest is None else self.memo.get(digest)
        return None if kept is UNKNOWN else reader.Document(from_json(kept), readable=True)

    def read(self, path: str, limits: Limits) -> reader.Document | None:
        """The file's value, or None with the findings kept."""
        data = self.sources.texts.get(path)
        if data is None:
            return None
        document = csv_reader.read(path, data, limits) if path.endswith(".csv") else self.document(path, data, limits)
        self.diagnostics += document.diagnostics
        return document if document.readable else None

    def document(self, path: str, data: bytes, limits: Limits) -> reader.Document:
        """A YAML file's content, read now or in an earlier run."""
        digest = digest_of(data)
        document = self.recalled(digest)
        if document is None:
            document = reader.read(path, data, limits)
            self.learn(digest, document)
        return document

    def is_map(self, document: reader.Document, place: Place) -> bool:
        if isinstance(document.value, dict):
            return True
        found = "a list" if isinstance(document.value, list) else "a single value"
        message = f"expected a map of `key: value`, found {found}"
        self.diagnostics.append(codes.NOT_A_MAP.at(place.locate(()), message, help="write one `key: value` per line"))
        return False

    def known_timezone(self, name: str, place: Place) -> bool:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            advice = "write a region and city, such as Asia/Jakarta"
            message = f"the time zone `{name}` does not exist"
            self.diagnostics.append(codes.UNKNOWN_TIMEZONE.at(place.locate(("timezone",)), message, help=advice))
            return False
        return True

    def mention(self, kind: str, stated: Any) -> None:
        if isinstance(stated, str):
            self.mentioned[kind].add(stated)
        else:
            self.incomplete.add(kind)
