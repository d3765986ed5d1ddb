"""Keys of an environment: made, changed, shown."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Failure
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.operate import Confirm, consent, is_folder, key_folder, keys_of, writer_for
from promo_cli.protocol.fields import DocumentError, time_text
from promo_cli.protocol.keys import ROLES, signer_from_pem
from promo_cli.publishing import KeyRing, codes
from promo_cli.publishing.keymaking import ROOT_FILE, make_folder
from promo_cli.publishing.keyring import KEY_VARIABLE, ROOT_VARIABLE
from promo_cli.publishing.live import newest_root, read_live_head
from promo_cli.publishing.rotation import Change, Rotated, rotate
from promo_cli.workspace import load


@dataclass(frozen=True, slots=True)
class KeysMade:
    """A new key folder and the files in it, in order."""

    env: str
    folder: Path
    files: tuple[str, ...]


def init_keys(
    start: Path, env: str, folder: Path | None, shape: Mapping[str, tuple[int, int]], *, now: dt.datetime, dry_run: bool
) -> KeysMade:
    """Make the keys and first root of an environment; `shape` is (keys, threshold) by role.

    Raises Failure (exit 2) where there are keys already, or for a threshold out of reach.
    """
    workspace = load(start)
    environment(workspace, env)
    target = folder or key_folder(workspace.root, env)
    if target.exists() and any(target.iterdir()):
        advice = "to change keys, run `promo key rotate`; for other keys, name an empty folder with --keys"
        raise Failure([codes.KEYS_EXIST.at(None, f"{target} is not empty", help=advice)], exit_code=2)
    try:
        if not dry_run:
            make_folder(target, env, now, os.urandom, shape=shape)
    except ValueError as error:
        raise Failure([codes.BAD_ROTATION.at(None, str(error))], exit_code=2) from None
    return KeysMade(env, target, tuple(sorted(path.name for path in target.glob("*")) if target.exists() else ()))


def rotate_keys(
    start: Path,
    env: str,
    change: Change,
    *,
    folder: Path | None,
    more_keys: Sequence[Path],
    now: dt.datetime,
    confirm: Confirm,
) -> Rotated:
    """Change an environment's keys; a new private key goes into its key folder, or into `folder`.

    `more_keys` are folders with further root keys. Raises Failure: exit 2 for keys not at hand or without consent,
    3 when somebody else was faster, 4 for an unknown outcome.
    """
    workspace = load(start)
    chosen = environment(workspace, env)
    writer = writer_for(workspace, env, now)
    read_live_head(writer.storage, writer.keys.trusted)  # keys of an environment that never published need no rotation
    signers = list(writer.keys.signers)
    for path in (path for extra in (*more_keys, *([folder] if folder else [])) for path in sorted(extra.glob("*.pem"))):
        try:
            signers.append(signer_from_pem(path.read_bytes()))
        except DocumentError as error:
            raise Failure([codes.BAD_KEY.at(None, f"{path}: {error}")], exit_code=2) from None
    consent(env, chosen, "Change the keys", confirm)
    ring = replace(writer.keys, signers=tuple(signers))
    return rotate(replace(writer, keys=ring), folder or key_folder(workspace.root, env), change)


def show_keys(start: Path, env: str, *, now: dt.datetime) -> dict[str, Any]:
    """Return the newest root's roles and keys, and which private keys are at hand. Raises Failure (exit 2)."""
    workspace = load(start)
    chosen = environment(workspace, env)
    folder = key_folder(workspace.root, env)
    ring = keys_of(workspace.root, env, chosen, now)
    storage = storage_of(workspace, env)
    root = newest_root(storage, ring.trusted).root
    given = [name for name in (ROOT_VARIABLE, KEY_VARIABLE) if os.environ.get(name)]
    return {
        "schema": "promo.keys/1",
        "env": env,
        "target": storage.where,
        "folder": str(folder),
        "from_environment": given,
        "development": is_folder(chosen),
        "enrolment_root": str(folder / ROOT_FILE) if not os.environ.get(ROOT_VARIABLE) else ROOT_VARIABLE,
        "version": root.version,
        "epoch": root.epoch,
        "issued_at": time_text(root.issued_at),
        "roles": {name: _role(ring, root.roles[name].threshold, root.keys_of(name)) for name in ROLES},
    }


def _role(ring: KeyRing, threshold: int, keys: Mapping[str, Any]) -> dict[str, Any]:
    mine = {one.public.keyid for one in ring.signers}
    return {
        "threshold": threshold,
        "keys": [
            {"id": keyid, "public": key.raw.hex(), "at_hand": keyid in mine} for keyid, key in sorted(keys.items())
        ],
    }
