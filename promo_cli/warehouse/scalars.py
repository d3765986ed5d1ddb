"""How each scalar of an event is checked and converted in SQL.

DuckDB's casts coerce in silence (1.7 to 2, "8" to 8, 12 to '12'), so nothing is cast before its JSON text has been
checked. `clean` may refuse what is in fact right, such as text with escapes: the line is then read again in Python,
by the models, which decide. It must never accept what the models refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from promo_cli.model import event_values as values
from promo_cli.model.base import Date, Id

PHONE_KEY = "customer_key"
"""The column that holds a phone's keyed hash."""

MAX_BRACKETS = 64
"""Free-form JSON with more opening brackets than this is left to the models, which measure its depth."""

_MONEY = r"[0-9]{1,12}(\.[0-9]{1,3})?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_CHARACTER = r'[^"\\\x00-\x1f\x7f]'  # of a string, without escapes


@dataclass(frozen=True, slots=True)
class Scalar:
    """SQL over `$x`, the JSON text of one value: whether it is certainly right, and the columns made of it.

    `columns` maps a column's name, in which `$name` is the field's, to its expression.
    """

    clean: str
    columns: Mapping[str, str]


def _matches(pattern: str) -> str:
    return f"regexp_full_match($x, '{pattern}')"


def _quoted(pattern: str) -> str:
    return _matches(f'"{pattern}"')


def _cast(kind: str) -> Mapping[str, str]:
    return {"$name": f"TRY_CAST($x AS {kind})"}


def _text_cast(kind: str) -> str:
    return f"TRY_CAST($x[2:-2] AS {kind})"


_TEXT = {"$name": "if(contains($x, '\\'), json_extract_string($x, '$'), $x[2:-2])"}
_DECIMAL = _cast("DECIMAL(18,3)")
_MOMENT = _text_cast("TIMESTAMPTZ")

REF = Scalar(f"length($x) <= 130 AND {_quoted(_CHARACTER + '+')}", _TEXT)
# DuckDB reads NaN, Infinity, integers of any length and keys that stand twice, which are no JSON of ours. Siblings with
# the same keys look like a key that stands twice; the models can tell them apart.
_JSON_NUMBERS = r"NOT regexp_matches($x, '(?i)(^|[\[:,])-?(nan|inf)|[0-9]{19}')"
_JSON_KEYS = r"""regexp_extract_all($x, '"(?:[^"\\]|\\.)*":')"""

JSON = Scalar(
    f"length($x) <= 20000 AND length($x) - length(translate($x, '[{{', '')) <= {MAX_BRACKETS} AND {_JSON_NUMBERS}"
    f" AND len(list_distinct({_JSON_KEYS})) = len({_JSON_KEYS})",
    {"$name": "CAST($x AS JSON)"},
)
MONEY_LIST = Scalar(_matches(rf"\[({_MONEY}(,{_MONEY})*)?\]"), {"$name": "json_transform($x, '[\"DECIMAL(18,3)\"]')"})

SCALARS: dict[Any, Scalar] = {
    values.Version: Scalar(f"$x = '{values.VERSION}'", _cast("INTEGER")),
    Id: Scalar(_quoted("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), _TEXT),
    values.Ref: REF,
    values.Words: Scalar(
        "length($x) <= 2000 AND starts_with($x, '\"') AND NOT contains($x, '\\u0000')",
        _TEXT,
    ),
    values.Phone: Scalar(
        f"length($x) <= 130 AND {_quoted(_CHARACTER + '*')}", {PHONE_KEY: "phone_key(json_extract_string($x, '$'))"}
    ),
    values.EventId: Scalar(
        _quoted("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), {"$name": _text_cast("UUID")}
    ),
    values.Count: Scalar(_matches("[0-9]{1,15}"), _cast("BIGINT")),
    values.Score: Scalar(_matches("[1-5]"), _cast("INTEGER")),
    values.Money: Scalar(_matches(_MONEY), _DECIMAL),
    values.Signed: Scalar(_matches(f"-?{_MONEY}"), _DECIMAL),
    values.Quantity: Scalar(rf"{_matches(_MONEY)} AND NOT regexp_full_match($x, '0+(\.0+)?')", _DECIMAL),
    values.Moment: Scalar(
        _quoted(rf"{_DAY}[T ]{_CLOCK}:[0-5][0-9](\.[0-9]{{1,6}})?(Z|[+-]{_CLOCK})") + f" AND {_MOMENT} IS NOT NULL",
        {"$name_utc": f"timezone('UTC', {_MOMENT})", "$name_local": "TRY_CAST($x[2:20] AS TIMESTAMP)"},
    ),
    Date: Scalar(
        f"{_quoted(_DAY)} AND {_text_cast('DATE')} IS NOT NULL",
        {"$name": _text_cast("DATE")},
    ),
    values.Flag: Scalar("$x IN ('true', 'false')", _cast("BOOLEAN")),
}
"""By the annotation that a model gives the field."""


def choice(values: tuple[str, ...]) -> Scalar:
    """One of a fixed set of texts."""
    texts = ", ".join(f"'\"{value}\"'" for value in values)
    return Scalar(f"$x IN ({texts})", _TEXT)
