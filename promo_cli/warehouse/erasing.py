"""Erased members stay erased: what is staged, stored or refused is freed of them.

A tombstone names nobody: it holds a keyed hash of the member id, or of the phone's keyed hash. Whatever a line names
is hashed the same way and looked up. A row that is hit loses every column that can name a person, and its free text;
amounts, days, stores and promotions stay, so that no total changes. Its `payload_hash`, from which a member id could
be guessed, becomes a keyed hash of itself, the same one for the row and for a later delivery of its line.
"""

# ruff: noqa: S608 -- names of tables and columns are our own; values are parameters

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promo_cli.model.event_values import Words
from promo_cli.warehouse import scalars
from promo_cli.warehouse.shapes import RESCUED
from promo_cli.warehouse.staging import staged
from promo_cli.warehouse.tables import TABLES, Table, family

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ERASED = "[erased]"
"""Stands where a name stood that cannot be left out."""

_NAMES = ("member_id", "customer_key", "unit")  # columns that may name a person
_KEPT_TEXT = frozenset({"rewards"})  # says which promotions were earned; only the name in it goes

_WORD = r"[\pL\pN_]+(?:[.@+-]+[\pL\pN_]+)*"
_PHONE = r"\+?\d(?:[ ()./-]{0,2}\d){7,}"
_QUOTED = r'"([^"\\]+)"'
_WORDS = (
    f"list_distinct(list_concat(regexp_extract_all($x, '{_WORD}'), regexp_extract_all($x, '{_PHONE}'),"
    f" regexp_extract_all($x, '{_QUOTED}', 1)))"
)


def scrub_staged(con: DuckDBPyConnection) -> None:
    """Free the staged rows of this connection of erased members, and of who bought before the retention's day."""
    if holds_anything(con):
        roots = [table for table in staged(con) if table.kinds]
        _scrub(con, roots, "stage_", "(file_id, line)", staged(con))


def scrub_stored(con: DuckDBPyConnection) -> dict[str, int]:
    """Free all stored rows, inside the caller's transaction; return the rows that were changed, by table."""
    return _scrub(con, TABLES, "", "event_id", [each for root in TABLES for each in family(root)])


def count_stored(con: DuckDBPyConnection) -> tuple[dict[str, int], int]:
    """Count what `scrub_stored` and `scrub_quarantine` would change, by table, and from how many files it came."""
    counts: dict[str, int] = {}
    files: set[int] = set()
    for root in TABLES:
        _find(con, root, "", "event_id", family(root))
        counts[root.name] = _count(con, "hits")
        found = con.execute(f"SELECT DISTINCT file_id FROM {root.name} WHERE event_id IN (FROM hits)").fetchall()
        files.update(file_id for (file_id,) in found)
    con.execute("DROP TABLE IF EXISTS hits")
    if words := _erased_words(con, "(SELECT raw AS text FROM quarantine)"):
        lines = f"quarantine WHERE list_has_any({_words_of('raw')}, $words)"
        held = con.execute(f"SELECT file_id FROM {lines}", {"words": words}).fetchall()
        counts["quarantine"] = len(held)
        files.update(file_id for (file_id,) in held)
    return {name: count for name, count in counts.items() if count}, len(files)


def scrub_quarantine(con: DuckDBPyConnection, files: Sequence[int] | None) -> int:
    """Free refused lines of erased members, of these files or of all; return how many were changed.

    Ids and phones are not kept in refused lines at all; this is for names in free text and in lines cut in the middle.
    """
    if not con.execute("SELECT 1 FROM erasures LIMIT 1").fetchall():
        return 0
    chosen = "true" if files is None else "file_id IN (SELECT unnest($files))"
    values: dict[str, object] = {} if files is None else {"files": list(files)}
    words = _erased_words(con, f"(SELECT raw AS text FROM quarantine WHERE {chosen})", values)
    if not words:
        return 0
    where = f"{chosen} AND list_has_any({_words_of('raw')}, $words)"
    (count,) = con.execute(f"SELECT count(*) FROM quarantine WHERE {where}", {**values, "words": words}).fetchall()[0]
    text, texts = _without(words, "raw")
    con.execute(f"UPDATE quarantine SET raw = {text} WHERE {where}", {**values, **texts, "words": words})
    return int(count)


def holds_anything(con: DuckDBPyConnection) -> bool:
    """Tell whether anybody was erased, or a retention's day is set."""
    asked = "SELECT 1 FROM erasures UNION ALL SELECT 1 FROM meta WHERE name = 'personal_before' LIMIT 1"
    return bool(con.execute(asked).fetchall())


def _scrub(
    con: DuckDBPyConnection, roots: Sequence[Table], prefix: str, ident: str, present: Sequence[Table]
) -> dict[str, int]:
    counts: dict[str, int] = {}
    for root in roots:
        members = [table for table in family(root) if table in present]
        words = _find(con, root, prefix, ident, members)
        if not (count := _count(con, "hits")):
            continue
        counts[root.name] = count
        for table in members:
            changes, values = _changes(table, words)
            con.execute(f"UPDATE {prefix}{table.name} SET {changes} WHERE {ident} IN (FROM hits)", values or None)
    con.execute("DROP TABLE IF EXISTS hits")
    return counts


def _find(con: DuckDBPyConnection, root: Table, prefix: str, ident: str, members: Sequence[Table]) -> list[str]:
    """Make the temporary table `hits` of rows to free, and return the erased words that stand in their texts."""
    names, texts = _columns(root)
    name = f"{prefix}{root.name}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE hits AS SELECT {ident} AS hit FROM {name} LIMIT 0")
    for column in names:
        con.execute(
            f"""
            INSERT INTO hits SELECT {ident} FROM {name} WHERE {column} IN (
                SELECT {column} FROM (SELECT DISTINCT {column} FROM {name}) WHERE {_is_erased(column)})
            """
        )
    if filled := [f"{each} IS NOT NULL" for each in (*(n for n in names if n != "unit"), *texts, RESCUED)]:
        if "unit" in names:
            filled.append(f"unit NOT IN ('{ERASED}', store_id)")
        con.execute(
            f"""
            INSERT INTO hits SELECT {ident} FROM {name}
            WHERE business_date < (SELECT CAST(max(value) AS DATE) FROM meta WHERE name = 'personal_before')
              AND ({" OR ".join(filled)})
            """
        )
    found: set[str] = set()
    for table in members:
        for column in (*_columns(table)[1], RESCUED, *(_KEPT_TEXT & {field.name for field in table.shape.fields})):
            source = f"(SELECT DISTINCT CAST({column} AS VARCHAR) AS text FROM {prefix}{table.name})"
            if words := _erased_words(con, source):
                found.update(words)
                con.execute(
                    f"INSERT INTO hits SELECT {ident} FROM {prefix}{table.name}"
                    f" WHERE list_has_any({_words_of(f'CAST({column} AS VARCHAR)')}, $words)",
                    {"words": words},
                )
    con.execute("CREATE OR REPLACE TEMP TABLE hits AS SELECT DISTINCT hit FROM hits")
    return sorted(found)


def _changes(table: Table, words: Sequence[str]) -> tuple[str, dict[str, str]]:
    names, texts = _columns(table)
    changes = [f"{column} = NULL" for column in (*names, *texts, RESCUED) if column != "unit"]
    values: dict[str, str] = {}
    if "unit" in names:
        changes.append(f"unit = if(unit = store_id, unit, '{ERASED}')")
    if table.kinds:
        changes.append("payload_hash = erased_hash(payload_hash)")
    for column in _KEPT_TEXT & {field.name for field in table.shape.fields}:
        if words:
            text, values = _without(words, f"CAST({column} AS VARCHAR)")
            changes.append(f"{column} = {text}")
    return ", ".join(changes), values


def _columns(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of a table that may name a person, and those with free text."""
    scalar_of = {field.name: field.scalar for field in table.shape.fields if field.scalar}
    made = {column.replace("$name", name) for name, one in scalar_of.items() for column in one.columns}
    free = (scalars.JSON, scalars.SCALARS[Words])
    texts = tuple(name for name, one in scalar_of.items() if one in free and name not in _KEPT_TEXT)
    return tuple(name for name in _NAMES if name in made), texts


def _erased_words(con: DuckDBPyConnection, source: str, values: dict[str, object] | None = None) -> list[str]:
    rows = con.execute(
        f"SELECT word FROM (SELECT DISTINCT unnest({_words_of('text')}) AS word FROM {source} WHERE text IS NOT NULL)"
        f" WHERE {_is_erased('word')}",
        values or None,
    ).fetchall()
    return sorted(word for (word,) in rows)


def _is_erased(column: str) -> str:
    tombstones = "(SELECT digest FROM erasures)"
    return f"(member_digest({column}) IN {tombstones} OR phone_digest({column}) IN {tombstones})"


def _words_of(expression: str) -> str:
    return _WORDS.replace("$x", expression)


def _without(words: Sequence[str], expression: str) -> tuple[str, dict[str, str]]:
    """An expression in which erased words are replaced, and its parameters."""
    for number in range(len(words)):
        expression = f"replace({expression}, $word{number}, '{ERASED}')"
    return expression, {f"word{number}": word for number, word in enumerate(words)}


def _count(con: DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
