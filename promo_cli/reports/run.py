"""Runs a report against the published warehouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.reports import codes, files, parameters, reference
from promo_cli.reports.completeness import completeness
from promo_cli.reports.privacy import suppress
from promo_cli.reports.reference import Reference
from promo_cli.reports.result import (
    FINAL_SHARE,
    Blank,
    Column,
    Completeness,
    Figure,
    ReportResult,
    Row,
    Section,
    Value,
)
from promo_cli.reports.statistics import functions, tables
from promo_cli.warehouse.database import reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "4GB"
"""What the database may use for a report."""

_TOTAL = "_total"
_PLACES = {"percent": 6, "ratio": 4, "amount": 2, "number": 3}


def run_report(
    name: str,
    params: Mapping[str, Any],
    warehouse: Path,
    *,
    folder: Path | None = None,
    expected_stores: Collection[str] | None = None,
    known: Reference | None = None,
    final_share: Decimal = FINAL_SHARE,
) -> ReportResult:
    """Run the report `name` and return what it says; days in parameters and results are business days.

    `folder` holds the workspace's own reports. `expected_stores` are those that should have sold something; without
    them all stores that ever reported are expected. `known` is what the workspace says of promotions, stores and
    products; with it, names that nothing has are refused. Below `final_share` of what should have arrived, the report
    calls itself provisional. Values of `params` may be texts, as on a command line.

    Raises Failure: CFG601 for an unknown report, CFG602 for a parameter, CFG603 for a faulty file; ING102, ING103 for
    the warehouse.
    """
    report = files.read(name, folder)
    values = parameters.typed(report, params)
    with reading(warehouse) as con:
        # A laptop must do: beyond this, work goes to disk. Every query sorts what it shows, so no order need be kept.
        con.execute(f"SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
        reference.install(con, known or Reference())
        functions.install(con)
        parameters.check_names(con, values, skip=() if known else ("promotions",))
        if "as_of" in values:
            values["as_of"] = values["as_of"] or _newest_day(con)
        for key, value in values.items():
            con.execute(f'SET VARIABLE "{key}" = $1', [value])
        _execute(con, report, report.prelude, values)
        sections = [(query, _section(con, report, query, values)) for query in report.queries]
        last = min((day for day in (values.get("to"), values.get("as_of")) if day), default=None)
        found = completeness(con, values.get("from"), last, expected_stores, final_share, ends=values.get("to"))
    return ReportResult(
        name=name,
        title=report.title,
        parameters={key: value for key, value in values.items() if params.get(key) is not None},
        sections=tuple(section for query, section in sections if query.show in ("table", "figures")),
        caveats=(*_provisional(found), *_caveats(sections), *report.caveats),
        completeness=found,
        subtitle=_subtitle(values, params),
        headline=tuple(each for query, section in sections if query.show == "headline" for each in _figures(section)),
        as_of=values.get("as_of"),
        money=known.money if known else None,
    )


def _newest_day(con: DuckDBPyConnection) -> dt.date | None:
    ((day,),) = con.execute("SELECT max(business_date) FROM bills").fetchall()
    return day if isinstance(day, dt.date) else None


def _subtitle(values: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    asked = {name: value for name, value in values.items() if params.get(name) is not None}
    days = " ".join(f"{word} {asked.pop(word)}" for word in ("from", "to") if asked.get(word)) or "all days"
    as_of = values.get("as_of")
    asked.pop("as_of", None)
    others = [f"{name.replace('_', ' ')} {_listed(value)}" for name, value in sorted(asked.items())]
    return " · ".join([*others, days, *([f"as of {as_of}"] if as_of else [])])


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _provisional(found: Completeness) -> list[str]:
    if found.is_final:
        return []
    if not found.over:
        return ["Provisional: the period is not over yet at every store."]
    # Rounded down: 97.9 % must not read as the 98 % that would be enough.
    return [f"Provisional: {int(found.share * 100)}% of what stores should have sent is here."]


def _caveats(sections: list[tuple[files.Query, Section]]) -> list[str]:
    return [str(row[0]) for query, section in sections if query.show == "caveats" for row in section.rows if row[0]]


def _figures(section: Section) -> list[Figure]:
    if not section.rows:
        return []
    values = dict(zip((column.name for column in section.columns), section.rows[0], strict=True))
    ends = {end for column in section.columns for end in column.interval or ()}
    return [
        Figure(column, values[column.name], *((values[end] for end in column.interval) if column.interval else ()))
        for column in section.columns
        if column.name not in ends
    ]


def _section(con: DuckDBPyConnection, report: files.Report, query: files.Query, values: Mapping[str, Any]) -> Section:
    found, rows = _execute(con, report, query.sql, values)
    if query.statistic is not None:
        found, rows = _computed(report, query, found, rows)
    wanted = [column.name for column in query.columns]
    if sorted(set(found) - {_TOTAL}) != sorted(wanted):
        message = f"section {query.name}: expected the columns {', '.join(wanted)}, found {', '.join(found)}"
        raise Failure([codes.BAD_REPORT.at(Location(f"{report.name}.sql"), message)], 2)
    picked = [found.index(name) for name in wanted]
    is_total = found.index(_TOTAL) if _TOTAL in found else None
    plain: list[Row] = []
    total: Row | None = None
    for row in rows:
        values_of_row = tuple(_plain(row[at], column) for at, column in zip(picked, query.columns, strict=True))
        if is_total is not None and row[is_total]:
            total = values_of_row
        else:
            plain.append(values_of_row)
    kept = tuple(plain)
    for persons, blanked in query.suppress:
        kept, total = suppress(query.columns, kept, total, persons, blanked)
    is_figures = query.show == "figures"
    return Section(
        query.name, query.title, is_figures, query.columns, kept, total, query.depth, query.chart, query.note
    )


def _computed(
    report: files.Report, query: files.Query, found: list[str], rows: list[tuple[Any, ...]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Hand a query's rows to a statistic, which makes the section's rows of them."""
    compute = tables.STATISTICS.get(query.statistic or "")
    if compute is None:
        message = f"section {query.name}: expected a statistic, one of {', '.join(sorted(tables.STATISTICS))}"
        raise Failure([codes.BAD_REPORT.at(Location(f"{report.name}.sql"), message)], 2)
    try:
        made = compute([dict(zip(found, row, strict=True)) for row in rows])
    except KeyError as error:
        message = f"section {query.name}: the statistic {query.statistic} needs the column {error.args[0]}"
        raise Failure([codes.BAD_REPORT.at(Location(f"{report.name}.sql"), message)], 2) from None
    names = [column.name for column in query.columns]
    return names, [tuple(each.get(name) for name in names) for each in made]


def _execute(
    con: DuckDBPyConnection, report: files.Report, sql: str, values: Mapping[str, Any]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run statements, each with the parameters it names; return columns and rows of the last."""
    import duckdb

    columns: list[str] = []
    rows: list[tuple[Any, ...]] = []
    try:
        for statement in con.extract_statements(sql):
            used = {name: values[name] for name in statement.named_parameters}
            con.execute(statement, used)
            columns = [each[0] for each in con.description or ()]
            rows = con.fetchall()
    except KeyError as error:
        message = f"the parameter ${error.args[0]} is used but not declared"
        raise Failure([codes.BAD_REPORT.at(Location(f"{report.name}.sql"), message)], 2) from None
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        raise Failure([codes.BAD_REPORT.at(Location(f"{report.name}.sql"), message)], 2) from None
    return columns, rows


def _plain(value: Any, column: Column) -> Value:
    if isinstance(value, float):
        # Estimates are floats on the way, and rounded once, here.
        if value != value or value in (float("inf"), float("-inf")):
            return None
        value = round(Decimal(repr(value)), _PLACES.get(column.type, 0))
    if isinstance(value, Decimal):
        # Sums come with the scale of their columns; 20.000 is 20.
        return Decimal(format(value.normalize(), "f")) + 0  # which makes -0 a 0
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if value is None or isinstance(value, str | int | dt.date | Blank):
        return value
    return str(value)
