"""Personal data: phones become keyed hashes before they are stored, and raw text is kept without them."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from promo_cli.model.events import EVENTS
from promo_cli.warehouse.shapes import Shape, shape_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REMOVED = "[removed]"

_BLOCK = 64  # bytes that SHA-256 takes at a time
_NAMES = frozenset({"customer_phone", "customer_key", "member_id", "unit"})  # say who bought
_FREE_TEXT = frozenset({"reason", "detail"})  # written by people at the till
_PERSONAL_KEY = re.compile(
    r"phone|mobile|whatsapp|mail|address|birth|passport|contact|name|comment|note|gender|customer|loyalty"
    r"|member(?!_?(?:tier|type|level))",
    re.IGNORECASE,
)
_PERSONAL_PAIR = re.compile(
    rf'("(?:[^"]*(?:{_PERSONAL_KEY.pattern})[^"]*|unit)"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}}\]\s]+)', re.IGNORECASE
)
_LIKE_A_PHONE = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){7,}")
_LIKE_MAIL = re.compile(r"[^\s\"'<>@,:]+@[^\s\"'<>@,:]+")


def install(con: DuckDBPyConnection, hmac_key: bytes) -> None:
    """Define the macros `phone_key`, `payload_hash` and those of erasure on a connection. The key stays in its memory.

    `phone_key` is HMAC-SHA256 (RFC 2104) in hexadecimal, of the number without spaces and punctuation. A text that
    already is such a hash is taken as it is; an empty one gives NULL. `payload_hash` is half of the MD5
    of a line without blanks around it and without the phone: it must not help anyone to guess the phone, and a new key
    must not make yesterday's lines look different. It tells a second delivery from another event and protects nothing;
    `payload_hash_beside` is the same, faster, of a line whose `customer_phone` has this JSON text. `erased_hash` is
    what it becomes in a row of an erased member; `member_digest` and `phone_digest` are what tombstones hold, `key_id`
    names the key without telling it.
    """
    key = (sha256(hmac_key).digest() if len(hmac_key) > _BLOCK else hmac_key).ljust(_BLOCK, b"\0")
    con.execute("SET VARIABLE inner_pad = $pad::BLOB", {"pad": bytes(byte ^ 0x36 for byte in key)})
    con.execute("SET VARIABLE outer_pad = $pad::BLOB", {"pad": bytes(byte ^ 0x5C for byte in key)})
    con.execute(
        r"""
        CREATE OR REPLACE TEMP MACRO keyed_hash(text) AS
            sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode(text))));
        CREATE OR REPLACE TEMP MACRO phone_key(phone) AS
            CASE WHEN phone = '' OR (starts_with(phone, ' ') AND trim(phone) = '') THEN NULL
                 WHEN strlen(phone) = 64 AND regexp_full_match(phone, '[0-9a-f]{64}') THEN phone
                 ELSE keyed_hash(translate(lower(phone), ' +-()./', '')) END;
        CREATE OR REPLACE TEMP MACRO without_phone(text) AS
            if(contains(text, '"customer_phone"'),
               regexp_replace(text, '"customer_phone"\s*:\s*"[^"]*"', '"customer_phone":null'), text);
        -- Trimming is slow, so only where there is something to trim.
        CREATE OR REPLACE TEMP MACRO trimmed(text) AS
            if(starts_with(text, '{') AND ends_with(text, '}'), text, trim(text, chr(32) || chr(9) || chr(13)));
        CREATE OR REPLACE TEMP MACRO payload_hash(text) AS md5_number_lower(without_phone(trimmed(text)));
        CREATE OR REPLACE TEMP MACRO payload_hash_beside(text, phone) AS
            CASE WHEN phone IS NULL THEN md5_number_lower(trimmed(text))
                 WHEN contains(text, '"customer_phone":' || phone)
                 THEN md5_number_lower(trimmed(replace(text, '"customer_phone":' || phone, '"customer_phone":null')))
                 ELSE payload_hash(text) END;
        -- A zero byte parts the use from the text: no id or number can hold one, so no two uses give one hash.
        CREATE OR REPLACE TEMP MACRO erased_hash(hash) AS
            CAST('0x' || keyed_hash('payload' || chr(0) || hash)[1:16] AS UBIGINT);
        CREATE OR REPLACE TEMP MACRO member_digest(member) AS keyed_hash('member' || chr(0) || member);
        CREATE OR REPLACE TEMP MACRO phone_digest(phone) AS keyed_hash('phone' || chr(0) || phone_key(phone));
        CREATE OR REPLACE TEMP MACRO key_id() AS keyed_hash('key' || chr(0))[1:16];
        """
    )


def rescue(unknown: dict[str, Any]) -> dict[str, Any]:
    """The keys that this version does not know, without values that look personal."""
    return {key: REMOVED if _PERSONAL_KEY.search(key) else _without_contacts(value) for key, value in unknown.items()}


def redact(value: Any) -> Any:
    """A parsed line that was refused: values of known keys stay, all other text goes."""
    if isinstance(value, dict):
        return {str(key): _redact_pair(str(key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [redact(item) for item in value]
    return value if value is None or isinstance(value, bool) else REMOVED


def redact_text(text: str) -> str:
    """A line that cannot be parsed: values of personal keys, mail addresses and phone-like digits go."""
    text = _PERSONAL_PAIR.sub(rf'\1"{REMOVED}"', text)
    return _LIKE_A_PHONE.sub(REMOVED, _LIKE_MAIL.sub(REMOVED, text))


def _redact_pair(key: str, value: Any) -> Any:
    if key in _NAMES:
        return REMOVED if value is not None else None
    if isinstance(value, dict | list) or key not in _KNOWN:
        return redact(value)
    if type(value) is int and abs(value) >= 2**53:
        return str(value)  # not every reader of a receipt has integers of any size
    return redact_text(value) if key in _FREE_TEXT and isinstance(value, str) else value


def _without_contacts(value: Any) -> Any:
    if isinstance(value, dict):
        return rescue(value)
    if isinstance(value, list):
        return [_without_contacts(item) for item in value]
    if isinstance(value, str) and (_LIKE_A_PHONE.search(value) or _LIKE_MAIL.search(value)):
        return REMOVED
    return value


def _keys(shape: Shape) -> frozenset[str]:
    return shape.known.union(*(_keys(items) for items in shape.lists.values()))


_KNOWN = frozenset(key for model in EVENTS.values() for key in _keys(shape_of(model)))
