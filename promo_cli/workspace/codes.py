"""Every finding of reading and shaping files: YML (text), SCH (shape), CFG (workspace)."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity
from promo_cli.workspace.codes_shape import (
    BAD_CSV,
    BAD_ID,
    BAD_LENGTH,
    FOREIGN_FIELD,
    MISSING_FIELD,
    NOT_A_CHOICE,
    NOT_A_MAP,
    OUT_OF_RANGE,
    UNKNOWN_FIELD,
    UNKNOWN_TYPE,
    WRONG_VALUE,
)
from promo_cli.workspace.codes_text import (
    ALIAS,
    AMBIGUOUS_NUMBER,
    AMBIGUOUS_WORD,
    BYTE_ORDER_MARK,
    DUPLICATE_KEY,
    EMPTY,
    KEY,
    LINK,
    NOT_UTF8,
    SEVERAL_DOCUMENTS,
    SYNTAX,
    TAB,
    TAG,
    TOO_DEEP,
    TOO_LARGE,
    UNREADABLE,
)

__all__ = [
    "ALIAS",
    "AMBIGUOUS_NUMBER",
    "AMBIGUOUS_WORD",
    "BAD_CSV",
    "BAD_ID",
    "BAD_LENGTH",
    "BYTE_ORDER_MARK",
    "DUPLICATE_KEY",
    "EMPTY",
    "FOREIGN_FIELD",
    "KEY",
    "LINK",
    "MISSING_FIELD",
    "NOT_A_CHOICE",
    "NOT_A_MAP",
    "NOT_UTF8",
    "NO_WORKSPACE",
    "OUT_OF_RANGE",
    "SEVERAL_DOCUMENTS",
    "STRAY_FILE",
    "SYNTAX",
    "TAB",
    "TAG",
    "TOO_DEEP",
    "TOO_LARGE",
    "UNKNOWN_FIELD",
    "UNKNOWN_PATH",
    "UNKNOWN_TIMEZONE",
    "UNKNOWN_TYPE",
    "UNREADABLE",
    "WRONG_VALUE",
]

NO_WORKSPACE = Code(
    code="CFG001",
    name="no-workspace",
    severity=Severity.ERROR,
    doc="""
    There is no promo.yaml in this folder or any above it.

    Why: promo.yaml marks the workspace and holds its currency, time zone and environments.

    Fix: go to the workspace, pass `--workspace DIR`, or make one with `promo init DIR`.
    """,
)

UNKNOWN_TIMEZONE = Code(
    code="CFG002",
    name="unknown-timezone",
    severity=Severity.ERROR,
    doc="""
    The time zone is not one of the IANA database.

    Why: hours and days of every promotion are tested on the store's clock.

    Fix: write a region and city, such as Asia/Jakarta or Europe/Berlin; abbreviations such as WIB are ambiguous.
    """,
)

STRAY_FILE = Code(
    code="CFG003",
    name="stray-file",
    severity=Severity.WARNING,
    doc="""
    A file under promotions/ or stores/ that is not read, though it looks as if it were meant to be.

    Why: a promotion in a file called `weekend.yaml.txt` runs nowhere, and nothing else says so.

    Fix: give it the ending .yaml, or move it elsewhere.
    """,
)

UNKNOWN_PATH = Code(
    code="CFG004",
    name="unknown-path",
    severity=Severity.ERROR,
    doc="""
    A path given to the command is not a file or folder of the workspace.

    Why: checking nothing would look like success.

    Fix: check the spelling; paths are relative to the current folder.
    """,
)
