"""Codes of what a publisher finds: PUB about the protocol, SEC about keys and signatures."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

CONDITIONS_IGNORED = Code(
    code="PUB001",
    name="conditional-writes-not-enforced",
    severity=Severity.ERROR,
    doc="""The object storage does not honour conditional writes, so two publishers could overwrite each other.

    Why: the whole fleet switches by one conditional write of HEAD. A store that answers 200 where 412 is due would let
    the later of two publishers win silently, and tills would see revisions go backwards.
    Example: a gateway that ignores If-None-Match.
    Fix: publish to storage that enforces If-Match and If-None-Match: AWS S3, a recent MinIO or Ceph, or a folder.""",
)
LOST_RACE = Code(
    code="PUB002",
    name="lost-race",
    severity=Severity.ERROR,
    doc="""Somebody else published something different while this publication was running.

    Why: only one of two publishers that started from the same release can win. Yours changed nothing for the tills.
    Example: a merge and the nightly job published at the same minute.
    Fix: pull the latest commit and publish again; it starts from what is live now.""",
)
OUTCOME_UNKNOWN = Code(
    code="PUB003",
    name="outcome-unknown",
    severity=Severity.ERROR,
    doc="""It is not known whether this publication took effect: the storage did not answer, or answered in doubt.

    Why: a lost answer says nothing about the write. Nothing is half published: HEAD is the old one or the new one.
    Example: the network failed while HEAD was written.
    Fix: run the same publish again. It finds out, and does nothing if the publication did take effect.""",
)
HELD = Code(
    code="PUB004",
    name="publishing-held",
    severity=Severity.ERROR,
    doc="""Publishing to this environment is held.

    Why: somebody rolled back and did not want the next job to undo it.
    Example: the nightly publication runs after an evening's rollback.
    Fix: repair the promotion first, then release the hold when you publish.""",
)
BROKEN_CHAIN = Code(
    code="PUB005",
    name="live-release-broken",
    severity=Severity.ERROR,
    doc="""The live release cannot be read completely.

    Why: an object HEAD leads to is missing, too large or damaged. Tills that have their bundle go on with it.
    Example: a lifecycle rule of the bucket deleted a shard.
    Fix: restore the object from the bucket's backup or versions. Take care that nothing but promo deletes there.""",
)
NOT_VERIFIED = Code(
    code="PUB006",
    name="verification-failed",
    severity=Severity.ERROR,
    doc="""The release was published, but reading it back as a till does failed.

    Why: the storage lost or changed an object after it was written, or reads lag behind writes.
    Example: a blob is missing although its upload was confirmed.
    Fix: publish again. If it stays, check the storage.""",
)
NO_STORES = Code(
    code="PUB007",
    name="nothing-compiled",
    severity=Severity.ERROR,
    doc="""There is no bundle to publish.

    Why: a release without stores would leave every till without promotions, which is hardly what was meant.
    Example: the stores folder is empty.
    Fix: check that the workspace has stores. To stop a single promotion, set `is_active: false`.""",
)
HEAD_TOO_LARGE = Code(
    code="PUB008",
    name="head-too-large",
    severity=Severity.ERROR,
    doc="""HEAD would be larger than tills accept.

    Why: every till polls HEAD, so its size has a limit that tills enforce.
    Example: very many head keys sign, and 64 promotions are stopped.
    Fix: lift stops that publications have made unnecessary, or retire head keys.""",
)
NOTHING_LIVE = Code(
    code="PUB009",
    name="nothing-live",
    severity=Severity.ERROR,
    doc="""Nothing is published in this environment yet.

    Why: the command changes or looks at what is live.
    Example: a halt is tried before the first publication.
    Fix: publish first, or check the environment's name and its target in promo.yaml.""",
)
REVOKED_FULL = Code(
    code="PUB010",
    name="too-many-halted",
    severity=Severity.ERROR,
    doc="""HEAD cannot stop another promotion: its list is full.

    Why: the list travels with every poll of every till, so it holds at most 64 ids.
    Example: a 65th promotion is halted.
    Fix: publish without the promotions that are stopped, lift their stops, then halt this one.""",
)
UNKNOWN_RELEASE = Code(
    code="PUB011",
    name="unknown-release",
    severity=Severity.ERROR,
    doc="""The chain of releases holds no release of this number.

    Why: releases are found by walking from the live one to the one before, so that every step is proved by a hash.
    Example: `promo rollback --to 99` while release 12 is live.
    Fix: take a number from `promo release list`.""",
)
RELEASE_INCOMPLETE = Code(
    code="PUB012",
    name="release-cleared-away",
    severity=Severity.ERROR,
    doc="""Objects of an old release are no longer in the bucket, so it cannot be used again.

    Why: gc deletes what only releases older than those it keeps have needed.
    Example: a rollback to a release of last year.
    Fix: roll back to a later release, or check out that release's commit and publish it.""",
)
STALE_PLAN = Code(
    code="PUB013",
    name="plan-out-of-date",
    severity=Severity.ERROR,
    doc="""What a plan showed is not what publishing would do now.

    Why: the files changed since, or another release went live. Whoever approved the plan approved something else.
    Example: two pull requests are merged, and only the first one's plan still holds.
    Fix: plan again, look at it, and publish that plan.""",
)
GC_INTERRUPTED = Code(
    code="PUB014",
    name="deletion-under-way",
    severity=Severity.ERROR,
    doc="""A blob this release needs is just being deleted, and the deletion does not end.

    Why: gc was killed between saying that it deletes a blob and having deleted it. Relying on the blob would be unsafe.
    Example: a job was cancelled while it ran gc, and an old promotion is published again at once.
    Fix: run `promo gc --apply` an hour later, which finishes the deletion, and publish again.""",
)
TOO_SLOW = Code(
    code="PUB015",
    name="intent-expired",
    severity=Severity.ERROR,
    doc="""The publication took so long that the note protecting its uploads was cleared away.

    Why: gc keeps the uploads of unfinished publications for seven days only.
    Example: a laptop sleeps for a week in the middle of a publication.
    Fix: publish again.""",
)
DAMAGED = Code(
    code="PUB016",
    name="object-damaged",
    severity=Severity.ERROR,
    doc="""An object of a release is missing, or does not have the bytes that its name promises.

    Why: a till that needs it keeps what it has, and a new till gets nothing.
    Example: a lifecycle rule deleted a bundle that is still in use.
    Fix: restore the object from the bucket's versions, or publish again after removing the damaged object: what is
    missing is uploaded anew.""",
)
UNKNOWN_NOTE = Code(
    code="PUB017",
    name="unreadable-control-object",
    severity=Severity.ERROR,
    doc="""A control object under ctl/ is not in a form this version knows.

    Why: intents and tombstones are how publishers and gc keep out of each other's way. Guessing would risk a blob.
    Example: a newer version of the tool works on the same bucket.
    Fix: update this tool. If somebody wrote the object by hand, remove it.""",
)
UNDER_WAY = Code(
    code="PUB018",
    name="rollout-under-way",
    severity=Severity.ERROR,
    doc="""Another change is reaching the stores in waves, and is not through.

    Why: two changes at once could not be told apart when something goes wrong in the first stores.
    Example: a second pull request is merged while the first one soaks in the pilot stores.
    Fix: wait for the rollout and publish then; or end it with `promo rollout abort`; or reach every store now with
    `promo publish --all-at-once`.""",
)
NO_ROLLOUT = Code(
    code="PUB019",
    name="no-rollout",
    severity=Severity.ERROR,
    doc="""No rollout is under way in this environment.

    Why: only a publication that has reached some stores and not the others can go on, or be taken back.
    Example: `promo rollout advance` after the last wave.
    Fix: look at `promo rollout status`. To undo a release that every store has, use `promo rollback`.""",
)
MIXED_RELEASE = Code(
    code="PUB020",
    name="release-of-a-rollout",
    severity=Severity.ERROR,
    doc="""The release was a step of a rollout: some stores had the change, others did not.

    Why: going back to it would leave the chain in a mixture that nobody watches any more.
    Example: release 12 was the pilot wave of what release 14 brought to all.
    Fix: roll back to the release before the rollout, or to the one that ended it; `promo release list` shows both.""",
)
NO_KEYS = Code(
    code="SEC001",
    name="no-signing-key",
    severity=Severity.ERROR,
    doc="""The keys that sign this environment's HEAD are not at hand.

    Why: tills believe only what the environment's head keys have signed, in the number its root asks for.
    Example: a job runs without access to the key, or a colleague's folder was published to with other keys.
    Fix: put the environment's key folder where the message says, with its root.json and the head key.""",
)
OTHER_ROOT = Code(
    code="SEC002",
    name="another-root",
    severity=Severity.ERROR,
    doc="""The bucket belongs to another root than the one in the key folder.

    Why: its tills trust the bucket's root and would refuse what you sign.
    Example: the key folder was deleted, and a new development root was made for an old bucket.
    Fix: restore the key folder of this bucket, or publish to an empty target. For a development folder whose keys are
    lost, delete the bucket folder and publish again.""",
)
UNTRUSTED_HEAD = Code(
    code="SEC003",
    name="head-not-trusted",
    severity=Severity.ERROR,
    doc="""HEAD in the bucket does not pass the checks that every till makes.

    Why: it was changed, copied from another environment or signed with keys the root does not name.
    Example: a signature is missing.
    Fix: do not publish over it. Find out who wrote it; restore the last good HEAD from the bucket's versions.""",
)
BAD_KEY = Code(
    code="SEC004",
    name="unreadable-key",
    severity=Severity.ERROR,
    doc="""A file in the key folder is not what it should be.

    Why: keys are unencrypted Ed25519 keys in PEM, and root.json is the environment's signed root.
    Example: a key file was cut short.
    Fix: restore the file from where you keep the original.""",
)
BAD_ROTATION = Code(
    code="SEC005",
    name="impossible-rotation",
    severity=Severity.ERROR,
    doc="""The keys cannot be changed like this.

    Why: a root whose roles nobody can sign for would lock everyone out, tills and publishers, for good.
    Example: the only head key is retired and none is added.
    Fix: add a key in the same step, name keys by ids that `promo key show` lists, or choose another threshold.""",
)
KEYS_EXIST = Code(
    code="SEC006",
    name="keys-exist",
    severity=Severity.ERROR,
    doc="""The key folder is in use.

    Why: new keys in the place of old ones would lock out every till that trusts the old root.
    Example: `promo key init` is run a second time.
    Fix: to change keys, use `promo key rotate`; for another environment, name another folder.""",
)
