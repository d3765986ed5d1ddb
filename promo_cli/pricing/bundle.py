"""A bundle, read once: promotions by rank, and indexes that lead from a product to the promotions it concerns.

Scopes are interned: promotions that are about the same things share one, and a cart is matched against each once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from promo_cli.pricing.catalogue import Product, read_ancestry, read_product
from promo_cli.pricing.clock import Window
from promo_cli.pricing.conditions import leaves
from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.ground import Ground, Key, Told, grounds
from promo_cli.pricing.money import major
from promo_cli.pricing.promotion import STAGES, Entry, Promotion, read_promotion
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.words import Currency

SCHEMA_VERSION = 1


class Header(NamedTuple):
    """What a bundle says of the store as a whole."""

    currency: Currency
    zone: ZoneInfo
    best_deal: bool
    lanes: tuple[str, ...]
    step_budget: int


class PreparedBundle:
    """A bundle ready to price any number of carts. What is asked of it again is kept, which changes no answer.

    `entries` come by rank. `everywhere` are the scopes that hold every product; they are not listed by product.
    `voucher_codes` are the shared codes in capitals.
    `worded` is what verdicts without amounts say, as far as it was asked for.
    `barring` and `floored`: some product is never discounted, or not below a least price.
    """

    def __init__(
        self,
        header: Header,
        products: dict[str, Product],
        entries: list[Entry],
        grounds: list[Ground],
        scopes: dict[Scope, int],
    ) -> None:
        self.currency = header.currency
        self.exponent = header.currency.exponent
        self.zone = header.zone
        self.best_deal = header.best_deal
        self.lanes = header.lanes
        self.step_budget = header.step_budget
        self.products = products
        self.entries = entries
        self.grounds = grounds
        self.scopes = scopes
        self.dynamic = {number: scope for scope, number in scopes.items() if scope.dynamic}
        self.whole = frozenset(number for scope, number in scopes.items() if scope.whole)
        self.everywhere = [number for scope, number in scopes.items() if scope == Scope()]
        self.voucher_codes = frozenset(code.upper() for entry in entries for code in entry.promotion.voucher_codes)
        self.barring = not all(product.discountable for product in products.values())
        self.floored = any(product.floor for product in products.values())
        self.worded: dict[tuple[int, tuple[str, int, str, str]], tuple[Told, Told | None]] = {}
        self._touched = _touched(grounds)
        self._met_anywhere = frozenset(ground for number in self.everywhere for ground in self._touched.get(number, ()))
        self._by_product, self._by_category, self._anywhere = _index(scopes)

    def scopes_of(self, product: Product) -> tuple[int, ...]:
        """Return the numbers of the scopes that hold a product, prices and earlier discounts aside."""
        found = product.scopes
        if found is None:
            near = [*self._anywhere, *self._by_product.get(product.id, ())]
            for category in product.categories:
                near += self._by_category.get(category, ())
            found = tuple(sorted({number for scope, number in near if scope.holds(product)}))
            product.scopes = found
        return found

    def grounds_met(self, products: list[Product]) -> list[Ground]:
        """Return the grounds that are worth mentioning where these products are sold, by stage and lane."""
        if not products:
            return []
        met = set(self._met_anywhere)
        for product in products:
            found = product.grounds
            if found is None:
                scopes = self.scopes_of(product)
                found = frozenset(ground for number in scopes for ground in self._touched.get(number, ()))
                product.grounds = found
            met |= found
        return [self.grounds[number] for number in sorted(met)]


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
    products = {key: read_product(key, product, ancestry, exponent) for key, product in values["products"].items()}
    currency = Currency(header.section("currency").text("code"), exponent)
    numbers: dict[Scope, int] = {}
    keyed = []
    for place, promotion in enumerate(promotions):
        for scope in (promotion.scope, promotion.benefit, *_looked_at(promotion), *promotion.touched_by):
            numbers.setdefault(scope, len(numbers))
        cross = None if promotion.cross is None else numbers[promotion.cross]
        headline = promotion.rules.describe(currency.say) or promotion.name
        entry = Entry(place, promotion, numbers[promotion.scope], numbers[promotion.benefit], cross, headline)
        keyed.append((_key(entry, header.ids("lanes"), numbers), entry))
    read_header = Header(
        currency,
        _zone(header.text("timezone")),
        header.choice("strategy", ("best_deal", "priority")) == "best_deal",
        header.ids("lanes"),
        header.whole("step_budget"),
    )
    for product in products.values():
        product.shown["price"] = product.major = major(product.price, exponent)
    return PreparedBundle(read_header, products, [entry for _, entry in keyed], grounds(keyed), numbers)


def _touched(grounds: list[Ground]) -> dict[int, list[int]]:
    touched: dict[int, list[int]] = {}
    for number, ground in enumerate(grounds):
        for scope in ground.key.touched:
            touched.setdefault(scope, []).append(number)
    return touched


def _looked_at(promotion: Promotion) -> Iterable[Scope]:
    yield from promotion.rules.triggers()
    yield from (leaf.scope for leaf in leaves(promotion.condition))
    if promotion.cross is not None:
        yield promotion.cross


def _key(entry: Entry, lanes: Sequence[str], numbers: Mapping[Scope, int]) -> Key:
    """An `exclusive: cart` promotion stands on ground of its own, because it is priced alone."""
    promotion = entry.promotion
    return Key(
        stage=STAGES.index(promotion.stage),
        lane=lanes.index(promotion.stacking.lane),
        scope=entry.scope,
        benefit=entry.benefit,
        window=promotion.window,
        audience=promotion.audience,
        active=promotion.active,
        how=promotion.how,
        touched=tuple(numbers[scope] for scope in promotion.touched_by),
        alone=entry.place if promotion.stacking.exclusive == "cart" else -1,
    )


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
        elif scope != Scope():
            anywhere.append((scope, number))
    return by_product, by_category, anywhere


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise BundleError(f"header.timezone: expected a time zone such as Asia/Jakarta, found {name!r}") from None
