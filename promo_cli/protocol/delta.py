"""A delta: which lines of a bundle to delete and which to put. Its proof is the hash of the result.

Lines travel as JSON texts, so that a client puts the very bytes back and needs no serialiser of its own.
A delta that does not lead to the right hash is thrown away, and the full bundle fetched instead.
"""

from __future__ import annotations

from promo_cli.protocol import canonical
from promo_cli.protocol.bundle import join, promotion_id, split
from promo_cli.protocol.fields import DocumentError, format_of, read_document
from promo_cli.protocol.layout import sha256_hex

WORTH_IT = (1, 2)
"""A delta is kept when it is smaller than this fraction of the full bundle."""


def make(old: bytes, new: bytes) -> bytes | None:
    """Return the delta from one bundle to another, or None when the full bundle serves as well."""
    before, after = split(old), split(new)
    old_lines = {promotion_id(line): line for line in before.lines}
    new_lines = {promotion_id(line): line for line in after.lines}
    document: dict[str, object] = {
        "format": format_of("delta"),
        "from": sha256_hex(old),
        "to": sha256_hex(new),
        "delete": sorted(old_lines.keys() - new_lines.keys()),
        "put": [line.decode() for key, line in new_lines.items() if old_lines.get(key) != line],
    }
    if before.header != after.header:
        document["header"] = after.header.decode()
    if before.products != after.products:
        document["products"] = after.products.decode()
    delta = canonical.dumps(document)
    return delta if len(delta) * WORTH_IT[1] < len(new) * WORTH_IT[0] else None


def apply(old: bytes, delta: bytes) -> bytes:
    """Return the bundle a delta leads to; raises DocumentError unless its hash is the one the delta promises."""
    fields = read_document(delta, "delta")
    if fields.sha256("from") != sha256_hex(old):
        raise DocumentError("delta: it starts from another bundle than the one at hand")
    before = split(old)
    lines = {promotion_id(line): line for line in before.lines}
    for gone in fields.texts("delete"):
        lines.pop(gone, None)
    for text in fields.texts("put"):
        lines[promotion_id(text.encode())] = text.encode()
    header = fields.text("header").encode() if fields.has("header") else before.header
    products = fields.text("products").encode() if fields.has("products") else before.products
    result = join(header, products, (lines[key] for key in sorted(lines)))
    if sha256_hex(result) != fields.sha256("to"):
        raise DocumentError("delta: the result does not have the promised hash")
    return result
