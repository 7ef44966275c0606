"""What a letter is made of once it is read: words as written, blanks to fill, choices, repetitions."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from cs_playbook.source.finding import Span


class Blank(Struct, frozen=True):
    """A place to fill: `contact.first_name`. `inside`: the name is the item of the list it goes through.

    `path`: the parts of the name, taken apart once because letters are filled by the ten thousand.
    """

    name: str
    path: tuple[str, ...]
    span: Span
    inside: bool = False


class Fixed(Struct, frozen=True):
    """A value written in the letter itself: 'high', 3, -0.5, ('red', 'yellow')."""

    value: str | int | float | bool | tuple[str | int | float, ...]


Operand = Blank | Fixed


class Filled(Struct, frozen=True):
    """`{% if contact.first_name %}`: not empty, not zero, not no."""

    blank: Blank


class Compared(Struct, frozen=True):
    """`operator` is one of == != < <= > >= in, not in."""

    operator: str
    left: Operand
    right: Operand


class Every(Struct, frozen=True):
    """`and`: all of them."""

    items: tuple[Test, ...]


class Either(Struct, frozen=True):
    """`or`: one of them."""

    items: tuple[Test, ...]


class Opposite(Struct, frozen=True):
    """`not`."""

    item: Test


Test = Filled | Compared | Every | Either | Opposite


class Filter(Struct, frozen=True):
    """`| money('EUR')`: its name and what stands in its brackets."""

    name: str
    arguments: tuple[str | int, ...] = ()


class Words(Struct, frozen=True):
    """Text of the letter as written."""

    text: str


class Shown(Struct, frozen=True):
    """`{{ account.renewal_date | date('short') }}`. `mark`: the same for the same blank in the same form."""

    blank: Blank
    filters: tuple[Filter, ...]
    mark: str


class Choice(Struct, frozen=True):
    """`{% if … %} … {% elif … %} … {% else %} …`: the first branch that fits."""

    branches: tuple[tuple[Test, tuple[Piece, ...]], ...]
    otherwise: tuple[Piece, ...]


class Rows(Struct, frozen=True):
    """`rows('tickets', "closed_on is null")`: the account's rows that fit; "" for a condition: all of them.

    `condition_span`: where its first letter stands.
    """

    table: str
    condition: str
    span: Span
    condition_span: Span


class Loop(Struct, frozen=True):
    """`{% for product in account.products %}`: once for each; `otherwise` when there is none."""

    item: str
    over: Blank | Rows
    body: tuple[Piece, ...]
    otherwise: tuple[Piece, ...]


Piece = Words | Shown | Choice | Loop


def blanks_in(pieces: tuple[Piece, ...]) -> Iterator[Blank]:
    """Every blank that is asked for anywhere, in the order of the text."""
    for piece in pieces:
        match piece:
            case Words():
                pass
            case Shown():
                yield piece.blank
            case Choice():
                for test, inside in piece.branches:
                    yield from _asked(test)
                    yield from blanks_in(inside)
                yield from blanks_in(piece.otherwise)
            case Loop():
                if isinstance(piece.over, Blank):
                    yield piece.over
                yield from blanks_in(piece.body)
                yield from blanks_in(piece.otherwise)


def loops_in(pieces: tuple[Piece, ...]) -> Iterator[Loop]:
    """Every repetition, also those in branches."""
    for piece in pieces:
        match piece:
            case Loop():
                yield piece
                yield from loops_in(piece.otherwise)
            case Choice():
                for _, inside in piece.branches:
                    yield from loops_in(inside)
                yield from loops_in(piece.otherwise)
            case _:
                pass


def shown_in(pieces: tuple[Piece, ...]) -> Iterator[Shown]:
    """Every blank that is shown anywhere, with its filters."""
    for piece in pieces:
        match piece:
            case Shown():
                yield piece
            case Choice():
                for _, inside in piece.branches:
                    yield from shown_in(inside)
                yield from shown_in(piece.otherwise)
            case Loop():
                yield from shown_in((*piece.body, *piece.otherwise))
            case Words():
                pass


def always_shown(pieces: tuple[Piece, ...]) -> Iterator[Blank]:
    """The blanks that stand outside any choice or repetition: without them there is no letter."""
    return (piece.blank for piece in pieces if isinstance(piece, Shown))


def _asked(test: Test) -> Iterator[Blank]:
    match test:
        case Filled():
            yield test.blank
        case Compared():
            yield from (side for side in (test.left, test.right) if isinstance(side, Blank))
        case Every() | Either():
            for item in test.items:
                yield from _asked(item)
        case Opposite():
            yield from _asked(test.item)
