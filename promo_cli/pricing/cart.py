"""A cart, read with care: the flat form, or the nested `{cart, customer, payment_method}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from promo_cli.pricing.cart_fields import KEYS, count, known_keys, listed, mapping, moment_at, money, text
from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.clock import Moment
from promo_cli.pricing.errors import CartError
from promo_cli.pricing.money import LARGEST, half_up, major
from promo_cli.pricing.units import Line

MOST_LINES: Final = 10_000
MOST_UNITS: Final = 100_000

_WHERE: Final = {key: f"/{key}" for key in KEYS["cart"]}


class Customer(NamedTuple):
    """Who buys, as far as the till knows. `birthday` is an ISO date."""

    member_id: str | None = None
    is_member: bool = False
    tier: str | None = None
    customer_type: str | None = None
    order_number: int | None = None
    points: int | None = None
    birthday: str | None = None


class Usage(NamedTuple):
    """Counters of one promotion; None where the till does not know. `discount` in minor units."""

    total: int = 0
    today: int = 0
    customer: int | None = None
    discount: int = 0


_NOBODY: Final = Customer()


class Cart:
    """What is to be priced, in minor units and on the store's clock. `payments` is None while unknown."""

    __slots__ = (
        "at",
        "channel",
        "claims",
        "customer",
        "lines",
        "methods",
        "payments",
        "payments_at",
        "usage",
        "vouchers",
    )

    def __init__(
        self,
        at: Moment,
        lines: list[Line],
        customer: Customer,
        channel: str | None,
        methods: frozenset[str] | None,
        payments: tuple[tuple[str, int], ...] | None,
        payments_at: str,
        vouchers: dict[str, str | None],
        claims: dict[str, str | None],
        usage: dict[str, Usage],
    ) -> None:
        self.at = at
        self.lines = lines
        self.customer = customer
        self.channel = channel
        self.methods = methods
        self.payments = payments
        self.payments_at = payments_at
        self.vouchers = vouchers
        self.claims = claims
        self.usage = usage


def read_cart(cart: object, products: dict[str, Product], exponent: int, zone: ZoneInfo) -> Cart:
    """Return a cart as the engine reads it. Raises CartError with the place of the first mistake."""
    outer = mapping(cart, "")
    inner = outer.get("cart")
    top, values, where = "", outer, _WHERE
    if inner is not None:
        top, values = "/cart", {**mapping(inner, "/cart"), **{k: v for k, v in outer.items() if k != "cart"}}
        where = {key: f"{'' if key in outer else top}/{key}" for key in KEYS["cart"]}
    known_keys(values, "cart", top)
    at = moment_at(values.get("at"), where["at"], zone)
    items = listed(values.get("items"), where["items"])
    if len(items) > MOST_LINES:
        raise _too_many(where["items"], "lines", MOST_LINES, len(items))
    lines = _lines(items, where["items"], _Items(products, exponent, zone, at))
    units = 0
    for line in lines:
        units += line.units
    if units > MOST_UNITS:
        raise _too_many(where["items"], "units", MOST_UNITS, units)
    _check_subtotal(values.get("subtotal"), lines, exponent, where["subtotal"])
    method = text(values.get("payment_method"), where["payment_method"], "a payment method")
    payments = _payments(values.get("payments"), where["payments"], exponent)
    if method is not None and payments is not None:
        raise CartError(
            "shape",
            where["payments"],
            "two ways of saying how the bill is paid",
            expected="payment_method or payments",
            found="both",
            help="keep payments for a split tender, payment_method otherwise",
        )
    return Cart(
        at,
        lines,
        _customer(values.get("customer"), where["customer"]),
        text(values.get("channel"), where["channel"], "a sales channel"),
        frozenset({method}) if method else frozenset([m for m, _ in payments]) if payments else None,
        payments,
        where["payments"],
        _pairs(values.get("vouchers"), where["vouchers"], "voucher", "promotion_id"),
        _pairs(values.get("claims"), where["claims"], "claim", "product_id"),
        _usage(values.get("usage"), where["usage"], exponent),
    )


def _lines(items: Sequence[Any], where: str, read: _Items) -> list[Line]:
    """Return the lines; most are but a product and how many pieces, and need no further reading."""
    lines: list[Line] = []
    products, at = read.products, read.at
    for i in range(len(items)):
        item = items[i]
        line = _plain(i, item, products, at) if type(item) is dict else None
        lines.append(read.line(i, item, f"{where}/{i}") if line is None else line)
    return lines


def _plain(number: int, item: dict[Any, Any], products: dict[str, Product], at: Moment) -> Line | None:
    """Return the line of an item with a product's id, whole pieces, perhaps a line id and nothing more; else None."""
    product_id, pieces, line_id = item.get("product_id"), item.get("quantity"), item.get("line_id")
    if len(item) != (2 if line_id is None else 3) or type(product_id) is not str or type(pieces) is not int:
        return None
    product = products.get(product_id)
    if product is None or product.weighed or not 0 < pieces < LARGEST:
        return None
    each = product.price
    if line_id is None:
        return Line(number, None, product, pieces, pieces, pieces, each, 0, each, product.floor, at)
    if type(line_id) is not str:
        return None
    return Line(number, line_id, product, pieces, pieces, pieces, each, 0, each, product.floor, at, "", line_id)


class _Items:
    """Reads items that say more than most."""

    __slots__ = ("at", "exponent", "products", "zone")

    def __init__(self, products: dict[str, Product], exponent: int, zone: ZoneInfo, at: Moment) -> None:
        self.products = products
        self.exponent = exponent
        self.zone = zone
        self.at = at

    def line(self, index: int, item: object, at: str) -> Line:
        values = mapping(item, at)
        known_keys(values, "item", at)
        product_id = values.get("product_id")
        product = self.products.get(product_id) if isinstance(product_id, str) else None
        if product is None:
            raise CartError(
                "reference" if isinstance(product_id, str) else "shape",
                f"{at}/product_id",
                "unknown product",
                expected="a product of the bundle",
                found=repr(product_id),
                help="add it to the catalogue, or pull a newer release",
            )
        quantity = values.get("quantity")
        scaled = count(quantity, f"{at}/quantity", places=3 if product.weighed else 0)
        price = values.get("price")
        each = product.price if price is None else money(price, f"{at}/price", self.exponent)
        surcharge, modifiers = self._modifiers(values.get("modifiers"), f"{at}/modifiers")
        value = half_up(each * scaled, 1000) if product.weighed else each
        ordered = values.get("ordered_at")
        line_id = text(values.get("line_id"), f"{at}/line_id", "a line id")
        ordered_at = self.at if ordered is None else moment_at(ordered, f"{at}/ordered_at", self.zone)
        return Line(
            number=index,
            line_id=line_id,
            product=product,
            quantity=quantity if type(quantity) is int else major(scaled, 3 if product.weighed else 0),
            scaled=scaled,
            units=1 if product.weighed else scaled,
            each=each,
            surcharge=surcharge,
            price=value + surcharge,
            floor=(product.floor * scaled + 500) // 1000 if product.weighed else product.floor,
            ordered_at=ordered_at,
            modifiers=modifiers,
            mark=line_id or "",
        )

    def _modifiers(self, found: object, at: str) -> tuple[int, str]:
        """Surcharge on one unit, and one text for what was chosen, whatever the order it was chosen in."""
        if not found:
            return 0, ""
        total, names = 0, []
        for i, modifier in enumerate(listed(found, at)):
            if isinstance(modifier, str):
                names.append(f"{modifier}:1:0")
                continue
            values = mapping(modifier, f"{at}/{i}")
            known_keys(values, "modifier", f"{at}/{i}")
            name = text(values.get("id"), f"{at}/{i}/id", "a modifier's id") or ""
            times = count(values.get("quantity", 1), f"{at}/{i}/quantity", places=0)
            price = money(values.get("price") or 0, f"{at}/{i}/price", self.exponent)
            total += times * price
            names.append(f"{name}:{times}:{price}")
        return total, "|".join(sorted(names))


def _check_subtotal(stated: object, lines: list[Line], exponent: int, at: str) -> None:
    if stated is None:
        return
    right = sum(line.price * line.units for line in lines)
    if money(stated, at, exponent) != right:
        raise CartError(
            "amount",
            at,
            "wrong subtotal",
            expected=f"{major(right, exponent)}, the sum of the lines",
            found=str(stated),
            help="leave the subtotal out, or send it as the sum of price times quantity without gifts",
        )


def _payments(found: object, at: str, exponent: int) -> tuple[tuple[str, int], ...] | None:
    if found is None:
        return None
    payments = []
    for i, payment in enumerate(listed(found, at)):
        values = mapping(payment, f"{at}/{i}")
        known_keys(values, "payment", f"{at}/{i}")
        method = text(values.get("method"), f"{at}/{i}/method", "a payment method", required=True)
        payments.append((method or "", money(values.get("amount"), f"{at}/{i}/amount", exponent)))
    return tuple(payments)


def _customer(found: object, at: str) -> Customer:
    if found is None:
        return _NOBODY
    values = mapping(found, at)
    known_keys(values, "customer", at)
    points, order = values.get("points"), values.get("order_number")
    member_id = text(values.get("member_id"), f"{at}/member_id", "a member id")
    return Customer(
        member_id=member_id,
        is_member=values.get("is_member") is True or (values.get("is_member") is None and member_id is not None),
        tier=text(values.get("tier"), f"{at}/tier", "a member tier"),
        customer_type=text(values.get("customer_type"), f"{at}/customer_type", "new or returning"),
        order_number=None if order is None else count(order, f"{at}/order_number", places=0),
        points=None if points is None else money(points, f"{at}/points", 3) // 1000,
        birthday=text(values.get("birthday"), f"{at}/birthday", "a date", form="date"),
    )


def _pairs(found: object, at: str, kind: str, second: str) -> dict[str, str | None]:
    """Codes, each with what it was resolved to. Letter case and surrounding space do not matter in a code."""
    pairs: dict[str, str | None] = {}
    if found is None:
        return pairs
    for i, entry in enumerate(listed(found, at)):
        values: Mapping[str, Any] = {"code": entry} if isinstance(entry, str) else mapping(entry, f"{at}/{i}")
        known_keys(values, kind, f"{at}/{i}")
        code = text(values.get("code"), f"{at}/{i}/code", "a code", required=True) or ""
        pairs[code.strip().upper()] = text(values.get(second), f"{at}/{i}/{second}", "an id")
    return pairs


def _usage(found: object, at: str, exponent: int) -> dict[str, Usage]:
    usage: dict[str, Usage] = {}
    if found is None:
        return usage
    for key, counters in mapping(found, at).items():
        here = f"{at}/{key}"
        promotion_id = text(key, here, "a promotion's id", required=True) or ""
        values = mapping(counters, here)
        known_keys(values, "usage", here)

        def counter(name: str, values: Mapping[str, Any] = values, here: str = here) -> int:
            return count(values.get(name) or 0, f"{here}/{name}", places=0, zero=True)

        usage[promotion_id] = Usage(
            total=counter("total"),
            today=counter("today"),
            customer=None if values.get("customer") is None else counter("customer"),
            discount=money(values.get("discount") or 0, f"{here}/discount", exponent),
        )
    return usage


def _too_many(at: str, what: str, most: int, found: int) -> CartError:
    return CartError(
        "amount", at, f"too many {what}", expected=f"at most {most:,}", found=f"{found:,}", help="split the bill"
    )
