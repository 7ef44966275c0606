"""The reference of the language: made of the schemas, the tables of functions, words and examples; each example is sound.

After a change of any of them write it anew, from the top of the repository:
    python -m tests.unit.test_reference
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cs_playbook.check.reference import outcomes_of_verbs, reference
from cs_playbook.check.reference_keys import Key, everything, keys_of, places, shapes_of
from cs_playbook.check.reference_words import all_functions
from cs_playbook.check.stories import check_stories
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import examine, open_workspace
from cs_playbook.model.playbook import Status
from cs_playbook.model.step import EMAIL_OUTCOMES
from cs_playbook.parse.refused import NOT_YET
from cs_playbook.parse.steps import VERBS
from cs_playbook.plan.decision import HeldBy
from cs_playbook.report.stories import as_text
from cs_playbook.source import shipped
from cs_playbook.source.finding import Finding, Severity
from cs_playbook.source.schema import KINDS, KINDS_NOT_YET, schema
from cs_playbook.source.tree import plain, read_tree

LANGUAGE = Path(__file__).resolve().parents[1] / "language"
PAGE = shipped.language() / "reference.md"
ORDER = (
    "playbook",
    "data",
    "sources",
    "signals",
    "traits",
    "segments",
    "scorecard",
    "success_plan",
    "team",
    "resources",
    "kpis",
    "project",
    "tests",
)
HOME = {
    "playbook": "playbooks/usage-drop.yaml", "tests": "stories/usage-drop.yaml",
    **{kind: f"{kind}.yaml" for kind in KINDS if kind not in ("playbook", "tests")},
}  # fmt: skip
# What a workspace that has become another one no longer uses or has: that is of the example, not in it.
OF_THE_SURROUNDINGS = ("CSP377", "CSP409", "CSP404")
OF_A_FILE_ALONE = ("CSP140", "CSP712")  # the files that it names are not there
# A playbook of its own that stands beside the others; whole other files would leave the rest of them without ground.
ONLY_THEIR_SHAPE = (
    "data",
    "sources",
    "signals",
    "segments",
    "team",
    "project",
    "data.tables.parent",
    "success_plan.template",
)

# A segmentation has one list of segments: another one is of a segmentation of its own.
ANOTHER_LIST = ("segments.any_match", "segments.exclusive")


@cache
def schemas() -> dict[str, dict[str, Any]]:
    assert set(ORDER) == set(KINDS)
    return {kind: schema(kind) for kind in ORDER}


def read(name: str) -> dict[str, Any]:
    """A YAML file of the language's own folder; it keeps to the rules of the language itself."""
    tree = read_tree((shipped.language() / name).read_text(encoding="utf-8"), name)
    assert not tree.findings
    assert tree.root is not None
    return dict(plain(tree.root))


def written() -> str:
    return reference(schemas(), read("examples.yaml"), read("words.yaml"))


EXAMPLES: Mapping[str, str] = read("examples.yaml")
WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = read("words.yaml")


def all_keys() -> list[Key]:
    of_kinds = [key for kind in ORDER for key in everything(keys_of(kind, schemas()[kind]))]
    of_shapes = [
        key for name, shape in shapes_of(schemas()).items() for key in everything(keys_of(name, shape))
    ]
    # `meta:` is the same in all kinds of files
    return [
        key
        for key in (*of_kinds, *of_shapes)
        if not key.not_yet and (key.name != "meta" or key.place in ("playbook.meta", "step.meta"))
    ]


def test_the_page_is_what_is_made_of_the_schemas_and_the_examples() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "write it anew: python -m tests.unit.test_reference"


def test_every_key_has_an_example_that_uses_it() -> None:
    """Its own, or that of the key it stands under."""
    used = {place for name, text in EXAMPLES.items() for place in used_by(name, text)}

    assert sorted({key.place for key in all_keys()} - used) == [], "write one into language/examples.yaml"


def test_every_example_is_of_a_key_and_uses_it() -> None:
    shapes = set(shapes_of(schemas())) | {"cases"}
    known = {key.place for key in all_keys()}

    unknown = [name for name in EXAMPLES if name not in known | shapes | set(KINDS)]
    unused = [name for name, text in EXAMPLES.items() if name in known and name not in used_by(name, text)]

    assert (unknown, unused) == ([], [])


def test_every_key_says_what_it_means() -> None:
    assert sorted({key.place for key in all_keys() if not key.says.strip()}) == []


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in ONLY_THEIR_SHAPE])
def test_an_example_is_sound(name: str, tmp_path: Path) -> None:
    assert faults(name, EXAMPLES[name], tmp_path / "place") == []


@pytest.mark.parametrize("name", ONLY_THEIR_SHAPE)
def test_an_example_that_replaces_the_ground_of_the_others_is_sound_by_itself(
    name: str, tmp_path: Path
) -> None:
    fragment = content(EXAMPLES[name])
    kind = name.partition(".")[0]
    whole = fragment if kind in fragment else {kind: "acme", **fragment}
    if kind == "data":
        base = {
            "project.yaml": (LANGUAGE / "project.yaml").read_text(encoding="utf-8"),
            "data.yaml": json.dumps(whole),
        }
        assert [one.message for one in examined(base, tmp_path) if one.code not in OF_A_FILE_ALONE] == []
    else:
        found = [
            one for one in examined({**ground(), HOME[kind]: json.dumps(whole)}, tmp_path) if one.is_error
        ]
        assert [
            f"{one.code} {one.message}"
            for one in found
            if one.span.file == HOME[kind] and one.code not in OF_A_FILE_ALONE
        ] == []


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.partition(".")[0] == "tests"])
def test_a_story_of_the_reference_passes(name: str, tmp_path: Path) -> None:
    folder = lay_out(placed(name, EXAMPLES[name]), tmp_path / "place")

    result = run_stories(open_workspace(folder), ())

    assert result.passed, as_text(result)


# --- words that no schema knows ---


def test_every_function_outcome_and_status_has_its_words_and_an_example() -> None:
    wanted = {"functions": all_functions(), "outcomes": outcomes_of_verbs(), "statuses": tuple(Status)}

    silent = [
        f"{section} {one}" for section, names in wanted.items() for one in names if not told(section, one)
    ]

    assert silent == [], "write it into language/words.yaml"


def test_nothing_is_told_that_is_no_function_outcome_or_status() -> None:
    assert set(WORDS["functions"]) <= set(all_functions())
    assert set(WORDS["statuses"]) == set(Status)


def test_every_verb_has_an_entry_with_its_outcomes() -> None:
    page = written()

    entries = {verb: entry_of(page, f"### `{verb}` · of steps: its verb") for verb in VERBS}

    assert [verb for verb, entry in entries.items() if "Ends with: " not in entry or "see its" in entry] == []
    assert all(f"`{outcome}`" in entries["email"] for outcome in EMAIL_OUTCOMES)


def test_what_is_not_yet_is_marked() -> None:
    page = written()
    of_schemas = [
        key.name for kind in ORDER for key in everything(keys_of(kind, schemas()[kind])) if key.not_yet
    ]

    marked = re.findall(r"^### `([^`]+)` · .*not yet$", page, re.MULTILINE)

    assert set(of_schemas) | set(NOT_YET) | {f"{kind}:" for kind in KINDS_NOT_YET} <= set(marked)


CONDITIONS = [
    pytest.param(word, id=name)
    for section in ("expressions", "functions")
    for name, word in WORDS[section].items()
    if "answer" in word
]


@pytest.mark.parametrize("word", CONDITIONS)
def test_a_condition_answers_what_the_page_says(word: Mapping[str, str], tmp_path: Path) -> None:
    """It and its contrary start a playbook each; on an unknown neither starts."""
    given = content("{" + word.get("with", "") + "}")
    files = dict(ground())
    for name, condition in (("yes", word["example"]), ("no", f"not ({word['example']})")):
        files[f"playbooks/{name}.yaml"] = json.dumps(playbook_that_asks(f"says-{name}", condition))
        files[f"stories/{name}.yaml"] = json.dumps(
            story_of(f"says-{name}", given, starts=name == word["answer"])
        )

    result = run_stories(open_workspace(lay_out(files, tmp_path / "place")), ("says-yes", "says-no"))

    assert result.passed, as_text(result)


def playbook_that_asks(name: str, condition: str) -> dict[str, Any]:
    steps = [{"id": "a", "task": "A", "owner": "csm"}]
    return {"playbook": name, "title": "Asks", "trigger": {"when": condition}, "steps": steps}


def story_of(playbook: str, given: dict[str, Any], *, starts: bool) -> dict[str, Any]:
    return {
        "tests": playbook,
        "today": "2026-03-02",
        "accounts": {"acme": {name: value for name, value in given.items() if name != "rows"}},
        "rows": given.get("rows", {}),
        "cases": [
            {"name": "It answers", "runs": [{"day": 0, "expect": {"started": ["acme"] if starts else []}}]}
        ],
    }


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(word["example"], id=name)
        for name, word in {**WORDS["functions"], **WORDS["expressions"], **WORDS["time"]}.items()
        if "answer" not in word and word.get("language", "yaml") == "yaml" and "example" in word
    ],
)  # fmt: skip
def test_an_example_of_a_word_is_sound(example: str, tmp_path: Path) -> None:
    whole = (kind for kind in ("signals", "playbook") if example.startswith(f"{kind}:"))
    kind = next(whole, "playbook.audience")

    assert faults(kind, example, tmp_path / "place") == []


@pytest.mark.parametrize("name", WORDS["texts"])
def test_a_letter_or_document_of_the_page_is_sound(name: str, tmp_path: Path) -> None:
    word = WORDS["texts"][name]

    assert loud(examined({**ground(), word["file"]: word["example"]}, tmp_path / "place")) == []


def test_every_reason_for_holding_something_has_its_words() -> None:
    assert sorted(set(map(str, HeldBy)) - set(WORDS["ledger"])) == []


def test_every_link_of_the_page_leads_to_one_of_its_headings() -> None:
    page = written()
    headings = [
        re.sub(r"[^\w\s-]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in re.findall(r"^##+ .*", page, re.MULTILINE)
    ]

    assert sorted(set(re.findall(r"\(#([^)]+)\)", page)) - set(headings)) == []


# --- the workspace in which they stand ---


def told(section: str, name: str) -> bool:
    word = next(
        (word for names, word in WORDS[section].items() if name in [one.strip() for one in names.split("|")]),
        {},
    )
    return bool(word.get("says") and word.get("example"))


def entry_of(page: str, heading: str) -> str:
    return page.partition(heading)[2].partition("\n### ")[0]


def used_by(name: str, text: str) -> set[str]:
    kind = name.partition(".")[0]
    kind = kind if kind in KINDS else "playbook"
    value = content(text)
    if isinstance(value, list):
        value = {"steps" if kind == "playbook" else "cases": value}
    return set(places(value, kind, schemas()[kind], schemas()[kind]))


def content(text: str) -> Any:
    tree = read_tree(text, "")
    assert not tree.findings, [finding.message for finding in tree.findings]
    assert tree.root is not None
    return plain(tree.root)


def faults(name: str, text: str, folder: Path) -> list[str]:
    return loud(examined(placed(name, text), folder))


def loud(findings: list[Finding]) -> list[str]:
    return [
        f"{finding.span.file}:{finding.span.line} {finding.code} {finding.message}"
        for finding in findings
        if finding.severity is not Severity.NOTE and finding.code not in OF_THE_SURROUNDINGS
    ]


def examined(files: Mapping[str, str], folder: Path) -> list[Finding]:
    done = examine(lay_out(files, folder))
    stories = check_stories(done.catalog.stories, done.files.yaml, done.catalog) if done.catalog else []
    return [*done.findings, *stories]


def ground() -> dict[str, str]:
    """The files of tests/language, but for its story: it would have to follow every change of the others."""
    paths = (path for path in LANGUAGE.rglob("*") if path.is_file())
    files = {path.relative_to(LANGUAGE).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    return {name: text for name, text in files.items() if name != HOME["tests"]}


def placed(name: str, text: str) -> dict[str, str]:
    """The files, with this piece in its place: keys take the place of those that stand there."""
    kind = name.partition(".")[0]
    kind = kind if kind in KINDS else "playbook"
    part = content(text)
    if isinstance(part, list):
        part = {"steps" if kind == "playbook" else "cases": part}
        if kind == "playbook":  # what stands there asks for the old ones
            part = {"exit": [{"when": "not paying", "outcome": "lost"}], **part}
    if name == kind and kind not in ("signals", "traits", "tests"):
        return {**ground(), ("playbooks/one-more.yaml" if kind == "playbook" else HOME[kind]): text}
    if name in ANOTHER_LIST:
        return {**ground(), "segments/one-more.yaml": f"segments: one_more\n{text}"}
    whole = content((LANGUAGE / HOME[kind]).read_text(encoding="utf-8"))
    if kind not in ("playbook", "tests"):
        part = {
            key: {**whole.get(key, {}), **value} if isinstance(value, dict) else value
            for key, value in part.items()
        }
    files = {**ground(), HOME[kind]: json.dumps({**whole, **part}, ensure_ascii=False)}
    return {name: text for name, text in files.items() if kind != "data" or name != HOME["sources"]}


def lay_out(files: Mapping[str, str], folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
