import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from promo_cli.model.field_docs import field_docs
from promo_cli.model.promotion import Promotion, StackingRule
from promo_cli.model.rules import RULES, PercentDiscount
from promo_cli.model.schemas import KINDS
from promo_cli.workspace.fields import models_in


def reachable(model: type[BaseModel], done: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield a model and every model in its fields."""
    if model in done:
        return
    done.add(model)
    yield model
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            yield from reachable(inner, done)


def every_model() -> list[type[BaseModel]]:
    """Return every model of a kind of file, and those of `rules`."""
    done: set[type[BaseModel]] = set()
    roots = [model for kind in KINDS.values() for model in kind.models]
    return [model for root in (*roots, *RULES.values()) for model in reachable(root, done)]


@pytest.mark.parametrize("model", every_model(), ids=lambda model: model.__name__)
def test_every_field_says_what_it_means(model: type[BaseModel]) -> None:
    """Nobody has to guess a field from its name: each has a sentence, short enough for an editor's tooltip."""
    docs = field_docs(model)
    assert docs.keys() >= model.model_fields.keys()
    assert all(text[0].isupper() or text[0] == "`" for text in docs.values())
    assert all(text.endswith(".") and len(text) <= 160 for text in docs.values())


def test_the_text_stands_under_the_field_or_where_it_is_inherited_from() -> None:
    """Own and inherited fields are described, on one line however they are wrapped in the source."""
    docs = field_docs(PercentDiscount)
    assert docs["discount_percent"] == "Percent off, such as 20 or 33.33."
    assert docs["measured"].startswith("Whether `min_purchase` looks at prices before or after earlier discounts.")
    assert "\n" not in docs["measured"]


def test_a_promotion_of_one_type_is_described_as_any_other() -> None:
    """Choosing the shape of `rules` loses no description."""
    assert field_docs(Promotion[RULES["combo"]]) == field_docs(Promotion)  # type: ignore[misc]
    assert "lane" in field_docs(StackingRule)


def test_descriptions_cost_nothing_until_they_are_asked_for() -> None:
    """Every command imports the models, so importing them reads no source."""
    script = "import promo_cli.workspace, sys; print('promo_cli.model.field_docs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_model_without_source_has_no_descriptions() -> None:
    """Models that are made on the fly are no error."""
    made: Any = type("Made", (BaseModel,), {"__annotations__": {"x": int}, "__module__": __name__})
    assert field_docs(made) == {}
