"""What becomes of a single line that is looked at by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Good:
    """A line that the models accept. `text` is its tidied JSON, `original` the line as it came."""

    line: int
    kind: str
    text: str
    original: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A line for quarantine. `line` counts from 1 and is None for a whole object; `raw` is without personal data."""

    code: str
    message: str
    raw: str = ""
    line: int | None = None
    byte_offset: int | None = None
    pointer: str | None = None
    kind: str | None = None
    event_id: str | None = None
    store_id: str | None = None
    pos_id: str | None = None
    seq: int | None = None
