"""Fields of a bundle, typed and in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.money import whole


@dataclass(frozen=True)
class Fields:
    """One object of a bundle. `where` names it in errors; every reader raises BundleError."""

    values: Mapping[str, Any]
    exponent: int
    where: str

    def section(self, name: str) -> Fields:
        """Return an object inside this one; empty if absent."""
        return Fields(self.values.get(name) or {}, self.exponent, f"{self.where}.{name}")

    def sections(self, name: str) -> list[Fields]:
        """Return the objects of a list."""
        found = self.values.get(name) or []
        return [Fields(value, self.exponent, f"{self.where}.{name}[{i}]") for i, value in enumerate(found)]

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a text", value)
        return value

    def optional(self, name: str) -> str | None:
        """Return a text, or None if it is absent or null."""
        return None if self.values.get(name) is None else self.text(name)

    def ids(self, name: str) -> tuple[str, ...]:
        """Return a list of ids; empty if absent."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(name, "a list of ids", value)
        return tuple(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a truth value."""
        return self.values.get(name, default) is True

    def amount(self, name: str) -> int | None:
        """Return money in minor units, or None if it is absent or null."""
        return self._scaled(name, self.exponent, "an amount that the currency can pay")

    def price(self, name: str) -> int:
        """Return money that must be there."""
        return self._present(name, self.amount(name))

    def percent(self, name: str) -> int | None:
        """Return a percentage in hundredths of a percent, or None if it is absent or null."""
        return self._scaled(name, 2, "a percentage with at most two decimals")

    def thousandths(self, name: str) -> int:
        """Return a factor that must be there, in thousandths."""
        return self._present(name, self._scaled(name, 3, "a number with at most three decimals"))

    def count(self, name: str) -> int | None:
        """Return a whole number, or None if it is absent or null."""
        return self._scaled(name, 0, "a whole number")

    def whole(self, name: str) -> int:
        """Return a whole number that must be there."""
        return self._present(name, self.count(name))

    def positive(self, name: str, default: int | None = None) -> int:
        """Return a whole number above zero."""
        value = self.count(name)
        value = default if value is None else value
        if not value:
            raise self._wrong(name, "a whole number above zero", value)
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """Return one of a few words; the first if absent."""
        value = self.values.get(name)
        if value is None:
            return choices[0]
        if value not in choices:
            raise self._wrong(name, "one of " + ", ".join(choices), value)
        return str(value)

    def _present(self, name: str, value: int | None) -> int:
        if value is None:
            raise self._wrong(name, "a number", None)
        return value

    def _scaled(self, name: str, places: int, expected: str) -> int | None:
        value = self.values.get(name)
        if value is None:
            return None
        scaled = whole(value, places)
        if scaled is None or scaled < 0:
            raise self._wrong(name, expected, value)
        return scaled

    def _wrong(self, name: str, expected: str, found: object) -> BundleError:
        return BundleError(f"{self.where}.{name}: expected {expected}, found {found!r}")
