"""Runs that are killed at thousands of points: `make torture`; tests/test_torture.py does a little of it."""
