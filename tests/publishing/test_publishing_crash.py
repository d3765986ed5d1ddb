"""Publishing that dies, loses answers or meets another publisher, at every request in turn."""

import threading
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol.layout import HEAD
from promo_cli.publishing import KeyRing, Published
from promo_cli.storage import Found, OutcomeUnknown, PreconditionFailed, Storage, StorageUnavailable, open_storage
from tests.protocol.repository import make_bundle
from tests.publishing.harness import Crashed, Watched, keys_in, put, seen_by_tills

OLD = {"s1": make_bundle("A"), "s2": make_bundle("B"), "s3": make_bundle("C")}
NEW = {"s1": make_bundle("A"), "s2": make_bundle("B", "X"), "s3": make_bundle("Y")}


def _fresh(folder: Path, first: bool) -> tuple[Storage, KeyRing]:
    storage, keys = open_storage("bucket", base=folder), keys_in(folder)
    if not first:
        put(storage, keys, OLD)
    return storage, keys


def _requests(folder: Path, first: bool) -> int:
    storage, keys = _fresh(folder / "count", first)
    watched = Watched(storage)
    put(watched, keys, NEW)
    return len(watched.requests)


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_request_leaves_a_whole_release_and_running_again_is_safe(
    tmp_path: Path, first: bool, when: str
) -> None:
    """After each crash HEAD resolves fully, to the old or the new content; the next run leads to the new."""
    before_crash = {} if first else OLD
    for nth in range(1, _requests(tmp_path, first) + 1):
        storage, keys = _fresh(tmp_path / f"{nth}", first)

        def die(number: int, name: str, key: str, nth: int = nth) -> None:
            if number >= nth:  # a dead process sends nothing more, from no thread
                raise Crashed

        with pytest.raises(Crashed):
            put(Watched(storage, **{when: die}), keys, NEW)
        assert seen_by_tills(storage, keys, before_crash or NEW) in (before_crash, NEW), f"crash {when} request {nth}"
        put(storage, keys, NEW)
        assert seen_by_tills(storage, keys, NEW) == NEW, f"again after a crash {when} request {nth}"
        assert put(storage, keys, NEW).outcome == "nothing-to-publish"


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not-stored"])
@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
def test_a_lost_answer_to_any_write_is_settled_within_the_same_run(tmp_path: Path, stored: bool, first: bool) -> None:
    """Whether the write happened or not, the publisher finds out and reports success."""
    for nth in range(1, _requests(tmp_path, first) + 1):
        storage, keys = _fresh(tmp_path / f"{nth}", first)

        def lose(number: int, name: str, key: str, nth: int = nth) -> None:
            if number == nth and name == "put" and key != "ctl/probe":
                raise OutcomeUnknown(key, "the answer was lost")

        watched = Watched(storage, after=lose) if stored else Watched(storage, before=lose)
        done = put(watched, keys, NEW)
        assert done.outcome == "published"
        assert seen_by_tills(storage, keys, NEW) == NEW
        assert _rev(done) == (1 if first else 2), "one publication is one revision"


def _rev(done: Published) -> int:
    return done.rev


def test_a_storage_that_never_answers_for_head_is_an_unknown_outcome(tmp_path: Path) -> None:
    """Exit 4, and the advice to run the same again, which then finds out."""
    storage, keys = _fresh(tmp_path, first=False)

    def mute(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD:
            raise OutcomeUnknown(key, "no answer")

    with pytest.raises(Failure) as caught:
        put(Watched(storage, before=mute), keys, NEW)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (4, "PUB003")
    assert seen_by_tills(storage, keys, OLD) == OLD
    assert list(storage.list("ctl/intents/")) != [], "nothing is deleted while unwinding"
    assert put(storage, keys, NEW).outcome == "published"


def test_head_written_but_never_read_back_is_found_by_the_next_run(tmp_path: Path) -> None:
    """The write arrived, every answer was lost: unknown now, nothing to publish next time."""
    storage, keys = _fresh(tmp_path, first=False)
    written = threading.Event()

    def after(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD:
            written.set()
            raise OutcomeUnknown(key, "no answer")

    def before(number: int, name: str, key: str) -> None:
        if name == "get" and written.is_set():
            raise StorageUnavailable(key, "network is down")

    with pytest.raises(Failure) as caught:
        put(Watched(storage, before=before, after=after), keys, NEW)
    assert caught.value.exit_code == 4
    assert seen_by_tills(storage, keys, NEW) == NEW
    assert put(storage, keys, NEW).outcome == "nothing-to-publish"


def test_a_write_refused_outright_leaves_head_as_it_was(tmp_path: Path) -> None:
    """Missing permissions are not an unknown outcome."""
    storage, keys = _fresh(tmp_path, first=False)

    def forbid(number: int, name: str, key: str) -> None:
        if name == "put" and key.startswith("releases/"):
            raise StorageUnavailable(key, "access refused")

    with pytest.raises(StorageUnavailable):
        put(Watched(storage, before=forbid), keys, NEW)
    assert seen_by_tills(storage, keys, OLD) == OLD


def _overtake(storage: Storage, keys: KeyRing, other: dict[str, bytes]) -> Watched:
    """A storage in which somebody else publishes just before our HEAD is written."""
    done = threading.Event()

    def before(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD and not done.is_set():
            done.set()
            put(storage, keys, other)

    return Watched(storage, before=before)


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
def test_a_publisher_overtaken_by_other_content_is_told_what_to_do(tmp_path: Path, first: bool) -> None:
    """Exit 3, the winner's release stands, and publishing again starts from it."""
    storage, keys = _fresh(tmp_path, first)
    theirs = {**NEW, "s1": make_bundle("THEIRS")}
    with pytest.raises(Failure) as caught:
        put(_overtake(storage, keys, theirs), keys, NEW)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (3, "PUB002")
    assert caught.value.diagnostics[0].help == "pull the latest commit and publish again"
    assert seen_by_tills(storage, keys, theirs) == theirs
    assert put(storage, keys, NEW).outcome == "published"
    assert seen_by_tills(storage, keys, NEW) == NEW


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
def test_a_publisher_overtaken_by_the_same_content_is_content(tmp_path: Path, first: bool) -> None:
    """Two jobs of one commit: both end well, one release."""
    storage, keys = _fresh(tmp_path, first)
    done = put(_overtake(storage, keys, NEW), keys, NEW)
    assert done.outcome == "nothing-to-publish"
    assert done.seq == (1 if first else 2)


def test_of_publishers_running_at_once_one_wins_and_no_release_is_torn(tmp_path: Path) -> None:
    """Real threads on one folder: every loser gets exit 3, tills see one winner's content whole."""
    storage, keys = _fresh(tmp_path, first=False)
    contents = [{store: make_bundle(f"W{n}", store.upper()) for store in OLD} for n in range(4)]
    gate = threading.Barrier(len(contents))
    results: list[object] = [None] * len(contents)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = put(open_storage("bucket", base=tmp_path), keys, contents[number])
        except Failure as failure:
            results[number] = failure.exit_code

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(contents))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [n for n, result in enumerate(results) if isinstance(result, Published)]
    assert winners
    assert all(result == 3 for n, result in enumerate(results) if n not in winners)
    assert seen_by_tills(storage, keys, OLD) in [contents[n] for n in winners]


class _Ignores:
    """A storage whose conditional writes answer 200 whatever the condition, as some gateways do."""

    where = "gateway"

    def __init__(self, inner: Storage, which: str) -> None:
        self._inner = inner
        self._which = which
        self.get, self.list, self.delete = inner.get, inner.list, inner.delete

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write without one kind of condition."""
        if self._which == "if_match":
            return self._inner.put(key, data, if_none_match=if_none_match)
        return self._inner.put(key, data, if_match=if_match)


@pytest.mark.parametrize("which", ["if_match", "if_none_match"])
def test_a_storage_that_ignores_conditions_is_refused(tmp_path: Path, which: str) -> None:
    """The probe finds the dangerous case before anything but the probe is written."""
    inner = open_storage("bucket", base=tmp_path)
    with pytest.raises(Failure) as caught:
        put(_Ignores(inner, which), keys_in(tmp_path), NEW)  # type: ignore[arg-type]
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "PUB001")
    assert "conditional writes" in (caught.value.diagnostics[0].help or "")
    assert [entry.key for entry in inner.list() if not entry.key.startswith("ctl/probe")] == []


def test_the_probe_is_asked_once_for_each_target(tmp_path: Path) -> None:
    """Its answer is noted in the bucket; a copy of the bucket elsewhere is asked again."""
    storage, keys = _fresh(tmp_path, first=False)
    watched = Watched(storage)
    put(watched, keys, NEW)
    assert [key for name, key in watched.requests if name == "put" and key.startswith("ctl/probe")] == []
    (tmp_path / "bucket").rename(tmp_path / "copy")
    watched = Watched(open_storage("copy", base=tmp_path))
    put(watched, keys, OLD)
    assert len([key for name, key in watched.requests if name == "put" and key.startswith("ctl/probe")]) > 1


def test_a_blob_that_vanishes_after_its_upload_is_noticed(tmp_path: Path) -> None:
    """The release is read back on a till's own path before success is reported."""
    storage, keys = _fresh(tmp_path, first=False)

    def lose(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD:
            for entry in list(storage.list("blobs/")):
                found = storage.get(entry.key)
                if isinstance(found, Found) and found.data == NEW["s3"]:
                    storage.delete(entry.key)

    with pytest.raises(Failure) as caught:
        put(Watched(storage, after=lose), keys, NEW)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (4, "PUB006")


def test_two_first_publishers_share_one_development_root(tmp_path: Path) -> None:
    """Keys made at the same moment are made once."""
    gate = threading.Barrier(4)
    rings: list[KeyRing] = []

    def run() -> None:
        gate.wait()
        rings.append(keys_in(tmp_path))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rings) == 4
    assert all(ring == rings[0] for ring in rings)
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["local"]


def test_a_precondition_of_a_blob_is_success(tmp_path: Path) -> None:
    """412 on content-addressed objects means that they are there: another run's work is used."""
    storage, keys = _fresh(tmp_path, first=True)

    def die(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD:
            raise Crashed

    with pytest.raises(Crashed):
        put(Watched(storage, before=die), keys, NEW)
    done = put(storage, keys, NEW)
    assert done.uploaded.objects == 1, "only the release, which names this publication, is new"
    with pytest.raises(PreconditionFailed):
        storage.put(HEAD, b"", if_none_match=True)
