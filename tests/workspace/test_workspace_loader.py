import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.workspace import find_root, load, read_value

Write = Callable[[dict[str, str | bytes]], Path]

PROMOTION = """\
code: {code}
name: Weekend Special
promo_type: percent_discount
validity: {{start_date: 2026-02-01}}
rules: {{discount_percent: 20}}
"""
CATALOG = """\
categories:
  - {id: hot, name: Hot}
products:
  - {id: latte, name: Latte, category: hot, price: 38_000}
  - {id: tea, name: Tea, price: 12.50}
"""


def promotion(code: str) -> str:
    """Return a small promotion."""
    return PROMOTION.format(code=code)


def test_a_workspace_is_read_whole(write: Write):
    """Settings, every kind of reference data and every promotion are there, in the order of their files."""
    workspace = load(
        write(
            {
                "stores/brands.yaml": "- {id: kopi, name: Kopi}\n",
                "stores/catalog.yaml": CATALOG,
                "stores/tiers.yaml": "tiers: [{id: silver, name: Silver}, {id: gold, name: Gold}]\n",
                "stores/holidays.yaml": "- {date: 2026-12-25, name: Christmas}\n",
                "stores/payments.yaml": "- {id: cash, name: Cash}\n",
                "stores/jkt/one.yaml": "id: s1\nname: One\nchannels: [dine_in, delivery]\n",
                "stores/bali.yaml": "- {id: s2, name: Two}\n- {id: s3, name: Three, channels: [dine_in]}\n",
                "promotions/b.yml": promotion("B"),
                "promotions/deep/er/a.json": '{"code": "A", "name": "A", "promo_type": "percent_discount", '
                '"validity": {"start_date": "2026-02-01"}, "rules": {"discount_percent": 5}}',
            }
        )
    )
    assert workspace.diagnostics == ()
    assert workspace.settings.company.id == "nusantara"
    assert [brand.id for brand in workspace.brands] == ["kopi"]
    assert [category.id for category in workspace.categories] == ["hot"]
    assert [(product.id, product.price) for product in workspace.products] == [
        ("latte", Decimal(38000)),
        ("tea", Decimal("12.50")),
    ]
    assert [tier.id for tier in workspace.tiers] == ["silver", "gold"]
    assert [store.id for store in workspace.stores] == ["s2", "s3", "s1"]
    assert workspace.channels == ("delivery", "dine_in")
    assert [promotion.code for promotion in workspace.promotions] == ["B", "A"]
    assert workspace.file_count == 10


def test_experiments_tests_and_hidden_files_are_no_promotions(write: Write):
    """What lies under experiments/, ends in .test.yaml, is hidden or of another kind is not read."""
    workspace = load(
        write(
            {
                "promotions/a.yaml": promotion("A"),
                "promotions/experiments/x.yaml": "not: a promotion\n",
                "promotions/a.test.yaml": "not: a promotion\n",
                "promotions/.draft.yaml": "not: a promotion\n",
                "promotions/.git/b.yaml": "not: a promotion\n",
                "promotions/README.md": "# Promotions\n",
            }
        )
    )
    assert [promotion.code for promotion in workspace.promotions] == ["A"]
    assert workspace.diagnostics == ()


def test_a_workspace_may_be_empty(write: Write):
    """promo.yaml alone is a workspace."""
    workspace = load(write({}))
    assert (workspace.promotions, workspace.stores, workspace.diagnostics) == ((), (), ())


def test_the_root_is_found_from_below(write: Write):
    """Any folder of the workspace leads to its root."""
    root = write({"promotions/deep/a.yaml": promotion("A")})
    assert find_root(root / "promotions" / "deep") == root
    assert load(root / "promotions" / "deep").root == root


def test_without_promo_yaml_there_is_no_workspace(tmp_path: Path):
    """Outside of a workspace loading ends with exit 2 and says how to make one."""
    assert find_root(tmp_path) is None
    with pytest.raises(Failure) as failure:
        load(tmp_path)
    assert failure.value.exit_code == 2
    (found,) = failure.value.diagnostics
    assert found.code == "CFG001"
    assert "promo init" in (found.help or "")


def test_a_broken_promo_yaml_ends_loading_with_all_findings(write: Write):
    """Without settings nothing can be done, but everything that is wrong elsewhere is told in the same run."""
    with pytest.raises(Failure) as failure:
        load(write({"promo.yaml": "company: X\ncurrency: {code: IDR}\n", "promotions/a.yaml": "code: A\n  b: 1\n"}))
    assert failure.value.exit_code == 2
    assert [found.code for found in failure.value.diagnostics] == ["SCH002", "YML001"]


@pytest.mark.parametrize("zone", ["WIB", "Asia/Jakart", "../../etc/passwd", "Asia", "/etc/localtime"])
def test_a_time_zone_must_exist(write: Write, zone: str):
    """A zone that is not in the database is a finding, for the workspace and for a store."""
    workspace = load(write({"stores/one.yaml": f"id: s1\nname: One\ntimezone: {zone}\n"}))
    assert [found.code for found in workspace.diagnostics] == ["CFG002"]
    settings = f"company: X\ncurrency: {{code: IDR}}\ntimezone: {zone}\n"
    with pytest.raises(Failure) as failure:
        load(write({"promo.yaml": settings}))
    assert [found.code for found in failure.value.diagnostics].count("CFG002") == 2


def test_broken_files_do_not_hide_the_others(write: Write):
    """Each broken file has its finding, and what can be used is there."""
    workspace = load(
        write(
            {
                "promotions/a.yaml": promotion("A"),
                "promotions/b.yaml": "code: [\n",
                "promotions/c.yaml": "- a list\n",
                "promotions/d.yaml": promotion("D").replace("20}", "x}"),
                "stores/catalog.yaml": CATALOG + "  - {id: scone, name: Scone, price: many}\n",
            }
        )
    )
    assert [found.code for found in workspace.diagnostics] == ["YML001", "SCH008", "SCH001", "SCH001"]
    assert [promotion.code for promotion in workspace.promotions] == ["A"]
    assert [product.id for product in workspace.products] == ["latte", "tea"]


def test_what_is_broken_is_still_known_by_name(write: Write):
    """Ids of broken entries are mentioned, and kinds of unreadable files incomplete, so that nothing cascades."""
    workspace = load(
        write(
            {
                "promotions/d.yaml": promotion("D").replace("20}", "x}"),
                "stores/catalog.yaml": CATALOG + "  - {id: scone, name: Scone, price: many}\n",
                "stores/brands.yaml": "- [\n",
            }
        )
    )
    assert workspace.mentioned == {"promotions": {"D"}, "products": {"scone"}}
    assert workspace.incomplete == {"brands"}


@pytest.mark.parametrize(
    ("files", "code", "path", "message"),
    [
        ({"stores/tiers.yaml": "5\n"}, "SCH008", "stores/tiers.yaml", "expected a list of tiers, found a single value"),
        (
            {"stores/x.yaml": "5\n"},
            "SCH008",
            "stores/x.yaml",
            "expected a store, or a list of stores, found a single value",
        ),
        (
            {"stores/catalog.yaml": "brands: []\n"},
            "SCH003",
            "stores/catalog.yaml",
            "`brands` is not a field of this file",
        ),
        (
            {"stores/catalog.yaml": "products: {a: 1}\n"},
            "SCH001",
            "stores/catalog.yaml",
            "`products`: expected a list of",
        ),
        ({"promotions/a.yaml.bak": "x"}, "CFG003", "promotions/a.yaml.bak", "`a.yaml.bak` is not read"),
        ({"promotions/a.yaml": ""}, "YML012", "promotions/a.yaml", "the file is empty"),
    ],
)
def test_files_of_another_shape_are_explained(write: Write, files: dict[str, str], code: str, path: str, message: str):
    """A file that is not of its kind's shape says what it should hold."""
    (found,) = load(write(dict(files))).diagnostics
    assert found.primary is not None
    assert (found.code, found.primary.path) == (code, path)
    assert found.message.startswith(message)


def test_nothing_outside_the_workspace_is_read(write: Write, tmp_path_factory: pytest.TempPathFactory):
    """Links out of the workspace, to folders and to nowhere are findings; a link within is an ordinary file."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text(promotion("SECRET"))
    root = write({"promotions/a.yaml": promotion("A")})
    (root / "promotions" / "b.yaml").symlink_to(outside / "secret.yaml")
    (root / "promotions" / "c.yaml").symlink_to(outside)
    (root / "promotions" / "d.yaml").symlink_to(root / "nowhere")
    (root / "promotions" / "loop.yaml").symlink_to(root / "promotions" / "loop.yaml")
    (root / "promotions" / "shared").symlink_to(outside)
    (root / "stores").mkdir()
    (root / "stores" / "a.yaml").symlink_to(root / "promo.yaml")
    (root / "stores" / "region").symlink_to(outside)
    workspace = load(root)
    assert [promotion.code for promotion in workspace.promotions] == ["A"]
    links = [
        (found.primary.path, found.message)
        for found in workspace.diagnostics
        if found.code == "YML014" and found.primary
    ]
    assert links == [
        ("promotions/b.yaml", "the link leads out of the workspace"),
        ("promotions/c.yaml", "links to folders are not followed"),
        ("promotions/d.yaml", "the link leads nowhere"),
        ("promotions/loop.yaml", "the link leads nowhere"),
        ("promotions/shared", "links to folders are not followed"),
        ("stores/region", "links to folders are not followed"),
    ]
    assert "SECRET" not in str(workspace.sources.texts)


def test_what_is_no_ordinary_file_is_not_opened(write: Write):
    """A pipe, which would never end, and a name that is not text are findings."""
    root = write({"promotions/a.yaml": promotion("A")})
    os.mkfifo(root / "promotions" / "pipe.yaml")
    (root / "promotions" / os.fsdecode(b"caf\xe9.yaml")).write_text(promotion("B"))
    workspace = load(root)
    assert [found.code for found in workspace.diagnostics] == ["YML013", "YML013"]
    for found in workspace.diagnostics:
        assert found.primary is not None
        found.primary.path.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_finding(write: Write):
    """What may not be read is said, with the reason."""
    root = write({"promotions/a.yaml": promotion("A")})
    (root / "promotions" / "a.yaml").chmod(0)
    (found,) = load(root).diagnostics
    assert (found.code, found.message) == ("YML013", "the file cannot be read: permission denied")


def test_a_huge_file_is_refused_unread(write: Write):
    """A file above the limit of its kind is one finding, and its bytes are not kept."""
    root = write({"promotions/a.yaml": b"# " + b"x" * (1 << 20)})
    workspace = load(root)
    assert [found.code for found in workspace.diagnostics] == ["YML010"]
    assert workspace.file_count == 1


def test_every_model_knows_where_it_was_written(write: Write):
    """A promotion or product leads to its file and to the place of each of its values."""
    workspace = load(write({"promotions/a.yaml": promotion("A"), "stores/catalog.yaml": CATALOG}))
    (offer,) = workspace.promotions
    latte, tea = workspace.products
    assert workspace.origin(tea) == ("stores/catalog.yaml", "/products/1")
    place = workspace.locate(tea, "/price")
    assert (place.path, place.pointer) == ("stores/catalog.yaml", "/products/1/price")
    assert place.range == ((5, 33), (5, 38))
    assert CATALOG.split("\n")[4][32:37] == "12.50"
    assert workspace.locate(offer, "/rules/discount_percent", key=True).range == ((5, 9), (5, 25))
    column = CATALOG.split("\n")[3].index("category") + 1
    assert workspace.locate(latte, "/category", key=True).range == ((4, column), (4, column + 8))


@pytest.mark.parametrize(
    ("pointer", "key", "expected"),
    [
        ("", False, ((1, 1), (1, 2))),
        ("/a", False, ((1, 4), (1, 5))),
        ("/a", True, ((1, 1), (1, 2))),
        ("/block", False, ((2, 1), (2, 6))),
        ("/block/1", False, ((4, 5), (4, 6))),
        ("/block/1/y", False, ((5, 8), (5, 10))),
        ("/flow", False, ((6, 7), (6, 16))),
        ("/flow/1", False, ((6, 12), (6, 15))),
        ("/empty", False, ((7, 7), (7, 8))),
        ("/missing", False, ((1, 1), (1, 2))),
        ("/block/9", False, ((2, 1), (2, 6))),
        ("/a~1b", False, ((8, 6), (8, 7))),
        ("/quoted", False, ((9, 9), (9, 14))),
    ],
)
def test_places_are_what_a_reader_would_point_at(write: Write, pointer: str, key: bool, expected: object):
    """Scalars and short lists are marked whole, long ones by their key, and what is missing by what is there."""
    text = "a: 1\nblock:\n  - x\n  - x: 1\n    y: 20\nflow: [10, 200]\nempty:\na/b: 1\nquoted: 'x y'\n"
    workspace = load(write({"promotions/a.yaml": text}))
    assert workspace.locate("promotions/a.yaml", pointer, key=key).range == expected


def test_a_cart_file_is_read_exactly(tmp_path: Path):
    """A file named on the command line is YAML or JSON with exact decimals."""
    path = tmp_path / "cart.json"
    path.write_text('{"items": [{"product_id": "latte", "quantity": 0.350}]}')
    assert read_value(path) == {"items": [{"product_id": "latte", "quantity": Decimal("0.350")}]}


@pytest.mark.parametrize(
    ("text", "code", "exit_code"),
    [(None, "YML013", 2), ("- 1\n", "SCH008", 1), ("a: [\n", "YML001", 1), ("a: yes\n", "YML003", 1)],
)
def test_a_cart_file_that_cannot_be_used_says_why(tmp_path: Path, text: str | None, code: str, exit_code: int):
    """A missing file is a usage error; what is wrong in it is a finding."""
    path = tmp_path / "cart.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Failure) as failure:
        read_value(path)
    assert failure.value.exit_code == exit_code
    assert [found.code for found in failure.value.diagnostics] == [code]
