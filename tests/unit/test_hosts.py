"""What hosts of code are given: reports in their formats, and workflows that strangers cannot misuse."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

from cs_playbook.commands.ci import Host, write_ci
from cs_playbook.errors import ChoiceError
from cs_playbook.model.story_result import CaseResult, Failure, PlaybookStories, StoriesResult
from cs_playbook.report.findings_hosts import as_gitlab, as_sarif, placed
from cs_playbook.report.stories_junit import as_junit
from cs_playbook.source.files import below_top
from cs_playbook.source.finding import NOWHERE, Finding, Span, warning

WRONG = Finding(
    Span("play books/x.yaml", 3, 5, 4), "CSP210", "there is no fact 'arrr'", "did you mean 'arr'?"
)
TWICE = Finding(
    Span("play books/x.yaml", 9, 5, 4), "CSP210", "there is no fact 'arrr'", "did you mean 'arr'?"
)
EVERYWHERE = warning(NOWHERE, "CSP140", "no file says `data:`\x1b[31m\nreally")


def test_gitlab_gets_a_line_and_a_fingerprint_of_its_own_for_each_finding() -> None:
    told = json.loads(as_gitlab(placed([WRONG, TWICE, EVERYWHERE], "cs/")))

    assert [item["location"]["path"] for item in told] == ["cs/play books/x.yaml"] * 2 + ["project.yaml"]
    assert [item["location"]["lines"]["begin"] for item in told] == [3, 9, 1]
    assert [item["severity"] for item in told] == ["major", "major", "minor"]
    assert len({item["fingerprint"] for item in told}) == 3


def test_a_fingerprint_outlives_lines_that_come_and_go() -> None:
    moved = Finding(WRONG.span._replace(line=40), WRONG.code, WRONG.message, WRONG.hint)

    assert [item["fingerprint"] for item in json.loads(as_gitlab([WRONG]))] == [
        item["fingerprint"] for item in json.loads(as_gitlab([moved]))
    ]


def test_sarif_names_rules_places_and_no_region_where_there_is_no_line() -> None:
    run = json.loads(as_sarif([WRONG, EVERYWHERE], "0.1", {"CSP210": "No such fact"}))["runs"][0]

    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["CSP140", "CSP210"]
    first, second = (result["locations"][0]["physicalLocation"] for result in run["results"])
    assert first["artifactLocation"]["uri"] == "play%20books/x.yaml"
    assert first["region"] == {"startLine": 3, "startColumn": 5, "endColumn": 9}
    assert "region" not in second
    assert "\x1b" not in run["results"][1]["message"]["text"]


def test_junit_has_a_suite_for_each_playbook_and_what_was_expected() -> None:
    failure = Failure(
        Span("t.yaml", 9), 3, date(2026, 3, 5), "open: call <b>", "open: (nothing)\x00", ("it waits",)
    )
    cases = [
        CaseResult("a & b\ufffe", Span("t.yaml", 2), False, ()),
        CaseResult("c", Span("t.yaml", 8), False, (failure,)),
        CaseResult("d", Span("t.yaml", 20), True, (failure,)),
    ]
    result = StoriesResult((PlaybookStories("usage-drop", tuple(cases)),), (WRONG,))

    suite, unplayed = ElementTree.fromstring(as_junit(result, "cs/"))

    assert suite.attrib == {
        "name": "usage-drop",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert [case.get("name") for case in suite] == ["a & b", "c", "d"]
    assert suite[1].get("file") == "cs/t.yaml"
    assert (suite[1][0].text or "").splitlines() == [
        "expected open: call <b>",
        "got open: (nothing)",
        "why it waits",
    ]
    assert unplayed.get("errors") == "1"


# --- workflows ---


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    root = tmp_path / "c s" / "acme"
    root.mkdir(parents=True)
    return root


def test_a_workflow_goes_to_the_top_of_the_repository_and_names_the_workspace(workspace: Path) -> None:
    ((file, what),) = write_ci(workspace, "github", "0.1.0")

    assert below_top(workspace) == "c s/acme/"
    assert (file, what) == (workspace.parents[1] / ".github/workflows/playbooks.yml", "written")
    told = YAML(typ="safe").load(file)
    assert told["env"] == {"WORKSPACE": "c s/acme", "CS_PLAYBOOK": "cs-playbook>=0.1.0,<0.2"}


@pytest.mark.parametrize(("host", "folder"), [("github", ".github"), ("gitlab", ".gitlab")])
def test_nothing_is_written_through_a_folder_that_is_a_link(workspace: Path, host: Host, folder: str) -> None:
    top, elsewhere = workspace.parents[1], workspace.parent / "elsewhere"
    elsewhere.mkdir()
    (top / folder).symlink_to(elsewhere)
    with pytest.raises(ChoiceError, match="nothing is written through it"):
        write_ci(workspace, host, "0.1.0")
    assert list(elsewhere.iterdir()) == []


def test_strangers_get_no_token_no_data_and_no_line_of_a_shell(workspace: Path) -> None:
    ((file, _),) = write_ci(workspace, "github", "0.1.0")
    told: dict[str, Any] = YAML(typ="safe").load(file)
    steps = told["jobs"]["review"]["steps"]

    assert list(told["on"]) == ["pull_request"]
    assert told["permissions"] == {"contents": "read"}
    assert "${{ secrets" not in file.read_text("utf-8")
    # What a pull request is called must never be text of a script: expressions stand in `env:` only.
    assert [step for step in steps if "${{" in step.get("run", "")] == []
    assert steps[0]["with"]["persist-credentials"] is False
    assert [step["name"] for step in steps if "GH_TOKEN" in step.get("env", {})] == ["Comment"]
    assert "head.repo.full_name == github.repository" in steps[-1]["if"]
    (looks,) = (step for step in steps if step.get("id") == "diff")
    assert "|| '--no-accounts'" in looks["env"]["ACCOUNTS"]


def test_files_that_are_there_are_never_written_over(workspace: Path) -> None:
    top = workspace.parents[1]
    (top / ".gitlab-ci.yml").write_text("build: {script: make}\n", encoding="utf-8")

    first, again = write_ci(workspace, "gitlab", "0.1.0"), write_ci(workspace, "gitlab", "0.1.0")

    assert first[0][1] == "written"
    assert again[0][1] == "was there already"
    assert first[1][1].startswith("is yours: write  include:")
    assert (top / ".gitlab-ci.yml").read_text("utf-8") == "build: {script: make}\n"
    (top / ".gitlab/cs-playbook.yml").write_text("mine\n", encoding="utf-8")
    with pytest.raises(ChoiceError, match="is another"):
        write_ci(workspace, "gitlab", "0.1.0")


def test_the_pipeline_of_gitlab_is_included_where_there_is_none(workspace: Path) -> None:
    made = write_ci(workspace, "gitlab", "1.2.3")

    assert [what for _, what in made] == ["written", "written"]
    job = YAML(typ="safe").load(made[0][0])["playbooks"]
    assert job["variables"]["CS_PLAYBOOK"] == "cs-playbook>=1.2.3,<2"
    assert set(job["artifacts"]["reports"]) == {"codequality", "junit"}
    (compared,) = [line for line in job["script"] if ' diff "' in line]
    assert (
        compared.count("-o ") == compared.count("-o markdown=") == 1
    )  # a log has many readers: no small counts
    assert YAML(typ="safe").load(made[1][0]) == {"include": [{"local": ".gitlab/cs-playbook.yml"}]}


def test_hooks_look_at_the_whole_workspace() -> None:
    hooks = YAML(typ="safe").load(Path(__file__).parents[2] / ".pre-commit-hooks.yaml")

    assert [(hook["entry"], hook["pass_filenames"]) for hook in hooks] == [
        ("cs-playbook validate", False),
        ("cs-playbook test", False),
    ]


# --- the comment of GitLab ---


class Notes(BaseHTTPRequestHandler):
    """As much of GitLab as the workflow asks: the comments of one merge request."""

    def do_GET(self) -> None:
        self._answer(self.server.notes if self._may() else None)  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        notes = self.server.notes  # type: ignore[attr-defined]
        self._answer(
            notes.append({"id": 40 + len(notes), "body": self._body()}) or [] if self._may() else None
        )

    def do_PUT(self) -> None:
        (note,) = (one for one in self.server.notes if self.path.endswith(f"/{one['id']}"))  # type: ignore[attr-defined]
        self._answer(note.update(body=self._body()) or [] if self._may() else None)

    def _may(self) -> bool:
        return self.headers["PRIVATE-TOKEN"] == "t0k en$"

    def _body(self) -> str:
        return parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["body"][0]

    def _answer(self, told: Any) -> None:
        self.send_response(401 if told is None else 200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def gitlab() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    server.notes = [{"id": 7, "body": "looks good"}]  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="the workflow's image has curl; this machine has none"
)
def test_one_comment_of_ours_is_written_and_renewed_on_gitlab(
    workspace: Path, tmp_path: Path, gitlab: ThreadingHTTPServer
) -> None:
    def push(words: str, changed: str, token: str = "t0k en$") -> str:
        (tmp_path / "diff.md").write_text(f"<!-- cs-playbook diff -->\n{words}\n", encoding="utf-8")
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", f"changed={changed}\n{commenting(workspace)}"],
            cwd=tmp_path, env=job(gitlab, token), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def told() -> list[str]:
        return [note["body"] for note in gitlab.notes]  # type: ignore[attr-defined]

    push("nothing", "no")
    assert told() == ["looks good"]

    push("a & b: é, 100 %", "yes")
    push("c", "no")
    assert told() == ["looks good", "<!-- cs-playbook diff -->\nc\n"]

    assert "may CS_PLAYBOOK_TOKEN use the API?" in push("d", "yes", token="another")
    assert push("e", "yes", token="") == ""
    assert told()[1:] == ["<!-- cs-playbook diff -->\nc\n"]


def commenting(workspace: Path) -> str:
    """The lines of the workflow that write the comment."""
    write_ci(workspace, "gitlab", "0.1.0")
    told = YAML(typ="safe").load(workspace.parents[1] / ".gitlab/cs-playbook.yml")
    (lines,) = (line for line in told["playbooks"]["script"] if "CS_PLAYBOOK_TOKEN" in line)
    return str(lines)


def job(gitlab: ThreadingHTTPServer, token: str) -> dict[str, str]:
    python = str(Path(sys.executable).parent)
    return {
        "PATH": f"{python}:{os.environ['PATH']}",
        "CI_API_V4_URL": f"http://127.0.0.1:{gitlab.server_address[1]}/api/v4",
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "3",
        "CS_PLAYBOOK_TOKEN": token,
    }
