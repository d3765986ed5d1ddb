"""Lines to typed rows in temporary tables, many at once, and which lines are not certainly right.

A line is taken here when it reads back as it was written (see `written`), or else when every key is known and unique
and every value passes its scalar's check. Any other goes to the table `doubtful`, and from there by itself through the
models, which say what is wrong. What they accept comes back tidied: plain keys, with the unknown ones under one key.
"""

# ruff: noqa: S608 -- names of tables and columns are our own; values are parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from promo_cli.warehouse import written
from promo_cli.warehouse.scalars import PHONE_KEY
from promo_cli.warehouse.shapes import RESCUED, Field, Shape
from promo_cli.warehouse.tables import TABLES, Table, family
from promo_cli.warehouse.verdicts import Good

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_LINE_BYTES = 2**20

# DuckDB reads a comma before a closing bracket as if it were not there. It may also stand in a text; then it is only
# the longer way.
_TRAILING_COMMA = r"""
    CASE WHEN contains(text, ',}') OR contains(text, ',]') THEN true
         WHEN contains(text, ', ') OR contains(text, chr(9)) OR contains(text, chr(13))
         THEN regexp_matches(text, ',[ \t\r]+[}\]]') ELSE false END
"""

_OF_LINE = ("file_id", "line")
_OF_ITEM = ("file_id", "line", "event_id", "position")


def read(con: DuckDBPyConnection, files: Sequence[int], texts: Sequence[str]) -> None:
    """Split whole texts into the table `raw`, one row per line that is not blank; lines count from 1."""
    # Looking for a text is many times faster than reading JSON. Where it misleads, because it stands further inside,
    # the line's own kind is not the one that its table expects, and the line is in doubt.
    usual = " ".join(f"""WHEN contains(text, '"kind":"{kind}"') THEN '{kind}'""" for kind in _kinds())
    con.execute(
        f"""
        CREATE TEMP TABLE raw AS
        SELECT file_id, line, text, CASE {usual} ELSE TRY(json_extract_string(text, '$.kind')) END AS kind
        FROM (SELECT file_id, CAST(generate_subscripts(lines, 1) AS INTEGER) AS line, unnest(lines) AS text
              FROM (SELECT file_id, string_split(content, chr(10)) AS lines
                    FROM (SELECT unnest($files::INTEGER[]) AS file_id, unnest($texts::VARCHAR[]) AS content)))
        WHERE text <> '' AND NOT (ascii(text) IN (9, 13, 32) AND regexp_full_match(text, '[ \\t\\r]*'))
        """,
        {"files": list(files), "texts": list(texts)},
    )


def stage_raw(con: DuckDBPyConnection) -> None:
    """Add the lines in `raw` to the tables `stage_…`, and name those in doubt in the table `doubtful`."""
    import duckdb

    con.execute("CREATE TEMP TABLE doubtful (file_id INTEGER, line INTEGER)")
    try:
        _stage(con, "raw", judge=True)
    except duckdb.InvalidInputException:
        # A line is no JSON. To look at each line first would cost more than doing the rare batch twice.
        drop(con, keep=("raw", "origins"))
        con.execute("CREATE TEMP TABLE doubtful (file_id INTEGER, line INTEGER)")
        con.execute("UPDATE raw SET kind = NULL WHERE NOT json_valid(text)")
        _stage(con, "raw", judge=True)
    _doubt(con, f"raw WHERE kind IS NULL OR kind NOT IN ({_texts(_kinds())}) OR strlen(text) > {MAX_LINE_BYTES}")


def stage_tidied(con: DuckDBPyConnection) -> None:
    """Add the lines in `tidied` to the tables `stage_…`; about them there is no doubt."""
    _stage(con, "tidied", judge=False)


def read_tidied(con: DuckDBPyConnection, good: Sequence[tuple[int, Good]]) -> None:
    """Put lines that the models have accepted into the table `tidied`, with their files."""
    con.execute(
        """
        CREATE TEMP TABLE tidied AS
        SELECT unnest($files::INTEGER[]) AS file_id, unnest($lines::INTEGER[]) AS line,
               unnest($kinds::VARCHAR[]) AS kind, unnest($texts::VARCHAR[]) AS text,
               payload_hash(unnest($originals::VARCHAR[])) AS payload_hash
        """,
        {
            "files": [file_id for file_id, _ in good],
            "lines": [each.line for _, each in good],
            "kinds": [each.kind for _, each in good],
            "texts": [each.text for _, each in good],
            "originals": [each.original for _, each in good],
        },
    )


def doubt_foreign_speakers(con: DuckDBPyConnection) -> None:
    """Add the lines that name another store or till than `origins` says to `doubtful`."""
    for table in staged(con):
        if table.kinds:
            _doubt(
                con,
                f"stage_{table.name} AS staged JOIN origins USING (file_id)"
                " WHERE staged.store_id <> origins.store_id OR staged.pos_id <> origins.pos_id",
            )


def take_doubtful(con: DuckDBPyConnection) -> dict[int, set[int]]:
    """Take the doubtful lines out of every staged table, and return their numbers by file."""
    found: dict[int, set[int]] = {}
    for file_id, line in con.execute("SELECT DISTINCT file_id, line FROM doubtful").fetchall():
        found.setdefault(file_id, set()).add(line)
    if found:
        for table in staged(con):
            con.execute(f"DELETE FROM stage_{table.name} WHERE (file_id, line) IN (FROM doubtful)")
    return found


def staged(con: DuckDBPyConnection) -> list[Table]:
    """The tables for which rows are staged, parents before children."""
    found = _temporary(con)
    return [table for root in TABLES for table in family(root) if f"stage_{table.name}" in found]


def drop(con: DuckDBPyConnection, *, keep: Collection[str] = ()) -> None:
    """Remove every temporary table."""
    for name in _temporary(con).difference(keep):
        con.execute(f"DROP TABLE {name}")


def _temporary(con: DuckDBPyConnection) -> set[str]:
    return {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()}


def _kinds() -> list[str]:
    return [kind for table in sorted(TABLES, key=_rarity) for kind in table.kinds]


def _rarity(table: Table) -> int:
    # The first kind looked for costs least: a sale has one bill, and several of what is said about its promotions.
    often = ("usages", "logs", "eligible", "bills")
    return often.index(table.name) if table.name in often else len(often)


def _stage(con: DuckDBPyConnection, source: str, *, judge: bool) -> None:
    existing = _temporary(con)
    present = {kind for (kind,) in con.execute(f"SELECT DISTINCT kind FROM {source}").fetchall()}
    for table in TABLES:
        if present.intersection(table.kinds):
            lines = f"(FROM {source} WHERE kind IN ({_texts(table.kinds)}))"
            carried = _OF_LINE if judge else (*_OF_LINE, "payload_hash")
            _add(con, table, carried, lines, existing, judge)
            _add_children(con, table, f"(SELECT file_id, line FROM {source})", existing, judge)


def _add_children(con: DuckDBPyConnection, parent: Table, lines: str, existing: Collection[str], judge: bool) -> None:
    for field, child in zip(parent.shape.lists, parent.children, strict=True):
        # A list inside a list item belongs to that item, so it keeps the item's position.
        position = "position" if parent.kinds == () else "CAST(generate_subscripts(items, 1) AS INTEGER)"
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE part_{child.name} AS
            SELECT file_id, line, event_id, {position} AS position, unnest(items)::VARCHAR AS text
            FROM (SELECT *, json_transform({field}, '["JSON"]') AS items FROM stage_{parent.name}
                  WHERE {field} IS NOT NULL AND (file_id, line) IN {lines})
            """
        )
        _add(con, child, _OF_ITEM, f"part_{child.name}", existing, judge)
        con.execute(f"DROP TABLE part_{child.name}")
        _add_children(con, child, lines, existing, judge)


def _add(
    con: DuckDBPyConnection,
    table: Table,
    carried: Sequence[str],
    lines: str,
    existing: Collection[str],
    judge: bool,
) -> None:
    name = f"stage_{table.name}"
    if name in existing or not judge:
        verb = f"INSERT INTO {name} BY NAME" if name in existing else f"CREATE TEMP TABLE {name} AS"
        con.execute(f"{verb} {_typed(table.shape, carried, lines, judge)}")
    elif style := written.style_of(_sample(con, lines), table.shape):
        select = written.select(table.shape, style, carried, lines, hashed=carried == _OF_LINE)
        unlike = f"SELECT {', '.join(carried)}, unlike AS text FROM {name} WHERE NOT clean"
        con.execute(f"CREATE TEMP TABLE {name} AS {select}")
        con.execute(f"CREATE TEMP TABLE unlike AS {unlike}")
        con.execute(f"ALTER TABLE {name} DROP COLUMN unlike")
        if con.execute("SELECT 1 FROM unlike LIMIT 1").fetchall():
            con.execute(f"DELETE FROM {name} WHERE NOT clean")
            con.execute(f"INSERT INTO {name} BY NAME {_typed(table.shape, carried, 'unlike', judge)}")
        con.execute("DROP TABLE unlike")
    else:
        con.execute(f"CREATE TEMP TABLE {name} AS {_typed(table.shape, carried, lines, judge)}")
    if judge:
        _doubt(con, f"{name} WHERE NOT clean")


def _sample(con: DuckDBPyConnection, lines: str) -> list[str]:
    return [
        text
        for (text,) in con.execute(f"SELECT text FROM {lines} WHERE text IS NOT NULL LIMIT {written.SAMPLE}").fetchall()
    ]


def _typed(shape: Shape, carried: Sequence[str], lines: str, judge: bool) -> str:
    names = [field.name for field in shape.fields] + ([] if judge else [RESCUED])
    paths = ", ".join(f"'$.{name}'" for name in names)
    optional = {field.name for field in shape.fields if not field.required} | {RESCUED}
    values = [
        f"nullif(found[{place}]::VARCHAR, 'null') AS \"{name}\""
        if name in optional
        else f'found[{place}]::VARCHAR AS "{name}"'
        for place, name in enumerate(names, start=1)
    ]
    columns = [column for field in shape.fields for column in _columns(field)]
    checks = [_check(field) for field in shape.fields]
    if judge:
        # As many keys as were found: none twice, none that is unknown.
        checks.append("len(json_keys(text)) = list_count(found)")
        columns.append(f"NULL::JSON AS {RESCUED}")
        if carried == _OF_LINE:
            checks.append(f"NOT {_TRAILING_COMMA}")
            columns.insert(0, _payload_hash(shape))
    else:
        columns.append(f"{RESCUED}::JSON AS {RESCUED}")
    kept = ", ".join(carried)
    return (
        f"SELECT {kept}, {', '.join(columns)}, coalesce({' AND '.join(checks)}, false) AS clean"
        f" FROM (SELECT {kept}, text, found, {', '.join(values)}"
        f" FROM (SELECT {kept}, text, json_extract(text, [{paths}]) AS found FROM {lines}))"
    )


def _payload_hash(shape: Shape) -> str:
    for field in shape.fields:
        if field.scalar and PHONE_KEY in field.scalar.columns:
            return f'payload_hash_beside(text, "{field.name}") AS payload_hash'
    return "payload_hash(text) AS payload_hash"


def _columns(field: Field) -> list[str]:
    if field.scalar is None:
        return [field.name]
    return [
        f"{_over(field, expression)} AS {column.replace('$name', field.name)}"
        for column, expression in field.scalar.columns.items()
    ]


def _check(field: Field) -> str:
    check = _over(field, field.scalar.clean if field.scalar else "starts_with($x, '[')")
    return f"({check})" if field.required else f'("{field.name}" IS NULL OR ({check}))'


def _over(field: Field, expression: str) -> str:
    return expression.replace("$x", f'"{field.name}"')


def _doubt(con: DuckDBPyConnection, lines: str, **values: object) -> None:
    con.execute(f"INSERT INTO doubtful SELECT file_id, line FROM {lines}", values or None)


def _texts(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))
