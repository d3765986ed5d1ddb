"""Every declared code of the product, found in the `codes` module of each room."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from promo_cli.diagnostics.record import Code, Failure
from promo_cli.diagnostics.suggest import nearest

_SHAPE = re.compile(r"[A-Z]{3}\d{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def collect(codes: Iterable[Code]) -> dict[str, Code]:
    """The codes by their code, in order.

    Raises ValueError for a code declared twice, or one that does not have the usual shape.
    """
    found: dict[str, Code] = {}
    for code in codes:
        if not _SHAPE.fullmatch(code.code) or not _NAME.fullmatch(code.name):
            raise ValueError(f"{code.code} {code.name}: expected three letters, three digits and a hyphenated name")
        if code.code in found:
            raise ValueError(f"{code.code} is declared twice: {found[code.code].name} and {code.name}")
        found[code.code] = code
    return dict(sorted(found.items()))


def declared_in(module: ModuleType) -> list[Code]:
    """The codes a module holds: as its own constants, or in tuples of them."""
    found: list[Code] = []
    for value in vars(module).values():
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Code) and item not in found:
                found.append(item)
    return found


def all_codes(package: str = "promo_cli") -> dict[str, Code]:
    """Imports `<package>.<room>.codes` of every room that has one, and collects what they declare."""
    folders = [Path(folder) for folder in import_module(package).__path__]
    rooms = [room.name for room in iter_modules(map(str, folders)) if room.ispkg]
    # Looking at the files instead of asking the import system: rooms without codes are not imported.
    modules = [f"{package}.{room}.codes" for room in rooms if any((at / room / "codes.py").exists() for at in folders)]
    return collect(code for module in modules for code in declared_in(import_module(module)))


def find(word: str, codes: dict[str, Code] | None = None) -> Code:
    """The code with this code or name, whatever its case; of several codes of one name the first.

    Raises Failure (exit 2) with the nearest one if there is none.
    """
    from promo_cli.diagnostics.codes import UNKNOWN_CODE

    codes = all_codes() if codes is None else codes
    by_name = {code.name: code for code in reversed(codes.values())}
    found = codes.get(word.upper()) or by_name.get(word.lower())
    if found is None:
        guess = nearest(word, [*codes, *by_name])
        advice = f"did you mean `{guess}`?" if guess else "`promo explain --all` lists every code"
        raise Failure([UNKNOWN_CODE.at(None, f"no diagnostic is called `{word}`", help=advice)], exit_code=2)
    return found
