"""Reports as files: one .sql each, built in or the workspace's own, with comments that say what the columns mean.

The first comment is YAML with `title`, and optionally `help`, `promotions` (how many it is about: any, one, some),
`parameters`, `caveats`, and `needs` for parts that reports share. SQL after it, if any, is run first: temporary tables
that the queries share. Every further comment is YAML with `section`, `title` and `columns`, and belongs to the query
after it; the keys of Query say what else it may have. A query's column `_total` marks the row that sums up the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

from promo_cli.diagnostics import Failure, Location
from promo_cli.reports import codes
from promo_cli.reports.result import CHART_KINDS, COLUMN_TYPES, DEPTHS, Chart, Column, Depth

ParameterType = Literal["date", "text", "texts", "number"]
Show = Literal["table", "figures", "headline", "caveats"]
COMMON_PARAMETERS = ("from", "to", "promotions", "brands", "stores", "channels", "as_of")
"""What every report on the period takes; a command has an option for each."""

Promotions = Literal["any", "one", "some"]

_COMMENT = re.compile(r"^/\*(.*?)\*/", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z_]*")
_PARAMETER_TYPES: tuple[ParameterType, ...] = ("date", "text", "texts", "number")
_SHOWS: tuple[Show, ...] = ("table", "figures", "headline", "caveats")
_PROMOTIONS: tuple[Promotions, ...] = ("any", "one", "some")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: a `date`, a `text`, a `number`, or `texts` for any number of them. In SQL it is `$name`, and the
    variable `name` for macros; `default`, or NULL, when not given."""

    name: str
    type: ParameterType
    required: bool
    help: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One section's query, and what its columns mean.

    `show` makes it a table, a single row of figures, the report's headline, or caveats that depend on the data.
    `statistic` names the function that makes the section's rows out of the query's. `suppress` names columns that count
    persons, each with the columns to blank where they are too few; without any, all figures of the row.
    """

    name: str
    title: str
    show: Show
    columns: tuple[Column, ...]
    sql: str
    depth: Depth = "first"
    chart: Chart | None = None
    note: str = ""
    statistic: str | None = None
    suppress: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its file has it. `promotions` says how many promotions it is about."""

    name: str
    title: str
    help: str
    parameters: tuple[Parameter, ...]
    caveats: tuple[str, ...]
    prelude: str
    queries: tuple[Query, ...]
    promotions: Promotions = "any"

    @property
    def own_parameters(self) -> list[str]:
        """The names of parameters that not every report has."""
        return [each.name for each in self.parameters if each.name not in COMMON_PARAMETERS]

    def summary(self) -> dict[str, Any]:
        """Return what there is to know before asking, as JSON values."""
        parameters = [
            {
                "name": each.name,
                "type": each.type,
                "required": each.required,
                "default": each.default,
                "help": each.help,
            }
            for each in self.parameters
        ]
        return {"name": self.name, "title": self.title, "help": self.help, "parameters": parameters}


def names(folder: Path | None) -> list[str]:
    """The names of all reports; `folder` is the workspace's own, which may not exist."""
    return sorted(_texts(folder))


def read(name: str, folder: Path | None) -> Report:
    """Read a report; the workspace's own stands before a built-in one of that name.

    Raises Failure (CFG601) for an unknown name, (CFG603) for a file that is not a report.
    """
    texts = _texts(folder)
    if name not in texts:
        raise Failure([codes.unknown(codes.UNKNOWN_REPORT, "a report", name, texts)], 2)
    path, text = texts[name]
    try:
        return parse(name, text)
    except (ValueError, yaml.YAMLError) as error:
        raise Failure([codes.BAD_REPORT.at(Location(path), str(error))], 2) from None


def parse(name: str, text: str) -> Report:
    """Take a report's text apart. Raises ValueError, yaml.YAMLError."""
    before, *parts = _COMMENT.split(text)
    if before.strip() or len(parts) < 4:
        raise ValueError("expected a comment with the title first, then a comment with `section` before each query")
    header = _mapping(parts[0], {"title"}, {"help", "promotions", "parameters", "caveats", "needs"})
    shared = [_shared(each) for each in header.get("needs", ())]
    parameters = {key: value for part, _ in shared for key, value in part.items()}
    parameters |= header.get("parameters", {})
    return Report(
        name=name,
        title=header["title"],
        help=header.get("help", ""),
        parameters=tuple(_parameter(key, value) for key, value in parameters.items()),
        caveats=tuple(header.get("caveats", ())),
        prelude="\n".join([*(sql for _, sql in shared), parts[1]]).strip(),
        queries=tuple(_query(about, sql) for about, sql in zip(parts[2::2], parts[3::2], strict=True)),
        promotions=_one_of(header.get("promotions", "any"), _PROMOTIONS, "promotions"),
    )


def _texts(folder: Path | None) -> dict[str, tuple[str, str]]:
    built_in = files("promo_cli.reports") / "sql"
    found = {
        entry.name.removesuffix(".sql"): (entry.name, entry.read_text(encoding="utf-8"))
        for entry in built_in.iterdir()
        if entry.name.endswith(".sql")
    }
    if folder is not None and folder.is_dir():
        found |= {path.stem: (str(path), path.read_text(encoding="utf-8")) for path in folder.glob("*.sql")}
    return found


def _shared(name: str) -> tuple[Mapping[str, Any], str]:
    """Return the parameters and the SQL of a part that reports share; its first comment may name parameters."""
    part = files("promo_cli.reports") / "sql" / "shared" / f"{name}.sql"
    if not part.is_file():
        raise ValueError(f"needs: there is no shared part {name!r}")
    text = part.read_text(encoding="utf-8")
    if not text.startswith("/*"):
        return {}, text
    _, about, sql = _COMMENT.split(text, maxsplit=1)
    return _mapping(about, {"parameters"}, ())["parameters"], sql


def _parameter(name: str, value: Any) -> Parameter:
    if not _NAME.fullmatch(name):
        raise ValueError(f"parameter {name!r}: expected a name of small letters and underscores")
    about = _mapping(value, {"type"}, {"required", "help", "default"}, where=f"parameter {name}")
    return Parameter(
        name=name,
        type=_one_of(about["type"], _PARAMETER_TYPES, f"parameter {name}"),
        required=about.get("required") == "true",
        help=about.get("help", ""),
        default=about.get("default"),
    )


def _query(about: str, sql: str) -> Query:
    optional = {"show", "depth", "chart", "note", "statistic", "suppress"}
    header = _mapping(about, {"section", "title", "columns"}, optional)
    where = f"section {header['section']}"
    columns = tuple(_column(name, value) for name, value in _mapping(header["columns"], where=where).items())
    if not columns or not sql.strip():
        raise ValueError(f"{where}: expected columns and a query")
    named = {column.name for column in columns}
    chart = _chart(header["chart"], where) if "chart" in header else None
    mentioned = [end for column in columns for end in column.interval or ()]
    mentioned += [chart.x, *chart.y, *([chart.series] if chart.series else [])] if chart else []
    suppress = _suppress(header.get("suppress"), where)
    mentioned += [name for persons, blanked in suppress for name in (persons, *blanked)]
    if unknown := [name for name in mentioned if name not in named]:
        raise ValueError(f"{where}: there is no column {unknown[0]!r}")
    return Query(
        name=header["section"],
        title=header["title"],
        show=_one_of(header.get("show", "table"), _SHOWS, where),
        columns=columns,
        sql=sql.strip().rstrip(";"),
        depth=_one_of(header.get("depth", "first"), DEPTHS, where),
        chart=chart,
        note=header.get("note", ""),
        statistic=header.get("statistic"),
        suppress=suppress,
    )


def _suppress(value: Any, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if value is None or isinstance(value, str):
        return ((value, ()),) if value else ()
    found = _mapping(value, where=f"{where}: suppress")
    return tuple((persons, tuple(blanked or ())) for persons, blanked in found.items())


def _chart(value: Any, where: str) -> Chart:
    about = _mapping(value, {"kind", "x", "y"}, {"series"}, where=f"{where}: chart")
    y = about["y"]
    return Chart(
        kind=_one_of(about["kind"], CHART_KINDS, f"{where}: chart"),
        x=about["x"],
        y=tuple(y) if isinstance(y, list) else (y,),
        series=about.get("series"),
    )


def _column(name: str, value: Any) -> Column:
    where = f"column {name}"
    about = _mapping(value, {"title", "type"}, {"help", "detail", "bar", "derived", "interval"}, where=where)
    ends = about.get("interval")
    if ends is not None and not (isinstance(ends, list) and len(ends) == 2):
        raise ValueError(f"{where}: interval: expected the names of two columns, found {ends!r}")
    return Column(
        name=name,
        title=about["title"],
        type=_one_of(about["type"], COLUMN_TYPES, where),
        help=about.get("help", ""),
        detail=about.get("detail") == "true",
        bar=about.get("bar") == "true",
        derived=about.get("derived") == "true",
        interval=(ends[0], ends[1]) if ends else None,
    )


def _mapping(
    value: Any, needed: Iterable[str] = (), allowed: Iterable[str] | None = None, where: str = "comment"
) -> Mapping[str, Any]:
    # Every scalar stays the text that was written: there is nothing in these comments to be converted.
    found = yaml.load(value, yaml.BaseLoader) if isinstance(value, str) else value  # noqa: S506 -- safe: makes texts
    if not isinstance(found, dict):
        raise ValueError(f"{where}: expected keys and values")
    if missing := set(needed) - set(found):
        raise ValueError(f"{where}: expected the keys {', '.join(sorted(missing))}")
    if allowed is not None and (unknown := set(found) - set(needed) - set(allowed)):
        raise ValueError(f"{where}: unknown keys {', '.join(sorted(unknown))}")
    return found


def _one_of(value: Any, choices: Sequence[_T], where: str) -> _T:
    for choice in choices:
        if value == choice:
            return choice
    raise ValueError(f"{where}: expected one of {', '.join(map(str, choices))}, found {value!r}")
