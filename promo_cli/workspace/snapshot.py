"""A workspace's files as they are at one moment, each read once: what is loaded, and what results can be kept for.

Like `files`, this imports nothing that a command does without which finds its answer in the cache.
"""

from __future__ import annotations

from hashlib import blake2b

from promo_cli.workspace import files
from promo_cli.workspace.cache import Cache, open_cache
from promo_cli.workspace.files import PROMOTION_BYTES, REFERENCE_BYTES, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from promo_cli.diagnostics import Diagnostic


class Snapshot:
    """The bytes of every file that could be read, by path below the folder `place`, and what is wrong with the others.

    `reference` and `promotions` are the files of each in order; `texts` are those of promo.yaml, of these, and of the
    files of tests over the whole chain. `about_tests` is what is wrong with the latter, which whoever reads them says.
    """

    __slots__ = ("_cache", "_digest", "about_tests", "place", "problems", "promotions", "reference", "texts")

    def __init__(
        self,
        place: str,
        reference: tuple[str, ...],
        promotions: tuple[str, ...],
        texts: dict[str, bytes],
        problems: tuple[Problem, ...],
        about_tests: tuple[Problem, ...],
    ) -> None:
        self.place, self.reference, self.promotions, self.texts = place, reference, promotions, texts
        self.problems, self.about_tests = problems, about_tests
        self._digest: bytes | None = None
        self._cache: tuple[Cache | None] | None = None

    def holding(self, texts: dict[str, bytes], promotions: tuple[str, ...] | None = None) -> Snapshot:
        """Return the same workspace with other contents, and other files of promotions where given."""
        promotions = self.promotions if promotions is None else promotions
        return Snapshot(self.place, self.reference, promotions, texts, self.problems, self.about_tests)

    def text(self, path: str) -> str | None:
        """The text of a file, as well as it can be decoded; None for one that was not read."""
        data = self.texts.get(path)
        return None if data is None else data.decode("utf-8", "replace")

    @property
    def root(self) -> Path:
        """The folder with promo.yaml."""
        from pathlib import Path

        return Path(self.place)

    @property
    def cache(self) -> Cache | None:
        """What was kept of earlier runs, if anything is to be."""
        if self._cache is None:
            self._cache = (open_cache(self.place),)
        return self._cache[0]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong with the files that could not be read, those of tests over the whole chain apart."""
        from promo_cli.workspace.problems import explained

        return [explained(problem) for problem in self.problems]

    @property
    def digest(self) -> bytes:
        """32 bytes that differ as soon as a file or its name does, or what is wrong with reading one."""
        if self._digest is None:
            found = blake2b(digest_size=32)
            for path, data in self.texts.items():
                name = path.encode("utf-8", "surrogatepass")
                # Lengths keep one file's end from passing for another one's beginning.
                found.update(b"%d %d " % (len(name), len(data)))
                found.update(name)
                found.update(data)
            found.update(ascii((self.problems, self.about_tests)).encode())
            self._digest = found.digest()
        return self._digest


def take(start: Path) -> Snapshot:
    """Read the workspace at or above `start`. Raises Failure (exit 2) where there is no promo.yaml."""
    return take_at(str(files.require_root(start)))


def take_at(root: str) -> Snapshot:
    """Read the workspace in a folder with promo.yaml."""
    reference, promotions, tests = files.reference_files(root), files.promotion_files(root), files.test_files(root)
    texts: dict[str, bytes] = {}

    def read(paths: Iterable[str], most: int) -> list[Problem]:
        problems = []
        for path in paths:
            data = files.read_bytes(root, path, most)
            if isinstance(data, bytes):
                texts[path] = data
            else:
                problems.append(data)
        return problems

    problems = [*reference.problems, *promotions.problems]
    problems += read([files.ROOT_FILE], PROMOTION_BYTES)
    problems += read(reference.paths, REFERENCE_BYTES)
    problems += read(promotions.paths, PROMOTION_BYTES)
    about_tests = [*tests.problems, *read(tests.paths, PROMOTION_BYTES)]
    return Snapshot(root, tuple(reference.paths), tuple(promotions.paths), texts, tuple(problems), tuple(about_tests))
