"""Options in, one command called, text and exit code out: the only room that knows Typer, the clock, the environment."""

from __future__ import annotations

import sys

GLOBAL_WITH_VALUE = ("-C", "--directory", "--as-of", "-o", "--output")
GLOBAL_FLAGS = ("-q", "--quiet", "-v", "--verbose", "--no-color", "--names", "--no-names")


def main() -> None:
    """Entry point of `cs-playbook`. What needs no library is answered before any is loaded."""
    from cs_playbook.cli.streams import flush_streams, prepare_streams

    prepare_streams()
    code = _answer(sys.argv[1:])
    failed = flush_streams()
    if failed is not None:
        sys.stderr.write(f"error: what was to be shown could not be written: {failed.strerror}\n")
    sys.exit(code or (3 if failed is not None else 0))


def _answer(arguments: list[str]) -> int:
    for argument in arguments:
        if not _is_text(argument):
            sys.stderr.write(
                f"error: '{argument}' is not UTF-8\n  names and keys are text: type it, or copy it from a list\n"
            )
            return 2
    if arguments in (["--version"], ["-V"]):
        from cs_playbook import __version__

        print(f"cs-playbook {__version__}")
        return 0
    if arguments in (["--help"], ["-h"], []):
        from cs_playbook.cli.help import HELP

        print(HELP, end="")
        return 0
    import gc

    # What is loaded and read stays until the end: looking for garbage again and again would find none of it.
    gc.set_threshold(50_000, 20, 100)
    from cs_playbook.cli.app import run_app

    return run_app(globals_first(arguments))


def _is_text(argument: str) -> bool:
    """Bytes that are no UTF-8 reach a program as letters that no file and no ledger can hold."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def globals_first(arguments: list[str]) -> list[str]:
    """Global options may stand anywhere; they are moved before the command. Nothing after `--` is touched."""
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in GLOBAL_FLAGS:
            first.append(argument)
        elif argument in GLOBAL_WITH_VALUE:
            first += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        elif argument.split("=", 1)[0] in ("--directory", "--as-of", "--output"):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest
