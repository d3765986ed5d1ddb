"""Codes of what a till finds while it syncs and uploads: SYN, and SEC where bytes are not believed."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

REFUSED = Code(
    code="SEC101",
    name="bytes-refused",
    severity=Severity.ERROR,
    doc="""The bucket served something that must not be believed, and nothing of it was kept.

    Why: a signature is missing or wrong, a revision went backwards, the environment is another, or bytes do not have
    the hash that the object before them names: a damaged transfer, a bucket copied or rolled back, or an attack.
    Example: HEAD of the test environment was copied over that of production.
    Fix: the till goes on with what it has. Sync again; if it stays, find out who wrote to the bucket.""",
)
EQUIVOCATION = Code(
    code="SEC102",
    name="two-histories",
    severity=Severity.ERROR,
    doc="""Two different HEADs or releases were signed with the same number.

    Why: numbers are given out by conditional writes, so this happens only if the store ignores conditions, if a backup
    was restored and published to, or if somebody else holds the signing key.
    Example: rev 41 was seen with two different payloads.
    Fix: stop publishing, keep both objects, check who holds the head key, recover by a new root of a higher epoch.""",
)
NOT_ENROLLED = Code(
    code="SEC103",
    name="till-not-enrolled",
    severity=Severity.ERROR,
    doc="""The till has no root yet, so it cannot check a signature.

    Why: the first root must reach a till on another way than the bucket, whose writers could else choose it.
    Example: a new till syncs with production for the first time.
    Fix: hand the till the environment's root file when it is set up. Folder targets trust their own on first use.""",
)
BAD_ROOT = Code(
    code="SEC104",
    name="root-not-usable",
    severity=Severity.ERROR,
    doc="""The root file cannot be what this till trusts.

    Why: everything the till believes follows from its root, so a wrong one is worse than none.
    Example: the file is that of the test environment, was cut short, or is not the one the till has.
    Fix: take the environment's root.json from where its keys were made; `promo key show` names the file.""",
)
OTHER_STATE = Code(
    code="SYN001",
    name="state-of-another-till",
    severity=Severity.ERROR,
    doc="""The state folder belongs to another store or environment.

    Why: a till would price with another store's promotions, or take an old revision for a rollback.
    Example: the folder was copied from another till.
    Fix: name the right folder, or begin with an empty one.""",
)
NOTHING_PUBLISHED = Code(
    code="SYN002",
    name="nothing-published",
    severity=Severity.ERROR,
    doc="""The bucket holds no release.

    Why: nothing was published to this environment yet, or the target is another than the one published to.
    Example: the till syncs before the first publication.
    Fix: publish first, or check the environment's target in promo.yaml. Until then the till sells at list price.""",
)
KEPT = Code(
    code="SYN003",
    name="bundle-kept",
    severity=Severity.WARNING,
    doc="""The release is genuine, but this till cannot use it, and keeps the bundle it has.

    Why: the bundle's schema or a feature it requires is newer than this till, or the release leaves out its store.
    Example: schema 2 was published before all tills were updated.
    Fix: update the till's software, or give the store promotions again. Revoked promotions stop all the same.""",
)
UNREACHABLE = Code(
    code="SYN004",
    name="bucket-unreachable",
    severity=Severity.WARNING,
    doc="""The bucket could not be read; the till goes on with the bundle it has.

    Why: the network is down, or the credentials or permissions are wrong.
    Example: the shop's line is out for an hour.
    Fix: nothing, if it passes: bundles reach ahead. Otherwise check network, target and credentials.""",
)
STALE = Code(
    code="SYN005",
    name="out-of-date",
    severity=Severity.WARNING,
    doc="""HEAD has not been renewed for longer than it says it should be.

    Why: publishing has stopped, or somebody shows the till an old HEAD. Past `fresh_until` this is only reported; past
    `stale_after` promotions marked `require_fresh` stop.
    Example: the nightly publication has failed for a week.
    Fix: publish again, or find out why this till does not see what was published.""",
)
DAMAGED = Code(
    code="SYN006",
    name="state-damaged",
    severity=Severity.WARNING,
    doc="""A file of the till's state was damaged and is fetched again.

    Why: its bytes no longer have the hash the till noted for them, for example after a disk error.
    Example: a bundle file was cut short.
    Fix: nothing; the previous bundle is used meanwhile. If it happens often, replace the disk.""",
)
NOT_DELIVERED = Code(
    code="SYN007",
    name="upload-postponed",
    severity=Severity.WARNING,
    doc="""A batch of bills and logs could not be uploaded, and stays on the till.

    Why: the network is down or refuses; nothing is deleted until the back office has given a receipt.
    Example: the shop closes while its line is out.
    Fix: nothing, if it passes: the next upload sends it. Otherwise check network and credentials.""",
)
NO_BUNDLE = Code(
    code="SYN008",
    name="no-bundle",
    severity=Severity.ERROR,
    doc="""The till has no bundle, so it cannot price with promotions.

    Why: it never synced, or both its bundles are damaged.
    Example: a cart is priced on a new till.
    Fix: sync the till. Until then it sells at list price.""",
)
UNKNOWN_PROMOTION = Code(
    code="SYN009",
    name="unknown-promotion",
    severity=Severity.ERROR,
    doc="""The till's bundle holds no promotion of that code or id.

    Why: it is not for this store, has ended, starts after the bundle's horizon, or the name is misspelt.
    Example: `promo till show WEKEND20`.
    Fix: check the spelling, the promotion's stores and dates, and sync the till.""",
)
ALWAYS_DAMAGED = Code(
    code="SYN010",
    name="upload-always-damaged",
    severity=Severity.ERROR,
    doc="""A batch of bills and logs arrived damaged however often it was sent, and stays on the till.

    Why: the back office says in its receipt which bytes it received, and they were never those of the till.
    Example: a proxy on the way rewrites what passes it.
    Fix: find out what changes the bytes on their way to the bucket. `promo ingest quarantine` shows what arrived.""",
)
