"""Runs a report against the published warehouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.reports import codes, files
from promo_cli.reports.completeness import completeness
from promo_cli.reports.result import ReportResult, Row, Section, Value
from promo_cli.warehouse.database import reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TOTAL = "_total"


def run_report(
    name: str,
    params: Mapping[str, Any],
    warehouse: Path,
    *,
    folder: Path | None = None,
    expected_stores: Collection[str] | None = None,
) -> ReportResult:
    """Run the report `name` and return its tables; days in parameters and results are business days.

    `folder` holds the workspace's own reports. `expected_stores` are those that should have sold something; without
    them all stores that ever reported are expected. Values of `params` may be texts, as on a command line.

    Raises Failure: CFG601 for an unknown report, CFG602 for a parameter, CFG603 for a faulty file; ING102, ING103 for
    the warehouse.
    """
    report = files.read(name, folder)
    values = _values(report, params)
    with reading(warehouse) as con:
        for key, value in values.items():
            con.execute(f"SET VARIABLE {key} = $1", [value])
        _execute(con, report, report.prelude, values)
        sections = tuple(_section(con, report, query, values) for query in report.queries)
        return ReportResult(
            name=name,
            title=report.title,
            parameters={key: value for key, value in values.items() if value is not None},
            sections=sections,
            caveats=report.caveats,
            completeness=completeness(con, values.get("since"), values.get("until"), expected_stores),
        )


def _values(report: files.Report, params: Mapping[str, Any]) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in report.parameters}
    takes = ", ".join(f"{each.name} ({each.type})" for each in report.parameters) or "none"
    for key in params:
        if key not in known:
            raise _bad_parameter(f"report {report.name!r} has no parameter {key!r}; it takes {takes}")
    missing = [each.name for each in report.parameters if each.required and params.get(each.name) is None]
    if missing:
        raise _bad_parameter(f"report {report.name!r} needs {', '.join(missing)}; it takes {takes}")
    return {name: _value(parameter, params.get(name)) for name, parameter in known.items()}


def _value(parameter: files.Parameter, value: Any) -> Any:
    if value is None:
        return None
    if parameter.type == "texts":
        return [value] if isinstance(value, str) else list(value)
    if parameter.type == "text":
        return str(value)
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        message = f"{parameter.name}: expected a day such as 2026-02-07, found {value!r}"
        raise _bad_parameter(message) from None


def _bad_parameter(message: str) -> Failure:
    return Failure([codes.BAD_PARAMETER.at(None, message)], 2)


def _section(con: DuckDBPyConnection, report: files.Report, query: files.Query, values: Mapping[str, Any]) -> Section:
    found, rows = _execute(con, report, query.sql, values)
    wanted = [column.name for column in query.columns]
    if sorted(set(found) - {_TOTAL}) != sorted(wanted):
        message = f"section {query.name}: expected the columns {', '.join(wanted)}, found {', '.join(found)}"
        raise Failure([codes.BAD_REPORT.at(Location(f"{report.name}.sql"), message)], 2)
    picked = [found.index(name) for name in wanted]
    is_total = found.index(_TOTAL) if _TOTAL in found else None
    plain: list[Row] = []
    total: Row | None = None
    for row in rows:
        values_of_row = tuple(_plain(row[at]) for at in picked)
        if is_total is not None and row[is_total]:
            total = values_of_row
        else:
            plain.append(values_of_row)
    return Section(query.name, query.title, query.figures, query.columns, tuple(plain), total)


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


def _plain(value: Any) -> Value:
    if isinstance(value, Decimal):
        # Sums come with the scale of their columns; 20.000 is 20.
        text = format(value.normalize(), "f")
        return Decimal(text)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bool) or value is None or isinstance(value, str | int | dt.date):
        return value
    return str(value)
