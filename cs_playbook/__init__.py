"""Customer success as code: playbooks in YAML, and what follows from them each day."""

__version__ = "0.1.0"
