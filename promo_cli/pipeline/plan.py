"""What a publication would change: stores, promotions, days, fields, and a receipt of each changed promotion."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.check import checked_workspace, today_of
from promo_cli.pipeline.compiled import compiled
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.operate import cache_folder, trusted_of
from promo_cli.pipeline.operate_releases import read_bundles
from promo_cli.pipeline.plan_inputs import inputs_sha256
from promo_cli.pipeline.price import Priced, priced
from promo_cli.pipeline.promoting import promoted
from promo_cli.pipeline.provenance import provenance
from promo_cli.pipeline.rollout import stages_of
from promo_cli.pipeline.usage import used_up
from promo_cli.protocol import canonical
from promo_cli.protocol.blob import blob_of
from promo_cli.protocol.fields import DocumentError, Fields
from promo_cli.protocol.rollout import Rollout
from promo_cli.protocol.shard import Entry
from promo_cli.protocol.trust import Refused
from promo_cli.publishing.cached import Cached
from promo_cli.publishing.contents import plan_contents
from promo_cli.publishing.difference import Difference, difference
from promo_cli.publishing.live import Live, broken, read_live, rollout_in
from promo_cli.publishing.staging import Plan as Stages
from promo_cli.publishing.staging import stage, waves_of
from promo_cli.storage import Storage
from promo_cli.validation.sample import sample
from promo_cli.workspace import Workspace, load

SCHEMA = "promo.plan/1"
PREVIEWS = 40
"""Promotions shown with a receipt; a plan that changes more is not read receipt by receipt."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A made-up cart in one store, and its receipt with the promotion alone. Amounts in major units."""

    code: str
    store_id: str
    cart: Mapping[str, Any]
    applies: bool
    priced: Priced


@dataclass(frozen=True, slots=True)
class Held:
    """What a publication is held to: the inputs and day it was planned with, the base, and the effect."""

    env: str
    as_of: dt.date
    inputs_sha256: str
    base_seq: int | None
    base_sha256: str
    """The live release's hash; empty before the first publication."""
    effect_sha256: str
    """Over every store whose bundle changes, from what to what."""

    @property
    def done(self) -> bool:
        """Tell whether nothing would change: what is live is what was planned."""
        return self.effect_sha256 == _effect({}, {})


@dataclass(frozen=True, slots=True)
class PlannedWave:
    """One wave's cohorts (None: all other stores), and its stores that see a change."""

    cohorts: tuple[str, ...] | None
    soak_hours: int
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing would do now."""

    held: Held
    where: str
    commit: str | None
    dirty: bool
    stores: int
    difference: Difference
    previews: tuple[Preview, ...]
    waves: tuple[PlannedWave, ...] = ()
    """How the change would reach the stores; empty for all at once."""
    under_way: Rollout | None = None
    """The rollout that is under way; `same_inputs` says whether it brings exactly this."""
    same_inputs: bool = False
    used_up: tuple[str, ...] = ()
    """Codes of promotions whose limit in all is reached, as far as this machine's warehouse knows: tills skip them."""

    def document(self) -> dict[str, Any]:
        """Return the plan as JSON values; `promo publish PLAN` reads it back."""
        held = self.held
        return {
            "schema": SCHEMA,
            "env": held.env,
            "target": self.where,
            "as_of": held.as_of.isoformat(),
            "commit": self.commit,
            "dirty": self.dirty,
            "inputs_sha256": held.inputs_sha256,
            "base": None if held.base_seq is None else {"seq": held.base_seq, "sha256": held.base_sha256},
            "effect_sha256": held.effect_sha256,
            "stores": self.stores,
            "used_up": list(self.used_up),
            "waves": [
                {
                    "cohorts": None if one.cohorts is None else list(one.cohorts),
                    "soak_hours": one.soak_hours,
                    "stores": list(one.stores),
                }
                for one in self.waves
            ],
            "rollout_under_way": None if self.under_way is None else self.under_way.encode(),
            **self.difference.document(),
            "previews": [
                {
                    "code": one.code,
                    "store_id": one.store_id,
                    "applies": one.applies,
                    "cart": one.cart,
                    "receipt": one.priced.receipt,
                }
                for one in self.previews
            ],
        }


def plan_environment(
    start: Path, env: str, *, as_of: dt.date | None, now: dt.datetime, origin: str | None = None
) -> Plan:
    """Compare the workspace around `start`, or what runs in the environment `origin`, with what is live.

    Writes nothing. `as_of` is a day in the company's time zone, today by default. Raises Failure: exit 1 for a
    workspace with errors or a HEAD not to be believed, 2 for an unknown environment, 4 for a live release that cannot
    be read; and as `promoting.promoted` does.
    """
    if origin is not None:
        workspace = load(start)
        content = promoted(workspace, env, origin, now)
        bundles, on, inputs, source = content.bundles, content.as_of, content.inputs_sha256, content.source
    else:
        workspace = checked_workspace(start, today=as_of)
        on, inputs = as_of or today_of(workspace), inputs_sha256(workspace)
        bundles, (source, _) = compiled(workspace, on), provenance(workspace.root)
    storage, trusted = storage_of(workspace, env), trusted_of(workspace, env, now)
    live = None if trusted is None else read_live(Cached(storage, cache_folder(workspace, env)), trusted)
    found = _difference(storage, live, bundles)
    staged = stages_of(workspace) if environment(workspace, env).staged else None
    under_way = None if live is None else rollout_in(storage, live)
    return Plan(
        held=held_of(inputs, env, on, live, bundles),
        where=storage.where,
        commit=source.commit,
        dirty=source.dirty,
        stores=len(bundles),
        difference=found,
        # Receipts are of the promotions in the workspace, which need not be those of another environment.
        previews=() if origin is not None else _previews(workspace, found, on),
        waves=() if staged is None or live is None or under_way is not None else _waves(staged, live, bundles),
        under_way=under_way,
        same_inputs=live is not None and live.release is not None and live.release.inputs_sha256 == inputs,
        used_up=used_up(workspace, env, on),
    )


def _waves(staged: Stages, live: Live, bundles: Mapping[str, bytes]) -> tuple[PlannedWave, ...]:
    """Return how the change would reach the stores; empty where it would reach all that see it at once."""
    if not live.entries:
        return ()
    contents = plan_contents(bundles, None, live, None)
    found = stage(staged, live.entries, contents, None)
    if found is None:
        return ()
    reached = waves_of(found.stages, live.entries, found.after)
    return tuple(
        PlannedWave(one.cohorts, one.soak_hours, stores) for one, stores in zip(found.stages, reached, strict=True)
    )


def held_of(inputs: str, env: str, on: dt.date, live: Live | None, bundles: Mapping[str, bytes]) -> Held:
    """Return what a plan of these bundles, made of inputs of this hash, over what is live is held to."""
    head = None if live is None else live.head
    return Held(
        env=env,
        as_of=on,
        inputs_sha256=inputs,
        base_seq=None if head is None else head.seq,
        base_sha256="" if head is None else head.release.sha256,
        effect_sha256=_effect((live.entries if live is not None else None) or {}, bundles),
    )


def read_plan(path: Path) -> Held:
    """Read what a plan file holds a publication to. Raises Failure (exit 2) for a file that is no plan."""
    try:
        fields = Fields(canonical.loads(path.read_bytes()), "plan")
        fields.one_of("schema", (SCHEMA,))
        base = fields.optional(fields.object, "base")
        return Held(
            env=fields.text("env"),
            as_of=dt.date.fromisoformat(fields.text("as_of")),
            inputs_sha256=fields.sha256("inputs_sha256"),
            base_seq=None if base is None else base.integer("seq"),
            base_sha256="" if base is None else base.sha256("sha256"),
            effect_sha256=fields.sha256("effect_sha256"),
        )
    except (OSError, canonical.CanonicalError, DocumentError, ValueError) as error:
        message = f"expected a file that `promo plan --out` wrote: {error}"
        raise Failure([codes.BAD_PLAN.at(Location(str(path)), message)], exit_code=2) from None


def _difference(storage: Storage, live: Live | None, bundles: Mapping[str, bytes]) -> Difference:
    entries = (live.entries if live is not None else None) or {}
    hashes = {data: blob_of(data) for data in set(bundles.values())}
    same = {store for store, data in bundles.items() if store in entries and entries[store].bundle == hashes[data]}
    try:
        before, _ = read_bundles(
            storage, {store: entry.bundle for store, entry in entries.items() if store not in same}, {}
        )
    except Refused as refused:
        raise broken(storage, 0 if live is None or live.head is None else live.head.seq, refused) from refused
    return difference(before, {store: data for store, data in bundles.items() if store not in same})


def _effect(entries: Mapping[str, Entry], bundles: Mapping[str, bytes]) -> str:
    hashes = {data: blob_of(data).sha256 for data in set(bundles.values())}
    steps = {
        store: [
            entries[store].bundle.sha256 if store in entries else None,
            hashes[bundles[store]] if store in bundles else None,
        ]
        for store in {*entries, *bundles}
    }
    changed = {store: step for store, step in steps.items() if step[0] != step[1]}
    return hashlib.sha256(canonical.dumps(changed)).hexdigest()


def _previews(workspace: Workspace, found: Difference, on: dt.date) -> tuple[Preview, ...]:
    codes_changed = dict.fromkeys(change.code for change in found.changes if change.kind != "removed")
    by_code = {promotion.code: promotion for promotion in workspace.promotions}
    previews = []
    for code in list(codes_changed)[:PREVIEWS]:
        made = sample(workspace, by_code[code], on)
        if made is not None:
            receipt = priced(workspace, made.store_id, made.cart["at"], made.receipt)
            previews.append(Preview(code, made.store_id, made.cart, made.applies, receipt))
    return tuple(previews)
