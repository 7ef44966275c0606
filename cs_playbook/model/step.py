"""A step: its verb, what comes before it, when it is due, what it may end with."""

from __future__ import annotations

from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.model.asks import Ask
from cs_playbook.model.condition import Cases, Condition, Fit, plain
from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import Expression, Name
from cs_playbook.model.rhythm import comes_to_an_end
from cs_playbook.model.team import People
from cs_playbook.model.time import Moment, Rhythm
from cs_playbook.model.trait import NewValue
from cs_playbook.source.finding import Span

TASK_DONE = "done"
EMAIL_OUTCOMES = ("sent", "discarded", "undeliverable")
WAIT_OUTCOMES = ("met", "timed_out")
APPROVE_OUTCOMES = ("approved", "refused")
MET, TIMED_OUT = WAIT_OUTCOMES
NOT_STARTED = "not_started"
Sending = OneOf["draft", "auto"]


class Sentence(Struct, frozen=True):
    """A text with blanks: pieces of text and names (`{{ account.x }}`, `{{ row.x }}`, `{{ contact.x }}`)."""

    text: str
    pieces: tuple[str | Name, ...]
    span: Span


class Requirement(Struct, frozen=True):
    """A step that must have ended; with outcomes: done with one of these."""

    step: str
    outcomes: tuple[str, ...]
    span: Span


class After(Struct, frozen=True):
    """When a step becomes ready. `all` of no requirements means at once."""

    kind: OneOf["all", "any"]
    requirements: tuple[Requirement, ...]


class ChannelRef(Struct, frozen=True):
    """A channel of the project file, where it is named."""

    channel: str
    span: Span


class Escalation(Struct, frozen=True):
    """Who is told when a line is late, people or a channel, and after how long."""

    when_late_by: Cases[Duration]
    tell: Cases[People | ChannelRef]


class Task(Struct, frozen=True):
    """Something a person does. `about`: the contact it is about. `done_when`: the data closes it, with that outcome."""

    title: Sentence
    owner: Cases[People]
    due: Cases[Moment]
    minutes: Cases[int]
    outcomes: tuple[str, ...] = (TASK_DONE,)
    checklist: tuple[Sentence, ...] = ()
    about: Cases[People] | None = None
    escalate: Escalation | None = None
    done_when: tuple[Fit[str], ...] = ()


class Email(Struct, frozen=True):
    """A letter to each of `to`, drafted for `sender`, who answers sent or discarded.

    `copies`: who else reads it (`cc:`). `thread`: the email step in whose thread it goes on. `once_per` family: who has
    had it for a parent or sister account gets it no second time. `sends`: whether a person sends it, or the outbox;
    `expires_after`: how long after the day it was due it may still leave (None: as the project says).
    """

    letter: Cases[str]
    to: Cases[People]
    sender: Cases[People]
    due: Cases[Moment]
    minutes: Cases[int]
    span: Span
    copies: Cases[People] | None = None
    thread: Requirement | None = None
    once_per: OneOf["account", "family"] = "account"
    sends: Cases[Sending] = plain("draft")
    expires_after: Cases[Duration] | None = None

    @property
    def may_go_by_itself(self) -> bool:
        """Whether the outbox sends it in any case."""
        return any(fit.value == "auto" for fit in self.sends.fits)


class Wait(Struct, frozen=True):
    """Over when `until` says yes (met), or after so long (timed_out)."""

    lasting: Cases[Duration]
    until: Condition | None


class Decide(Struct, frozen=True):
    """The first case that fits is the outcome."""

    cases: Cases[str]


class Approve(Struct, frozen=True):
    """A question that somebody approves or refuses."""

    question: Sentence
    owner: Cases[People]
    due: Cases[Moment]
    minutes: Cases[int]
    checklist: tuple[Sentence, ...] = ()
    escalate: Escalation | None = None
    about: Cases[People] | None = None


class Document(Struct, frozen=True):
    """A text with sections that a person fills. `name`: documents/<name>. `done_when`: as a task's."""

    name: Cases[str]
    owner: Cases[People]
    due: Cases[Moment]
    minutes: Cases[int]
    span: Span
    outcomes: tuple[str, ...] = (TASK_DONE,)
    checklist: tuple[Sentence, ...] = ()
    about: Cases[People] | None = None
    escalate: Escalation | None = None
    done_when: tuple[Fit[str], ...] = ()


class Play(Struct, frozen=True):
    """Starts another playbook for the same account. `given`: what that one asks, each with its value."""

    playbook: Cases[str]
    span: Span
    given: tuple[tuple[str, Cases[Expression]], ...] = ()


class Set(Struct, frozen=True):
    """Sets traits of the account, in the order written, to a value or to what an expression gives; done at once."""

    values: tuple[tuple[str, Cases[NewValue | Expression]], ...]


class Notify(Struct, frozen=True):
    """Tells a channel or our people; done at once. `says` None: the playbook, the account, why it is in it.

    `meta`: what goes along for the program that reads the channel, as JSON; nothing where there is none.
    """

    to: Cases[People | ChannelRef]
    says: Sentence | None = None
    meta: str = ""


Verb = Task | Email | Wait | Decide | Approve | Document | Play | Set | Notify


class Repeat(Struct, frozen=True):
    """A step opens again and again: until `until` says yes (met), or `at_most` have been done (timed_out).

    Without either, and in a rhythm that never ends, it goes on until the enrollment ends.
    """

    every: Cases[Rhythm]
    until: Condition | None = None
    at_most: int | None = None

    @property
    def endings(self) -> tuple[str, ...]:
        """What the step as a whole can end with; nothing where it never does."""
        ends = self.at_most is not None or any(comes_to_an_end(fit.value) for fit in self.every.fits)
        return ((MET,) if self.until is not None else ()) + ((TIMED_OUT,) if ends else ())


class Step(Struct, frozen=True):
    """One step. `when_owner_changes`: whether an open line follows its role. `ends`: outcomes that end the enrollment. `asks`: what is answered besides the outcome."""

    id: str
    verb: Verb
    after: After
    span: Span
    when: Condition | None = None
    not_before: Cases[Moment] | None = None
    ends: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    repeats: Repeat | None = None
    when_owner_changes: OneOf["follow", "keep"] = "follow"

    @property
    def kind(self) -> str:
        """Its verb, as people write it."""
        return "playbook" if isinstance(self.verb, Play) else type(self.verb).__name__.lower()

    @property
    def owner(self) -> Cases[People] | None:
        """Whose lines it opens: of an email the sender's, who looks at the draft. None: no line is opened."""
        match self.verb:
            case Task(owner=owner) | Document(owner=owner) | Approve(owner=owner):
                return owner
            case Email(sender=sender):
                return sender
            case _:
                return None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """All it can end with; of a playbook only what it says itself: the rest is the other one's (check/plays)."""
        match self.verb:
            case Task(outcomes=outcomes) | Document(outcomes=outcomes):
                return outcomes
            case Play():
                return (NOT_STARTED,)
            case Set() | Notify():
                return (TASK_DONE,)
            case Email():
                return EMAIL_OUTCOMES
            case Wait():
                return WAIT_OUTCOMES
            case Approve():
                return APPROVE_OUTCOMES
            case Decide(cases=cases):
                return tuple(dict.fromkeys(fit.value for fit in cases.fits))
