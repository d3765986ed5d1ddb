"""POL: how promotions are kept and shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import east_asian_width

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Promotion
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Finding, rule


@rule("POL001", "name-too-wide", severity=Severity.WARNING)
def name_too_wide(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The name is wider than one line of the receipt.

    Why: tills cut it off, and what is cut off is often the condition.

    Bad:
        name: Twenty percent off every hot drink on Saturdays and Sundays

    Good:
        name: Weekend Special 20% Off

    Fix: shorten the name; put the rest into `description`. The width is `receipt.width` in promo.yaml.
    """
    width = sum(2 if east_asian_width(char) in "WF" else 1 for char in promotion.name)
    room = facts.workspace.settings.receipt.width
    if width > room:
        message = f"the name is {width} characters wide; a line of the receipt has {room}"
        yield Finding(message, "/name", help="shorten it, and put the rest into `description`")


@rule("POL002", "file-name", severity=Severity.WARNING)
def file_name(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The file is not named after the promotion's code.

    Why: people look for WEEKEND20 in weekend20.yaml.

    Bad:
        code: WEEKEND20

    Good:
        code: EXAMPLE

    Fix: rename the file to the code in lower case, or correct the code.
    """
    if promotion.code.casefold() in facts.codes_taken_twice:  # most often a copy: said there
        return
    path = facts.workspace.origin(promotion).path
    name = path.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    if stem.casefold().replace("_", "-") != promotion.code.casefold().replace("_", "-"):
        advice = f"rename the file to {promotion.code.lower()}.{suffix}, or correct the code"
        yield Finding(f"the file is called {name}", "/code", label=f"but this is {promotion.code}", help=advice)
