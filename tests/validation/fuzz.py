"""Broken workspaces at random, until told to stop: whatever people do to their files, they are told, and nothing fails.

    python -m tests.validation.fuzz --seconds 600

Inputs are real files, mutated; promotions made of random fields and values; and random YAML and bytes. Each is checked,
printed in every format, formatted, fixed, and, where it holds no error, compiled, tested and shown in the calendar.
Prints the number of inputs, of tracebacks (an INT finding counts as one) and of hangs, and exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import faulthandler
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

import promo_cli.workspace
from promo_cli.compiler import compile_fleet
from promo_cli.diagnostics import (
    Diagnostic,
    Failure,
    Severity,
    render_concise,
    render_full,
    render_github,
    render_gitlab,
    render_json,
    render_junit,
    render_markdown,
    render_sarif,
)
from promo_cli.diagnostics.registry import all_codes
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from promo_cli.pipeline.calendar import calendar
from promo_cli.pipeline.check import answer
from promo_cli.pipeline.find import find
from promo_cli.pipeline.find_checks import Wanted
from promo_cli.pipeline.fixing import repair
from promo_cli.pipeline.fmt import format_promotions
from promo_cli.pipeline.verdict import Question
from promo_cli.validation.selftest import run as run_tests
from promo_cli.workspace import Workspace
from promo_cli.workspace.formatting import formatted
from promo_cli.workspace.snapshot import take

TODAY = dt.date(2026, 2, 7)
STARTER = Path(promo_cli.workspace.__file__).parent / "starter"
CHAIN = Path(__file__).resolve().parents[2]
BOUND = 30
"""Seconds of the processor that one input may take before it counts as a hang; of the clock, twenty times as many."""

SHOWN = 10
SCRAPS = [
    *":'\"[]{},#~-\n\t\x00\ufeffé",
    *(": ", "- ", "  ", " #", "&a ", "*a", "!x ", "no", "012", "1e9", "0", "-1", "9" * 18, "0.000001", "null", "true"),
    *("[]", "{}", "all", "2026-13-01", "9999-12-31", "0001-01-01", "24:00", "---\n", "promo_type: combo\n", "latte"),
    *("stores: [x]\n", "days_of_week: []\n", "parent: drinks", "LATTE", "x" * 80),
    *("<<: *a\n", "<<: {a: b}\n", "&a [*a]", "? [a]\n: b\n", "|\n  x\n", ">-\n", "!!set {a}", "%YAML 1.1\n", "...\n"),
    *("22:00", "1_000", "0x1F", ".inf", "-.nan", "1e400", "2026-02-30", "'", "\u2028", "\u202e", "\U0001f600", "\x85"),
    *('# promo: ignore[AMT001] reason="x"', "# promo: ignore", "rules: ", "tests: [{}]\n", "sourdough", "each: kg\n"),
]
WORDS = [
    "latte",
    "croissant",
    "hot-drinks",
    "bread",
    "kopi-senja",
    "jkt-sabang",
    "qris",
    "all",
    "main",
    "percent",
    "nobody",
]
VALUES: list[Any] = [
    0, 1, 2, 20, 100, 101, -5, 15_000, 10**18, 0.5, 33.33, 1e-9, True, False, None, "", "2026-01-01", "2025-12-31",
    "2026-02-29", "10:00", "22:00", "24:00", "sat", "mon", 7, 8, "no", "012", "all", "category", "product", "x" * 70,
    dt.date(2026, 3, 1), [], {}, [[]], {"a": {}}, *WORDS,
]  # fmt: skip


def mutate(text: str, chance: Random) -> str:
    """Return a text with a few random insertions, deletions, swaps of lines and replaced words."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        at = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text = text[:at] + chance.choice(SCRAPS) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randint(1, 20) :]
            case 2:
                one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
                lines[one], lines[other] = lines[other], lines[one]
                text = "\n".join(lines)
            case 3:
                words = text.split(" ")
                words[chance.randrange(len(words))] = chance.choice(SCRAPS)
                text = " ".join(words)
            case _:
                lines.insert(chance.randrange(len(lines)), chance.choice(lines))
                text = "\n".join(lines)
    return text


Files = dict[str, bytes]
"""What is written over the starter, by path."""


def mutated(chance: Random, originals: dict[str, str]) -> Files:
    """One or several real files, mutated; promotions of the chain are put beside the starter's."""
    chosen = chance.sample(sorted(originals), chance.choice([1, 1, 1, 3]))
    return {path: mutate(originals[path], chance).encode("utf-8", "surrogatepass") for path in chosen}


def composed(chance: Random, _: dict[str, str]) -> Files:
    """Promotions of real fields with values that make sense, or none."""
    return {f"promotions/random-{n}.yaml": _promotion(chance) for n in range(chance.choice([1, 1, 2]))}


def scrambled(chance: Random, originals: dict[str, str]) -> Files:
    """Random YAML, random bytes, other encodings, in the place of any file."""
    path = chance.choice(
        [*originals, "promotions/new.yaml", "stores/new.csv", "promotions/new.test.yaml", "promo.yaml"]
    )
    match chance.randrange(4):
        case 0:
            text = "".join(chance.choice(SCRAPS) for _ in range(chance.randint(1, 200)))
            return {path: text.encode("utf-8", "surrogatepass")}
        case 1:
            return {path: chance.randbytes(chance.randint(0, 400))}
        case 2:
            text = originals.get(path, "code: A\n")
            return {path: text.encode(chance.choice(["utf-16", "utf-32-be", "utf-8-sig", "cp037"]))}
        case _:
            return {path: yaml.safe_dump(_value(chance, 5), allow_unicode=True).encode()}


def _promotion(chance: Random) -> bytes:
    kind = chance.choice(list(RULES))
    value: dict[str, Any] = {
        "code": f"R{chance.randrange(1000)}",
        "name": "Random",
        "promo_type": kind,
        "validity": {"start_date": "2026-01-01"},
        "rules": {name: _value(chance, 2) for name in RULES[kind].model_fields if chance.random() < 0.6},
    }
    for name in chance.sample(list(Promotion.model_fields), chance.randint(0, 5)):
        value[name] = _value(chance, 3)
    for name in ("scope", "targeting", "validity", "stacking", "limits", "conditions", "cross_brand"):
        field = Promotion.model_fields.get(name)
        shape = getattr(field.annotation, "model_fields", None) if field else None
        if shape and chance.random() < 0.4:
            value[name] = {**(value.get(name) if isinstance(value.get(name), dict) else {})} | {
                key: _value(chance, 2) for key in chance.sample(list(shape), chance.randint(1, min(4, len(shape))))
            }
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True).encode()


def _value(chance: Random, depth: int) -> Any:
    match chance.randrange(6) if depth else 0:
        case 4:
            return [_value(chance, depth - 1) for _ in range(chance.randrange(4))]
        case 5:
            keys = [*Promotion.model_fields, *WORDS, "min_purchase", "product_id", "scope", "any", "not", "quantity"]
            return {chance.choice(keys): _value(chance, depth - 1) for _ in range(chance.randrange(4))}
        case _:
            return chance.choice(VALUES)


KINDS: tuple[Callable[[Random, dict[str, str]], Files], ...] = (mutated, mutated, composed, scrambled)


EVERY = 8
"""One input of so many is a mutation of the whole example chain, which takes longer and has more that can go wrong."""


def copied(source: Path, target: Path) -> dict[str, str]:
    """Copy a workspace; return its files by path."""
    found = {}
    for path in (
        source / "promo.yaml",
        *sorted((source / "stores").glob("*")),
        *sorted((source / "promotions").rglob("*.yaml")),
    ):
        name = path.relative_to(source).as_posix()
        found[name] = path.read_text()
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(found[name])
    return found


def exercise(root: Path, chance: Random) -> Iterator[str]:
    """Do everything with a workspace that an author would; yield every INT finding."""
    workspace, found = findings(root)
    yield from (f"{one.code}: {one.message}" for one in found if one.code.startswith("INT"))
    full = render_full.render(found, lambda path: _text(root / path), colour=chance.random() < 0.5)
    render_concise.render(found)
    render_github.render(found, full)
    render_gitlab.render(found, root_file="promo.yaml")
    render_json.render(found, files=1)
    render_junit.render(found, root_file="promo.yaml")
    render_markdown.render(found, files=1)
    render_sarif.render(found, all_codes(), version="0", root_file="promo.yaml")
    if workspace is None:
        return
    for path, (_, after) in format_promotions(root).changed.items():
        text = after.decode("utf-8", "surrogateescape")
        if formatted(text) != text:
            yield f"promo fmt changes {path} twice"
    repair(root, unsafe=chance.random() < 0.5, today=TODAY)
    unread = {one.fingerprint for one in workspace.diagnostics if one.severity is Severity.ERROR}
    if not unread:
        calendar(root, first=TODAY, days=chance.choice([1, 30, 400]), today=TODAY)
        find(root, Wanted(product="latte", at="2026-02-07T10:00"))
    if not any(one.severity is Severity.ERROR for one in found):
        compile_fleet(workspace, TODAY)
        run_tests(workspace)


def findings(root: Path) -> tuple[Workspace | None, list[Diagnostic]]:
    """Return what is found, and the workspace if it can be loaded."""
    try:
        workspace, verdict = answer(Question(take(root), None, TODAY, None), ())
    except Failure as failure:
        return None, failure.diagnostics
    return workspace, verdict.diagnostics


def _text(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return None


class Hang(Exception):  # noqa: N818
    """One input took longer than BOUND."""


class Tally(NamedTuple):
    """How many inputs there were by kind, and how many of them failed or hung."""

    inputs: Counter[str]
    tracebacks: int
    hangs: int


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise Hang in what computes for longer; what waits, or cannot be interrupted, ends the process with its stack."""

    def ring(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    faulthandler.dump_traceback_later(seconds * 20, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(folder: Path, *, seconds: float | None, inputs: int | None, seed: int = 0) -> Tally:
    """Try inputs until the time or their number is used up; `folder` may be written to."""
    begin, count, tracebacks, hangs = time.monotonic(), Counter[str](), 0, 0
    small, large = ((folder / source.name, copied(source, folder / source.name)) for source in (STARTER, CHAIN))
    while (inputs is None or count.total() < inputs) and (seconds is None or time.monotonic() - begin < seconds):
        number = seed + count.total()
        chance = Random(number)
        root, texts = small if number % EVERY else large
        kind = chance.choice(KINDS) if number % EVERY else mutated
        files = kind(chance, texts)
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        try:
            with bounded(BOUND):
                wrong = "\n".join(exercise(root, chance))
        except Hang:
            hangs, wrong = hangs + 1, f"longer than {BOUND} seconds"
        except Failure:
            wrong = ""  # told and refused: what should be
        except Exception:
            wrong = traceback.format_exc()
        if wrong:
            tracebacks += not wrong.startswith("longer")
            if tracebacks + hangs <= SHOWN:
                sys.stdout.write(f"seed {number}, {kind.__name__}, {', '.join(files)}: {wrong[-2500:]}\n")
        count[kind.__name__] += 1
        for path in files:
            if path in texts:
                (root / path).write_text(texts[path])
            else:
                (root / path).unlink()
    return Tally(count, tracebacks, hangs)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on")
    parser.add_argument("--inputs", type=int, default=None, help="how many inputs at most")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(Path(folder), seconds=options.seconds, inputs=options.inputs, seed=options.seed)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(tally.inputs.items()))
    total = tally.inputs.total()
    sys.stdout.write(f"{total:,} inputs ({kinds}), {tally.tracebacks} tracebacks, {tally.hangs} hangs\n")
    raise SystemExit(1 if tally.tracebacks or tally.hangs else 0)


if __name__ == "__main__":
    main()
