"""A test made ready to run: one cart, what its receipt must say, and where every part of both was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from promo_cli.diagnostics import Location
from promo_cli.model.cart import Cart
from promo_cli.model.expectation import Expectation
from promo_cli.model.promotion import Promotion
from promo_cli.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One cart and its expectation.

    `pointer` leads to the test in the file at `path`. `origins` leads from parts of the cart (`/items/0`) and of the
    expectation (`/expect/applied`) to where they stand in the file. `promotion` is the one whose own test it is.
    """

    path: str
    pointer: str
    name: str
    cart: dict[str, Any]
    expect: Expectation
    origins: Mapping[str, str]
    promotion: Promotion[Any] | None = None

    def written(self, pointer: str) -> str:
        """Return the pointer into the file of what lies at a pointer of the cart or of `/expect`."""
        known, rest = pointer, ""
        while known and known not in self.origins:
            known, _, last = known.rpartition("/")
            rest = f"/{last}{rest}"
        return self.origins[known] + rest if known else self.pointer

    def place(self, workspace: Workspace, pointer: str = "") -> Location:
        """Return the place of a part of the cart or of `/expect`; of the test itself by default."""
        return workspace.locate(self.path, self.written(pointer))


def of_promotion(workspace: Workspace, promotion: Promotion[Any]) -> Iterator[Trial]:
    """Yield a promotion's own tests."""
    for index, test in enumerate(promotion.tests):
        pointer = f"/tests/{index}"
        cart, origins = put_together([part_of_cart(f"{pointer}/cart", test.cart), stated(pointer, test.store, test.at)])
        origins |= {f"/expect/{name}": f"{pointer}/expect/{name}" for name in test.expect.model_fields_set}
        origins["/expect"] = f"{pointer}/expect"
        path = workspace.origin(promotion).path
        yield Trial(path, pointer, test.name, cart, test.expect, origins, promotion)


class Part(NamedTuple):
    """A part of a cart, and the pointer to each of its fields in the file."""

    values: Mapping[str, Any]
    pointers: Mapping[str, str]


def part_of_cart(pointer: str, cart: Cart) -> Part:
    """Return a cart as it is written at `pointer`."""
    values = _plain(cart.model_dump(exclude_unset=True, exclude_none=True))
    return Part(values, {name: f"{pointer}/{name}" for name in values})


def stated(pointer: str, store: str | None, at: str | None) -> Part:
    """Return the store and the moment that a test or a file states at `pointer`."""
    values = {key: value for key, value in (("store_id", store), ("at", at)) if value is not None}
    return Part(values, {"store_id": f"{pointer}/store", "at": f"{pointer}/at"})


def put_together(parts: Iterable[Part]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return one cart made of several parts, and from where each of its values comes.

    Lists are put one after the other; of everything else the last part decides.
    """
    cart: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for values, pointers in parts:
        for name, value in values.items():
            at = pointers[name]
            if isinstance(value, list):
                before = cart.setdefault(name, [])
                origins |= {f"/{name}/{len(before) + i}": f"{at}/{i}" for i in range(len(value))}
                before += value
            elif isinstance(value, dict):
                origins |= {f"/{name}/{key}": f"{at}/{key}" for key in value}
                cart.setdefault(name, {}).update(value)
            else:
                cart[name], origins[f"/{name}"] = value, at
    return cart, origins


def _plain(value: Any) -> Any:
    """Dates as text, as carts hold them."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value
