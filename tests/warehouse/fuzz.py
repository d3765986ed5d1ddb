"""Damaged uploads through an ordinary ingest, until told to stop.

    python -m tests.warehouse.fuzz --seconds 60

Every round uploads what tills have to say, with bytes flipped, lines cut, types changed, values nested, keys doubled,
texts in other encodings, archives torn and glued. An ingest must end without an exception, account for every line of
every object, refuse exactly the lines that the models refuse, name their numbers and byte offsets, and answer every
upload. Prints the counts, and each violation with the seed that repeats it; exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

from promo_cli.protocol.layout import receipt_key
from promo_cli.warehouse import bodies, keys, lines
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.ingest import ingest
from promo_cli.warehouse.verdicts import Bad
from tests.warehouse.conftest import DAY, KEY, NOW, Bucket
from tests.warehouse.mixed import till_lines

SHOWN = 10
"""Violations printed in full; the rest are counted."""

ROUNDS = 4
"""Rounds that one warehouse takes in, so that lines also meet what earlier runs have loaded."""

OBJECTS = 20
CONTRADICTED = "ING009"

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e400, -1e-400, 2**53, 2**64, 10**30, float("nan"), 12.3456, 0.1 + 0.2),
    *("", " ", "null", "5", "\x00", "\x7f", "\ud800", "\u2028", "é" * 64, "a" * 129, "x" * 3000, "2026-02-30", "{}"),
    *("2026-02-07T10:00:00+07:00", "00000000-0000-0000-0000-000000000000", '"', "\\", "\\u0000", "+62 811 000 111"),
    *([], {}, [None], [[]], {"a": {"b": []}}, [1, "2", {"v": 1}], {"amount": "5"}, [{"promotion_id": None}]),
)

Damage = Callable[[Random, bytes], bytes]


def flip(rng: Random, data: bytes) -> bytes:
    """Change a few bits."""
    damaged = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if damaged:
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def cut(rng: Random, data: bytes) -> bytes:
    """Leave out a piece, or the end."""
    begin = rng.randrange(len(data) + 1)
    return data[:begin] + data[begin + rng.choice((1, 5, 50, len(data))) :]


def insert(rng: Random, data: bytes) -> bytes:
    """Put something in between."""
    pieces = (
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b" ",
        b"\t",
        b"\n\n \n",
        b"\xef\xbb\xbf",
        b"\xff",
        b'"',
        b"{",
        b"]",
        b"\\",
        b",",
        b"\x1f\x8b",
    )
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(pieces) * rng.choice((1, 1, 2, 40)) + data[place:]


def retype(rng: Random, line: bytes) -> bytes:
    """Give a key of the line, or of something in it, another value."""
    event = json.loads(line)
    objects = [event, *(item for value in event.values() if isinstance(value, list) for item in value)]
    target = rng.choice([each for each in objects if isinstance(each, dict)])
    key = rng.choice([*target, "unknown", "_rescued", "", "a.b", "$", 'q"', "\ud800"])
    target[key] = rng.choice(VALUES)
    if rng.random() < 0.3:
        del target[rng.choice(list(target))]
    indent = (", ", ": ") if rng.random() < 0.3 else (",", ":")
    return json.dumps(event, ensure_ascii=rng.random() < 0.7, separators=indent).encode(errors="surrogatepass")


def double(rng: Random, line: bytes) -> bytes:
    """Let a key stand twice."""
    event = json.loads(line)
    key = rng.choice(list(event))
    return line[:-1] + f",{json.dumps(key)}:{json.dumps(rng.choice((event[key], 1, None)))}}}".encode()


def nest(rng: Random, line: bytes) -> bytes:
    """Put far too many brackets into the line, or around it."""
    depth = rng.choice((3, 63, 64, 65, 1000, 20_000))
    opened, closed = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    value = opened * depth + b"1" + closed * rng.choice((depth, depth, depth - 1))
    return rng.choice((value, line[:-1] + b',"validation_details":' + value + b"}"))


def recode(rng: Random, line: bytes) -> bytes:
    """Write the line in another encoding, or with numbers and texts written another way."""
    text = line.decode(errors="replace")
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: text.encode("utf-16"),
        lambda: text.replace("a", "é").encode("latin-1", errors="replace"),
        lambda: line.replace(b"0,", b"0.0,").replace(b"1,", b"1e0,"),
        lambda: line.replace(b"000", b"000.000000000000000000001"),
        lambda: line.replace(b"kopi", b"\\u006bopi"),
        lambda: line.replace(b'"', b"'"),
        lambda: b"\xef\xbb\xbf" + line,
        lambda: b" \t" + line + b" \r",
        lambda: line * 2,
        lambda: line + b" " * rng.choice((10, 2**20)),
        lambda: line.replace(rng.choice((b"}", b"]")), b"," + rng.choice((b"", b" ", b"\t")) + b"}", 1),
        lambda: line[:-1] + rng.choice((b",}", b", }", b",\r}")),
        lambda: (
            line[:-1]
            + b',"validation_details":{"a":1,"b":{"c":1,"c":2},"a":'
            + rng.choice((b"2", b"NaN", b"x"))
            + b"}}"
        ),
        lambda: line[:-1] + b',"rewards":[{"a":-Infinity},{"a":1,}]}',
        lambda: line.replace(b":", b":" + rng.choice((b"-", b"+", b"0", b" "))),
    )
    return rng.choice(ways)()


LINE_DAMAGES: tuple[Damage, ...] = (flip, cut, insert, retype, retype, retype, double, nest, recode)
CONTENT_DAMAGES: tuple[Damage, ...] = (flip, cut, insert)


def make_objects(seed: int, store: str) -> dict[str, bytes]:
    """Return one round's objects by key."""
    rng = Random(seed)
    objects: dict[str, bytes] = {}
    told = till_lines(rng, store, "1", 300)
    for number in range(OBJECTS):
        batch = [_damaged(rng, line) for line in rng.sample(told, rng.randint(0, 60))]
        content = rng.choice((b"\n", b"\n", b"\n", b"\r\n")).join(batch) + rng.choice((b"\n", b""))
        if rng.random() < 0.15:
            usages = ", ".join(line.decode(errors="replace") for line in batch)
            content = f'{{"{rng.choice(("usages", "logs"))}": [{usages}]}}'.encode()
        if rng.random() < 0.15:
            content = rng.choice(CONTENT_DAMAGES)(rng, content)
        name = f"{number}.{rng.choice(('ndjson', 'ndjson.gz', 'json', 'bin'))}"
        prefix = f"uploads/v1/dt={DAY}/store={store}/pos=1/" if rng.random() < 0.9 else "events/"
        objects[f"{prefix}{seed}-{name}"] = _packed(rng, content)
    return objects


def _damaged(rng: Random, line: bytes) -> bytes:
    return rng.choice(LINE_DAMAGES)(rng, line) if rng.random() < 0.4 else line


def _packed(rng: Random, content: bytes) -> bytes:
    packed = gzip.compress(content, compresslevel=1, mtime=0)
    way = rng.random()
    if way < 0.3:
        return content
    if way < 0.8:
        return packed
    half = len(content) // 2
    odd = (
        gzip.compress(content[:half]) + gzip.compress(content[half:]),
        packed + b"\0" * 20,
        packed[: rng.randrange(len(packed))],
        flip(rng, packed),
        packed + b"tail",
        gzip.compress(packed),
        rng.randbytes(300),
        b"",
    )
    return rng.choice(odd)


def violations(objects: Mapping[str, bytes], bucket: Bucket, warehouse: Path, counts: Counter[str]) -> Iterator[str]:
    """Ingest the objects and say in what the warehouse differs from what it must hold."""
    bucket.objects |= objects
    try:
        ingest(bucket, warehouse=warehouse, env="fuzz", hmac_key=KEY, now=NOW)
    except Exception:
        counts["tracebacks"] += 1
        yield traceback.format_exc()
        return
    with reading(warehouse) as con:
        ledger = {
            key: (file_id, sums, refused)
            for key, file_id, *sums, refused in con.execute(
                "SELECT key, file_id, lines, loaded, duplicate, quarantined, refused FROM ledger"
            ).fetchall()
        }
        held: dict[int, dict[int | None, tuple[str, int | None]]] = {}
        for file_id, line, code, offset in con.execute(
            "SELECT file_id, line, code, byte_offset FROM quarantine"
        ).fetchall():
            held.setdefault(file_id, {})[line] = (code, offset)
        loaded = dict(con.execute("SELECT file_id, count(*) FROM events GROUP BY file_id").fetchall())
    for key, stored in objects.items():
        if key not in ledger:
            yield f"{key}: lost as a whole"
            continue
        file_id, sums, refused = ledger[key]
        own = held.get(file_id, {})
        counts.update(objects=1, lines=sums[0], loaded=sums[1], duplicate=sums[2], quarantined=sums[3])
        if sums[0] != sum(sums[1:]) or sums[1] != loaded.get(file_id, 0) or sums[3] != len(own):
            yield f"{key}: {sums} do not add up, {loaded.get(file_id, 0)} rows, {len(own)} in quarantine"
        if key.startswith("uploads/") and receipt_key(key) not in bucket.objects:
            yield f"{key}: no receipt"
        yield from (f"{key}: {found}" for found in _against_models(key, stored, refused, sums[0], own))


def _against_models(
    key: str, stored: bytes, refused: str | None, total: int, held: Mapping[int | None, tuple[str, int | None]]
) -> Iterator[str]:
    content = _unpacked(stored)
    if (content is None) != (refused is not None):
        yield f"refused {refused}, expected {'to be' if content is None else 'not to be'}"
    if content is None or refused is not None:
        return
    origin = keys.parse(key)
    assert origin is not None
    examined = list((bodies if bodies.is_body(content) else lines).examine(content, origin))
    if total != len(examined):
        yield f"{total} lines, expected {len(examined)}"
    wrong = {each.line: (each.code, each.byte_offset) for each in examined if isinstance(each, Bad)}
    found = {line: told for line, told in held.items() if told[0] != CONTRADICTED}
    if found != wrong:
        lost, extra = wrong.items() - found.items(), found.items() - wrong.items()
        yield f"expected {sorted(lost)} in quarantine, found {sorted(extra)}"
    for line, (_, offset) in held.items():
        if offset is not None and line is not None and content[:offset].count(b"\n") != line - 1:
            yield f"line {line} is not at byte {offset}"


def _unpacked(stored: bytes) -> bytes | None:
    """The content by another way than the ingest takes; None when it is damaged."""
    if not stored.startswith(b"\x1f\x8b"):
        return stored
    try:
        return gzip.decompress(stored)
    except (OSError, EOFError, zlib.error):
        return None


def run(seconds: float | None, rounds: int | None, start: int) -> int:
    """Fuzz until the time or the number of rounds is used up; returns the number of violations."""
    begin, seed, found = time.monotonic(), start, 0
    counts: Counter[str] = Counter()
    while (rounds is None or seed - start < rounds) and (seconds is None or time.monotonic() - begin < seconds):
        with tempfile.TemporaryDirectory() as scratch:
            bucket, first = Bucket(), seed
            for seed in range(first, first + ROUNDS):
                objects = make_objects(seed, f"s{seed}" if seed % 2 else f"s{first}")
                for violation in violations(objects, bucket, Path(scratch, "w.duckdb"), counts):
                    found += 1
                    if found <= SHOWN:
                        sys.stdout.write(f"seed {first}, round {seed - first}: {violation[-2000:]}\n")
        seed = first + ROUNDS
    sums = ", ".join(f"{counts[name]:,} {name}" for name in ("objects", "lines", "loaded", "duplicate", "quarantined"))
    sys.stdout.write(f"{sums}; {counts['tracebacks']} tracebacks, {found} violations, seeds {start} to {seed - 1}\n")
    return found


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to go on")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; with --rounds 4 it repeats a finding")
    parser.add_argument("--rounds", type=int, default=None, help="how many rounds at most")
    options = parser.parse_args()
    raise SystemExit(1 if run(None if options.rounds else options.seconds, options.rounds, options.seed) else 0)


if __name__ == "__main__":
    main()
