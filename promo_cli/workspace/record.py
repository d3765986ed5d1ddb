"""The loaded workspace: one plain value that the rooms above work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from promo_cli.diagnostics import Diagnostic, Location, Range
from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Brand, Category, Holiday, PaymentMethod, Product, Store, Tier
from promo_cli.model.settings import Settings
from promo_cli.workspace.sources import Sources


class Origin(NamedTuple):
    """Where a model was written: the file, and the JSON pointer of its value there."""

    path: str
    pointer: str


@dataclass(frozen=True)
class Workspace:
    """Everything that was written and could be read, and all that is wrong with the text and the shape of the rest.

    `mentioned` holds, by kind, the ids of entries that are broken, and `incomplete` the kinds of which a whole file
    could not be read: an id that is not found may be in there, so its absence proves nothing.
    """

    root: Path
    settings: Settings
    brands: tuple[Brand, ...] = ()
    stores: tuple[Store, ...] = ()
    categories: tuple[Category, ...] = ()
    products: tuple[Product, ...] = ()
    tiers: tuple[Tier, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    payments: tuple[PaymentMethod, ...] = ()
    promotions: tuple[Promotion[Any], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    mentioned: dict[str, frozenset[str]] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    sources: Sources = field(default_factory=Sources)
    origins: dict[int, Origin] = field(default_factory=dict)
    """By the identity of the model, which the workspace keeps alive."""

    @property
    def file_count(self) -> int:
        """How many files were read."""
        return len(self.sources.texts)

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """Every sales channel that some store has, sorted."""
        return tuple(sorted({channel for store in self.stores for channel in store.channels}))

    def origin(self, model: BaseModel) -> Origin:
        """Where a promotion or an entry of the reference data was written."""
        return self.origins[id(model)]

    def locate(self, written: BaseModel | str, pointer: str = "", *, key: bool = False) -> Location:
        """The place of a value: the file (or a model in it), and the JSON pointer from there; `key` for its key."""
        if isinstance(written, str):
            return self.sources.locate(written, pointer, key=key)
        origin = self.origin(written)
        return self.sources.locate(origin.path, origin.pointer + pointer, key=key)

    def span(self, written: BaseModel, pointer: str) -> Range | None:
        """The whole text of a value, for edits."""
        origin = self.origin(written)
        return self.sources.span(origin.path, origin.pointer + pointer)
