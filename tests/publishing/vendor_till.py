"""A till of levels 1 to 3, written from docs/till-vendors.md and docs/protocol.md: python vendor_till.py PACK LEVEL."""

# ruff: noqa: D102, D103, DTZ007, N818, T201 -- a script as a vendor would write it, not a part of this project
import base64
import hashlib
import json
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TEXT, COUNT, LIST, OBJECT, ANY = str, int, list, dict, object
HEAD_FIELDS = {
    "env": TEXT, "epoch": COUNT, "rev": COUNT, "seq": COUNT, "publish_id": TEXT, "recent": LIST, "issued_at": TEXT,
    "fresh_until": TEXT, "stale_after": TEXT, "release": OBJECT, "root_version": COUNT, "min_client": COUNT,
    "poll": OBJECT, "revoked": LIST, "urgency": TEXT, "hold": ANY,
}  # fmt: skip


class Refused(Exception):
    """Nothing is kept."""


def sha(data):
    return hashlib.sha256(data).hexdigest()


def parse(data):
    try:
        return json.loads(data, parse_float=Decimal)
    except ValueError:
        raise Refused("malformed") from None


def time(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def fetch(bucket, key, size):
    if key not in bucket:
        raise Refused("missing")
    if len(bucket[key]) > size:
        raise Refused("too-large")
    return bucket[key]


def fetch_named(bucket, key, ref):
    data = fetch(bucket, key, ref["size"])
    if len(data) != ref["size"] or sha(data) != ref["sha256"]:
        raise Refused("hash")
    return data


def blob(bucket, ref):
    return fetch_named(bucket, f"blobs/sha256/{ref['sha256'][:2]}/{ref['sha256']}", ref)


def opened(data, kind):
    """Return an envelope's payload bytes and its signatures by key id."""
    envelope = parse(data)
    if not isinstance(envelope, dict) or envelope.get("payloadType") != f"application/vnd.promo.{kind}+json":
        raise Refused("malformed")
    signatures = {one["keyid"]: base64.b64decode(one["sig"]) for one in envelope["signatures"]}
    return base64.b64decode(envelope["payload"]), signatures


def check(payload, kind, signatures, keys, threshold):
    """Count the keys (hex, by id) that signed; each counts once."""
    name = f"application/vnd.promo.{kind}+json".encode()
    message = b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)
    good = 0
    for keyid in keys.keys() & signatures.keys():
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[keyid])).verify(signatures[keyid], message)
            good += 1
        except InvalidSignature:
            pass
    if good < threshold:
        raise Refused("signature")


def role_keys(root, role):
    return {keyid: root["keys"][keyid]["keyval"]["public"] for keyid in root["roles"][role]["keyids"]}


def next_root(trusted, data):
    payload, signatures = opened(data, "root")
    check(payload, "root", signatures, role_keys(trusted, "root"), trusted["roles"]["root"]["threshold"])
    root = parse(payload)
    if root.get("format") != "promo-root/1" or root["epoch"] < 1:
        raise Refused("malformed")
    check(payload, "root", signatures, role_keys(root, "root"), root["roles"]["root"]["threshold"])
    if root["version"] != trusted["version"] + 1:
        raise Refused("root")
    if root["env"] != trusted["env"]:
        raise Refused("environment")
    if root["epoch"] < trusted["epoch"]:
        raise Refused("epoch")
    return root


def head_of(payload):
    head = parse(payload)
    if not isinstance(head, dict) or head.get("format") != "promo-head/1":
        raise Refused("malformed")
    for name, kind in HEAD_FIELDS.items():
        if name not in head or not isinstance(head[name], kind):
            raise Refused("malformed")
    return head


class Till:
    """What is on the disk: root, HEAD and its bytes, bundle, counters."""

    def __init__(self, pack, objects, level):
        self.level, self.env, self.store = level, pack["env"], pack["store_id"]
        pinned = pack["pinned"]
        if level == 3:
            self.root = parse(opened(objects(pack["root"]), "root")[0])
        else:  # one pinned key is a root with nothing but a head role
            self.root = {
                "version": pinned["root_version"],
                "epoch": pinned["epoch"],
                "env": self.env,
                "keys": {pinned["keyid"]: {"keyval": {"public": pinned["head_key"]}}},
                "roles": {"head": {"keyids": [pinned["keyid"]], "threshold": 1}},
            }
        self.head = self.envelope = self.bundle = self.counters = self.release = self.seq = None

    def sync(self, bucket):
        """Return (decision, reason, alarm)."""
        if "HEAD" not in bucket:
            return "refused", "nothing-published", False
        if bucket["HEAD"] == self.envelope:  # what If-None-Match is for
            return "unchanged", None, False
        try:
            root, head, payload = self.accept_head(bucket)
            if self.release == head["release"]["sha256"]:
                self.root, self.head, self.payload, self.envelope = root, head, payload, bucket["HEAD"]
                return "unchanged", None, False
            kept, found = self.accept_release(bucket, head)
        except Refused as refused:
            return "refused", str(refused), str(refused) == "equivocation"
        self.root, self.head, self.payload, self.envelope = root, head, payload, bucket["HEAD"]
        if kept:
            return "kept", kept, False
        self.bundle, self.counters, self.release, self.seq = *found, head["release"]["sha256"], head["seq"]
        return "updated", None, False

    def accept_head(self, bucket):
        payload, signatures = opened(fetch(bucket, "HEAD", 8192), "head")
        root = self.root
        if self.level == 3:
            named = head_of(payload)["root_version"]
            while root["version"] < named:
                root = next_root(root, fetch(bucket, f"root/{root['version'] + 1}.json", 65536))
        check(payload, "head", signatures, role_keys(root, "head"), root["roles"]["head"]["threshold"])
        head = head_of(payload)
        if head["env"] != self.env:
            raise Refused("environment")
        if head["root_version"] != root["version"]:
            raise Refused("rollback" if head["root_version"] < root["version"] else "root")
        if head["epoch"] != root["epoch"]:
            raise Refused("epoch")
        if self.head:
            last, order = self.head, (head["epoch"], head["rev"])
            before = (last["epoch"], last["rev"])
            if order == before and payload != self.payload:
                raise Refused("equivocation")
            if order < before or (head["epoch"] == last["epoch"] and head["seq"] < last["seq"]):
                raise Refused("rollback")
            if head["epoch"] == last["epoch"] and head["seq"] == last["seq"] and head["release"] != last["release"]:
                raise Refused("equivocation")
        return root, head, payload

    def accept_release(self, bucket, head):
        """Return (why the bundle is kept, (bundle, counters))."""
        if head["min_client"] > 1:
            return "client-too-old", None
        release = parse(fetch_named(bucket, head["release"]["key"], head["release"]))
        if release["seq"] != head["seq"]:
            raise Refused("hash")
        number = int(sha(self.store.encode())[:8], 16) >> (32 - release["shard_bits"])
        stores = parse(blob(bucket, release["shards"][number]))["stores"]
        if self.store not in stores:
            return "not-listed", None
        entry = stores[self.store]
        bundle = self.by_delta(bucket, entry) or blob(bucket, entry["bundle"])
        header = parse(bundle)["header"]
        if header["schema_version"] != 1:
            return "schema", None
        if header["requires"]:
            return "requires", None
        return None, (bundle, parse(blob(bucket, entry["counters"])) if entry["counters"] else None)

    def by_delta(self, bucket, entry):
        if self.level == 1 or not self.bundle:
            return None
        if sha(self.bundle) == entry["bundle"]["sha256"]:
            return self.bundle
        for ref in entry["deltas"]:
            if ref["from"] == sha(self.bundle):
                try:
                    result = patched(self.bundle, parse(blob(bucket, ref)))
                except (Refused, KeyError, TypeError, ValueError):
                    return None
                return result if sha(result) == entry["bundle"]["sha256"] else None
        return None

    def state(self, clock):
        if not self.head:
            return {"root_version": 1, "runs": []}
        now = max(clock, time(self.head["issued_at"]))
        stale = now > time(self.head["stale_after"])
        late = now > time(self.head["fresh_until"])
        used = {} if not self.counters else self.counters["promotions"]
        runs = [
            one["id"]
            for one in parse(self.bundle)["promotions"]
            if one["id"] not in self.head["revoked"]
            and not one.get("requires")
            and not (stale and one.get("require_fresh"))
            and not used.get(one["id"], {}).get("exhausted")
        ]
        return {
            "root_version": self.root["version"],
            "epoch": self.head["epoch"],
            "rev": self.head["rev"],
            "seq": self.seq,
            "bundle_sha256": sha(self.bundle),
            "runs": runs,
            "freshness": "stale" if stale else "late" if late else "fresh",
        }


def patched(bundle, delta):
    rows = bundle.decode().split("\n")
    lines = {json.loads(row.rstrip(","))["id"]: row.rstrip(",") for row in rows[3:-2]}
    for gone in delta["delete"]:
        lines.pop(gone, None)
    for line in delta["put"]:
        lines[json.loads(line)["id"]] = line
    if "header" in delta:
        rows[0] = '{"header":' + delta["header"] + ","
    if "products" in delta:
        rows[1] = '"products":' + delta["products"] + ","
    body = ",\n".join(lines[key] for key in sorted(lines))
    return "\n".join([*rows[:3], *([body] if body else []), "]}", ""]).encode()


def main(folder, level):
    pack = json.loads((folder / "pack.json").read_bytes())

    def objects(name):
        return (folder / "objects" / name).read_bytes()

    cases = [case for case in pack["cases"] if case["level"] <= level]
    wrong = 0
    for case in cases:
        till = Till(pack, objects, level)
        for number, step in enumerate(case["steps"], start=1):
            found = till.sync({key: objects(name) for key, name in step["bucket"].items()})
            found = dict(zip(("decision", "reason", "alarm"), found, strict=True)) | till.state(time(step["clock"]))
            expected = {name: value for name, value in step["expected"].items() if value is not None or name in found}
            if found != expected:
                wrong += 1
                print(f"{case['id']}, step {number}: expected {expected}, found {found}")
    for upload in pack["uploads"]:
        lines = objects(upload["lines"])
        tail = f"dt={upload['business_date']}/store={pack['store_id']}/pos={upload['pos_id']}/"
        tail += f"{upload['first']}-{upload['last']}-{sha(lines)[:16]}.ndjson.gz"
        wrong += (f"uploads/v1/{tail}", f"receipts/v1/{tail}.json") != (upload["key"], upload["receipt_key"])
        for receipt in upload["receipts"]:
            try:
                answer = json.loads(objects(receipt["body"]))
            except ValueError:
                answer = {}
            wrong += (answer.get("sha256") == sha(lines)) is not receipt["delete"]
    print(f"{len(cases)} cases, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
