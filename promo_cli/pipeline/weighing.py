"""What findings count as in this workspace: comments beside them, the baseline, and the severities of promo.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promo_cli.diagnostics import Code, Diagnostic, Failure, Location, Severity, codes, sort_key
from promo_cli.diagnostics.baseline import Entry, entries_of, read, shrunk, suppress, write
from promo_cli.diagnostics.levels import OFF, Levels, levelled
from promo_cli.diagnostics.suppression import FIRM, is_firm
from promo_cli.diagnostics.suppression import suppress as suppress_by_comments
from promo_cli.workspace import Workspace
from promo_cli.workspace.files import ROOT_FILE
from promo_cli.workspace.paths import within
from promo_cli.workspace.tree import pointer as pointer_to
from promo_cli.workspace.writing import write_atomically

DEFAULT_BASELINE = "promo-baseline.json"


@dataclass(frozen=True, slots=True)
class Written:
    """A baseline that was written: how many findings it has and how many went out; whether promo.yaml names it."""

    path: str
    kept: int
    settled: int
    stated: bool


def weigh(
    workspace: Workspace,
    found: Sequence[Diagnostic],
    *,
    wanted: list[str] | None = None,
    today: dt.date,
    baseline: Path | None = None,
) -> list[Diagnostic]:
    """The findings as they count, with those about comments, baseline and severities themselves, sorted.

    `wanted` are the paths below the workspace that were asked for, `baseline` a file instead of promo.yaml's. Raises
    Failure (exit 2) for a baseline that cannot be read.
    """
    texts = {path: text for path, text in workspace.sources.texts.items() if wanted is None or within(path, wanted)}
    whole = not _unseen(workspace, found)
    weighed = suppress_by_comments(found, texts, today, whole=whole)
    file = baseline or baseline_of(workspace)
    if file is not None:
        entries = _read(workspace, file)
        asked = [entry for entry in entries if wanted is None or within(entry.path, wanted)]
        weighed, settled = suppress(weighed, asked)
        if settled and whole:
            weighed.append(_settled(workspace, file, settled))
    if wanted is None or within(ROOT_FILE, wanted):
        weighed += _doubtful_levels(workspace)
    return sorted(levelled(weighed, _levels(workspace)), key=sort_key)


def write_baseline(workspace: Workspace, found: Sequence[Diagnostic], *, today: dt.date, file: Path | None) -> Written:
    """Write the baseline: everything found where there is none yet, else what is left of it, and nothing new.

    `found` is everything that is wrong with the workspace; the file is promo.yaml's, or promo-baseline.json, where none
    is given. Raises Failure: exit 1 where something could not be read, for then nothing is known to be settled, and 2
    for a present file that is not a baseline.
    """
    unseen = _unseen(workspace, found)
    if unseen:
        raise Failure(unseen, exit_code=1)
    stated = baseline_of(workspace)
    file = file or stated or workspace.root / DEFAULT_BASELINE
    weighed = levelled(suppress_by_comments(found, workspace.sources.texts, today), _levels(workspace))
    entries = entries_of(weighed)
    before = _read(workspace, file) if file.exists() else None
    kept = entries if before is None else shrunk(before, entries)
    write_atomically(file, write(kept).encode())
    known = stated is not None and stated.resolve() == file.resolve()
    return Written(_shown(workspace, file), len(kept), len(before or kept) - len(kept), known)


def _unseen(workspace: Workspace, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the errors for which other rules had to be silent."""
    return [one for one in dict.fromkeys([*workspace.diagnostics, *found]) if is_firm(one)]


def _levels(workspace: Workspace) -> Levels:
    settings = workspace.settings.diagnostics
    return Levels(settings.severity, settings.paths)


def baseline_of(workspace: Workspace) -> Path | None:
    """Return the baseline that promo.yaml names, if it does."""
    stated = workspace.settings.diagnostics.baseline
    return workspace.root / stated if stated else None


def _read(workspace: Workspace, file: Path) -> list[Entry]:
    shown = _shown(workspace, file)
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        message = f"the baseline cannot be read: {(error.strerror or 'unknown reason').lower()}"
        advice = "correct the path, or write it with `promo validate --write-baseline`"
        raise Failure([codes.BAD_BASELINE.at(Location(shown), message, help=advice)], exit_code=2) from None
    return read(shown, text)


def _settled(workspace: Workspace, file: Path, settled: Sequence[Entry]) -> Diagnostic:
    several = f"{len(settled)} findings of the baseline are" if len(settled) > 1 else "1 finding of the baseline is"
    notes = [f"{entry.code} in {entry.path}: {entry.message}" for entry in settled[:3]]
    return codes.SETTLED.at(
        Location(_shown(workspace, file)),
        f"{several} no longer there",
        notes=notes,
        help="run `promo validate --write-baseline` to take them out",
    )


def _shown(workspace: Workspace, file: Path) -> str:
    root = workspace.root.resolve()
    place = file.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else str(file)


def _doubtful_levels(workspace: Workspace) -> Iterator[Diagnostic]:
    settings = workspace.settings.diagnostics
    if not settings.severity and not settings.paths:
        return
    from promo_cli.diagnostics.registry import all_codes
    from promo_cli.diagnostics.suggest import nearest

    known = all_codes()
    families = {code[:3] for code in known}
    places = {"/diagnostics/severity": settings.severity}
    for pattern, levels in settings.paths.items():
        places[pointer_to(("diagnostics", "paths", pattern))] = levels
    for place, levels in places.items():
        for name, level in levels.items():
            where = workspace.locate(ROOT_FILE, f"{place}/{name}", key=True)
            if name not in known and name not in families:
                guess = nearest(name, [*known, *families])
                advice = f"did you mean {guess}?" if guess else "`promo explain --all` lists every code"
                yield codes.UNKNOWN_LEVEL.at(where, f"no finding has the code or family {name}", help=advice)
            elif level != str(Severity.ERROR) and name[:3] in FIRM and _can_be_error(name, known):
                lower = "turned off" if level == OFF else f"made {level}"
                message = f"errors of {name[:3]} always count: {name} cannot be {lower}"
                yield codes.FIRM_LEVEL.at(where, message, help="correct what is found, and remove this")


def _can_be_error(name: str, known: Mapping[str, Code]) -> bool:
    return name not in known or known[name].severity is Severity.ERROR
