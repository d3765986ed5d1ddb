"""What changes for whom when one set of bundles follows another: promotions, their fields, the stores. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from promo_cli.protocol import canonical
from promo_cli.protocol.bundle import Parts, promotion_id, read_line, split

Kind = Literal["added", "changed", "removed"]

_NOT_SHOWN = frozenset({"version", "compiler_version"})
"""Fields that only follow from the others."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field's value before and after, by its path (``rules.discount_percent``); None where it is absent."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One promotion's change, the stores that see it, and the days it runs (store-local; end None: open)."""

    kind: Kind
    promotion_id: str
    code: str
    name: str
    start_date: str | None
    end_date: str | None
    stores: tuple[str, ...]
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs; ``catalogue_stores`` have other products, prices or settings."""

    changes: tuple[Change, ...]
    stores_added: tuple[str, ...]
    stores_removed: tuple[str, ...]
    catalogue_stores: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Tell whether nothing differs."""
        return not (self.changes or self.stores_added or self.stores_removed or self.catalogue_stores)

    def document(self) -> dict[str, Any]:
        """Return the difference as JSON values."""
        return {
            "changes": [
                {
                    "kind": change.kind,
                    "id": change.promotion_id,
                    "code": change.code,
                    "name": change.name,
                    "start_date": change.start_date,
                    "end_date": change.end_date,
                    "stores": list(change.stores),
                    "fields": [{"path": one.path, "before": one.before, "after": one.after} for one in change.fields],
                }
                for change in self.changes
            ],
            "stores_added": list(self.stores_added),
            "stores_removed": list(self.stores_removed),
            "catalogue_stores": list(self.catalogue_stores),
        }


def difference(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Difference:
    """Compare bundles by store id. Equal bundles may be left out of both. Raises DocumentError for malformed ones."""
    reader = _Reader()
    seen: dict[tuple[Kind, bytes | None, bytes | None], list[str]] = {}
    catalogue = []
    for store_id in sorted({*before, *after}):
        old, new = before.get(store_id), after.get(store_id)
        if old == new:
            continue
        if old is not None and new is not None and reader.frame(old) != reader.frame(new):
            catalogue.append(store_id)
        for step in reader.steps(old, new):
            seen.setdefault(step, []).append(store_id)
    changes = [_change(kind, old, new, stores) for (kind, old, new), stores in seen.items()]
    return Difference(
        changes=tuple(sorted(changes, key=lambda change: (change.code, change.kind, change.stores))),
        stores_added=tuple(sorted(after.keys() - before.keys())),
        stores_removed=tuple(sorted(before.keys() - after.keys())),
        catalogue_stores=tuple(catalogue),
    )


class _Reader:
    """Takes bundles apart, each once: stores share most of them."""

    def __init__(self) -> None:
        self._parts: dict[bytes, Parts] = {}
        self._ids: dict[bytes, str] = {}
        self._steps: dict[tuple[bytes | None, bytes | None], list[tuple[Kind, bytes | None, bytes | None]]] = {}

    def frame(self, bundle: bytes) -> tuple[bytes, bytes]:
        """Return what a bundle holds beside promotions."""
        parts = self._split(bundle)
        return parts.header, parts.products

    def steps(self, old: bytes | None, new: bytes | None) -> Iterable[tuple[Kind, bytes | None, bytes | None]]:
        """Return each promotion's lines before and after, where they differ."""
        if (old, new) not in self._steps:
            self._steps[old, new] = list(self._compare(self._lines(old), self._lines(new)))
        return self._steps[old, new]

    def _compare(
        self, old: Mapping[str, bytes], new: Mapping[str, bytes]
    ) -> Iterator[tuple[Kind, bytes | None, bytes | None]]:
        for key in sorted({*old, *new}):
            before, after = old.get(key), new.get(key)
            if before != after:
                yield "added" if before is None else "removed" if after is None else "changed", before, after

    def _lines(self, bundle: bytes | None) -> dict[str, bytes]:
        found = {}
        for line in () if bundle is None else self._split(bundle).lines:
            if line not in self._ids:
                self._ids[line] = promotion_id(line)
            found[self._ids[line]] = line
        return found

    def _split(self, bundle: bytes) -> Parts:
        if bundle not in self._parts:
            self._parts[bundle] = split(bundle)
        return self._parts[bundle]


def _change(kind: Kind, old: bytes | None, new: bytes | None, stores: list[str]) -> Change:
    before = {} if old is None else read_line(old)
    after = {} if new is None else read_line(new)
    shown = after or before
    validity = shown.get("validity", {})
    return Change(
        kind=kind,
        promotion_id=shown["id"],
        code=shown["code"],
        name=shown.get("name", shown["code"]),
        start_date=validity.get("start_date"),
        end_date=validity.get("end_date"),
        stores=tuple(stores),
        fields=tuple(_fields("", before, after)) if kind == "changed" else (),
    )


def _fields(path: str, before: Any, after: Any) -> Iterator[Field]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            if path or key not in _NOT_SHOWN:
                yield from _fields(f"{path}.{key}" if path else key, before.get(key), after.get(key))
    elif before != after:
        yield Field(path, before, after)


def shown(value: Any) -> str:
    """Return a field's value as a person reads it."""
    return "(none)" if value is None else value if isinstance(value, str) else canonical.dumps(value).decode()
