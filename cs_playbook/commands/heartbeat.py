"""A run that has ended → the file, and the address, by which a monitor elsewhere sees that it has been."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from cs_playbook.commands.place import Place
from cs_playbook.effects.publish import publish


def beat(place: Place, day: date, recorded_at: str) -> None:
    """Written anew after each run that ended well, also where there was nothing to do: an old file means that none came."""
    heartbeat = place.project.heartbeat
    if heartbeat is not None and heartbeat.file:
        publish(place.root, [(heartbeat.file, f"{recorded_at} {day.isoformat()}\n".encode())])


def ping(place: Place, now: datetime, environment: Mapping[str, str]) -> str:
    """Tells the monitor that no run is missing; only `send` calls it, because only `send` opens a socket.

    "" where there is nothing to tell, else what came of it. A monitor that cannot be reached is no reason to fail: it
    will ask by itself.
    """
    heartbeat = place.project.heartbeat
    address = environment.get(heartbeat.variable, "") if heartbeat is not None and heartbeat.variable else ""
    if not address or _is_missing(place, now):
        return ""
    from cs_playbook.effects.ping import post

    return post(address)


def _is_missing(place: Place, now: datetime) -> bool:
    from cs_playbook.commands.looking import status

    coming = status(place, now).expected
    return coming is None or coming.missing is not None
