"""`cs-playbook --help` is a text that waits ready, so that it shows at once: here it is held to the commands there are.

After a change of a command or its first line, write it anew, from the top of the repository:
    python -m tests.unit.test_cli_help
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from cs_playbook.cli.app import ROOMS, application
from cs_playbook.cli.help import HELP

PANELS = ("Start", "Data", "Write", "Prove", "Look", "Operate")
WIDTH = 80


def test_help_names_every_command_and_every_option() -> None:
    assert written(application()) == HELP


def test_help_is_plain_and_80_columns_wide() -> None:
    assert max(map(len, HELP.splitlines())) <= WIDTH
    assert "\x1b" not in HELP


def test_every_command_stands_in_a_panel() -> None:
    root: Any = typer.main.get_command(application())

    assert {command.rich_help_panel for command in root.commands.values()} <= set(PANELS)


def test_a_command_that_is_wanted_comes_alone() -> None:
    names = [name for names in ROOMS.values() for name in names]

    assert {name: tuple(_commands(application(name))) for name in names} == {name: (name,) for name in names}
    assert sorted(_commands(application())) == sorted(_commands(application("misspelt"))) == sorted(names)


def _commands(app: typer.Typer) -> Iterator[str]:
    root: Any = typer.main.get_command(app)
    yield from root.commands


def written(app: typer.Typer) -> str:
    """The help text of an application: panels with a line for each command, then what all of them take."""
    root: Any = typer.main.get_command(app)
    usage = f"  {root.name} [OPTIONS] COMMAND [ARGUMENTS]\n  {root.name} COMMAND --help"
    blocks = [textwrap.fill(_first_line(root), WIDTH), usage]
    for panel in PANELS:
        commands = [command for command in root.commands.values() if command.rich_help_panel == panel]
        rows = [row for command in commands for row in _rows(command)]
        blocks.append("\n".join([panel, *_table(rows, 16)]))
    blocks.append("\n".join(["Options, before or after the command", *_table(list(_options(root)), 28)]))
    return "\n\n".join(blocks) + "\n"


def _rows(command: Any, before: str = "") -> Iterator[tuple[str, str]]:
    if not hasattr(command, "commands"):
        yield f"{before}{command.name}", _first_line(command)
        return
    if command.invoke_without_command:
        yield f"{before}{command.name}", _first_line(command)
    for inner in command.commands.values():
        yield from _rows(inner, f"{before}{command.name} ")


def _options(root: Any) -> Iterator[tuple[str, str]]:
    for option in root.params:
        names = sorted(
            (*option.opts, *option.secondary_opts), key=lambda name: (name.startswith("--"), len(name))
        )
        wanted = "" if option.is_flag else f" {option.metavar or 'DIR'}"
        yield ", ".join(names) + wanted, option.help
    yield "-V, --version", "Which version this is."
    yield "-h, --help", "This page; after a command: what it takes."


def _table(rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    for name, says in rows:
        indent = " " * (width + 2)
        wrapped = textwrap.wrap(says, WIDTH, initial_indent=indent, subsequent_indent=indent)
        if len(name) < width:
            wrapped[0] = f"  {name:<{width}}{wrapped[0].strip()}"
            yield from wrapped
        else:
            yield from (f"  {name}", *wrapped)


def _first_line(command: Any) -> str:
    return str(command.help).split("\n")[0]


if __name__ == "__main__":
    place = Path(__file__).resolve().parents[2] / "cs_playbook" / "cli" / "help.py"
    opening = '"""The page of `cs-playbook --help`, ready: it is shown before any library is loaded."""\n\n'
    place.write_text(f'{opening}HELP = """\\\n{written(application())}"""\n', encoding="utf-8")
