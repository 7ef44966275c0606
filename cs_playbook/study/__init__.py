"""Compares plans; and draws the made-up portfolio."""
