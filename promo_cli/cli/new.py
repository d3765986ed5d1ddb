"""`promo new`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from promo_cli.cli.session import JsonFlag, Session, command, group, show

if TYPE_CHECKING:
    from promo_cli.pipeline.questions import Answers, Question
    from promo_cli.workspace import Workspace

app = group("Begin a promotion.")


def _option(flag: str, metavar: str, words: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=words)


Ids = list[str] | None


@command(app, "new")
def new(
    session: Session,
    promo_type: Annotated[str, typer.Argument(metavar="TYPE", help="Such as percent_discount, buy_x_get_y or combo.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="Its code, such as WEEKEND20; never used before.")],
    *,
    name: Annotated[str | None, _option("--name", "TEXT", "What the receipt says.")] = None,
    start: Annotated[str | None, _option("--start", "DATE", "First day.  [default: today]")] = None,
    end: Annotated[str | None, _option("--end", "DATE", "Last day.  [default: open]")] = None,
    days: Annotated[str | None, _option("--days", "DAYS", "Such as sat,sun.  [default: every day]")] = None,
    hours: Annotated[str | None, _option("--hours", "HOURS", "Such as 14:00-17:00.  [default: all day]")] = None,
    category: Annotated[Ids, _option("--category", "ID", "What it is about; repeatable.")] = None,
    product: Annotated[Ids, _option("--product", "ID", "What it is about; repeatable.")] = None,
    brand: Annotated[Ids, _option("--brand", "ID", "Where; repeatable.  [default: every brand]")] = None,
    percent: Annotated[str | None, _option("--percent", "NUMBER", "Percent off, or earned.")] = None,
    amount: Annotated[str | None, _option("--amount", "AMOUNT", "Amount off, or earned.")] = None,
    price: Annotated[str | None, _option("--price", "AMOUNT", "Price of the whole, or of the special offer.")] = None,
    min_purchase: Annotated[str | None, _option("--min-purchase", "AMOUNT", "From which purchase on.")] = None,
    buy: Annotated[str | None, _option("--buy", "N", "buy_x_get_y: so many are paid.")] = None,
    get: Annotated[str | None, _option("--get", "N", "buy_x_get_y: so many are free.")] = None,
    quantity: Annotated[str | None, _option("--quantity", "N", "mix_match: how many units.")] = None,
    gift: Annotated[str | None, _option("--gift", "ID", "free_item: the product given.")] = None,
    offer: Annotated[str | None, _option("--offer", "ID", "upsell: the product at the special price.")] = None,
    payment: Annotated[Ids, _option("--payment", "ID", "A payment method; repeatable.")] = None,
    tier: Annotated[Ids, _option("--tier", "FROM:PERCENT", "threshold_tier: a step; repeatable.")] = None,
    owner: Annotated[str | None, _option("--owner", "TEXT", "Who answers for it.  [default: as beside it]")] = None,
    folder: Annotated[str | None, _option("--folder", "DIR", "Where to put it.  [default: promotions]")] = None,
    json: JsonFlag = False,
) -> None:
    """Write a new promotion, with a test that passes. Asks for what is missing.

    Types: percent_discount, amount_discount, buy_x_get_y, combo, free_item, happy_hour, cashback, payment_discount,
    package, mix_match, upsell, threshold_tier.
    """
    from promo_cli.pipeline.new import begin, make, objection
    from promo_cli.pipeline.questions import wish_of

    answers: Answers = {
        "name": name, "start": start, "end": end, "days": days, "hours": hours, "categories": category,
        "products": product, "brands": brand, "percent": percent, "amount": amount, "price": price,
        "min_purchase": min_purchase, "buy": buy, "get": get, "quantity": quantity, "gift": gift, "offer": offer,
        "payment_methods": payment, "tiers": tier, "owner": owner,
    }  # fmt: skip
    workspace, chosen = begin(session.start, promo_type, code)
    _complete(session, workspace, chosen, code, answers)
    try:
        wish = wish_of(answers)
    except ValueError as error:
        name, _, expected = str(error).partition(": ")
        raise typer.BadParameter(expected, param_hint=name) from None
    refusal = objection(workspace, chosen, wish)
    if refusal is not None:
        raise typer.BadParameter(refusal, param_hint="the options")
    made = make(workspace, chosen, code, wish, folder=folder)
    if json:
        session.document({"schema": "promo.new/1", "path": made.path, "text": made.text, "tested": made.tested})
        return
    session.result(made.text)
    if made.warnings:
        show(session, made.warnings)
    session.note(f"Wrote {made.path}." + ("" if made.tested else " It has no test: in every cart tried others win."))
    session.note(f"Next: promo preview {code}, then promo validate and promo test")


def _complete(session: Session, workspace: Workspace, promo_type: str, code: str, answers: Answers) -> None:
    """Ask for what nobody said; off a terminal take the defaults, and refuse where there is none."""
    from promo_cli.pipeline.new import default_name
    from promo_cli.pipeline.questions import Question, answered, flag, missing

    categories = {category.id for category in workspace.categories}
    open_questions = missing(promo_type, answers)
    if session.interactive:
        first = [] if answers["name"] else [Question("Name on the receipt", ("name",), default_name(code))]
        days = [] if answers["end"] else [Question("Last day, such as 2026-12-31 (empty: open)", ("end",), "")]
        for question in [*first, *open_questions, *days]:
            if not any(answers.get(name) for name in question.flags):
                answers.update(_ask(question, workspace, promo_type))
        return
    needed = [question for question in open_questions if question.default is None]
    if needed:
        told = ", ".join(" or ".join(map(flag, question.flags)) for question in needed)
        raise typer.BadParameter(f"{promo_type} needs {told}", param_hint="the options")
    for question in open_questions:
        answers.update(answered(question, question.default or "", categories))


def _ask(question: Question, workspace: Workspace, promo_type: str) -> Answers:
    """Ask until the answer can be read and names only what there is."""
    from promo_cli.pipeline.new import objection
    from promo_cli.pipeline.questions import answered, wish_of

    categories = {category.id for category in workspace.categories}
    while True:
        text = typer.prompt(question.words, default=question.default, show_default=bool(question.default), err=True)
        said = answered(question, str(text), categories)
        try:
            wish = wish_of(said)
        except ValueError as error:
            typer.echo(str(error).partition(": ")[2].capitalize(), err=True)
            continue
        refusal = objection(workspace, promo_type, wish)
        if refusal is None:
            return said
        typer.echo(refusal, err=True)
