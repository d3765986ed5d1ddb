import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promo_cli.warehouse.keys import Origin
from promo_cli.warehouse.unpack import Refused, Unpacked, unpack

CONTENT = b'{"a":1}\n' * 1000


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (gzip.compress(CONTENT, mtime=0)[:-9], "ING001"),
        (gzip.compress(CONTENT, mtime=0)[:20], "ING001"),
        (gzip.compress(CONTENT, mtime=0)[:-8] + b"\0" * 8, "ING001"),
        (gzip.compress(CONTENT, mtime=0) + b"junk", "ING001"),
        (b"\x1f\x8b", "ING001"),
    ],
)
def test_damaged_gzip_is_refused_whole(stored: bytes, code: str) -> None:
    """Cut off, with a wrong checksum, or followed by something else: not one line of it is taken."""
    found = unpack(stored, Origin())
    assert isinstance(found, Refused)
    assert found.code.code == code


@settings(max_examples=200)
@given(at=st.integers(10, len(gzip.compress(CONTENT, mtime=0)) - 1), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_gzip_goes_unnoticed(at: int, bit: int) -> None:
    """Any damage behind the header either fails the checksum or changes nothing."""
    stored = bytearray(gzip.compress(CONTENT, mtime=0))
    stored[at] ^= 1 << bit
    found = unpack(bytes(stored), Origin())
    assert isinstance(found, Refused) or found.content == CONTENT


def test_gzip_members_in_a_row_are_one_content() -> None:
    """Concatenated gzip files are a gzip file (RFC 1952)."""
    found = unpack(gzip.compress(b"a\n", mtime=0) + gzip.compress(b"b\n", mtime=0) + b"\0\0", Origin())
    assert isinstance(found, Unpacked)
    assert found.content == b"a\nb\n"


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Content above the limit is refused without being unpacked to its end."""
    monkeypatch.setattr("promo_cli.warehouse.unpack.MAX_CONTENT_BYTES", len(CONTENT) - 1)
    found = unpack(gzip.compress(CONTENT, mtime=0), Origin())
    assert isinstance(found, Refused)


def test_refused_objects_count_as_one_line_and_do_not_disturb_the_others(world: Any, event: Any) -> None:
    """Damage, a wrong hash and a foreign key are each named; the good upload beside them is loaded."""
    good = world.upload(event("usage", 1))
    cut = world.upload_bytes(b"x" * 100, stored=gzip.compress(b"x" * 100, mtime=0)[:-3])
    other = world.upload(event("usage", 2), key=good.replace("/1-1-", "/2-2-"))
    world.bucket.objects["uploads/v1/stray.ndjson"] = b"{}"
    result = world.ingest()
    assert (result.files, result.lines, result.loaded, result.quarantined, result.refused) == (4, 4, 1, 3, 3)
    found = dict(world.rows("SELECT key, refused FROM ledger WHERE refused IS NOT NULL"))
    assert found == {cut: "ING001", other: "ING002", "uploads/v1/stray.ndjson": "ING003"}
    assert world.rows("SELECT DISTINCT line FROM quarantine") == [(None,)]
    assert world.receipt(cut)["errors"][0]["errors"][0]["code"] == "ING001"
    assert world.receipt(cut)["created"] == 0


def test_a_refused_object_that_is_replaced_is_read_again(world: Any, event: Any) -> None:
    """A till repairs a damaged upload by writing it anew; nothing of the refusal remains."""
    key = world.upload(event("usage", 1))
    whole = world.bucket.objects[key]
    world.bucket.objects[key] = whole[:-5]
    assert world.ingest().refused == 1
    assert world.ingest().files == 0
    world.bucket.objects[key] = whole
    result = world.ingest()
    assert (result.loaded, result.quarantined) == (1, 0)
    assert world.rows("SELECT lines, loaded, refused FROM ledger") == [(1, 1, None)]
    assert world.codes() == []


@pytest.mark.parametrize("stored", [b"", b"\n\n \r\n", gzip.compress(b"", mtime=0)])
def test_an_upload_without_lines_is_noted(world: Any, stored: bytes) -> None:
    """It has nothing to load, and is not looked at again."""
    key = "uploads/v1/dt=2026-02-07/store=jkt-01/pos=1/empty.ndjson"
    world.upload_bytes(b"", key=key, stored=stored)
    result = world.ingest()
    assert (result.files, result.lines) == (1, 0)
    assert world.ingest().files == 0


def test_plain_and_gzip_and_mixed_line_endings_are_all_read(world: Any, event: Any) -> None:
    """LF, CR LF, a missing last line break and a byte order mark change nothing."""
    first, second, third = (json.dumps(event("usage", seq)).encode() for seq in (1, 2, 3))
    content = b"\xef\xbb\xbf" + first + b"\r\n" + second + b"\n\r\n" + third
    world.upload_bytes(content, stored=content)
    result = world.ingest()
    assert (result.lines, result.loaded) == (3, 3)
    assert world.rows("SELECT seq FROM usages ORDER BY line") == [(1,), (2,), (3,)]


def test_a_file_of_random_bytes_is_quarantined_line_by_line(world: Any) -> None:
    """Binary data is refused without a traceback and without a loss."""
    content = bytes(range(256)) * 3
    world.upload_bytes(content)
    result = world.ingest()
    assert (result.loaded, result.quarantined) == (0, len(content.split(b"\n")))
    assert set(world.codes()) == {"ING004"}


PIECES = st.one_of(st.binary(max_size=30), st.sampled_from([b"\n", b"\r", b"{}", b'{"kind":"usage"}', b"\xef\xbb\xbf"]))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_is_uploaded_every_line_is_accounted_for(world: Any, event: Any, data: st.DataObject) -> None:
    """Good lines, damaged ones and noise: the counts sum to the lines, and no good one is lost."""
    world.bucket.objects.clear()
    world.warehouse.unlink(missing_ok=True)
    expected = set()
    for till in ("1", "2"):
        lines = []
        for seq in range(1, data.draw(st.integers(1, 5))):
            line = json.dumps(event(data.draw(st.sampled_from(["usage", "sync"])), seq, pos=till)).encode()
            damage = data.draw(st.sampled_from(["none", "none", "cut", "flip", "noise"]))
            if damage == "cut":
                line = line[: data.draw(st.integers(1, len(line) - 1))]
            elif damage == "flip":
                at = data.draw(st.integers(0, len(line) - 1))
                line = line[:at] + b"\xff" + line[at + 1 :]
            elif damage == "noise":
                line = b"".join(data.draw(st.lists(PIECES, max_size=4)))
            else:
                expected.add((till, seq))
            lines.append(line)
        world.upload_bytes(b"\n".join(lines), pos=till)
    result = world.ingest()
    assert set(world.rows("SELECT pos_id, seq FROM events")) == expected
    assert result.loaded == len(expected)
