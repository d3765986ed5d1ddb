"""promo.yaml: what holds for the whole workspace."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from promo_cli.model.base import Id, Strict, Text

DEFAULT_STEP_BUDGET = 200_000
DEFAULT_HORIZON_DAYS = 14


class Company(Strict):
    """Who runs the promotions. Promotion ids derive from `id`, so it never changes."""

    id: Id
    name: Text


def _company(value: Any) -> Any:
    return {"id": value, "name": value} if isinstance(value, str) else value


class Currency(Strict):
    """ISO 4217 code and the number of digits after the point: 0 for rupiah, 2 for dollars, 3 for dinars."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    exponent: Annotated[int, Field(ge=0, le=3)] = 2


class Stacking(Strict):
    """How promotions of one stage combine: the search, and the lanes whose discounts add up, in order."""

    strategy: Literal["best_deal", "priority"] = "best_deal"
    lanes: Annotated[list[Id], Field(min_length=1)] = ["main"]
    step_budget: Annotated[int, Field(ge=1)] = DEFAULT_STEP_BUDGET


class Environment(Strict):
    """Where a release is published to: a folder relative to the workspace, or s3://bucket/prefix."""

    target: Annotated[str, Field(min_length=1)]
    region: str | None = None
    protected: bool = False


class Receipt(Strict):
    """The paper: how many characters fit on one line of it."""

    width: Annotated[int, Field(ge=16, le=120)] = 32


class Settings(Strict):
    """The whole of promo.yaml."""

    company: Annotated[Company, BeforeValidator(_company)]
    currency: Currency
    timezone: Text
    prices: Literal["gross"] = "gross"
    stacking: Stacking = Stacking()
    environments: dict[Id, Environment] = {"local": Environment(target="out/bucket")}
    warehouse: Annotated[str, Field(min_length=1)] = "out/warehouse.duckdb"
    horizon_days: Annotated[int, Field(ge=1, le=365)] = DEFAULT_HORIZON_DAYS
    receipt: Receipt = Receipt()
