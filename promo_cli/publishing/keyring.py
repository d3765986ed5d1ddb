"""The keys a publisher signs with, and the root it trusts: a folder outside the bucket.

``root.json`` is a root of the environment, the same that tills are enrolled with; newer roots are found in the bucket
by walking from it, so it never has to change. ``*.pem`` are private keys (mode 0600). A job that has no folder takes
both from the environment: PROMO_ROOT holds the root's text, PROMO_HEAD_KEY one or more private keys in PEM.

For folder targets a development root is made on first use; its root key lies beside its head key, which no real chain
should accept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.protocol import trust
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.keys import Role, Signer, signer_from_pem
from promo_cli.protocol.root import Root
from promo_cli.protocol.trust import Refused, TrustedState
from promo_cli.publishing import codes
from promo_cli.publishing.keymaking import ROOT_FILE, make_folder

ROOT_VARIABLE = "PROMO_ROOT"
KEY_VARIABLE = "PROMO_HEAD_KEY"
_PEM = re.compile(rb"-----BEGIN [^-]+-----.*?-----END [^-]+-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The trusted root of one environment, and the private keys at hand."""

    trusted: TrustedState
    signers: tuple[Signer, ...]
    notice: str | None = None
    """What to tell the user each time, because these keys protect little."""

    def signers_of(self, name: str, role: Role, what: str) -> list[Signer]:
        """Return every key at hand of a role; raises Failure when they do not reach its threshold."""
        found = {one.public.keyid: one for one in self.signers if one.public.keyid in role.keyids}
        if len(found) < role.threshold:
            message = f"{what} takes {role.threshold} {name} keys, found {len(found)}"
            wanted = ", ".join(sorted(keyid[:12] for keyid in role.keyids))
            raise Failure([codes.NO_KEYS.at(None, message, help=f"provide keys with the ids {wanted}")], exit_code=2)
        return list(found.values())

    def head_signers(self, current: Root) -> list[Signer]:
        """Return the keys that sign HEAD under a root: all there are, so that a new and an old one overlap."""
        return self.signers_of("head", current.roles["head"], f"signing HEAD of {current.env}")


def open_keys(
    folder: Path,
    env: str,
    now: datetime,
    *,
    development: bool,
    given: Mapping[str, str] | None = None,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> KeyRing:
    """Read an environment's keys; with ``development``, make them on first use.

    ``given`` are environment variables. Raises Failure when there is no root, or something is damaged.
    """
    given = given or {}
    stated_root = given.get(ROOT_VARIABLE, "").encode()
    if not stated_root and not (folder / ROOT_FILE).exists():
        if not development:
            message = f"there is no root for {env} in {folder}"
            advice = f"run `promo key init --env {env}`, or put the environment's root.json in {folder}"
            raise Failure([codes.NO_KEYS.at(None, message, help=advice)], exit_code=2)
        make_folder(folder, env, now, random_bytes)
    where = ROOT_VARIABLE if stated_root else str(folder)
    try:
        trusted = trust.enrol(stated_root or (folder / ROOT_FILE).read_bytes(), env)
        signers = [signer_from_pem(path.read_bytes()) for path in sorted(folder.glob("*.pem"))]
        where = KEY_VARIABLE
        signers += signers_in(given.get(KEY_VARIABLE, ""))
    except (DocumentError, Refused, OSError) as error:
        raise Failure([codes.BAD_KEY.at(None, f"{where}: {error}")], exit_code=2) from error
    notice = f"signed with the development root of {env} in {folder}; not for a real chain" if development else None
    return KeyRing(trusted, tuple(signers), notice)


def signers_in(text: str) -> list[Signer]:
    """Read every private key of a PEM text; raises DocumentError for one that is none, or for other text."""
    data = text.strip().encode()
    return [signer_from_pem(pem + b"\n") for pem in _PEM.findall(data) or ([data] if data else [])]
