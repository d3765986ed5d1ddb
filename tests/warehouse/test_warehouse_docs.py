import re
from pathlib import Path

import duckdb
import pytest

from promo_cli.diagnostics.explain import explain
from promo_cli.diagnostics.registry import declared_in
from promo_cli.reports import codes as report_codes
from promo_cli.warehouse import codes
from promo_cli.warehouse.migrate import migrate

PAGE = (Path(__file__).parents[2] / "docs" / "warehouse.md").read_text(encoding="utf-8")


def test_the_page_s_queries_run_and_its_tables_are_all_there_are() -> None:
    """What the documentation shows works on the schema as it is."""
    with duckdb.connect() as con:
        migrate(con)
        (block,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
        for query in con.extract_statements(block):
            con.execute(query)
        names = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        names |= {name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


@pytest.mark.parametrize("code", [*declared_in(codes), *declared_in(report_codes)], ids=lambda code: code.code)
def test_every_code_says_what_why_and_how_to_go_on(code: codes.Code) -> None:
    """And the page lists those that quarantine a line."""
    told = explain(code)
    assert told.what
    assert told.why
    assert told.fix
    if code.code < "ING100" or code.code.startswith("SEC"):
        assert code.code in PAGE or code.code.startswith("CFG")
