"""An account as a person writes it → its key."""

from __future__ import annotations

from cs_playbook.commands.place import Place, open_snapshot
from cs_playbook.compile import wanted
from cs_playbook.errors import ChoiceError
from cs_playbook.source.finding import did_you_mean


def find_account(place: Place, written: str) -> str:
    """The key of an account, by its key or its name, in the newest snapshot."""
    accounts = place.contract.accounts
    key, name = accounts.key or "id", "name" if accounts.field("name") else None
    with open_snapshot(place, None) as snapshot:
        found = snapshot.connection.execute(wanted.find_account(key, name), {"wanted": written}).fetchall()
        if not found:
            names = [
                str(cell)
                for row in snapshot.connection.execute(wanted.account_names(key, name))
                for cell in row
                if cell
            ]
            raise ChoiceError(
                f"there is no account '{written}' in the newest snapshot", did_you_mean(written, names)
            )
    exact = [known for known, _ in found if known == written]
    if len(exact or found) > 1:
        raise ChoiceError(
            f"'{written}' is the name of {len(found)} accounts",
            f"say which: {', '.join(known for known, _ in found[:8])}",
        )
    return str(exact[0] if exact else found[0][0])
