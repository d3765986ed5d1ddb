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
# A day that there is, from 1900 to 2099, so that no cast can fail.
_DAY = (
    "((19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29)"
)
_CHARACTER = r'[^"\\\x00-\x1f\x7f]'  # of a string, without escapes


@dataclass(frozen=True, slots=True)
class Plain:
    """SQL over `$x`, a text itself, that has no escapes and no control characters: as in Scalar.

    `read_as` is the type that DuckDB reads it as, when every value of that type has one text that it is written with.
    """

    clean: str
    columns: Mapping[str, str]
    read_as: str = "VARCHAR"


@dataclass(frozen=True, slots=True)
class Scalar:
    """SQL over `$x`, the JSON text of one value: whether it is certainly right, and the columns made of it.

    `columns` maps a column's name, in which `$name` is the field's, to its expression. `plain` is the same over the
    text itself, of a value that is one. An `amount` may have digits after the point.
    """

    clean: str
    columns: Mapping[str, str]
    plain: Plain | None = None
    amount: bool = False


def _matches(pattern: str) -> str:
    return f"regexp_full_match($x, '{pattern}')"


def _quoted(pattern: str) -> str:
    return _matches(f'"{pattern}"')


def _cast(kind: str) -> Mapping[str, str]:
    return {"$name": f"TRY_CAST($x AS {kind})"}


def _pattern(pattern: str, columns: Mapping[str, str], plain: Plain | None = None) -> Scalar:
    """A text of that pattern, in which there are no quotes."""
    inside = {name: sql.replace("$x", "replace($x, '\"', '')") for name, sql in columns.items()}
    return Scalar(_quoted(pattern), inside, plain or Plain(_matches(pattern), columns))


_TEXT = {"$name": "if(contains($x, '\\'), json_extract_string($x, '$'), $x[2:-2])"}
_SAME = {"$name": "$x"}
_DECIMAL = _cast("DECIMAL(18,3)")

# Bytes are faster to count than characters, and never fewer.
REF = Scalar(f"length($x) <= 130 AND {_quoted(_CHARACTER + '+')}", _TEXT, Plain("strlen($x) BETWEEN 1 AND 128", _SAME))
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
    Id: _pattern("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", _SAME),
    values.Ref: REF,
    values.Words: Scalar(
        "length($x) <= 2000 AND starts_with($x, '\"') AND NOT contains($x, '\\u0000')",
        _TEXT,
        Plain("strlen($x) <= 2000", _SAME),
    ),
    values.Phone: Scalar(
        f"length($x) <= 130 AND {_quoted(_CHARACTER + '*')}",
        {PHONE_KEY: "phone_key(json_extract_string($x, '$'))"},
        Plain("strlen($x) <= 128", {PHONE_KEY: "phone_key($x)"}),
    ),
    values.EventId: _pattern(
        "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", _cast("UUID"), Plain("true", _SAME, "UUID")
    ),
    values.Count: Scalar(_matches("[0-9]{1,15}"), _cast("BIGINT")),
    values.Score: Scalar(_matches("[1-5]"), _cast("INTEGER")),
    values.Money: Scalar(_matches(_MONEY), _DECIMAL, amount=True),
    values.Signed: Scalar(_matches(f"-?{_MONEY}"), _DECIMAL, amount=True),
    values.Quantity: Scalar(rf"{_matches(_MONEY)} AND NOT regexp_full_match($x, '0+(\.0+)?')", _DECIMAL, amount=True),
    values.Moment: _pattern(
        rf"{_DAY}[T ]{_CLOCK}:[0-5][0-9](\.[0-9]{{1,6}})?(Z|[+-]{_CLOCK})",
        {
            "$name_utc": "make_timestamp(epoch_us(TRY_CAST($x AS TIMESTAMPTZ)))",
            "$name_local": "TRY_CAST(substr($x, 1, 19) AS TIMESTAMP)",
        },
    ),
    Date: _pattern(_DAY, _cast("DATE"), Plain("$x BETWEEN DATE '1900-01-01' AND DATE '2099-12-31'", _SAME, "DATE")),
    values.Flag: Scalar("$x IN ('true', 'false')", _cast("BOOLEAN")),
}
"""By the annotation that a model gives the field."""


def choice(values: tuple[str, ...]) -> Scalar:
    """One of a fixed set of texts."""
    quoted = ", ".join(f"'\"{value}\"'" for value in values)
    plain = ", ".join(f"'{value}'" for value in values)
    return Scalar(f"$x IN ({quoted})", _TEXT, Plain(f"$x IN ({plain})", _SAME))
