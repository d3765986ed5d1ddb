"""A bundle, read once: promotions by rank, and indexes that lead from a product to the promotions it concerns.

Scopes are interned: promotions that are about the same things share one, and a cart is matched against each once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from promo_cli.pricing.catalogue import Product, read_ancestry, read_product
from promo_cli.pricing.clock import Window
from promo_cli.pricing.conditions import leaves
from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.promotion import Promotion, read_promotion
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.scope import Scope

SCHEMA_VERSION = 1


class Entry(NamedTuple):
    """A promotion with the interned numbers of its scope, of what it discounts, and of spend that unlocks it."""

    promotion: Promotion
    scope: int
    benefit: int
    cross: int | None


@dataclass(slots=True, eq=False)
class PreparedBundle:
    """A bundle ready to price any number of carts. What is asked of it again is kept, which changes no answer."""

    currency: str
    exponent: int
    zone: ZoneInfo
    best_deal: bool
    lanes: tuple[str, ...]
    step_budget: int
    products: Mapping[str, Product]
    entries: tuple[Entry, ...]
    scopes: Mapping[Scope, int]
    dynamic: Mapping[int, Scope]
    whole: frozenset[int]
    _touched: tuple[tuple[int, ...], ...]
    _by_product: Mapping[str, list[tuple[Scope, int]]]
    _by_category: Mapping[str, list[tuple[Scope, int]]]
    _anywhere: list[tuple[Scope, int]]
    _of_product: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def scopes_of(self, product: Product) -> tuple[int, ...]:
        """Return the numbers of the scopes that hold a product, prices and earlier discounts aside."""
        if product.id not in self._of_product:
            near = [*self._anywhere, *self._by_product.get(product.id, ())]
            for category in product.categories:
                near += self._by_category.get(category, ())
            self._of_product[product.id] = tuple(sorted({number for scope, number in near if scope.holds(product)}))
        return self._of_product[product.id]

    def touching(self, scopes: Iterable[int]) -> list[int]:
        """Return the indexes of entries that are worth mentioning where these scopes are met, by rank."""
        return sorted({index for number in scopes for index in self._touched[number]})


def prepare(bundle: bytes | dict[str, Any]) -> PreparedBundle:
    """Read a store's bundle: bytes as published, or the same as a dict with exact numbers. Raises BundleError."""
    values = _parse(bundle) if isinstance(bundle, bytes) else bundle
    try:
        return _prepare(values)
    except (KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"not a bundle: {type(error).__name__} {error}") from error


def _parse(data: bytes) -> dict[str, Any]:
    try:
        values = json.loads(data, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"not a bundle: {error}") from None
    if not isinstance(values, dict):
        raise BundleError(f"not a bundle: expected an object, found {type(values).__name__}")
    return values


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _prepare(values: dict[str, Any]) -> PreparedBundle:
    header = Fields(values["header"], 0, "header")
    if header.whole("schema_version") != SCHEMA_VERSION or header.ids("requires"):
        asked = f"version {header.values['schema_version']}, features {list(header.ids('requires'))}"
        raise BundleError(
            f"header: expected schema_version {SCHEMA_VERSION} and no features, found {asked}; update promo"
        )
    exponent = header.section("currency").whole("exponent")
    holidays = frozenset(dt.date.fromisoformat(day).toordinal() for day in header.ids("holidays"))
    ancestry = read_ancestry(header.values["categories"])
    windows: dict[Window, Window] = {}
    read = [read_promotion(line, exponent, holidays, windows) for line in values["promotions"]]
    for promotion in read:
        if promotion.stacking.lane not in header.ids("lanes"):
            raise BundleError(f"promotions.{promotion.code}: its lane {promotion.stacking.lane!r} is not in the header")
    promotions = sorted(read, key=lambda promotion: promotion.rank)
    numbers: dict[Scope, int] = {}
    touched: dict[int, list[int]] = {}
    entries = []
    for index, promotion in enumerate(promotions):
        for scope in (promotion.scope, promotion.benefit, *_looked_at(promotion)):
            numbers.setdefault(scope, len(numbers))
        for scope in promotion.touched_by:
            touched.setdefault(numbers.setdefault(scope, len(numbers)), []).append(index)
        cross = None if promotion.cross is None else numbers[promotion.cross]
        entries.append(Entry(promotion, numbers[promotion.scope], numbers[promotion.benefit], cross))
    by_product, by_category, anywhere = _index(numbers)
    return PreparedBundle(
        currency=header.section("currency").text("code"),
        exponent=exponent,
        zone=_zone(header.text("timezone")),
        best_deal=header.choice("strategy", ("best_deal", "priority")) == "best_deal",
        lanes=header.ids("lanes"),
        step_budget=header.whole("step_budget"),
        products={key: read_product(key, product, ancestry, exponent) for key, product in values["products"].items()},
        entries=tuple(entries),
        scopes=numbers,
        dynamic={number: scope for scope, number in numbers.items() if scope.dynamic},
        whole=frozenset(number for scope, number in numbers.items() if scope.whole),
        _touched=tuple(tuple(touched.get(number, ())) for number in range(len(numbers))),
        _by_product=by_product,
        _by_category=by_category,
        _anywhere=anywhere,
    )


def _looked_at(promotion: Promotion) -> Iterable[Scope]:
    yield from promotion.rules.triggers()
    yield from (leaf.scope for leaf in leaves(promotion.condition))
    if promotion.cross is not None:
        yield promotion.cross


def _index(
    numbers: Mapping[Scope, int],
) -> tuple[dict[str, list[tuple[Scope, int]]], dict[str, list[tuple[Scope, int]]], list[tuple[Scope, int]]]:
    by_product: dict[str, list[tuple[Scope, int]]] = {}
    by_category: dict[str, list[tuple[Scope, int]]] = {}
    anywhere = []
    for scope, number in numbers.items():
        if scope.products is not None:
            for product in scope.products:
                by_product.setdefault(product, []).append((scope, number))
        elif scope.categories is not None:
            for category in scope.categories:
                by_category.setdefault(category, []).append((scope, number))
        else:
            anywhere.append((scope, number))
    return by_product, by_category, anywhere


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise BundleError(f"header.timezone: expected a time zone such as Asia/Jakarta, found {name!r}") from None
