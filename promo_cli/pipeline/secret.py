"""The secret that turns phone numbers into keyed hashes before they are stored.

Equal numbers must give equal hashes on every machine that ingests, or customers would be counted twice; so a real
environment hands the secret in, and only a folder of one's own makes one up.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.pipeline import codes

VARIABLE = "PROMO_HMAC_KEY"
_BYTES = 32


def hmac_key(root: Path, env: str, *, own_folder: bool) -> bytes:
    """Return the environment's secret: PROMO_HMAC_KEY (64 hex digits), else out/keys/<env>/hmac.key.

    With `own_folder` the file is made on first use. Raises Failure (exit 2) for a missing or misshapen secret.
    """
    path = _file(root, env)
    text, source = _found(path)
    if not text and own_folder:
        text = secrets.token_hex(_BYTES)
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
    key = _read(text)
    if key is None:
        found = f"something else in {source}" if text else "nothing"
        help_text = f"set {VARIABLE} to the secret of {env}; `openssl rand -hex {_BYTES}` makes a new one, once"
        message = f"expected {2 * _BYTES} hex digits in {VARIABLE} or {path}, found {found}"
        raise Failure([codes.NO_SECRET.at(None, message, help=help_text)], exit_code=2)
    return key


@dataclass(frozen=True, slots=True)
class Secret:
    """Where an environment's secret comes from, and its name: 16 hex digits that tombstones carry. None: there is none.

    A secret that is there and no 64 hex digits has no `key_id`.
    """

    source: str
    key_id: str | None


def secret_in_use(root: Path, env: str) -> Secret | None:
    """Look for the environment's secret, and make none."""
    text, source = _found(_file(root, env))
    if not text:
        return None
    key = _read(text)
    return Secret(source, None if key is None else hmac.new(key, b"key\0", sha256).hexdigest()[:16])


def _file(root: Path, env: str) -> Path:
    return root / "out" / "keys" / env / "hmac.key"


def _found(path: Path) -> tuple[str, str]:
    if text := os.environ.get(VARIABLE, ""):
        return text, f"environment variable {VARIABLE}"
    return (path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else ""), str(path)


def _read(text: str) -> bytes | None:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == _BYTES else None
