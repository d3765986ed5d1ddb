"""Options and arguments as they were written, where there is nothing to convert: texts, paths, words from a list.

Typer's own conversion loads pydantic, which takes longer than most commands take in all. Whatever is not plainly right
is left to it, and so are its messages.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.core import TyperCommand

_KINDS = {str: str, Path: Path}
_NOT_PLAIN = object()


class Plainly:
    """What a command or group converts is only what needs it."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return all parameters, `--help` included."""
        parameters: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            if not isinstance(parameter.process_value, partial):
                parameter.process_value = partial(_process, parameter, parameter.process_value)
        return parameters


class Command(Plainly, TyperCommand):
    """A command, read plainly."""


def _process(parameter: Any, convert: Any, ctx: Any, value: Any) -> Any:
    plain = _plain(parameter, value)
    if plain is _NOT_PLAIN:
        return convert(ctx, value)
    return parameter.callback(ctx, parameter, plain) if parameter.callback else plain


def _plain(parameter: Any, value: Any) -> Any:
    """Return the value as it is annotated, or `_NOT_PLAIN`."""
    kind = parameter.type_descriptor.annotation
    if value is None or value == ():
        several = parameter.multiple or parameter.nargs == -1
        return _NOT_PLAIN if parameter.required else () if several else None
    if parameter.type_descriptor.parameter_info.exists:
        return _NOT_PLAIN
    if kind in _KINDS and isinstance(value, str):
        return _KINDS[kind](value)
    if get_origin(kind) is Literal and value in get_args(kind):
        return value
    inner = get_args(kind)[0] if get_origin(kind) is list else None
    if inner in _KINDS and isinstance(value, tuple):
        return [_KINDS[inner](one) for one in value]
    return _NOT_PLAIN
