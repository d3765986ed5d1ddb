"""The secret that turns phone numbers into keyed hashes before they are stored.

Equal numbers must give equal hashes on every machine that ingests, or customers would be counted twice; so a real
environment hands the secret in, and only a folder of one's own makes one up.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.pipeline import codes

VARIABLE = "PROMO_HMAC_KEY"
_BYTES = 32


def hmac_key(root: Path, env: str, *, own_folder: bool) -> bytes:
    """Return the environment's secret: PROMO_HMAC_KEY (64 hex digits), else out/keys/<env>/hmac.key.

    With `own_folder` the file is made on first use. Raises Failure (exit 2) for a missing or misshapen secret.
    """
    path = root / "out" / "keys" / env / "hmac.key"
    text = os.environ.get(VARIABLE, "")
    if not text and path.is_file():
        text = path.read_text(encoding="ascii", errors="replace").strip()
    if not text and own_folder:
        text = secrets.token_hex(_BYTES)
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        found = "something else" if text else "nothing"
        help_text = f"set {VARIABLE} to the secret of {env}; `openssl rand -hex {_BYTES}` makes a new one, once"
        message = f"expected {2 * _BYTES} hex digits in {VARIABLE} or {path}, found {found}"
        raise Failure([codes.NO_SECRET.at(None, message, help=help_text)], exit_code=2)
    return key
