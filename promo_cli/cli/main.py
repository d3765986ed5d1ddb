"""The command `promo`. Nothing is imported here before it is known to be needed."""

from __future__ import annotations

import os
import sys

from promo_cli import __version__
from promo_cli.cli import streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = f"promo {__version__}"


def run(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words = list(sys.argv[1:] if args is None else args)
    # Looking for plugins in all installed packages takes longer than most commands.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    streams.prepare()
    if words == ["--version"]:
        print(VERSION)  # noqa: T201
        sys.exit(0)
    asked = None
    if words[:1] == ["validate"]:
        from promo_cli.cli import again

        asked = again.Asked(words)
        code = again.answer(asked)
        if code is not None:
            sys.exit(code)
    import gc

    from promo_cli.cli.commands import app

    gc.set_threshold(50_000, 20, 50)  # commands are short: looking for garbage in what they load only delays
    app(args=words, prog_name="promo", obj=asked)
