"""promo.yaml: what holds for the whole workspace."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from promo_cli.model.base import Amount, Id, Percent, Strict, Text

DEFAULT_STEP_BUDGET = 200_000
DEFAULT_HORIZON_DAYS = 14


class Company(Strict):
    """Who runs the promotions. Promotion ids derive from `id`, so it never changes."""

    id: Id
    """Choose it once: the ids of all promotions derive from it."""
    name: Text
    """What people call the company."""


def _company(value: Any) -> Any:
    return {"id": value, "name": value} if isinstance(value, str) else value


class Currency(Strict):
    """ISO 4217 code and the number of digits after the point: 0 for rupiah, 2 for dollars, 3 for dinars."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """The ISO 4217 code, such as IDR."""
    exponent: Annotated[int, Field(ge=0, le=3)] = 2
    """How many digits amounts have after the point: 0 for rupiah, 2 for dollars, 3 for dinars."""


class Stacking(Strict):
    """How promotions of one stage combine: the search, and the lanes whose discounts add up, in order."""

    strategy: Literal["best_deal", "priority"] = "best_deal"
    """The best combination for the customer, or the first by priority that applies."""
    lanes: Annotated[list[Id], Field(min_length=1)] = ["main"]
    """Lanes in order: inside one an item gets at most one discount, discounts of different lanes add up."""
    step_budget: Annotated[int, Field(ge=1)] = DEFAULT_STEP_BUDGET
    """How many steps the search for the best combination may take per lane before it settles for a good one."""


class Environment(Strict):
    """Where a release is published to: a folder relative to the workspace, or s3://bucket/prefix."""

    target: Annotated[str, Field(min_length=1)]
    """A folder relative to the workspace, or s3://bucket/prefix."""
    region: str | None = None
    """The AWS region of the bucket."""
    protected: bool = False
    """Whether publishing asks a person, or needs --yes."""
    staged: bool = False
    """Whether a publication reaches the stores in the waves of `rollout`, instead of all at once."""


class Cohort(Strict):
    """A group of stores that gets a change together: those named, of these regions, or with one of these tags."""

    stores: list[Id] = []
    """Ids of stores."""
    regions: list[Id] = []
    """Every store of these regions."""
    tags: list[Id] = []
    """Every store with one of these tags."""


class Wave(Strict):
    """One step of a staged publication. Stores that no wave names follow after the last one."""

    cohorts: Annotated[list[Id], Field(min_length=1)]
    """Which cohorts get the change in this wave."""
    soak_hours: Annotated[int, Field(ge=0, le=8760)] = 24
    """How many hours pass at least before the next wave."""


class Gates(Strict):
    """What must be true of a wave's stores before the next wave. What is not known is not passed."""

    reporting_percent: Percent = Decimal(100)
    """The least share of the wave's stores whose tills report the new release, in percent."""
    max_failed_sync_percent: Percent = Decimal(0)
    """The largest share of the wave's stores whose last sync was refused, or whose till kept an old bundle."""
    min_bills: Annotated[int, Field(ge=1)] = 30
    """How many bills the wave's stores must have sold with the new release at least."""
    max_unsupported_percent: Percent = Decimal(0)
    """The largest share of the tills' decisions in which a till did not know what a promotion requires, in percent."""
    max_discount_rise: Percent | None = None
    """By how many percentage points the discounts' share of sales may rise, against the 7 days before. Default: any."""


class Rollout(Strict):
    """How a staged publication goes from the first stores to all."""

    cohorts: dict[Id, Cohort] = {}
    """Groups of stores by name; a store in several belongs to the first."""
    waves: list[Wave] = []
    """The steps, in order. All other stores follow after the last."""
    gates: Gates = Field(default_factory=Gates)
    """What must be true before each next wave."""


class Receipt(Strict):
    """The paper: how many characters fit on one line of it."""

    width: Annotated[int, Field(ge=16, le=120)] = 32
    """How many characters fit on a line; longer promotion names are reported."""


Level = Literal["error", "warning", "info", "off"]
"""What a finding counts as; `off` leaves it out."""

Levels = dict[Annotated[str, Field(pattern=r"^[A-Z]{3}([0-9]{3})?$")], Level]
"""Severities by code, such as AMT022, or family, such as AMT; a code counts more than its family."""


class Diagnostics(Strict):
    """What `promo validate` makes of its findings."""

    severity: Levels = {}
    """`error`, `warning`, `info` or `off` (in quotes) by code, such as AMT022, or family, such as POL."""
    paths: dict[Annotated[str, Field(min_length=1)], Levels] = {}
    """The same for some files only, by path, such as promotions/legacy/*; `*` stands for anything, folders included."""
    baseline: Annotated[str, Field(min_length=1)] | None = None
    """A file below the workspace with findings that do not count; `promo validate --write-baseline` makes it."""


class Safeguards(Strict):
    """How far promotions may go together, and how large a bill can be; what goes further is reported with a cart."""

    max_stacked_percent: Percent | None = None
    """How much promotions may take off a product together, in percent. Default: no limit."""
    largest_bill: Amount | None = None
    """The largest bill there is, in major units: a minimum above it is out of reach. Default: not known."""
    report_floors: bool = False
    """Whether to report promotions that together would go below a product's `min_price`, which holds them back."""


class Approval(Strict):
    """From where on a promotion needs `approved_by`, each limit inclusive. Default: never."""

    discount_percent: Percent | None = None
    """A discount of so many percent."""
    discount_amount: Amount | None = None
    """A discount of so much per bill or unit, in major units."""
    budget: Amount | None = None
    """A budget of so much, in major units."""


class Retention(Strict):
    """How long data about who bought is kept; `promo privacy retain` removes what is older. Default: for ever."""

    uploads_days: Annotated[int, Field(ge=1)] | None = None
    """How many days after their business day tills' uploads stay in the bucket; not longer than `personal_days`."""
    personal_days: Annotated[int, Field(ge=1)] | None = None
    """How many days after the business day the warehouse still knows who bought. Amounts are kept for ever."""


class Clocks(Strict):
    """From where on the clock of a till is reported as wrong. Its events are loaded all the same."""

    ahead_minutes: Annotated[int, Field(ge=0)] = 15
    """How many minutes an event may be later than the ingest that took it in."""
    off_day_hours: Annotated[int, Field(ge=0)] = 12
    """How many hours an event may be before its business day begins, or after it ends."""


class Settings(Strict):
    """The whole of promo.yaml."""

    company: Annotated[Company, BeforeValidator(_company)]
    """Who runs the promotions: a map of id and name, or the id alone."""
    currency: Currency
    """The one currency of all prices and promotions."""
    timezone: Text
    """The IANA time zone of stores that name none, such as Asia/Jakarta, and of the publishing day."""
    prices: Literal["gross"] = "gross"
    """Prices are what the customer sees, tax included."""
    stacking: Stacking = Field(default_factory=Stacking)
    """How promotions combine. Default: the best for the customer, one lane."""
    environments: dict[Id, Environment] = {"local": Environment.model_construct(target="out/bucket")}
    """Where `promo publish --env NAME` sends releases, by name. Default: `local`, a folder."""
    warehouse: Annotated[str, Field(min_length=1)] = "out/warehouse.duckdb"
    """The database file that reports are made from; a cache, it can always be made anew."""
    retention: Retention = Field(default_factory=Retention)
    """How long data about who bought is kept. Default: for ever."""
    clocks: Clocks = Field(default_factory=Clocks)
    """From where on the clock of a till is reported as wrong."""
    horizon_days: Annotated[int, Field(ge=1, le=365)] = DEFAULT_HORIZON_DAYS
    """How many days before its start a promotion is sent to tills, so that it begins without network."""
    receipt: Receipt = Field(default_factory=Receipt)
    """The paper that receipts are printed on."""
    diagnostics: Diagnostics = Field(default_factory=Diagnostics)
    """Severities of findings, and which of them are known and do not count."""
    limits: Safeguards = Field(default_factory=Safeguards)
    """How far promotions may go together before `promo validate` reports it."""
    approval: Approval = Field(default_factory=Approval)
    """Which promotions need somebody's approval. Default: none."""
    rollout: Rollout = Field(default_factory=Rollout)
    """How a publication to an environment with `staged: true` goes from the first stores to all."""
