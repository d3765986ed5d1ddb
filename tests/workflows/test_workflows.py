"""The workflows, run step by step as a runner does, in a scratch clone of this repository."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft7Validator

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = Path(sys.executable).parent


def read(path: Path) -> dict[str, Any]:
    """Return a workflow. YAML 1.1 takes the key `on` for true; GitHub does not."""
    workflow = yaml.safe_load(path.read_text())
    workflow["on"] = workflow.pop(True)
    return dict(workflow)


def job_of(name: str) -> dict[str, Any]:
    """Return the only job of a workflow."""
    (job,) = read(ROOT / ".github" / "workflows" / f"{name}.yml")["jobs"].values()
    return dict(job)


def evaluate(text: str, context: Mapping[str, str]) -> str:
    """Replace `${{ a.b || 'c' }}` as GitHub does; what is not set is empty."""

    def value(match: re.Match[str]) -> str:
        parts = [part.strip() for part in match[1].split("||")]
        values = [part[1:-1] if part.startswith("'") else context.get(part, "") for part in parts]
        return next(filter(None, values), "")

    return re.sub(r"\$\{\{(.*?)\}\}", value, text)


def selected(step: Mapping[str, Any], context: Mapping[str, str], failed: bool) -> bool:
    """Tell whether a step runs: by default while nothing failed."""
    condition = step.get("if", "${{ success() }}").strip("${} ")
    if condition.endswith("!= ''"):
        return bool(context.get(condition.split()[0])) and not failed
    return {"success()": not failed, "always()": True}[condition]


@dataclass
class Runner:
    """A clean clone with promo installed as `make` leaves it, and what a runner gives each step."""

    clone: Path
    temp: Path
    context: dict[str, str] = field(default_factory=dict)
    results: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """What stands on the run's page."""
        return (self.temp / "summary").read_text()

    def run(self, job: Mapping[str, Any]) -> None:
        """Run every step with `run:` as the runner's bash does, and name those with `uses:`."""
        for name in ("path", "env", "summary"):
            (self.temp / name).write_text("")
        failed = False
        for step in job["steps"]:
            if selected(step, self.context, failed) and "run" in step:
                done = self.step(step, job.get("env", {}))
                self.results[step["name"]] = done
                failed = failed or done.returncode != 0

    def step(self, step: Mapping[str, Any], job_env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run one step. Each sees what those before it put on the path and into the environment."""
        added = dict(line.split("=", 1) for line in (self.temp / "env").read_text().splitlines())
        paths = [*(self.temp / "path").read_text().splitlines(), "/usr/local/bin", "/usr/bin", "/bin"]
        stated = {key: evaluate(text, self.context) for key, text in {**job_env, **step.get("env", {})}.items()}
        files = {f"GITHUB_{name}": str(self.temp / file) for name, file in FILES_OF_RUNNER.items()}
        env = {"PATH": os.pathsep.join(paths), "HOME": str(self.temp), "RUNNER_TEMP": str(self.temp)}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        everything = {**env, **files, **added, **stated}
        return subprocess.run(command, cwd=self.clone, env=everything, capture_output=True, text=True, check=False)


FILES_OF_RUNNER = {"PATH": "path", "ENV": "env", "STEP_SUMMARY": "summary"}


def git(*arguments: object, cwd: Path = ROOT) -> None:
    """Run git as somebody."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *identity, *map(str, arguments)], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Return a runner on a clone of HEAD. `make` finds its virtual environment made, since there is no network here."""
    clone, temp = tmp_path / "clone", tmp_path / "temp"
    git("clone", "-q", "--no-hardlinks", ROOT, clone)
    (clone / ".venv").mkdir()
    (clone / ".venv" / "bin").symlink_to(SCRIPTS)
    for stamp in ("made.stamp", "run.stamp"):
        (clone / ".venv" / stamp).touch()
    temp.mkdir()
    return Runner(clone, temp)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
def test_workflows_follow_githubs_schema(path: Path, schema: str) -> None:
    """GitHub takes the files, and no job can hang for hours."""
    assert [error.message for error in Draft7Validator(get_builtin_schema(schema)).iter_errors(read(path))] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_rights_are_named(path: Path) -> None:
    """Every action has a major version; a workflow may only read, prove who it is, and comment where it plans."""
    workflow = read(path)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    rights = workflow["permissions"]
    assert rights.pop("contents") == "read"
    assert rights.pop("id-token") == "write"
    assert rights == ({"pull-requests": "write"} if path.name == "validate.yml" else {})


def test_pull_requests_are_validated_and_main_is_published() -> None:
    """The two workflows start where they should, and publications of one environment wait for each other."""
    validate, publish = (read(ROOT / ".github" / "workflows" / f"{name}.yml") for name in ("validate", "publish"))
    assert validate["on"] == {"pull_request": None}
    assert publish["on"]["push"] == {"branches": ["main"]}
    assert publish["concurrency"]["cancel-in-progress"] is False
    assert evaluate(publish["concurrency"]["group"], {}) == "publish-local"
    assert evaluate(publish["concurrency"]["group"], {"vars.PROMO_ENV": "production"}) == "publish-production"


def test_the_role_is_assumed_only_where_there_is_one() -> None:
    """Without vars.AWS_ROLE nothing asks for AWS; with it, credentials come by OpenID Connect before publishing."""
    steps = job_of("publish")["steps"]
    (aws,) = [step for step in steps if "aws-actions" in step.get("uses", "")]
    assert not selected(aws, {}, failed=False)
    assert selected(aws, {"vars.AWS_ROLE": "arn:aws:iam::1:role/x"}, failed=False)
    assert set(aws["with"]) == {"role-to-assume", "aws-region"}
    assert steps.index(aws) < [step.get("name") for step in steps].index("Publish")


def test_a_good_pull_request_is_green(runner: Runner) -> None:
    """Every step of `validate` succeeds on this repository, and the summary says what each found."""
    runner.run(job_of("validate"))
    assert {name: done.returncode for name, done in runner.results.items()} == dict.fromkeys(runner.results, 0)
    steps = ["Install promo", "Validate", "Test", "Compile", "Plan", "Comment", "Summary"]
    assert list(runner.results) == steps
    assert "<!-- promo plan -->" in runner.summary
    assert "release 1 holds exactly this" in runner.summary
    assert re.search(r"in \d+ files", runner.summary)
    assert "tests passed." in runner.summary
    assert "Wrote 22 bundles" in runner.summary
    assert len(list((runner.temp / "bundles").glob("*.json"))) == 22


def test_a_bad_pull_request_is_red_and_says_why(runner: Runner) -> None:
    """A wrong promotion stops the run with its place and code, also on the run's page."""
    wrong = runner.clone / "promotions" / "kopi-teras" / "weekend20.yaml"
    wrong.write_text(wrong.read_text().replace("discount_percent: 20", "discount_percent: twenty"))
    runner.run(job_of("validate"))
    assert {name: done.returncode for name, done in runner.results.items()} == {
        "Install promo": 0,
        "Validate": 1,
        "Summary": 0,
    }
    assert "`promotions/kopi-teras/weekend20.yaml:" in runner.summary
    assert "::error file=promotions/kopi-teras/weekend20.yaml," in runner.results["Validate"].stdout
    assert "tests passed" not in runner.summary


def test_a_promotion_that_costs_something_else_is_red_and_marked(runner: Runner) -> None:
    """A failed test stops the run, its line is marked in the pull request, and the page shows what was expected."""
    wrong = runner.clone / "promotions" / "kopi-teras" / "weekend20.yaml"
    wrong.write_text(wrong.read_text().replace("discount_percent: 20", "discount_percent: 21"))
    runner.run(job_of("validate"))
    assert {name: done.returncode for name, done in runner.results.items()} == {
        "Install promo": 0,
        "Validate": 0,
        "Test": 1,
        "Summary": 0,
    }
    assert "::error file=promotions/kopi-teras/weekend20.yaml," in runner.results["Test"].stdout
    assert "<details><summary>two lattes on a Saturday</summary>" in runner.summary


@pytest.mark.parametrize("comments", ["", "77"], ids=["first-run", "later-run"])
def test_the_plan_is_one_comment_written_anew(runner: Runner, comments: str) -> None:
    """A changed promotion is in the plan; the first run makes the comment, later ones replace its text."""
    changed = runner.clone / "promotions" / "kopi-teras" / "weekend20.yaml"
    changed.write_text(re.sub(r"(?m)^description: .*$", "description: On Saturdays.", changed.read_text()))
    gh = runner.temp / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(f'#!/bin/sh\necho "$@" >> {runner.temp}/gh.txt\ncase "$*" in *--paginate*) echo {comments};; esac\n')
    gh.chmod(0o755)
    job = job_of("validate")
    job["steps"] = [{"name": "Path", "run": f'echo {gh.parent} >> "$GITHUB_PATH"'}, *job["steps"]]
    job["env"] = {**job["env"], "GITHUB_REPOSITORY": "o/r"}
    runner.context = {"github.event.number": "5"}
    runner.run(job)
    assert runner.results["Comment"].returncode == 0, runner.results["Comment"].stderr
    calls = (runner.temp / "gh.txt").read_text().splitlines()
    wanted = "--method PATCH repos/o/r/issues/comments/77" if comments else "repos/o/r/issues/5/comments -F"
    assert [wanted in call for call in calls] == [False, True]
    plan = (runner.temp / "plan.md").read_text()
    assert plan.startswith("<!-- promo plan -->")
    assert "<code>description</code>" in plan
    assert "<details><summary>WEEKEND20" in plan


def test_a_merge_is_published(runner: Runner) -> None:
    """Every step of `publish` succeeds from a clean clone, into the folder that is the default."""
    runner.run(job_of("publish"))
    assert {name: done.returncode for name, done in runner.results.items()} == dict.fromkeys(runner.results, 0)
    assert "### promo publish --env local" in runner.summary
    assert "Published release 1 to local" in runner.summary
    assert (runner.clone / "out" / "bucket" / "HEAD").is_file()


def test_every_night_head_is_renewed(runner: Runner) -> None:
    """Nothing has changed since the merge, and tills learn all the same that publishing is alive."""
    assert read(ROOT / ".github" / "workflows" / "publish.yml")["on"]["schedule"]
    runner.run(job_of("publish"))
    job = job_of("publish")
    job["env"] = {**job["env"], "GITHUB_EVENT_NAME": "schedule"}
    runner.run(job)
    assert "Nothing to publish" in runner.results["Publish"].stdout
    assert "Signed HEAD of local" in runner.results["Renew"].stdout


def test_the_signing_key_comes_from_the_secrets(runner: Runner) -> None:
    """With a key and a root given, HEAD is signed with them, in another environment that is protected."""
    publish = [SCRIPTS / "promo", "publish", "--env", "local"]
    subprocess.run(publish, cwd=runner.clone, check=True, capture_output=True)
    keys = runner.clone / "out" / "keys" / "local"
    secrets = {"secrets.PROMO_HEAD_KEY": keys / "head.pem", "vars.PROMO_ROOT": keys / "root.json"}
    runner.context = {name: path.read_text().removesuffix("\n") for name, path in secrets.items()}
    settings = runner.clone / "promo.yaml"
    protected = re.sub(
        r"local: *\{target: out/bucket\}", "local: {target: out/other, protected: true}", settings.read_text()
    )
    settings.write_text(protected)
    git("commit", "-qam", "protect", cwd=runner.clone)
    runner.run(job_of("publish"))
    assert {name: done.returncode for name, done in runner.results.items()} == dict.fromkeys(runner.results, 0)
    assert f"in {runner.temp}/keys" in runner.summary
    assert (runner.clone / "out" / "other" / "HEAD").is_file()
    assert (runner.temp / "keys" / "head.pem").stat().st_mode & 0o077 == 0
