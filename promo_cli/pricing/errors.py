"""What can be wrong with what pricing is given."""

from __future__ import annotations

from typing import Literal


class BundleError(ValueError):
    """The bundle cannot be read, or asks for something this engine does not know."""


class CartError(ValueError):
    """The cart cannot be priced: where, what was expected, what was found, what to do.

    `kind` is `shape` (not the form of a cart), `reference` (names something the bundle does not hold), `amount` (a
    number that cannot be right) or `time`; `pointer` is a JSON pointer (RFC 6901) into the cart.
    """

    def __init__(
        self,
        kind: Literal["shape", "reference", "amount", "time"],
        pointer: str,
        message: str,
        *,
        expected: str,
        found: str,
        help: str,  # noqa: A002 - the name that the errors of this project share
    ) -> None:
        super().__init__(f"{pointer or '/'}: {message}: expected {expected}, found {found}; {help}")
        self.kind = kind
        self.pointer = pointer
        self.message = message
        self.expected = expected
        self.found = found
        self.help = help
