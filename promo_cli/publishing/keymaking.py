"""Makes keys and the first root of an environment, and writes them where only their owner can read them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from promo_cli.protocol import dsse, root
from promo_cli.protocol.keys import ROLES, Role, Signer, signer_to_pem
from promo_cli.protocol.root import Root

ROOT_FILE = "root.json"
SEED_BYTES = 32
ONE_OF_ONE = (1, 1)
"""One key, of which one signs."""


def make_folder(
    folder: Path,
    env: str,
    now: datetime,
    random_bytes: Callable[[int], bytes],
    *,
    shape: Mapping[str, tuple[int, int]] | None = None,
) -> None:
    """Make a key folder: private keys and the root that names them.

    ``shape`` says by role how many keys there are and how many have to sign; raises ValueError for one that cannot
    be met. A folder that has a root already is left alone.
    """
    wanted = {role: (shape or {}).get(role, ONE_OF_ONE) for role in ROLES}
    for role, (count, threshold) in wanted.items():
        if not 1 <= threshold <= count:
            raise ValueError(f"expected a threshold from 1 to {count} for {count} {role} keys, found {threshold}")
    signers = {role: [Signer(random_bytes(SEED_BYTES)) for _ in range(count)] for role, (count, _) in wanted.items()}
    first = Root(
        env=env,
        version=1,
        epoch=1,
        issued_at=now,
        keys={one.public.keyid: one.public for several in signers.values() for one in several},
        roles={
            role: Role(frozenset(one.public.keyid for one in several), wanted[role][1])
            for role, several in signers.items()
        },
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made whole under another name: of two first publishers one renames, the other finds the winner's keys.
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for role, several in signers.items():
            for number, signer in enumerate(several, start=1):
                name = role if len(several) == 1 else f"{role}-{number}"
                write_private(draft / f"{name}.pem", signer_to_pem(signer))
        write_private(draft / ROOT_FILE, sign_root(first, signers["root"]))
        try:
            draft.rename(folder)
        except OSError:
            if not (folder / ROOT_FILE).exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sign_root(document: Root, signers: Sequence[Signer]) -> bytes:
    """Return a root's envelope."""
    return dsse.sign(root.PAYLOAD_TYPE, root.encode(document), signers)


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read; raises FileExistsError."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
