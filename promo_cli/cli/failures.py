"""From the errors of the ground floor, which know no diagnostics, to what a user is shown."""

from __future__ import annotations

import datetime as dt
import platform
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli import __version__
from promo_cli.cli import codes
from promo_cli.diagnostics import Diagnostic, Failure, Location

if TYPE_CHECKING:
    from promo_cli.pricing import CartError


def translate(error: Exception, start: Path) -> Failure:
    """Return what to show for an error that no room has turned into diagnostics, and the exit code."""
    if isinstance(error, ImportError) and "PROMO_ENGINE" in str(error):  # nothing of pricing can be imported then
        return Failure([codes.BAD_ENGINE.at(None, str(error), help="unset it, or run `make native`")], exit_code=2)
    from promo_cli.pricing import BundleError, CartError
    from promo_cli.storage.interface import OutcomeUnknown, StorageError

    match error:
        case CartError():
            return Failure([_cart_diagnostic(error, start)], exit_code=1)
        case BundleError():
            return Failure([codes.BAD_BUNDLE.at(None, str(error), help="run `promo till sync` again")], exit_code=1)
        case StorageError():
            advice = (
                "the write may have happened; run the same command again, it finds out and is safe to repeat"
                if isinstance(error, OutcomeUnknown)
                else "check the target in promo.yaml, the network and the credentials, then run the same command again"
            )
            return Failure([codes.STORAGE.at(None, str(error), help=advice)], exit_code=4)
        case _:
            return _internal(error, start)


def _cart_diagnostic(error: CartError, start: Path) -> Diagnostic:
    notes = [f"expected {error.expected}, found {error.found}"] if error.expected else []
    place = Location("cart", pointer=error.pointer)
    at = f" (at {error.pointer})" if error.pointer else ""
    return codes.BAD_CART.at(
        place, f"{error.message}{at}", notes=notes, help=_meant(error, start) or error.help or None
    )


def _meant(error: CartError, start: Path) -> str | None:
    """The product of the workspace that an unknown one most likely stands for."""
    from promo_cli.diagnostics.suggest import nearest
    from promo_cli.workspace import load

    if error.kind != "reference" or not error.pointer.endswith("/product_id"):
        return None
    try:
        guess = nearest(error.found.strip("'\""), (one.id for one in load(start).products))
    except Failure:
        return None
    return f"did you mean `{guess}`?" if guess else None


def _internal(error: Exception, start: Path) -> Failure:
    path = _crash_log(error, start)
    finding = codes.INTERNAL.at(
        None,
        f"internal error: {type(error).__name__}: {error}",
        notes=[f"crash log: {path}"] if path else [],
        help="this is a defect of promo, not of your files; please report it with the crash log",
    )
    return Failure([finding], exit_code=2)


def _crash_log(error: Exception, start: Path) -> Path | None:
    """Write what a maintainer needs, ready to paste, below out/ or else in a temporary folder."""
    text = "\n".join(
        [
            f"promo {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"arguments: {sys.argv[1:]}",
            "",
            "".join(traceback.format_exception(error)),
        ]
    )
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    for folder in (start / "out" / "crash", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"promo-crash-{stamp}.log"
            path.write_text(text, encoding="utf-8")
        except OSError:
            continue
        return path
    return None
