"""A row of a contact → the full names it says, in either order, and their parts; which of them are like other words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

WHOLE = ("name", "full_name", "contact_name", "display_name")
FIRST = ("first_name", "firstname", "given_name", "forename")
LAST = ("last_name", "lastname", "family_name", "surname")
# First and last names that are words of English, French or German too: "whoever may will it".
_SAID = """
alt angel april arm art august autumn avril bach baker banks bauer bell berg berger best bill
black blanc blanche bon bond book boulanger braun brook brooks brown brun bush butler carol
carpenter case chance charity charpentier chase chevalier christian church claire clay cliff
clément colombe constant cook court cross crystal daisy dale dawn day dean drew earl early ernst
eve faith farmer feld fern field fields fish fisher fleur fontaine fournier fox frank freeman
frei freitag french friend fuchs ginger glen gold good grace graf grand grant gray green grey
gross gut guy haas hahn hall hand hardy harmony hazel heather herb herbst herzog hill holly
honor hope house hunt hunter iris ivy jack jade jasmine jean jewel joy judge juin june jung
juste justice kaiser keen key kind king klein knight koch kurz könig lake lamb lance land lang
laurel law light lily little long lord love mai maison major marchand marguerite marin marina
marine mark marsh martin mason max may mercer mercier mercy merit merry meunier mild miles mill
miller misty moon more moulin neu noble norm north olive opal page paige parfait park parker
pascal pat patience peace pearl penny petit pierre pike poirier pope potter power powers price
pride prince prior prudence quick ray read reed reich reine rice rich richter river rivers rob
robin rock rocky rod roi roman rose roth roux roy ruby rusty sage sandy schneider schwarz scout
serenity sharp shepherd short silver singer sky small smart snow sommer sonntag sonny south
spring star stark steel stein sterling still stone storm strange street strong sue summer
summers sunny swift teller temple town trinity trip turner van verity victor viola violet vogel
wagner wald wall ward warren water waters weaver weber weiss wells west white wild will winter
winters wise wolf wood woods woody worth young
"""
_WORDS = frozenset(_SAID.split())


def full_names(row: Mapping[str, object]) -> Iterator[str]:
    """None where only a first name is known: it is many people's."""
    first, last, whole = (_first_of(row, names) for names in (FIRST, LAST, WHOLE))
    if first and last:
        yield f"{first} {last}"
        yield _turned(first, last)
    if " " in whole:
        yield whole


def _turned(first: str, last: str) -> str:
    """What says "May, Will" means him; "in May Will …" need not."""
    return f"{last}, {first}" if is_like_other_words(f"{first} {last}") else f"{last} {first}"


def is_like_other_words(name: str) -> bool:
    """Whether each of its words may mean something else, and only its capitals tell that it is a name; one that is written
    without them is looked for as it is."""
    return all(word[:1].isupper() and word.strip(",").casefold() in _WORDS for word in name.split())


def parts_of_names(row: Mapping[str, object]) -> Iterator[str]:
    for names in (FIRST, LAST, WHOLE):
        yield from _first_of(row, names).split()


def _first_of(row: Mapping[str, object], names: Sequence[str]) -> str:
    found = (str(row[name]).strip() for name in names if isinstance(row.get(name), str))
    return next((value for value in found if value), "")
