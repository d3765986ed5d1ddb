"""1,000 and 5,000 tills asking for HEAD at once, beside as many plain GETs of the same objects on the same server.

The server is a small one of our own (asyncio, one process, keep-alive) that serves a published folder and answers
If-None-Match with 304. Every till has a connection of its own; all ask at the same moment, and both kinds take turns in
every round. What a till does after a change, hashing and checking, is its own processor's work and not the server's: it
is measured apart, one till after the other, with the requests and bytes it takes.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from bench import workspaces
from bench.publish import Counted
from promo_cli.compiler import compile_fleet
from promo_cli.protocol.layout import HEAD, sha256_hex
from promo_cli.protocol.trust import TrustedState
from promo_cli.publishing import KeyRing, Source, open_keys, publish
from promo_cli.storage import Found, Storage, open_storage
from promo_cli.till.pull import pull
from promo_cli.workspace import load

NOW = dt.datetime(2026, 2, 7, 3, tzinfo=dt.UTC)
STORES, PROMOTIONS = 5000, 400
FLEETS = (1000, 5000)
ROUNDS = 5
PULLS = 200
SOURCE = Source(repo=None, commit="c0ffee", tree=None, dirty=False, run_url=None, actor=None)

Get = Callable[[str, str | None], Awaitable[tuple[int, bytes]]]
"""Fetches a key, under a condition if an ETag is given: the status and the body."""
Client = Callable[[str, Get], Awaitable[None]]
"""What one client does for its store, once its connection is open."""


async def serve(folder: Path, port: int) -> None:
    """Serve the folder's objects until the process is ended."""
    objects: dict[str, tuple[bytes, str]] = {}

    def found(key: str) -> tuple[bytes, str] | None:
        if key not in objects:
            try:
                data = (folder / key).read_bytes()
            except OSError:
                return None
            objects[key] = (data, sha256_hex(data))
        return objects[key]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readuntil(b"\r\n\r\n"):
            first, _, rest = request.decode().partition("\r\n")
            key = first.split(" ")[1][1:]
            one = found(key)
            if one is None:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            elif f'"{one[1]}"' in rest:
                writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "%b"\r\n\r\n' % one[1].encode())
            else:
                writer.write(
                    b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\nETag: "%b"\r\n\r\n' % (len(one[0]), one[1].encode())
                )
                writer.write(one[0])
            await writer.drain()

    async def until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(until_closed, "127.0.0.1", port, backlog=8192)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def at_once(port: int, stores: Sequence[str], client: Client) -> tuple[float, list[float]]:
    """Open a connection for every store, then let all begin at once; seconds in all, and of every request."""
    lines = [await asyncio.open_connection("127.0.0.1", port, limit=2**26) for _ in stores]
    latencies: list[float] = []
    begin = time.perf_counter()

    async def one(store: str, line: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        reader, writer = line

        async def get(key: str, etag: str | None) -> tuple[int, bytes]:
            asked = time.perf_counter()
            condition = f'If-None-Match: "{etag}"\r\n' if etag else ""
            writer.write(f"GET /{key} HTTP/1.1\r\nHost: bench\r\n{condition}\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            status = int(head.split(" ")[1])
            length = head.partition("Content-Length: ")[2].partition("\r\n")[0]
            body = await reader.readexactly(int(length)) if length else b""
            latencies.append(time.perf_counter() - asked)
            return status, body

        await client(store, get)

    await asyncio.gather(*(one(store, line) for store, line in zip(stores, lines, strict=True)))
    seconds = time.perf_counter() - begin
    for _, writer in lines:
        writer.close()
    return seconds, latencies


def unchanged(etag: str) -> Client:
    """Poll a HEAD that is known."""

    async def poll(store: str, get: Get) -> None:
        status, _ = await get(HEAD, etag)
        assert status == 304

    return poll


async def plain(store: str, get: Get) -> None:
    """Fetch HEAD and look at nothing."""
    status, _ = await get(HEAD, None)
    assert status == 200


def main() -> None:
    """Unchanged polls of both fleets, and what following one changed promotion takes."""
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        workspaces.write(here / "workspace", PROMOTIONS, STORES)
        before = compile_fleet(load(here / "workspace"), NOW.date())
        workspaces.change_one(here / "workspace")
        after = compile_fleet(load(here / "workspace"), NOW.date())
        keys = open_keys(here / "keys", "local", NOW, development=True)
        for bundles in (before, after):
            _publish(bundles, here, keys)
        command = [sys.executable, "-m", "bench.poll", str(here / "bucket")]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            etag = sha256_hex((here / "bucket" / HEAD).read_bytes())
            for fleet in FLEETS:
                stores = sorted(before)[:fleet]
                _compare(f"{fleet:,} tills, nothing changed", port, stores, unchanged(etag))
        finally:
            server.terminate()
            server.wait(timeout=10)
        _after_a_change(open_storage("bucket", base=here), keys.trusted, before)


def _after_a_change(storage: Storage, trusted: TrustedState, old: Mapping[str, bytes]) -> None:
    """What one till does to follow one changed promotion, beside reading and hashing its new bundle."""
    pulls, floors, asked = [], [], Counted(storage)
    for store in sorted(old)[:PULLS]:
        begin = time.perf_counter()
        found = pull(asked, trusted, store, at_hand=old[store])
        pulls.append(time.perf_counter() - begin)
        assert found is not None
        assert found.bundle is not None
        assert found.entry is not None
        begin = time.perf_counter()
        data = storage.get(found.entry.bundle.key)
        assert isinstance(data, Found)
        sha256_hex(data.data)
        floors.append(time.perf_counter() - begin)
    each, least = statistics.median(pulls), statistics.median(floors)
    print(f"\none till after one changed promotion ({PULLS} tills, a folder)")
    print(f"  {asked.requests.total() / PULLS:.1f} requests, {asked.read / PULLS:,.0f} bytes read")
    print(f"  {each * 1000:.2f} ms to have and check it   x {each / least:.1f} of reading and hashing the bundle")


def _compare(title: str, port: int, stores: Sequence[str], tills: Client) -> None:
    print(f"\n{title} ({ROUNDS} rounds)")
    found: dict[str, list[tuple[float, float]]] = {"plain GETs": [], "tills": []}
    for _ in range(ROUNDS):
        for name, client in (("plain GETs", plain), ("tills", tills)):
            seconds, latencies = asyncio.run(at_once(port, stores, client))
            found[name].append((len(latencies) / seconds, sorted(latencies)[len(latencies) * 99 // 100]))
    for name, rounds in found.items():
        rates, tails = zip(*rounds, strict=True)
        ratio = statistics.median(own[0] / base[0] for own, base in zip(rounds, found["plain GETs"], strict=True))
        tail = statistics.median(own[1] / base[1] for own, base in zip(rounds, found["plain GETs"], strict=True))
        print(
            f"  {name:<12} {statistics.median(rates):10,.0f} requests/s   x {ratio:.2f}"
            f"   p99 {statistics.median(tails) * 1000:8.1f} ms   x {tail:.2f}"
        )


def _publish(bundles: Mapping[str, bytes], here: Path, keys: KeyRing) -> None:
    publish(
        bundles,
        storage=open_storage("bucket", base=here),
        env="local",
        keys=keys,
        source=SOURCE,
        as_of=NOW.date(),
        horizon_days=14,
        now=NOW,
        tool="bench",
    )


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), 0))
