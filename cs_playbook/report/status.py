"""How things stand → one screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

from cs_playbook.report.pieces import wrap
from cs_playbook.report.words import HELD, clean, count, day_in_words

# In the counts of a run: a figure that was near the limit at which a run stops, and that limit.
NEAR, MOST = "near:", "most:"
UNDECIDED = "undecided:"  # and a playbook that was left out


class Standing(Protocol):
    """What the screen asks of commands/looking.py: StatusNow."""

    @property
    def last(self) -> Any: ...
    @property
    def manifest(self) -> Any: ...
    @property
    def snapshot_trouble(self) -> str: ...
    @property
    def hours_old(self) -> int | None: ...
    @property
    def built(self) -> str: ...
    @property
    def open_enrollments(self) -> int: ...
    @property
    def shadows(self) -> int: ...
    @property
    def open_tasks(self) -> int: ...
    @property
    def late(self) -> int: ...
    @property
    def drafts(self) -> int: ...
    @property
    def oldest_draft(self) -> date | None: ...
    @property
    def starts_asked(self) -> int: ...
    @property
    def unpublished(self) -> int: ...
    @property
    def held(self) -> Mapping[str, int]: ...
    @property
    def held_out(self) -> int: ...
    @property
    def notes_waiting(self) -> int: ...
    @property
    def posts_in_doubt(self) -> int: ...
    @property
    def forgetting(self) -> bool: ...
    @property
    def muted(self) -> tuple[tuple[str, date, str], ...]: ...
    @property
    def outbox(self) -> Mapping[str, int]: ...
    @property
    def number(self) -> int: ...
    @property
    def began(self) -> datetime | None: ...
    @property
    def expected(self) -> Any: ...
    @property
    def before(self) -> tuple[date, int] | None: ...
    @property
    def taken_back(self) -> tuple[int, str, str, date] | None: ...
    @property
    def oldest_allowed(self) -> int: ...


def status_text(now: Standing, today: date, width: int = 100) -> str:
    """What is wrong first, with what to do; then counts; what the next run does by itself at the end."""
    rows = [
        ("Last run", _last(now, today)),
        *([("Next run", f"expected {_moment(now.expected.next, today)}")] if now.expected else []),
        ("Snapshot", _snapshot(now, today)),
        ("Open", _open(now, today)),
        ("Held", _held(now)),
        ("Outbox", _outbox(now)),
        *_limits(now),
        *_muted(now),
    ]
    wrong = "".join(f"! {_below(sentence, 2, width)}\n" for sentence in _wrong(now, today))
    text = "".join(f"{title:<12}{_below(words, 12, width)}\n" for title, words in rows)
    coming = "".join(f"\n  {_below(sentence, 2, width)}\n" for sentence in _coming(now))
    return (f"{wrong}\n" if wrong else "") + text + coming


def _below(words: str, indent: int, width: int) -> str:
    return ("\n" + " " * indent).join(wrap(words, width - indent))


def _last(now: Standing, today: date) -> str:
    if now.last is None:
        return f"never{_taken_back(now)}"
    started = now.last.counts.get("event:Started", 0)
    opened = now.last.counts.get("tasks", 0)
    when = f"{_moment(now.began, today)}, run {now.number}, " if now.began else ""
    done = f"{when}plan of {_day_or_today(now.last.day, today)}: {count(started, 'start')}, {count(opened, 'new task')}"
    return f"{done}{_taken_back(now)}"


def _taken_back(now: Standing) -> str:
    if now.taken_back is None:
        return ""
    run, by, because, on = now.taken_back
    return f" · run {run} was taken back on {day_in_words(on)} by {clean(by)}: {clean(because)}"


def _moment(moment: datetime, today: date) -> str:
    days = {0: "today", 1: "tomorrow", -1: "yesterday"}
    day = days.get((moment.date() - today).days) or day_in_words(moment.date())
    return f"{day} {moment.hour:02d}:{moment.minute:02d}"


def _snapshot(now: Standing, today: date) -> str:
    if now.manifest is None:
        return now.snapshot_trouble or "none"
    rows = now.manifest.counts["accounts"].rows
    was = ""
    if now.before is not None:
        day, accounts = now.before
        word = "yesterday" if (today - day).days == 1 else day_in_words(day)
        was = f" ({word} {accounts})"
    of_today = f"today{f', built {now.built}' if now.built else ''}"
    age = (
        of_today
        if now.manifest.day == today
        else f"{day_in_words(now.manifest.day)}, {_age_in_words(now.hours_old)}"
    )
    return f"of {age}, {count(rows, 'account')}{was}"


def _open(now: Standing, today: date) -> str:
    parts = [count(now.open_enrollments, "enrollment"), f"{count(now.open_tasks, 'task')} ({now.late} late)"]
    if now.drafts:
        parts.append(f"{count(now.drafts, 'draft')} not sent{_oldest(now.oldest_draft, today)}")
    if now.shadows:
        parts.append(count(now.shadows, "shadow"))
    if now.held_out:
        parts.append(f"{now.held_out} held out, watched only")
    return " · ".join(parts)


def _oldest(day: date | None, today: date) -> str:
    days = (today - day).days if day else 0
    return f", oldest {count(days, 'day')}" if days > 0 else ""


def _held(now: Standing) -> str:
    held = sorted(now.held.items())
    return " · ".join(f"{HELD.get(reason, reason)} {number}" for reason, number in held) or "nothing"


def _outbox(now: Standing) -> str:
    """What a `send` that was cut has left is as uncertain as what a server never answered."""
    uncertain = now.outbox.get("uncertain", 0) + now.outbox.get("sending", 0)
    posts = (
        f" · {count(now.posts_in_doubt, 'note or digest', 'notes or digests')} in doubt"
        if now.posts_in_doubt
        else ""
    )
    return f"{now.outbox.get('pending', 0)} pending · {uncertain} uncertain{posts}"


def _limits(now: Standing) -> list[tuple[str, str]]:
    """What was near its stop at the last run, the nearest first."""
    counts = now.last.counts if now.last else {}
    near = [
        (figure / most, name.removeprefix(NEAR), figure, most)
        for name, figure in counts.items()
        if name.startswith(NEAR) and (most := counts.get(f"{MOST}{name.removeprefix(NEAR)}", 0))
    ]
    said = [
        f"{clean(what)} {figure} of at most {most}" for _, what, figure, most in sorted(near, reverse=True)
    ]
    return [("Limits", " · ".join(said[:3]))] if said else []


def _muted(now: Standing) -> list[tuple[str, str]]:
    """Whom people have muted, the first to come back first."""
    first = sorted(now.muted, key=lambda item: (item[1], item[0]))
    said = [
        f"{clean(account)} until {day_in_words(until)}: {clean(why)}" for account, until, why in first[:3]
    ]
    more = [f"{len(first) - 3} more"] if len(first) > 3 else []
    return [("Left alone", " · ".join([*said, *more]))] if first else []


def _wrong(now: Standing, today: date) -> list[str]:
    """What waits for a person, the worst first."""
    wrong = []
    if now.expected is not None and now.expected.missing is not None:
        wrong.append(
            f"the run of {_moment(now.expected.missing, today)} did not come: look at cron and its mails; by hand: "
            "cs-playbook snapshot build && cs-playbook run"
        )
    if now.forgetting:
        wrong.append(
            "a cut came while somebody was being forgotten: cs-playbook run finishes it, and then runs"
        )
    wrong += _wrong_snapshot(now)
    if now.unpublished:
        wrong.append(
            f"{count(now.unpublished, 'file')} of the last run not yet in place: cs-playbook run puts them there"
        )
    if now.outbox.get("uncertain") or now.outbox.get("sending"):
        wrong.append(
            "whether every mail arrived is not known: cs-playbook drafts shows which; cs-playbook send --resolve KEY sent|again|dead"
        )
    if now.held.get("text no longer binds"):
        frozen = count(now.held["text no longer binds"], "enrollment is", "enrollments are")
        wrong.append(
            f"{frozen} frozen, the text with which they began no longer binds: cs-playbook validate says where"
        )
    counts = now.last.counts if now.last else {}
    left_out = [clean(name.removeprefix(UNDECIDED)) for name in counts if name.startswith(UNDECIDED)]
    if left_out:
        wrong.append(f"the last run could not decide {', '.join(left_out)}: cs-playbook dry-run says why; the next run does what is left")  # fmt: skip
    refused = now.last.counts.get("refused_answers", 0) if now.last else 0
    if refused:
        rows = count(refused, "row of a returned list was", "rows of returned lists were")
        wrong.append(f"{rows} not taken at the last run: cs-playbook dry-run shows what is wrong")
    return wrong


def _wrong_snapshot(now: Standing) -> list[str]:
    if now.manifest is None:
        return [f"{now.snapshot_trouble or 'there is no snapshot'}: cs-playbook snapshot build makes one"]
    if not now.oldest_allowed or now.hours_old is None or now.hours_old <= now.oldest_allowed:
        return []
    return [
        f"the snapshot is {_age_in_words(now.hours_old)}, at most {now.oldest_allowed} h are allowed: a run would stop; "
        "look where the exports are, then cs-playbook snapshot build"
    ]


def _coming(now: Standing) -> list[str]:
    """What is done by the next command of cron, or by nobody yet."""
    coming = []
    if now.last is not None and now.manifest is not None and now.manifest.day > now.last.day:
        coming.append(f"the snapshot of {day_in_words(now.manifest.day)} was not run yet: cs-playbook run")
    if now.starts_asked:
        coming.append(f"{count(now.starts_asked, 'start')} asked for: the next run makes them")
    if now.outbox.get("pending"):
        coming.append(
            f"{count(now.outbox['pending'], 'mail')} in the outbox: cs-playbook send sends what may leave"
        )
    if now.notes_waiting:
        coming.append(f"{count(now.notes_waiting, 'note')} for channels: cs-playbook send posts them")
    return coming


def _age_in_words(hours: int | None) -> str:
    if hours is None:
        return ""
    return f"{hours} h old" if hours < 72 else f"{hours // 24} days old"


def _day_or_today(day: date, today: date) -> str:
    return "today" if day == today else day_in_words(day)
