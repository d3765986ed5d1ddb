"""`promo explain`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Explain a diagnostic.")


@command(app, "explain")
def explain(
    session: Session,
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="Such as TIM001, or its name.")] = None,
    *,
    all_rules: Annotated[bool, typer.Option("--all", help="Every code there is.")] = False,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",  # noqa: A002
    json: JsonFlag = False,
) -> None:
    """Say what a diagnostic means, why it matters, and how to fix it."""
    from promo_cli.diagnostics.explain import as_dict, as_text
    from promo_cli.diagnostics.registry import all_codes, find

    if code is None and not all_rules:
        raise typer.BadParameter("name a code, or pass --all", param_hint="CODE")
    chosen: list[Any] = list(all_codes().values()) if all_rules else [find(code or "")]
    if json or format == "json":
        session.document({"schema": "promo.rules/1", "rules": [as_dict(one) for one in chosen]})
    else:
        session.result("\n\n".join(as_text(one) for one in chosen))
