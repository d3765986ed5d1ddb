from types import ModuleType

import pytest

from promo_cli.diagnostics import Code, Failure, Severity
from promo_cli.diagnostics.explain import as_dict, as_text, explain
from promo_cli.diagnostics.registry import all_codes, collect, declared_in, find


def code(name: str, slug: str = "some-name", doc: str = "What.") -> Code:
    """Return a declaration."""
    return Code(code=name, name=slug, severity=Severity.ERROR, doc=doc)


def test_a_code_declared_twice_is_refused():
    """Two declarations of one code are an error that names both."""
    with pytest.raises(ValueError, match="ABC001 is declared twice: some-name and other"):
        collect([code("ABC001"), code("ABC001", "other")])


@pytest.mark.parametrize(("name", "slug"), [("AB1", "x"), ("abc001", "x"), ("ABC0011", "x"), ("ABC001", "Not A Slug")])
def test_codes_have_one_shape(name: str, slug: str):
    """A code is three capitals and three digits; its name is lower case with hyphens."""
    with pytest.raises(ValueError, match="expected three letters"):
        collect([code(name, slug)])


def test_codes_are_found_as_constants_and_in_tuples():
    """A module declares codes as constants of its own or in tuples of them, each counted once."""
    module = ModuleType("codes")
    module.A, module.B = code("ABC001"), (code("ABC002"), code("ABC003"))  # type: ignore[attr-defined]
    module.AGAIN, module.OTHER = module.A, "text"  # type: ignore[attr-defined]
    assert [one.code for one in declared_in(module)] == ["ABC001", "ABC002", "ABC003"]


def test_the_product_declares_each_code_once():
    """All rooms together declare no code twice, and those of reading and rules are among them."""
    assert {"YML001", "SCH001", "REF001", "TIM001", "AMT001", "TGT001", "TST001", "CFG101"} <= all_codes().keys()


def test_every_code_says_what_why_and_how_to_fix_it():
    """No code is declared without the texts that `explain` shows."""
    for one in all_codes().values():
        text = explain(one)
        assert text.what, one.code
        assert text.why, one.code
        assert text.fix, one.code


@pytest.mark.parametrize("word", ["ABC001", "abc001", "some-name", "Some-Name"])
def test_find_takes_code_or_name_in_any_case(word: str):
    """A code is found by its code or its name, whatever the case."""
    assert find(word, collect([code("ABC001")])).code == "ABC001"


def test_find_suggests_the_nearest():
    """An unknown code ends with exit 2 and the nearest there is."""
    with pytest.raises(Failure) as failure:
        find("some-nam", collect([code("ABC001")]))
    assert failure.value.exit_code == 2
    assert failure.value.diagnostics[0].help == "did you mean `some-name`?"


DOC = """
    What is found,
    in two lines.

    Why: because.

    Bad:
        rules:
          a: 1

    Good:
        rules: {a: 2}

    Fix: do it.
    """


def test_explain_splits_the_sections():
    """The text of a code splits into its sections, examples without their indentation."""
    text = explain(code("ABC001", doc=DOC))
    assert text.what == "What is found,\nin two lines."
    assert text.why == "because."
    assert text.bad == "rules:\n  a: 1\n"
    assert text.good == "rules: {a: 2}\n"
    assert text.fix == "do it."


def test_explain_needs_no_examples():
    """A code without examples is explained without them."""
    text = as_text(code("ABC001", doc="What.\n\nWhy: so.\n\nFix: do."))
    assert text == "ABC001 some-name (error)\n\nWhat.\n\nWhy: so.\n\nFix: do.\n"


def test_explain_as_values_has_the_fields_of_a_rule():
    """The machine-readable form has code, name, severity and each section."""
    value = as_dict(code("ABC001", doc=DOC))
    assert (value["code"], value["name"], value["severity"]) == ("ABC001", "some-name", "error")
    assert value["bad"].startswith("rules:")
