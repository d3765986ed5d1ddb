"""DSSE v1 envelopes: the bytes that are signed, signing them, and counting valid signatures.

Source: github.com/secure-systems-lab/dsse, protocol.md and envelope.md. The payload is verified before it is parsed,
and its type is signed with it, so that a signed root can never pass for a signed HEAD.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, Fields
from promo_cli.protocol.keys import PublicKey, Signer
from promo_cli.protocol.limits import LIMITS


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, and the id of the key that claims to have made it."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its type and signatures, none of them checked yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding: ``DSSEv1 LEN(type) type LEN(body) body`` (protocol.md)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, signers: Sequence[Signer]) -> bytes:
    """Return the bytes of an envelope signed by every signer."""
    message = pae(payload_type, payload)
    return canonical.dumps(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type,
            "signatures": [
                {"keyid": signer.public.keyid, "sig": base64.b64encode(signer.sign(message)).decode()}
                for signer in sorted(signers, key=lambda signer: signer.public.keyid)
            ],
        }
    )


def open_envelope(data: bytes) -> Envelope:
    """Read an envelope without trusting it; raises DocumentError."""
    try:
        fields = Fields(canonical.loads(data), "envelope")
    except canonical.CanonicalError as error:
        raise DocumentError(f"envelope: {error}") from None
    return Envelope(
        payload_type=fields.text("payloadType"),
        payload=_decoded(fields, "payload"),
        signatures=tuple(
            Signature(keyid=one.text("keyid"), sig=_decoded(one, "sig"))
            for one in fields.objects("signatures", most=LIMITS.signatures)
        ),
    )


def valid_signers(envelope: Envelope, keys: Mapping[str, PublicKey]) -> frozenset[str]:
    """Return the ids of the given keys that signed this payload; each counts once (TUF specification §5, threshold)."""
    message = pae(envelope.payload_type, envelope.payload)
    return frozenset(
        signature.keyid
        for signature in envelope.signatures
        if signature.keyid in keys and keys[signature.keyid].verifies(signature.sig, message)
    )


def _decoded(fields: Fields, key: str) -> bytes:
    try:
        return base64.b64decode(fields.text(key), validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError(f"envelope.{key}: expected base64") from None
