"""The identity of a workspace's sources."""

from __future__ import annotations

import hashlib

from promo_cli.workspace import Workspace


def inputs_sha256(workspace: Workspace) -> str:
    """Return the hash over every source file's path and content, which equal inputs share in any folder."""
    digest = hashlib.sha256()
    for path, data in sorted(workspace.sources.texts.items()):
        digest.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return digest.hexdigest()
