"""What a report is asked: values from a command line become typed ones, and names that nothing has are refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from promo_cli.diagnostics import Diagnostic, Failure
from promo_cli.diagnostics.suggest import nearest
from promo_cli.reports import codes, files

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NAMED = {
    "promotions": """
        SELECT code FROM ref_promotions UNION SELECT promotion_id FROM ref_promotions
        UNION SELECT code FROM bill_discounts UNION SELECT promotion_id FROM bill_discounts
        UNION SELECT code FROM usages UNION SELECT promotion_id FROM usages
        UNION SELECT code FROM eligible UNION SELECT promotion_id FROM logs""",
    "brands": """
        SELECT brand_id FROM bills UNION SELECT brand FROM bill_lines
        UNION SELECT brand FROM ref_stores UNION SELECT brand FROM ref_products""",
    "stores": "SELECT store_id FROM events UNION SELECT store_id FROM ref_stores",
    "channels": "SELECT channel FROM bills",
}
"""Of each parameter that takes names: a query for those there are."""


def typed(report: files.Report, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return every parameter of the report with its value, default or None. Values may be texts, lists with commas.

    Raises Failure (CFG602) for a name the report does not have, a value it cannot read, one that is missing, or a
    period that ends before it begins.
    """
    known = {parameter.name: parameter for parameter in report.parameters}
    takes = ", ".join(f"{each.name} ({each.type})" for each in report.parameters) or "none"
    for key in params:
        if key not in known:
            guess = nearest(key, sorted(known))
            message = f"report {report.name!r} has no parameter {key!r}; it takes {takes}"
            raise _bad(message, f"did you mean {guess}?" if guess else None)
    missing = [each.name for each in report.parameters if each.required and params.get(each.name) is None]
    if missing:
        raise _bad(f"report {report.name!r} needs {', '.join(missing)}; it takes {takes}")
    values = {name: _value(parameter, params.get(name, parameter.default)) for name, parameter in known.items()}
    asked = values.get("promotions") or []
    if report.promotions == "one" and len(asked) != 1:
        message = f"report {report.name!r} is about one promotion, found {len(asked)}"
        raise _bad(message, f"give its code: promo report {report.name} CODE")
    if report.promotions == "some" and len(asked) < 2:
        message = f"report {report.name!r} needs two promotions or more, found {len(asked)}"
        raise _bad(message, f"give their codes: promo report {report.name} CODE CODE")
    first, last = values.get("from"), values.get("to")
    if first and last and last < first:
        raise _bad(f"to: expected {first} or a later day, found {last}")
    return values


def check_names(con: DuckDBPyConnection, values: Mapping[str, Any], skip: Collection[str] = ()) -> None:
    """Raise Failure (CFG602), with the nearest name, for a promotion, brand, store or channel that there is not."""
    wrong: list[Diagnostic] = []
    for parameter, query in _NAMED.items():
        asked = values.get(parameter) or ()
        if not asked or parameter in skip:
            continue
        names = sorted({name for (name,) in con.execute(query).fetchall() if name})
        folded = {name.casefold() for name in names}
        if parameter == "promotions":
            names = [name for name in names if not _is_uuid(name)]
        what = f"{parameter}: a name that is known"
        wrong += [codes.unknown(codes.BAD_PARAMETER, what, n, names) for n in asked if n.casefold() not in folded]
    if wrong:
        raise Failure(wrong, 2)


def _is_uuid(name: str) -> bool:
    return len(name) == 36 and name.count("-") == 4


def _value(parameter: files.Parameter, value: Any) -> Any:
    if value is None or value == "":
        return None
    if parameter.type == "texts":
        return [each.strip() for each in value.split(",")] if isinstance(value, str) else list(value) or None
    if parameter.type == "text":
        return str(value)
    if parameter.type == "number":
        return _number(parameter.name, value)
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _bad(f"{parameter.name}: expected a day such as 2026-02-07, found {value!r}") from None


def _number(name: str, value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _bad(f"{name}: expected a number such as 28 or 0.3, found {value!r}") from None
    if not number.is_finite() or number < 0:
        raise _bad(f"{name}: expected a number that is not negative, found {value!r}")
    return number


def _bad(message: str, advice: str | None = None) -> Failure:
    return Failure([codes.BAD_PARAMETER.at(None, message, help=advice)], 2)
