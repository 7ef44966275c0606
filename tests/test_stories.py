"""Playing stories: what a failing one shows, what a wrong one is told, what may be said in one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.errors import ChoiceError
from cs_playbook.model.story_result import StoriesResult
from cs_playbook.report.stories import as_json, as_text

SEMANTICS = Path(__file__).resolve().parent / "semantics"

Told = Callable[..., StoriesResult]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Plays one file of stories about a playbook of tests/semantics."""
    shutil.copytree(SEMANTICS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("stories"))

    def play(playbook: str, cases: str, accounts: str = "", today: str = "2026-03-05") -> StoriesResult:
        account = accounts or "{acme: {strategic: true, plan: free, seats: 1, csm_email: lea@vendor.example}}"
        file = tmp_path / "stories.yaml"
        head = f"tests: {playbook}\ntoday: {today}\naccounts: {account}\ncases:\n"
        file.write_text(head + cases, encoding="utf-8")
        return run_stories(open_workspace(tmp_path))

    return play


# --- what a failing story shows ---


def test_a_step_that_is_not_open_says_for_what_it_waits(told: Told) -> None:
    result = told(
        "waits", "  - name: A silent champion is called\n    runs: [{day: 2, expect: {open: [ran_out]}}]\n"
    )

    assert as_text(result) == (
        "waits   0 of 1 story pass\n"
        f"  ✗ A silent champion is called{'stories.yaml:6':>69}\n"
        "      day 2, Saturday 7 March\n"
        "         expected  open: ran_out\n"
        "         got       open: pause\n"
        "         why       pause is still waiting until Sunday 8 March (since Thursday 5)\n"
        "\n"
        "1 story of 1 failed; 3 days were run.\n"
    )


def test_who_did_not_start_is_told_every_condition_that_kept_it(told: Told) -> None:
    result = told(
        "unknown",
        "  - {name: It starts, runs: [{day: 0, expect: {started: [acme]}}]}\n",
        "{acme: {plan: team, arr: 40, seats: 4, rich: true}}",
    )

    (failure,) = result.playbooks[0].cases[0].failures
    assert (failure.expected, failure.got) == ("started: acme", "started: (nobody)")
    assert failure.why == (
        "acme: `not (arr < 50)` says no (arr is 40)",
        "acme: `strategic` says no",
        "acme: `seats >= 10` says no (seats is 4)",
        "acme: `language = 'fr'` says unknown (language is empty)",
    )


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("expect: {open: [third]}", "first is still open: lea@vendor.example, due Monday 9 March"),
        (
            "answers: {first: done}, expect: {open: [second]}",
            "second was passed over on Friday 6 March: its own `when` said no",
        ),
        (
            "answers: {first: done}, expect: {open: [first]}",
            "first is done since Friday 6 March: done (by lea@vendor.example)",
        ),
        (
            "set: {acme: null}, expect: {open: [third]}",
            "acme is held: it is missing from the snapshot",
        ),
        (
            "set: {acme: {seats: null}}, answers: {first: done}, expect: {open: [second]}",
            "second is held: its own `when` is unknown: seats is empty",
        ),
    ],
)
def test_the_state_of_a_step_is_the_reason(told: Told, day: str, why: str) -> None:
    result = told("plain-list", f"  - name: It goes on\n    runs: [{{day: 1, {day}}}]\n")

    (failure,) = result.playbooks[0].cases[0].failures
    assert failure.why == (why,)


def test_what_has_ended_says_how(told: Told) -> None:
    account = "{acme: {plan: team, strategic: true}}"
    case = "  - {name: It goes on, runs: [{day: 1, stop: [acme], expect: {open: [call]}}]}\n"

    result = told("by-hand", case, account)

    (failure,) = result.playbooks[0].cases[0].failures
    assert failure.why == ("acme ended on Friday 6 March: stopped (by hand)",)


def test_what_was_skipped_says_which_answer_cut_it_off(told: Told) -> None:
    result = told(
        "branches",
        "  - name: The left is joined\n    runs: [{day: 1, answers: {fork: right}, expect: {open: [further_left]}}]\n",
    )

    (failure,) = result.playbooks[0].cases[0].failures
    assert failure.why == (
        "further_left was skipped on Friday 6 March: left_bad was skipped; it comes after left_bad",
    )


def test_an_answer_to_what_is_not_open_fails_and_says_what_is(told: Told) -> None:
    result = told("waits", "  - name: Too early\n    runs: [{day: 1, answers: {ran_out: done}}]\n")

    (failure,) = result.playbooks[0].cases[0].failures
    assert (failure.span.line, failure.day, failure.on.isoformat()) == (6, 1, "2026-03-06")
    assert (failure.expected, failure.got) == ("ran_out is open, to be answered done", "open: pause")
    assert failure.why == ("pause is still waiting until Sunday 8 March (since Thursday 5)",)


def test_an_answer_that_may_be_meant_for_several_names_none(told: Told) -> None:
    result = told(
        "once",
        "  - name: Whose?\n    runs: [{day: 1, answers: {call: done}}]\n",
        "{acme: {strategic: true}, borealis: {strategic: true}}",
    )

    (failure,) = result.playbooks[0].cases[0].failures
    assert failure.got == "open: call of acme, call of borealis"
    assert failure.why == ("it is open more than once: write answers: {acme: {call: …}}",)


def test_only_the_first_day_that_fails_is_shown(told: Told) -> None:
    result = told(
        "waits",
        "  - name: Twice wrong\n    runs:\n"
        "      - {day: 0, expect: {open: [plain]}}\n      - {day: 1, expect: {open: [plain]}}\n",
    )

    assert [failure.day for failure in result.playbooks[0].cases[0].failures] == [0]


def test_a_known_gap_may_fail_and_is_told_when_it_passes(told: Told) -> None:
    result = told(
        "once",
        "  - {name: A gap, todo: true, runs: [{day: 0, expect: {started: []}}]}\n"
        "  - {name: No gap any more, todo: true, runs: [{day: 0, expect: {started: [acme]}}]}\n",
    )

    assert result.passed
    assert as_text(result).splitlines()[:3] == [
        "once   0 of 0 stories pass, 2 todo",
        "  · still to do: A gap                                                                stories.yaml:5",
        "  ! passes, so take its `todo` away: No gap any more                                  stories.yaml:6",
    ]


def test_machines_read_the_same(told: Told) -> None:
    result = told(
        "waits", "  - name: Too early\n    runs: [{day: 2, expect: {open: [{step: ran_out, due: today}]}}]\n"
    )

    read = json.loads(as_json(result))
    assert (read["format_version"], read["passed"], read["days"]) == (1, False, 3)
    assert read["playbooks"][0]["stories"][0] == {
        "name": "Too early",
        "file": "stories.yaml",
        "line": 5,
        "passed": False,
        "todo": False,
        "failures": [
            {
                "file": "stories.yaml",
                "line": 6,
                "column": 30,
                "day": 2,
                "date": "2026-03-07",
                "expected": "open: ran_out (due Thursday 5 March)",
                "got": "open: pause",
                "why": ["pause is still waiting until Sunday 8 March (since Thursday 5)"],
            }
        ],
    }


# --- what a story file is told ---


def test_names_that_mean_nothing_are_found_before_anything_is_played(told: Told) -> None:
    result = told(
        "branches",
        """\
  - name: All of it is wrong
    with: {acmee: {seats: 1}, contacts: {nobody: {first_name: Ada}}}
    contacts: {ada: {account: borealis, fist_name: Ada}}
    rows: {calls: [{account: acme}], callls: []}
    runs:
      - day: 0
        set: {acme: {seats: many, sets: 3, renewal_date: 5 days ago, plan: gold, running: [twice]}}
        answers: {fork: lefft, frok: left}
        start: [acme]
        expect:
          started: [borealis]
          ended: {acme: won}
          open: [forc, {step: left, due: tomorrow}]
          drafts: [{email: letters/hello}]
          closed: {left: goood}
          escalated: [fork]
          because: {acme: strategik}
""",
    )

    assert [(found.span.line, found.code, found.message) for found in result.findings] == [
        (6, "CSP333", "there is no account 'acmee'"),
        (6, "CSP333", "in contacts there is no 'nobody'"),
        (7, "CSP333", "there is no account 'borealis'"),
        (7, "CSP334", "contacts has no field 'fist_name'"),
        (8, "CSP335", "the row does not say its 'day'"),
        (8, "CSP334", "there is no table 'callls'"),
        (11, "CSP335", "'many' is not a whole number"),
        (11, "CSP334", "there is no fact 'sets'"),
        (11, "CSP335", "'5 days ago' is not a day"),
        (11, "CSP335", "'gold' is none of the values of this field"),
        (11, "CSP334", "there is no playbook 'twice'"),
        (12, "CSP336", "'fork' is never answered 'lefft'"),
        (12, "CSP336", "branches has no step 'frok'"),
        (13, "CSP336", "nobody may start branches by hand"),
        (15, "CSP333", "there is no account 'borealis'"),
        (16, "CSP337", "branches never ends with 'won'"),
        (17, "CSP337", "branches has no step 'forc'"),
        (17, "CSP335", "'tomorrow' is not a day"),
        (18, "CSP337", "branches never writes 'letters/hello'"),
        (19, "CSP337", "'left' never ends with 'goood'"),
        (20, "CSP337", "'fork' never escalates"),
        (21, "CSP338", "branches has no condition 'strategik'"),
    ]
    assert not result.passed
    assert result.days == 0


def test_a_name_that_means_no_story_lists_what_there_is() -> None:
    with pytest.raises(ChoiceError) as error:
        run_stories(open_workspace(SEMANTICS), ("wait",))

    assert error.value.sentence == "no story is called 'wait', nor is it about it"
    assert error.value.hint == "did you mean 'waits'?"


def test_a_playbook_a_file_or_a_story_chooses_what_is_played() -> None:
    workspace = open_workspace(SEMANTICS)
    names = ("once", "stories/finishes.yaml", "`after: start` means at once")

    played = [(stories.playbook, len(stories.cases)) for stories in run_stories(workspace, names).playbooks]

    assert played == [("branches", 1), ("finishes", 1), ("once", 1)]


# --- what may be said ---


def test_dates_may_count_from_the_day_on_which_the_stories_begin(told: Told) -> None:
    result = told(
        "dates",
        "  - name: Both ways\n    runs:\n"
        "      - {day: 0, set: {acme: {renewal_date: +4 business days}}}\n"
        "      - {day: 1, expect: {open: [{step: before_renewal, due: +2 days}]}}\n"
        "      - {day: 5, set: {acme: {renewal_date: -1 week}}, expect: {open: [{step: on_the_day, due: 2026-03-12}]}}\n",
    )

    assert result.passed, as_text(result)


@pytest.mark.parametrize(
    ("day", "key"),
    [
        ("day: 0", "started: []"),
        ("day: 0", "open: []"),
        ("day: 0", "drafts: []"),
        ("day: 1, answers: {ask: no_thanks}", "ended: {}"),
        ("day: 0, set: {acme: {arr: 100}}", "ended: []"),
        ("day: 0", "closed: {}"),
    ],
)
def test_an_empty_list_means_none(told: Told, day: str, key: str) -> None:
    contacts = "{bob: {account: acme, roles: [champion], first_name: Bob, email: bob@acme.example}}"
    account = "{acme: {strategic: true, seats: 1, arr: 1, csm_email: lea@vendor.example}}"
    case = f"  - {{name: None, contacts: {contacts}, runs: [{{{day}, expect: {{{key}}}}}]}}\n"

    result = told("ends", case, account)

    assert [failure.span.line for failure in result.playbooks[0].cases[0].failures] == [5]


def test_exactly_makes_the_lists_whole(told: Told) -> None:
    result = told(
        "branches", "  - {name: One of two, runs: [{day: 0, expect: {open: [fork], exactly: true}}]}\n"
    )

    (failure,) = result.playbooks[0].cases[0].failures
    assert (failure.expected, failure.got) == ("open: nothing else", "open: at_once")
