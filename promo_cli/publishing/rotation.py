"""The next root: other keys, or a higher epoch. Old and new keys overlap, so nobody has to switch at once.

The order makes it safe to die anywhere: the new private key is on disk before any root names it; the root is put once,
where HEAD does not name it yet; then HEAD is signed anew by every head key at hand, and names it. Tills follow HEAD.
A client that has pinned one head key goes on while the old key still signs beside the new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.protocol.keys import Role, Signer, signer_to_pem
from promo_cli.protocol.layout import root_key
from promo_cli.protocol.root import Root
from promo_cli.publishing import codes
from promo_cli.publishing.amend import refresh
from promo_cli.publishing.keymaking import SEED_BYTES, sign_root, write_private
from promo_cli.publishing.live import newest_root
from promo_cli.publishing.writer import Writer
from promo_cli.storage import put_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a rotation changes; ``retire`` holds the beginnings of key ids."""

    role: str
    add: bool
    retire: Collection[str] = ()
    threshold: int | None = None
    new_epoch: bool = False


@dataclass(frozen=True, slots=True)
class Rotated:
    """The new root, the new private key's file if one was made, and HEAD's revision that names the root."""

    root: Root
    added: Path | None
    rev: int


def rotate(writer: Writer, folder: Path, change: Change, random_bytes: Callable[[int], bytes] = os.urandom) -> Rotated:
    """Put the next root and have HEAD name it.

    Raises Failure: exit 2 for keys not at hand, unknown ids or a threshold out of reach, 3 when somebody else was
    faster, 4 for an unknown outcome; StorageError.
    """
    current = newest_root(writer.storage, writer.keys.trusted).root
    added = Signer(random_bytes(SEED_BYTES)) if change.add else None
    following = _following(current, change, added, writer)
    keys = writer.keys if added is None else replace(writer.keys, signers=(*writer.keys.signers, added))
    # Signed by the keys before and the keys after (TUF specification §5.3.4), each to its own threshold.
    signers = {
        one.public.keyid: one
        for side in (current, following)
        for one in keys.signers_of("root", side.roles["root"], f"root {following.version} of {current.env}")
    }
    keys.head_signers(following)
    path = None
    if added is not None:
        path = folder / f"{change.role}-v{following.version}-{added.public.keyid[:8]}.pem"
        folder.mkdir(parents=True, exist_ok=True)
        write_private(path, signer_to_pem(added))
    if not put_once(writer.storage, root_key(following.version), sign_root(following, list(signers.values()))):
        message = f"somebody else put root {following.version} into {writer.storage.where} meanwhile"
        raise Failure([codes.LOST_RACE.at(None, message, help="look at `promo key show`, then start over")], 3)
    done = refresh(replace(writer, keys=keys))
    return Rotated(following, path, done.head.rev)


def _following(current: Root, change: Change, added: Signer | None, writer: Writer) -> Root:
    role = current.roles[change.role]
    gone = {_key_id(role, short) for short in change.retire}
    keyids = (role.keyids - gone) | ({added.public.keyid} if added is not None else set())
    threshold = change.threshold or role.threshold
    if not 1 <= threshold <= len(keyids):
        message = f"{len(keyids)} {change.role} keys would be left, which cannot reach the threshold {threshold}"
        raise Failure([codes.BAD_ROTATION.at(None, message, help="add a key, or lower --threshold")], exit_code=2)
    roles = {**current.roles, change.role: Role(frozenset(keyids), threshold)}
    known = dict(current.keys) if added is None else {**current.keys, added.public.keyid: added.public}
    used = {keyid for one in roles.values() for keyid in one.keyids}
    return Root(
        env=current.env,
        version=current.version + 1,
        epoch=current.epoch + change.new_epoch,
        issued_at=writer.now,
        keys={keyid: key for keyid, key in known.items() if keyid in used},
        roles=roles,
    )


def _key_id(role: Role, short: str) -> str:
    found = [keyid for keyid in role.keyids if keyid.startswith(short)]
    if len(found) != 1 or not short:
        message = f"expected the beginning of one key id, found {short!r}, which fits {len(found)}"
        known = ", ".join(sorted(keyid[:12] for keyid in role.keyids))
        raise Failure([codes.BAD_ROTATION.at(None, message, help=f"the role has {known}")], exit_code=2)
    return found[0]
