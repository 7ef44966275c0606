"""An account and a day go in; the people there that one knows by name come out, as they are on that day."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from cs_playbook.study.made_up_accounts import HISTORY_BEGINS, Account, Newcomer
from cs_playbook.study.made_up_chance import between, one_of, share
from cs_playbook.study.made_up_names import FIRST_NAMES, LAST_NAMES, plain

HOW_MANY = {"large": (4, 7), "middle": (2, 5), "small": (1, 2)}
ROLES = (
    ("admin",),
    ("champion", "user"),
    ("sponsor",),
    ("user",),
    ("billing",),
    ("user", "champion"),
    ("user",),
)
ALONE = {"large": ("admin",), "middle": ("admin",), "small": ("admin", "champion", "billing")}


JOB_TITLES = (
    ("IT manager", "Systems administrator", "Office manager"),
    ("Head of operations", "Project manager", "Process manager"),
    ("Managing director", "Chief financial officer", "Chief operating officer"),
    ("Planner", "Analyst", "Coordinator"),
    ("Accountant", "Accounts payable clerk"),
    ("Team lead", "Operations manager"),
    ("Planner", "Analyst", "Assistant"),
)


class Contact(Struct, frozen=True):
    """A person of an account. Empty texts are what nobody filled in."""

    id: str
    email: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    last_seen: date | None
    has_left: bool
    opted_out: bool
    language: str
    since: date
    job_title: str


def contacts(account: Account, day: date) -> tuple[Contact, ...]:
    """One or two people in a small account, up to seven in a large one; the administrator comes first."""
    count = account.contacts or between(*HOW_MANY[account.size], account.luck, "contacts")
    first = (_contact(account, n, count, day) for n in range(count))
    met = enumerate(account.newcomers, count)
    later = (_newcomer(account, n, new, day) for n, new in met if new.since <= day)
    return (*first, *later)


def _contact(account: Account, n: int, count: int, day: date) -> Contact:
    told = n == min(1, count - 1) and account.champion != ("", "")
    language = account.language if told or share(account.luck, n, "language") > 0.08 else "en"
    first, last = account.champion if told else _person(account, n, language)
    left_on = account.champion_left_on if told else _left_on(account, n)
    gone = left_on is not None and left_on <= day
    silent_since = account.champion_silent_since if told else None
    return Contact(
        id=f"C{account.id[1:]}-{n + 1}",
        email="" if not told and share(account.luck, n, "email") < 0.03 else _address(account, first, last),
        first_name=first,
        last_name=last,
        roles=ALONE[account.size] if count == 1 else _roles(account, n, told),
        last_seen=_last_seen(account, n, left_on if gone else silent_since, day),
        has_left=gone,
        opted_out=not told and share(account.luck, n, "opted out") < 0.05,
        language=language,
        since=account.appeared_on - timedelta(days=between(0, 60, account.luck, n, "since")),
        job_title=_job_title(account, n),
    )


def _newcomer(account: Account, n: int, new: Newcomer, day: date) -> Contact:
    return Contact(
        id=f"C{account.id[1:]}-{n + 1}",
        email=_address(account, new.first_name, new.last_name),
        first_name=new.first_name,
        last_name=new.last_name,
        roles=new.roles,
        last_seen=max(new.since, _last_seen(account, n, None, day) or new.since),
        has_left=False,
        opted_out=False,
        language=account.language,
        since=new.since,
        job_title=new.job_title,
    )


def _person(account: Account, n: int, language: str) -> tuple[str, str]:
    first = one_of(FIRST_NAMES[language], account.luck, n, "first name")
    blank = share(account.luck, n, "no first name") < 0.03
    return "" if blank else first, one_of(LAST_NAMES[language], account.luck, n, "last name")


def _address(account: Account, first: str, last: str) -> str:
    return f"{plain(first)}.{plain(last)}@{plain(account.name)}.example".lstrip(".")


def _roles(account: Account, n: int, told: bool) -> tuple[str, ...]:
    """In one account out of eight nobody has been found yet who stands up for us."""
    roles = ROLES[n]
    if told or share(account.luck, "no champion") > 0.12:
        return roles
    return tuple(role for role in roles if role != "champion") or ("user",)


def _left_on(account: Account, n: int) -> date | None:
    """About one in twelve leaves in a year."""
    years = share(account.luck, n, "leaves after") * 12
    left_on = max(account.appeared_on, HISTORY_BEGINS) + timedelta(days=60 + int(years * 365))
    return left_on if years < 6 else None


def _last_seen(account: Account, n: int, stopped_on: date | None, day: date) -> date | None:
    """Everybody comes in a rhythm of one to fourteen days; some have never come."""
    if share(account.luck, n, "never came") < 0.04:
        return None
    until = min(end for end in (day, stopped_on, account.quiet_since, account.leaves_on) if end is not None)
    rhythm = between(1, 14, account.luck, n, "rhythm")
    seen = until - timedelta(days=(until.toordinal() + account.luck) % rhythm)
    return seen if seen >= account.appeared_on else None


def _job_title(account: Account, n: int) -> str:
    """One in ten is not written down."""
    blank = share(account.luck, n, "no job title") < 0.10
    return "" if blank else one_of(JOB_TITLES[n], account.luck, n, "job title")
