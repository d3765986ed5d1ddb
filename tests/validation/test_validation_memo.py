"""What is kept from earlier runs changes no verdict, whatever is edited in between."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promo_cli.diagnostics import Failure
from promo_cli.diagnostics.keeping import to_plain
from promo_cli.pipeline.check import check
from promo_cli.workspace import cache
from promo_cli.workspace.cache import FOLDER, open_cache

from .conftest import FILES, TODAY

PROMOTIONS = [f"promotions/p{number}.yaml" for number in range(4)]
CODES = st.sampled_from(["P0", "P1", "P2", "p1", "EXAMPLE"])
RULES = st.sampled_from(
    [
        "promo_type: percent_discount\nrules: {discount_percent: 20}",
        "promo_type: percent_discount\nrules: {discount_percent: 30.0}",
        "promo_type: percent_discount\nrules: {discount_percent: 130}",
        "promo_type: amount_discount\nrules: {discount_amount: 9_000, min_purchase: 60_000}",
        "promo_type: buy_x_get_y\nrules: {buy_quantity: 2, get_quantity: 1.0}",
        "promo_type: mix_match\nrules: {required_quantity: 2, special_price: 50_000}",
    ]
)
SCOPES = st.sampled_from(["hot-drinks", "drinks", "bakery", "cakes"])
STACKING = st.sampled_from(
    ["{}", "{never_with: [P1]}", "{lane: members}", "{group: g, rule: first}", "{lane: nowhere}"]
)


BESIDE = st.sampled_from(
    [
        "name: One\n",
        f"name: {'Wide ' * 12}\nowner: Marketing\n",
        "name: Two\ntests: [{at: 2026-02-07 10:00, cart: {items: [{product_id: gone, quantity: 1}]}, expect: {}}]\n",
        "name: Three\ntests: [{at: 2026-02-07 10:00, cart: {items: [{product_id: latte, quantity: 1}]}, "
        "expect: {total_discount: 1}}]\n",
    ]
)


def promotion(code: str, beside: str, rules: str, scope: str, stacking: str) -> str:
    """Return a promotion that may be right or wrong, alone or beside others."""
    return (
        f"code: {code}\n{beside}{rules}\nscope: {{apply_to: category, categories: [{scope}]}}\n"
        f"stacking: {stacking}\nvalidity: {{start_date: 2026-02-01}}\n"
    )


EDITS = st.one_of(
    st.tuples(st.sampled_from(PROMOTIONS), st.builds(promotion, CODES, BESIDE, RULES, SCOPES, STACKING)),
    st.tuples(st.sampled_from(PROMOTIONS), st.sampled_from(["", "code: [", "- no map\n"])),
    st.tuples(st.sampled_from(PROMOTIONS), st.none()),
    st.tuples(
        st.just("stores/catalog.yaml"),
        st.sampled_from([20_000, 38_000, 90_000]).map(
            lambda price: FILES["stores/catalog.yaml"].replace("price: 38_000", f"price: {price}")
        ),
    ),
    st.tuples(
        st.just("promo.yaml"),
        st.sampled_from(["best_deal", "priority"]).map(
            lambda strategy: FILES["promo.yaml"].replace("stacking: {", f"stacking: {{strategy: {strategy}, ")
        ),
    ),
)


def findings(root: Path, *paths: str) -> list[str]:
    """Return everything that is found, or what is found in some paths, as text."""
    try:
        found = check(root, paths, today=TODAY).diagnostics
    except Failure as failure:
        found = failure.diagnostics
    return [json.dumps(to_plain(one), default=str) for one in found]


def write(root: Path, path: str, text: str | None) -> None:
    """Write a file, or remove it."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    if text is None:
        (root / path).unlink(missing_ok=True)
    else:
        (root / path).write_text(text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=2, max_size=4))
def test_what_is_kept_changes_no_verdict(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, edits: list[list[tuple[str, str | None]]]
) -> None:
    """After any edits, the findings with what earlier runs kept are those without it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in FILES.items():
            write(root, path, text)
        for several in edits:
            for path, text in several:
                write(root, path, text)
            for paths in ((), ("promotions/example.yaml",)):
                monkeypatch.delenv(cache.VARIABLE, raising=False)
                kept = findings(root, *paths)
                monkeypatch.setenv(cache.VARIABLE, "off")
                assert kept == findings(root, *paths)


def test_answers_of_unchanged_promotions_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path
) -> None:
    """After one file has changed, no other is read or asked about again; a damaged memory is made anew."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    read: list[str] = []
    from promo_cli.workspace import reader

    original = reader.read

    def counted(path: str, *rest: object) -> reader.Document:
        read.append(path)
        return original(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "read", counted)
    findings(folder)
    read.clear()
    write(folder, "promotions/example.yaml", FILES["promotions/example.yaml"].replace("name: Example", "name: Changed"))
    findings(folder)
    assert read == ["promotions/example.yaml"]
    for entry in (folder / FOLDER).glob("*.kept"):
        entry.write_bytes(b"damaged")
    read.clear()
    findings(folder)
    everything = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    assert sorted(read) == everything
    kept = open_cache(folder)
    assert kept
    assert len(kept.get("memo", "files")) == len(everything)


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ("name: Example", "name: Changed", False),
        ("owner: ", "owner: The ", False),
        ("discount_percent: 20", "discount_percent: 21", True),
        ("start_date: 2026-02-01", "start_date: 2026-02-02", True),
    ],
)
def test_conflicts_are_looked_for_where_they_may_be_new(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path, before: str, after: str, asked: bool
) -> None:
    """What a promotion is called and who answers for it makes no conflict; all else may."""
    from promo_cli.validation.conflicts import landscape

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    findings(folder)
    made: list[object] = []
    reach = landscape.Encoder.reach
    monkeypatch.setattr(landscape.Encoder, "reach", lambda *args: made.append(args) or reach(*args))
    text = (folder / "promotions/example.yaml").read_text()
    assert before in text
    write(folder, "promotions/example.yaml", text.replace(before, after))
    findings(folder)
    assert bool(made) is asked
