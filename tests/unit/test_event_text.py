"""Events and enrollments as text: the same back, one way to write each, and old texts stay readable."""

from __future__ import annotations

import json
import re
from datetime import date
from enum import Enum
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import NODEFAULT
from msgspec.structs import fields

from cs_playbook.effects.enrollment_text import read_enrollment, write_enrollment
from cs_playbook.effects.event_text import read_event, write_event
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, Progress, Repeated, TaskState
from cs_playbook.model.event import (
    Allowed,
    CameBack,
    DraftRewritten,
    Ended,
    Ending,
    Event,
    GivenCorrected,
    GoalMet,
    MailMoved,
    Muted,
    Notified,
    Snoozed,
    StartAsked,
    Started,
    StartRefused,
    StepEnded,
    StepOpened,
    StepOver,
    StepPassed,
    StepRepeats,
    StepSkipped,
    TaskAnswered,
    TaskEscalated,
    TaskReassigned,
    TaskSnoozed,
    TextChanged,
    TraitSet,
    Unmuted,
    ValueMoved,
    WentMissing,
)
from cs_playbook.model.forgetting import ContactForgotten
from cs_playbook.model.moved import AccountMoved, LedgerBegan, SubjectMoved
from cs_playbook.model.posting import Posted
from cs_playbook.model.recall import Recalled, RunUndone
from cs_playbook.model.suppression import Suppressed, SuppressionLifted

DAY = date(2026, 3, 2)
NEXT = date(2026, 3, 3)

VALUES = st.one_of(
    st.none(),
    st.text(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(st.text()).map(tuple),
)
FACTS = st.dictionaries(st.text(), VALUES)
# The fields of any kind that hold values by name.
VALUED = ("at_start", "given", "answers")


def built(kind: Any, **others: Any) -> Any:
    valued = {field.name: FACTS for field in fields(kind) if field.name in VALUED}
    if kind is Recalled:
        others["back"] = st.deferred(lambda: st.one_of(st.none(), ENROLLMENTS))
    return st.builds(kind, **valued, **others)


EVENTS = st.one_of(*(built(kind) for kind in get_args(Event)))
ENROLLMENTS = built(
    Enrollment,
    steps=st.dictionaries(st.text(), built(Progress), max_size=3),
    tasks=st.dictionaries(st.text(), built(OpenTask), max_size=3),
    repeats=st.dictionaries(
        st.text(), st.builds(Repeated, last=st.one_of(st.none(), built(Progress))), max_size=2
    ),
)

# One of each kind as it stands in ledgers out there. These texts never change; what they mean neither.
WRITTEN = [
    (
        Ending("e1", DAY, "lost", ("undo", "tell")),
        '{"enrollment":"e1","kind":"Ending","on":"2026-03-02","outcome":"lost","then":["undo","tell"]}',
    ),
    (
        GivenCorrected("e1", DAY, {"day": 20515, "mode": "repair", "note": None}, "léa"),
        '{"by":"léa","enrollment":"e1","given":{"day":20515,"mode":"repair","note":null},"kind":"GivenCorrected",'
        '"on":"2026-03-02"}',
    ),
    (
        ValueMoved("e1", DAY, "2026-10-15"),
        '{"about":"2026-10-15","enrollment":"e1","kind":"ValueMoved","on":"2026-03-02"}',
    ),
    (
        Started("e1", "renewal", "acme", "2026-09-30", 1, "d1", Arm.TREATED, DAY, "léa", per_value=True),
        '{"account":"acme","arm":"treated","by":"léa","definition":"d1","enrollment":"e1","episode":1,'
        '"kind":"Started","on":"2026-03-02","per_value":true,"playbook":"renewal","row":"2026-09-30"}',
    ),
    (
        Started("e1", "usage-drop", "acme", None, 1, "d1", Arm.TREATED, DAY, "rule"),
        '{"account":"acme","arm":"treated","by":"rule","definition":"d1","enrollment":"e1","episode":1,'
        '"kind":"Started","on":"2026-03-02","playbook":"usage-drop","row":null}',
    ),
    (
        Started("e1", "p", "acme", "7", 2, "d", Arm.SHADOW, DAY, "léa", {"z": ("a", "b"), "a": 1.0}, NEXT),
        '{"account":"acme","arm":"shadow","at_start":{"a":1.0,"z":["a","b"]},"by":"léa","definition":"d",'
        '"enrollment":"e1","episode":2,"kind":"Started","on":"2026-03-02","playbook":"p","row":"7",'
        '"watch_until":"2026-03-03"}',
    ),
    (
        StepOpened("e1", "call", DAY, (OpenTask("t1", "call", "task", "lea", DAY, NEXT, 30),)),
        '{"enrollment":"e1","kind":"StepOpened","on":"2026-03-02","step":"call","tasks":[{"due":"2026-03-03",'
        '"key":"t1","kind":"task","minutes":30,"opened_on":"2026-03-02","owner":"lea","step":"call"}]}',
    ),
    (
        StepOpened("e1", "reply", DAY, until=NEXT),
        '{"enrollment":"e1","kind":"StepOpened","on":"2026-03-02","step":"reply","until":"2026-03-03"}',
    ),
    (
        StepEnded("e1", "call", DAY, "agreed", "data"),
        '{"by":"data","enrollment":"e1","kind":"StepEnded","on":"2026-03-02","outcome":"agreed","step":"call"}',
    ),
    (
        StepPassed("e1", "hello", DAY, "all had this letter for acme"),
        '{"because":"all had this letter for acme","enrollment":"e1","kind":"StepPassed","on":"2026-03-02","step":"hello"}',
    ),
    (
        StepPassed("e1", "call", DAY),
        '{"enrollment":"e1","kind":"StepPassed","on":"2026-03-02","step":"call"}',
    ),
    (
        StepSkipped("e1", "call", DAY),
        '{"enrollment":"e1","kind":"StepSkipped","on":"2026-03-02","step":"call"}',
    ),
    (
        StepRepeats("e1", "call", DAY),
        '{"enrollment":"e1","kind":"StepRepeats","on":"2026-03-02","step":"call"}',
    ),
    (
        StepRepeats("e1", "call", NEXT, 2, NEXT, DAY, "1 day"),
        '{"enrollment":"e1","kind":"StepRepeats","occurrence":2,"on":"2026-03-03","planned":"2026-03-03",'
        '"rhythm":"1 day","since":"2026-03-02","step":"call"}',
    ),
    (
        StepOver("e1", "call", DAY, "met"),
        '{"enrollment":"e1","kind":"StepOver","on":"2026-03-02","outcome":"met","step":"call"}',
    ),
    (
        TaskAnswered("e1", "t1", "agreed", DAY, "léa"),
        '{"by":"léa","enrollment":"e1","kind":"TaskAnswered","on":"2026-03-02","outcome":"agreed","task":"t1"}',
    ),
    (
        TaskEscalated("e1", "t1", DAY, ("marc",)),
        '{"enrollment":"e1","kind":"TaskEscalated","on":"2026-03-02","task":"t1","to":["marc"]}',
    ),
    (
        TaskReassigned("e1", "t1", DAY, "marc"),
        '{"enrollment":"e1","kind":"TaskReassigned","on":"2026-03-02","owner":"marc","task":"t1"}',
    ),
    (
        TaskReassigned("e1", "t1", DAY, "marc", "lea", "desk"),
        '{"enrollment":"e1","instead_of":"lea","kind":"TaskReassigned","on":"2026-03-02","owner":"marc",'
        '"pool":"desk","task":"t1"}',
    ),
    (
        TextChanged("e1", "d2", DAY),
        '{"definition":"d2","enrollment":"e1","kind":"TextChanged","on":"2026-03-02"}',
    ),
    (
        TextChanged(
            "e1",
            "d2",
            DAY,
            {"call_exec": "call"},
            ("ask",),
            ("write",),
            ("plan",),
            ("look",),
            ("a",),
            ("b",),
            {"ask": "ask~2"},
            NEXT,
            "d1",
            ("t1",),
            {"b": 3},
        ),
        '{"anew":["plan"],"asks":["t1"],"back":["write"],"before":"d1","begun":{"b":3},"definition":"d2","enrollment":"e1","gone":["ask"],'
        '"key_names":{"ask":"ask~2"},"kind":"TextChanged","often":["b"],"on":"2026-03-02","once":["a"],'
        '"passed":["look"],"renamed":{"call_exec":"call"},"watch_until":"2026-03-03"}',
    ),
    (
        Posted("w1", DAY, "posted", "cs-risk", "204", "2026-03-02T07:00:00Z", "acme"),
        '{"account":"acme","at":"2026-03-02T07:00:00Z","channel":"cs-risk","key":"w1","kind":"Posted","on":"2026-03-02",'
        '"to":"posted","why":"204"}',
    ),
    (GoalMet("e1", DAY), '{"enrollment":"e1","kind":"GoalMet","on":"2026-03-02"}'),
    (
        Ended("e1", DAY, "lost", "exit"),
        '{"enrollment":"e1","kind":"Ended","on":"2026-03-02","outcome":"lost","why":"exit"}',
    ),
    (WentMissing("e1", DAY), '{"enrollment":"e1","kind":"WentMissing","on":"2026-03-02"}'),
    (CameBack("e1", DAY), '{"enrollment":"e1","kind":"CameBack","on":"2026-03-02"}'),
    (
        StartAsked("usage-drop", "acme", None, DAY, "léa"),
        '{"account":"acme","by":"léa","kind":"StartAsked","on":"2026-03-02","playbook":"usage-drop","row":null}',
    ),
    (
        StartRefused("usage-drop", "acme", None, DAY, "it runs"),
        '{"account":"acme","kind":"StartRefused","on":"2026-03-02","playbook":"usage-drop","row":null,'
        '"why":"it runs"}',
    ),
    (
        TraitSet("acme", "at_risk", True, DAY, "léa"),
        '{"account":"acme","by":"léa","kind":"TraitSet","on":"2026-03-02","trait":"at_risk","value":true}',
    ),
    (
        TraitSet("acme", "sentiment", None, DAY, "rule", "", "e1", "flag"),
        '{"account":"acme","by":"rule","enrollment":"e1","kind":"TraitSet","on":"2026-03-02","step":"flag",'
        '"trait":"sentiment","value":null}',
    ),
    (
        Notified("e1", "tell", DAY, "n1", channel="cs-risk"),
        '{"channel":"cs-risk","enrollment":"e1","kind":"Notified","note":"n1","on":"2026-03-02","step":"tell"}',
    ),
    (
        Notified("e1", "tell", DAY, "n1", to=("marc",)),
        '{"enrollment":"e1","kind":"Notified","note":"n1","on":"2026-03-02","step":"tell","to":["marc"]}',
    ),
    (
        TaskSnoozed("e1", "t1", DAY, DAY, "away", "léa"),
        '{"because":"away","by":"léa","enrollment":"e1","kind":"TaskSnoozed","on":"2026-03-02","task":"t1",'
        '"until":"2026-03-02"}',
    ),
    (
        Snoozed("e1", DAY, DAY, "away", "léa"),
        '{"because":"away","by":"léa","enrollment":"e1","kind":"Snoozed","on":"2026-03-02","until":"2026-03-02"}',
    ),
    (
        Muted("acme", DAY, DAY, "merger", "léa"),
        '{"account":"acme","because":"merger","by":"léa","kind":"Muted","on":"2026-03-02","until":"2026-03-02"}',
    ),
    (
        Unmuted("acme", DAY, "they called", "léa"),
        '{"account":"acme","because":"they called","by":"léa","kind":"Unmuted","on":"2026-03-02"}',
    ),
    (
        MailMoved("e1", "t1", DAY, "sending", "outbox"),
        '{"by":"outbox","enrollment":"e1","kind":"MailMoved","on":"2026-03-02","task":"t1","to":"sending"}',
    ),
    (
        MailMoved("e1", "t1", DAY, "pending", "léa", "released", "2026-03-02T05:00:00Z", 1, "smtp x", NEXT),
        '{"at":"2026-03-02T05:00:00Z","attempt":1,"by":"léa","enrollment":"e1","expires":"2026-03-03","kind":"MailMoved",'
        '"on":"2026-03-02","task":"t1","through":"smtp x","to":"pending","why":"released"}',
    ),
    (
        StepOpened(
            "e1",
            "hello",
            DAY,
            (
                OpenTask(
                    "t1",
                    "hello",
                    "email",
                    "lea",
                    DAY,
                    DAY,
                    0,
                    "claire",
                    sends="auto",
                    mail="pending",
                    expires=NEXT,
                ),
            ),
        ),
        '{"enrollment":"e1","kind":"StepOpened","on":"2026-03-02","step":"hello","tasks":[{"contact":"claire","due":"2026-03-02",'
        '"expires":"2026-03-03","key":"t1","kind":"email","mail":"pending","minutes":0,"opened_on":"2026-03-02","owner":"lea",'
        '"sends":"auto","step":"hello"}]}',
    ),
    (
        DraftRewritten("e1", "t1", DAY, "léa", "ab12"),
        '{"by":"léa","enrollment":"e1","kind":"DraftRewritten","on":"2026-03-02","sha256":"ab12","task":"t1"}',
    ),
    (
        Suppressed("5f1e", DAY, "they asked", "léa"),
        '{"address":"5f1e","because":"they asked","by":"léa","kind":"Suppressed","on":"2026-03-02"}',
    ),
    (
        SuppressionLifted("5f1e", DAY, "they asked again", "léa"),
        '{"address":"5f1e","because":"they asked again","by":"léa","kind":"SuppressionLifted","on":"2026-03-02"}',
    ),
    (
        Allowed("a_table_shrinks_by", "we merged two CRMs", "léa", "7c1e", DAY),
        '{"because":"we merged two CRMs","by":"léa","kind":"Allowed","on":"2026-03-02","plan":"7c1e",'
        '"rule":"a_table_shrinks_by"}',
    ),
    (
        Recalled("e1", 12, DAY, "léa", "a wrong export"),
        '{"because":"a wrong export","by":"léa","enrollment":"e1","kind":"Recalled","on":"2026-03-02","run":12}',
    ),
    (
        Recalled(
            "e1", 12, DAY, "léa", "", Enrollment("e1", "p", "acme", None, 1, "d", Arm.TREATED, DAY, "rule")
        ),
        '{"back":{"account":"acme","arm":"treated","by":"rule","definition":"d","episode":1,"key":"e1","playbook":"p",'
        '"row":null,"started_on":"2026-03-02"},"by":"léa","enrollment":"e1","kind":"Recalled","on":"2026-03-02","run":12}',
    ),
    (
        RunUndone(12, DAY, "léa", "a wrong export"),
        '{"because":"a wrong export","by":"léa","kind":"RunUndone","on":"2026-03-02","run":12}',
    ),
    (
        RunUndone(12, DAY, "léa", "a wrong export", 3, 1),
        '{"because":"a wrong export","by":"léa","kind":"RunUndone","later":1,"on":"2026-03-02","run":12,"stays":3}',
    ),
    (
        AccountMoved("acme", "acme-2", DAY, "léa", "merged"),
        '{"account":"acme","because":"merged","by":"léa","kind":"AccountMoved","on":"2026-03-02","to":"acme-2"}',
    ),
    (
        SubjectMoved("e1", "acme-2", DAY),
        '{"account":"acme-2","enrollment":"e1","kind":"SubjectMoved","on":"2026-03-02"}',
    ),
    (
        LedgerBegan(DAY, "léa", "the disk is gone"),
        '{"because":"the disk is gone","by":"léa","kind":"LedgerBegan","on":"2026-03-02"}',
    ),
    (
        ContactForgotten(("forgotten-1a2b",), DAY, "léa", "she asked for it", "ab12", "0f", {"events": 3}),
        '{"because":"she asked for it","by":"léa","counts":{"events":3},"head":"ab12","kind":"ContactForgotten",'
        '"marks":["forgotten-1a2b"],"on":"2026-03-02","token":"0f"}',
    ),
]
# What a text leaves out means this. A change here changes what has happened: give the new field another name.
LEFT_OUT = [
    (Started, {"at_start": {}, "watch_until": None}),
    (StepOpened, {"tasks": (), "until": None, "waits": (), "no_copies": ()}),
    (StepRepeats, {"occurrence": 0, "planned": None, "since": None, "rhythm": ""}),
    (TaskAnswered, {"note": "", "via": "done"}),
    (Ended, {"by": "rule", "because": ""}),
    (StartAsked, {"because": ""}),
    (TraitSet, {"because": "", "enrollment": None, "step": "", "until": None}),
    (MailMoved, {"why": "", "at": "", "attempt": 0, "through": "", "expires": None}),
    (Notified, {"channel": "", "to": ()}),
    (Recalled, {"because": "", "back": None}),
    (RunUndone, {"stays": 0, "later": 0}),
    (
        OpenTask,
        {
            "contact": None, "payload": "", "missing": (), "occurrence": 1, "state": TaskState.OPEN,
            "outcome": None, "done_on": None, "by": "", "note": "", "escalated_on": None,
            "sends": "", "mail": "", "expires": None, "attempts": 0, "rewritten_by": "",
        },
    ),
]  # fmt: skip


@given(EVENTS)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    text = write_event(event)

    assert read_event(text) == event
    assert write_event(read_event(text)) == text  # 1, 1.0 and true are equal, but not the same


@given(ENROLLMENTS)
def test_an_enrollment_is_read_as_it_was_written(enrollment: Enrollment) -> None:
    text = write_enrollment(enrollment)

    assert read_enrollment(text) == enrollment
    assert write_enrollment(read_enrollment(text)) == text


@given(EVENTS)
@example(GivenCorrected("", date(2000, 1, 1), given={"": 1.03e-05}, by="", because="", words=""))
@example(GivenCorrected("", date(2000, 1, 1), given={"": 1e-07}, by="", because="", words="1e16"))
@example(GivenCorrected("", date(2000, 1, 1), given={"": -1e16}, by="", because="", words='"1.50'))
def test_keys_are_sorted_and_nothing_is_spaced(event: Event) -> None:
    text = write_event(event)

    again = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert numbers_as_python_says(text) == again


_STRING_OR_FRACTION = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?')


def numbers_as_python_says(text: str) -> str:
    """1e16 as 1e+16, 0.0000103 as 1.03e-05: one number, said in two ways."""

    def said(match: re.Match[str]) -> str:
        token = match[0]
        return repr(float(token)) if token[0] != '"' and set(token) & {".", "e"} else token

    return _STRING_OR_FRACTION.sub(said, text)


@pytest.mark.parametrize(("event", "text"), WRITTEN, ids=[type(event).__name__ for event, _ in WRITTEN])
def test_what_stands_in_a_ledger_keeps_its_meaning(event: Event, text: str) -> None:
    assert (write_event(event), read_event(text)) == (text, event)


def test_every_kind_of_event_is_among_them() -> None:
    assert {type(event) for event, _ in WRITTEN} == set(get_args(Event))


@pytest.mark.parametrize(("kind", "defaults"), LEFT_OUT, ids=[kind.__name__ for kind, _ in LEFT_OUT])
def test_what_is_left_out_keeps_its_meaning(kind: type, defaults: dict[str, object]) -> None:
    now = {
        field.name: field.default if field.default_factory is NODEFAULT else field.default_factory()
        for field in fields(kind)
    }

    assert {name: now[name] for name in defaults} == defaults


def test_what_came_in_another_order_is_written_the_same() -> None:
    one = Started("e", "p", "a", None, 1, "d", Arm.TREATED, DAY, "rule", {"x": 1, "y": 2})
    other = Started("e", "p", "a", None, 1, "d", Arm.TREATED, DAY, "rule", {"y": 2, "x": 1})

    assert write_event(one) == write_event(other)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"kind":"Dreamt"}', '{"kind":"GoalMet","on":"2026-02-30","enrollment":"e"}',
     '{"kind":"GoalMet","on":"2026-03-02"}', '{"kind":"GoalMet","on":"2026-03-02","enrollment":"e","x":1}'],
)  # fmt: skip
def test_another_text_is_refused_without_a_traceback(text: str) -> None:
    with pytest.raises(StoppedOnPurpose, match="cannot be read"):
        read_event(text)


def test_a_word_that_was_put_together_is_the_default_it_equals() -> None:
    """msgspec leaves out the very object of a default; two texts of one event would give two plans."""
    word = "".join(["ru", "le"])

    assert write_event(Ended("e", DAY, "x", "exit", word)) == write_event(Ended("e", DAY, "x", "exit"))


def test_defaults_are_such_that_the_equal_is_the_same() -> None:
    """None, "", 0, 1, (), yes and no, members of enums are one object each; an empty map is told apart by its kind."""
    for kind in (*get_args(Event), Enrollment, OpenTask, Progress, Repeated):
        for one in fields(kind):
            known = one.default in ("", None, 0, 1, ()) or isinstance(one.default, Enum)
            of_words = one.default in ("done", "rule")  # event_text knows them
            assert known or of_words or one.default is NODEFAULT, (kind, one.name)


@pytest.mark.parametrize("endless", [float("inf"), float("-inf"), float("nan")])
def test_a_number_without_an_end_is_not_written_as_nothing(endless: float) -> None:
    with pytest.raises(ValueError, match="can be written nowhere"):
        write_event(Started("e", "p", "a", None, 1, "d", Arm.TREATED, DAY, "rule", {"x": endless}))
