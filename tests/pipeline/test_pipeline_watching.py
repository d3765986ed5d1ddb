from collections.abc import Callable
from itertools import islice
from pathlib import Path

from promo_cli.pipeline.watching import changes


def test_every_kind_of_change_is_seen_once(starter: Path) -> None:
    """A changed, a new and a removed file are reported, quiet looks and other folders are not."""
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: (starter / "promotions/save15.yaml").write_text("code: X"),
        lambda: (starter / "out").mkdir(),
        lambda: (starter / "stores/new.csv").write_text("id\n"),
        lambda: (starter / "promotions/.save15.yaml.swp").write_text("editor"),
        lambda: (starter / "promotions/save15.yaml").unlink(),
    ]
    seen = islice(changes(starter, sleep=lambda _: steps.pop(0)()), 3)
    assert list(seen) == [["promotions/save15.yaml"], ["stores/new.csv"], ["promotions/save15.yaml"]]
    assert not steps
