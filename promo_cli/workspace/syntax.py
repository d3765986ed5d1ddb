"""libyaml's errors in plain words, with the place of the cause rather than of the surprise where they differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from promo_cli.diagnostics import Code, Diagnostic, Edit, Fix, Location, Position, Range, Related
from promo_cli.workspace import codes
from promo_cli.workspace.tree import position

_KEY_AND_TEXT = re.compile(r"^(?P<lead>\s*(?:- +)*[^\s:#\"'\[{][^:#]*:\s+)(?P<text>[^\s\"'\[{|>#].*?)\s*$")
_MARK_TO_QUOTE = "put quotes around the text"


def from_error(path: str, lines: Sequence[str], error: yaml.MarkedYAMLError) -> Diagnostic:
    """The one finding of a text that libyaml refuses."""
    problem, context = error.problem or "", error.context or ""
    at = position(error.problem_mark) or position(error.context_mark) or Position(1, 1)
    since = position(error.context_mark) or at
    report = _Report(path, lines, at, since)
    if isinstance(error, yaml.composer.ComposerError) and "single document" in context:
        return report.one(codes.SEVERAL_DOCUMENTS, at, 3, "a second document begins here", "one file is one document")
    if "alias" in problem + context or "anchor" in problem + context:
        return report.alias()
    if "tag" in problem + context:
        return report.one(codes.TAG, at, 1, "text that begins with `!` is read as a tag", _MARK_TO_QUOTE)
    if report.char(at) == "\t" or "tab character" in problem or "\t" in report.indentation(at):
        return report.tab()
    return report.syntax(problem, context)


class _Report:
    """One error being explained: the text, where reading stopped (`at`) and where the construct began (`since`)."""

    def __init__(self, path: str, lines: Sequence[str], at: Position, since: Position) -> None:
        self.path, self.lines, self.at, self.since = path, lines, at, since

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def char(self, at: Position) -> str:
        return self.line(at.line)[at.column - 1 : at.column]

    def indentation(self, at: Position) -> str:
        line = self.line(at.line)
        return line[: len(line) - len(line.lstrip())]

    def place(self, at: Position, width: int) -> Location:
        return Location(self.path, Range(at, Position(at.line, at.column + width)))

    def one(
        self,
        code: Code,
        at: Position,
        width: int,
        message: str,
        advice: str,
        *,
        label: str | None = None,
        related: Sequence[Related] = (),
        fix: Fix | None = None,
    ) -> Diagnostic:
        return code.at(self.place(at, width), message, label=label, related=related, help=advice, fix=fix)

    def alias(self) -> Diagnostic:
        sign = self.char(self.since) or "*"
        message = f"text that begins with `{sign}` is read as {'an alias' if sign == '*' else 'an anchor'}"
        return self.one(codes.ALIAS, self.since, 1, message, _MARK_TO_QUOTE, fix=self.quoted(self.since.line))

    def tab(self) -> Diagnostic:
        line = self.line(self.at.line)
        column = line.index("\t") + 1 if "\t" in line else self.at.column
        start = Position(self.at.line, column)
        width = len(line) - column + 1 - len(line[column - 1 :].lstrip("\t")) or 1
        fix = Fix("unsafe", (Edit(self.path, Range(start, Position(start.line, column + width)), "  " * width),))
        message = "a tab cannot indent YAML"
        return self.one(codes.TAB, start, width, message, "use two spaces for each level", label="a tab", fix=fix)

    def quoted(self, number: int) -> Fix | None:
        """Puts quotes around all the text after the key on a line, if that is what the line looks like."""
        match = _KEY_AND_TEXT.match(self.line(number))
        if not match:
            return None
        text = match["text"].replace("\\", "\\\\").replace('"', '\\"')
        start, end = match.span("text")
        return Fix(
            "unsafe", (Edit(self.path, Range(Position(number, start + 1), Position(number, end + 1)), f'"{text}"'),)
        )

    def syntax(self, problem: str, context: str) -> Diagnostic:
        at, char = self.at, self.char(self.at)
        before = self.line(at.line)[: at.column - 1]
        opened = self.place(self.since, 1)
        if problem.startswith("mapping values"):
            return self.colon(before)
        if problem.startswith("found character that cannot start"):
            message = f"text cannot begin with `{char}` without quotes"
            return self.one(codes.SYNTAX, at, 1, message, _MARK_TO_QUOTE, fix=self.quoted(at.line))
        if "quoted scalar" in context and "end of stream" in problem:
            quote = self.char(self.since)
            return self.one(codes.SYNTAX, self.since, 1, "this quote is never closed", f"add {quote} after the text")
        if "escape" in problem:
            message = "a backslash in double quotes begins an escape, and this is none"
            return self.one(codes.SYNTAX, at, 1, message, "write \\\\ for a backslash, or use single quotes")
        if "',' or" in problem:
            closing = problem[-2]
            message = f"expected `,` or `{closing}`" + (f", found `{char}`" if char.strip() else "")
            advice = f"close the `{self.char(self.since)}` with `{closing}`, or put a comma between the values"
            return self.one(codes.SYNTAX, at, 1, message, advice, related=[Related(opened, "opened here")])
        if "expected node content" in problem:
            if not char.strip():
                last = max((n for n, line in enumerate(self.lines, 1) if line.strip()), default=1)
                end = Position(last, max(1, len(self.line(last).rstrip())))
                return self.one(codes.SYNTAX, end, 1, "the file ends before everything is closed", "close the bracket")
            return self.one(codes.SYNTAX, at, 1, f"a value is missing before `{char}`", "write the value")
        if "could not find expected ':'" in problem:
            return self.no_colon(self.since.line)
        if "block scalar" in context:
            return self.one(
                codes.SYNTAX, at, 1, "text cannot follow `|` or `>` on its line", "begin it on the next line"
            )
        if "block sequence entries" in problem:
            message = "a list item cannot begin on the line of its key"
            return self.one(codes.SYNTAX, at, 1, message, "put `- …` on a line of its own")
        if "directive" in context or "directive" in problem or "incompatible" in problem:
            message = "a line that begins with `%` is a directive, and none is needed"
            return self.one(codes.SYNTAX, Position(at.line, 1), 1, message, "remove it, or put the text into quotes")
        if before.strip():
            return self.continues(before, char)
        return self.misaligned(problem, context)

    def colon(self, before: str) -> Diagnostic:
        """`: ` where no key can be: within text, or because this line or the one above is not what it seems."""
        at = self.at
        if re.match(r"\s*(- +)*[^\s:]+:\s+\S", before):
            message = "a second `: ` on one line: text that holds a colon needs quotes"
            fix = self.quoted(at.line)
            return self.one(codes.SYNTAX, at, 1, message, _MARK_TO_QUOTE, label="not the end of a key", fix=fix)
        above = next((n for n in range(at.line - 1, 0, -1) if self.line(n).strip(" \t-")), 0)
        if above and not re.search(r":(\s|$)", self.line(above)):
            return self.no_colon(above)
        first = Position(at.line, len(before) - len(before.lstrip()) + 1)
        message = "this line is indented further than the one above, which already has a value"
        return self.one(codes.SYNTAX, first, at.column - first.column, message, "line it up with the one above")

    def no_colon(self, number: int) -> Diagnostic:
        line = self.line(number)
        start = Position(number, len(line) - len(line.lstrip()) + 1)
        width = len(line.strip()) or 1
        if ":" in line:
            message, advice = "a space is missing after the colon", "write `key: value`"
        else:
            message = "this line has no `:` after its key"
            advice = "write `key: value`, or indent it as part of the text above"
        return self.one(codes.SYNTAX, start, width, message, advice)

    def continues(self, before: str, char: str) -> Diagnostic:
        """More on a line whose value was already complete."""
        last = before.rstrip()[-1]
        if char and char in "]}":
            return self.one(
                codes.SYNTAX, self.at, 1, f"this `{char}` closes nothing", "remove it, or add what it closes"
            )
        what = {"'": "quote", '"': "quote", "]": "bracket", "}": "bracket"}.get(last, "value")
        message = f"text goes on after the closing {what}"
        advice = 'put quotes around the whole text; inside double quotes, write \\" for a quote'
        return self.one(
            codes.SYNTAX, self.at, max(1, len(self.line(self.at.line)) - self.at.column + 1), message, advice
        )

    def misaligned(self, problem: str, context: str) -> Diagnostic:
        line = self.line(self.at.line)
        width = max(1, len(line.strip()))
        related = [Related(self.place(self.since, 1), "began here")] if self.since.line != self.at.line else []
        if "'-' indicator" in problem:
            message, advice = (
                "a key stands where the list above goes on",
                "begin it with `- `, or indent it differently",
            )
        elif line.lstrip().startswith("-"):
            message, advice = "a list item stands where a `key:` is expected", "indent the list below its key"
        elif "document start" in problem or "block mapping" in context:
            message, advice = "this line does not line up with those it belongs to", "indent keys of one map alike"
        else:
            message, advice = "this is not YAML", "compare it with the examples in the guide"
        return self.one(codes.SYNTAX, self.at, width, message, advice, related=related)
