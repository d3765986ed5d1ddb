"""One promotion, compiled: the JSON line that tills read, with the roadmap's field names."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from promo_cli.compiler.rules import compile_rules
from promo_cli.model.promotion import CrossBrand, Promotion, Scope, Targeting, Validity
from promo_cli.protocol import canonical

COMPILER_VERSION = "1"
"""Names the output's meaning; raised only when the same source compiles to something else."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:promo:promotion")
_TYPE_STAGE = {"threshold_tier": "order", "payment_discount": "payment", "cashback": "earn"}
_BY_SCOPE = {"percent_discount", "amount_discount"}


def promotion_id(company_id: str, promotion: Promotion[Any]) -> str:
    """Return the pinned `id`, or the UUID (version 5, RFC 9562) that follows from company and code."""
    return promotion.id or str(uuid.uuid5(_NAMESPACE, f"{company_id}/{promotion.code}"))


def stage(promotion: Promotion[Any]) -> str:
    """Return `execution_stage`, by default the type's: whole-cart discounts belong to the order."""
    if promotion.execution_stage is not None:
        return promotion.execution_stage
    if promotion.promo_type in _BY_SCOPE and promotion.scope.apply_to == "all":
        return "order"
    return _TYPE_STAGE.get(promotion.promo_type, "item")


def compile_promotion(promotion: Promotion[Any], company_id: str) -> dict[str, Any]:
    """Return the compiled promotion. Equal sources give equal values, whatever the day or the store."""
    compiled: dict[str, Any] = {
        "id": promotion_id(company_id, promotion),
        "code": promotion.code,
        "name": promotion.name,
        "description": promotion.description,
        "promo_type": promotion.promo_type,
        "apply_to": promotion.scope.apply_to,
        "execution_stage": stage(promotion),
        "execution_priority": promotion.execution_priority,
        "is_active": promotion.is_active,
        "is_auto_apply": promotion.is_auto_apply,
        "require_voucher": promotion.require_voucher,
        "member_only": promotion.targeting.member_only,
        "validity": _validity(promotion.validity),
        "scope": _scope(promotion.scope),
        "targeting": _targeting(promotion.targeting),
        "rules": compile_rules(promotion),
        "limits": {
            "max_uses": promotion.limits.max_uses,
            "max_uses_per_customer": promotion.limits.max_uses_per_customer,
            "max_uses_per_day": promotion.limits.max_uses_per_day,
            **_present(budget=promotion.limits.budget),
        },
        "compiler_version": COMPILER_VERSION,
        **_present(
            conditions=_plain(promotion.conditions),
            stacking=_plain(promotion.stacking),
            cross_brand=_cross_brand(promotion.cross_brand),
            voucher_codes=promotion.voucher_codes,
            voucher=_plain(promotion.voucher),
            require_fresh=promotion.require_fresh,
            recompute_on_return=promotion.recompute_on_return,
            tags=promotion.tags,
            funder=promotion.funder,
        ),
    }
    digest = hashlib.sha256(canonical.dumps(compiled)).hexdigest()
    return {**compiled, "version": digest[:12]}


def _present(**fields: Any) -> Mapping[str, Any]:
    """Keep what is set: null, false and empty mean the default."""
    return {name: value for name, value in fields.items() if value is not None and value is not False and value != []}


def _plain(value: Any) -> dict[str, Any] | None:
    """Return a section of ours as plain values without its defaults, or None if nothing is left."""
    plain: dict[str, Any] | None = value and value.model_dump(by_alias=True, exclude_defaults=True, mode="python")
    return plain or None


def _validity(validity: Validity) -> dict[str, Any]:
    return {
        "start_date": validity.start_date.isoformat(),
        "end_date": validity.end_date and validity.end_date.isoformat(),
        "time_start": validity.time_start and validity.time_start.isoformat(),
        "time_end": validity.time_end and validity.time_end.isoformat(),
        "days_of_week": sorted(set(validity.days_of_week)),
        "exclude_holidays": validity.exclude_holidays,
        **_present(exclude_dates=sorted({day.isoformat() for day in validity.exclude_dates})),
    }


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "apply_to": scope.apply_to,
        "categories": scope.categories,
        "products": scope.products,
        "exclude_categories": scope.exclude_categories,
        "exclude_products": scope.exclude_products,
        **_present(
            tags=scope.tags,
            unit_price=_plain(scope.unit_price),
            not_already_discounted=scope.not_already_discounted,
        ),
    }


def _targeting(targeting: Targeting) -> dict[str, Any]:
    """Stores are resolved by leaving the promotion out of other stores' bundles, so equal stores share one bundle."""
    return {
        "stores": "all",
        "brands": targeting.brands,
        "customer_type": targeting.customer_type,
        "member_only": targeting.member_only,
        **_present(
            exclude_brands=targeting.exclude_brands,
            member_tiers=targeting.member_tiers,
            sales_channels=targeting.sales_channels,
            exclude_channels=targeting.exclude_channels,
        ),
    }


def _cross_brand(cross_brand: CrossBrand | None) -> dict[str, Any] | None:
    if cross_brand is None:
        return None
    compiled: dict[str, Any] = {"enabled": True, "type": cross_brand.type}
    if cross_brand.type == "trigger_benefit":
        compiled["trigger_min_amount"] = cross_brand.trigger_min_amount or 0
    return {**compiled, **(_plain(cross_brand) or {})}
