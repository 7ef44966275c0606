"""What came of the stories → JUnit XML: a suite for each playbook, a case for each story."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cs_playbook.model.story_result import CaseResult, PlaybookStories, StoriesResult
from cs_playbook.report.words import clean, day_in_words
from cs_playbook.source.finding import Finding


def as_junit(result: StoriesResult, below: str = "") -> str:
    """`below`: where the workspace stands in its repository, `cs/acme/` or "". No times: they differ at each run."""
    root = Element("testsuites", name="cs-playbook")
    for stories in result.playbooks:
        root.append(_suite(stories, below))
    wrong = [finding for finding in result.findings if finding.is_error]
    if wrong:
        root.append(_unplayed(wrong, below))
    indent(root, " ")
    return tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _suite(stories: PlaybookStories, below: str) -> Element:
    failing = sum(1 for case in stories.cases if case.failures and not case.todo)
    todo = sum(1 for case in stories.cases if case.todo)
    suite = Element(
        "testsuite", name=clean(stories.playbook), tests=str(len(stories.cases)), failures=str(failing), errors="0",
        skipped=str(todo),
    )  # fmt: skip
    for case in stories.cases:
        suite.append(_case(case, clean(stories.playbook), below))
    return suite


def _case(case: CaseResult, playbook: str, below: str) -> Element:
    found = Element(
        "testcase",
        classname=playbook,
        name=clean(case.name),
        file=below + clean(case.span.file),
        line=str(case.span.line),
    )
    if case.todo:
        SubElement(found, "skipped", message="todo")
    elif case.failures:
        first = case.failures[0]
        message = f"day {first.day}, {day_in_words(first.on)}: expected {first.expected}, got {first.got}"
        failure = SubElement(found, "failure", message=clean(message))
        failure.text = "\n".join(
            clean(line)
            for item in case.failures
            for line in (f"expected {item.expected}", f"got {item.got}", *(f"why {why}" for why in item.why))
        )
    return found


def _unplayed(wrong: list[Finding], below: str) -> Element:
    """Mistakes in story files: their stories were not played."""
    suite = Element(
        "testsuite",
        name="story files",
        tests=str(len(wrong)),
        failures="0",
        errors=str(len(wrong)),
        skipped="0",
    )
    for finding in wrong:
        file = below + clean(finding.span.file)
        case = SubElement(
            suite, "testcase", classname="story files", name=f"{file}:{finding.span.line}", file=file
        )
        SubElement(case, "error", message=clean(f"{finding.code} {finding.message}"))
    return suite
