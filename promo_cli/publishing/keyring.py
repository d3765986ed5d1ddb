"""The keys a publisher signs with, and the root it trusts: a folder outside the bucket.

``root.json`` is the environment's root, ``*.pem`` are private keys (mode 0600). For folder targets a development root
is made on first use; its root key lies beside its head key, which no real chain should accept.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.protocol import dsse, root, trust
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.keys import Role, Signer, signer_from_pem, signer_to_pem
from promo_cli.protocol.root import Root
from promo_cli.protocol.trust import Refused, TrustedState
from promo_cli.publishing import codes

_ROOT = "root.json"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The trusted root of one environment, and the private keys at hand."""

    trusted: TrustedState
    signers: tuple[Signer, ...]
    notice: str | None = None
    """What to tell the user each time, because these keys protect little."""

    def head_signers(self, current: Root) -> list[Signer]:
        """Return the keys that may sign HEAD under a root; raises Failure when they do not reach its threshold."""
        role = current.roles["head"]
        found = [signer for signer in self.signers if signer.public.keyid in role.keyids]
        if len(found) < role.threshold:
            message = f"signing HEAD of {current.env} takes {role.threshold} head keys, found {len(found)}"
            wanted = ", ".join(sorted(keyid[:12] for keyid in role.keyids))
            raise Failure([codes.NO_KEYS.at(None, message, help=f"provide keys with the ids {wanted}")], exit_code=2)
        return found


def open_keys(
    folder: Path, env: str, now: datetime, *, development: bool, random_bytes: Callable[[int], bytes] = os.urandom
) -> KeyRing:
    """Read an environment's key folder; with ``development``, make it on first use.

    Raises Failure when there are no keys, or a file in the folder is damaged.
    """
    if not (folder / _ROOT).exists():
        if not development:
            message = f"there is no root for {env} in {folder}"
            raise Failure([codes.NO_KEYS.at(None, message, help=f"put the environment's root.json in {folder}")], 2)
        _make_development_folder(folder, env, now, random_bytes)
    try:
        trusted = trust.enrol((folder / _ROOT).read_bytes(), env)
        signers = tuple(signer_from_pem(path.read_bytes()) for path in sorted(folder.glob("*.pem")))
    except (DocumentError, Refused, OSError) as error:
        raise Failure([codes.BAD_KEY.at(None, f"{folder}: {error}")], exit_code=2) from error
    notice = f"signed with the development root of {env} in {folder}; not for a real chain" if development else None
    return KeyRing(trusted, signers, notice)


def _make_development_folder(folder: Path, env: str, now: datetime, random_bytes: Callable[[int], bytes]) -> None:
    root_signer, head_signer = Signer(random_bytes(32)), Signer(random_bytes(32))
    first = Root(
        env=env,
        version=1,
        epoch=1,
        issued_at=now,
        keys={signer.public.keyid: signer.public for signer in (root_signer, head_signer)},
        roles={
            "root": Role(frozenset({root_signer.public.keyid}), 1),
            "head": Role(frozenset({head_signer.public.keyid}), 1),
        },
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made whole under another name: of two first publishers one renames, the other finds the winner's keys.
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_private(draft / "root.pem", signer_to_pem(root_signer))
        _write_private(draft / "head.pem", signer_to_pem(head_signer))
        _write_private(draft / _ROOT, dsse.sign(root.PAYLOAD_TYPE, root.encode(first), [root_signer]))
        try:
            draft.rename(folder)
        except OSError:
            if not (folder / _ROOT).exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_private(path: Path, data: bytes) -> None:
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
