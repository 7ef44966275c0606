"""Who should own what: the rules of `assign:` over made-up books, its laws, and how good it is beside other ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from random import Random
from statistics import pstdev

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.model.assignment import MINUTES, Assignment, AssignRule, Freeze, Matching, Named
from cs_playbook.model.team import Absence, Person, Team
from cs_playbook.source.finding import Span
from cs_playbook.study.assign import Cause, Proposal, assign
from cs_playbook.study.owning import Owned, room_of
from cs_playbook.values import replace

DAY = date(2026, 3, 2)
LANGUAGES = ("fr", "en", "de")


def place(line: int) -> Span:
    return Span("x.yaml", line, 1)


def person(name: str, *speaks: str, week: int | None = 100, away: tuple[date, date] | None = None) -> Person:
    absences = (Absence(*away, None, place(1)),) if away else ()
    return Person(f"{name}@v.example", name, place(1), speaks=speaks, minutes_per_week=week, away=absences)


def team(*people: Person) -> Team:
    return Team("t", (), people, place(1))


def rules(people: Team, frozen: tuple[Freeze, ...] = (), balance: str = MINUTES) -> Assignment:
    """A group has one owner; everybody else somebody who speaks the language."""
    everybody = Named("everybody", tuple(one.email for one in people.people))
    group = AssignRule("group", None, everybody, place(1), balance=balance, same_for="group_id")
    speaks = AssignRule("speaks", None, everybody, place(2), (Matching("speaks", "language"),), balance)
    return Assignment("csm", "csm_email", (group, speaks), place(3), frozen)


def account(
    key: str, owner: str = "", minutes: int = 40, language: str | None = "fr", **more: object
) -> Owned:
    """`group`: of which one person owns all. `share`: of how many one person may have."""
    group, many = more.get("group"), more.get("many", 0)
    share = Fraction(1, many) if isinstance(many, int) and many else Fraction(0)
    values = {"language": language, "group_id": str(group) if group else None, "arr": float(minutes)}
    whose = f"{owner}@v.example" if owner else ""
    return Owned(key, key, whose, 0 if group else 1, minutes, share, values)


def proposed(
    people: Team, *accounts: Owned, frozen: tuple[Freeze, ...] = (), balance: str = MINUTES
) -> Proposal:
    return assign("tier", rules(people, frozen, balance), accounts, people, DAY)


def moved(found: Proposal) -> dict[str, str]:
    return {one.account.key: one.now.partition("@")[0] for one in found.moves}


def left(found: Proposal) -> dict[str, Cause]:
    return {one.account.key: one.said.cause for one in found.left}


# --- the rules ---


def test_who_has_a_right_owner_keeps_them_however_uneven_that_is() -> None:
    people = team(person("lea", "fr"), person("marc", "fr"))

    found = proposed(people, *(account(f"a{n}", "lea") for n in range(9)))

    assert (moved(found), found.kept) == ({}, {"speaks": 9})


def test_an_owner_who_does_not_speak_the_language_gives_the_account_to_who_has_least() -> None:
    people = team(person("lea", "fr"), person("marc", "en"), person("ines", "fr"))

    found = proposed(people, account("a", "marc"), account("b", "lea"))

    assert moved(found) == {"a": "ines"}
    assert (found.moves[0].said.cause, found.moves[0].said.value) == (Cause.MATCHING, "fr")


def test_new_accounts_go_to_who_would_have_the_smallest_share_of_their_minutes_the_largest_first() -> None:
    people = team(person("lea", "fr", week=200), person("marc", "fr", week=100))

    found = proposed(people, account("a", minutes=10), account("b", minutes=300), account("c", minutes=200))

    assert moved(found) == {"b": "lea", "c": "marc", "a": "lea"}


def test_of_who_has_too_much_the_one_account_goes_that_is_just_enough() -> None:
    people = team(person("lea", "fr"), person("marc", "fr"))  # 100 a week are 433 a month

    found = proposed(
        people,
        account("a", "lea", 300),
        account("b", "lea", 100),
        account("c", "lea", 60),
        account("d", "lea", 10),
    )

    assert (moved(found), found.moves[0].said.cause) == ({"c": "marc"}, Cause.TOO_MUCH)


def test_as_many_accounts_as_one_may_have_is_a_limit_too() -> None:
    people = team(person("lea", "fr", week=None), person("marc", "fr", week=None))

    found = proposed(people, *(account(f"a{n}", "lea", 0, many=3) for n in range(4)))

    assert list(moved(found).values()) == ["marc"]


def test_a_group_goes_to_who_has_most_of_it() -> None:
    people = team(person("lea", "fr"), person("marc", "fr"))

    found = proposed(
        people, *(account(f"g{n}", who, group="G") for n, who in enumerate(("marc", "lea", "marc", "")))
    )

    assert moved(found) == {"g1": "marc", "g3": "marc"}
    assert [one.said.cause for one in found.moves] == [Cause.TOGETHER, Cause.NO_OWNER]


def test_a_group_that_nobody_has_room_for_stays_as_it_is_and_says_so() -> None:
    people = team(person("lea", "fr"), person("marc", "fr"))

    found = proposed(people, account("g1", "lea", 300, group="G"), account("g2", "marc", 300, group="G"))

    assert (moved(found), left(found)) == ({}, {"g1": Cause.NO_ROOM, "g2": Cause.NO_ROOM})


def test_while_it_is_frozen_only_who_has_nobody_gets_somebody() -> None:
    people = team(person("lea", "fr"), person("marc", "en"))

    found = proposed(people, account("a", "marc"), account("b"), frozen=(Freeze(DAY, DAY),))

    assert (moved(found), left(found)) == ({"b": "lea"}, {"a": Cause.FROZEN})
    assert found.freeze == Freeze(DAY, DAY)


def test_who_is_away_for_long_or_soon_keeps_theirs_and_gets_nothing_new() -> None:
    long = person("lea", "fr", away=(date(2026, 3, 10), date(2026, 4, 10)))
    short = person("marc", "fr", away=(date(2026, 3, 1), date(2026, 3, 10)))

    assert moved(proposed(team(long, short), account("a", "lea"), account("b"))) == {"b": "marc"}
    assert left(proposed(team(long), account("b"))) == {"b": Cause.AWAY}


def test_what_fails_is_said() -> None:
    people = team(person("lea", "fr"), person("marc", "en", week=0))
    nobody = replace(account("e"), rule=None)
    unknown = replace(account("f"), rule=None, unknown="large ones")

    found = proposed(
        people, account("a", language="de"), account("b", language=None), account("c", "marc", language=None),
        account("d", language="en"), nobody, unknown,
    )  # fmt: skip

    assert left(found) == {
        "a": Cause.NOBODY, "b": Cause.EMPTY, "c": Cause.EMPTY, "d": Cause.NO_ROOM, "e": Cause.NO_RULE,
        "f": Cause.UNKNOWN,
    }  # fmt: skip
    assert moved(found) == {}


def test_one_account_makes_room_for_another_that_fits_nobody_else() -> None:
    """Only Ana speaks French, and she is full; Ben could have her English one."""
    people = team(person("ana", "fr", "en", week=25), person("ben", "en", week=25))
    found = proposed(
        people, account("a", "ana", 100, "en"), account("b", "", 80, "fr"), account("c", "ben", 5, "en")
    )

    assert moved(found) == {"a": "ben", "b": "ana"}
    assert [one.said.cause for one in found.moves if one.account.key == "a"] == [Cause.MAKES_ROOM]
    assert found.left == ()


# --- the laws ---


@st.composite
def books(draw: st.DrawFn) -> tuple[Team, list[Owned]]:
    names = "abcd"[: draw(st.integers(1, 4))]
    weeks, speaks = st.sampled_from((None, 0, 20, 60)), st.sets(st.sampled_from(LANGUAGES), max_size=2)
    away = st.sampled_from((None, None, (DAY, date(2026, 6, 1))))
    people = team(*(person(name, *sorted(draw(speaks)), week=draw(weeks), away=draw(away)) for name in names))
    one = st.builds(
        account, key=st.just(""), owner=st.sampled_from(("", *names, "gone")), minutes=st.sampled_from((0, 20, 45, 130)),
        language=st.sampled_from((*LANGUAGES, None)), group=st.sampled_from((None, None, "G", "H")),
        many=st.sampled_from((0, 2, 5)),
    )  # fmt: skip
    found = draw(st.lists(one, max_size=14))
    return people, [replace(each, key=f"k{number:02}") for number, each in enumerate(found)]


FREEZES = st.sampled_from(((), (Freeze(DAY, DAY),)))


def applied(accounts: Sequence[Owned], found: Proposal) -> list[Owned]:
    now = {one.account.key: one.now for one in found.moves}
    return [replace(one, owner=now.get(one.key, one.owner)) for one in accounts]


def breaks_a_rule(one: Owned, people: Team) -> bool:
    """Nobody's, or of somebody whom the rule does not allow."""
    who = people.person(one.owner)
    return who is None or (one.rule == 1 and one.values["language"] not in who.speaks)


def over(people: Team, accounts: Sequence[Owned], extra: Owned | None = None, to: str = "") -> set[str]:
    found = set()
    for who in people.people:
        mine = [
            one
            for one in accounts
            if (to if extra is not None and one.key == extra.key else one.owner) == who.email
        ]
        room = room_of(who)
        full = room is not None and sum(one.minutes for one in mine) > room
        found |= {who.email} if full or sum(one.share for one in mine) > 1 else set()
    return found


@settings(max_examples=30)
@given(books(), FREEZES)
def test_applied_it_breaks_no_rule_and_proposes_nothing_more(
    book: tuple[Team, list[Owned]], frozen: tuple[Freeze, ...]
) -> None:
    people, accounts = book
    found = proposed(people, *accounts, frozen=frozen)
    after = applied(accounts, found)
    theirs = {one.key: one for one in after}

    assert [one.account.key for one in found.moves if breaks_a_rule(theirs[one.account.key], people)] == []
    assert over(people, after) <= over(people, accounts)
    assert not frozen or all(one.before == "" for one in found.moves)
    assert moved(proposed(people, *after, frozen=frozen)) == {}


@settings(max_examples=30)
@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(book: tuple[Team, list[Owned]], chance: Random) -> None:
    people, accounts = book
    other = list(accounts)
    chance.shuffle(other)

    assert proposed(people, *other) == proposed(people, *accounts)


@settings(max_examples=30)
@given(books())
def test_nobody_has_too_much_or_a_wrong_one_while_somebody_who_matches_has_room(
    book: tuple[Team, list[Owned]],
) -> None:
    people, accounts = book
    after = applied(accounts, proposed(people, *accounts))

    for one in after:
        alone = one.rule == 1 and one.values["language"] is not None
        if alone and (breaks_a_rule(one, people) or is_too_much(one, one.owner, people, after)):
            others = [who for who in people.people if who.email != one.owner and not who.away]
            able = [who.email for who in others if one.values["language"] in who.speaks]
            theirs = [replace(each, owner="") if each.key == one.key else each for each in after]
            handed = {who: [*theirs, replace(one, key="x", owner=who)] for who in able}
            assert [who for who in able if not is_too_much(one, who, people, handed[who])] == []


def is_too_much(one: Owned, owner: str, people: Team, accounts: Sequence[Owned]) -> bool:
    """Whether they have too much of what this account asks for."""
    who = people.person(owner)
    room = None if who is None else room_of(who)
    mine = [each for each in accounts if each.owner == owner]
    minutes = room is not None and sum(each.minutes for each in mine) > room
    return bool((minutes and one.minutes) or (sum(each.share for each in mine) > 1 and one.share))


# --- how good it is ---

REGIONS = ("north", "south", "west")


def test_85_accounts_of_35_owners_in_3_regions_are_spread_better_than_in_turn_and_fewer_move() -> None:
    """Of 85 accounts 12 are new and some are in the wrong region; who may stay stays."""
    chance = Random(85)
    people = team(*(person(f"p{n:02}", "en", week=100) for n in range(35)))
    named = {region: tuple(one.email for one in people.people[at::3]) for at, region in enumerate(REGIONS)}
    by_region = tuple(
        AssignRule(region, None, Named(region, named[region]), place(at), balance=MINUTES)
        for at, region in enumerate(REGIONS)
    )
    accounts = [_of_region(f"k{n:02}", n, chance) for n in range(85)]

    found = assign("tier", Assignment("csm", "csm_email", by_region, place(9)), accounts, people, DAY)
    after, wheel = applied(accounts, found), in_turn(accounts, named)

    wrong = [one.key for one in after if one.owner not in named[REGIONS[one.rule or 0]]]
    assert (wrong, over(people, after), found.left) == ([], set(), ())
    must = [one.key for one in accounts if one.owner not in named[REGIONS[one.rule or 0]]]
    assert len(must) <= len(found.moves) < len(changed(accounts, wheel)) / 2
    assert spread(people, after) < spread(people, only_where_needed(accounts, must, wheel))


def _of_region(key: str, number: int, chance: Random) -> Owned:
    """Every seventh is new; the others have anybody, now and then of another region."""
    region, owner = number % 3, chance.randrange(35)
    right = owner - owner % 3 + region if number % 5 else owner
    whose = "" if number % 7 == 0 else f"p{right % 35:02}"
    one = account(key, whose, chance.choice((30, 60, 90, 180)), "en")
    return replace(one, rule=region)


def in_turn(accounts: Sequence[Owned], named: dict[str, tuple[str, ...]]) -> list[Owned]:
    """Round robin: each region hands out its accounts one by one, whoever has them today."""
    turns = dict.fromkeys(REGIONS, 0)
    given = []
    for one in accounts:
        region = REGIONS[one.rule or 0]
        given.append(replace(one, owner=named[region][turns[region] % len(named[region])]))
        turns[region] += 1
    return given


def only_where_needed(accounts: Sequence[Owned], must: Sequence[str], wheel: Sequence[Owned]) -> list[Owned]:
    """The same turns, but only for who has nobody or somebody wrong."""
    return [other if one.key in must else one for one, other in zip(accounts, wheel, strict=True)]


def changed(accounts: Sequence[Owned], others: Sequence[Owned]) -> list[str]:
    return [one.key for one, other in zip(accounts, others, strict=True) if one.owner != other.owner]


def spread(people: Team, accounts: Sequence[Owned]) -> float:
    """Standard deviation of the minutes that each has."""
    return pstdev(sum(one.minutes for one in accounts if one.owner == who.email) for who in people.people)


def test_beside_an_optimal_assignment_hardly_more_moves_and_hardly_anything_is_left() -> None:
    """Books of 24 accounts for six people who are nearly full; a solver finds the fewest moves that break no rule."""
    moves, fewest, incomplete = 0, 0, 0
    for seed in range(12):
        people, accounts = tight_book(Random(seed))
        after = applied(accounts, proposed(people, *accounts))
        assert over(people, after) == set()
        if any(breaks_a_rule(one, people) for one in after):
            incomplete += 1  # one of 24 books: an account has nobody although there is a way
        else:
            moves, fewest = moves + len(changed(accounts, after)), fewest + solved(people, accounts)

    assert incomplete <= 1
    assert fewest <= moves <= 1.1 * fewest


def tight_book(chance: Random) -> tuple[Team, list[Owned]]:
    """Each speaks two of three languages and has some 15 % of minutes to spare."""
    pairs = [("fr", "en"), ("en", "de"), ("fr", "de")] * 2
    names = [f"p{at}" for at in range(len(pairs))]
    accounts = [
        account(
            f"k{at:02}", chance.choice([*names, ""]), chance.choice((20, 45, 90)), chance.choice(LANGUAGES)
        )
        for at in range(24)
    ]
    each = sum(one.minutes for one in accounts) * 1.15 / len(names) * 12 / 52
    return team(
        *(person(name, *speaks, week=round(each)) for name, speaks in zip(names, pairs, strict=True))
    ), accounts


def solved(people: Team, accounts: Sequence[Owned]) -> int:
    """The fewest moves after which each account has an owner who matches and nobody has too much."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    pairs = [(one, who) for one in accounts for who in people.people if one.values["language"] in who.speaks]
    cost = [float(one.owner != who.email) for one, who in pairs]
    owned = [[float(each is one) for each, _ in pairs] for one in accounts]
    asked = [[one.minutes * float(each is who) for one, each in pairs] for who in people.people]
    room = [float(room_of(who) or 0) for who in people.people]
    found = milp(
        cost, integrality=[1] * len(pairs), bounds=Bounds(0, 1),
        constraints=[LinearConstraint(owned, 1, 1), LinearConstraint(asked, 0, room)],
    )  # fmt: skip
    return round(found.fun)


def test_on_small_books_no_other_way_moves_fewer_and_the_best_of_them_is_hardly_more_even() -> None:
    """All ways are tried: those that break no rule, leave nobody with too much and move the fewest."""
    people = team(person("a", "fr", "en", week=60), person("b", "fr", week=60), person("c", "en", week=60))
    mine, best = 0.0, 0.0
    for seed in range(24):
        accounts = small_book(Random(seed))
        after = applied(accounts, proposed(people, *accounts))
        sound = [way for way in all_ways(people, accounts) if not over(people, way)]
        fewest = min(len(changed(accounts, way)) for way in sound)
        assert (over(people, after), len(changed(accounts, after))) == (set(), fewest)
        mine += spread(people, after)
        best += min(spread(people, way) for way in sound if len(changed(accounts, way)) == fewest)

    assert best <= mine <= 1.12 * best


def small_book(chance: Random) -> list[Owned]:
    """Seven accounts; those of odd numbers may have nobody."""
    return [
        account(
            f"k{n}", chance.choice("abc "[: 3 + n % 2]).strip(), chance.choice((20, 45, 90)),
            chance.choice(("fr", "en")),
        )
        for n in range(7)
    ]  # fmt: skip


def all_ways(people: Team, accounts: Sequence[Owned]) -> Iterator[list[Owned]]:
    able = [[who.email for who in people.people if one.values["language"] in who.speaks] for one in accounts]
    for way in product(*able):
        yield [replace(one, owner=who) for one, who in zip(accounts, way, strict=True)]
