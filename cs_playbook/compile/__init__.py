"""Expressions → SQL: the reader for the many."""
