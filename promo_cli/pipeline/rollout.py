"""Staged publications: how they are declared, how far one has come, the next wave, and the way back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Diagnostic, Failure, Location
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.reference import Store
from promo_cli.model.settings import Cohort
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.operate import Confirm, cache_folder, consent, trusted_of, writer_for
from promo_cli.pipeline.provenance import provenance
from promo_cli.pipeline.rollout_facts import facts_of
from promo_cli.protocol.fields import time_text
from promo_cli.protocol.rollout import Rollout, Stage
from promo_cli.publishing.cached import Cached
from promo_cli.publishing.gates import Gate, gates_of
from promo_cli.publishing.live import Live, nothing_live, read_live, rollout_in
from promo_cli.publishing.rollback import RolledBack, rollback
from promo_cli.publishing.staging import Plan
from promo_cli.publishing.waves import Advanced, advance, sides_of, under_way
from promo_cli.storage import Storage
from promo_cli.workspace import Workspace, load


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a rollout has come; `rollout` None where none is under way. `stores` are those of each wave."""

    env: str
    where: str
    seq: int
    commit: str | None
    rollout: Rollout | None = None
    stores: tuple[tuple[str, ...], ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def open(self) -> bool:
        """Tell whether the next wave may begin."""
        return self.rollout is not None and all(gate.verdict == "passed" for gate in self.gates)

    def document(self) -> dict[str, Any]:
        """Return the standing as JSON values."""
        rollout = self.rollout
        found: dict[str, Any] = {
            "schema": "promo.rollout/1",
            "env": self.env,
            "target": self.where,
            "seq": self.seq,
            "under_way": rollout is not None,
        }
        if rollout is None:
            return found
        return {
            **found,
            "id": rollout.id,
            "commit": self.commit,
            "back_to": rollout.before.seq,
            "wave": rollout.wave,
            "since": time_text(rollout.started_at),
            "waves": [
                {
                    "wave": number,
                    "cohorts": None if stage.cohorts is None else list(stage.cohorts),
                    "soak_hours": stage.soak_hours,
                    "reached": number <= rollout.wave,
                    "stores": list(stores),
                }
                for number, (stage, stores) in enumerate(zip(rollout.stages, self.stores, strict=True), start=1)
            ],
            "gates": [
                {"name": one.name, "verdict": one.verdict, "needed": one.needed, "found": one.found}
                for one in self.gates
            ],
            "open": self.open,
        }


def stages_of(workspace: Workspace) -> Plan:
    """Return the cohorts and waves of promo.yaml. Raises Failure (exit 2) where they do not fit the stores."""
    declared = workspace.settings.rollout
    known = {
        "stores": {store.id for store in workspace.stores},
        "regions": {store.region for store in workspace.stores if store.region},
        "tags": {tag for store in workspace.stores for tag in store.tags},
    }
    for name, cohort in declared.cohorts.items():
        for kind, there in known.items():
            for number, one in enumerate(getattr(cohort, kind)):
                if one not in there:
                    what = "id" if kind == "stores" else kind[:-1]
                    _refuse(f"/cohorts/{name}/{kind}/{number}", f"no store has the {what} {one!r}", one, there)
    used: set[str] = set()
    for number, wave in enumerate(declared.waves):
        for place, named in enumerate(wave.cohorts):
            pointer = f"/waves/{number}/cohorts/{place}"
            if named not in declared.cohorts:
                _refuse(pointer, f"no cohort is called {named!r}", named, set(declared.cohorts))
            if named in used:
                _refuse(pointer, f"the cohort {named!r} is in a wave already", "", set())
            used.add(named)
    if not declared.waves:
        _refuse("", "the environment is staged, but there are no waves", "", set())
    return Plan(
        cohorts={store.id: one for store in workspace.stores if (one := _cohort(store, declared.cohorts))},
        stages=tuple(Stage(tuple(wave.cohorts), wave.soak_hours) for wave in declared.waves),
    )


def rollout_standing(start: Path, env: str, *, now: dt.datetime) -> Standing:
    """Look how far a rollout has come, and whether it may go on; writes nothing. Raises Failure as `promo status`."""
    workspace = load(start)
    storage, trusted = storage_of(workspace, env), trusted_of(workspace, env, now)
    live = None if trusted is None else read_live(Cached(storage, cache_folder(workspace, env)), trusted)
    if live is None or live.head is None:
        raise nothing_live(storage)
    return standing_of(workspace, env, storage, live, now)


def standing_of(workspace: Workspace, env: str, storage: Storage, live: Live, now: dt.datetime) -> Standing:
    """Judge the rollout of what is live, with the gates of promo.yaml as it is here."""
    assert live.head is not None
    assert live.release is not None
    rollout = rollout_in(storage, live)
    commit = live.release.source.commit
    if rollout is None:
        return Standing(env, storage.where, live.head.seq, commit)
    sides = sides_of(storage, live, rollout)
    stores = tuple(sides.waves)
    # All that have the change by now; one that left the chain has nothing to report.
    watched = sorted(store for wave in stores[: rollout.wave] for store in wave if store in sides.after)
    known, why = facts_of(workspace, env, rollout, watched)
    gates = gates_of(rollout, workspace.settings.rollout.gates, known, why, now)
    return Standing(env, storage.where, live.head.seq, commit, rollout, stores, tuple(gates))


def advance_rollout(
    start: Path, env: str, *, now: dt.datetime, confirm: Confirm, dry_run: bool = False
) -> tuple[Standing, Advanced | None]:
    """Reach the next wave if every gate is passed; None of a dry run.

    Raises Failure: exit 1 with every closed gate, 2 where no rollout is under way or nobody consents, 3, 4 as
    publishing does.
    """
    workspace = load(start)
    chosen, writer = environment(workspace, env), writer_for(workspace, env, now)
    live = read_live(writer.storage, writer.keys.trusted)
    seen = under_way(writer.storage, live)
    standing = standing_of(workspace, env, writer.storage, live, now)
    if not standing.open:
        raise Failure(_closed(standing.gates, env), exit_code=1)
    if dry_run:
        return standing, None
    consent(env, chosen, f"Reach wave {seen.wave + 1} of {len(seen.stages)}", confirm)
    actor, _ = provenance(workspace.root)
    return standing, advance(writer, seen, actor=actor)


def abort_rollout(
    start: Path, env: str, *, reason: str, now: dt.datetime, confirm: Confirm, dry_run: bool = False
) -> tuple[str, RolledBack]:
    """Give the stores back what ran before the rollout, and hold publishing; returns where, and what happened.

    Raises Failure: exit 2 where no rollout is under way or nobody consents, 3, 4 as a rollback does.
    """
    workspace = load(start)
    chosen, writer = environment(workspace, env), writer_for(workspace, env, now)
    seen = under_way(writer.storage, read_live(writer.storage, writer.keys.trusted))
    actor, _ = provenance(workspace.root)
    if not dry_run:
        consent(env, chosen, f"Take the rollout back to release {seen.before.seq}", confirm)
    done = rollback(writer, seen.before.seq, actor=actor, reason=reason, dry_run=dry_run)
    return writer.storage.where, done


def _cohort(store: Store, cohorts: dict[str, Cohort]) -> str | None:
    for name, cohort in cohorts.items():
        if store.id in cohort.stores or store.region in cohort.regions or {*store.tags} & {*cohort.tags}:
            return name
    return None


def _closed(gates: tuple[Gate, ...], env: str) -> list[Diagnostic]:
    closed = [gate for gate in gates if gate.verdict != "passed"]
    words = {"missing": "not known", "failed": "not met"}
    advice = {"missing": f"run `promo ingest --env {env}` once its tills have reported, then look again"}
    return [
        codes.GATES_CLOSED.at(
            None,
            f"{gate.name}, {words[gate.verdict]}: needed {gate.needed}; {gate.found}",
            help=advice.get(gate.verdict) if gate is closed[-1] else None,
        )
        for gate in closed
    ]


def _refuse(pointer: str, message: str, found: str, there: set[str]) -> None:
    guess = nearest(found, sorted(there)) if found else None
    place = Location("promo.yaml", pointer=f"/rollout{pointer}")
    advice = f"did you mean {guess}?" if guess else None
    raise Failure([codes.BAD_ROLLOUT.at(place, message, help=advice)], exit_code=2)
