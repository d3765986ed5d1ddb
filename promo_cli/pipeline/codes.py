"""Codes of what stops the daily loop before any room is at fault."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

NOT_EMPTY = Code(
    code="CFG201",
    name="folder-in-use",
    severity=Severity.ERROR,
    doc="""`promo init` found files of its own names in the folder.

    Why: a workspace that already exists must never be overwritten.
    Fix: choose an empty or a new folder, or remove the files that the message names.""",
)
UNKNOWN_ENVIRONMENT = Code(
    code="CFG202",
    name="unknown-environment",
    severity=Severity.ERROR,
    doc="""The environment is not one of promo.yaml.

    Why: only a declared environment says where its releases live and whether it is protected.
    Fix: take one of the names the message lists, or add it under `environments:` in promo.yaml.""",
)
UNKNOWN_STORE = Code(
    code="CFG203",
    name="unknown-store",
    severity=Severity.ERROR,
    doc="""The store is not one of stores/.

    Why: a bundle can only be made for a store that the workspace describes.
    Fix: take the id of a store under stores/; the message suggests the nearest.""",
)
BAD_RETENTION = Code(
    code="CFG220",
    name="retention-cannot-hold",
    severity=Severity.ERROR,
    doc="""promo.yaml has no `retention`, or one under which uploads outlive the personal data in the warehouse.

    Why: uploads say who bought. While they are in the bucket, a rebuild would bring back what the warehouse has
    forgotten.
    Fix: `retention: {uploads_days: 400, personal_days: 730}`; uploads_days is not above personal_days.""",
)
NOT_CLEAN = Code(
    code="PUB101",
    name="uncommitted-changes",
    severity=Severity.ERROR,
    doc="""The workspace is not exactly what a git commit holds.

    Why: a release names the commit it was made from, so that anyone can rebuild and compare it. That fails when the
    files differ from the commit, or when there is none.
    Fix: commit the changes and publish again. To publish all the same, pass --allow-dirty; the release records it.""",
)
PROTECTED = Code(
    code="PUB102",
    name="protected-environment",
    severity=Severity.ERROR,
    doc="""The environment is marked `protected: true`, and nobody confirmed.

    Why: a publication there changes real prices in real stores.
    Fix: answer the question in a terminal, or pass --yes where no one can answer, such as in a workflow.""",
)
DRIFT = Code(
    code="PUB104",
    name="drift",
    severity=Severity.ERROR,
    doc="""What is live is not what its commit gives.

    Why: the release names a commit, and compiling that commit for the release's day should give the same bytes.
    Example: somebody published with a changed tool, or wrote to the bucket.
    Fix: find out who published the release (`promo release show`), then publish from git again.""",
)
NOT_REPRODUCIBLE = Code(
    code="PUB105",
    name="not-reproducible",
    severity=Severity.ERROR,
    doc="""The live release cannot be rebuilt.

    Why: it was published with --allow-dirty, or this clone does not have its commit.
    Example: a shallow clone in CI.
    Fix: fetch the commit, or publish a commit, and look again.""",
)
BAD_ROLLOUT = Code(
    code="PUB106",
    name="rollout-not-possible",
    severity=Severity.ERROR,
    doc="""`rollout` in promo.yaml does not say how a publication reaches the stores.

    Why: a wave of stores that do not exist would be passed without any store having tried the change.
    Example: a wave names a cohort that is not declared, or a cohort names a store that was closed.
    Fix: correct `rollout` in promo.yaml where the message points, or publish with --all-at-once.""",
)
GATES_CLOSED = Code(
    code="PUB107",
    name="gates-closed",
    severity=Severity.ERROR,
    doc="""The next wave may not begin yet.

    Why: the stores that have the change have not shown that it is good, or nothing is known of them.
    Example: a pilot store's till has not reported since, or `promo ingest` has not run.
    Fix: do what the message says is missing, or wait; `promo rollout abort` takes the change back.""",
)
STOPPED_THERE = Code(
    code="PUB108",
    name="stopped-in-the-other-environment",
    severity=Severity.ERROR,
    doc="""Promotions of the release to be promoted are stopped where it runs.

    Why: a stop belongs to one environment's HEAD and does not travel; in the other one the promotion would run.
    Example: staging has halted WEEKEND20, and `promo publish --env production --from-env staging` would start it.
    Fix: repair the promotion, publish to the first environment, lift the stop there, and promote then.""",
)
BAD_PLAN = Code(
    code="PUB103",
    name="not-a-plan",
    severity=Severity.ERROR,
    doc="""The file named as a plan is not one.

    Why: publishing is held to a plan only if the plan can be read completely.
    Example: the Markdown of a plan is handed to `promo publish`.
    Fix: write it with `promo plan --env NAME --out FILE`, and publish that file.""",
)
NO_SECRET = Code(
    code="SEC201",
    name="no-hashing-secret",
    severity=Severity.ERROR,
    doc="""The secret that turns phone numbers into keyed hashes is missing, or is not 64 hex digits.

    Why: phone numbers are never stored. With another secret the same customer would become a second one.
    Fix: hand the environment's secret in through PROMO_HMAC_KEY, the same for every machine that ingests.""",
)
TOO_MANY_BAD_LINES = Code(
    code="ING201",
    name="too-many-bad-lines",
    severity=Severity.ERROR,
    doc="""More uploaded lines than allowed could not be loaded.

    Why: nothing is lost, the lines wait in quarantine; but reports lack them, and a till that writes bad lines goes on.
    Fix: look at the quarantine table's reasons, mend the till or the schema, and ingest again.""",
)
UNKNOWN_PROMOTION = Code(
    code="CFG204",
    name="unknown-promotion",
    severity=Severity.ERROR,
    doc="""No promotion of the workspace has this code.

    Why: the command acts on promotions by their `code`, whatever their file is called.
    Fix: take the code from the promotion's file; the message suggests the nearest.""",
)
NO_SAMPLE = Code(
    code="CFG205",
    name="no-store-to-preview",
    severity=Severity.ERROR,
    doc="""The promotion runs in no store, so there is nowhere to buy a sample cart.

    Why: its targeting leaves no store of the workspace.
    Fix: correct `targeting`, or name a store with --store.""",
)
NOT_A_RECEIPT = Code(
    code="CFG206",
    name="not-a-receipt",
    severity=Severity.ERROR,
    doc="""The file given with --receipt does not hold a receipt.

    Why: a return gives back what each unit cost, and only the receipt says that.
    Fix: pass what `promo price --json` or a till printed, unchanged.""",
)
NOT_RETURNABLE = Code(
    code="CFG207",
    name="not-on-the-receipt",
    severity=Severity.ERROR,
    doc="""What --return names was not bought, or not in this quantity.

    Why: nothing is given back that was not paid for.
    Fix: name a line by its line_id, its number from 1 or its product, and no more units than it has.""",
)
CODE_TAKEN = Code(
    code="CFG210",
    name="code-taken",
    severity=Severity.ERROR,
    doc="""`promo new` was given a code that a promotion already has, in whatever case.

    Why: reports, receipts and vouchers go by the code; two promotions of one code could not be told apart.
    Fix: choose a code that was never used, such as the old one with the year.""",
)
FILE_TAKEN = Code(
    code="CFG211",
    name="file-taken",
    severity=Severity.ERROR,
    doc="""The file that `promo new` would write is there already.

    Why: what somebody has written is never overwritten.
    Fix: choose another code, or name another folder below promotions/ with --folder.""",
)
UNKNOWN_TYPE = Code(
    code="CFG212",
    name="unknown-type",
    severity=Severity.ERROR,
    doc="""`promo new` was asked for a type of promotion that does not exist.

    Why: the type decides what a promotion can say; there are twelve.
    Fix: take one of the types that the message lists; docs/authoring.md shows an example of each.""",
)
UNKNOWN_ID = Code(
    code="CFG213",
    name="unknown-id",
    severity=Severity.ERROR,
    doc="""The workspace has no product, category, brand or tier of the id that a command was given.

    Why: an answer about something that does not exist would look like an answer.
    Fix: take an id from stores/; the message suggests the nearest.""",
)
BAD_SPAN = Code(
    code="CFG214",
    name="no-span-of-days",
    severity=Severity.ERROR,
    doc="""The days that a command was asked for end before they begin, or are too many to show.

    Why: a calendar of no days would look as if nothing ran.
    Fix: name a later last day, or fewer days.""",
)
