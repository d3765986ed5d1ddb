"""Compile the pricing engine to machine code: `make native`.

The modules of `promo_cli.pricing` are compiled as they are, by mypyc, into `promo_cli/pricing/native`; the package uses
them while they are of the same text as the sources. Needs a C compiler and Python's headers.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError, LinkError

from promo_cli.pricing import compiled

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "promo_cli" / "pricing"


def missing() -> str | None:
    """Return what this machine lacks to compile, in words; None if it lacks nothing."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler}); on Debian: apt install gcc"
    if not Path(sysconfig.get_paths()["include"], "Python.h").is_file():
        return "there are no Python headers; on Debian: apt install python3-dev"
    return None


class _OnAllCores(build_ext):
    """Compiles the files of an extension side by side; setuptools itself takes one after another."""

    def build_extensions(self) -> None:
        one_by_one = self.compiler.compile

        def compile_all(sources: list[str], *args: Any, **options: Any) -> list[str]:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                return [
                    made for part in pool.map(lambda one: one_by_one([one], *args, **options), sources) for made in part
                ]

        self.compiler.compile = compile_all  # type: ignore[method-assign]
        super().build_extensions()


def build(level: str) -> Path:
    """Compile and return the folder of the compiled modules; it appears whole or not at all."""
    sources = sorted(str(path.relative_to(ROOT)) for path in compiled.sources(PACKAGE))
    stamp = compiled.stamp(PACKAGE)
    with tempfile.TemporaryDirectory(prefix="promo-native-") as scratch:
        with contextlib.redirect_stdout(io.StringIO()) as said:  # it comments on every generator expression
            try:
                extensions = mypycify(
                    ["--config-file=", *sources],
                    opt_level=level,
                    debug_level="0",
                    group_name="promo_cli.pricing.engine",
                    target_dir=f"{scratch}/c",
                    multi_file=True,
                )
            except SystemExit:
                sys.stderr.write(said.getvalue())
                raise
        for extension in extensions:  # where mypyc writes the group's headers
            extension.include_dirs.append(f"{scratch}/c/promo_cli/pricing")
        command = _OnAllCores(Distribution({"name": "promo-native", "ext_modules": extensions}))
        command.build_lib, command.build_temp = f"{scratch}/lib", f"{scratch}/o"
        command.ensure_finalized()
        command.run()
        made = Path(scratch, "lib", "promo_cli", "pricing")
        (made / compiled.STAMP).write_text(stamp)
        target = PACKAGE / compiled.FOLDER
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target)
    return target


def main() -> int:
    """Compile; where that cannot be done, say why, and fail only with `--require`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--require", action="store_true", help="fail if this machine cannot compile")
    parser.add_argument("--level", default="1", help="optimisation level of the C compiler")
    asked = parser.parse_args()
    why = missing()
    if why is None:
        try:
            print(f"Compiled the pricing engine into {build(asked.level).relative_to(ROOT)}.")
        except (CompileError, LinkError):
            why = "the C compiler failed as shown above"
        else:
            return 0
    print(f"The pricing engine stays plain Python: {why}")
    return int(asked.require)


if __name__ == "__main__":
    sys.exit(main())
