import gzip
import json
from decimal import Decimal
from pathlib import Path

from tests.conftest import Promo, git

DAY = "2026-02-07"


def test_a_promotion_goes_from_yaml_to_a_receipt_at_the_till(promo: Promo, starter: Path) -> None:
    """Written, validated, tested, published and synced, a new promotion prices a cart offline."""
    (starter / "promotions/opening-week.yaml").write_text(
        "code: OPENING-WEEK\nname: Opening Week\npromo_type: percent_discount\nowner: marketing\n"
        "validity: {start_date: 2026-02-01}\nscope: {apply_to: product, products: [espresso]}\n"
        "rules: {discount_percent: 10}\n"
        "tests:\n  - {name: one, at: 2026-02-02 10:00, cart: {items: [{product_id: espresso, quantity: 1}]},"
        " expect: {}}\n"
    )
    assert promo("validate", cwd=starter).code == 0
    assert promo("test").code == 0
    published = promo("publish", "--env", "local", "--allow-dirty", "--as-of", DAY, "--json").json
    assert (published["outcome"], published["seq"]) == ("published", 1)
    store = published["changed_stores"][0]
    synced = promo("till", "sync", "--env", "local", "--store", store, "--state", starter / "till", "--json").json
    assert synced["version"] == 1
    assert "OPENING-WEEK" in {promotion["code"] for promotion in synced["promotions"]}
    assert synced["count"] == len(synced["promotions"])
    cart = starter / "cart.json"
    cart.write_text(json.dumps({"at": f"{DAY}T10:00:00", "items": [{"product_id": "espresso", "quantity": 2}]}))
    at_till = promo(
        "till", "price", "--env", "local", "--store", store, "--state", starter / "till", "--cart", cart, "--json"
    ).json
    in_workspace = promo("price", "--store", store, "--cart", cart, "--json").json
    assert at_till["applied"] == in_workspace["applied"]
    assert at_till["final_amount"] == in_workspace["final_amount"] < in_workspace["subtotal"]


def test_publishing_the_same_again_writes_nothing(promo: Promo, starter: Path) -> None:
    """Unchanged content is no release, whatever the day, and the bucket's bytes stay as they are."""
    publish = ("publish", "--env", "local", "--allow-dirty", "--json")
    promo(*publish, "--as-of", DAY, cwd=starter)
    bucket = {path: path.read_bytes() for path in (starter / "out/bucket").rglob("*") if path.is_file()}
    again = promo(*publish, "--as-of", "2026-02-08").json
    assert again["outcome"] == "nothing-to-publish"
    assert {path: path.read_bytes() for path in (starter / "out/bucket").rglob("*") if path.is_file()} == bucket


def test_uncommitted_changes_are_not_published_unasked(promo: Promo, starter: Path) -> None:
    """A release is a commit; what differs from it is refused by name, and --allow-dirty is the way round."""
    git(starter, "init", "-q")
    git(starter, "add", ".")
    git(starter, "commit", "-qm", "first")
    clean = promo("publish", "--env", "local", "--as-of", DAY, "--json", cwd=starter)
    assert clean.code == 0
    path = next((starter / "promotions").glob("*.yaml"))
    path.write_text(path.read_text() + "# a remark\n")
    refused = promo("publish", "--env", "local", "--as-of", DAY)
    assert refused.code == 2
    assert path.name in refused.err
    assert "--allow-dirty" in refused.err
    assert promo("publish", "--env", "local", "--as-of", DAY, "--allow-dirty").code == 0


def test_a_protected_environment_asks(promo: Promo, starter: Path) -> None:
    """Off a terminal nothing is published to a protected environment without --yes."""
    settings = starter / "promo.yaml"
    settings.write_text(settings.read_text().replace("out/bucket}", "out/bucket, protected: true}"))
    publish = ("publish", "--env", "local", "--allow-dirty", "--as-of", DAY)
    refused = promo(*publish, cwd=starter)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert not (starter / "out/bucket/HEAD").exists()
    assert promo(*publish, "--yes").code == 0


def test_a_workspace_with_errors_is_neither_compiled_nor_published(promo: Promo, starter: Path) -> None:
    """A mistake anywhere stops the build before anything is written."""
    path = next((starter / "promotions").glob("*.yaml"))
    path.write_text(path.read_text().replace("promo_type: ", "promo_type: not_a_"))
    for command in (("compile", "--out", starter / "bundles"), ("publish", "--env", "local", "--allow-dirty")):
        outcome = promo(*command, cwd=starter)
        assert outcome.code == 1
        assert path.name in outcome.err
    assert not (starter / "bundles").exists()
    assert not (starter / "out").exists()


def test_the_demo_runs_the_whole_loop(promo: Promo, starter: Path) -> None:
    """Every line the simulated tills wrote is loaded once, and the report's discount is what the tills gave."""
    outcome = promo("demo", "--json", cwd=starter)
    assert outcome.code == 0
    workspace = Path(outcome.json["workspace"])
    assert outcome.json["steps"][0]["name"] == "validate"
    again = promo("ingest", "--env", "local", "--json", "--workspace", workspace).json
    assert (again["files"], again["lines"]) == (0, 0)
    overview = promo("report", "overview", "--format", "json", "--workspace", workspace).json
    (promotions, *_) = overview["sections"]
    assert {row["code"]: row["discount"] for row in promotions["rows"]} == given_by_promotion(workspace / "out/bucket")


def given_by_promotion(bucket: Path) -> dict[str, Decimal]:
    """Add up, from the uploads themselves, the discount each promotion gave on bills less what returns took back."""
    given: dict[str, Decimal] = {}
    for path in bucket.glob("uploads/**/*.ndjson.gz"):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            event = json.loads(line, parse_float=Decimal)
            sign = {"bill": 1, "refund": -1}.get(event["kind"], 0)
            for discount in (one for bought in event.get("lines", ()) for one in bought["discounts"]):
                given[discount["code"]] = given.get(discount["code"], Decimal(0)) + sign * discount["amount"]
    return given
