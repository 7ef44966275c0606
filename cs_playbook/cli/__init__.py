"""Options in, one command called, text and exit code out: the only room that knows Typer, the clock, the environment."""
