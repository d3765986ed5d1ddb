"""JSON as people read it."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any) -> str:
    """The value as indented JSON with a newline; what a broken file holds that UTF-8 cannot becomes a question mark."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"
