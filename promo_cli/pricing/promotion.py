"""A compiled promotion as the engine holds it: amounts in minor units, dates as ordinals, scopes by value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from promo_cli.pricing.clock import Window, read_window
from promo_cli.pricing.conditions import Condition, read_condition
from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.scope import Scope, read_scope
from promo_cli.pricing.types import Rules, read_rules

STAGES: Final = ("item", "order", "payment", "earn")


@dataclass(frozen=True)
class Audience:
    """Who and through which channel. Empty sets mean anyone, any."""

    members_only: bool
    customer_type: str
    tiers: frozenset[str]
    channels: frozenset[str]
    exclude_channels: frozenset[str]


ANYONE: Final = Audience(False, "all", frozenset(), frozenset(), frozenset())


@dataclass(frozen=True)
class Limits:
    """How often, over all tills; `budget` in minor units."""

    total: int | None
    customer: int | None
    today: int | None
    budget: int | None


UNLIMITED: Final = Limits(None, None, None, None)


@dataclass(frozen=True)
class Stacking:
    """With what a promotion may combine. `group` is set only where its rule restricts."""

    lane: str
    group: str | None
    rule: str
    exclusive: str | None
    never_with: frozenset[str]


@dataclass(frozen=True, eq=False)
class Promotion:
    """A promotion, with what is asked of it for every cart worked out once.

    `rank` orders promotions: higher priority first, then smaller id. `cross` is the scope of spend that unlocks.
    `restricted`: not for every cart, whatever is in it; `counted`: has limits;
    `demanding`: asks something of the goods; `choosy`: does not combine with all.
    """

    id: str
    code: str
    name: str
    rank: tuple[int, str]
    stage: str
    active: bool
    auto: bool
    needs_voucher: bool
    voucher_codes: frozenset[str]
    window: Window
    scope: Scope
    benefit: Scope
    cross: Scope | None
    cross_minimum: int
    audience: Audience
    condition: Condition | None
    limits: Limits
    stacking: Stacking
    rules: Rules
    touched_by: tuple[Scope, ...]
    recompute_on_return: bool
    experiment: Any
    restricted: bool
    counted: bool
    demanding: bool
    choosy: bool

    @property
    def how(self) -> str:
        """How it measures: list prices in the item stage, what is left of them later and with vouchers."""
        late = self.stage != "item" or self.needs_voucher
        return self.rules.measured or ("after" if late else "before")


class Entry:
    """A promotion with its place in rank and the numbers of its scope, of what it discounts, of spend that unlocks it.

    Scopes are interned: promotions that are about the same things share a number. `headline` says what it gives;
    `named` is what every mention of it in a receipt begins with.
    """

    __slots__ = ("benefit", "cross", "headline", "named", "place", "promotion", "scope")

    def __init__(
        self, place: int, promotion: Promotion, scope: int, benefit: int, cross: int | None, headline: str
    ) -> None:
        self.place = place
        self.promotion = promotion
        self.scope = scope
        self.benefit = benefit
        self.cross = cross
        self.headline = headline
        self.named: dict[str, Any] = {"promotion_id": promotion.id, "code": promotion.code}


def read_promotion(
    values: Mapping[str, Any], exponent: int, holidays: frozenset[int], windows: dict[Window, Window]
) -> Promotion:
    """Return one line of a bundle; equal windows become one object, kept in `windows`. Raises BundleError."""
    fields = Fields(values, exponent, f"promotions.{values.get('code', '?')}")
    targeting, limits = fields.section("targeting"), fields.section("limits")
    scope = replace(
        read_scope(fields.section("scope")),
        brands=None if targeting.values.get("brands", "all") == "all" else frozenset(targeting.ids("brands")),
        exclude_brands=frozenset(targeting.ids("exclude_brands")),
    )
    cross = fields.section("cross_brand")
    crossing = cross.values.get("type") == "trigger_benefit"
    rules = read_rules(fields.section("rules"), scope)
    audience, allowed, stacking = _audience(fields, targeting), _limits(limits), _stacking(fields.section("stacking"))
    active, needs_voucher = fields.flag("is_active", True), fields.flag("require_voucher")
    window = _window(fields.section("validity"), holidays)
    counted = allowed != UNLIMITED
    return Promotion(
        id=fields.text("id"),
        code=fields.text("code"),
        name=fields.text("name"),
        rank=(-_priority(fields), fields.text("id")),
        stage=fields.choice("execution_stage", STAGES),
        active=active,
        auto=fields.flag("is_auto_apply", True),
        needs_voucher=needs_voucher,
        voucher_codes=frozenset(fields.ids("voucher_codes")),
        window=windows.setdefault(window, window),
        scope=rules.scope(scope),
        benefit=replace(rules.scope(scope), brands=frozenset(cross.ids("benefit_brands")), branded=True)
        if crossing
        else rules.scope(scope),
        cross=Scope(brands=frozenset(cross.ids("trigger_brands")), branded=True) if crossing else None,
        cross_minimum=cross.amount("trigger_min_amount") or 0,
        audience=audience,
        condition=read_condition(fields.section("conditions")) if values.get("conditions") else None,
        limits=allowed,
        stacking=stacking,
        rules=rules,
        touched_by=rules.touched_by(scope),
        recompute_on_return=fields.flag("recompute_on_return"),
        experiment=values.get("experiment"),
        restricted=counted or not active or needs_voucher or audience != ANYONE,
        counted=counted,
        demanding=crossing or rules.minimum > 0 or bool(values.get("conditions")),
        choosy=stacking.group is not None or bool(stacking.never_with),
    )


def _audience(fields: Fields, targeting: Fields) -> Audience:
    audience = Audience(
        members_only=targeting.flag("member_only") or fields.flag("member_only"),
        customer_type=targeting.choice("customer_type", ("all", "new", "returning")),
        tiers=frozenset(targeting.ids("member_tiers")),
        channels=frozenset(targeting.ids("sales_channels")),
        exclude_channels=frozenset(targeting.ids("exclude_channels")),
    )
    return ANYONE if audience == ANYONE else audience


def _limits(fields: Fields) -> Limits:
    return Limits(
        total=fields.count("max_uses"),
        customer=fields.count("max_uses_per_customer"),
        today=fields.count("max_uses_per_day"),
        budget=fields.amount("budget"),
    )


def _priority(fields: Fields) -> int:
    value = fields.values.get("execution_priority", 0)
    if type(value) is not int:
        raise BundleError(f"{fields.where}.execution_priority: expected a whole number, found {value!r}")
    return value


def _stacking(fields: Fields) -> Stacking:
    rule = fields.choice("rule", ("all", "first", "best_customer", "best_merchant"))
    return Stacking(
        lane=fields.optional("lane") or "main",
        group=None if rule == "all" else fields.optional("group"),
        rule=rule,
        exclusive=fields.choice("exclusive", ("cart", "lane", "units")) if fields.values.get("exclusive") else None,
        never_with=frozenset(fields.ids("never_with")),
    )


def _window(fields: Fields, holidays: frozenset[int]) -> Window:
    try:
        excluded = frozenset(dt.date.fromisoformat(day).toordinal() for day in fields.ids("exclude_dates"))
        return read_window(
            fields.text("start_date"),
            fields.optional("end_date"),
            fields.optional("time_start"),
            fields.optional("time_end"),
            fields.values.get("days_of_week") or [1, 2, 3, 4, 5, 6, 7],
            excluded,
            holidays if fields.flag("exclude_holidays") else frozenset(),
        )
    except ValueError as error:
        raise BundleError(f"{fields.where}: {error}") from None
