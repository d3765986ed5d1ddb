"""What every operation on an environment begins with: its storage, its keys, and a person's consent."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from promo_cli.diagnostics import Failure, Location
from promo_cli.model.settings import Environment
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.protocol.identifiers import RANDOM_BYTES, ulid
from promo_cli.protocol.trust import TrustedState
from promo_cli.publishing import KeyRing, Writer, open_keys
from promo_cli.publishing.keymaking import ROOT_FILE
from promo_cli.publishing.keyring import ROOT_VARIABLE
from promo_cli.workspace import Workspace

Confirm = Callable[[str], bool]
"""Asks a person a yes-or-no question; false where nobody can answer."""


def is_folder(chosen: Environment) -> bool:
    """Tell whether an environment is a folder of one's own, whose development root is trusted."""
    return "://" not in chosen.target


def key_folder(root: Path, env: str) -> Path:
    """Return where an environment's keys are: the folder PROMO_KEYS names, or its folder <env>; else out/keys/<env>."""
    if not os.environ.get("PROMO_KEYS"):
        return root / "out" / "keys" / env
    folder = Path(os.environ["PROMO_KEYS"])
    return folder / env if (folder / env / ROOT_FILE).exists() else folder


def cache_folder(workspace: Workspace, env: str) -> Path:
    """Return where the live release of an environment is remembered; it may be deleted at any time."""
    return workspace.root / "out" / "cache" / env


def keys_of(root: Path, env: str, chosen: Environment, now: dt.datetime) -> KeyRing:
    """Open an environment's keys; a folder target gets a development root on first use.

    Raises Failure (exit 2) where there is no root.
    """
    return open_keys(key_folder(root, env), env, now, development=is_folder(chosen), given=os.environ)


def trusted_of(workspace: Workspace, env: str, now: dt.datetime) -> TrustedState | None:
    """Return what to check an environment's HEAD with, for commands that only look: no keys are made.

    None for a folder that nothing was published to. Raises Failure (exit 2) where there is no root.
    """
    chosen = environment(workspace, env)
    stated = os.environ.get(ROOT_VARIABLE) or (key_folder(workspace.root, env) / ROOT_FILE).exists()
    if is_folder(chosen) and not stated:
        return None
    return keys_of(workspace.root, env, chosen, now).trusted


def trusted_elsewhere(workspace: Workspace, env: str, now: dt.datetime) -> TrustedState | None:
    """As `trusted_of`, of an environment beside the one acted on: PROMO_ROOT is the other's where it has a folder."""
    chosen, folder = environment(workspace, env), key_folder(workspace.root, env)
    if (folder / ROOT_FILE).exists():
        return open_keys(folder, env, now, development=is_folder(chosen)).trusted
    return trusted_of(workspace, env, now)


def writer_for(workspace: Workspace, env: str, now: dt.datetime) -> Writer:
    """Open an environment for a change. Raises Failure (exit 2)."""
    return Writer(
        storage=storage_of(workspace, env),
        env=env,
        keys=keys_of(workspace.root, env, environment(workspace, env), now),
        now=now,
        publish_id=ulid(now, os.urandom(RANDOM_BYTES)),
    )


def consent(env: str, chosen: Environment, what: str, confirm: Confirm) -> None:
    """Have a person confirm a change of a protected environment; raises Failure (exit 2) where nobody does."""
    if chosen.protected and not confirm(f"{what} in {env}, which is protected ({chosen.target})?"):
        place = Location("promo.yaml", pointer=f"/environments/{env}/protected")
        raise Failure([codes.PROTECTED.at(place, f"{env} is protected", help="pass --yes to change it")], 2)
