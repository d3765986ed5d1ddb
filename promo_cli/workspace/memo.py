"""Answers that are kept from run to run, each by a digest of all that it follows from.

Where one of many things has changed, the answers about the others are found again. They are in one entry of the cache
(see `cache`), which is read when the first question comes, and written when something was learned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from promo_cli.workspace.cache import Cache

UNKNOWN = object()
"""What `Memo.get` returns where there is no answer; None is one."""


@dataclass(slots=True)
class Memo:
    """Answers of lists, maps, texts and whole numbers, by digest; without a cache they last as long as the process."""

    name: str
    cache: Cache | None = None
    _kept: dict[str, Any] | None = None
    _asked: dict[str, Any] = field(default_factory=dict)
    _learned: bool = False

    def get(self, digest: str) -> Any:
        """Return the answer, or UNKNOWN."""
        if digest in self._asked:
            return self._asked[digest]
        if self._kept is None:
            kept = self.cache.get("memo", self.name) if self.cache else None
            self._kept = kept if isinstance(kept, dict) else {}
        if digest not in self._kept:
            return UNKNOWN
        self._asked[digest] = self._kept[digest]
        return self._asked[digest]

    def put(self, digest: str, answer: Any) -> None:
        """Learn an answer."""
        self._asked[digest] = answer
        self._learned = True

    def keep(self) -> None:
        """Write what was learned for the next run; what has not been asked for goes once there is more of it."""
        if self._learned and self.cache:
            others = {key: answer for key, answer in (self._kept or {}).items() if key not in self._asked}
            self.cache.put({**(others if len(others) <= len(self._asked) else {}), **self._asked}, "memo", self.name)
            self._learned = False


def digest_of(*parts: bytes | str) -> str:
    """Return a digest of some parts, which do not run into one another."""
    found = blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        found.update(b"%d " % len(data))
        found.update(data)
    return found.hexdigest()
