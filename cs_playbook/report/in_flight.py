"""What becomes of open enrollments when a text changes → words of every screen."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.event import TextChanged


def moved_words(event: TextChanged) -> str:
    """`goes by a new text; call_exec is now call; cancelled, no longer there: ask`."""
    return "; ".join(["goes by a new text", *_parts(event)])


def _parts(event: TextChanged) -> Iterator[str]:
    for old, now in sorted(event.renamed.items()):
        yield f"{old} is now {now}" if "~" not in now else f"another step is called {old} now"
    for what, steps in (
        ("cancelled, no longer there", event.gone),
        ("open again", event.back),
        ("asked again, may now be reached", event.anew),
        ("passed over, what comes after has begun", event.passed),
        ("repeats no more", event.once),
        ("repeats from now on", event.often),
    ):
        if steps:
            yield f"{what}: {', '.join(steps)}"
