"""Exports as they go wrong: each a recipe on the exports of a healthy portfolio, with what stops it."""
