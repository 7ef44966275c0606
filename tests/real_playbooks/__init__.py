"""Playbooks that real companies published, each said in the language and played by a story."""
