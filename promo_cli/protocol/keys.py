"""Ed25519 keys (RFC 8032), their ids, and the roles that a root gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, Fields

ROLES = ("head", "root")
"""``root`` keys are kept offline and change the keys; ``head`` keys are used by CI and sign HEAD."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: 32 bytes."""

    raw: bytes

    @property
    def keyid(self) -> str:
        """The SHA-256 of the key's canonical JSON (TUF specification §4.2): nobody can choose another key's id."""
        return hashlib.sha256(canonical.dumps(self.encode())).hexdigest()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Tell whether this key made the signature over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def encode(self) -> dict[str, object]:
        """Return the key as TUF writes it."""
        return {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": self.raw.hex()}}


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key: a seed of 32 bytes, never shown."""

    seed: bytes

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return PublicKey(self._key().public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def signer_to_pem(signer: Signer) -> bytes:
    """Write a private key as unencrypted PKCS #8 PEM (RFC 8410), which other tools read."""
    return Ed25519PrivateKey.from_private_bytes(signer.seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def signer_from_pem(data: bytes) -> Signer:
    """Read an unencrypted Ed25519 private key; raises DocumentError."""
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise DocumentError("expected an unencrypted Ed25519 private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise DocumentError(f"expected an Ed25519 private key, found {type(key).__name__}")
    return Signer(key.private_bytes_raw())


@dataclass(frozen=True, slots=True)
class Role:
    """Which keys may sign for a role, and how many of them have to."""

    keyids: frozenset[str]
    threshold: int


def parse_keys(mapping: Mapping[str, object]) -> dict[str, PublicKey]:
    """Read a root's keys by id; an id that is not its key's hash is refused."""
    keys = {}
    for keyid, value in mapping.items():
        fields = Fields(value, f"root.keys.{keyid[:12]}")
        fields.one_of("keytype", ("ed25519",))
        fields.one_of("scheme", ("ed25519",))
        try:
            key = PublicKey(bytes.fromhex(fields.object("keyval").sha256("public")))  # 32 bytes in hex, like a hash
        except DocumentError:
            raise DocumentError(f"root.keys.{keyid[:12]}: expected a public key of 64 hex digits") from None
        if key.keyid != keyid:
            raise DocumentError(f"root.keys: expected the id {key.keyid} for this key, found {keyid}")
        keys[keyid] = key
    return keys


def parse_roles(roles: Fields, keys: Mapping[str, PublicKey]) -> dict[str, Role]:
    """Read a root's roles; every role needs at least as many known keys as its threshold."""
    found = {}
    for name in ROLES:
        fields = roles.object(name)
        role = Role(frozenset(fields.texts("keyids")), fields.integer("threshold", least=1))
        if unknown := role.keyids - keys.keys():
            raise DocumentError(f"root.roles.{name}: no key for the id {min(unknown)}")
        if len(role.keyids) < role.threshold:
            raise DocumentError(f"root.roles.{name}: {len(role.keyids)} keys cannot reach threshold {role.threshold}")
        found[name] = role
    return found
