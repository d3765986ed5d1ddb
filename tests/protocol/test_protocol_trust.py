"""The trust decision alone: bytes in, decision out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from promo_cli.protocol import dsse, head, root, trust
from promo_cli.protocol.head import Head
from promo_cli.protocol.keys import Role
from promo_cli.protocol.layout import HEAD, release_key
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.trust import Reason, Refused, TrustedState
from tests.protocol.repository import HEAD_A, HEAD_B, ROOT_A, ROOT_B, STRANGER, Repository, make_bundle


@pytest.fixture
def repo() -> Repository:
    """A bucket with one release."""
    repo = Repository()
    repo.publish({"s1": make_bundle("A"), "s2": make_bundle("B")})
    return repo


def _enrolled(repo: Repository) -> TrustedState:
    return trust.enrol(repo.root_bytes, "production")


def _current(repo: Repository) -> Head:
    assert repo.head is not None
    return repo.head


def _head_bytes(repo: Repository) -> bytes:
    return repo.storage.objects[HEAD]


def _refused(reason: Reason, call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.reason is reason
    return str(caught.value)


def test_a_good_head_is_accepted_with_its_release_shard_and_bundle(repo: Repository) -> None:
    """The whole chain from the root to a store's bundle holds."""
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    assert state.head == repo.head
    release = trust.accept_release(_current(repo), repo.storage.objects[_current(repo).release.key])
    shard = trust.shard_of(release, "s1")
    entry = trust.entry_of(trust.accept_shard(shard, repo.storage.objects[shard.key]), "s1")
    assert trust.accept_bundle(entry.bundle, repo.storage.objects[entry.bundle.key]) == make_bundle("A")


def test_a_head_over_its_limit_is_refused_before_it_is_read(repo: Repository) -> None:
    """The size cap is inclusive, and comes first."""
    padded = _head_bytes(repo) + b" " * (LIMITS.head_bytes - len(_head_bytes(repo)))
    assert trust.accept_head(_enrolled(repo), padded).head == repo.head
    _refused(Reason.TOO_LARGE, lambda: trust.accept_head(_enrolled(repo), padded + b" "))


@pytest.mark.parametrize("cut", [0, 1, 10, 100, -1])
def test_a_truncated_head_is_refused(repo: Repository, cut: int) -> None:
    """Half an envelope is no envelope."""
    _refused(Reason.MALFORMED, lambda: trust.accept_head(_enrolled(repo), _head_bytes(repo)[:cut]))


def test_every_changed_byte_of_a_head_is_noticed(repo: Repository) -> None:
    """No byte of the envelope can be changed into another HEAD that is believed."""
    data, state = _head_bytes(repo), _enrolled(repo)
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            accepted = trust.accept_head(state, changed)
        except Refused:
            continue
        assert accepted.head == repo.head, "only a change without effect may pass"


def test_a_head_signed_by_a_stranger_is_refused(repo: Repository) -> None:
    """A valid signature of a key the root does not name counts for nothing."""
    repo.head_signers = (STRANGER, ROOT_A)
    repo.publish_head(_current(repo))
    _refused(Reason.SIGNATURE, lambda: trust.accept_head(_enrolled(repo), _head_bytes(repo)))


def test_one_key_signing_twice_does_not_reach_a_threshold_of_two() -> None:
    """Signatures are counted by key."""
    repo = Repository()
    keys = {signer.public.keyid: signer.public for signer in (ROOT_A, HEAD_A, HEAD_B)}
    both = frozenset({HEAD_A.public.keyid, HEAD_B.public.keyid})
    repo.root = replace(repo.root, keys=keys, roles={**repo.root.roles, "head": Role(both, 2)})
    repo.publish_root()
    repo.head_signers = (HEAD_A, HEAD_A)
    repo.publish({"s1": make_bundle("A")})
    _refused(Reason.SIGNATURE, lambda: trust.accept_head(_enrolled(repo), _head_bytes(repo)))
    repo.head_signers = (HEAD_A, HEAD_B)
    repo.publish_head(_current(repo))
    assert trust.accept_head(_enrolled(repo), _head_bytes(repo)).head == repo.head


def test_a_signed_root_does_not_pass_for_a_head(repo: Repository) -> None:
    """The payload's type is signed with it (DSSE)."""
    both = dsse.sign(root.PAYLOAD_TYPE, head.encode(_current(repo)), [HEAD_A])
    _refused(Reason.MALFORMED, lambda: trust.accept_head(_enrolled(repo), both))
    relabelled = both.replace(root.PAYLOAD_TYPE.encode(), head.PAYLOAD_TYPE.encode())
    _refused(Reason.SIGNATURE, lambda: trust.accept_head(_enrolled(repo), relabelled))


def test_a_head_of_another_environment_is_refused(repo: Repository) -> None:
    """Staging signed with the same keys is still not production."""
    repo.publish_head(replace(_current(repo), env="staging"))
    _refused(Reason.ENVIRONMENT, lambda: trust.accept_head(_enrolled(repo), _head_bytes(repo)))


def test_an_older_revision_is_refused_and_the_same_one_is_not(repo: Repository) -> None:
    """A rollback by the bucket is noticed; asking twice is not a rollback."""
    first = _head_bytes(repo)
    repo.publish({"s1": make_bundle("C")})
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    assert trust.accept_head(state, _head_bytes(repo)) == state
    _refused(Reason.ROLLBACK, lambda: trust.accept_head(state, first))


def test_a_higher_revision_cannot_name_an_older_release(repo: Repository) -> None:
    """Releases only go forward; a rollback of content is a new release."""
    old = _current(repo)
    newer = repo.publish({"s1": make_bundle("C")})
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    repo.publish_head(replace(newer, rev=newer.rev + 1, seq=old.seq, release=old.release))
    _refused(Reason.ROLLBACK, lambda: trust.accept_head(state, _head_bytes(repo)))


def test_two_heads_with_one_revision_are_an_alarm(repo: Repository) -> None:
    """Equal rev with another payload means that somebody signs two histories."""
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    repo.publish_head(replace(_current(repo), revoked=("a",)))
    _refused(Reason.EQUIVOCATION, lambda: trust.accept_head(state, _head_bytes(repo)))


def test_another_signature_on_the_same_head_is_no_alarm(repo: Repository) -> None:
    """What counts is the payload: a rotation adds signatures to the HEAD there is."""
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    repo.head_signers = (HEAD_A, HEAD_B)
    repo.publish_head(_current(repo))
    assert trust.accept_head(state, _head_bytes(repo)).head == repo.head


def test_two_releases_with_one_number_are_an_alarm(repo: Repository) -> None:
    """A higher rev cannot name another release under the same seq."""
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    first = _current(repo)
    other = Repository()
    forged = other.publish({"s1": make_bundle("EVIL")})
    repo.publish_head(replace(forged, rev=first.rev + 1))
    _refused(Reason.EQUIVOCATION, lambda: trust.accept_head(state, _head_bytes(repo)))


def test_a_root_is_replaced_when_old_and_new_keys_sign(repo: Repository) -> None:
    """Rotation: n to n+1, signed by the threshold of both."""
    repo.rotate((ROOT_B,), (HEAD_B,), signed_by=(ROOT_A, ROOT_B))
    state = trust.accept_root(_enrolled(repo), repo.storage.objects["root/2.json"])
    assert state.root.version == 2
    repo.publish({"s1": make_bundle("C")})
    assert trust.accept_head(state, _head_bytes(repo)).head == repo.head


@pytest.mark.parametrize("signed_by", [(ROOT_A,), (ROOT_B,), (STRANGER,), (HEAD_A, HEAD_B)])
def test_a_root_signed_by_one_side_only_is_refused(repo: Repository, signed_by: tuple[object, ...]) -> None:
    """Neither the old keys alone nor the new ones alone make a root."""
    repo.rotate((ROOT_B,), (HEAD_B,), signed_by=signed_by)  # type: ignore[arg-type]
    _refused(Reason.SIGNATURE, lambda: trust.accept_root(_enrolled(repo), repo.storage.objects["root/2.json"]))


def test_a_root_cannot_be_skipped_or_lower_the_epoch_or_change_environment(repo: Repository) -> None:
    """The walk is n to n+1, within one environment, epochs never falling."""
    state = _enrolled(repo)
    for wrong, reason in (
        ({"version": 3}, Reason.ROOT),
        ({"version": 1}, Reason.ROOT),
        ({"version": 2, "epoch": 1, "env": "staging"}, Reason.ENVIRONMENT),
    ):
        data = dsse.sign(root.PAYLOAD_TYPE, root.encode(replace(state.root, **wrong)), [ROOT_A])
        _refused(reason, lambda data=data: trust.accept_root(state, data))
    repo.rotate((ROOT_A,), (HEAD_A,), signed_by=(ROOT_A,), epoch=5)
    later = trust.accept_root(state, repo.storage.objects["root/2.json"])
    back = dsse.sign(root.PAYLOAD_TYPE, root.encode(replace(later.root, version=3, epoch=4)), [ROOT_A])
    _refused(Reason.EPOCH, lambda: trust.accept_root(later, back))


def test_a_head_of_an_older_root_is_refused_after_the_rotation(repo: Repository) -> None:
    """A stolen old head key is worth nothing once the till has walked on."""
    old = _current(repo)
    repo.rotate((ROOT_A,), (HEAD_B,), signed_by=(ROOT_A,))
    state = trust.accept_root(_enrolled(repo), repo.storage.objects["root/2.json"])
    repo.head_signers = (HEAD_A,)
    repo.publish_head(replace(old, rev=old.rev + 1))
    _refused(Reason.SIGNATURE, lambda: trust.accept_head(state, _head_bytes(repo)))
    repo.head_signers = (HEAD_B,)
    repo.publish_head(replace(old, rev=old.rev + 1))
    _refused(Reason.ROLLBACK, lambda: trust.accept_head(state, _head_bytes(repo)))


def test_a_new_epoch_recovers_from_a_revision_no_one_can_top(repo: Repository) -> None:
    """Fast-forward: the thief's rev of 2^53-1 is left behind by an epoch that only the root role can raise."""
    thief = replace(_current(repo), rev=2**53 - 1)
    repo.publish_head(thief)
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    repo.publish_head(replace(thief, epoch=2, rev=1))
    _refused(Reason.EPOCH, lambda: trust.accept_head(state, _head_bytes(repo)))
    repo.rotate((ROOT_A,), (HEAD_B,), signed_by=(ROOT_A,), epoch=2)
    state = trust.accept_root(state, repo.storage.objects["root/2.json"])
    repo.publish_head(replace(thief, epoch=2, rev=1, root_version=2))
    assert trust.accept_head(state, _head_bytes(repo)).head == repo.head


def test_a_stranger_cannot_enrol_a_till(repo: Repository) -> None:
    """The first root must be signed by its own root keys, and be for the till's environment."""
    unsigned = dsse.sign(root.PAYLOAD_TYPE, root.encode(repo.root), [STRANGER])
    _refused(Reason.SIGNATURE, lambda: trust.enrol(unsigned, "production"))
    _refused(Reason.ENVIRONMENT, lambda: trust.enrol(repo.root_bytes, "staging"))


def test_a_refusal_changes_nothing(repo: Repository) -> None:
    """Trusted state is a value: a refused step leaves the one before in force."""
    state = trust.accept_head(_enrolled(repo), _head_bytes(repo))
    before = (state.root, state.head, state.head_envelope)
    repo.publish_head(replace(_current(repo), env="staging", rev=9))
    _refused(Reason.ENVIRONMENT, lambda: trust.accept_head(state, _head_bytes(repo)))
    assert (state.root, state.head, state.head_envelope) == before


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"schema_version": 2, "requires": []}, Reason.SCHEMA),
        ({"schema_version": "1", "requires": []}, Reason.SCHEMA),
        ({"schema_version": 1, "requires": ["teleport"]}, Reason.REQUIRES),
        ({"schema_version": 1, "requires": [{}]}, Reason.REQUIRES),
        ({"schema_version": 1, "requires": "x"}, Reason.MALFORMED),
        ({"schema_version": 1}, Reason.MALFORMED),
    ],
)
def test_a_bundle_this_client_cannot_read_is_refused(
    repo: Repository, header: dict[str, object], reason: Reason
) -> None:
    """The hash proves that the bytes are genuine; the header says whether we understand them."""
    data = make_bundle("A", header=header)
    blob = repo.put_blob(data)
    _refused(reason, lambda: trust.accept_bundle(blob, data))


def test_bytes_that_do_not_hash_to_what_was_named_are_refused(repo: Repository) -> None:
    """Mix-and-match: every object is held to the hash in the object before it."""
    head_now = _current(repo)
    data = repo.storage.objects[head_now.release.key]
    release = trust.accept_release(head_now, data)
    shard = trust.shard_of(release, "s1")
    shard_data = repo.storage.objects[shard.key]
    blob = trust.accept_shard(shard, shard_data)["s1"].bundle
    for call in (
        lambda: trust.accept_release(head_now, data[:-1]),
        lambda: trust.accept_release(head_now, data + b" "),
        lambda: trust.accept_shard(shard, shard_data.replace(b"s1", b"sX")),
        lambda: trust.accept_bundle(blob, make_bundle("B")),
        lambda: trust.accept_blob(blob, b"", "counters"),
    ):
        _refused(Reason.HASH, call)


def test_a_release_under_another_number_than_heads_is_refused(repo: Repository) -> None:
    """HEAD and release have to agree on the number, whatever the hashes say."""
    first = _current(repo)
    ref = replace(first.release, key=release_key(2, first.release.sha256))
    renumbered = repo.publish_head(replace(first, rev=2, seq=2, release=ref))
    data = repo.storage.objects[first.release.key]
    assert "found release 1" in _refused(Reason.HASH, lambda: trust.accept_release(renumbered, data))


def test_a_size_that_was_lied_about_is_refused_although_the_hash_is_right(repo: Repository) -> None:
    """Readers allocate by the size, so it is part of what is believed."""
    data = make_bundle("A")
    blob = replace(repo.put_blob(data), size=len(data) + 1)
    _refused(Reason.HASH, lambda: trust.accept_bundle(blob, data))
