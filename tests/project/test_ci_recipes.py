"""What CI services run, run here as they would: the action's own steps, the hooks' entries, GitLab's script."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.cli.run import program
from tests.clips import surgery
from tests.kit import lasting, put, rules_text

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
GITLAB = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
RULES = "duration: {max: 200 s}\nresolution: {min: 1280x720, level: recommended}"
HOLE = re.compile(r"\$\{\{ *(\S+) *\}\}")


class Done(NamedTuple):
    """What a step came to, as the runner sees it."""

    code: int
    log: str
    commands: list[tuple[str, str]]
    """The workflow commands that the runner would obey, each with all that follows its name."""
    outputs: dict[str, str]
    summary: str


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with rules and one good entry, and vidcheck where the action and the others look for it."""
    for folder in ("checkout/in", "temp/vidcheck-env/bin"):
        (tmp_path / folder).mkdir(parents=True)
    made = program(tmp_path / "temp/vidcheck-env/bin/vidcheck")
    monkeypatch.setenv("PATH", f"{made.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path / "checkout")
    Path("rules.yaml").write_text(rules_text(RULES))
    put(Path("in/good.mp4"))
    return tmp_path


def long(name: str) -> None:
    put(Path(name), lasting("212.48"))


def step(here: Path, name: str, **inputs: str) -> Done:
    """Runs one step of action.yml with these inputs."""
    given = {f"inputs.{key}": row.get("default", "") for key, row in ACTION["inputs"].items()}
    given |= {f"inputs.{key}": value for key, value in inputs.items()}
    given["steps.python.outputs.python-path"] = str(here / "python")
    files = {key: here / key.lower() for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    files["GITHUB_STEP_SUMMARY"].write_text("before\n")
    files["GITHUB_OUTPUT"].write_text("")
    environment = {key: HOLE.sub(lambda hole: given[hole[1]], value) for key, value in STEPS[name]["env"].items()}
    environment |= {key: str(path) for key, path in files.items()}
    environment |= {"RUNNER_TEMP": str(here / "temp"), "GITHUB_ACTION_PATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]], env=os.environ | environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    outputs = read_outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
    return Done(
        done.returncode,
        done.stdout,
        obeyed(done.stdout),
        outputs,
        files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
    )


def obeyed(log: str) -> list[tuple[str, str]]:
    """The commands that the runner finds: `::x::` where a line begins, the old `##[x]` anywhere, none while stopped."""
    commands, stopped = [], ""
    for line in log.splitlines():
        found = re.match(r"\s*::([\w-]+)( [^:]*)?::(.*)", line) or re.search(
            r"##\[([\w-]+)(?:[ ;]([^\]]*))?\](.*)", line
        )
        if stopped:
            stopped = "" if found and found[1] == stopped else stopped
        elif found and found[1] == "stop-commands":
            stopped = found[3]
        elif found:
            commands.append((found[1], f"{found[2] or ''}::{found[3]}"))
    assert not stopped
    return commands


def read_outputs(text: str) -> dict[str, str]:
    """GITHUB_OUTPUT as the runner reads it."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        if "<<" in line:
            name, end = line.split("<<", 1)
            outputs[name] = "\n".join(iter(lambda: next(lines), end))
        else:
            name, outputs[name] = line.split("=", 1)
    return outputs


def test_the_action_passes_inputs_through_the_environment_alone() -> None:
    assert set(ACTION["inputs"]) == {"paths", "rules", "strict", "report", "lang", "version"}
    assert set(ACTION["outputs"]) == {"exit-code", "report"}
    used = {hole for one in STEPS.values() for value in one.get("env", {}).values() for hole in HOLE.findall(value)}
    assert {f"inputs.{name}" for name in ACTION["inputs"]} <= used
    for one in STEPS.values():
        assert "${{" not in one.get("run", "")
        assert "run" not in one or one["shell"] == "bash"
    assert all(row["description"] for row in (*ACTION["inputs"].values(), *ACTION["outputs"].values()))


def test_the_action_annotates_summarises_and_ends_as_vidcheck_does(here: Path) -> None:
    long("in/long.mp4")
    done = step(here, "check", paths="in")
    assert done.code == 1, done.log
    assert [name for name, _ in done.commands] == ["error", "notice"]
    assert "file=in/long.mp4" in done.commands[0][1]
    assert done.summary.startswith("before\n# t\n")
    assert "long.mp4" in done.summary
    assert done.outputs["exit-code"] == "1"
    report = json.loads(Path(done.outputs["report"]).read_text(encoding="utf-8"))
    assert [entry["verdict"] for entry in report["entries"]] == ["eligible", "ineligible"]
    assert "long.mp4: INELIGIBLE" in done.log  # the screen's text is in the log, for those who read that


@pytest.mark.slow
@pytest.mark.parametrize(("strict", "code"), [("false", 0), ("true", 1)])
def test_strict_reaches_vidcheck(here: Path, strict: str, code: int) -> None:
    put(Path("in/small.mp4"), surgery.set_stored_size(surgery.clip(), 640, 360))
    done = step(here, "check", paths="in", strict=strict)
    assert (done.code, done.outputs["exit-code"]) == (code, str(code))
    # the pictures are smaller than those that they stand for, so there is a remark on the rest of the file's bytes
    assert [name for name, _ in done.commands] == ["warning", "notice", "notice"]


@pytest.mark.slow
def test_the_reports_that_were_asked_for_are_written_and_named(here: Path) -> None:
    done = step(here, "check", paths="in\r\n\r\n", report="json:a b.json\n\n  \njunit.xml\ncsv:-", lang="zh")
    assert done.code == 0, done.log
    assert done.outputs["report"] == "a b.json\njunit.xml"
    assert "合格" in done.summary
    assert Path("junit.xml").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"paths": " \n"}, "The input 'paths' is empty."),
        ({"paths": "in", "strict": "$(touch x)"}, "The input 'strict' is neither 'true' nor 'false'."),
        ({"paths": "in", "rules": "gone.yaml"}, "vidcheck ended with exit code 2"),
        ({"paths": "nothing-*.mp4"}, "vidcheck ended with exit code 2"),
        ({"paths": "in", "lang": "fr\n::error::x"}, "vidcheck ended with exit code 2"),
        ({"paths": "in", "report": "--help"}, "vidcheck ended with exit code 2"),
    ],
    ids=["no path", "strict", "no rules", "no entry", "no language", "no report"],
)
def test_what_is_wrong_is_one_annotation_and_code_2(here: Path, inputs: dict[str, str], words: str) -> None:
    done = step(here, "check", **inputs)
    assert done.code == 2, done.log
    ((name, told),) = done.commands
    assert name == "error"
    assert words in told
    assert done.summary == "before\n"
    assert not Path("x").exists()


HOSTILE = [
    "$(touch x).mp4", "`touch x`.mp4", "; touch x; .mp4", "' && touch x #.mp4", "-x.mp4", "--exit-zero", " two  words .mp4", "${{ 7 }}.mp4",
    "::set-output name=exit-code::0.mp4", "##[set-output name=exit-code]0.mp4", "exit-code=0.mp4", "EOF", "%0A::error::x.mp4",
]  # fmt: skip


@pytest.mark.slow
def test_hostile_inputs_are_arguments_and_nothing_else(here: Path) -> None:
    for name in HOSTILE:
        long(name)
    Path("$(touch x).yaml").write_text(rules_text(RULES))
    done = step(
        here, "check", paths="\n".join(HOSTILE), rules="$(touch x).yaml", report="json:$(touch x).json\njson:-x.json"
    )
    assert done.code == 1, done.log
    assert not Path("x").exists()
    report = json.loads(Path("$(touch x).json").read_text(encoding="utf-8"))
    assert {entry["path"] for entry in report["entries"]} == set(HOSTILE)
    assert done.outputs == {"exit-code": "1", "report": "$(touch x).json\n-x.json"}
    assert {name for name, _ in done.commands} == {"error", "notice"}
    assert sum(name == "error" for name, _ in done.commands) == 10


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ({}, str(ROOT)),
        ({"report": "xlsx:a.xlsx"}, f"{ROOT}[xlsx]"),
        ({"version": "0.1.0"}, "vidcheck==0.1.0"),
        ({"version": "1.0rc1", "report": "a.xlsx"}, "vidcheck[xlsx]==1.0rc1"),
        ({"version": "0.1; touch x"}, None),
        ({"version": "-r /etc/passwd"}, None),
        ({"version": "1.0 @ https://example.org/x.whl"}, None),
    ],
    ids=["checkout", "extra", "release", "release and extra", "command", "option", "address"],
)
def test_the_action_installs(here: Path, inputs: dict[str, str], wanted: str | None) -> None:
    python = here / "python"
    # stands for a Python: notes its arguments, and makes an environment with itself in it
    python.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >>{here}/told\n[ "$2" != venv ] || {{ mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; }}\n'
    )
    python.chmod(0o755)
    done = step(here, "install", **inputs)
    told = (here / "told").read_text().splitlines() if (here / "told").exists() else []
    assert done.code == (0 if wanted else 2), done.log
    assert told[-2:] == (["--", wanted] if wanted else [])
    assert not Path("x").exists()


def hook(name: str, *files: str, args: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a hook on files as pre-commit does: entry, then arguments, then files."""
    entry = shlex.split(HOOKS[name]["entry"])
    command = [*entry, *(HOOKS[name].get("args", []) if args is None else args), *files]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


def test_the_hooks_are_what_pre_commit_asks_for() -> None:
    assert set(HOOKS) == {"vidcheck", "vidcheck-rules"}
    for one in HOOKS.values():
        assert {"id", "name", "description", "entry", "language", "files"} <= one.keys()
        assert one["language"] == "python"


@pytest.mark.parametrize(
    ("name", "path", "taken"),
    [
        ("vidcheck", "entries/1.MP4", True),
        ("vidcheck", "a.mov", True),
        ("vidcheck", "a.mp4.txt", False),
        ("vidcheck", "app.ts", False),
        ("vidcheck-rules", "rules.yaml", True),
        ("vidcheck-rules", "calls/rules.yml", True),
        ("vidcheck-rules", "myrules.yaml", False),
    ],
)
def test_a_hook_takes(name: str, path: str, taken: bool) -> None:
    assert bool(re.search(HOOKS[name]["files"], path)) is taken


@pytest.mark.slow
def test_the_hook_checks_videos(here: Path) -> None:
    assert hook("vidcheck", "in/good.mp4").returncode == 0
    long("-x.mp4")
    done = hook("vidcheck", "in/good.mp4", "-x.mp4", args=["--rules", "rules.yaml", "--"])
    assert done.returncode == 1
    assert "-x.mp4: INELIGIBLE" in done.stdout


def test_the_hook_checks_every_rules_file(here: Path) -> None:
    Path("$(touch x)").mkdir()
    Path("$(touch x)/rules.yaml").write_text("vidcheck: 1\nrules:\n  duration: {max: wide}\n")
    done = hook("vidcheck-rules", "$(touch x)/rules.yaml", "rules.yaml")
    assert done.returncode == 2
    assert "rules.yaml:3:19" in done.stderr
    assert "rules.yaml: 2 rules, sound" in done.stdout
    assert not Path("x").exists()
    assert hook("vidcheck-rules", "rules.yaml").returncode == 0


def test_gitlabs_script_leaves_its_artifacts(here: Path) -> None:
    job: dict[str, Any] = GITLAB["vidcheck"]
    Path("in").rename("entries")
    long("entries/long.mp4")
    (script,) = (line for line in job["script"] if line.startswith("vidcheck "))
    done = subprocess.run(["bash", "-c", script], capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    reports = job["artifacts"]["reports"]
    (issue,) = json.loads(Path(reports["codequality"]).read_text(encoding="utf-8"))
    assert issue["check_name"] == "duration"
    assert Path(reports["junit"]).stat().st_size
    assert all(Path(path).stat().st_size for path in job["artifacts"]["paths"])
    assert job["allow_failure"] == {"exit_codes": [3]}


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("github-workflows", [str(path) for path in WORKFLOWS]),
        ("github-actions", ["action.yml"]),
        ("github-issue-forms", [f".github/ISSUE_TEMPLATE/{name}.yml" for name in ("bug", "call", "wrong-verdict")]),
        ("github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"]),
        ("dependabot", [".github/dependabot.yml"]),
        ("gitlab-ci", ["ci/gitlab.yml"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_ci_services_read_is_of_their_schema(schema: str, paths: list[str]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_of_others_are_pinned_by_the_hash_of_a_commit() -> None:
    for path in (*WORKFLOWS, ROOT / "action.yml"):
        for line in re.findall(r"uses: (.*)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", line), (path, line)


def test_workflows_do_no_more_than_they_say() -> None:
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}
        assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_the_workflow_runs_the_test_command_of_the_readme() -> None:
    (step,) = (
        one
        for one in yaml.safe_load(WORKFLOWS[0].read_text(encoding="utf-8"))["jobs"]["tests"]["steps"]
        if "README" in one.get("name", "")
    )
    script = step["run"].replace('bash -c "set -e; $command"', 'printf "%s" "$command"')
    done = subprocess.run(["bash", "-e", "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r'pip install -e "\.\[dev\]".* && pytest', done.stdout)
