"""One file that a user names on the command line, such as a cart."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.workspace import codes, reader
from promo_cli.workspace.limits import REFERENCE


def read_value(path: Path) -> dict[str, Any]:
    """The map in a YAML or JSON file; `-` is standard input. Decimals are exact.

    Raises Failure: exit 2 for a file that cannot be read, 1 for what is wrong in it.
    """
    name = str(path)
    try:
        data = sys.stdin.buffer.read(REFERENCE.bytes + 1) if name == "-" else path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {(error.strerror or 'unknown reason').lower()}"
        found = codes.UNREADABLE.at(Location(name), message, help="check the path")
        raise Failure([found], exit_code=2) from None
    document = reader.read(name, data, REFERENCE)
    if any(found.severity == "error" for found in document.diagnostics):
        raise Failure(document.diagnostics, exit_code=1)
    if not isinstance(document.value, dict):
        message = "expected a map of `key: value`"
        raise Failure([codes.NOT_A_MAP.at(Location(name), message, help="begin with { in JSON")], exit_code=1)
    return document.value
