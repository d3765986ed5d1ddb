"""Identifiers, keys and envelopes against published vectors."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.protocol import canonical, dsse
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.identifiers import ulid, uuid7
from promo_cli.protocol.keys import PublicKey, Signer, signer_from_pem, signer_to_pem

RFC8032_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC8032_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
RFC8032_EMPTY_SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


def test_uuid7_is_the_example_of_its_rfc() -> None:
    """RFC 9562, appendix A.6."""
    noise = (0xCC3 << 68) | 0x18C4DC0C0C07398F
    at = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert uuid7(at, noise.to_bytes(10)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ulid_is_the_example_of_its_specification() -> None:
    """github.com/ulid/spec: 01ARZ3NDEKTSV4RRFFQ69G5FAV has this time and this randomness."""
    at = datetime.fromtimestamp(1469922850.259, tz=UTC)
    assert ulid(at, bytes.fromhex("d6764c61efb99302bd5b")) == "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 -- made UTC below
    st.timedeltas(timedelta(milliseconds=2), timedelta(days=9)),
    st.binary(min_size=10, max_size=10),
    st.binary(min_size=10, max_size=10),
)
def test_identifiers_sort_by_time(at: datetime, later: timedelta, one: bytes, other: bytes) -> None:
    """Whatever the random part, the later identifier is the greater text."""
    at = at.replace(tzinfo=UTC)
    assert ulid(at, one) < ulid(at + later, other)
    assert uuid7(at, one) < uuid7(at + later, other)
    assert uuid.UUID(uuid7(at, one)).version == 7
    assert uuid.UUID(uuid7(at, one)).variant == uuid.RFC_4122


def test_a_local_time_or_the_wrong_amount_of_randomness_makes_no_identifier() -> None:
    """A store-local time names no moment."""
    with pytest.raises(ValueError, match="offset"):
        ulid(datetime(2026, 2, 7), bytes(10))  # noqa: DTZ001 -- the very mistake
    with pytest.raises(ValueError, match="10 random bytes"):
        uuid7(datetime(2026, 2, 7, tzinfo=UTC), bytes(9))


def test_keys_sign_as_their_rfc_says() -> None:
    """RFC 8032 §7.1, test 1."""
    signer = Signer(RFC8032_SEED)
    assert signer.public == PublicKey(RFC8032_PUBLIC)
    assert signer.sign(b"") == RFC8032_EMPTY_SIGNATURE
    assert signer.public.verifies(RFC8032_EMPTY_SIGNATURE, b"")
    assert not signer.public.verifies(RFC8032_EMPTY_SIGNATURE, b"x")
    assert not signer.public.verifies(b"short", b"")


def test_a_private_key_survives_pem_and_is_never_shown() -> None:
    """PKCS #8 in and out; repr tells nothing."""
    signer = Signer(RFC8032_SEED)
    assert signer_from_pem(signer_to_pem(signer)) == signer
    assert signer_to_pem(signer).startswith(b"-----BEGIN PRIVATE KEY-----")
    assert RFC8032_SEED.hex() not in repr(signer)
    assert str(list(RFC8032_SEED)) not in repr(signer)


@pytest.mark.parametrize("data", [b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_refused_in_words(data: bytes) -> None:
    """No traceback of the cryptography library reaches a user."""
    with pytest.raises(DocumentError, match="Ed25519"):
        signer_from_pem(data)


def test_the_signed_bytes_are_those_of_dsse() -> None:
    """The example of DSSE's protocol.md; lengths count bytes, not characters."""
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == expected
    assert dsse.pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_an_envelope_gives_back_its_payload_and_its_signers() -> None:
    """Signing and verifying fit together; a key that did not sign does not count."""
    signers = [Signer(bytes([n]) * 32) for n in (1, 2, 3)]
    envelope = dsse.open_envelope(dsse.sign("text/plain", b"hello", signers[:2]))
    assert (envelope.payload_type, envelope.payload) == ("text/plain", b"hello")
    keys = {signer.public.keyid: signer.public for signer in signers}
    assert dsse.valid_signers(envelope, keys) == {signer.public.keyid for signer in signers[:2]}


def test_an_id_that_is_not_the_keys_own_counts_for_nothing() -> None:
    """A signature is looked up by the id it claims, and checked with that key."""
    good, other = Signer(bytes([1]) * 32), Signer(bytes([2]) * 32)
    data = dsse.sign("text/plain", b"hello", [other]).replace(other.public.keyid.encode(), good.public.keyid.encode())
    assert dsse.valid_signers(dsse.open_envelope(data), {good.public.keyid: good.public}) == frozenset()


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "not base64!"},
        {"payload": None},
        {"payloadType": 7},
        {"signatures": {}},
        {"signatures": [{"keyid": "x"}]},
        {"signatures": [{"keyid": "x", "sig": "AAAA"}] * 17},
    ],
)
def test_a_malformed_envelope_is_refused(change: dict[str, object]) -> None:
    """Wrong types, missing fields, too many signatures: one kind of error."""
    good = canonical.loads(dsse.sign("text/plain", b"hello", [Signer(bytes(32))]))
    with pytest.raises(DocumentError):
        dsse.open_envelope(canonical.dumps({**good, **change}))
