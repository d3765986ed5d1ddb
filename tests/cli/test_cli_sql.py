"""`promo sql` on a warehouse that one till has filled."""

import io
import sys
from pathlib import Path

import pytest

from promo_cli.cli.session import Session
from promo_cli.cli.sql import shell
from promo_cli.pipeline.sql import questions
from tests.cli.test_cli_ingest import upload, usage
from tests.conftest import Promo


@pytest.fixture
def filled(promo: Promo, starter: Path) -> Path:
    """A workspace that has ingested two uses."""
    upload(starter, usage(1), usage(2, discount_amount=7500))
    assert promo("ingest", "--env", "local", cwd=starter).code == 0
    return starter


def test_one_question_is_answered_in_three_forms(promo: Promo, filled: Path) -> None:
    """A table for people, CSV and JSON with exact decimals for programs."""
    query = "SELECT promotion_id, sum(discount_amount) AS given, avg(seq) AS mean FROM usages GROUP BY 1"
    table = promo("sql", query).out.splitlines()
    assert [line.split() for line in table] == [
        ["promotion_id", "given", "mean"],
        ["------------", "-----", "----"],
        ["p-1", "12500", "1.5"],
    ]
    assert promo("sql", query, "--format", "csv").out == "promotion_id,given,mean\r\np-1,12500,1.5\r\n"
    document = promo("sql", query, "--json").json
    assert document["schema"] == "promo.sql/1"
    assert document["columns"][1] == {"name": "given", "type": "DECIMAL(38,3)"}
    assert [str(value) for value in document["rows"][0]] == ["p-1", "12500", "1.5"]


def test_values_that_json_would_round_are_texts(promo: Promo, filled: Path) -> None:
    """Large numbers, moments, lists and NULL keep their value."""
    query = "SELECT 9007199254740993, TIMESTAMP '2026-02-07 10:00:00', [1, NULL], NULL, 'nan'::DOUBLE"
    (row,) = promo("sql", query, "--json").json["rows"]
    assert row == ["9007199254740993", "2026-02-07 10:00:00", [1, None], None, "NaN"]


def test_a_mistake_is_shown_where_it_stands(promo: Promo, filled: Path) -> None:
    """Exit 2, with the line and column, also behind letters of several bytes and in a later statement."""
    outcome = promo("sql", "SELECT 'é';\nSELECT 'é', nope FROM usages")
    assert outcome.code == 2
    assert "error[ING106]" in outcome.err
    assert "SQL:2:13" in outcome.err
    assert "^^^^" in outcome.err
    assert promo("sql", "SELEC 1", "--json").code == 2


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM usages",
        "COPY usages TO 'stolen.csv'",
        "SELECT * FROM read_text('promo.yaml')",
        "SET enable_external_access = true",
        "ATTACH 'other.duckdb'",
        "",
    ],
)
def test_a_question_changes_nothing_and_reaches_no_file(promo: Promo, filled: Path, query: str) -> None:
    """Whatever is not a question to the warehouse is refused."""
    outcome = promo("sql", query)
    assert outcome.code == 2
    assert "ING106" in outcome.err
    assert not (filled / "stolen.csv").exists()
    assert promo("sql", "SELECT count(*) AS n FROM usages", "--json").json["rows"] == [[2]]


def test_standard_input_is_a_question_too(promo: Promo, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`promo sql < file.sql` answers the file's last statement."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT 1;\nSELECT count(*) AS n\nFROM usages;\n"))
    assert promo("sql", "--format", "csv").out == "n\r\n2\r\n"


def test_the_shell_goes_on_after_a_mistake(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Questions may take several lines; a mistake is shown, the next question answered, `exit` ends."""
    typed = iter(["SELECT nope;", "SELECT count(*) AS n", "FROM usages;", "exit", "SELECT 3 AS never;"])
    session = Session(filled, quiet=False, verbose=False, interactive=True, json=False)
    with questions(filled) as ask:
        shell(session, ask, "csv", read=lambda prompt: next(typed))
    out, err = capsys.readouterr()
    assert out == "n\r\n2\r\n"
    assert "SQL:1:8" in err
    assert next(typed) == "SELECT 3 AS never;"
