"""What editors are told about a workspace's files: which schema is for which, for VS Code and the JetBrains family.

Each function takes the file's present text, or None, and returns the new one; what others put there stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

SCHEMA_FOLDER = ".promo/schema"

_REFERENCE = ("brands", "catalog", "tiers", "holidays", "payments")

FILES: dict[str, tuple[str, ...]] = {
    "promo": ("promo.yaml",),
    "promotion": ("promotions/**/*.yaml", "!promotions/**/*.test.yaml", "!promotions/experiments/**"),
    "tests": ("promotions/**/*.test.yaml",),
    **{kind: (f"stores/**/{kind}.yaml",) for kind in _REFERENCE},
    "stores": ("stores/**/*.yaml", *(f"!stores/**/{kind}.yaml" for kind in _REFERENCE)),
}
"""Which files of a workspace are of which kind, as globs; `!` takes some out again."""

_JETBRAINS_NAMES = {
    "promo": "promo",
    "tests": "promo promotion tests",
    "promotion": "promo promotions",
    **{kind: f"promo reference {kind}" for kind in _REFERENCE},
    "stores": "promo stores",
}
"""These editors have no `!`; of two schemas whose patterns fit they take the one whose name is first."""

_NO_MAPPINGS = """<project version="4">
  <component name="JsonSchemaMappingsProjectConfiguration"><state><map /></state></component>
</project>"""


class NotPlainError(ValueError):
    """The present text is not of the form that can be added to, such as JSON with comments."""


def vscode_settings(present: str | None) -> str:
    """Return settings.json with our `yaml.schemas`. Raises NotPlainError."""
    settings = _json_map(present)
    schemas = {f"./{_schema(kind)}": list(globs) for kind, globs in FILES.items()}
    return json_text({**settings, "yaml.schemas": {**settings.get("yaml.schemas", {}), **schemas}})


def vscode_extensions(present: str | None) -> str:
    """Return extensions.json that recommends the extension which reads `yaml.schemas`. Raises NotPlainError."""
    extensions = _json_map(present)
    wanted = [*extensions.get("recommendations", []), "redhat.vscode-yaml"]
    return json_text({**extensions, "recommendations": list(dict.fromkeys(wanted))})


def jetbrains_mappings(present: str | None) -> str:
    """Return jsonSchemas.xml with our mappings. Raises NotPlainError."""
    try:
        project = ElementTree.fromstring(present or _NO_MAPPINGS)  # noqa: S314  the user's own settings
    except ElementTree.ParseError as error:
        raise NotPlainError(str(error)) from None
    mappings = project.find("./component[@name='JsonSchemaMappingsProjectConfiguration']/state/map")
    if mappings is None:
        raise NotPlainError("there is no map of schemas in it")
    others = [entry for entry in mappings if entry.get("key") not in _JETBRAINS_NAMES.values()]
    ours = [_jetbrains_entry(name, kind) for kind, name in _JETBRAINS_NAMES.items()]
    mappings[:] = sorted([*others, *ours], key=lambda entry: entry.get("key", ""))
    ElementTree.indent(project)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(project, encoding="unicode")}\n'


def jetbrains_ignored(present: str | None) -> str:
    """Return .gitignore of .idea/, unless there is one: all else in there is a user's own and would make git dirty."""
    return present or "*\n!.gitignore\n!jsonSchemas.xml\n"


EDITORS: dict[str, dict[str, Callable[[str | None], str]]] = {
    "vscode": {".vscode/settings.json": vscode_settings, ".vscode/extensions.json": vscode_extensions},
    "jetbrains": {".idea/jsonSchemas.xml": jetbrains_mappings, ".idea/.gitignore": jetbrains_ignored},
}
"""The files of each editor, below the workspace, and what makes their text."""


def json_text(value: Any) -> str:
    """Return JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _schema(kind: str) -> str:
    return f"{SCHEMA_FOLDER}/{kind}.json"


def _json_map(present: str | None) -> dict[str, Any]:
    try:
        value = json.loads(present or "{}")
    except ValueError as error:
        raise NotPlainError(str(error)) from None
    if not isinstance(value, dict):
        raise NotPlainError("it does not hold a map")
    return value


def _jetbrains_entry(name: str, kind: str) -> ElementTree.Element:
    # Their `*` crosses folders, so that one pattern is enough for every depth.
    patterns = [glob.replace("/**/", "/") for glob in FILES[kind] if not glob.startswith("!")]
    entry = ElementTree.Element("entry", key=name)
    info = ElementTree.SubElement(ElementTree.SubElement(entry, "value"), "SchemaInfo")
    _option(info, "name", name)
    _option(info, "relativePathToSchema", _schema(kind))
    _option(info, "schemaVersion", "JSON Schema version 2020-12")
    items = ElementTree.SubElement(ElementTree.SubElement(info, "option", name="patterns"), "list")
    for pattern in patterns:
        item = ElementTree.SubElement(items, "Item")
        _option(item, "pattern", "true")
        _option(item, "path", pattern)
        _option(item, "mappingKind", "Pattern")
    return entry


def _option(parent: ElementTree.Element, name: str, value: str) -> None:
    ElementTree.SubElement(parent, "option", name=name, value=value)
