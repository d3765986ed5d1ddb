"""What commands that change a live environment share: consent, dry runs, and where they act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from promo_cli.cli.session import Session

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even for a protected environment.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]


def confirmer(session: Session, *, yes: bool) -> Callable[[str], bool]:
    """Return a function that asks on a terminal; without one only --yes consents."""

    def confirm(question: str) -> bool:
        return yes or (session.interactive and typer.confirm(question, err=True))

    return confirm
