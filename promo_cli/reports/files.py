"""Reports as files: one .sql each, built in or the workspace's own, with comments that say what the columns mean.

The first comment is YAML with `title`, and optionally `help`, `parameters`, `caveats`, and `needs` for parts that
reports share. SQL after it, if any, is run first: temporary tables that the queries share. Every further comment is
YAML with `section`, `title` and `columns`, and belongs to the query after it. A query's column `_total` marks the row
that sums up the others.
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
from promo_cli.reports.result import COLUMN_TYPES, Column

ParameterType = Literal["date", "text", "texts"]

_COMMENT = re.compile(r"^/\*(.*?)\*/", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z_]*")
_PARAMETER_TYPES: tuple[ParameterType, ...] = ("date", "text", "texts")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: a `date`, a `text`, or `texts` for any number of them. In SQL it is `$name`, and the variable
    `name` for macros; NULL when not given."""

    name: str
    type: ParameterType
    required: bool
    help: str


@dataclass(frozen=True, slots=True)
class Query:
    """One section's query, and what its columns mean."""

    name: str
    title: str
    figures: bool
    columns: tuple[Column, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its file has it."""

    name: str
    title: str
    help: str
    parameters: tuple[Parameter, ...]
    caveats: tuple[str, ...]
    prelude: str
    queries: tuple[Query, ...]


def names(folder: Path | None) -> list[str]:
    """The names of all reports; `folder` is the workspace's own, which may not exist."""
    return sorted(_texts(folder))


def read(name: str, folder: Path | None) -> Report:
    """Read a report; the workspace's own stands before a built-in one of that name.

    Raises Failure (CFG601) for an unknown name, (CFG603) for a file that is not a report.
    """
    texts = _texts(folder)
    if name not in texts:
        message = f"expected one of {', '.join(sorted(texts))}, found {name!r}"
        raise Failure([codes.UNKNOWN_REPORT.at(None, message)], 2)
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
    header = _mapping(parts[0], {"title"}, {"help", "parameters", "caveats", "needs"})
    return Report(
        name=name,
        title=header["title"],
        help=header.get("help", ""),
        parameters=tuple(_parameter(key, value) for key, value in header.get("parameters", {}).items()),
        caveats=tuple(header.get("caveats", ())),
        prelude="\n".join([*(_shared(each) for each in header.get("needs", ())), parts[1]]).strip(),
        queries=tuple(_query(about, sql) for about, sql in zip(parts[2::2], parts[3::2], strict=True)),
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


def _shared(name: str) -> str:
    part = files("promo_cli.reports") / "sql" / "shared" / f"{name}.sql"
    if not part.is_file():
        raise ValueError(f"needs: there is no shared part {name!r}")
    return part.read_text(encoding="utf-8")


def _parameter(name: str, value: Any) -> Parameter:
    if not _NAME.fullmatch(name):
        raise ValueError(f"parameter {name!r}: expected a name of small letters and underscores")
    about = _mapping(value, {"type"}, {"required", "help"}, where=f"parameter {name}")
    return Parameter(
        name=name,
        type=_one_of(about["type"], _PARAMETER_TYPES, f"parameter {name}"),
        required=about.get("required") == "true",
        help=about.get("help", ""),
    )


def _query(about: str, sql: str) -> Query:
    header = _mapping(about, {"section", "title", "columns"}, {"show"})
    where = f"section {header['section']}"
    show = _one_of(header.get("show", "table"), ("table", "figures"), where)
    columns = tuple(_column(name, value) for name, value in _mapping(header["columns"], where=where).items())
    if not columns or not sql.strip():
        raise ValueError(f"{where}: expected columns and a query")
    return Query(header["section"], header["title"], show == "figures", columns, sql.strip().rstrip(";"))


def _column(name: str, value: Any) -> Column:
    where = f"column {name}"
    about = _mapping(value, {"title", "type"}, {"help", "detail", "bar", "derived"}, where=where)
    return Column(
        name=name,
        title=about["title"],
        type=_one_of(about["type"], COLUMN_TYPES, where),
        help=about.get("help", ""),
        detail=about.get("detail") == "true",
        bar=about.get("bar") == "true",
        derived=about.get("derived") == "true",
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
