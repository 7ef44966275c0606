"""Decide: (catalog, facts, state, day) → what is to be done today, and why."""
