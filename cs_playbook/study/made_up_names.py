"""A number goes in, the name of a company that does not exist comes out; and the names of its people."""

from __future__ import annotations

import unicodedata


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS = _words(
    "Amber Aster Bramble Brindle Cinder Clover Cobalt Coral Dapple Drift Fable Fennel Finch Fjord "
    "Garnet Ginger Hazel Heather Indigo Ivory Juniper Kestrel Lantern Lichen Linden Magpie Maple "
    "Meadow Mistral Moss Nutmeg Opal Otter Paprika Pebble Pewter Plover Quartz Rowan Russet Sable "
    "Snowdrop Thistle Tundra Umber Walnut Willow Wren"
)

TRADES = (
    ("Freight", "logistics"),
    ("Haulage", "logistics"),
    ("Ferries", "logistics"),
    ("Clinics", "health"),
    ("Pharmacy", "health"),
    ("Opticians", "health"),
    ("Academy", "education"),
    ("Schools", "education"),
    ("Stores", "retail"),
    ("Market", "retail"),
    ("Gardens", "retail"),
    ("Works", "manufacturing"),
    ("Mills", "manufacturing"),
    ("Ceramics", "manufacturing"),
    ("Cycles", "manufacturing"),
    ("Mutual", "finance"),
    ("Savings", "finance"),
    ("Press", "media"),
    ("Pictures", "media"),
    ("Inns", "hospitality"),
    ("Kitchens", "hospitality"),
    ("Dairy", "food"),
    ("Bakeries", "food"),
    ("Notaries", "legal"),
    ("Surveyors", "construction"),
)

BRANCHES = ("Nord", "Benelux", "Iberia", "Alps", "Digital", "Retail", "Overseas", "Services")

FIRST_NAMES = {
    "fr": _words(
        "Agathe Anaïs Baptiste Benoît Camille Cécile Damien Élodie Fanny Florent Garance Hélène Jules "
        "Laurent Maëlle Mathilde Nadia Océane Pascal Quentin Rémi Sylvie Thibault Valérie Yasmine"
    ),
    "en": _words(
        "Abigail Callum Daisy Edwin Fiona Gareth Harriet Imogen Jasper Keira Leonard Maisie Nigel "
        "Olive Priya Quincy Rosalind Simon Tamsin Ursula Vivian Winston Yusuf Zara"
    ),
    "de": _words(
        "Anke Bernd Carsten Dörte Elke Friedrich Gesine Heike Ingo Jürgen Katrin Lutz Marlene Norbert "
        "Ortrud Rüdiger Silke Torsten Ulrike Volker"
    ),
}

LAST_NAMES = {
    "fr": _words(
        "Aubertin Bellerive Chardonnel Desrosais Fontanille Garrigue Lavandier Montclar Pervenche Roquebert"
    ),
    "en": _words(
        "Ashdown Birchall Copperfell Dunmore Fairweather Greenhalgh Larkworth Pennifold Thornbury Wexcombe"
    ),
    "de": _words(
        "Ackerhold Birkenfels Eichstein Grünhagen Haselbach Lindentaler Morgenrot Rosenkamp Steinweg Wiesner"
    ),
}


def company(index: int) -> tuple[str, str]:
    """Name and sector of company number `index`; 1200 in a row have names of their own."""
    place = index * 457 % (len(WORDS) * len(TRADES))
    trade, sector = TRADES[place // len(WORDS)]
    return f"{WORDS[place % len(WORDS)]} {trade}", sector


def plain(text: str) -> str:
    """The letters and figures of a name in lower case, without accents: for addresses."""
    bare = unicodedata.normalize("NFKD", text.replace("&", "and")).encode("ascii", "ignore").decode()
    return "".join(letter for letter in bare.lower() if letter.isalnum())
