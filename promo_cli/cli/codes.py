"""Codes of what a command itself finds, before or beside any workspace."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

INTERNAL = Code(
    code="INT001",
    name="internal-error",
    severity=Severity.ERROR,
    doc="""The tool itself failed.

    Why: this is never your mistake. Nothing was published or lost: commands either finish or change nothing.
    Fix: send the crash log, whose path is shown, to the maintainers; it holds no customer data. Then run again.""",
)
STORAGE = Code(
    code="PUB900",
    name="storage-failed",
    severity=Severity.ERROR,
    doc="""The object storage could not be read or written.

    Why: the network, the credentials or the permissions stand between the tool and the environment's target.
    Fix: check the target in promo.yaml and your credentials, then run the same command again; it is safe to repeat.""",
)
BAD_CART = Code(
    code="SCH901",
    name="bad-cart",
    severity=Severity.ERROR,
    doc="""A cart cannot be priced as it is.

    Why: a till that guesses would charge a wrong amount.
    Fix: correct the place in the cart that the message names.""",
)
BAD_BUNDLE = Code(
    code="SYN901",
    name="bad-bundle",
    severity=Severity.ERROR,
    doc="""A bundle is not one that this version can price with.

    Why: it was damaged, written by hand, or made by a newer version.
    Fix: sync the till again, or compile the bundle with this version.""",
)
BAD_ENGINE = Code(
    code="CFG901",
    name="bad-engine",
    severity=Severity.ERROR,
    doc="""The pricing engine that the environment asks for is not there.

    Why: PROMO_ENGINE chooses between two forms of one engine: `python`, the sources, or `native`, these compiled.
    Fix: unset PROMO_ENGINE, or compile the engine where `native` is meant: `make native`.""",
)
