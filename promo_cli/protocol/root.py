"""The root document: which keys may sign what. ``root/<n>.json``, immutable, one version after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import format_of, read_document, time_text
from promo_cli.protocol.keys import ROLES, PublicKey, Role, parse_keys, parse_roles

PAYLOAD_TYPE = "application/vnd.promo.root+json"


@dataclass(frozen=True, slots=True)
class Root:
    """Keys and thresholds of one environment."""

    env: str
    version: int
    """From 1, without gaps."""
    epoch: int
    """HEAD must name this epoch. Raised to recover from a stolen head key: revisions start over in a new epoch."""
    issued_at: datetime
    keys: Mapping[str, PublicKey]
    roles: Mapping[str, Role]

    def keys_of(self, role: str) -> dict[str, PublicKey]:
        """Return the keys that may sign for a role, by id."""
        return {keyid: self.keys[keyid] for keyid in self.roles[role].keyids}


def parse(data: bytes) -> Root:
    """Read a root's payload; raises DocumentError."""
    fields = read_document(data, "root")
    keys = parse_keys(fields.mapping("keys"))
    return Root(
        env=fields.text("env"),
        version=fields.integer("version", least=1),
        epoch=fields.integer("epoch", least=1),
        issued_at=fields.time("issued_at"),
        keys=keys,
        roles=parse_roles(fields.object("roles"), keys),
    )


def encode(root: Root) -> bytes:
    """Return the payload's canonical bytes."""
    return canonical.dumps(
        {
            "format": format_of("root"),
            "env": root.env,
            "version": root.version,
            "epoch": root.epoch,
            "issued_at": time_text(root.issued_at),
            "keys": {keyid: key.encode() for keyid, key in root.keys.items()},
            "roles": {
                name: {"keyids": sorted(root.roles[name].keyids), "threshold": root.roles[name].threshold}
                for name in ROLES
            },
        }
    )
