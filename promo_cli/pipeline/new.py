"""`promo new`: a promotion's file that validates, with a test that passes."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from promo_cli.diagnostics import Diagnostic, Failure, Location, Severity
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.rules import RULES
from promo_cli.pipeline import codes
from promo_cli.pipeline.check import answer, checked_workspace, today_of
from promo_cli.pipeline.draft import Wish, draft
from promo_cli.pipeline.editors import SCHEMA_FOLDER
from promo_cli.pipeline.example import example_test
from promo_cli.pipeline.verdict import Question
from promo_cli.validation.facts import Facts
from promo_cli.workspace import Workspace
from promo_cli.workspace.composing import composed
from promo_cli.workspace.paths import within
from promo_cli.workspace.snapshot import take
from promo_cli.workspace.writing import write_atomically

FOLDER = "promotions"

_OTHER_WORDS = {
    "bogo": "buy_x_get_y",
    "bundle": "combo",
    "gift": "free_item",
    "set_menu": "package",
    "multibuy": "mix_match",
    "tiers": "threshold_tier",
    "points": "cashback",
    "special_price": "happy_hour",
}
"""What types are called elsewhere."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new file: its path below the workspace, its text, whether it has a test, and the warnings about it."""

    path: str
    text: str
    tested: bool
    warnings: list[Diagnostic]


def begin(start: Path, promo_type: str, code: str) -> tuple[Workspace, str]:
    """Return the workspace, and the type by its full name.

    Raises Failure: exit 2 for an unknown type, a code that is taken or without promo.yaml, exit 1 for a workspace with
    errors, whose carts cannot be priced.
    """
    chosen = _type(promo_type)
    workspace = checked_workspace(start)
    taken = next((one for one in workspace.promotions if one.code.lower() == code.lower()), None)
    if taken is not None:
        message = f"the code {taken.code} is taken"
        advice = "choose another one; a code is never used again, because reports and receipts go by it"
        raise Failure([codes.CODE_TAKEN.at(workspace.locate(taken, "/code"), message, help=advice)], exit_code=2)
    return workspace, chosen


def make(
    workspace: Workspace,
    promo_type: str,
    code: str,
    wish: Wish,
    *,
    folder: str | None = None,
    today: dt.date | None = None,
) -> Made:
    """Write the promotion, with a test where a cart can be found for it.

    Raises Failure: exit 2 where the file is there already, exit 1 with what is wrong with the wishes; then nothing is
    written.
    """
    today = today or today_of(workspace)
    path = f"{folder or _folder(workspace, wish)}/{code.lower()}.yaml"
    if (workspace.root / path).exists():
        advice = "choose another code, or another folder with --folder"
        raise Failure([codes.FILE_TAKEN.at(Location(path), f"{path} is there already", help=advice)], exit_code=2)
    wish = replace(
        wish,
        name=wish.name or default_name(code),
        start=wish.start or today,
        owner=wish.owner or _owner(workspace, path),
    )
    value = draft(promo_type, code, wish)
    header = [f"# yaml-language-server: $schema={'../' * path.count('/')}{SCHEMA_FOLDER}/promotion.json"]
    text = composed(value, header=header)
    enlarged, found = _with(workspace, path, text, today)
    errors = [one for one in found if one.severity is Severity.ERROR]
    if errors:
        raise Failure(errors, exit_code=1)
    promotion = next(one for one in enlarged.promotions if one.code == code)
    test = example_test(enlarged, promotion, today)
    if test is not None:
        text = composed({**value, "tests": [test]}, header=header)
    write_atomically(workspace.root / path, text.encode())
    return Made(path, text, test is not None, found)


def default_name(code: str) -> str:
    """`WEEKEND20` is called `Weekend 20` until somebody finds better words."""
    return " ".join(re.findall(r"[A-Za-z]+|[0-9]+", code)).title()


def objection(workspace: Workspace, promo_type: str, wish: Wish) -> str | None:
    """Say what cannot be wished for: an id that does not exist, with the nearest that does, or too much at once."""
    if wish.products and wish.categories and promo_type != "package":
        return "Name products or categories, not both."
    known = {
        "products": {product.id for product in workspace.products},
        "categories": {category.id for category in workspace.categories},
        "payment_methods": {method.id for method in workspace.payments},
    }
    asked = {
        "products": (*wish.products, *(one for one in (wish.gift, wish.offer) if one)),
        "categories": wish.categories,
        "payment_methods": wish.payment_methods,
    }
    for kind, ids in asked.items():
        for one in ids:
            if one not in known[kind]:
                # A word that is no category was taken for a product: it may be either, misspelt.
                guess = nearest(one, known[kind] | (known["categories"] if kind == "products" else set()))
                return f"There is no `{one}`" + (f"; did you mean {guess}?" if guess else ".")
    return None


def _type(word: str) -> str:
    plain = word.lower().replace("-", "_")
    if plain in RULES:
        return plain
    guess = _OTHER_WORDS.get(plain) or nearest(word, RULES)
    advice = f"did you mean {guess}?" if guess else f"choose one of: {', '.join(RULES)}"
    raise Failure([codes.UNKNOWN_TYPE.at(None, f"`{word}` is not a type of promotion", help=advice)], exit_code=2)


def _folder(workspace: Workspace, wish: Wish) -> str:
    """The folder of the brand, where promotions are kept by brand and this one is about one of them."""
    brands = set(wish.brands) or _brands(workspace, wish)
    folder = f"{FOLDER}/{next(iter(brands))}" if len(brands) == 1 else FOLDER
    return folder if (workspace.root / folder).is_dir() else FOLDER


def _brands(workspace: Workspace, wish: Wish) -> set[str]:
    """The brands of every product that the wish names, or that is in a category it names."""
    below = Facts(workspace, today_of(workspace)).products_of
    named = {*wish.products, wish.gift, wish.offer}.union(*(below.get(one, ()) for one in wish.categories))
    return {product.brand or "" for product in workspace.products if product.id in named}


def _owner(workspace: Workspace, path: str) -> str | None:
    """Who answers for most of the promotions in the same folder; nobody where that is not clear."""
    folder = path.rpartition("/")[0]
    owners = [one.owner for one in workspace.promotions if one.owner and within(workspace.origin(one).path, [folder])]
    common = Counter(owners).most_common(1)
    return common[0][0] if common and common[0][1] * 2 > len(owners) else None


def _with(workspace: Workspace, path: str, text: str, today: dt.date) -> tuple[Workspace, list[Diagnostic]]:
    """The workspace with one more file, and what is found in that file."""
    snapshot = take(workspace.root)
    texts = {**snapshot.texts, path: text.encode()}
    promotions = tuple(sorted((*snapshot.promotions, path)))
    question = Question(snapshot.holding(texts, promotions), None, today, None)
    enlarged, verdict = answer(question, ())
    return enlarged, [one for one in verdict.diagnostics if one.primary and one.primary.path == path]
