"""POL: how promotions are kept and shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import east_asian_width

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Promotion
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, rule
from promo_cli.validation.words import money, number

_AMOUNTS = ("discount_amount", "discount_value", "cashback_value")


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


@rule("POL003", "no-owner", severity=Severity.WARNING)
def no_owner(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An active promotion that nobody answers for.

    Why: when it costs more than it should, or ends tomorrow, somebody has to be asked.

    Bad:
        owner:

    Good:
        owner: Marketing

    Fix: add `owner`, a team rather than a person.
    """
    if promotion.is_active and not (promotion.owner or "").strip():
        advice = "add `owner`, a team rather than a person"
        yield Finding(f"nobody answers for {promotion.code}", "/code", label="has no `owner`", help=advice)


@rule("POL004", "approval-missing")
def approval_missing(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A promotion at or above a threshold of `approval` in promo.yaml that nobody has approved.

    Why: deep discounts and large budgets are decided by those who answer for the money.

    Bad:
        # promo.yaml
        approval: {discount_percent: 20}

    Good:
        # promo.yaml
        approval: {discount_percent: 50}

    Fix: have it approved, and write by whom: `approved_by`.
    """
    if promotion.approved_by or not promotion.is_active:
        return
    settings = facts.workspace.settings
    limits, currency = settings.approval, settings.currency
    for stated in facts.numbers(promotion):
        if not stated.pointer.startswith(("/rules/", "/limits/")):
            continue
        percent = stated.kind == "percent"
        if stated.name == "budget":
            most = limits.budget
        elif percent:
            most = limits.discount_percent
        else:
            most = limits.discount_amount if stated.name in _AMOUNTS else None
        if most is not None and stated.value >= most:
            shown, least = (f"{number(n)}%" if percent else money(n, currency) for n in (stated.value, most))
            message = f"{shown} needs approval, as everything from {least} on"
            yield Finding(message, stated.pointer, help="have it approved, and write by whom: `approved_by`")


@rule("POL005", "approved-by-owner")
def approved_by_owner(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The promotion was approved by its own owner.

    Why: an approval is a second pair of eyes.

    Bad:
        owner: Marketing
        approved_by: marketing

    Good:
        owner: Marketing
        approved_by: Finance

    Fix: have somebody else approve it.
    """
    owner, approver = promotion.owner, promotion.approved_by
    if owner and approver and owner.strip().casefold() == approver.strip().casefold():
        also = (Also("who owns it", "/owner"),)
        yield Finding(f"{approver} owns it", "/approved_by", also=also, help="have somebody else approve it")
