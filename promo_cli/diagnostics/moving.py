"""The same findings with paths as another program knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from promo_cli.diagnostics.record import Diagnostic, Fix, Location


def below(folder: str, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings with `folder` ("" for none) before every path: what a forge shows counts from the repository."""
    return [_moved(folder, found) for found in diagnostics] if folder else list(diagnostics)


def _moved(folder: str, found: Diagnostic) -> Diagnostic:
    def there(place: Location) -> Location:
        return replace(place, path=f"{folder}/{place.path}")

    fix = found.fix
    return replace(
        found,
        primary=there(found.primary) if found.primary else None,
        related=tuple(replace(other, location=there(other.location)) for other in found.related),
        fix=Fix(fix.applicability, tuple(replace(edit, path=f"{folder}/{edit.path}") for edit in fix.edits))
        if fix
        else None,
    )
