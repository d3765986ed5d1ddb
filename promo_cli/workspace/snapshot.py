"""A workspace's files as they are at one moment, each read once: what is loaded, and what results can be kept for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from promo_cli.diagnostics import Diagnostic
from promo_cli.workspace import files
from promo_cli.workspace.limits import PROMOTION, REFERENCE, Limits


@dataclass(frozen=True)
class Snapshot:
    """The bytes of every file that could be read, by path below `root`, and what is wrong with the others."""

    root: Path
    reference: tuple[str, ...]
    """The files of reference data, in order."""
    promotions: tuple[str, ...]
    """The files of promotions, in order."""
    texts: dict[str, bytes]
    """Of promo.yaml, of these, and of the files of tests over the whole chain."""
    diagnostics: tuple[Diagnostic, ...]
    about_tests: tuple[Diagnostic, ...]
    """What is wrong with files of chain tests, which whoever reads those reports."""

    @cached_property
    def digest(self) -> bytes:
        """32 bytes that differ as soon as a file or its name does, or what is wrong with reading one."""
        found = blake2b(digest_size=32)
        for path, data in self.texts.items():
            name = path.encode("utf-8", "surrogatepass")
            # Lengths keep one file's end from passing for another one's beginning.
            found.update(b"%d %d " % (len(name), len(data)))
            found.update(name)
            found.update(data)
        found.update(repr((self.diagnostics, self.about_tests)).encode("utf-8", "backslashreplace"))
        return found.digest()


def take(start: Path) -> Snapshot:
    """Read the workspace at or above `start`. Raises Failure (exit 2) where there is no promo.yaml."""
    root = files.require_root(start)
    reference, promotions, tests = files.reference_files(root), files.promotion_files(root), files.test_files(root)
    texts: dict[str, bytes] = {}

    def read(paths: Iterable[str], limits: Limits) -> list[Diagnostic]:
        problems = []
        for path in paths:
            data = files.read_bytes(root, path, limits)
            if isinstance(data, Diagnostic):
                problems.append(data)
            else:
                texts[path] = data
        return problems

    problems = [*reference.diagnostics, *promotions.diagnostics]
    problems += read([files.ROOT_FILE], PROMOTION)
    problems += read(reference.paths, REFERENCE)
    problems += read(promotions.paths, PROMOTION)
    about_tests = [*tests.diagnostics, *read(tests.paths, PROMOTION)]
    return Snapshot(root, tuple(reference.paths), tuple(promotions.paths), texts, tuple(problems), tuple(about_tests))
