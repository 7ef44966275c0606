"""Bugs that somebody could write on a tired evening, each with the test that finds it: `make seeded-bugs`."""
