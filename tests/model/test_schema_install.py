import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from promo_cli.model.schemas import KINDS
from promo_cli.pipeline.editors import FILES, jetbrains_mappings, vscode_extensions, vscode_settings
from promo_cli.pipeline.schemas import install_schemas, installed_texts
from tests.conftest import Promo

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE_FILES = {
    "promo.yaml": "promo",
    "promotions/weekend20.yaml": "promotion",
    "promotions/group/qris5k.yaml": "promotion",
    "promotions/group/weekend.test.yaml": "tests",
    "stores/brands.yaml": "brands",
    "stores/catalog.yaml": "catalog",
    "stores/tiers.yaml": "tiers",
    "stores/holidays.yaml": "holidays",
    "stores/payments.yaml": "payments",
    "stores/stores.yaml": "stores",
    "stores/jakarta.yaml": "stores",
    "stores/java/east.yaml": "stores",
}
NO_SCHEMA = ["README.md", "promotions/experiments/menu.yaml", ".github/workflows/validate.yml", "carts/one.yaml"]


def vscode_match(glob: str, path: str) -> bool:
    """Tell whether a glob with `**` for any folders fits the end of a path."""
    pattern = re.escape(glob).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.fullmatch(f"(?:.*/)?{pattern}", path) is not None


def vscode_schemas(path: str) -> list[str]:
    """Return every schema that VS Code uses for a file."""
    found = []
    for schema, globs in json.loads(vscode_settings(None))["yaml.schemas"].items():
        wanted = any(vscode_match(glob, path) for glob in globs if not glob.startswith("!"))
        if wanted and not any(vscode_match(glob[1:], path) for glob in globs if glob.startswith("!")):
            found.append(Path(schema).stem)
    return found


def jetbrains_schemas(path: str) -> list[str]:
    """Return every schema whose pattern fits, in the order in which a JetBrains IDE has them: by name."""
    found = []
    entries = ElementTree.fromstring(jetbrains_mappings(None)).iter("entry")
    for entry in sorted(entries, key=lambda entry: entry.get("key", "")):
        options = {option.get("name"): option.get("value") for option in entry.iter("option")}
        if re.fullmatch(".*/" + re.escape(options["path"] or "").replace(r"\*", ".*"), f"/project/{path}"):
            found.append(Path(options["relativePathToSchema"] or "").stem)
    return found


def test_the_repository_has_what_install_writes() -> None:
    """The schemas and mappings in the repository are those of a new workspace, to the letter."""
    assert {path: (ROOT / path).read_text() for path in installed_texts()} == installed_texts()


@pytest.mark.parametrize(("path", "kind"), WORKSPACE_FILES.items())
def test_every_file_has_one_schema_in_each_editor(path: str, kind: str) -> None:
    """VS Code finds exactly one. JetBrains takes the first, and gives up where three fit."""
    assert vscode_schemas(path) == [kind]
    assert jetbrains_schemas(path)[0] == kind
    assert len(jetbrains_schemas(path)) <= 2


@pytest.mark.parametrize("path", NO_SCHEMA)
def test_other_files_have_none(path: str) -> None:
    """Nothing else in a repository is underlined."""
    assert vscode_schemas(path) == []


def test_the_first_line_of_every_promotion_leads_to_its_schema() -> None:
    """Editors without project settings find the schema by the path in the first line."""
    starter = ROOT / "promo_cli" / "workspace" / "starter"
    for root in (ROOT, starter):
        for path in sorted((root / "promotions").rglob("*.yaml")):
            first = path.read_text().partition("\n")[0]
            schema = first.removeprefix("# yaml-language-server: $schema=")
            kind = "tests" if path.name.endswith(".test.yaml") else "promotion"
            assert (path.parent / schema).resolve() == root / ".promo" / "schema" / f"{kind}.json", path


def test_a_new_workspace_completes_at_once(starter: Path) -> None:
    """`promo init` sets up the editors, and installing again finds nothing to do."""
    assert {path: (starter / path).read_text() for path in installed_texts()} == installed_texts()
    assert install_schemas(starter).written == []


def test_install_keeps_what_others_wrote(starter: Path) -> None:
    """Own settings, recommendations and mappings stay, in both editors."""
    settings, extensions = starter / ".vscode/settings.json", starter / ".vscode/extensions.json"
    mappings, ignored = starter / ".idea/jsonSchemas.xml", starter / ".idea/.gitignore"
    settings.write_text('{"editor.tabSize": 2, "yaml.schemas": {"./own.json": "own.yaml", "./.promo/schema/x": "x"}}')
    extensions.write_text('{"recommendations": ["own.extension"]}')
    mappings.write_text(mappings.read_text().replace("promo promotions", "own").replace("promo stores", "promo own"))
    ignored.write_text("workspace.xml\n")
    written = install_schemas(starter).written
    assert written == [".vscode/settings.json", ".vscode/extensions.json", ".idea/jsonSchemas.xml"]
    schemas = json.loads(settings.read_text())["yaml.schemas"]
    assert json.loads(settings.read_text())["editor.tabSize"] == 2
    assert schemas["./own.json"] == "own.yaml"
    assert len(schemas) == 2 + len(FILES)
    assert json.loads(extensions.read_text())["recommendations"] == ["own.extension", "redhat.vscode-yaml"]
    names = [entry.get("key") for entry in ElementTree.fromstring(mappings.read_text()).iter("entry")]
    assert {"own", "promo own", "promo promotions", "promo stores"} <= set(names)
    assert len(names) == 2 + len(FILES)
    assert ignored.read_text() == "workspace.xml\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".vscode/settings.json", '{\n  // two spaces\n  "editor.tabSize": 2\n}'),
        (".vscode/extensions.json", "[]"),
        (".idea/jsonSchemas.xml", "<project"),
        (".idea/jsonSchemas.xml", '<project version="4" />'),
        (".vscode/settings.json", "\udcff"),
    ],
)
def test_install_leaves_what_it_cannot_add_to(promo: Promo, starter: Path, path: str, text: str) -> None:
    """Settings with comments, or of another form, are not touched; they are named, and all else is written."""
    (starter / path).write_text(text, errors="surrogateescape")
    (starter / ".promo/schema/promotion.json").unlink()
    outcome = promo("schema", "install", cwd=starter)
    assert outcome.code == 0
    assert f"{path} holds more than plain settings" in outcome.err
    assert (starter / path).read_text(errors="surrogateescape") == text
    assert outcome.out.split() == [".promo/schema/promotion.json"]


def test_install_can_be_for_one_editor_and_can_be_tried(promo: Promo, chain: Path) -> None:
    """--dry-run names the files and writes none; --editor writes one editor's only; it works from any folder."""
    tried = promo("schema", "install", "--editor", "vscode", "--dry-run", "--json", cwd=chain / "promotions").json
    assert not (chain / ".vscode").exists()
    assert not (chain / ".promo").exists()
    done = promo("schema", "install", "--editor", "vscode", "--json").json
    assert done == tried
    assert (done["schema"], done["left"]) == ("promo.schema-install/1", [])
    assert (chain / ".vscode/settings.json").exists()
    assert not (chain / ".idea").exists()


def test_list_names_every_kind(promo: Promo) -> None:
    """Every kind is listed with what it is and which files are of it."""
    listed = promo("schema", "list")
    assert [line.split()[0] for line in listed.out.splitlines()] == list(KINDS)
    kinds = promo("schema", "list", "--json").json["kinds"]
    assert {kind["kind"]: kind["files"] for kind in kinds if kind["files"]} == {k: list(v) for k, v in FILES.items()}


def test_show_prints_a_schema_or_says_which_there_are(promo: Promo) -> None:
    """A schema goes to stdout as it is installed; a misspelt kind exits with 2 and suggests the nearest."""
    assert promo("schema", "show", "promotion").out == installed_texts()[".promo/schema/promotion.json"]
    wrong = promo("schema", "show", "promotions")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean promotion?" in wrong.err
    assert "choose one of: promo, promotion, tests" in promo("schema", "show", "xyz").err


def test_extensions_are_recommended_once() -> None:
    """Running again does not repeat the recommendation."""
    assert vscode_extensions(vscode_extensions(None)) == vscode_extensions(None)
