"""Files of tests over the whole chain, `*.test.yaml`: read with the places of all mistakes, and made into trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from promo_cli.diagnostics import Diagnostic
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.expectation import ChainTest, ChainTests, Expectation, Row
from promo_cli.validation.codes import TEST_BROKEN
from promo_cli.validation.trial import Part, Trial, part_of_cart, put_together, stated
from promo_cli.workspace import Workspace, files, reader
from promo_cli.workspace.codes import NOT_A_MAP
from promo_cli.workspace.limits import PROMOTION
from promo_cli.workspace.problems import explained
from promo_cli.workspace.shape import Place, build
from promo_cli.workspace.tree import pointer as pointer_to

MOST_COMBINATIONS = 1_000
"""Of one test; more say nothing that fewer would not, and take seconds."""

PLAIN = {"store": "store_id", "at": "at", "channel": "channel", "payment_method": "payment_method"}
"""Variables that may be a plain list of values, and the field of the cart each is."""

Choice = dict[str, str]
"""The name of a value for each variable."""


@dataclass(frozen=True, slots=True)
class ChainFiles:
    """Every file of chain tests that could be read, by path, and what is wrong with them all."""

    tests: Mapping[str, ChainTests]
    diagnostics: tuple[Diagnostic, ...]


def load_chain_tests(workspace: Workspace) -> ChainFiles:
    """Read every `*.test.yaml` below promotions/, in the order of paths; their texts join the workspace's sources."""
    listing = files.test_files(str(workspace.root))
    found = [explained(problem) for problem in listing.problems]
    tests: dict[str, ChainTests] = {}
    for path in listing.paths:
        read, wrong = _read(workspace, path)
        found += wrong
        if read is not None:
            tests[path] = read
    return ChainFiles(tests, tuple(found))


def _read(workspace: Workspace, path: str) -> tuple[ChainTests | None, list[Diagnostic]]:
    data = files.read_bytes(str(workspace.root), path, PROMOTION.bytes)
    if not isinstance(data, bytes):
        return None, [explained(data)]
    workspace.sources.texts[path] = data
    document = reader.read(path, data, PROMOTION)
    if not document.readable:
        return None, document.diagnostics
    place = Place(workspace.sources, path, (), document.doubtful)
    if not isinstance(document.value, dict):
        message, advice = "expected a map of `key: value`", "begin with `tests:`, and the tests as a list below it"
        return None, [*document.diagnostics, NOT_A_MAP.at(place.locate(()), message, help=advice)]
    tests, wrong = build(ChainTests, document.value, place)
    wrong = [*document.diagnostics, *wrong]
    if tests is None or document.doubtful:
        return None, wrong
    unclear = list(_unclear(tests, place))
    return (None if unclear else tests), [*wrong, *unclear]


def _unclear(tests: ChainTests, place: Place) -> Iterator[Diagnostic]:
    """Yield what the shape allows and yet cannot be run."""
    for index, test in enumerate(tests.tests):
        at = ("tests", index)
        if test.expect is None and not test.rows:
            advice = "add `expect:`, or `rows:` with an `expect` each"
            yield TEST_BROKEN.at(place.locate(at), f'test "{test.name}" expects nothing', help=advice)
        for name, values in test.variables.items():
            where = place.locate((*at, "variables", name), key=True)
            if not values:
                yield TEST_BROKEN.at(where, f"the variable `{name}` has no values", help="give it some, or remove it")
            elif isinstance(values, list) and name not in PLAIN:
                advice = f"write a map of names to parts of the cart; a plain list is for {', '.join(PLAIN)}"
                yield TEST_BROKEN.at(where, f"the variable `{name}` cannot be a plain list", help=advice)
        if prod(map(len, test.variables.values())) > MOST_COMBINATIONS:
            message = f"the variables make more than {MOST_COMBINATIONS:,} combinations"
            advice = "leave out values that show nothing new, or split the test"
            yield TEST_BROKEN.at(place.locate((*at, "variables"), key=True), message, help=advice)
        for number, row in enumerate(test.rows):
            for name, value in _choice(row).items():
                yield from _misnamed(test, name, value, place, (*at, "rows", number, name))


def _misnamed(test: ChainTest, name: str, value: str, place: Place, at: tuple[str | int, ...]) -> Iterator[Diagnostic]:
    """Yield what is wrong with one cell of a row."""
    if name not in test.variables:
        guess = nearest(name, test.variables)
        fix = place.fix(at, guess, safe=False, key=True) if guess else None
        known = ", ".join(test.variables) or "none"
        advice = f"did you mean `{guess}`?" if guess else f"variables of this test: {known}"
        message = f"`{name}` is not a variable of this test"
        yield TEST_BROKEN.at(place.locate(at, key=True), message, help=advice, fix=fix)
    elif value not in test.variables[name]:
        guess = nearest(value, test.variables[name])
        fix = place.fix(at, guess, safe=False) if guess else None
        advice = f"did you mean `{guess}`?" if guess else f"values of `{name}`: {', '.join(test.variables[name])}"
        yield TEST_BROKEN.at(place.locate(at), f'`{name}` has no value "{value}"', help=advice, fix=fix)


def of_chain(path: str, tests: ChainTests) -> Iterator[Trial]:
    """Yield the trials of a file, each test's combinations in the order of its rows, then of its variables."""
    for index, test in enumerate(tests.tests):
        for row, choice in _runs(test):
            yield _trial(path, tests, index, row, choice)


def _runs(test: ChainTest) -> Iterator[tuple[int | None, Choice]]:
    """Yield what is to be priced, with the number of the row that says what it must cost."""
    covered: list[Choice] = []
    for number, row in enumerate(test.rows):
        for choice in _combinations(test, row):
            covered.append(choice)
            yield number, choice
    if test.expect is not None:
        yield from ((None, choice) for choice in _combinations(test) if choice not in covered)


def _combinations(test: ChainTest, row: Row | None = None) -> Iterator[Choice]:
    fixed = _choice(row) if row else {}
    values = [[fixed[name]] if name in fixed else list(several) for name, several in test.variables.items()]
    for combination in product(*values):
        yield dict(zip(test.variables, combination, strict=True))


def _trial(path: str, tests: ChainTests, index: int, row: int | None, choice: Choice) -> Trial:
    test, pointer = tests.tests[index], f"/tests/{index}"
    parts = [
        stated("", tests.store, tests.at),
        part_of_cart(f"{pointer}/cart", test.cart),
        stated(pointer, test.store, test.at),
        *(_varied(test, pointer, name, value) for name, value in choice.items()),
    ]
    cart, origins = put_together(parts)
    expect, said = _expectation(test, pointer, row)
    name = f"{test.name}: {', '.join(choice.values())}" if choice else test.name
    return Trial(path, pointer if row is None else f"{pointer}/rows/{row}", name, cart, expect, origins | said)


def _varied(test: ChainTest, pointer: str, name: str, value: str) -> Part:
    values, at = test.variables[name], pointer + pointer_to(("variables", name))
    if isinstance(values, dict):
        return part_of_cart(at + pointer_to((value,)), values[value])
    return Part({PLAIN[name]: value}, {PLAIN[name]: f"{at}/{values.index(value)}"})


def _expectation(test: ChainTest, pointer: str, row: int | None) -> tuple[Expectation, dict[str, str]]:
    """Return the shared expectation with what the row says on top of it, and from where each part comes."""
    sources: list[tuple[str, Expectation]] = [] if test.expect is None else [(f"{pointer}/expect", test.expect)]
    if row is not None:
        sources.append((f"{pointer}/rows/{row}/expect", test.rows[row].expect))
    merged, said = Expectation(), {"/expect": sources[-1][0]}
    for at, one in sources:
        merged = merged.model_copy(update={name: getattr(one, name) for name in one.model_fields_set})
        said |= {f"/expect/{name}": f"{at}/{name}" for name in one.model_fields_set}
    return merged, said


def _choice(row: Row) -> Choice:
    return row.__pydantic_extra__
