"""Why an account would change hands, or why it cannot → a sentence."""

from __future__ import annotations

from cs_playbook.study.assign import Cause, Going, Left, Proposal, Said

_KNOWS_ALONE = {"speaks": "speaks", "sectors": "knows the sector"}
_KNOWS = {"speaks": "speak", "sectors": "know the sector"}


def moved_words(move: Going) -> str:
    """`does not speak de`."""
    said = move.said
    match said.cause:
        case Cause.NO_OWNER:
            return "had nobody"
        case Cause.NOT_AMONG:
            return f"the owner is not one of {said.what}"
        case Cause.MATCHING:
            return f"the owner does not {_KNOWS[said.what]} {said.value}"
        case Cause.TOGETHER:
            return f"one owner for {said.what} {said.value}"
        case Cause.MAKES_ROOM:
            return "makes room for an account that fits nobody else"
        case _:
            return "the owner has more than they can carry"


def left_words(each: Left, one: Proposal) -> str:
    """`everybody who matches is full`."""
    said = each.said
    match said.cause:
        case Cause.FROZEN:
            return f"would move, and is frozen until {said.value}"
        case Cause.NO_RULE:
            return "no rule takes them"
        case Cause.UNKNOWN:
            why = f": {said.value} is empty" if said.value else ""
            return f"whether '{said.what}' takes them is unknown{why}"
        case Cause.EMPTY:
            return f"{said.what} is empty: nobody can be chosen"
        case _:
            to = next((rule.to.called for rule in one.assignment.rules if rule.name == each.rule), "")
            return _nobody_of(to, said)


def _nobody_of(to: str, said: Said) -> str:
    match said.cause:
        case Cause.AWAY:
            return f"those of {to} who match are away"
        case Cause.NO_ROOM:
            together = f" for all with the same {said.what}" if said.what else ""
            return f"nobody of {to} who matches has room{together}"
        case _ if said.what:
            return f"nobody of {to} {_KNOWS_ALONE[said.what]} {said.value}"
        case _:
            return f"nobody of {to} matches all of it"
