"""What `promo validate` printed last time, printed again where nothing has changed that it followed from.

It is kept under the words of the command line, the current folder, the variables of the environment and the kind of
terminal, so that nobody has to know here what they mean. With it stands what has to be as it was: the folder with
promo.yaml, the digest of the workspace's files, what the paths of the command line are, the baseline, and the day.
Whatever is not as it was goes the ordinary way, which imports twenty times as much.

A command that writes, asks or waits never calls `keep`.
"""

from __future__ import annotations

import os
import sys
import time

from promo_cli.cli import streams
from promo_cli.workspace.cache import open_cache, state_of
from promo_cli.workspace.files import root_above
from promo_cli.workspace.paths import below
from promo_cli.workspace.snapshot import Snapshot, take_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from promo_cli.pipeline.check import Checked

_OF_SHELLS = {"_", "OLDPWD", "PWD", "SHLVL"}
"""What a shell writes into the environment for itself; nobody here reads it."""

_END = "\0"
"""Between the fields of an entry: no path and no text for people has it."""


class Asked:
    """All that a command is told, its words and its surroundings; and the files as they were when it was looked up."""

    __slots__ = ("key", "snapshot", "words")

    def __init__(self, words: Sequence[str]) -> None:
        terminals = [streams.state(sys.stdout), streams.state(sys.stderr)]
        self.words = words
        variables = sorted(item for item in os.environ.items() if item[0] not in _OF_SHELLS)
        self.key = ("again", ascii([*words]), os.getcwd(), ascii(variables), *terminals)
        self.snapshot: Snapshot | None = None


def answer(asked: Asked) -> int | None:
    """Print what was printed before, and return the exit code; None where it is not known, or may be another now."""
    try:
        said = _said(asked)
    except OSError:  # whatever cannot be read now is the ordinary way's to tell
        return None
    return None if said is None else _print(*said)


def keep(asked: Asked, checked: Checked, start: str, paths: Sequence[str], code: int, *said: str) -> None:
    """Keep what was said about a workspace, looked for from `start`: the exit code, stdout and stderr."""
    cache, root = checked.snapshot.cache, root_above(start)
    if cache is None or root is None or not checked.lasting:
        return
    baseline = [str(checked.verdict.baseline or ""), checked.verdict.baseline_state]
    places = [part for path in paths for part in (path, below(root, path) or "")]
    premises = [start, root, checked.snapshot.digest.hex(), str(time.time()), str(checked.until)]
    fields = [str(code), *said, *premises, *baseline, *places]
    if not any(_END in field for field in fields):
        cache.write(_END.join(fields).encode("utf-8", "surrogatepass"), *asked.key)


def _said(asked: Asked) -> tuple[str, str, str] | None:
    """The exit code, stdout and stderr of last time, if all is as it was."""
    for root in _roots(asked.words):
        cache = open_cache(root)
        kept = cache and cache.read(*asked.key)
        if kept:
            code, out, err, *premises = kept.decode("utf-8", "surrogatepass").split(_END)
            return (code, out, err) if _hold(asked, *premises) else None
    return None


def _roots(words: Sequence[str]) -> list[str]:
    """The workspaces that the words may be about: of folders among them, of the environment, and where we are."""
    named = [word.rpartition("=")[2] for word in words]
    folders = [*filter(os.path.isdir, [*named, os.environ.get("PROMO_WORKSPACE", "")]), ""]
    return [root for root in dict.fromkeys(map(root_above, folders)) if root is not None]


def _hold(
    asked: Asked,
    start: str,
    root: str,
    digest: str,
    since: str,
    until: str,
    baseline: str,
    baseline_state: str,
    *places: str,
) -> bool:
    """Tell whether everything is as it was."""
    if (
        root_above(start) != root
        or not float(since) <= time.time() < float(until)
        or state_of(baseline) != baseline_state
        or any(below(root, path) != place for path, place in zip(places[::2], places[1::2], strict=True))
    ):
        return False
    asked.snapshot = take_at(root)
    return asked.snapshot.digest.hex() == digest


def _print(code: str, out: str, err: str) -> int:
    try:
        streams.result(out)
    except BrokenPipeError:
        streams.reader_left()
        return 0
    sys.stderr.write(err and f"{err}\n")
    return int(code)
