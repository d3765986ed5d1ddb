"""Changes of HEAD alone: no release, no blob. Renewing it, stopping a promotion, lifting a hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from promo_cli.diagnostics import Failure
from promo_cli.protocol.head import Head
from promo_cli.protocol.limits import LIMITS
from promo_cli.publishing import codes
from promo_cli.publishing.live import newest_root, read_live_head
from promo_cli.publishing.writer import Writer, put_head, successor

RACES = 8
"""Lost races in a row before giving up: others only ever win by making progress."""


@dataclass(frozen=True, slots=True)
class Amended:
    """HEAD after a change, and whether the change was needed."""

    head: Head
    changed: bool


def amend(writer: Writer, alter: Callable[[Head], Head | None]) -> Amended:
    """Put HEAD as ``alter`` wants it; None from it means that nothing has to change.

    Starts over from the new HEAD after a lost race, so that a halt is never refused because somebody publishes.
    Raises Failure: exit 2 before the first publication or without keys, 3 for races lost again and again,
    4 for an unknown outcome; StorageError.
    """
    for _ in range(RACES):
        trusted, etag = read_live_head(writer.storage, writer.keys.trusted)
        assert trusted.head is not None, "an accepted HEAD is remembered"
        wanted = alter(trusted.head)
        if wanted is None:
            return Amended(trusted.head, changed=False)
        root = newest_root(writer.storage, trusted).root
        following = successor(writer, root, wanted)
        if put_head(writer, trusted, etag, root, following):
            return Amended(following, changed=True)
    message = f"HEAD in {writer.storage.where} changed {RACES} times meanwhile"
    raise Failure([codes.LOST_RACE.at(None, message, help="run the same command again")], exit_code=3)


def refresh(writer: Writer) -> Amended:
    """Sign HEAD anew, as it is: tills see that publishing is alive, and new keys take over."""
    return amend(writer, lambda head: head)


def halt(writer: Writer, promotion_id: str) -> Amended:
    """Stop a promotion on every till at its next poll. Raises Failure (exit 2) when the list is full."""

    def alter(head: Head) -> Head | None:
        if promotion_id in head.revoked:
            return None
        if len(head.revoked) >= LIMITS.revoked:
            message = f"HEAD already stops {LIMITS.revoked} promotions, which is as many as it can"
            raise Failure([codes.REVOKED_FULL.at(None, message)], exit_code=2)
        return replace(head, revoked=tuple(sorted({*head.revoked, promotion_id})))

    return amend(writer, alter)


def lift(writer: Writer, promotion_id: str) -> Amended:
    """Let a stopped promotion run again."""

    def alter(head: Head) -> Head | None:
        if promotion_id not in head.revoked:
            return None
        return replace(head, revoked=tuple(one for one in head.revoked if one != promotion_id))

    return amend(writer, alter)


def end_hold(writer: Writer) -> Amended:
    """Let publications through again after a rollback."""
    return amend(writer, lambda head: None if head.hold is None else replace(head, hold=None))
