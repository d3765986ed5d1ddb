"""What an object's key says about what is in it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from dataclasses import dataclass

from promo_cli.protocol.layout import UPLOADS

ALL_UPLOADS = "uploads/"
EVENTS = "events/"
PRIVACY = f"{EVENTS}privacy/"
"""What was erased and removed. It is read before all else, and holds no events."""

_LAYOUT = re.compile(UPLOADS + r"dt=([0-9-]{10})/store=([A-Za-z0-9][A-Za-z0-9._-]{0,63})/pos=([^/]{1,128})/([^/]+)")
_NAMED_BY_HASH = re.compile(r"(?:.*-)?([0-9a-f]{16})\.(?:ndjson|json)(?:\.gz)?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Who speaks in an object. In `events/`, where batch commands write, nobody is named and anybody may be."""

    store_id: str | None = None
    pos_id: str | None = None
    day: dt.date | None = None
    sha16: str | None = None


def parse(key: str) -> Origin | None:
    """Read a key of `uploads/` or `events/`; None when an upload's key has not the layout it must have."""
    if key.startswith(EVENTS):
        return Origin(sha16=_sha16(key.rpartition("/")[2]))
    if match := _LAYOUT.fullmatch(key):
        day, store_id, pos_id, name = match.groups()
        with contextlib.suppress(ValueError):
            return Origin(store_id, pos_id, dt.date.fromisoformat(day), _sha16(name))
    return None


def first_key_of(day: dt.date) -> str:
    """A text that sorts before every upload of that business date and after all of the days before."""
    return f"{UPLOADS}dt={day.isoformat()}"


def _sha16(name: str) -> str | None:
    match = _NAMED_BY_HASH.fullmatch(name)
    return match[1] if match else None
