"""The pack: every object once, under its hash, and one document: what is where when, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import time_text
from promo_cli.protocol.layout import receipt_key, root_key, sha256_hex, upload_key
from promo_cli.publishing.conformance.bucket import ENV, HEAD_A, STORE, Bucket
from promo_cli.publishing.conformance.level_one import level_one
from promo_cli.publishing.conformance.level_three import level_three
from promo_cli.publishing.conformance.level_two import level_two
from promo_cli.publishing.conformance.script import Script

FORMAT = "promo-till-conformance/1"
_EVENTS = b'{"kind":"log","seq":1}\n{"kind":"log","seq":2}\n'


@dataclass(frozen=True, slots=True)
class Pack:
    """Files by path, and how many cases there are by level."""

    files: Mapping[str, bytes]
    cases: Mapping[int, int]


def make_pack() -> Pack:
    """Return the pack; the same bytes every time."""
    scripts = [*level_one(), *level_two(), *level_three()]
    objects: dict[str, bytes] = {}

    def keep(data: bytes) -> str:
        name = sha256_hex(data)
        objects[f"objects/{name}"] = data
        return name

    document: dict[str, Any] = {
        "format": FORMAT,
        "env": ENV,
        "store_id": STORE,
        "pinned": {
            "head_key": HEAD_A.public.raw.hex(),
            "keyid": HEAD_A.public.keyid,
            "root_version": 1,
            "epoch": 1,
        },
        "root": keep(Bucket().objects[root_key(1)]),
        "cases": [
            {
                "id": script.id,
                "level": script.level,
                "rule": script.rule,
                "steps": [
                    {
                        "clock": time_text(step.clock),
                        "bucket": {key: keep(data) for key, data in sorted(step.objects.items())},
                        "expected": step.expected.encode(),
                    }
                    for step in script.steps
                ],
            }
            for script in scripts
        ],
        "uploads": [_upload(keep)],
    }
    _check_ids(scripts)
    files = {"pack.json": _lines(document), **dict(sorted(objects.items()))}
    levels = [script.level for script in scripts]
    return Pack(files, {level: levels.count(level) for level in sorted(set(levels))})


def _upload(keep: Any) -> dict[str, Any]:
    """Return a batch, where it belongs, and the answers that do and do not allow to delete it."""
    key = upload_key(date(2026, 2, 7), STORE, "pos-1", 1, 2, _EVENTS)
    answer = {"sha256": sha256_hex(_EVENTS), "created": 2, "total": 2, "duplicates": 0, "errors": [], "gaps": []}
    return {
        "lines": keep(_EVENTS),
        "business_date": "2026-02-07",
        "pos_id": "pos-1",
        "first": 1,
        "last": 2,
        "key": key,
        "receipt_key": receipt_key(key),
        "receipts": [
            {"body": keep(canonical.dumps({**answer, "watermark": 2})), "delete": True},
            {"body": keep(canonical.dumps({**answer, "sha256": "00" * 32, "watermark": 2})), "delete": False},
            {"body": keep(canonical.dumps({**answer, "watermark": 2})[:-9]), "delete": False},
        ],
    }


def _lines(document: Mapping[str, Any]) -> bytes:
    """Return the document with one case a line, so that a person finds one and a diff shows one."""
    rest = {name: value for name, value in document.items() if name != "cases"}
    cases = b",\n".join(canonical.dumps(one) for one in document["cases"])
    return canonical.dumps(rest)[:-1] + b',"cases":[\n' + cases + b"\n]}\n"


def _check_ids(scripts: list[Script]) -> None:
    ids = [script.id for script in scripts]
    assert len(ids) == len(set(ids)), "a case's id never changes its meaning"
