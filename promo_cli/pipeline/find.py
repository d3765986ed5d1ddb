"""Which promotions touch a product, a store, a customer, a moment, and why; and what keeps the others away."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.compiler import compile_promotion
from promo_cli.compiler.bundle import products as compiled_products
from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Store
from promo_cli.pipeline import calendar_words as words
from promo_cli.pipeline.calendar import Day, day_of, running_stores
from promo_cli.pipeline.check import today_of
from promo_cli.pipeline.environment import check_store
from promo_cli.pipeline.find_checks import GUEST, MEMBER, Check, Wanted, circumstances, needs, not_in_store, text
from promo_cli.pipeline.find_roles import EVERYTHING, Role, objection, roles
from promo_cli.pipeline.naming import check_known, promotion_named
from promo_cli.pipeline.price import readable_workspace
from promo_cli.pricing.catalogue import Product, read_ancestry, read_product
from promo_cli.pricing.clock import closed, moment
from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.promotion import Promotion as Sold
from promo_cli.pricing.promotion import read_promotion
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.reasons import text as reason_in_words
from promo_cli.protocol import canonical
from promo_cli.validation.words import listed, several
from promo_cli.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Found:
    """A promotion, what was asked about it, when and where it runs, and what else it needs."""

    code: str
    name: str
    promo_type: str
    checks: tuple[Check, ...]
    roles: tuple[str, ...]
    when: str
    where: str
    needs: tuple[str, ...]
    path: str
    line: int | None

    @property
    def misses(self) -> list[Check]:
        """What does not fit."""
        return [check for check in self.checks if not check.fits]

    @property
    def special(self) -> int:
        """How much of what was asked it is about in particular."""
        return sum(check.special for check in self.checks)

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "code": self.code,
            "name": self.name,
            "promo_type": self.promo_type,
            "found": not self.misses,
            "roles": list(self.roles),
            "checks": [{"about": one.about, "fits": one.fits, "why": one.why} for one in self.checks],
            "when": self.when,
            "where": self.where,
            "needs": list(self.needs),
            "path": self.path,
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What touches what was asked about, the most particular first, and the rest; `asked` in words.

    `problems` are errors of the workspace.
    """

    asked: str
    remark: str | None
    """What explains that nothing was found."""
    promotions: tuple[Found, ...]
    others: tuple[Found, ...]
    problems: int

    @property
    def near(self) -> list[Found]:
        """Promotions that one single thing keeps away."""
        return [one for one in self.others if len(one.misses) == 1]


def find(start: Path, wanted: Wanted, *, why_not: str | None = None, ended: bool = False) -> Answer:
    """Return what touches what is wanted, in the workspace around `start`.

    `why_not` is a code that alone is looked at; `ended` also finds what has ended or is switched off. Raises Failure:
    exit 1 for a workspace that cannot be read whole or an unknown code, 2 for an unknown id.
    """
    workspace, problems = readable_workspace(start)
    _check(workspace, wanted)
    asking = _Asking(workspace, wanted, today_of(workspace), ended or wanted.at is not None)
    chosen = [promotion_named(workspace, why_not)] if why_not else workspace.promotions
    answers = [answer for one in chosen if (answer := asking.answer(one)) is not None]
    found = [one for one in answers if not one.misses]
    return Answer(
        asked=asking.words,
        remark=asking.remark,
        promotions=tuple(sorted(found, key=lambda one: (-one.special, one.code))),
        others=tuple(sorted((one for one in answers if one.misses), key=lambda one: one.code)),
        problems=len(problems),
    )


def _check(workspace: Workspace, wanted: Wanted) -> None:
    """Raise Failure (exit 2) for what does not exist."""
    known = {
        "product": [one.id for one in workspace.products],
        "category": [one.id for one in workspace.categories],
        "brand": [one.id for one in workspace.brands],
        "channel": workspace.channels,
        "payment": [one.id for one in workspace.payments],
    }
    for name, ids in known.items():
        if asked := getattr(wanted, name):
            check_known(f"--{name}", {"payment": "payment method"}.get(name, name), [asked], ids)
    if wanted.member:
        check_known("--member", "tier", [wanted.member], [*(one.id for one in workspace.tiers), GUEST, MEMBER])
    if wanted.voucher:
        batches = {one.voucher.batch for one in workspace.promotions if one.voucher}
        shared = {code for one in workspace.promotions for code in one.voucher_codes}
        asked = next((one for one in batches | shared if one.upper() == wanted.voucher.upper()), wanted.voucher)
        check_known("--voucher", "shared code or batch", [asked], batches | shared)
    if wanted.store:
        check_store(workspace, wanted.store)


class _Asking:
    """What is asked, with what is looked up once for all promotions."""

    def __init__(self, workspace: Workspace, wanted: Wanted, today: dt.date, ended: bool) -> None:
        self.workspace, self.wanted, self.today, self.ended = workspace, wanted, today, ended
        self.stores: Mapping[str, Store] = {store.id: store for store in workspace.stores}
        self.running = running_stores(workspace, workspace.promotions)
        self.holidays = frozenset(holiday.date.toordinal() for holiday in workspace.holidays)

    @cached_property
    def products(self) -> list[Product]:
        """The products asked about, as the engine has them, as far as the store sells them."""
        wanted, workspace = self.wanted, self.workspace
        tree = {one.id: {"parent": one.parent} for one in workspace.categories}
        ancestry = read_ancestry(tree)
        store = self.stores.get(wanted.store or "")
        chosen = [
            one
            for one in workspace.products
            if (wanted.product in (None, one.id))
            and (wanted.category is None or (one.category and wanted.category in ancestry[one.category]))
            and (wanted.brand is None or one.brand in (None, wanted.brand))
            and (store is None or not store.all_brands or one.brand is None or one.brand in store.all_brands)
        ]
        values = json.loads(compiled_products(chosen, None), parse_float=Decimal)
        exponent = workspace.settings.currency.exponent
        return [read_product(key, value, ancestry, exponent) for key, value in values.items()]

    @property
    def of_goods(self) -> bool:
        """Whether anything is asked about products."""
        return bool(self.wanted.product or self.wanted.category or self.wanted.brand)

    @property
    def words(self) -> str:
        """What is asked about, as a title says it."""
        wanted = self.wanted
        goods = [one for one in (wanted.product, wanted.category, wanted.brand) if one]
        parts = [" of ".join(goods), *(f'"{one}"' for one in wanted.words)]
        parts += [f"voucher {wanted.voucher}"] if wanted.voucher else []
        parts += [f"in {wanted.store}"] if wanted.store else []
        who = " ".join(filter(None, (wanted.customer_type, wanted.member)))
        parts += [f"for a {who} customer" if who not in (GUEST, MEMBER) else f"for a {who}"] if who else []
        parts += [f"by {wanted.channel}"] if wanted.channel else []
        parts += [f"paid by {wanted.payment}"] if wanted.payment else []
        parts += [f"on {_moment_in_words(wanted.at)}"] if wanted.at else []
        return " ".join(filter(None, parts))

    @property
    def remark(self) -> str | None:
        """Why nothing can be found, where that is about what was asked and not about the promotions."""
        if not self.of_goods or self.products:
            return None
        goods = self.wanted.product or self.wanted.category or self.wanted.brand
        return (
            f"{goods} is not sold in {self.wanted.store}" if self.wanted.store else f"there are no products of {goods}"
        )

    def answer(self, promotion: Promotion[Any]) -> Found | None:
        """Return what is to be said about a promotion; None for one that a till could not read."""
        compiled = compile_promotion(promotion, self.workspace.settings.company.id)
        plain = json.loads(canonical.dumps(compiled), parse_float=Decimal)
        try:
            sold = read_promotion(plain, self.workspace.settings.currency.exponent, self.holidays, {})
        except BundleError:
            return None
        held = [(product, role) for product in self.products for role in roles(promotion, sold, product)]
        held = held if self.of_goods else []
        place = self.workspace.locate(promotion, "/code")
        return Found(
            code=promotion.code,
            name=promotion.name,
            promo_type=promotion.promo_type,
            checks=tuple(self._checks(promotion, sold, held)),
            roles=tuple(dict.fromkeys(role.kind for _, role in held)),
            when=f"{words.when(promotion.validity)}, {words.period(promotion.validity)}",
            where=self._where(promotion),
            needs=tuple(needs(promotion, sold, self.wanted)),
            path=place.path,
            line=place.range and place.range.start.line,
        )

    def _checks(self, promotion: Promotion[Any], sold: Sold, held: list[tuple[Product, Role]]) -> Iterator[Check]:
        wanted = self.wanted
        if not self.ended:
            yield from self._present(promotion)
        if wanted.words:
            yield text(promotion, wanted.words)
        if self.of_goods:
            yield self._goods(promotion, sold, held)
        if wanted.store:
            yield self._store(promotion, wanted.store)
        if wanted.at:
            yield self._time(promotion, sold, wanted.at)
        yield from circumstances(promotion, sold, wanted)

    def _present(self, promotion: Promotion[Any]) -> Iterator[Check]:
        if not promotion.is_active:
            yield Check("state", False, "switched off (`is_active: false`)")
        end = promotion.validity.end_date
        if end is not None and end < self.today:
            yield Check("state", False, f"ended on {words.date(end)}")

    def _goods(self, promotion: Promotion[Any], sold: Sold, held: list[tuple[Product, Role]]) -> Check:
        asked = self.wanted.product
        if not self.products:
            return Check("product", False, self.remark or "")
        if not held:
            one = self.products[0]
            if asked or len(self.products) == 1:
                return Check("product", False, f"{one.name} {objection(promotion, sold, one)}")
            return Check("product", False, f"none of {several(len(self.products), 'product')} takes part")
        special = any(role.because != EVERYTHING for _, role in held)
        if len(self.products) == 1:
            whys = (f"{role.what}: {role.because}" for _, role in held)
            return Check("product", True, f"{self.products[0].name} {'; '.join(whys)}", special)
        product, role = held[0]
        number = len({one.id for one, _ in held})
        many = f"{number} of {len(self.products)} products" if number < len(self.products) else f"all {number} products"
        return Check("product", True, f"{many}, such as {product.name}, which {role.what}: {role.because}", special)

    def _store(self, promotion: Promotion[Any], store_id: str) -> Check:
        if store_id in self.running[id(promotion)]:
            return Check("store", True, f"runs in {self._where(promotion)}")
        return not_in_store(promotion, self.stores[store_id])

    def _time(self, promotion: Promotion[Any], sold: Sold, at: str) -> Check:
        said = f"runs {words.when(promotion.validity)}, {words.period(promotion.validity)}"
        if not promotion.is_active:
            return Check("time", False, "switched off (`is_active: false`)")
        if _is_day(at):
            fits = day_of(sold.window, dt.datetime.fromisoformat(at).date()) is Day.RUNS
            return Check("time", fits, said)
        store = self.stores.get(self.wanted.store or "")
        zone = ZoneInfo((store and store.timezone) or self.workspace.settings.timezone)
        why = closed(sold.window, moment(at, zone))
        told = reason_in_words(Refusal(Reason(why.value)), str) if why else ""
        return Check("time", why is None, f"{told}: {said}" if why else said)

    def _where(self, promotion: Promotion[Any]) -> str:
        stores = list(self.running[id(promotion)])
        if len(stores) == len(self.stores):
            return f"all {several(len(stores), 'store')}"
        return f"{several(len(stores), 'store')} ({listed(stores)})" if stores else "no store"


def _is_day(at: str) -> bool:
    return ":" not in at


def _moment_in_words(at: str) -> str:
    moment = dt.datetime.fromisoformat(at)
    day = f"{moment:%a} {words.date(moment.date())}"
    return day if _is_day(at) else f"{day} at {moment:%H:%M}"
